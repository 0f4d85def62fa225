"""Tags, invitations, small talk and follow-ups in other languages than English."""

from __future__ import annotations

import pytest

from tests.app.steps.interviews.talk import talk
from worker.interviews.kinds import kind_of
from worker.interviews.metrics import measure
from worker.interviews.phrases import follows_up, invites_questions, seeks_agreement
from worker.interviews.roles import assign, find_roles
from worker.interviews.segment import find_questions

TAGGED = {
    "de": ["Da laufen acht Maschinen, oder?", "Um zehn muss alles sauber sein, nicht wahr?"],
    "es": ["Salen cuarenta palés al día, ¿verdad?", "Por turnos, ¿no?"],
    "fr": ["On a huit cents personnes le dimanche, hein ?", "Il faut aller vite, n'est-ce pas ?"],
    "it": ["Il forno era freddo, vero?"],
    "pt": ["A gente abre cedo, né?"],
    "nl": ["Dat ging goed, toch?"],
    "sv": ["Vi var fyra, eller hur?"],
    "pl": ["Sklep był mały, prawda?"],
    "tr": ["Fırın bozuldu, değil mi?"],
    "ru": ["Склад был пустой, да?"],
    "ar": ["كل يوم تصل شاحنة، صح؟"],
    "he": ["אנחנו אופים אלפיים לחמים בלילה, נכון?"],
    "ja": ["全員が帰れなくなったんですよね？"],
    "zh": ["夜班只有三个人，对吧？"],
}
INVITING = {
    "de": "Haben Sie noch Fragen an uns?",
    "nl": "Heb je nog vragen?",
    "fr": "Avez-vous des questions ?",
    "es": "¿Tiene alguna pregunta para nosotros?",
    "pt": "Você tem alguma dúvida?",
    "it": "Ha qualche domanda per noi?",
    "pl": "Czy ma pan jakieś pytania?",
    "cs": "Máte na nás nějaké otázky?",
    "sv": "Har du några frågor till oss?",
    "ru": "У вас есть вопросы?",
    "tr": "Bize sormak istediğiniz bir şey var mı?",
    "hu": "Van még kérdése?",
    "ar": "هل لديك أي أسئلة؟",
    "he": "יש לך שאלות?",
    "hi": "क्या आपका कोई सवाल है? आप कुछ पूछना चाहते हैं?",
    "zh": "你有什么问题想问我们吗？",
    "ja": "何か質問はありますか。",
    "ko": "질문 있으신가요?",
}
SMALL_TALK = [
    "Wie geht es Ihnen heute?",
    "Haben Sie gut hergefunden?",
    "¿Cómo se encuentra?",
    "Comment allez-vous ?",
    "Come sta?",
    "Tudo bem?",
    "Hoe gaat het?",
    "Jak się pan ma?",
    "Как дела?",
    "Nasılsınız?",
    "כיצד אתה מתמודד עם לחץ?",
]
GOES_ON = {
    "de": ["Wieso nicht?", "Und was haben Sie dann gemacht?", "Und danach?"],
    "es": ["¿Cuántos eran?", "¿Y qué pasó después?"],
    "fr": ["Pourquoi ?", "Et ensuite, qu'est-il arrivé ?"],
    "it": ["E poi?", "E come è andata con questo?"],
    "pl": ["I co było potem?"],
    "ru": ["И что потом?"],
}
STANDS = {
    "de": ["Wie gehen Sie mit Druck um?", "Und was sind Ihre Stärken?"],
    "fr": ["Alors, avez-vous le permis de grue ?", "Parlez-moi de votre dernier chef."],
    "es": ["¿Qué sistemas ha utilizado?"],
}


@pytest.mark.parametrize(("code", "said"), [(c, s) for c, some in TAGGED.items() for s in some])
def test_a_statement_with_a_tag_asks_nothing(code: str, said: str) -> None:
    assert seeks_agreement(said, code)


@pytest.mark.parametrize(
    ("code", "said"),
    [("de", "Wie war das, ja?"), ("es", "¿Qué hizo usted, no?"), ("de", "Was machen Sie heute?")],
)
def test_a_question_with_a_tag_asks(code: str, said: str) -> None:
    assert not seeks_agreement(said, code)


@pytest.mark.parametrize("said", INVITING.values(), ids=INVITING.keys())
def test_questions_are_invited_in_many_languages(said: str) -> None:
    assert invites_questions(said)


@pytest.mark.parametrize(
    "said", ["Welche Fragen stellen Ihre Kunden am häufigsten?", "¿Cómo responde a una duda?"]
)
def test_a_question_about_questions_invites_none(said: str) -> None:
    assert not invites_questions(said)


@pytest.mark.parametrize("said", SMALL_TALK[:-1])
def test_small_talk_is_known_in_many_languages(said: str) -> None:
    assert kind_of(said) == "GREETING_OR_CHIT_CHAT"


@pytest.mark.parametrize(
    "said", ["Wie geht es Ihnen mit der neuen Maschine?", "¿Cómo está organizado el almacén?"]
)
def test_a_question_that_begins_like_small_talk_is_none(said: str) -> None:
    assert kind_of(said) != "GREETING_OR_CHIT_CHAT"


@pytest.mark.parametrize(("code", "said"), [(c, s) for c, some in GOES_ON.items() for s in some])
def test_a_short_question_goes_on_with_what_was_said(code: str, said: str) -> None:
    assert follows_up(said, code)


@pytest.mark.parametrize(("code", "said"), [(c, s) for c, some in STANDS.items() for s in some])
def test_a_whole_question_is_no_follow_up(code: str, said: str) -> None:
    assert not follows_up(said, code)


LAUNDRY = talk(
    (0, "Schildern Sie uns doch kurz Ihre jetzige Stelle."),
    (1, "Ich leite die Spätschicht, ne? Da laufen acht Maschinen, oder? Bis zehn ist Betrieb, ja?"),
    (0, "Wie verteilen Sie die Arbeit auf Ihre Leute?"),
    (1, "Nach Erfahrung, ne? Die Neuen falten, die Alten mangeln, oder?"),
    (0, "Was reizt Sie an unserem Haus?"),
    (1, "Die Nähe zum Krankenhaus und die neuen Maschinen."),
    (0, "Haben Sie noch Fragen an uns?"),
    (1, "Ja, wer plant die Schichten?"),
    (0, "Das macht meine Kollegin am Montag."),
)


async def test_tags_and_an_invitation_cut_a_german_interview_nowhere_else() -> None:
    roles = await find_roles(LAUNDRY, None)
    assert roles.candidate == 1
    spans = await find_questions(LAUNDRY, roles)
    assert [(each.first, each.last, each.asked_by_role) for each in spans] == [
        (0, 1, "interviewer"),
        (2, 3, "interviewer"),
        (4, 5, "interviewer"),
        (7, 8, "candidate"),
    ]


ENDINGS = {
    "a goodbye": (["Gut, vielen Dank für Ihre Zeit und auf Wiedersehen.", "Auf Wiedersehen."], 1),
    "a late answer": (["Aha, das ist gut.", "Und wegen der Ruhe."], 3),
}


@pytest.mark.parametrize("name", ENDINGS)
async def test_only_a_goodbye_at_the_end_is_left_out_of_an_answer(name: str) -> None:
    (theirs, own), last = ENDINGS[name]
    interview = talk(
        (0, "Warum sind Sie damals gegangen?"),
        (1, "Ich habe Tschüss gesagt, weil die Filiale in eine andere Stadt gezogen ist."),
        (0, theirs),
        (1, own),
    )
    (span,) = await find_questions(interview, assign(interview, 1, "user"))
    assert span.last == last


@pytest.mark.parametrize(
    "said",
    [
        "Um ehrlich zu sein, um die Kunden ging es so gut wie nie, und um acht waren wir da.",
        "É, eu liguei para um fornecedor, um amigo, e um dia depois chegou tudo na loja.",
        "Ähm, wegen der Nächte bin ich da weg, und das war auch gut so.",
    ],
)
def test_nothing_is_counted_that_only_looks_like_english(said: str) -> None:
    interview = talk((0, "?"), (1, said))
    found = measure(interview, assign(interview, 1, "user").roles, [])
    assert found.candidate is not None
    assert (found.candidate.fillers, found.candidate.hedges, found.candidate.story) == (None,) * 3
    assert not found.fillers_reliable
