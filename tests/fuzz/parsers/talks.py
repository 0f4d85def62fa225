"""Parsers of transcripts, of speech services' answers and of what models say about interviews."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

from tests.app.steps.interviews.talk import INTERVIEW, roles_of
from tests.fuzz.parser import Parser, of_bytes, of_json, of_text, of_value
from tests.support.fake_deepgram import Line, heard
from tests.support.sounds import wav
from worker.interviews.ask import (
    ModelQuestions,
    ModelRoles,
    QuestionCut,
    weigh_questions,
    weigh_roles,
)
from worker.interviews.given import _read_given
from worker.interviews.recording import _transcript, speech_hints
from worker.interviews.roles import Roles, _find_roles
from worker.interviews.score import Judged, Judgement, weigh_score
from worker.interviews.segment import _find_questions
from worker.interviews.spans import Span
from worker.services.models.answer import read_answer
from worker.services.speech.audio import _probe
from worker.services.speech.deepgram_answer import billed_seconds, check_answer, request_id

MOST = 300_000
GIVEN = [
    {
        "id": 1,
        "speaker": "interviewer",
        "sentence": "Tell me about yourself?",
        "start": 0.0,
        "end": 2.5,
    },
    {
        "id": 2,
        "speaker": 1,
        "sentence": "Um, I test pumps, and oh yeah, I like it.",
        "start": 3,
        "end": 6,
    },
    {"speaker": "You", "sentence": "Why pumps?"},
    {"speaker": "candidate", "sentence": "Because they sing."},
]
LINES = [Line(0, "Why do you ask?", 0.5, 2.0), Line(1, "Um, because I can.", 2.4, 4.0)]
HEARD = heard(LINES) | {"metadata": {"duration": 4.0, "request_id": "r-1"}}
WHISPER = {
    "model": "m",
    "language": "en",
    "duration": 9.0,
    "warnings": [],
    "words": [
        ["Why", 0.0, 0.3, 0.9, 0],
        ["now?", 0.3, 0.6, None, 0],
        ["Because.", 0.8, 1.2, 0.8, 1],
    ],
}
CUT = {
    "questions": [
        {"first": 0, "question_last": 0, "last": 1, "kind": "TECHNICAL", "title": "Why?"},
        {"first": 2, "question_last": 2, "last": 3, "kind": "BEHAVIORAL", "title": "Pumps"},
    ]
}


def analysed(given: Any) -> object:
    """All that the worker reads in a transcript without a model."""
    transcript = _read_given(given, MOST)
    roles = _find_roles(transcript, None)
    return _find_questions(transcript, roles)


def transcribed(kind: str, text: str) -> object:
    transcript = _transcript(kind, text.encode("utf-8", "surrogatepass"), MOST)
    return _find_questions(transcript, _find_roles(transcript, None)), transcript.model_dump_json()


def checked(text: str) -> object:
    return request_id(check_answer(text.encode("utf-8", "surrogatepass")))


@cache
def cut() -> tuple[Roles, tuple[Span, ...]]:
    roles = roles_of(INTERVIEW)
    return roles, tuple(_find_questions(INTERVIEW, roles))


def roles_weighed(text: str) -> object:
    fit = read_answer(ModelRoles, text=text)
    return fit if fit.value is None else weigh_roles(fit.value, INTERVIEW, cut()[0])


def questions_weighed(text: str) -> object:
    fit = read_answer(QuestionCut, text=text)
    if fit.value is None:
        return fit
    roles, spans = cut()
    answer = ModelQuestions(questions=fit.value.questions)
    return weigh_questions(answer, INTERVIEW, roles.roles, list(spans))


def score_weighed(text: str) -> object:
    fit = read_answer(Judgement, text=text)
    if fit.value is None:
        return fit
    roles, spans = cut()
    return weigh_score(
        Judged(judgement=fit.value), spans[0], INTERVIEW, roles.roles, {"job_title": "x"}
    )


def judgement() -> dict[str, Any]:
    said = " ".join(INTERVIEW.utterances[cut()[1][0].last].text.split()[:8])
    schema = Judgement.model_json_schema()
    sample = _sample(schema, schema)
    assert isinstance(sample, dict)
    return sample | {"evidence": [{**_first(sample, "evidence"), "quote": said}]}


def _first(sample: dict[str, Any], name: str) -> dict[str, Any]:
    first = sample[name][0]
    return first if isinstance(first, dict) else {}


def _sample(schema: dict[str, Any], whole: dict[str, Any]) -> Any:
    """A value that fits a JSON schema, with one element in each list."""
    if "$ref" in schema:
        return _sample(whole["$defs"][schema["$ref"].rpartition("/")[2]], whole)
    if "anyOf" in schema:
        return _sample(schema["anyOf"][0], whole)
    if "enum" in schema or "const" in schema:
        return schema["enum"][0] if "enum" in schema else schema["const"]
    if schema.get("type") == "object":
        return {name: _sample(inner, whole) for name, inner in schema.get("properties", {}).items()}
    if schema.get("type") == "array":
        return [_sample(schema["items"], whole)]
    return {"integer": schema.get("minimum", 1), "number": 1.0, "boolean": True}.get(
        schema.get("type", ""), "You told why, and what came of it."
    )


PARSERS: tuple[Parser, ...] = (
    of_value(
        "given transcript",
        analysed,
        GIVEN,
        reads=(
            "worker.interviews.given:_read_given",
            "worker.interviews.given:_paragraphs",
            "worker.interviews.roles:_find_roles",
            "worker.interviews.segment:_find_questions",
        ),
    ),
    of_json(
        "Deepgram's answer",
        lambda text: transcribed("deepgram", text),
        HEARD,
        heard(LINES, utterances=False),
        reads=(
            "worker.interviews.recording:_transcript",
            "worker.services.speech.deepgram_answer:read_deepgram",
        ),
    ),
    of_json(
        "Deepgram's answer before it is stored",
        checked,
        HEARD,
        reads=(
            "worker.services.speech.deepgram_answer:check_answer",
            "worker.services.speech.deepgram_answer:request_id",
        ),
    ),
    of_json(
        "the duration that Deepgram states",
        lambda text: billed_seconds(text.encode("utf-8", "surrogatepass"), 1.0),
        HEARD,
        reads=("worker.services.speech.deepgram_answer:billed_seconds",),
        raises=(),
    ),
    of_json(
        "Whisper's answer",
        lambda text: transcribed("whisper", text),
        WHISPER,
        reads=("worker.services.speech.whisper:read_whisper",),
    ),
    of_bytes(
        "recording",
        lambda raw: _probe(io.BytesIO(raw)),
        wav(0.2),
        b"ID3" + bytes(300),
        b"OggS" + bytes(300),
        reads=("worker.services.speech.audio:_probe",),
    ),
    of_text(
        "hints for a speech service",
        lambda text: speech_hints(None, {"job_description": text}),
        "Kubernetes at ACME with C++ and GitHub",
        reads=(),
        raises=(),
    ),
    of_json(
        "roles of a model",
        roles_weighed,
        {"candidate_speaker": 1},
        reads=("worker.interviews.ask:weigh_roles",),
    ),
    of_json(
        "questions of a model",
        questions_weighed,
        CUT,
        reads=("worker.interviews.ask:weigh_questions",),
    ),
    of_json(
        "judgement of a model",
        score_weighed,
        judgement(),
        reads=("worker.interviews.score:weigh_score",),
    ),
)
