"""Claude as language model, through Anthropic's client (extra `anthropic`)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anthropic import (
    AnthropicError,
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AsyncAnthropic,
    DefaultAsyncHttpxClient,
)
from anthropic.types import MessageParam, ToolParam
from pydantic import BaseModel

from liverows import Payment, Permanent, Transient, Usage, WorkerError, get_logger, model_call
from worker.services.models.answer import Fit, read_apart
from worker.services.models.errors import (
    cut_off,
    declined,
    from_body,
    from_status,
    malformed,
    safe_word,
    unusable,
)
from worker.services.models.language_model import BaseModelT, Structured
from worker.services.outward import CARRIES_TRACE
from worker.services.prices import paid_tokens, record_tokens

log = get_logger(__name__)

ANTHROPIC_URL = "https://api.anthropic.com"
TOOL = "answer"
_LENGTH = ("max_tokens", "model_context_window_exceeded")


@dataclass(frozen=True, slots=True)
class _Reply:
    """What the model sent: inputs of tool calls, other text, and the usage."""

    inputs: tuple[object, ...]
    text: str
    usage: Usage

    @property
    def shown(self) -> str:
        """The reply as text, for asking the model again."""
        return json.dumps(self.inputs[0]) if self.inputs else self.text or "(empty)"


class AnthropicLanguageModel:
    """`LanguageModel` over Anthropic's client, without the client's own retries.

    `timeout_seconds` limits each request as a whole, not only the time between two bytes.
    """

    def __init__(
        self,
        *,
        api_key: str,
        model: str,
        base_url: str | None = None,
        timeout_seconds: float = 120,
    ) -> None:
        self._model = model
        self._url = base_url or ANTHROPIC_URL
        self._timeout_seconds = timeout_seconds
        self._client = AsyncAnthropic(
            api_key=api_key,
            base_url=base_url,
            max_retries=0,
            timeout=timeout_seconds,
            http_client=DefaultAsyncHttpxClient(event_hooks=CARRIES_TRACE),
        )

    async def aclose(self) -> None:
        """Close the client's connections."""
        await self._client.close()

    async def structured(
        self, *, system: str, prompt: str, output: type[BaseModelT], max_output_tokens: int
    ) -> Structured[BaseModelT]:
        """Ask Claude, and once more if the answer does not fit; see `LanguageModel.structured`."""
        turns: list[MessageParam] = [{"role": "user", "content": prompt}]
        reply = await self._ask(system, turns, output, max_output_tokens)
        fit = await _fit(output, reply)
        if fit.value is not None:
            return Structured(fit.value, (reply.usage,))
        log.info("llm_answer_repaired", model=reply.usage.model)
        turns += [
            {"role": "assistant", "content": reply.shown},
            {"role": "user", "content": f"That does not fit the tool's schema:\n{fit.problem}"},
        ]
        repaired = await self._ask(system, turns, output, max_output_tokens)
        fit = await _fit(output, repaired)
        if fit.value is None:
            raise unusable("it did not fit the expected form, also on a second try")
        return Structured(fit.value, (reply.usage, repaired.usage))

    async def _ask(
        self,
        system: str,
        turns: list[MessageParam],
        output: type[BaseModel],
        max_output_tokens: int,
    ) -> _Reply:
        tool: ToolParam = {
            "name": TOOL,
            "description": "Give the answer.",
            "input_schema": output.model_json_schema(),
        }
        sent = (system, json.dumps(tool), json.dumps(turns))
        async with paid_tokens(
            self._model, *sent, max_output_tokens=max_output_tokens, url=self._url
        ) as payment:
            with model_call("chat", "anthropic", self._model):
                content, headers = await self._send(system, turns, tool, max_output_tokens, payment)
                return _read(content, headers, self._model, self._url)

    async def _send(
        self,
        system: str,
        turns: list[MessageParam],
        tool: ToolParam,
        max_output_tokens: int,
        payment: Payment,
    ) -> tuple[bytes, Mapping[str, str]]:
        """Send one request; return the body and the headers of the answer."""
        try:
            async with asyncio.timeout(self._timeout_seconds):
                raw = await self._client.messages.with_raw_response.create(
                    model=self._model,
                    max_tokens=max_output_tokens,
                    system=system,
                    messages=turns,
                    tools=[tool],
                    tool_choice={"type": "tool", "name": TOOL},
                )
        except AnthropicError as error:
            if isinstance(error, APIStatusError):
                payment.unbilled()
            raise _translate(error) from None
        except TimeoutError:
            raise Transient("The language model did not answer in time.", code="timeout") from None
        return raw.http_response.content, raw.http_response.headers


def _read(content: bytes, headers: Mapping[str, str], model: str, url: str) -> _Reply:
    """The reply, read from the raw JSON, because the client does not check the fields."""
    try:
        message = json.loads(content)
    except (ValueError, RecursionError):
        raise malformed() from None
    if not isinstance(message, dict):
        raise malformed()
    usage = _usage(message, model)
    if message.get("error") or message.get("type") == "error":
        raise from_body(message.get("error"), headers)
    if not isinstance(message.get("usage"), dict) and not isinstance(message.get("content"), list):
        raise malformed()
    # Record the usage before judging the answer: a useless answer was paid for too.
    record_tokens(usage.model, usage.input_tokens or 0, usage.output_tokens or 0, url)
    if message.get("stop_reason") == "refusal":
        raise declined()
    if message.get("stop_reason") in _LENGTH:
        raise cut_off()
    content_blocks = message.get("content")
    blocks = content_blocks if isinstance(content_blocks, list) else []
    kinds = [(block.get("type"), block) for block in blocks if isinstance(block, dict)]
    return _Reply(
        inputs=tuple(block.get("input") for kind, block in kinds if kind == "tool_use"),
        text="".join(str(block.get("text") or "") for kind, block in kinds if kind == "text"),
        usage=usage,
    )


def _usage(message: Mapping[str, Any], model: str) -> Usage:
    said = message.get("usage")
    counts = said if isinstance(said, dict) else {}
    spent = [counts.get(f"{way}_tokens") for way in ("input", "output")]
    known = [count if isinstance(count, int) else 0 for count in spent]
    named = message.get("model")
    return Usage(named if isinstance(named, str) and named else model, known[0], known[1])


async def _fit(output: type[BaseModelT], reply: _Reply) -> Fit[BaseModelT]:
    """Find the answer in the tool inputs; if the model called no tool, in the text."""
    if not reply.inputs:
        return await read_apart(output, text=reply.text)
    return await read_apart(output, calls=reply.inputs)


def _translate(error: AnthropicError) -> WorkerError:
    """The worker's error for an error of the client, without the vendor's message."""
    if isinstance(error, APIStatusError):
        return _from_status(error)
    if isinstance(error, APITimeoutError):
        return Transient("The language model did not answer in time.", code="timeout")
    if isinstance(error, APIConnectionError):
        return Transient("The language model could not be reached.")
    return Permanent("The language model's client refused the call.")


def _from_status(error: APIStatusError) -> WorkerError:
    body = error.body
    inner = body.get("error") if isinstance(body, dict) else None
    word = safe_word(inner.get("type") if isinstance(inner, dict) else None)
    log.warning("llm_call_failed", status=error.status_code, code=word)
    return from_status(error.status_code, word, error.response.headers)
