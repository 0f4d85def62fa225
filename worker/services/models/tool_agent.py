"""A language model that may use tools, within a budget."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeAlias

from liverows import Resource
from worker.services.models.language_model import BaseModelT

ToolFunction: TypeAlias = Callable[[str], Awaitable[str]]
"""A tool takes one text and answers with one; its docstring is what the model reads."""


@dataclass(frozen=True, slots=True)
class AgentBudget:
    """What one run may use at most: turns of the loop, tokens in all and per answer, seconds."""

    turns: int = 8
    tokens: int = 60_000
    answer_tokens: int = 4_000
    seconds: float = 90


@dataclass(frozen=True, slots=True)
class AgentAnswer(Generic[BaseModelT]):
    """What the run came to. `value` is None where the budget ended first."""

    value: BaseModelT | None
    model: str
    input_tokens: int
    output_tokens: int


class ToolAgent(Resource, Protocol):
    """Runs one bounded loop of a model with tools. Implementations raise only `base.errors`."""

    async def run(
        self,
        *,
        system: str,
        prompt: str,
        tools: Sequence[ToolFunction],
        output: type[BaseModelT],
        budget: AgentBudget,
    ) -> AgentAnswer[BaseModelT]:
        """Let the model use the tools until it answers, once repaired if it does not fit.

        Raises what `LanguageModel.structured` raises. Usage is reported in every case.
        """
        ...
