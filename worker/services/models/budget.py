"""Limits how many questions one run of a row asks the language model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from liverows import Permanent
from worker.services import Services
from worker.services.models.language_model import BaseModelT, LanguageModel, Structured

REACHED = "row_max_model_calls_reached"


class BudgetedModel:
    """`LanguageModel` that refuses questions once `most` calls are counted.

    A second call that repairs an answer is not refused, so there can be more than `most` calls.
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
        """Pass the question on; see `LanguageModel.structured`.

        At the limit, raises `Permanent`, because no fallback is used after a `BudgetExceeded`.
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
    """The services with a `BudgetedModel` as language model; unchanged if there is no model.

    `warn` is called for each refused question.
    """
    model = providers.language_model
    if model is None:
        return providers
    most = providers.limits.row_max_model_calls
    return replace(providers, language_model=BudgetedModel(model, most, lambda: warn(REACHED)))
