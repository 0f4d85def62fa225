"""A model's cut is taken where it fits at least as well as the rules' cut, and only there."""

from __future__ import annotations

import pytest

from tests.app.steps.interviews.talk import roles_of, talk
from worker.interviews.ask import ModelQuestion, ModelQuestions, weigh_questions
from worker.interviews.segment import find_questions
from worker.interviews.spans import Span
from worker.interviews.transcript import Transcript

ASKS, SAYS = 0, 1
REMARKS = talk(
    (ASKS, "That is quite a lot of people for one shop."),
    (ASKS, "Who wrote the plan for the night shift?"),
    (SAYS, "I did, together with the driver who knew the streets."),
    (ASKS, "We had something like this two winters ago."),
    (ASKS, "Which numbers did you look at every week?"),
    (SAYS, "The late parcels per tour, and the calls about them."),
    (ASKS, "I would not have expected that from a depot."),
    (ASKS, "When did you notice that the plan was wrong?"),
    (SAYS, "After ten days, when the same street was late again."),
    (ASKS, "Our own people say the same about it."),
    (ASKS, "What did the drivers say to the new plan?"),
    (SAYS, "They wanted the old one back until the first quiet Friday."),
)
UNMARKED = talk(
    (ASKS, "can you hear me well"),
    (SAYS, "yes very well"),
    (ASKS, "why should we take you for the night shift"),
    (SAYS, "i know the streets and i like to be awake when it is quiet"),
    (ASKS, "what would your last chief say about you"),
    (SAYS, "that i am slow in the first week and then never late"),
    (ASKS, "how would the others describe you"),
    (SAYS, "as the one who brings the coffee and the list"),
    (ASKS, "what is your notice period"),
    (SAYS, "four weeks to the end of a month"),
    (ASKS, "rate your patience from one to ten"),
    (SAYS, "eight on a good day and six on a friday"),
)
MEASUREMENT = talk(
    (ASKS, "Good morning, thank you for coming."),
    (SAYS, "Good morning, I am glad to be here."),
    (ASKS, "Tell me about a time when a measurement was wrong."),
    (SAYS, "In spring a gauge of ours showed a flood on a dry day. I wrote a check."),
    (ASKS, "How do you explain a doubtful number to an engineer?"),
    (SAYS, "I show the raw readings beside the cleaned ones."),
)


def model(*spans: tuple[int, int, int]) -> ModelQuestions:
    return ModelQuestions(
        questions=[
            ModelQuestion(
                first=first, question_last=asked, last=last, kind="BEHAVIORAL", title="Question"
            )
            for first, asked, last in spans
        ]
    )


async def weighed(interview: Transcript, answer: ModelQuestions) -> tuple[list[Span], bool]:
    roles = roles_of(interview)
    cut = await find_questions(interview, roles)
    spans, is_models = weigh_questions(answer, interview, roles.roles, cut)
    assert is_models or spans == cut
    return spans, is_models


async def test_a_question_that_begins_after_the_remark_before_it_is_not_forgotten() -> None:
    right = [(1, 1, 2), (4, 4, 5), (7, 7, 8), (10, 10, 11)]
    spans, is_models = await weighed(REMARKS, model(*right))
    assert is_models
    assert [(span.first, span.last) for span in spans] == [(a, b) for a, _, b in right]


@pytest.mark.parametrize("found", [1, 2, 6])
async def test_where_the_rules_find_few_their_number_says_nothing(found: int) -> None:
    roles = roles_of(UNMARKED)
    cut = await find_questions(UNMARKED, roles)
    right = model(*[(at, at, at + 1) for at in range(0, 12, 2)])
    spans, is_models = weigh_questions(right, UNMARKED, roles.roles, cut[:found])
    assert is_models
    assert len(spans) == 6


CONTRADICTIONS = {
    "the candidate's greeting asks": [(1, 3, 4)],
    "two questions become one": [(0, 2, 5)],
    "one is left out": [(2, 2, 3)],
    "the answers ask": [(1, 1, 2), (3, 3, 4)],
    "the answer is cut off": [(2, 2, 2), (4, 4, 4)],
    "each line is a question": [(0, 0, 0), (2, 2, 2), (3, 3, 3), (4, 4, 4), (5, 5, 5)],
    "the end is left out": [(0, 0, 1)],
}


@pytest.mark.parametrize("spans", CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
async def test_a_cut_that_contradicts_what_is_known_is_refused(
    spans: list[tuple[int, int, int]],
) -> None:
    kept, is_models = await weighed(MEASUREMENT, model(*spans))
    assert not is_models
    assert [(span.first, span.last) for span in kept] == [(2, 3), (4, 5)]


async def test_a_cut_that_only_leaves_small_talk_out_is_taken() -> None:
    spans, is_models = await weighed(UNMARKED, model(*[(at, at, at + 1) for at in range(2, 12, 2)]))
    assert is_models
    assert len(spans) == 5


LISTENED = talk(
    (ASKS, "Tell me about a pump that failed."),
    (SAYS, "It was the pump of the northern yard, in a week of frost."),
    (ASKS, "That sounds like a cold week."),
    (SAYS, "It was, and the seal had cracked, so I changed it by hand."),
    (ASKS, "And the result?"),
    (SAYS, "It has run without a leak for three winters now."),
    (ASKS, "How do you plan the work of a shift?"),
    (SAYS, "On Friday, with a list. Who would do it on Monday?"),
    (ASKS, "Nobody, I suppose, with so many calls."),
    (SAYS, "So the list hangs at the door when the week begins."),
)
GERMAN = talk(
    (ASKS, "Erzählen Sie mir von einer Pumpe, die ausgefallen ist."),
    (SAYS, "Das war die Pumpe im nördlichen Hof, in einer Woche mit Frost."),
    (ASKS, "Das klingt nach einer kalten Woche."),
    (SAYS, "Ja, und die Dichtung war gerissen, also habe ich sie von Hand gewechselt."),
    (ASKS, "Wie planen Sie die Arbeit einer Schicht?"),
    (SAYS, "Am Freitag, mit einer Liste, die am Montag an der Tür hängt."),
)


@pytest.mark.parametrize(
    "spans",
    [
        [(0, 0, 1), (2, 2, 3), (4, 4, 5), (6, 6, 9)],
        [(0, 0, 5), (6, 6, 7), (8, 8, 9)],
        [(0, 0, 6), (7, 7, 8)],
        [(0, 0, 5), (6, 6, 6), (7, 7, 9)],
        [(0, 0, 4), (5, 5, 5), (6, 6, 9)],
        [(0, 0, 3), (4, 6, 9)],
    ],
    ids=["remarks", "a remark", "the candidate", "an aside", "an end", "a probe before a question"],
)
async def test_a_model_takes_no_word_out_of_an_answer(spans: list[tuple[int, int, int]]) -> None:
    kept, _ = await weighed_freely(LISTENED, model(*spans))
    assert [(span.first, span.last) for span in kept] == [(0, 5), (6, 9)]


async def test_a_cut_in_a_language_of_the_rules_is_weighed_as_strictly() -> None:
    for spans in ([(0, 0, 5)], [(4, 4, 5)], [(0, 0, 1), (2, 2, 3), (4, 4, 5)]):
        kept, _ = await weighed_freely(GERMAN, model(*spans))
        assert [(span.first, span.last) for span in kept] == [(0, 3), (4, 5)]


async def test_small_talk_of_a_model_hides_no_question() -> None:
    for interview in (LISTENED, GERMAN):
        cut = await find_questions(interview, roles_of(interview))
        answer = ModelQuestions(
            questions=[
                ModelQuestion(
                    first=span.first,
                    question_last=span.question_last,
                    last=span.last,
                    kind="GREETING_OR_CHIT_CHAT",
                    title="Why were you dismissed?",
                )
                for span in cut
            ]
        )
        spans, is_models = await weighed_freely(interview, answer)
        assert is_models
        assert [span.kind for span in spans] == [span.kind for span in cut]
        assert [span.title for span in spans] == [span.title for span in cut]


async def test_a_title_of_a_model_has_words_of_the_question() -> None:
    right = ModelQuestion(
        first=0, question_last=0, last=5, kind="TECHNICAL", title="A pump that failed"
    )
    other = ModelQuestion(
        first=6, question_last=6, last=9, kind="TECHNICAL", title="Planning of shifts"
    )
    spans, _ = await weighed_freely(LISTENED, ModelQuestions(questions=[right, other]))
    assert [span.title for span in spans] == [
        "A pump that failed",
        "How do you plan the work of a shift?",
    ]


async def weighed_freely(interview: Transcript, answer: ModelQuestions) -> tuple[list[Span], bool]:
    roles = roles_of(interview)
    cut = await find_questions(interview, roles)
    return weigh_questions(answer, interview, roles.roles, cut)
