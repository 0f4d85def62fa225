"""Interviews in any script are cut at its own marks, and counted in what it has for words."""

from __future__ import annotations

import pytest

from tests.app.steps.interviews.talk import roles_of, talk
from worker.interviews.languages import language_of
from worker.interviews.metrics import measure
from worker.interviews.phrases import asks, is_back_channel
from worker.interviews.quotes import Quotable
from worker.interviews.roles import find_roles
from worker.interviews.segment import find_questions
from worker.interviews.sentence_parts import MAX_SENTENCE, sentences
from worker.interviews.spans import shortened
from worker.interviews.transcript import Transcript, tokens

CHINESE = talk(
    (0, "你好，请坐。"),
    (1, "谢谢。"),
    (0, "你在上一家公司做什么工作？"),
    (1, "我在港口修理水泵。我们一共六个人，每天早上七点开始！"),
    (0, "你为什么离开？"),
    (1, "因为公司搬到了别的城市，我不想搬家。"),
)
JAPANESE = talk(
    (0, "本日はよろしくお願いします。"),
    (1, "よろしくお願いします。"),
    (0, "前職ではどんな仕事をしていましたか。"),
    (1, "港でポンプを修理していました。六人のチームでした。"),
    (0, "なぜ辞めたのですか。"),
    (1, "会社が移転したからです。今後ともよろしくお願いします。"),
)
KOREAN = talk(
    (0, "안녕하세요. 잘 부탁드립니다."),
    (1, "안녕하세요. 잘 부탁드립니다."),
    (0, "이전 직장에서 어떤 일을 하셨습니까."),
    (1, "저는 항구에서 펌프를 수리했습니다. 여섯 명이 함께 일했습니다."),
    (0, "왜 그만두셨나요."),
    (1, "회사가 다른 도시로 이사했기 때문입니다. 앞으로 잘 부탁드립니다."),
)
THAI = talk(
    (0, "สวัสดีครับ เชิญนั่งครับ"),
    (1, "ขอบคุณครับ"),
    (0, "คุณทำงานอะไรมาก่อนครับ"),
    (1, "ผมซ่อมปั๊มที่ท่าเรือ เรามีหกคน เริ่มงานเจ็ดโมงเช้าทุกวัน"),
    (0, "ทำไมถึงลาออกครับ"),
    (1, "บริษัทย้ายไปอีกเมืองหนึ่ง ผมไม่อยากย้ายครอบครัว"),
)
ARMENIAN = talk(
    (0, "Բարև ձեզ։"),
    (1, "Բարև ձեզ։"),
    (0, "Որտե՞ղ եք աշխատել։"),
    (1, "Ես նավահանգստում պոմպեր եմ նորոգել։ Մենք վեց հոգի էինք։"),
    (0, "Ինչո՞ւ եք հեռացել։"),
    (1, "Ընկերությունը տեղափոխվեց այլ քաղաք։"),
)
GREEK = talk(
    (0, "Καλημέρα σας."),
    (1, "Καλημέρα."),
    (0, "Πού εργαζόσασταν πριν; Στο λιμάνι;"),
    (1, "Επισκεύαζα αντλίες στο λιμάνι. Ήμασταν έξι άτομα."),
    (0, "Γιατί φύγατε από εκεί;"),
    (1, "Η εταιρεία μετακόμισε σε άλλη πόλη."),
)
URDU = talk(
    (0, "السلام علیکم۔"),
    (1, "وعلیکم السلام۔"),
    (0, "آپ پہلے کہاں کام کرتے تھے؟"),
    (1, "میں بندرگاہ پر پمپ ٹھیک کرتا تھا۔ ہم چھ لوگ تھے۔"),
    (0, "آپ نے نوکری کیوں چھوڑی؟"),
    (1, "کمپنی دوسرے شہر چلی گئی۔"),
)
AMHARIC = talk(
    (0, "ሰላም።"),
    (1, "ሰላም።"),
    (0, "ከዚህ በፊት የት ሰርተዋል፧"),
    (1, "በወደብ ላይ ፓምፖችን እጠግን ነበር። ስድስት ሰዎች ነበርን።"),
    (0, "ለምን ስራዎን ለቀቁ፧"),
    (1, "ድርጅቱ ወደ ሌላ ከተማ ተዛወረ።"),
)
BY_LANGUAGE = {
    "zh": CHINESE,
    "ja": JAPANESE,
    "ko": KOREAN,
    "th": THAI,
    "hy": ARMENIAN,
    "el": GREEK,
    "ar": URDU,
    "am": AMHARIC,
}
LANGUAGES = pytest.mark.parametrize(
    ("language", "interview"), BY_LANGUAGE.items(), ids=BY_LANGUAGE.keys()
)


@LANGUAGES
async def test_questions_are_found_by_the_marks_and_endings_of_the_script(
    language: str, interview: Transcript
) -> None:
    assert interview.spoken_language() == language
    roles = await find_roles(interview, None)
    assert (roles.candidate, roles.is_sure) == (1, False)
    spans = await find_questions(interview, roles)
    assert [(span.question_last, span.last) for span in spans] == [(2, 3), (4, 5)]


@LANGUAGES
def test_what_only_english_words_show_is_not_counted_in_another_script(
    language: str, interview: Transcript
) -> None:
    counted = measure(interview, roles_of(interview).roles, []).candidate
    assert counted is not None
    assert (counted.hedges, counted.fillers, counted.story, counted.numbers) == (None,) * 4
    is_spaced = language not in ("zh", "ja", "th")
    assert (counted.wpm is not None) == (counted.distinct_words is not None) == is_spaced


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("你好。请介绍一下你自己？我是工程师！", ["你好。", "请介绍一下你自己？", "我是工程师！"]),
        ("Որտե՞ղ եք աշխատել։ Վեց տարի։", ["Որտե՞ղ եք աշխատել։", "Վեց տարի։"]),
        ("Πού ήσασταν; Εδώ.", ["Πού ήσασταν;", "Εδώ."]),
        ("We stopped it; it was late.", ["We stopped it; it was late."]),
        ("የት ሰርተዋል፧ እዚህ።", ["የት ሰርተዋል፧", "እዚህ።"]),
        ("تم کہاں تھے؟ یہاں۔ ہاں۔", ["تم کہاں تھے؟", "یہاں۔", "ہاں۔"]),
    ],
)
def test_sentences_end_at_the_marks_of_the_script(text: str, found: list[str]) -> None:
    assert sentences(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("我修水泵。", ["我", "修", "水", "泵"]),
        ("SQL を使う", ["sql", "を", "使", "う"]),
        ("ที่นี่", ["ที่", "นี่"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("می\u200cشود", ["می\u200cشود"]),
        ("펌프를 수리했다", ["펌프를", "수리했다"]),
        ("don\u2019t café", ["don't", "café"]),
    ],
)
def test_a_word_keeps_its_marks_and_a_script_without_blanks_has_characters(
    text: str, found: list[str]
) -> None:
    assert tokens(text) == found


@pytest.mark.parametrize(
    "sentence", ["Որտե՞ղ եք աշխատել", "Στο λιμάνι;", "آپ کہاں تھے؟", "የት ሰርተዋል፧", "港で？"]
)
def test_the_question_mark_of_a_script_asks(sentence: str) -> None:
    assert asks(sentence)


def test_the_words_of_both_sides_have_a_share_where_no_blanks_stand_between_them() -> None:
    untimed = [said.model_copy(update={"start": None, "end": None}) for said in CHINESE.utterances]
    interview = CHINESE.model_copy(update={"utterances": tuple(untimed)})
    metrics = measure(interview, roles_of(interview).roles, [])
    assert metrics.talk_share_by == "words"
    assert [each.words for each in metrics.speakers] == [22, 41]


def test_a_quote_within_a_text_without_blanks_is_found_and_is_no_more_than_the_quote() -> None:
    said = Quotable(CHINESE.utterances[3:4])
    found = said.find("我们一共六个人")
    assert found is not None
    assert found.quote == "我们一共六个人"
    assert said.find("我们一共八个人") is None


def test_a_long_text_without_blanks_is_shortened_and_cut_without_losing_a_character() -> None:
    text = "修理水泵的工人" * 1_000
    assert shortened(text) == f"{text[:60]} …"
    pieces = sentences(text)
    assert max(map(len, pieces)) <= MAX_SENTENCE
    assert "".join(pieces) == text


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("はい、そうですね。", True),
        ("好的，谢谢。", True),
        ("ครับ", True),
        ("我在港口修理水泵和电机", False),
        ("なぜですか。", False),
    ],
)
def test_a_sound_of_listening_is_short_in_characters(text: str, is_one: bool) -> None:
    assert is_back_channel(text, None) is is_one


SENTENCES = {
    "de": "Wir hatten eine Dichtung falsch eingebaut, und so ist alles gestanden.",
    "nl": "We hadden de pomp verkeerd gemonteerd, en het was me niet goed uitgelegd.",
    "fr": "Nous avons mal monté la pompe, et je ne savais pas que les joints étaient vieux.",
    "es": "Montamos mal la bomba, y yo no sabía que las juntas eran muy viejas.",
    "pt": "Nós montámos mal a bomba, e eu não sabia que as juntas eram muito velhas.",
    "it": "Abbiamo montato male la pompa, e non sapevo che le guarnizioni erano vecchie.",
    "pl": "To było w nocy, a my źle złożyliśmy pompę i to się zepsuło.",
    "sv": "Vi monterade pumpen fel, och jag visste inte att den var så gammal.",
    "da": "Vi kom til at montere pumpen forkert, og så gik den i stykker, og jeg fik noget nyt.",
    "no": "Vi monterte pumpen feil, og jeg visste ikke hva som var galt, så jeg fikk noe nytt.",
    "fi": "Me asensimme pumpun väärin, ja minä en tiennyt että se oli niin vanha.",
    "cs": "Pumpu jsme složili špatně a já jsem nevěděl, že to bylo tak staré.",
    "tr": "Pompa için çok eski bir parça var ama bunu ben ve arkadaşım daha sonra gördük.",
    "en": "We put the pump together in the wrong way, and I did not know that it was old.",
}


@pytest.mark.parametrize(("language", "text"), SENTENCES.items(), ids=SENTENCES.keys())
def test_the_language_of_a_sentence_is_told_by_its_frequent_words(language: str, text: str) -> None:
    assert language_of([text]) == language


@pytest.mark.parametrize(
    "text",
    ["", "42.", "Pumpen, pumps, pompe.", "Nilifanya kazi bandarini na tulikuwa watu sita. " * 9],
)
def test_a_language_that_the_words_do_not_show_is_unknown(text: str) -> None:
    assert language_of([text]) is None
