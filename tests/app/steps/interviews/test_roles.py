"""The candidate is found by who asks the questions."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from liverows.base.errors import InvalidInput
from tests.app.steps.interviews.talk import talk
from worker.interviews.ask import ModelRoles, weigh_roles
from worker.interviews.given import read_given
from worker.interviews.roles import find_roles

LONG = "We have three halls and a yard, and each of them has a story that I like to tell. " * 6


async def test_whoever_asks_is_the_interviewer_even_if_he_talks_most() -> None:
    interview = talk(
        (0, LONG + "What brings you here?"),
        (1, "The work with pumps."),
        (0, LONG + "And why did you leave your last job?"),
        (1, "It moved away."),
    )
    roles = await find_roles(interview, None)
    assert (roles.candidate, roles.method) == (1, "questions")


async def test_a_candidate_with_many_questions_at_the_end_is_still_one() -> None:
    interview = talk(
        (0, "Tell me about yourself."),
        (1, "I repair pumps."),
        (0, "Why do you want to leave?"),
        (1, "I want to lead a shift."),
        (0, "How do you plan your week?"),
        (1, "On Friday, with the team."),
        (0, "Do you have questions for me?"),
        (1, "How large is the team?"),
        (0, "Six people."),
        (1, "When can I start?"),
        (0, "In May."),
    )
    assert (await find_roles(interview, None)).candidate == 1


async def test_the_users_word_wins() -> None:
    interview = talk((0, "What is your name?"), (1, "Ada."), (0, "And your trade?"), (1, "Pumps."))
    roles = await find_roles(interview, 0)
    assert (roles.candidate, roles.method) == (0, "user")
    assert roles.roles == {0: "candidate", 1: "interviewer"}


async def test_a_panel_has_one_candidate() -> None:
    interview = talk(
        (0, "Tell us about your last job."),
        (3, "I repaired pumps for six years in a small works."),
        (1, "What did you like about it?"),
        (3, "The variety, and the people in the yard."),
        (2, "Why did you leave?"),
        (3, "It moved away, and I did not want to."),
    )
    roles = await find_roles(interview, None)
    assert roles.roles == {0: "interviewer", 1: "interviewer", 2: "interviewer", 3: "candidate"}


TAGS = [
    (0, "So to start, could you tell us what your current work is about?"),
    (1, "Sure, I plan the routes for a fleet of vans, and it is spread over three towns, right? "
        "The drivers start at five, so the plan has to be ready the evening before, right?"),
    (0, "And how do you check your plans before they go out?"),
    (1, "We replay last week, and then we compare the kilometres, right? If a tour gets longer "
        "than nine hours we split it, and the split one is checked by hand, right?"),
    (0, "Did you ever have a plan that failed on the road?"),
    (1, "Yes, in the snow, because the map did not know the closed bridge, right? So people had to "
        "turn round, right?"),
]  # fmt: skip


@pytest.mark.parametrize("tag", ["right?", "okay?", "you know?", "yeah?"])
async def test_somebody_who_seeks_agreement_is_no_interviewer(tag: str) -> None:
    interview = talk(*[(who, text.replace("right?", tag)) for who, text in TAGS])
    assert (await find_roles(interview, None)).candidate == 1


async def test_questions_in_a_long_story_do_not_make_an_interviewer() -> None:
    story = "I asked them what is wrong? And then, what can we do? Nobody knew. " + LONG * 2
    interview = talk(
        (0, "What did you do in your first year?"),
        (1, story),
        (0, "And what would your manager say about you?"),
        (1, story),
        (0, "Why do you want to leave?"),
        (1, story),
    )
    assert (await find_roles(interview, None)).candidate == 1


async def test_two_rates_that_name_different_people_are_no_certainty() -> None:
    interview = talk(
        (0, "What is it? And why? And how long? It is what it is."),
        (1, "You take your hammer, you hit the seal, and you see what it does to your pump."),
        (0, "Is that so? Who says that?"),
        (1, "You ask your foreman, and you do what he tells you."),
    )
    guess = await find_roles(interview, None)
    assert not guess.is_sure
    assert guess.warnings == ("roles_uncertain",)


@pytest.mark.parametrize("without", ["marks", "everything"])
async def test_roles_are_found_without_marks(without: str) -> None:
    lines = [
        (0, "Tell us about your last job."),
        (1, "I repaired pumps for six years in a small works."),
        (0, "What did you like about it?"),
        (1, "The variety, and the people in the yard."),
        (0, "Why did you leave?"),
        (1, "It moved away, and I did not want to."),
    ]
    bare = [(who, text.replace("?", ".")) for who, text in lines]
    if without == "everything":
        bare = [(who, text.lower().replace(".", "").replace(",", "")) for who, text in bare]
    roles = await find_roles(talk(*bare), None)
    assert (roles.candidate, roles.method) == (1, "questions")


async def test_in_a_panel_the_candidate_answers_even_if_a_member_asks_nothing() -> None:
    interview = talk(
        (2, "I am only here to take notes, so do not mind me at all."),
        (0, "Tell us about your last job."),
        (3, "I repaired pumps for six years in a small works, and I planned the shifts."),
        (1, "What did you like about it?"),
        (3, "The variety, and the people in the yard, and that no day was like the other."),
        (2, "That is what people here say too."),
        (0, "Why did you leave?"),
        (3, "It moved away, and I did not want to move with my children."),
    )
    roles = await find_roles(interview, None)
    assert roles.candidate == 3
    assert roles.roles[2] == "interviewer"


async def test_a_guess_in_another_language_uses_its_word_for_you_and_stays_a_guess() -> None:
    interview = talk(
        (
            0,
            "Erzählen Sie uns bitte von Ihrer letzten Stelle und davon, was Sie dort "
            "gemacht haben.",
        ),
        (1, "Ich habe sechs Jahre lang Pumpen repariert, und wir waren eine kleine Werkstatt."),
        (0, "Beschreiben Sie uns, wie Ihr Vorgesetzter Sie sieht und wie Sie mit ihm reden."),
        (1, "Er sagt, dass ich langsam anfange und dann nie zu spät komme, und das stimmt auch."),
        (0, "Und nun sagen Sie uns noch, wann Sie bei uns anfangen können, wenn wir Sie nehmen."),
        (
            1,
            "In vier Wochen zum Ende des Monats, weil der Vertrag es so will, früher geht "
            "es nicht.",
        ),
    )
    assert interview.is_english is False
    guess = await find_roles(interview, None)
    assert (guess.candidate, guess.is_sure) == (1, False)


async def test_labels_that_say_so_are_believed() -> None:
    given: JsonValue = [
        {"speaker": "user", "sentence": "Can you hear me? Is this the right call?"},
        {"speaker": "assistant", "sentence": "Yes. Tell me about yourself."},
    ]
    roles = await find_roles(await read_given(given), None)
    assert (roles.candidate, roles.method) == (0, "labels")


async def test_what_is_unclear_is_said_to_be_also_if_a_model_decides() -> None:
    interview = talk((0, "It rained."), (1, "It did."), (0, "All day."), (1, "All day."))
    guess = await find_roles(interview, None)
    assert not guess.is_sure
    assert (guess.warnings, guess.rivals) == (("roles_uncertain",), (1,))
    told = weigh_roles(ModelRoles(candidate_speaker=1), interview, guess)
    assert (told.candidate, told.warnings, told.is_sure) == (1, ("roles_uncertain",), False)
    for useless in (None, 9, -1, 0):
        assert weigh_roles(ModelRoles(candidate_speaker=useless), interview, guess) == guess


@pytest.mark.parametrize(
    "given",
    [
        None,
        "text",
        {},
        [],
        [{"speaker": 0, "sentence": " ... "}],
        [{"speaker": 0}],
        [{"sentence": "Hello"}],
        [{"speaker": 0, "sentence": "Hello", "start": -1}],
        [{"speaker": number, "sentence": "Hello"} for number in range(21)],
    ],
)
async def test_what_is_no_transcript_is_refused_in_a_sentence(given: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        await read_given(given)  # type: ignore[arg-type] # any JSON may come
    assert refused.value.code == "invalid_input"
    assert "\n" not in refused.value.message


async def test_a_model_cannot_make_the_one_who_asks_the_candidate() -> None:
    interview = talk(
        (0, "Wie sind Sie zu uns gekommen?"),
        (1, "Mit dem Zug, und ich hatte dabei viel Zeit zum Lesen."),
        (0, "Was war Ihr größter Fehler?"),
        (1, "Wir hatten eine Dichtung falsch eingebaut, und in der Nacht stand alles."),
    ).model_copy(update={"language": "de"})
    guess = await find_roles(interview, None)
    assert (guess.candidate, guess.is_sure, guess.rivals) == (1, False, ())
    assert weigh_roles(ModelRoles(candidate_speaker=0), interview, guess) == guess


FOREIGN = {
    "German": "Wir hatten eine Dichtung falsch eingebaut, und so ist in der Nacht alles gestanden.",
    "Dutch": "We hadden de pomp verkeerd gemonteerd, of eigenlijk was het me niet goed uitgelegd.",
    "Polish": "To było w nocy, a my źle złożyliśmy pompę i to się zepsuło, a do rana było gotowe.",
    "Portuguese": "Fui a correr a casa do cliente, a meio da noite, e a coisa ficou resolvida.",
    "Danish": "Vi kom til at montere pumpen forkert, og så gik den i stykker i løbet af natten.",
}


@pytest.mark.parametrize("sentence", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_talk_of_no_stated_language_is_foreign_if_hardly_a_word_is_english(sentence: str) -> None:
    interview = talk((0, sentence * 2), (1, f"{sentence} End to end, the backend. {sentence * 2}"))
    assert interview.is_english is False
    assert interview.model_copy(update={"language": "en"}).is_english
    assert talk((0, sentence)).is_english is not True


def test_a_talk_of_no_stated_language_in_english_may_be_anything() -> None:
    assert talk((0, LONG)).is_english is None
