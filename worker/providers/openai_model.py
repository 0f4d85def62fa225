"""OpenAI, and every server that speaks its wire format, through the official client."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from openai import AsyncOpenAI, OpenAIError, pydantic_function_tool
from pydantic import BaseModel, ValidationError

from worker.base.errors import Permanent, Transient
from worker.base.usage import record_usage
from worker.providers.llm import BaseModelT, Structured
from worker.providers.openai_errors import translate
from worker.providers.openai_wire import (
    OPENAI_URL,
    Ask,
    Reply,
    Style,
    Turn,
    ask_chat,
    ask_responses,
    is_openai,
    wire_style,
)

log = structlog.get_logger(__name__)

MAX_PROBLEMS_TOLD = 10


class OpenAILanguageModel:
    """`LanguageModel` over AsyncOpenAI, its own retries off.

    `style` `auto` means the Responses API for api.openai.com and Chat Completions for
    every other server, whose support of the newer API is uneven. `timeout_seconds`
    bounds a whole call, not only the silence between two bytes of it.
    """

    def __init__(
        self,
        *,
        api_key: str,
        base_url: str | None = None,
        model: str,
        style: Style = "auto",
        timeout_seconds: float = 120,
    ) -> None:
        self._model = model
        self._timeout_seconds = timeout_seconds
        url = base_url or OPENAI_URL
        self._is_openai = is_openai(url)
        self._style = wire_style(url, style)
        self._client = AsyncOpenAI(
            api_key=api_key, base_url=url, max_retries=0, timeout=timeout_seconds
        )

    async def aclose(self) -> None:
        """Close the client's connections."""
        await self._client.close()

    async def structured(
        self, *, system: str, prompt: str, output: type[BaseModelT], max_output_tokens: int
    ) -> Structured[BaseModelT]:
        """See `LanguageModel.structured`."""
        ask = Ask(
            model=self._model,
            system=system,
            turns=(Turn("user", prompt),),
            schema_name=output.__name__,
            schema=_strict_schema(output),
            max_output_tokens=max_output_tokens,
        )
        reply = await self._ask(ask)
        value, problem = _validate(output, reply.text)
        if value is not None:
            return Structured(value, reply.usage)
        log.info("llm_answer_repaired", model=reply.usage.model, style=self._style)
        repaired = await self._ask(ask.then(reply.text, _repair_request(problem)))
        value, _ = _validate(output, repaired.text)
        if value is None:
            raise invalid_output("it did not fit the expected form, also on a second try")
        return Structured(value, reply.usage.plus(repaired.usage))

    async def _ask(self, ask: Ask) -> Reply:
        try:
            async with asyncio.timeout(self._timeout_seconds):
                if self._style == "responses":
                    reply = await ask_responses(self._client, ask)
                else:
                    reply = await ask_chat(self._client, ask, is_openai=self._is_openai)
        except OpenAIError as error:
            raise translate(error) from None
        except TimeoutError:
            raise Transient("The language model did not answer in time.", code="timeout") from None
        except ValueError:
            # The client lets a 200 whose body is no JSON escape as a plain ValueError.
            raise Transient("The language model's server sent a malformed answer.") from None
        used = reply.usage
        # Before the answer is judged: a useless one was paid for all the same.
        record_usage(used.model, input_tokens=used.input_tokens, output_tokens=used.output_tokens)
        _check(reply)
        return reply


def _strict_schema(output: type[BaseModel]) -> dict[str, Any]:
    """The client's own strict form of a schema; it offers it publicly for tools only."""
    return dict(pydantic_function_tool(output)["function"]["parameters"])


def invalid_output(why: str) -> Permanent:
    """The model's answer is of no use; it is not quoted, as it may repeat page content."""
    return Permanent(f"The language model's answer was unusable: {why}.", code="llm_invalid_output")


def _check(reply: Reply) -> None:
    if reply.refused:
        raise Permanent("The language model declined to answer.", code="llm_refused")
    if reply.truncated:
        raise invalid_output("it was cut off at its length limit")


def _validate(output: type[BaseModelT], text: str) -> tuple[BaseModelT | None, str]:
    try:
        return output.model_validate_json(_without_fence(text)), ""
    except ValidationError as error:
        problems = error.errors(include_input=False, include_url=False, include_context=False)
        return None, "\n".join(
            f"{'.'.join(str(part) for part in item['loc']) or 'answer'}: {item['msg']}"
            for item in problems[:MAX_PROBLEMS_TOLD]
        )


def _without_fence(text: str) -> str:
    """Servers that ignore the schema often wrap JSON in a Markdown code block."""
    text = text.strip()
    if text.startswith("```") and text.endswith("```"):
        return text.removeprefix("```").removesuffix("```").removeprefix("json").strip()
    return text


def _repair_request(problem: str) -> str:
    return (
        "Your answer did not fit the JSON schema:\n"
        f"{problem}\n"
        "Answer again with JSON that fits it, and nothing else."
    )
