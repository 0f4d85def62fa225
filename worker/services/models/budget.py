"""A language model that allows a limited number of calls during one run of one row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from liverows import Permanent
from worker.services import Services
from worker.services.models.language_model import BaseModelT, LanguageModel, Structured

REACHED = "row_max_model_calls_reached"


class BudgetedModel:
    """`LanguageModel` that refuses calls above the limit, before they are paid for.

    A call counts when it starts, so parallel calls cannot exceed the limit. An answer that the
    model had to repair counts as two calls.
    """

    def __init__(
        self, model: LanguageModel, most: int, on_refusal: Callable[[], None] = lambda: None
    ) -> None:
        self._model = model
        self._most = most
        self._on_refusal = on_refusal
        self.calls = 0

    async def structured(
        self, *, system: str, prompt: str, output: type[BaseModelT], max_output_tokens: int
    ) -> Structured[BaseModelT]:
        """See `LanguageModel.structured`. Raises `Permanent` above the limit.

        The error is not `BudgetExceeded`, so that the row continues with what it has and reports
        this.
        """
        if self.calls >= self._most:
            self._on_refusal()
            raise Permanent(
                f"This row has asked the model {self._most} times (ROW_MAX_MODEL_CALLS).",
                code="row_max_model_calls",
            )
        self.calls += 1
        answer = await self._model.structured(
            system=system, prompt=prompt, output=output, max_output_tokens=max_output_tokens
        )
        self.calls += len(answer.paid) - 1
        return answer


def budgeted(providers: Services, warn: Callable[[str], None]) -> Services:
    """The services for one run, with a limited model; `warn` is told when the limit is reached."""
    model = providers.language_model
    if model is None:
        return providers
    most = providers.limits.row_max_model_calls
    return replace(providers, language_model=BudgetedModel(model, most, lambda: warn(REACHED)))
