"""Questions are found without marks in other languages, and statements are not taken for them."""

from __future__ import annotations

import pytest

from tests.app.steps.interviews.talk import talk
from worker.interviews.phrases import asks
from worker.interviews.roles import find_roles
from worker.interviews.segment import find_questions
from worker.interviews.sentence_parts import sentences

ASKED = {
    "de": [
        "was haben sie in der werkstatt gemacht",
        "und warum wollen sie wechseln",
        "wie groß ist das team im lager",
        "welche aufgaben hatten sie im zweiten jahr",
        "haben sie schon einmal nachts gearbeitet",
        "kannst du mit dem kran umgehen",
        "Erzählen Sie uns von Ihrer letzten Stelle.",
        "beschreib mir mal deinen tag",
        "setzen sie sich und erzählen sie von ihrer arbeit",
        "haben sie einen führerschein",
        "fühlen sie sich in einer großen halle wohl",
        "lassen sie sich leicht ablenken",
    ],
    "nl": [
        "wat heb je in het magazijn gedaan",
        "en waarom wil je weg bij de haven",
        "hoe groot is het team",
        "heeft u weleens een ploeg geleid",
        "vertel eens iets over je laatste baan",
    ],
    "fr": [
        "comment vous préparez la tournée",
        "pourquoi avez vous quitté le dépôt",
        "pourquoi voulez-vous ce poste",
        "est-ce que vous travaillez la nuit",
        "quels outils est-ce que vous prenez",
        "pouvez-vous décrire une journée",
        "parlez-moi de votre dernier poste",
        "prenez-vous le train",
    ],
    "es": [
        "qué hiciste en el taller",
        "y por qué quieres cambiar de puesto",
        "cuántas personas trabajan en el almacén",
        "has trabajado de noche",
        "cuéntame algo del último año",
        "me puede hablar de su último puesto",
    ],
    "pt": [
        "o que você fazia no armazém",
        "qual foi o momento mais difícil",
        "como foi a mudança para o porto",
        "há quanto tempo trabalha com bombas",
        "me conta um pouco do último ano",
    ],
    "it": [
        "come ti chiami",
        "e in cosa consiste il lavoro che fai",
        "da quanto tempo",
        "qual è stato il momento più difficile",
        "perché hai scelto questo mestiere",
        "ti piace lavorare di notte",
        "raccontami della tua giornata",
        "ti servono altre pompe",
        "vi siete trovati bene al porto",
        "ti chiedo una cosa come sei arrivato",
    ],
    "pl": [
        "dlaczego pan chce zmienić pracę",
        "co pani robiła w magazynie",
        "czy pracował pan w nocy",
        "jak długo trwała naprawa",
        "proszę opowiedzieć o ostatniej pracy",
        "jak pan widzi swoją rolę w zespole",
    ],
    "ko": [
        "어디에서 일을 시작하셨습니까",
        "어느 학교를 다니셨는지 말씀해 주세요.",
        "자기소개 부탁드립니다.",
        "경력을 소개해 주시길 부탁드립니다",
        "그 일을 왜 그만두셨나요",
    ],
    "ja": [
        "どこで働いていましたか。",
        "前の仕事について話してください。",
        "自己紹介をお願いします。",
        "自己紹介お願いいたします",
        "では経歴をよろしくお願いします",
    ],
    "zh": [
        "你在仓库工作过吗",
        "请介绍一下你的工作",
        "你为什么离开上一家公司",
        "您有多少年经验",
        "你觉得这个岗位怎么样",
        "请问你什么时候可以开始",
        "那你呢",
    ],
    "th": [
        "คุณทำงานอะไรมาก่อนครับ",
        "เคยทำงานกลางคืนไหมครับ",
        "ทำไมถึงลาออก",
        "ช่วยเล่าประสบการณ์ให้ฟังหน่อยครับ",
    ],
}
STATED = {
    "de": [
        "warum ich das gemacht habe ist einfach",
        "wie sie das machen weiß ich nicht",
        "ich weiß was sie in der halle haben",
        "dann haben wir die pumpe zerlegt",
        "wie gesagt das war im winter",
        "weißt du",
        "es gibt nichts zu sagen",
        "was das kostet weiß keiner",
        "sei es wie es will",
        "da war es kalt und das war im winter",
        "die firma ist in wien",
        "Nehmen Sie doch Platz.",
        "Setzen Sie sich bitte.",
        "Entschuldigen Sie die Verspätung.",
        "Machen Sie sich keine Sorgen.",
        "Haben Sie einen schönen Tag.",
        "Da haben Sie recht",
        "Kommen wir zum Team",
        "Das haben Sie gut erklärt",
    ],
    "nl": [
        "wat ik deed was simpel",
        "hoe het werkt weet ik niet",
        "dan heb je een probleem met de pomp",
        "weet je",
        "dat heb je goed uitgelegd",
        "dan gaan we naar het team",
        "kan je nagaan",
    ],
    "fr": [
        "comme vous le savez c'est loin",
        "quand j'étais au dépôt il neigeait",
        "on avait rendez-vous à huit heures",
        "je ne sais pas comment il a fait",
        "sei ans plus tard",
        "installez-vous je vous en prie",
        "qu'est-ce que je disais",
        "vous avez une belle usine",
        "vous avez raison",
        "comment dire",
        "combien de fois je l'ai dit",
    ],
    "es": [
        "que yo sepa no había nadie",
        "cuando llegué no había luz",
        "qué bueno que llegó",
        "como te decía era de noche",
        "eres muy amable",
        "tienes razón",
        "eres bienvenido",
        "como usted sabe",
        "quien trabaja come",
        "has ta luego",
    ],
    "pt": [
        "o que eu fiz foi simples",
        "quando cheguei não havia luz",
        "como eu disse era de noite",
        "porque era tarde",
        "como você sabe",
        "o que você disse está certo",
        "você já sabe disso",
        "como é natural",
    ],
    "it": [
        "come ti dicevo era notte",
        "perché era tardi",
        "quando ero piccolo vivevo al porto",
        "cosa che non ho mai capito",
        "che sono tanti anni",
        "abito in una casa a due piani",
        "ti ringrazio",
        "vi ringrazio per l'invito",
        "vi erano tre pompe",
        "ti assicuro che funziona",
        "hai ragione",
        "sei il benvenuto",
        "come sai",
        "stai tranquillo",
        "vi faccio vedere il reparto",
        "dove lavoravo faceva freddo",
    ],
    "pl": [
        "jak wiadomo to trwało długo",
        "kiedy przyszedłem było ciemno",
        "to był dobry rok",
        "jak pan widzi pracuję w nocy",
        "co do pana pytania to tak",
        "ma pan rację",
        "co pan mówi to prawda",
        "jaki piękny dzień",
    ],
    "ko": [
        "그때는 돈이 없었으니까요.",
        "잘 기억이 안 나요.",
        "잘 부탁드립니다.",
        "부탁드립니다",
        "앉아 주세요",
        "잠시만 기다려 주세요",
        "안녕하세요",
        "검토 부탁드립니다",
        "그렇습니까",
        "연락 주세요",
    ],
    "ja": [
        "そうですか。",
        "夜に働いていました。",
        "よろしくお願いします。",
        "本日はよろしくお願いいたします",
        "お願いします",
        "ご確認をお願いします",
        "少々お待ちください。",
        "どうぞ座ってください",
        "そうでしたか",
        "教えていただきました",
    ],
    "zh": [
        "我在仓库工作",
        "他们请我吃饭",
        "请坐",
        "我不知道为什么",
        "我什么都会",
        "他问我做什么",
        "没什么",
        "哪里哪里",
        "谁都可以",
        "你什么都不用带",
    ],
    "th": ["ผมทำงานที่โรงงาน", "ไม่มีอะไรครับ", "ขอบคุณค่ะ", "ผมไม่ได้ทำอะไร"],
    # No pattern is for these languages, and a pattern of another language must not match.
    "sv": [
        "vi jobbar med pumpar",
        "vi ser det varje dag",
        "ti år sedan flyttade vi",
        "vi hade tre bilar",
        "hur det gick vet jag inte",
        "per telefon gick det bra",
    ],
    "da": ["vi har en pumpe", "vi var ti mand", "ti år er lang tid", "vi fik en ny leder"],
    "en": ["Vi is my editor.", "My sei and your Po are pumps.", "Hast and Heb are two towns."],
}
SENTENCES = [(code, each) for code, group in ASKED.items() for each in group]
STATEMENTS = [(code, each) for code, group in STATED.items() for each in group]


@pytest.mark.parametrize(("language", "sentence"), SENTENCES)
def test_a_question_without_a_mark_is_found_in_its_language(language: str, sentence: str) -> None:
    assert asks(sentence, language)
    assert asks(sentence), "if the language is unknown, every pattern counts"


@pytest.mark.parametrize(("language", "sentence"), STATEMENTS)
def test_a_statement_that_begins_with_such_a_word_asks_nothing(
    language: str, sentence: str
) -> None:
    assert not asks(sentence, language)


SWEDISH = talk(
    (0, "Hej och välkommen till oss. Vad gör du på ditt jobb?"),
    (1, "Vi jobbar med pumpar i hamnen. Vi är sex personer, och jag planerar skiften."),
    (0, "Vi har också ett lag här, och vi söker någon till natten."),
    (1, "Vi flyttade hit i maj. Ti år sedan började jag, och det har varit bra."),
    (0, "Hur planerar du din dag?"),
    (1, "Vi börjar klockan sju, och sedan går jag igenom listan med alla."),
)


async def test_the_words_of_one_language_are_not_taken_for_those_of_another() -> None:
    assert SWEDISH.spoken_language() == "sv"
    spans = await find_questions(SWEDISH, await find_roles(SWEDISH, 1))
    assert [(span.first, span.title) for span in spans] == [
        (0, "Vad gör du på ditt jobb?"),
        (4, "Hur planerar du din dag?"),
    ]


@pytest.mark.parametrize("mark", ["?", "."])
async def test_where_questions_are_marked_a_sentence_without_a_mark_states(mark: str) -> None:
    answer = "Ich habe auf einer Werft Pumpen repariert, und das war nicht immer leicht."
    years = [f"Was haben Sie im Jahr {year} gemacht{mark}" for year in range(2011, 2021)]
    remark = "Wie sind Sie bloß so weit gekommen."
    interview = talk(*[each for asked in (*years, remark) for each in ((0, asked), (1, answer))])
    spans = await find_questions(interview, await find_roles(interview, 1))
    assert [span.first for span in spans] == list(range(0, 20 if mark == "?" else 22, 2))


def test_the_stated_language_decides_and_one_that_names_none_does_not() -> None:
    assert SWEDISH.model_copy(update={"language": "de-AT"}).spoken_language() == "de"
    assert SWEDISH.model_copy(update={"language": "multi"}).spoken_language() == "sv"


@pytest.mark.parametrize("mark", ["\uff1f", "\u061f", "\u037e"])
def test_a_question_mark_of_any_script_is_one(mark: str) -> None:
    assert asks(f"a house near the port{mark}")
    assert sentences(f"a{mark} b{mark}") == [f"a{mark}", f"b{mark}"]


ITALIAN = talk(
    (0, "allora ciao"),
    (1, "ciao"),
    (0, "come ti chiami"),
    (1, "mi chiamo roberto"),
    (0, "che lavoro fai"),
    (1, "riparo le pompe in una ditta al porto e ogni mattina parto alle sette con il furgone"),
    (0, "okay"),
    (0, "e in cosa consiste il lavoro"),
    (1, "smonto la pompa guardo le guarnizioni e poi la rimonto"),
    (0, "okay da quanto tempo"),
    (1, "sono dieci anni a gennaio"),
)


async def test_an_interview_without_any_mark_is_cut_in_another_language() -> None:
    roles = await find_roles(ITALIAN, None)
    assert (roles.candidate, roles.is_sure) == (1, False)
    spans = await find_questions(ITALIAN, roles)
    assert [(span.first, span.last) for span in spans] == [(0, 3), (4, 5), (7, 8), (9, 10)]


@pytest.mark.parametrize("talker", [0, 1])
async def test_if_nobody_clearly_asks_who_says_most_is_the_candidate_and_that_is_a_guess(
    talker: int,
) -> None:
    interview = talk(
        (talker, "You take the seal, you clean it, and you tell your foreman. " * 9),
        (1 - talker, "Nice."),
        (talker, "You look for the leak, and you write down what you find. " * 9),
        (1 - talker, "Very nice, that is how it was."),
    )
    roles = await find_roles(interview, None)
    assert (roles.candidate, roles.warnings) == (talker, ("roles_uncertain",))


async def test_an_invitation_that_a_colleague_takes_up_is_not_for_the_candidate() -> None:
    interview = talk(
        (0, "Why did you go to the harbour?"),
        (1, "A friend was there, so it was easy to begin."),
        (0, "Do you have anything you want to ask about the harbour?"),
        (2, "Not about that. What do you call your first pump?"),
        (1, "That is hard to say, because I mended many before I built one from parts."),
        (0, "Who were the people that wanted you to stay?"),
        (1, "People?"),
        (0, "The people that you said wanted you to stay. Who were they?"),
        (1, "Oh, the two masters of the yard, who had no one for the night."),
    )
    roles = await find_roles(interview, 1)
    spans = await find_questions(interview, roles)
    assert {span.asked_by_role for span in spans} == {"interviewer"}
    assert [(span.first, span.last) for span in spans] == [(0, 1), (3, 4), (5, 8)]


async def test_a_whole_question_after_a_long_answer_is_one_of_its_own_even_if_it_refers_back() -> (
    None
):
    long = "We mended the pumps at night and wrote down what we had found on each of them. " * 5
    for told, expected in ((long, [(0, 1), (2, 3)]), ("At night.", [(0, 3)])):
        interview = talk(
            (0, "Tell me about your first year."),
            (1, told),
            (0, "And how did you decide to do that?"),
            (1, "My master did, and he asked me first."),
        )
        spans = await find_questions(interview, await find_roles(interview, 1))
        assert [(span.first, span.last) for span in spans] == expected
