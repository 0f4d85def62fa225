"""The tool loop of pydantic-ai over the official OpenAI client.

Errors of the loop and of the client become errors from `liverows.base.errors`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from openai import AsyncOpenAI, DefaultAsyncHttpxClient, OpenAIError
from pydantic_ai import Agent, ModelRetry, TextOutput, Tool, ToolOutput, UsageLimits
from pydantic_ai.exceptions import (
    AgentRunError,
    ContentFilterError,
    ModelHTTPError,
    OutputTokenLimitExceeded,
    UnexpectedModelBehavior,
    UsageLimitExceeded,
)
from pydantic_ai.messages import ModelMessage, ModelMessagesTypeAdapter, ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RunUsage

from liverows import Transient, WorkerError, get_logger, model_call
from worker.services.models.answer import read_apart
from worker.services.models.errors import cut_off, declined, malformed, unusable
from worker.services.models.language_model import BaseModelT
from worker.services.models.openai_errors import translate
from worker.services.models.openai_reply import error_in
from worker.services.models.openai_wire import (
    OPENAI_URL,
    Style,
    received,
    vendor_of,
    wire_style,
)
from worker.services.models.tool_agent import AgentAnswer, AgentBudget, ToolFunction
from worker.services.models.traced_model import TracedModel
from worker.services.outward import CARRIES_TRACE
from worker.services.prices import paid_tokens, record_tokens

log = get_logger(__name__)

_LAST_TOOL = "final_result"
_NO_ANSWER = "Invalid response from"
"""pydantic-ai's message for a malformed answer of Chat Completions starts with this text."""


class PydanticAgent:
    """`ToolAgent` over pydantic-ai. The import of this module is slow."""

    def __init__(
        self,
        *,
        api_key: str,
        base_url: str | None = None,
        model: str,
        style: Style = "auto",
        timeout_seconds: float = 120,
    ) -> None:
        url = base_url or OPENAI_URL
        self._client = AsyncOpenAI(
            api_key=api_key,
            base_url=url,
            max_retries=0,
            timeout=timeout_seconds,
            http_client=DefaultAsyncHttpxClient(
                event_hooks={"response": [_check], **CARRIES_TRACE}
            ),
        )
        provider = OpenAIProvider(openai_client=self._client)
        self._name = model
        self._vendor = vendor_of(url)
        asked = (
            OpenAIResponsesModel(model, provider=provider)
            if wire_style(url, style) == "responses"
            else OpenAIChatModel(model, provider=provider)
        )
        self._model = TracedModel(_PaidModel(asked, model, url), self._vendor)

    async def aclose(self) -> None:
        """Close the client's connections."""
        await self._client.close()

    async def run(
        self,
        *,
        system: str,
        prompt: str,
        tools: Sequence[ToolFunction],
        output: type[BaseModelT],
        budget: AgentBudget,
    ) -> AgentAnswer[BaseModelT]:
        """Run pydantic-ai's loop once, within the budget; see `ToolAgent.run`."""
        with model_call("invoke_agent", self._vendor, self._name):
            return await self._run(system, prompt, tools, output, budget)

    async def _run(
        self,
        system: str,
        prompt: str,
        tools: Sequence[ToolFunction],
        output: type[BaseModelT],
        budget: AgentBudget,
    ) -> AgentAnswer[BaseModelT]:
        agent = self._agent(system, tools, output, budget)
        limits = UsageLimits(request_limit=budget.turns, total_tokens_limit=budget.tokens)
        usage = RunUsage()
        value: BaseModelT | None = None
        try:
            async with asyncio.timeout(budget.seconds):
                result = await agent.run(prompt, usage_limits=limits, usage=usage)
                value = result.output
        except UsageLimitExceeded:
            log.info("agent_budget_spent", model=self._name, turns=usage.requests)
        except TimeoutError:
            raise Transient("The language model did not answer in time.", code="timeout") from None
        except (AgentRunError, OpenAIError) as error:
            raise _translate(error) from None
        return AgentAnswer(value, self._name, usage.input_tokens, usage.output_tokens)

    def _agent(
        self,
        system: str,
        tools: Sequence[ToolFunction],
        output: type[BaseModelT],
        budget: AgentBudget,
    ) -> Agent[None, BaseModelT]:
        return Agent(
            self._model,
            output_type=[
                ToolOutput(output, name=_LAST_TOOL),
                TextOutput[BaseModelT](_reader(output)),
            ],
            instructions=system,
            tools=[Tool(tool, takes_ctx=False) for tool in tools],
            retries=1,
            model_settings=ModelSettings(
                max_tokens=budget.answer_tokens,
                parallel_tool_calls=False,
                # Ask for a tool call. `_reader` reads an answer that the model writes as text
                # instead.
                extra_body={"tool_choice": "required"},
            ),
        )


class _PaidModel(WrapperModel):
    """A model each of whose requests reserves what it can use, and reports what it used."""

    def __init__(self, asked: Model, name: str, url: str) -> None:
        super().__init__(asked)
        self._called = name
        self._url = url

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """Make one request of the loop."""
        sent = (
            ModelMessagesTypeAdapter.dump_json(messages).decode(),
            repr(model_request_parameters),
        )
        most = (model_settings or {}).get("max_tokens") or 0
        async with paid_tokens(
            self._called, *sent, max_output_tokens=most, url=self._url
        ) as payment:
            try:
                response = await super().request(messages, model_settings, model_request_parameters)
            except ModelHTTPError:
                payment.unbilled()
                raise
            used = response.usage
            record_tokens(self._called, used.input_tokens, used.output_tokens, self._url)
            return response


def _reader(output: type[BaseModelT]) -> Callable[[str], Awaitable[BaseModelT]]:
    """A function that reads an answer that the model wrote as text and not as a tool call."""

    async def read(text: str) -> BaseModelT:
        fit = await read_apart(output, text=text)
        if fit.value is None:
            raise ModelRetry(f"Call {_LAST_TOOL} with your answer. What you wrote: {fit.problem}")
        return fit.value

    return read


class _InBody(OpenAIError):
    """An error in a success answer. The client passes an `OpenAIError` on unchanged."""

    def __init__(self, told: WorkerError) -> None:
        super().__init__(told.message)
        self.told = told


async def _check(response: Any) -> None:
    """Raise `_InBody` for an error with a success status; pydantic-ai would see an empty answer."""
    if not response.is_success:
        return
    answer = received(await response.aread(), response.headers)
    told = error_in(answer)
    if told is not None:
        raise _InBody(told)


def _translate(error: Exception) -> WorkerError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, _InBody):
            return cause.told
        if isinstance(cause, OpenAIError):
            return translate(cause)
        cause = cause.__cause__
    if isinstance(error, ContentFilterError):
        return declined()
    if isinstance(error, OutputTokenLimitExceeded):
        return cut_off()
    if isinstance(error, UnexpectedModelBehavior):
        # pydantic-ai raises `UnexpectedModelBehavior` also for a malformed answer, which is
        # temporary.
        is_no_answer = error.message.startswith(_NO_ANSWER)
        return malformed() if is_no_answer else unusable("it did not fit the expected form")
    return Transient("The language model failed.")
