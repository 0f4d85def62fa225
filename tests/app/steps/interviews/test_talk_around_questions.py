"""Small talk, goodbyes and questions back are judged by position and length, not by a word."""

from __future__ import annotations

import pytest

from tests.app.steps.interviews.talk import roles_of, talk
from worker.interviews.farewells import closes, only_closes
from worker.interviews.kinds import kind_of
from worker.interviews.phrases import greets
from worker.interviews.segment import find_questions
from worker.interviews.spans import Span

ASKS, SAYS = 0, 1


async def cut(*said: tuple[int, str]) -> list[Span]:
    interview = talk(*said)
    return await find_questions(interview, roles_of(interview))


def borders(spans: list[Span]) -> list[tuple[int, int]]:
    return [(span.first, span.last) for span in spans]


HOLDING_A_GOODBYE = [
    "I have a good mix of workshop practice and planning, and I know your machines.",
    "I take care of the night deliveries and of the two people who drive them.",
    "We wrap it up in a container and roll it out to one shop first.",
    "The move to the new depot. That's it for the short version, the long one takes an hour.",
    "It was nice talking to customers all day, and that is what I want to go on with.",
    "We'll let you know when the lorry is there, that is the text of the message I wrote.",
    "They said goodbye to paper, and we have a great tool for it now.",
    "Take care of the people first. Then the numbers come.",
]


@pytest.mark.parametrize("answer", HOLDING_A_GOODBYE)
async def test_an_answer_that_holds_words_of_a_goodbye_stays(answer: str) -> None:
    for end in ((), ((ASKS, "Thank you for your time."), (SAYS, "Thank you, bye."))):
        spans = await cut(
            (ASKS, "Why do you think we should hire you?"),
            (SAYS, answer),
            (ASKS, "And what is your notice period?"),
            (SAYS, answer),
            *end,
        )
        assert borders(spans) == [(0, 1), (2, 3)]


async def test_an_answer_that_is_a_goodbye_is_one_where_a_question_waits_for_it() -> None:
    spans = await cut(
        (ASKS, "How do you end a call with a customer?"),
        (SAYS, "Have a good day."),
        (ASKS, "And how do you begin it?"),
        (SAYS, "With my name."),
    )
    assert borders(spans) == [(0, 1), (2, 3)]


async def test_a_goodbye_in_the_middle_ends_nothing_that_is_asked_about_later() -> None:
    spans = await cut(
        (ASKS, "What went wrong in the spring?"),
        (SAYS, "The plan was wrong."),
        (ASKS, "It was great talking to you about the plan so far."),
        (SAYS, "There was more to it, because the map of the town was an old one."),
        (ASKS, "How did the drivers find out?"),
        (SAYS, "By a closed bridge."),
    )
    assert borders(spans) == [(0, 3), (4, 5)]


async def test_what_is_said_at_length_after_the_goodbye_still_answers() -> None:
    more = (
        "One thing I forgot: the second depot had the same fault, and there we found it in a day "
    )
    spans = await cut(
        (ASKS, "What went wrong in the spring?"),
        (SAYS, "The plan was wrong."),
        (ASKS, "Thank you for your time, we will be in touch."),
        (SAYS, f"{more}because the night shift had written everything down in a book."),
    )
    assert borders(spans) == [(0, 3)]


async def test_the_goodbye_at_the_end_belongs_to_no_answer() -> None:
    spans = await cut(
        (ASKS, "What went wrong in the spring?"),
        (SAYS, "The plan was wrong."),
        (ASKS, "Thank you for coming. We will be in touch next week."),
        (SAYS, "It was a pleasure to meet you. Have a nice day."),
    )
    assert borders(spans) == [(0, 1)]


@pytest.mark.parametrize(
    "text",
    [
        "Have a lovely weekend.",
        "Thanks so much for having me today.",
        "We'll get back to you by Friday.",
        "That's all from my side.",
        "It was really great meeting you. Bye.",
        "I look forward to hearing from you.",
        "See you next week.",
    ],
)
def test_a_goodbye_is_known(text: str) -> None:
    assert closes(text)
    assert only_closes(text)


GREETINGS = [
    "How are you doing today?",
    "How are you?",
    "How are you, Maria?",
    "Ready?",
    "Can you see the editor?",
    "Are you ready to begin?",
    "Is it okay if we record this?",
    "How was your trip?",
    "Where are you joining from?",
    "Can you hear me well?",
]
QUESTIONS = [
    "How are you measuring success in that project?",
    "How are you handling the weekend shifts?",
    "Are you good with spreadsheets?",
    "Are you well versed in contracts?",
    "And what are you doing to overcome it?",
    "Are you doing any courses at the moment?",
    "How are you with difficult customers?",
    "Are you ready to move to another town for this role?",
    "Can you see yourself leading a shift in two years?",
    "How was your relationship with the depot's manager?",
    "Are you comfortable with heights?",
    "How is everything stored when the hall is full?",
]


@pytest.mark.parametrize("question", GREETINGS)
def test_small_talk_is_small_talk(question: str) -> None:
    assert greets(question)
    assert kind_of(question) == "GREETING_OR_CHIT_CHAT"


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_that_only_begins_like_small_talk_is_none(question: str) -> None:
    assert kind_of(question) != "GREETING_OR_CHIT_CHAT"


ASKED_BACK = [
    "Are you more interested in a technical challenge or in one between people?",
    "Do you mean at the last depot, or in general?",
    "Would you like a short example or the long one?",
    "Sorry, which team do you mean?",
    "Is your question about the first year?",
]


@pytest.mark.parametrize("back", ASKED_BACK)
@pytest.mark.parametrize(
    "reply",
    ["Either of the two would be fine, whichever comes to mind.", "The last one. What was it?"],
)
async def test_who_asks_back_before_answering_has_no_question_of_his_own(
    back: str, reply: str
) -> None:
    spans = await cut(
        (ASKS, "Tell me about a time you worked in a team and faced a challenge."),
        (SAYS, back),
        (ASKS, reply),
        (SAYS, "Then the broken boiler: two of us took the night, two the day, and it got warm."),
        (ASKS, "What is your notice period?"),
        (SAYS, "Four weeks."),
    )
    assert borders(spans) == [(0, 3), (4, 5)]
    assert {span.asked_by_role for span in spans} == {"interviewer"}


async def test_who_asks_after_the_answer_has_a_question_of_his_own() -> None:
    spans = await cut(
        (ASKS, "What is your notice period?"),
        (SAYS, "Four weeks to the end of a month."),
        (SAYS, "And how large is your team at the moment?"),
        (ASKS, "We are six people in two shifts, and we look for two more."),
        (SAYS, "Good."),
        (ASKS, "What would your last manager say about you?"),
        (SAYS, "That I am never late."),
    )
    assert [span.asked_by_role for span in spans] == ["interviewer", "candidate", "interviewer"]


async def test_the_candidates_tags_are_no_questions_to_the_interviewer() -> None:
    spans = await cut(
        (ASKS, "What is your current work about?"),
        (SAYS, "I plan the routes, and you know the map of the town, right?"),
        (ASKS, "I think that is a map which everybody here knows well."),
        (SAYS, "And then the drivers start at five."),
    )
    assert borders(spans) == [(0, 3)]


async def test_a_title_says_what_is_asked() -> None:
    spans = await cut(
        (ASKS, "Hi, thanks for joining. Can you see the editor?"),
        (SAYS, "Yes, I can see it."),
        (ASKS, "Cool. I paste the exercise now and give you a minute."),
        (
            ASKS,
            "Given a list of boats with arrival and departure, return how many berths you need.",
        ),
        (SAYS, "So the stays may overlap. I would sort by arrival and keep a heap of departures."),
        (ASKS, "You wrote that you changed the handover at the harbour. Take us through it."),
        (SAYS, "We cut the sheet from twenty fields to six, and after a month nobody lost a note."),
        (ASKS, "Then there is the crane that fell in May. What happened?"),
        (SAYS, "A bolt was missing."),
    )
    assert borders(spans) == [(0, 1), (2, 4), (5, 6), (7, 8)]
    assert spans[0].kind == "GREETING_OR_CHIT_CHAT"
    titles = [span.title or "" for span in spans]
    assert "berths" in titles[1]
    assert "handover" in titles[2]
    assert "crane" in titles[3]
    assert titles[0] == "Can you see the editor?"


async def test_without_any_mark_being_answered_shows_that_something_was_asked() -> None:
    answer = "well it took us about three weeks because nobody had the old drawings of the hall"
    spans = await cut(
        (ASKS, "okay then your time at the harbour the crane and all that"),
        (SAYS, answer),
        (ASKS, "that is quite a lot of work"),
        (SAYS, answer),
    )
    assert borders(spans) == [(0, 3)]
