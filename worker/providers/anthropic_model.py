"""Claude, through the official client; needs the extra `anthropic`."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import structlog
from anthropic import (
    AnthropicError,
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AsyncAnthropic,
)
from anthropic.types import Message, MessageParam, ToolParam
from pydantic import BaseModel, ValidationError

from worker.base.errors import Permanent, Transient, WorkerError
from worker.base.usage import record_usage
from worker.providers.llm import BaseModelT, Structured, Usage
from worker.providers.llm_errors import from_status, safe_word

log = structlog.get_logger(__name__)

TOOL = "answer"
MAX_PROBLEMS_TOLD = 10


@dataclass(frozen=True, slots=True)
class _Reply:
    message: Message
    value: Any
    usage: Usage


class AnthropicLanguageModel:
    """`LanguageModel` over AsyncAnthropic, its own retries off.

    The answer's form is the input of a tool that the model must call. `timeout_seconds`
    bounds a whole call.
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
        self._timeout_seconds = timeout_seconds
        self._client = AsyncAnthropic(
            api_key=api_key, base_url=base_url, max_retries=0, timeout=timeout_seconds
        )

    async def aclose(self) -> None:
        """Close the client's connections."""
        await self._client.close()

    async def structured(
        self, *, system: str, prompt: str, output: type[BaseModelT], max_output_tokens: int
    ) -> Structured[BaseModelT]:
        """See `LanguageModel.structured`."""
        turns: list[MessageParam] = [{"role": "user", "content": prompt}]
        reply = await self._ask(system, turns, output, max_output_tokens)
        value, problem = _validate(output, reply.value)
        if value is not None:
            return Structured(value, reply.usage)
        log.info("llm_answer_repaired", model=reply.usage.model)
        turns += [
            {"role": "assistant", "content": json.dumps(reply.value)},
            {"role": "user", "content": f"That does not fit the tool's schema:\n{problem}"},
        ]
        repaired = await self._ask(system, turns, output, max_output_tokens)
        value, _ = _validate(output, repaired.value)
        if value is None:
            raise _unusable("it did not fit the expected form, also on a second try")
        return Structured(value, reply.usage.plus(repaired.usage))

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
        try:
            async with asyncio.timeout(self._timeout_seconds):
                message = await self._client.messages.create(
                    model=self._model,
                    max_tokens=max_output_tokens,
                    system=system,
                    messages=turns,
                    tools=[tool],
                    tool_choice={"type": "tool", "name": TOOL},
                )
        except AnthropicError as error:
            raise _translate(error) from None
        except TimeoutError:
            raise Transient("The language model did not answer in time.", code="timeout") from None
        except ValueError:
            raise Transient("The language model's server sent a malformed answer.") from None
        return _read(message)


def _read(message: Message) -> _Reply:
    if not isinstance(message, Message):
        # The client hands on whatever a 200 held.
        raise Transient("The language model's server sent a malformed answer.")
    usage = Usage(message.model, message.usage.input_tokens, message.usage.output_tokens)
    # Before the answer is judged: a useless one was paid for all the same.
    record_usage(usage.model, input_tokens=usage.input_tokens, output_tokens=usage.output_tokens)
    if message.stop_reason == "refusal":
        raise Permanent("The language model declined to answer.", code="llm_refused")
    if message.stop_reason == "max_tokens":
        raise _unusable("it was cut off at its length limit")
    for block in message.content:
        if block.type == "tool_use":
            return _Reply(message, block.input, usage)
    return _Reply(message, None, usage)


def _validate(output: type[BaseModelT], value: object) -> tuple[BaseModelT | None, str]:
    try:
        return output.model_validate(value), ""
    except ValidationError as error:
        problems = error.errors(include_input=False, include_url=False, include_context=False)
        return None, "\n".join(
            f"{'.'.join(str(part) for part in item['loc']) or 'answer'}: {item['msg']}"
            for item in problems[:MAX_PROBLEMS_TOLD]
        )


def _unusable(why: str) -> Permanent:
    return Permanent(f"The language model's answer was unusable: {why}.", code="llm_invalid_output")


def _translate(error: AnthropicError) -> WorkerError:
    """The worker's error for one of the client's. The vendor's message is never repeated."""
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
