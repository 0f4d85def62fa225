"""A language model that may use tools, within a budget."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeAlias

from liverows import Resource
from worker.services.models.language_model import BaseModelT

ToolFunction: TypeAlias = Callable[[str], Awaitable[str]]
"""A tool takes one text and returns one text; the model reads its docstring."""


@dataclass(frozen=True, slots=True)
class AgentBudget:
    """The most that one run may use: turns of the loop, tokens in total and per answer, seconds."""

    turns: int = 8
    tokens: int = 60_000
    answer_tokens: int = 4_000
    seconds: float = 90


@dataclass(frozen=True, slots=True)
class AgentAnswer(Generic[BaseModelT]):
    """The result of a run. `value` is None if the budget was used up first."""

    value: BaseModelT | None
    model: str
    input_tokens: int
    output_tokens: int


class ToolAgent(Resource, Protocol):
    """Runs one limited tool loop of a model.

    Implementations raise only errors from `base.errors`.
    """

    async def run(
        self,
        *,
        system: str,
        prompt: str,
        tools: Sequence[ToolFunction],
        output: type[BaseModelT],
        budget: AgentBudget,
    ) -> AgentAnswer[BaseModelT]:
        """Let the model use tools until it answers; it may repair an answer that does not fit once.

        Raises the same errors as `LanguageModel.structured`. Usage is recorded in every case.
        """
        ...
