"""Short interviews in which a question is easily joined to another one, or missed."""

from __future__ import annotations

import pytest

from tests.app.steps.interviews.talk import talk
from worker.interviews.metric_words import fillers
from worker.interviews.observable import observable
from worker.interviews.phrases import asks, follows_up
from worker.interviews.roles import find_roles
from worker.interviews.segment import find_questions
from worker.interviews.spans import Span

INTERVIEWS: dict[str, tuple[list[tuple[int, str]], list[tuple[int, int]]]] = {
    "a new topic from the papers": (
        [
            (0, "Suppose a ship needs four metres of water. Tell me at which hours it can enter."),
            (1, "I would filter the rows of four metres and join the hours that touch."),
            (0, "On your page I saw a boat that you built alone. Tell me about it."),
            (1, "It took two winters, in my uncle's barn."),
            (0, "In your letter you mention that you once closed a ward. Go on."),
            (1, "We closed it over Easter and moved twelve people."),
            (0, "So, your second job, the one at the mill: talk about that one."),
            (1, "I cleaned the sieves, and later I bought the grain."),
        ],
        [(0, 1), (2, 3), (4, 5), (6, 7)],
    ),
    "a request without me or us": (
        [
            (0, "Give an example of a time when you had to learn quickly."),
            (1, "Can I take one from university?"),
            (0, "Of course."),
            (1, "In my second year the professor fell ill, and I gave his lab for three weeks."),
            (0, "Explain how a heat pump works."),
            (1, "How technical should I be?"),
            (0, "As if I were your neighbour."),
            (1, "It is a fridge that is turned round and pushes the warmth into the house."),
            (0, "What fails first?"),
            (1, "The fan, mostly because of leaves."),
        ],
        [(0, 3), (4, 7), (8, 9)],
    ),
    "nouns and papers in the place of questions": (
        [
            (0, "You wrote that you dislike meetings."),
            (1, "I dislike those without an end; with a clock I am fine."),
            (0, "I see here that you spent a year in Peru."),
            (1, "Yes, I built clay stoves with a school, and I learned to ask first."),
            (0, "And your salary expectations."),
            (1, "Three thousand a month would be fair."),
            (0, "Last one, a word that describes you best."),
            (1, "Stubborn, in a friendly way."),
        ],
        [(0, 1), (2, 3), (4, 5), (6, 7)],
    ),
    "the last word of a question without marks": (
        [
            (0, "what was the most difficult part of the"),
            (1, "project well the river was higher than on any map"),
            (0, "who decided on the"),
            (1, "colour the mayor herself"),
        ],
        [(0, 1), (2, 3)],
    ),
    "a wish at the end": (
        [
            (0, "How do you glue a neck that came off?"),
            (1, "With hide glue, at forty degrees, and a clamp for a night."),
            (0, "Thank you, that was all. Have a nice evening."),
            (1, "You too, bye."),
        ],
        [(0, 1)],
    ),
    "an invitation that is taken up without marks": (
        [
            (0, "what made you apply here"),
            (1, "your greenhouse is the only one with a fern house"),
            (0, "and do you have any questions for us"),
            (1, "yes how many people work in the greenhouse"),
            (0, "we are nine people in two shifts"),
        ],
        [(0, 1), (3, 4)],
    ),
}


async def spans_of(said: list[tuple[int, str]]) -> list[Span]:
    transcript = talk(*said)
    roles = await find_roles(transcript, None)
    assert roles.candidate == 1
    return await find_questions(transcript, roles)


@pytest.mark.parametrize("name", INTERVIEWS)
async def test_each_question_is_one_of_its_own(name: str) -> None:
    said, right = INTERVIEWS[name]
    assert [(span.first, span.last) for span in await spans_of(said)] == right


async def test_what_is_asked_before_the_start_is_small_talk() -> None:
    spans = await spans_of(
        [
            (0, "Oh, what are you reading?"),
            (1, "A novel about lighthouse keepers."),
            (0, "Okay, shall we get going? So, what made you leave the navy?"),
            (1, "The knees, mostly, and a daughter who wanted me at breakfast."),
            (0, "What can a navy man do for a bakery?"),
            (1, "Get up at three and keep an oven alive."),
        ]
    )
    assert [(span.first, span.kind == "GREETING_OR_CHIT_CHAT") for span in spans] == [
        (0, True),
        (2, False),
        (4, False),
    ]


async def test_a_candidate_who_was_invited_to_ask_is_no_interviewer() -> None:
    transcript = talk(
        (0, "We have ten minutes left, so please ask us whatever you like."),
        (1, "How many people left last year?"),
        (0, "Three of forty."),
        (1, "Why did they leave?"),
        (0, "Two for children, one for the sea."),
        (1, "What would you want to be different in a year?"),
        (0, "That we answer letters within a week."),
    )
    roles = await find_roles(transcript, None)
    assert (roles.candidate, roles.is_sure) == (1, False)
    spans = await find_questions(transcript, roles)
    assert {span.asked_by_role for span in spans} == {"candidate"}


@pytest.mark.parametrize(
    ("text", "is_asking"),
    [
        ("your biggest weakness", True),
        ("discuss a decision that you regret", True),
        ("who paid for the landing", True),
        ("which is why i left", False),
        ("have a look at the drawings i said", False),
        ("who knows", False),
    ],
)
def test_what_asks_in_english_without_a_mark(text: str, is_asking: bool) -> None:
    assert asks(text, "en") is is_asking


@pytest.mark.parametrize(
    ("text", "is_probe"),
    [
        ("What was her reaction?", True),
        ("And why did you choose that one?", True),
        ("What would you do differently?", True),
        ("What would you do differently in our kitchen?", False),
    ],
)
def test_what_probes_into_an_answer(text: str, is_probe: bool) -> None:
    assert follows_up(text, "en") is is_probe


@pytest.mark.parametrize("text", ["Mm. Right.", "The um-brella was open.", "Umm-hmm, sure."])
def test_sounds_of_listening_and_parts_of_words_are_no_fillers(text: str) -> None:
    assert fillers(text) == []


def test_fillers_stay_fillers() -> None:
    assert fillers("We, mm, waited, umm, long.") == ["mm", "umm"]


@pytest.mark.parametrize("text", ["You are a natural leader.", "You have a charismatic presence."])
def test_praise_of_a_nature_is_not_shown(text: str) -> None:
    assert observable(text) is None
