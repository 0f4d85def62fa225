"""The seven dimensions of an answer, and how their scores are combined."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, TypeAlias, get_args

Dimension: TypeAlias = Literal[
    "structure",
    "relevance",
    "clarity_conciseness",
    "specificity_detail",
    "actions_contribution",
    "results_impact",
    "competency_demonstration",
]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
HIGHEST = 10
UNANSWERED_CEILING = 3
"""The highest score per dimension if the model says that nothing was answered."""


def mean(values: Iterable[float | None]) -> float | None:
    """The mean of the known values, to one decimal, half rounded up; None if there are none."""
    known = [Decimal(str(value)) for value in values if value is not None]
    if not known:
        return None
    return float((sum(known, Decimal()) / len(known)).quantize(Decimal("0.1"), ROUND_HALF_UP))


def whole_mean(values: Iterable[float | None]) -> int | None:
    """The mean of the known values, whole, half rounded up; None if there are none."""
    known = [Decimal(str(value)) for value in values if value is not None]
    if not known:
        return None
    return int((sum(known, Decimal()) / len(known)).quantize(Decimal(1), ROUND_HALF_UP))
