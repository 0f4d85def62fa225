"""Whatever a model answers, the rules of spans and of evidence hold."""

from __future__ import annotations

from typing import Any, get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.interviews.written import written_interviews
from tests.steps.interviews.talk import INTERVIEW, roles_of
from worker.steps.interviews import ModelSummary, Span, Transcript, find_questions, find_roles
from worker.steps.interviews.ask import ModelQuestion, ModelQuestions, weigh_questions
from worker.steps.interviews.given import read_given
from worker.steps.interviews.question_row import question_row, with_score
from worker.steps.interviews.rubric import DIMENSIONS
from worker.steps.interviews.score import Improvement, Judged, Judgement, Quote, Scores, weigh_score
from worker.steps.interviews.spans import QuestionType, answer_of, broken
from worker.steps.interviews.summary import Point, summarise
from worker.steps.interviews.transcript import tokens

# A busy machine is no failure.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
ROLES = roles_of(INTERVIEW).roles
SAID = INTERVIEW.utterances
ids = st.integers(-3, len(SAID) + 3) | st.sampled_from([10**9, -(10**9)])
kinds = st.sampled_from(get_args(QuestionType))
questions = st.builds(
    ModelQuestion, first=ids, question_last=ids, last=ids, kind=kinds, title=st.text(max_size=40)
)
likely = st.tuples(st.integers(0, 11), st.integers(0, 2), st.integers(0, 4)).map(
    lambda each: ModelQuestion(
        first=each[0],
        question_last=each[0] + each[1],
        last=each[0] + each[1] + each[2],
        kind="TECHNICAL",
        title="Why?",
    )
)


async def cut() -> list[Span]:
    return await find_questions(INTERVIEW, roles_of(INTERVIEW))


@unhurried
@given(st.lists(questions, max_size=12) | st.lists(likely, max_size=12) | st.none())
async def test_every_cut_keeps_the_rules_and_none_is_lost(
    answer: list[ModelQuestion] | None,
) -> None:
    first = await cut()
    spans, is_models = weigh_questions(ModelQuestions(questions=answer), INTERVIEW, ROLES, first)
    assert broken(spans, SAID, ROLES) is None
    assert spans
    ends = [ROLES[SAID[span.question_last].speaker] for span in spans]
    assert ends == [span.asked_by_role for span in spans], "no question ends in its answer"
    if not is_models:
        assert spans == first


@unhurried
@given(st.lists(likely, min_size=1, max_size=12))
async def test_a_cut_that_is_taken_holds_every_question_of_the_model(
    answer: list[ModelQuestion],
) -> None:
    spans, is_models = weigh_questions(
        ModelQuestions(questions=answer), INTERVIEW, ROLES, await cut()
    )
    if is_models:
        assert {span.first for span in spans} == {question.first for question in answer}


async def test_the_rules_themselves_refuse_what_breaks_them() -> None:
    first = await cut()
    assert broken(first, SAID, ROLES) is None
    wrong: list[dict[str, Any]] = [
        {"last": 99},
        {"first": -1},
        {"question_last": 0},
        {"asked_by": 1},
        {"asked_by_role": "candidate"},
        {"first": 1, "question_last": 1},
    ]
    for change in wrong:
        assert broken([first[1].model_copy(update=change)], SAID, ROLES), change
    assert broken([first[1], first[1]], SAID, ROLES)
    assert broken([first[2], first[1]], SAID, ROLES)


async def test_a_model_can_correct_the_cut() -> None:
    first = await cut()
    answer = ModelQuestions(
        questions=[
            ModelQuestion(first=2, question_last=2, last=3, kind="BEHAVIORAL", title="A failure"),
            ModelQuestion(first=4, question_last=4, last=5, kind="BEHAVIORAL", title="Its result"),
            ModelQuestion(first=6, question_last=6, last=9, kind="TECHNICAL", title="Leaving"),
            ModelQuestion(first=9, question_last=9, last=10, kind="TECHNICAL", title="Team"),
        ]
    )
    spans, is_models = weigh_questions(answer, INTERVIEW, ROLES, first)
    assert is_models
    assert [(span.first, span.last) for span in spans] == [(2, 3), (4, 5), (6, 8), (9, 10)]
    assert spans[-1].asked_by_role == "candidate"


words = [word for said in SAID for word in tokens(said.text)]
quotes = (
    st.text(max_size=60)
    | st.lists(st.sampled_from(words), min_size=1, max_size=8).map(" ".join)
    | st.sampled_from([said.text for said in SAID])
)
dimensions = st.sampled_from(DIMENSIONS)
judgements = st.builds(
    Judgement,
    evidence=st.lists(
        st.builds(Quote, dimension=dimensions, quote=quotes, supports=st.just("strength")),
        max_size=10,
    ),
    answered=st.sampled_from(["yes", "partial", "no"]),
    scores=st.builds(Scores, **dict.fromkeys(DIMENSIONS, st.none() | st.integers(-5, 15))),
    feedback=st.text(max_size=80),
    improvements=st.lists(
        st.builds(Improvement, text=st.text(max_size=40), dimension=dimensions), max_size=6
    ),
    title=st.text(max_size=60),
    kind=kinds,
)


@unhurried
@given(judgements)
async def test_no_score_stands_without_words_that_were_said(judgement: Judgement) -> None:
    span = (await cut())[1]
    scored = weigh_score(Judged(judgement=judgement), span, INTERVIEW, ROLES)
    told = " ".join(tokens(" ".join(said.text for said in answer_of(span, SAID, ROLES))))
    for proofs in scored.evidence.values():
        for proof in proofs:
            assert f" {' '.join(tokens(proof.quote))} " in f" {told} "
            assert proof.start is not None
    for dimension, value in scored.dimensions.items():
        stated = getattr(judgement.scores, dimension)
        assert value is None or (0 <= value <= 10 and scored.evidence[dimension])
        assert value is None or value == stated or judgement.answered == "no"
    known = [value for value in scored.dimensions.values() if value is not None]
    assert (scored.score is None) == (not known)
    row = with_score(
        question_row(1, span, INTERVIEW, ROLES, can_score=True),
        scored,
    )
    assert row.scoring_status == ("scored" if known else "failed")
    assert (row.scoring_reason is None) == bool(known)


@unhurried
@given(st.lists(st.builds(Point, text=st.text(max_size=30), question_numbers=st.lists(ids))))
async def test_a_summary_names_only_questions_that_were_scored(points: list[Point]) -> None:
    span = (await cut())[1]
    row = question_row(2, span, INTERVIEW, ROLES, can_score=True).model_copy(
        update={"scoring_status": "scored", "score": 6.5, "structure": 7, "relevance": 6}
    )
    summary = summarise([row], ModelSummary(strengths=points, priorities=points))
    for point in [*summary.strengths, *summary.priorities]:
        assert point.question_numbers == [2]
    assert summary.dimensions["structure"] == 7
    assert summary.dimensions["results_impact"] is None


@unhurried
@given(
    st.lists(st.tuples(st.integers(0, 3), st.text(min_size=1, max_size=60) | quotes), max_size=30)
)
async def test_any_transcript_is_cut_by_the_rules(said: list[tuple[int, str]]) -> None:
    paragraphs: Any = [{"speaker": speaker, "sentence": text} for speaker, text in said]
    if not any(tokens(text) for _, text in said):
        return
    transcript: Transcript = await read_given(paragraphs)
    roles = await find_roles(transcript, None)
    spans = await find_questions(transcript, roles)
    assert broken(spans, transcript.utterances, roles.roles) is None


async def test_written_interviews_survive_every_shift_of_a_models_ids() -> None:
    for script in written_interviews():
        transcript = await read_given(script.paragraphs())
        roles = await find_roles(transcript, None)
        first = await find_questions(transcript, roles)
        for shift in (-2, -1, 1, 2):
            answer = ModelQuestions(
                questions=[
                    ModelQuestion(
                        first=span.first + shift,
                        question_last=span.question_last + shift,
                        last=span.last + 2 * shift,
                        kind="TECHNICAL",
                        title="?",
                    )
                    for span in first
                ]
            )
            spans, _ = weigh_questions(answer, transcript, roles.roles, first)
            assert broken(spans, transcript.utterances, roles.roles) is None
            assert spans
