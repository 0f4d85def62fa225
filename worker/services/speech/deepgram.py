"""Transcription by Deepgram through its official client, whose own retries are off."""

from __future__ import annotations

import asyncio
import json
import warnings
from typing import Any

import httpx
from deepgram import AsyncDeepgramClient, DeepgramClientEnvironment
from deepgram.core.api_error import ApiError
from deepgram.core.parse_error import ParsingError
from deepgram.types.listen_v1accepted_response import ListenV1AcceptedResponse
from deepgram.types.listen_v1response import ListenV1Response
from pydantic import SecretStr

from liverows import Payment, Permanent, model_call, paid, record_usage
from worker.services.outward import CARRIES_TRACE
from worker.services.speech.deepgram_answer import billed_seconds, check_answer, request_id
from worker.services.speech.deepgram_errors import malformed, translate, unreachable
from worker.services.speech.speech_to_text import Sound, SpeechAnswer, SpeechHints
from worker.services.unsent import unbilled_if_unsent

MAX_TERMS = 100
DEEPGRAM_URL = "https://api.deepgram.com"


class DeepgramSpeech:
    """`SpeechToText` over Deepgram.

    Without a known language, `SpeechHints.terms` are not sent, because Deepgram refuses them
    together with language detection.
    """

    kind = "deepgram"

    def __init__(
        self,
        *,
        api_key: SecretStr,
        base_url: str | None = None,
        model: str = "nova-3",
        timeout_seconds: float = 600,
    ) -> None:
        self._model = model
        self._timeout = timeout_seconds
        base = (base_url or DEEPGRAM_URL).rstrip("/")
        self._http = httpx.AsyncClient(timeout=timeout_seconds, event_hooks=CARRIES_TRACE)
        self._client = AsyncDeepgramClient(
            api_key=api_key.get_secret_value(),
            environment=DeepgramClientEnvironment(
                base=base, production=base, agent=base, agent_rest=base
            ),
            httpx_client=self._http,
            timeout=timeout_seconds,
            max_retries=0,
        )

    async def aclose(self) -> None:
        """Close the client's connections."""
        await self._http.aclose()

    async def transcribe(self, sound: Sound, hints: SpeechHints) -> SpeechAnswer:
        """Transcribe a recording; see `SpeechToText.transcribe`."""
        with model_call("speech_to_text", "deepgram", self._model):
            answer = await self._ask(sound, self._options(hints))
            return SpeechAnswer(check_answer(answer), request_id=request_id(answer))

    async def _ask(self, sound: Sound, options: dict[str, Any]) -> bytes:
        """Send the recording in one request; return the answer as JSON."""
        async with paid(self._model, audio_seconds=sound.seconds) as payment:
            with unbilled_if_unsent(payment):
                answer = await self._request(sound, options, payment)
            # Record the usage before judging the answer: a useless answer was paid for too.
            record_usage(self._model, audio_seconds=billed_seconds(answer, sound.seconds))
            return answer

    async def _request(self, sound: Sound, options: dict[str, Any], payment: Payment) -> bytes:
        media = self._client.listen.v1.media
        try:
            async with asyncio.timeout(self._timeout):
                # The client must not retry, because the chunks can be read only once.
                answer = await media.transcribe_file(request=sound.chunks(), **options)
        except ApiError as error:
            payment.unbilled()
            raise translate(error) from None
        except ParsingError as error:
            # The client could not read a field, but the transcript may still be usable.
            return _json(error.body)
        except (httpx.TransportError, TimeoutError) as error:
            raise unreachable(error) from None
        except (httpx.DecodingError, ValueError, RecursionError):
            raise malformed() from None
        return _body(answer)

    def _options(self, hints: SpeechHints) -> dict[str, Any]:
        options: dict[str, Any] = {
            "model": self._model,
            "smart_format": True,
            "punctuate": True,
            "paragraphs": True,
            "utterances": True,
            "diarize_model": "latest",
            "filler_words": True,
            "request_options": {"timeout": self._timeout, "max_retries": 0},
        }
        if hints.language is None:
            return options | {"detect_language": True}
        options["language"] = hints.language
        return options | ({"keyterm": list(hints.terms[:MAX_TERMS])} if hints.terms else {})


def _body(answer: ListenV1Response | ListenV1AcceptedResponse) -> bytes:
    """The client's object as JSON. The client does not check the fields of a `ListenV1Response`."""
    if isinstance(answer, ListenV1Response):
        with warnings.catch_warnings():
            # Ignore warnings about fields of another type: `check_answer` checks the JSON later.
            warnings.simplefilter("ignore")
            return answer.model_dump_json().encode()
    if isinstance(getattr(answer, "request_id", None), str):
        raise Permanent("The speech service put the recording off instead of reading it.")
    raise malformed()


def _json(body: object) -> bytes:
    if not isinstance(body, dict) or "results" not in body:
        raise malformed()
    return json.dumps(body).encode()
