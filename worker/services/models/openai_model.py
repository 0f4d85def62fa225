"""A language model of OpenAI, or of a compatible server, through OpenAI's client."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from openai import (
    APIStatusError,
    AsyncOpenAI,
    DefaultAsyncHttpxClient,
    OpenAIError,
    pydantic_function_tool,
)
from pydantic import BaseModel

from liverows import Usage, WorkerError, get_logger, model_call
from worker.services.models.answer import Fit, read_apart
from worker.services.models.errors import unusable
from worker.services.models.language_model import BaseModelT, Structured
from worker.services.models.openai_errors import error_word, timed_out, translate
from worker.services.models.openai_forms import FORMS, Form, Refusal, Server
from worker.services.models.openai_reply import Refused, Reply, read_reply
from worker.services.models.openai_wire import (
    OPENAI_URL,
    Ask,
    Style,
    Turn,
    ask_chat,
    ask_responses,
    is_openai,
    vendor_of,
    wire_style,
)
from worker.services.outward import CARRIES_TRACE
from worker.services.prices import paid_tokens

log = get_logger(__name__)

EMPTY = "(empty)"
"""Sent in place of an empty answer, because some servers refuse an empty message."""


class OpenAILanguageModel:
    """`LanguageModel` over OpenAI's client, without the client's own retries.

    `timeout_seconds` limits each request as a whole, not only the time between two bytes.
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
        self._url = url
        self._style = wire_style(url, style)
        self._vendor = vendor_of(url)
        self._server = Server(url, model, self._style)
        # OpenAI's reasoning models refuse `max_tokens`; many other servers know only this name.
        self._first = Form(limit="max_completion_tokens" if is_openai(url) else "max_tokens")
        self._client = AsyncOpenAI(
            api_key=api_key,
            base_url=url,
            max_retries=0,
            timeout=timeout_seconds,
            http_client=DefaultAsyncHttpxClient(event_hooks=CARRIES_TRACE),
        )

    async def aclose(self) -> None:
        """Close the client's connections."""
        await self._client.close()

    @property
    def form(self) -> str:
        """How the server is asked for JSON, as text for people, such as `json_object`."""
        form = FORMS.of(self._server, "", self._first)
        shown = ", the schema in the question" if form.shows_schema else ""
        return f"{form.kind}{shown}"

    async def structured(
        self, *, system: str, prompt: str, output: type[BaseModelT], max_output_tokens: int
    ) -> Structured[BaseModelT]:
        """Ask the server, and again if the answer does not fit; see `LanguageModel.structured`."""
        ask = Ask(
            model=self._model,
            system=system,
            turns=(Turn("user", prompt),),
            schema_name=output.__name__,
            schema=_strict_schema(output),
            max_output_tokens=max_output_tokens,
        )
        reply, form = await self._ask(ask)
        fit = await _read(output, reply)
        if fit.value is not None:
            return Structured(fit.value, (reply.usage,))
        log.info("llm_answer_repaired", model=reply.usage.model, style=self._style)
        if fit.is_shapeless and reply.text:
            FORMS.note_unkept(self._server, ask.schema_name, form)
        repaired, _ = await self._ask(ask.then(reply.text or EMPTY, _repair_request(fit.problem)))
        fit = await _read(output, repaired)
        if fit.value is None:
            raise unusable("it did not fit the expected form, also on a second try")
        return Structured(fit.value, (reply.usage, repaired.usage))

    async def _ask(self, ask: Ask) -> tuple[Reply, Form]:
        """The reply, and the form in which the server accepted the question.

        If there is no next form to try, the first refusal's error is raised.
        """
        form = asked_first = FORMS.of(self._server, ask.schema_name, self._first)
        refused_first: WorkerError | None = None
        while True:
            answer = await self._call(ask, form)
            if isinstance(answer, Reply):
                FORMS.accept(self._server, ask.schema_name, form, asked_first)
                return answer, form
            refused_first = refused_first or answer.error
            following = FORMS.after(self._server, form, answer.refusal)
            if following is None:
                raise refused_first
            form = following

    async def _call(self, ask: Ask, form: Form) -> Reply | Refused:
        sent = (ask.told(form), json.dumps(ask.schema), *(turn.text for turn in ask.turns))
        async with paid_tokens(
            self._model, *sent, max_output_tokens=ask.max_output_tokens, url=self._url
        ) as payment:
            with model_call("chat", self._vendor, self._model) as call:
                answer = await self._send(ask, form)
                if isinstance(answer, Refused):
                    call.fail(answer.error.code)
                    payment.unbilled()
                return answer

    async def _send(self, ask: Ask, form: Form) -> Reply | Refused:
        try:
            async with asyncio.timeout(self._timeout_seconds):
                ask_in_style = ask_responses if self._style == "responses" else ask_chat
                received = await ask_in_style(self._client, ask, form)
        except APIStatusError as error:
            said = _generated(error)
            if said is not None:
                return Reply(said, "", (), Usage(self._model, 0, 0))
            refusal = Refusal(error.status_code, error_word(error), error.response.text)
            return Refused(translate(error), refusal)
        except OpenAIError as error:
            raise translate(error) from None
        except TimeoutError:
            raise timed_out() from None
        return read_reply(received, self._model, self._url)


def _strict_schema(output: type[BaseModel]) -> dict[str, Any]:
    """Taken from a tool's definition: the client has no public function for the schema alone."""
    return dict(pydantic_function_tool(output)["function"]["parameters"])


async def _read(output: type[BaseModelT], reply: Reply) -> Fit[BaseModelT]:
    return await read_apart(output, text=reply.text, thought=reply.thought, calls=reply.calls)


def _generated(error: APIStatusError) -> str | None:
    """The answer inside Groq's error for an answer that does not fit the schema, or None."""
    said = error.body.get("failed_generation") if isinstance(error.body, dict) else None
    return said if isinstance(said, str) and said.strip() else None


def _repair_request(problem: str) -> str:
    return (
        "Your answer did not fit the JSON schema:\n"
        f"{problem}\n"
        "Answer again with JSON that fits it, and nothing else."
    )
