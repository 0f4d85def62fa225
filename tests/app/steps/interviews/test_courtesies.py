"""A courtesy at the beginning of a turn asks nothing, and takes nothing from what follows it."""

from __future__ import annotations

import pytest

from worker.interviews.phrases import asks

ASKED = {
    "de": [
        "nehmen sie platz erzählen sie doch ein bisschen wie sind sie zu ihrem beruf gekommen",
        "haben sie einen guten draht zu ihren kollegen",
        "seien sie mal ehrlich wie oft kommen sie zu spät",
        "entschuldigen sie wie heißt ihre firma",
        "setzen sie sich ziele für das jahr",
        "warten sie einen maschinenpark",
        "warum entschuldigen sie sich so oft",
        "setzen sie sich bitte haben sie gut hergefunden",
        "haben sie einen guten tag gehabt",
    ],
    "pt": [
        "como você vê a nossa empresa daqui a cinco anos",
        "o que você falou para o cliente",
        "você já sabe usar o excel avançado",
        "como você vê a nossa empresa",
        "você tem razão qual foi o motivo",
    ],
    "pl": [
        "co pan mówi klientowi który czeka",
        "jak pani widzi swój rozwój",
        "może pani zacząć od pierwszego",
        "jak pan widzi ten zespół",
        "co ty robisz w pracy",
        "co do pracy dlaczego pan odszedł",
        "ma pani rację dlaczego pani odeszła",
    ],
    "it": [
        "vi è mai capitato di litigare",
        "vi è successo spesso",
        "hai ragione come ti chiami",
        "vi è stato chiesto di restare",
        "vi ringrazio come vi siete trovati",
    ],
    "fr": [
        "installez-vous qu'est-ce qui vous amène chez nous",
        "installez-vous des pompes à chaleur",
        "asseyez-vous parlez-moi de votre poste",
    ],
    "es": [
        "tienes razón cuántos años llevas en el puerto",
    ],
    "nl": [
        "gaat u zitten wat heb je in het magazijn gedaan",
        "kun je nagaan wie de pomp heeft gemaakt",
    ],
}
STATED = {
    "de": [
        "entschuldigen sie dass ich zu spät bin",
        "machen sie sich keine sorgen das schaffen sie schon",
        "seien sie willkommen",
        "haben sie noch einen schönen tag",
        "warten sie bitte einen moment",
    ],
    "it": [
        "vi sono stati tre guasti",
        "ti ringrazio perché mi hai aiutato",
        "ti spiego come lavoriamo",
        "vi sono altre pompe",
    ],
    "pl": [
        "co ty",
        "jak pan wie pracowałem w nocy",
        "może pan usiąść",
    ],
    "pt": [
        "como você sabe eu trabalhei lá",
    ],
    "fr": [
        "installez-vous sur la chaise",
    ],
}


@pytest.mark.parametrize(
    ("language", "sentence"), [(code, each) for code, group in ASKED.items() for each in group]
)
def test_a_question_after_or_like_a_courtesy_is_one(language: str, sentence: str) -> None:
    assert asks(sentence, language)


@pytest.mark.parametrize(
    ("language", "sentence"), [(code, each) for code, group in STATED.items() for each in group]
)
def test_a_courtesy_asks_nothing(language: str, sentence: str) -> None:
    assert not asks(sentence, language)
