"""What a step asks from a language model: one question, one validated answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel

from liverows import Resource

BaseModelT = TypeVar("BaseModelT", bound=BaseModel)

PROVIDER = "language_model"
"""The provider name that a rate limit closes for all workers; the same for every vendor."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer used, summed over its calls; `model` is the name that the server reported."""

    model: str
    input_tokens: int
    output_tokens: int
    calls: int = 1

    def plus(self, other: Usage) -> Usage:
        """The sum of two calls that were made for one answer."""
        return Usage(
            other.model,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.calls + other.calls,
        )


@dataclass(frozen=True, slots=True)
class Structured(Generic[BaseModelT]):
    """A validated answer and its usage."""

    value: BaseModelT
    usage: Usage


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
