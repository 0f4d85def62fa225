"""The operator's price table: what models cost, read from the file that `LIVEROWS_PRICES` names.

    as_of = 2026-11-01

    [models."large-model"]
    input_per_million = 1.25
    output_per_million = 10.0

Prices are in US dollars. The model `*` has the prices of all models without a line of their own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from liverows.base.errors import SetupError
from liverows.base.paying import Bound
from liverows.base.usage import Usage

EVERY_OTHER = "*"


class Price(BaseModel):
    """What one model costs, in US dollars."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input_per_million: float = Field(0, ge=0, allow_inf_nan=False)
    output_per_million: float = Field(0, ge=0, allow_inf_nan=False)
    per_audio_minute: float = Field(0, ge=0, allow_inf_nan=False)
    per_call: float = Field(0, ge=0, allow_inf_nan=False)

    def cost(
        self, input_tokens: int | None, output_tokens: int | None, audio_seconds: float | None
    ) -> float:
        """Return the cost of one call; None counts as nothing."""
        return (
            self.per_call
            + self.input_per_million * (input_tokens or 0) / 1e6
            + self.output_per_million * (output_tokens or 0) / 1e6
            + self.per_audio_minute * (audio_seconds or 0) / 60
        )


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    as_of: date
    models: dict[str, Price]


@dataclass(frozen=True, slots=True)
class PriceTable:
    """Prices by the name of the model; `as_of` is the day for which they were collected."""

    models: Mapping[str, Price] = field(default_factory=dict)
    as_of: date | None = None

    def cost(
        self,
        model: str,
        *,
        asked: str | None = None,
        input_tokens: int | None,
        output_tokens: int | None,
        audio_seconds: float | None,
    ) -> float | None:
        """Return the cost of one call in US dollars; None if the table does not have the model.

        `asked` is the model that was asked for, if the service answered under another name, such
        as one with a date.
        """
        names = (model, asked or model, EVERY_OTHER)
        price = next((self.models[name] for name in names if name in self.models), None)
        return None if price is None else price.cost(input_tokens, output_tokens, audio_seconds)

    def cost_of(self, used: Usage | Bound) -> float | None:
        """Return the cost of what was used, or at most is; its own if the table has none."""
        cost = self.cost(
            used.model,
            asked=used.asked if isinstance(used, Usage) else None,
            input_tokens=used.input_tokens,
            output_tokens=used.output_tokens,
            audio_seconds=used.audio_seconds,
        )
        return used.cost_usd if cost is None else cost


def load_prices(path: str | None) -> PriceTable:
    """Read the table; an empty one without a path. `SetupError` for a file that is none."""
    if path is None:
        return PriceTable()
    try:
        read = _File.model_validate(tomllib.loads(Path(path).read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError) as error:
        raise SetupError(
            f"LIVEROWS_PRICES names {path}, which is no price table: {_reason(error)}",
            cure='write as_of and [models."…"] tables, as in docs/budgets.md, or unset it',
            code="malformed_settings",
        ) from None
    return PriceTable(read.models, read.as_of)


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(
            f"{'.'.join(map(str, item['loc']))}: {item['msg']}"
            for item in error.errors(include_input=False, include_url=False)
        )
    return str(error)
