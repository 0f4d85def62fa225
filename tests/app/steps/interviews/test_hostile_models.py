"""The rules of spans and of evidence hold for every answer of a model."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.interviews.written import written_interviews
from tests.app.steps.interviews.talk import CANDIDATE, INTERVIEW, INTERVIEWER, roles_of, talk
from worker.interviews.ask import ModelQuestion, ModelQuestions, weigh_questions
from worker.interviews.given import read_given
from worker.interviews.question_row import question_row, with_score
from worker.interviews.result import finish
from worker.interviews.roles import find_roles
from worker.interviews.rubric import DIMENSIONS
from worker.interviews.score import Improvement, Judged, Judgement, Quote, Scores, weigh_score
from worker.interviews.segment import find_questions
from worker.interviews.spans import QuestionType, Span, answer_of, broken
from worker.interviews.summary import ModelSummary, Point, summarise
from worker.interviews.transcript import Transcript, tokens

# The test must not fail because the machine is busy.
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


async def test_a_model_can_correct_the_cut_but_not_tear_a_probe_out_of_an_answer() -> None:
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
    assert [(span.first, span.last) for span in spans] == [(2, 5), (6, 8), (9, 10)]
    assert spans[-1].asked_by_role == "candidate"


def asked(first: int, question_last: int, last: int) -> ModelQuestion:
    return ModelQuestion(
        first=first, question_last=question_last, last=last, kind="BEHAVIORAL", title="?"
    )


async def test_a_question_that_a_model_ends_past_its_answer_leaves_the_answer_in() -> None:
    transcript = talk(
        (INTERVIEWER, "Tell me about a project that went wrong."),
        (INTERVIEWER, "Take your time."),
        (CANDIDATE, "Mhm."),
        (INTERVIEWER, "Anything will do."),
        (CANDIDATE, "Our pump failed and I replaced the seal in 40 minutes."),
        (INTERVIEWER, "And what was the result?"),
        (CANDIDATE, "It has run without a leak since then."),
    )
    first = await find_questions(transcript, roles_of(transcript))
    answer = ModelQuestions(questions=[asked(0, 5, 6)])
    (span,), is_models = weigh_questions(answer, transcript, ROLES, first)
    assert is_models
    assert span.question_last == 3, "the sound of listening is inside the question"
    told = [said.index for said in answer_of(span, transcript.utterances, ROLES)]
    assert told == [4, 6]
    assert broken([span.model_copy(update={"question_last": 5})], transcript.utterances, ROLES)


async def test_a_remark_before_anything_is_asked_does_not_end_the_question() -> None:
    transcript = talk(
        (INTERVIEWER, "Next I would turn to the plant."),
        (CANDIDATE, "With pleasure, I have read a lot about it."),
        (INTERVIEWER, "What would you change there?"),
        (CANDIDATE, "I would replace the seals every spring."),
    )
    answer = ModelQuestions(questions=[asked(0, 2, 3)])
    first = await find_questions(transcript, roles_of(transcript))
    (span,), _ = weigh_questions(answer, transcript, ROLES, first)
    assert (span.first, span.question_last, span.last) == (0, 2, 3)


UNASKED = talk(
    (INTERVIEWER, "So here we are again at the plant."),
    (CANDIDATE, "Our pump failed and I replaced the seal in 40 minutes."),
    (INTERVIEWER, "It rained the whole day."),
    (CANDIDATE, "It has run without a leak since then."),
)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ([asked(0, 0, 1), asked(2, 2, 3)], [(0, 1), (2, 3)]),
        ([asked(0, 2, 3)], [(0, 3)]),
        ([asked(0, 0, 0), asked(2, 2, 3)], [(2, 3)]),
        ([asked(0, 0, 0)], None),
        ([asked(0, 0, 40)], None),
        ([], []),
    ],
)
async def test_where_the_rules_found_nothing_only_what_is_answered_is_taken_from_a_model(
    answer: list[ModelQuestion], expected: list[tuple[int, int]] | None
) -> None:
    assert await find_questions(UNASKED, roles_of(UNASKED)) == []
    spans, is_models = weigh_questions(ModelQuestions(questions=answer), UNASKED, ROLES, [])
    assert is_models is (expected is not None)
    assert [(span.first, span.last) for span in spans] == (expected or [])
    assert all(span.question_last == span.first for span in spans)


async def test_a_model_alone_cannot_make_a_question_of_every_line() -> None:
    transcript = talk(
        *[(INTERVIEWER, "It rained the whole day.")] * 20, (CANDIDATE, "It did, all of it.")
    )
    answer = ModelQuestions(questions=[asked(line, line, 20) for line in range(20)])
    spans, _ = weigh_questions(answer, transcript, ROLES, [])
    assert [(span.first, span.last) for span in spans] == [(19, 20)]


async def test_a_cut_in_a_language_that_the_rules_do_not_know_does_not_bind_a_model() -> None:
    transcript = talk(
        *[
            line
            for topic in ("pumpade", "ventiilide", "torude", "paakide", "filtrite", "mootorite")
            for line in (
                (INTERVIEWER, f"Räägi ühest veast {topic} juures."),
                (CANDIDATE, "Vahetasin need 40 minutiga välja."),
            )
        ],
        (INTERVIEWER, "Millal saad alustada?"),
        (CANDIDATE, "Esimesel mail, kui see sobib."),
    )
    first = await find_questions(transcript, roles_of(transcript))
    assert len(first) == 1
    answer = ModelQuestions(questions=[asked(line, line, line + 1) for line in range(0, 14, 2)])
    bound = transcript.model_copy(update={"language": "en"})
    assert weigh_questions(answer, bound, ROLES, first) == (first, False)
    for language in ("et", None):
        estonian = transcript.model_copy(update={"language": language})
        spans, is_models = weigh_questions(answer, estonian, ROLES, first)
        assert is_models
        assert len(spans) == 7


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


async def test_a_score_without_a_quote_is_not_proven() -> None:
    span = (await cut())[1]
    proven = {"structure": "Our pump failed", "relevance": "I replaced the seal"}
    scores: dict[str, int | None] = dict.fromkeys(DIMENSIONS, 7)
    scores["results_impact"] = None
    judgement = Judgement(
        evidence=[
            Quote(
                dimension=each,
                quote=proven.get(each, "nobody ever said this at all"),
                supports="strength",
            )
            for each in DIMENSIONS
            if scores[each] is not None
        ],
        answered="yes", scores=Scores(**scores), feedback="You name the seal.", improvements=[],
        title="A failure", kind="BEHAVIORAL",
    )  # fmt: skip
    scored = weigh_score(Judged(judgement=judgement), span, INTERVIEW, ROLES)
    row = with_score(question_row(1, span, INTERVIEW, ROLES, can_score=True), scored)
    assert scored.quotes_rejected == 4
    assert set(row.unproven) == {*DIMENSIONS} - {*proven, "results_impact"}
    assert row.evidence is not None
    assert "results_impact" not in row.evidence
    roles = roles_of(INTERVIEW)
    result = finish(INTERVIEW, roles, [span], [row], ModelSummary(), stored=None, warnings=())
    assert "scores_not_proven" in (result.warnings or ())


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
