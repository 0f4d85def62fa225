"""The seven dimensions of an answer and how their scores are added up."""

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
"""No dimension of an answer that answers nothing may be above it."""


def mean(values: Iterable[float | None]) -> float | None:
    """The mean of what is known, one decimal, half rounded up; None of nothing."""
    known = [Decimal(str(value)) for value in values if value is not None]
    if not known:
        return None
    return float((sum(known, Decimal()) / len(known)).quantize(Decimal("0.1"), ROUND_HALF_UP))


def whole_mean(values: Iterable[float | None]) -> int | None:
    """The same as a whole number: the mean is rounded once, not its rounded form again."""
    known = [Decimal(str(value)) for value in values if value is not None]
    if not known:
        return None
    return int((sum(known, Decimal()) / len(known)).quantize(Decimal(1), ROUND_HALF_UP))
