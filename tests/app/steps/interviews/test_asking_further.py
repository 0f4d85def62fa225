"""Questions without marks in languages in which a question word or a request shows them."""

from __future__ import annotations

import pytest

from tests.app.steps.interviews.asking import asks, pairs

ASKED = {
    "cs": ["proč chcete pracovat u nás", "řekněte nám něco o sobě"],
    "sk": ["prečo ste odišli", "opíšte svoj bežný deň"],
    "hr": ["zašto ste otišli", "opišite svoj dan"],
    "ro": ["de ce vreți să lucrați la noi", "povestiți-mi despre dumneavoastră"],
    "hu": ["miért szeretne nálunk dolgozni", "meséljen magáról"],
    "fi": ["miksi haet meille", "kerro itsestäsi"],
    "vi": ["tại sao bạn muốn làm việc ở đây", "hãy giới thiệu về bản thân"],
    "id": ["mengapa anda ingin bekerja di sini", "ceritakan tentang diri anda"],
    "ar": ["لماذا تريد العمل معنا", "حدثنا عن نفسك", "چرا می‌خواهید اینجا کار کنید"],
    "he": ["למה אתה רוצה לעבוד אצלנו", "ספר לי על עצמך"],
    "hi": ["आप यहाँ क्यों काम करना चाहते हैं", "अपने बारे में बताइए"],
    "it": ["perché vuole lavorare con noi", "ha mai gestito un gruppo"],
    "es": ["tiene experiencia con grupos grandes", "cuente una anécdota de su trabajo"],
    "pt": ["fale de uma situação difícil", "descreva um dia normal"],
}
STATED = {
    "cs": ["když jsem přišel nikdo tam nebyl", "jak jsem říkal bylo pozdě"],
    "ro": ["când am ajuns nu era nimeni"],
    "hu": ["amikor odaértem nem volt ott senki"],
    "vi": ["khi tôi đến đó mọi người đã về"],
    "id": ["ketika saya datang tidak ada orang"],
    "ar": ["عملت في المبيعات", "ما عملت هناك طويلا"],
    "he": ["כשהגעתי לא היה שם אף אחד", "מה שעשיתי היה פשוט"],
    "hi": ["जब मैं आया तो कोई नहीं था"],
    "it": ["quando sono arrivato non c'era nessuno"],
}


@pytest.mark.parametrize(("code", "text"), pairs(ASKED))
def test_a_question_without_a_mark_is_found(code: str, text: str) -> None:
    assert asks(text, code)


@pytest.mark.parametrize(("code", "text"), pairs(STATED))
def test_a_statement_is_no_question(code: str, text: str) -> None:
    assert not asks(text, code)
