"""The interface of a language model: a step asks a question and gets a validated answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel

from liverows import Resource, Usage

BaseModelT = TypeVar("BaseModelT", bound=BaseModel)

PROVIDER = "language_model"
"""The provider name of all vendors' models. A rate limit under this name holds for all workers."""


@dataclass(frozen=True, slots=True)
class Structured(Generic[BaseModelT]):
    """A validated answer. `paid` has the usage of each of the model's replies."""

    value: BaseModelT
    paid: tuple[Usage, ...]

    @property
    def model(self) -> str:
        """The model's name in the last reply, or else the configured name."""
        return self.paid[-1].model

    @property
    def input_tokens(self) -> int:
        """The input tokens of all replies in `paid` together."""
        return sum(usage.input_tokens or 0 for usage in self.paid)

    @property
    def output_tokens(self) -> int:
        """The output tokens of all replies in `paid` together."""
        return sum(usage.output_tokens or 0 for usage in self.paid)


class LanguageModel(Resource, Protocol):
    """A model that answers in a given form.

    Methods must raise only errors of `liverows.base.errors`.
    """

    async def structured(
        self, *, system: str, prompt: str, output: type[BaseModelT], max_output_tokens: int
    ) -> Structured[BaseModelT]:
        """Ask, and validate the answer with `output`; if the answer does not fit, ask once more.

        Raises `RateLimited`, `Transient` or `Permanent`.
        """
        ...
