"""The interface of a language model that may use tools, within a budget."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeAlias

from liverows import Resource
from worker.services.models.language_model import BaseModelT

ToolFunction: TypeAlias = Callable[[str], Awaitable[str]]
"""A tool: takes one text and returns one text. The model is shown the function's docstring."""


@dataclass(frozen=True, slots=True)
class AgentBudget:
    """Limits of one tool loop: model calls, tokens of all calls, tokens of one answer, seconds."""

    turns: int = 8
    tokens: int = 60_000
    answer_tokens: int = 4_000
    seconds: float = 90


@dataclass(frozen=True, slots=True)
class AgentAnswer(Generic[BaseModelT]):
    """The result of a tool loop; `value` is None if turns or tokens ran out first."""

    value: BaseModelT | None
    model: str
    input_tokens: int
    output_tokens: int


class ToolAgent(Resource, Protocol):
    """A model in a loop: the model calls tools until it answers or the budget is used up."""

    async def run(
        self,
        *,
        system: str,
        prompt: str,
        tools: Sequence[ToolFunction],
        output: type[BaseModelT],
        budget: AgentBudget,
    ) -> AgentAnswer[BaseModelT]:
        """Let the model use tools until it answers.

        Raises the errors of `LanguageModel.structured` and of the tools. After the budget's
        seconds, the error has the code `timeout`.
        """
        ...
