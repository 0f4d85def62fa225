"""What a step asks of a language model: one question, one checked answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel

from liverows import Resource

BaseModelT = TypeVar("BaseModelT", bound=BaseModel)

PROVIDER = "language_model"
"""The name under which a limit closes the model to all workers, whoever's model it is."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer used, summed over its calls; `model` is the name the server gave."""

    model: str
    input_tokens: int
    output_tokens: int
    calls: int = 1

    def plus(self, other: Usage) -> Usage:
        """The sum of two calls for one answer."""
        return Usage(
            other.model,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.calls + other.calls,
        )


@dataclass(frozen=True, slots=True)
class Structured(Generic[BaseModelT]):
    """An answer that passed validation, and what it used."""

    value: BaseModelT
    usage: Usage


class LanguageModel(Resource, Protocol):
    """A model that answers in a given shape. Implementations raise only `base.errors`."""

    async def structured(
        self, *, system: str, prompt: str, output: type[BaseModelT], max_output_tokens: int
    ) -> Structured[BaseModelT]:
        """Ask once, validate against `output`, let the model repair its answer once.

        Raises `RateLimited`, `Transient`, or `Permanent` with one of the codes
        `provider_auth`, `provider_error`, `llm_refused`, `llm_invalid_output`.
        """
        ...
