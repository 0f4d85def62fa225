"""Deepgram through its official client: the request, the answer, and the possible errors."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from liverows.base.errors import InvalidInput, Permanent, RateLimited, Transient, WorkerError
from liverows.base.usage import collect_usage
from tests.support.fake_deepgram import (
    FakeDeepgram,
    Line,
    Script,
    SpeechReply,
    fake_deepgram,
    heard,
)
from worker.services.speech.deepgram import DeepgramSpeech
from worker.services.speech.deepgram_answer import read_deepgram
from worker.services.speech.speech_to_text import Sound, SpeechHints

LINES = [Line(0, "Why do you ask?", 0.5, 2.0), Line(1, "Because I can.", 2.4, 4.0)]
AUDIO = bytes(range(256)) * 4000
# Real answers, in a folder beside the checkout if there is one. We may not copy them.
RECORDED = Path(__file__).parents[4] / "shared" / "data" / "deepgram"


async def copy(file: BinaryIO) -> None:
    file.write(AUDIO)


@asynccontextmanager
async def speech(
    *script: Script, timeout: float = 30
) -> AsyncIterator[tuple[DeepgramSpeech, FakeDeepgram]]:
    async with fake_deepgram(*script) as fake:
        client = DeepgramSpeech(
            api_key=SecretStr("dg-key"), base_url=fake.base_url, timeout_seconds=timeout
        )
        try:
            yield client, fake
        finally:
            await client.aclose()


async def test_the_recording_is_streamed_whole_and_its_seconds_are_counted() -> None:
    async with speech(SpeechReply.of(LINES)) as (client, fake):
        with collect_usage() as usage:
            answer = await client.transcribe(Sound(copy, 4.0), SpeechHints())
    (request,) = fake.requests
    assert request.body == AUDIO
    assert request.headers["authorization"] == "Token dg-key"
    assert answer.request_id == "r-1"
    assert [(one.model, one.audio_seconds) for one in usage] == [("nova-3", 4.0)]
    assert [spoken.speaker for spoken in read_deepgram(answer.raw).utterances] == [0, 1]


async def test_what_the_service_heard_is_counted_where_it_is_more() -> None:
    async with speech(SpeechReply.of(LINES, duration=7200.0)) as (client, _):
        with collect_usage() as usage:
            await client.transcribe(Sound(copy, 4.0), SpeechHints())
    assert [one.audio_seconds for one in usage] == [7200.0]


@pytest.mark.parametrize("duration", [-5, 1e300, "7200 s", None, [7200]])
async def test_a_senseless_length_of_the_service_is_not_counted(duration: object) -> None:
    answer = heard(LINES) | {"metadata": {"duration": duration}}
    async with speech(SpeechReply(json.dumps(answer).encode())) as (client, _):
        with collect_usage() as usage:
            await client.transcribe(Sound(copy, 4.0), SpeechHints())
    assert [one.audio_seconds for one in usage] == [4.0]


@pytest.mark.parametrize(
    ("reply", "kind", "code"),
    [
        (SpeechReply.error(429, retry_after="7"), RateLimited, "provider_rate_limited"),
        (SpeechReply.error(504), Transient, "provider_error"),
        (SpeechReply.error(408), Transient, "provider_error"),
        (SpeechReply(b"{}"), Transient, "malformed_answer"),
        (SpeechReply(b"not json"), Transient, "malformed_answer"),
        (SpeechReply(b"[]"), Transient, "malformed_answer"),
        (SpeechReply(b"null"), Transient, "malformed_answer"),
        (SpeechReply(b"[" * 100_000), Transient, "malformed_answer"),
        (SpeechReply(b'{"results": 5, "metadata": "x"}'), Transient, "malformed_answer"),
        (SpeechReply(b'{"err_code": "INTERNAL", "err_msg": "no"}'), Transient, "malformed_answer"),
        (
            SpeechReply(b"<html>", headers={"content-type": "text/html"}),
            Transient,
            "malformed_answer",
        ),
        (SpeechReply(b"x", headers={"content-encoding": "gzip"}), Transient, "malformed_answer"),
        (SpeechReply.error(503, retry_after="7"), RateLimited, "provider_error"),
        (SpeechReply.error(400, "Bad Request"), InvalidInput, "audio_corrupt"),
        (SpeechReply.error(415), InvalidInput, "audio_corrupt"),
        (SpeechReply.error(413), InvalidInput, "audio_too_large"),
        (SpeechReply.error(401), Permanent, "provider_auth"),
        (SpeechReply.error(403), Permanent, "provider_auth"),
        (SpeechReply.error(402), Permanent, "provider_error"),
    ],
)
async def test_each_failure_has_its_name_and_is_not_retried_here(
    reply: SpeechReply, kind: type[WorkerError], code: str
) -> None:
    async with speech(reply) as (client, fake):
        with pytest.raises(kind) as failed:
            await client.transcribe(Sound(copy, 4.0), SpeechHints())
    assert failed.value.code == code
    assert len(fake.requests) == 1
    assert "dg-key" not in failed.value.message
    if isinstance(failed.value, RateLimited):
        assert failed.value.retry_after == 7


async def test_a_service_that_is_gone_is_worth_another_try() -> None:
    async with speech(SpeechReply.of(LINES)) as (client, fake):
        client_of_nobody = DeepgramSpeech(api_key=SecretStr("k"), base_url="http://127.0.0.1:9")
        with pytest.raises(Transient):
            await client_of_nobody.transcribe(Sound(copy, 4.0), SpeechHints())
        await client_of_nobody.aclose()
        assert fake.requests == []
        assert client.kind == "deepgram"


def answer_of(lines: list[Line], **extra: Any) -> bytes:
    return json.dumps(heard(lines, **extra)).encode()


def test_words_have_their_marks_times_and_confidence() -> None:
    transcript = read_deepgram(answer_of(LINES, duration=9.5))
    first = transcript.utterances[0]
    assert [word.text for word in first.words] == ["Why", "do", "you", "ask?"]
    assert (first.words[0].start, first.words[-1].end) == (0.5, 2.0)
    assert (transcript.language, transcript.seconds, transcript.has_fillers) == ("en", 9.5, True)


def test_without_utterances_words_are_cut_at_pauses_and_speakers() -> None:
    lines = [*LINES, Line(1, "And I must.", 6.0, 7.0)]
    utterances = read_deepgram(answer_of(lines, utterances=False)).utterances
    assert [(spoken.speaker, len(spoken.words)) for spoken in utterances] == [
        (0, 4),
        (1, 3),
        (1, 3),
    ]


def test_an_utterance_that_two_people_share_is_cut_between_them() -> None:
    answer = heard([Line(0, "How so? Because.", 0.0, 3.0)])
    answer["results"]["utterances"][0]["words"][-1]["speaker"] = 1
    utterances = read_deepgram(json.dumps(answer).encode()).utterances
    assert [(spoken.speaker, spoken.words[0].text) for spoken in utterances] == [
        (0, "How"),
        (1, "Because."),
    ]


def test_without_diarization_nobody_is_told_apart() -> None:
    utterances = read_deepgram(answer_of([Line(None, "Hello there.", 0, 1)])).utterances
    assert [spoken.speaker for spoken in utterances] == [None]


def test_a_word_without_its_times_costs_that_word_only() -> None:
    answer = heard(LINES)
    for words in (
        answer["results"]["utterances"][0]["words"],
        answer["results"]["channels"][0]["alternatives"][0]["words"],
    ):
        words[0]["start"] = None
        words[1].pop("end", None)
        words.append("no word")
    transcript = read_deepgram(json.dumps(answer).encode())
    assert [word.text for word in transcript.utterances[0].words] == ["you", "ask?"]


async def test_a_paid_transcript_is_kept_whatever_else_the_answer_holds() -> None:
    answer = heard(LINES) | {"metadata": {"request_id": 5, "models": "none", "duration": 9.5}}
    async with speech(SpeechReply(json.dumps(answer).encode())) as (client, fake):
        with collect_usage() as usage:
            got = await client.transcribe(Sound(copy, 4.0), SpeechHints())
    assert [one.audio_seconds for one in usage] == [9.5]
    assert len(fake.requests) == 1
    assert len(read_deepgram(got.raw).utterances) == len(read_deepgram(answer_of(LINES)).utterances)


def test_silence_is_said_to_be_silence() -> None:
    with pytest.raises(InvalidInput) as refused:
        read_deepgram(answer_of([]))
    assert refused.value.code == "no_speech"


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["results", "channels", "utterances", "words", "metadata", "start"]
                ),
                inner,
                max_size=4,
            )
        ),
    )
)
def test_no_answer_of_any_shape_is_a_crash(value: Any) -> None:
    with pytest.raises(InvalidInput):
        read_deepgram(json.dumps(value).encode())


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded answers are not on this machine")
def test_recorded_answers_are_read() -> None:
    answers = sorted(RECORDED.glob("*-response.json"))
    assert answers
    for path in answers:
        transcript = read_deepgram(path.read_bytes())
        assert transcript.seconds > 0
        assert sum(len(spoken.words) for spoken in transcript.utterances) > 10


async def test_an_answer_put_off_is_not_taken_for_one() -> None:
    async with speech(SpeechReply(b'{"request_id": "r"}')) as (client, _):
        with pytest.raises((Permanent, Transient)):
            await client.transcribe(Sound(copy, 1.0), SpeechHints())
