"""What a step asks from a language model: one question, one validated answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel

from liverows import Resource, Usage

BaseModelT = TypeVar("BaseModelT", bound=BaseModel)

PROVIDER = "language_model"
"""The provider name that a rate limit closes for all workers; the same for every vendor."""


@dataclass(frozen=True, slots=True)
class Structured(Generic[BaseModelT]):
    """A validated answer. `paid` has the usage of each call that was made for it, in order."""

    value: BaseModelT
    paid: tuple[Usage, ...]

    @property
    def model(self) -> str:
        """The name that the server gave for the model with its last call."""
        return self.paid[-1].model

    @property
    def input_tokens(self) -> int:
        """The input tokens of all calls that were made for this answer."""
        return sum(usage.input_tokens or 0 for usage in self.paid)

    @property
    def output_tokens(self) -> int:
        """The output tokens of all calls that were made for this answer."""
        return sum(usage.output_tokens or 0 for usage in self.paid)


class LanguageModel(Resource, Protocol):
    """A model that answers in a given form.

    Implementations raise only errors from `base.errors`.
    """

    async def structured(
        self, *, system: str, prompt: str, output: type[BaseModelT], max_output_tokens: int
    ) -> Structured[BaseModelT]:
        """Ask once, validate against `output`, and let the model repair its answer once.

        Raises `RateLimited`, `Transient`, or `Permanent` with one of the codes `provider_auth`,
        `provider_error`, `llm_refused`, `llm_invalid_output`.
        """
        ...
