"""Tells whether an amount has a size that pay can have, in any currency.

Only orders of magnitude are compared, because exchange rates and wages change.
"""

from __future__ import annotations

import re

from worker.pages.currencies import pays_high_wages, worth_of_a_dollar
from worker.pages.periods import Interval

# US dollars: the least that can be pay, what few benefits reach, and the most that can be pay.
_SIZES: dict[Interval, tuple[float, float, float]] = {
    "year": (300, 8_000, 5_000_000),
    "month": (25, 400, 300_000),
    "week": (8, 150, 40_000),
    "day": (2, 50, 15_000),
    "hour": (0.2, 3, 2_500),
}
_LIKELY_MOST: dict[Interval, float] = {
    "year": 1_000_000,
    "month": 60_000,
    "week": 12_000,
    "day": 6_000,
    "hour": 1_000,
}
_LOW_WAGES = 0.15
"""Wages outside of rich countries, roughly, as a share of those in rich countries."""
_NINES = re.compile("9{6,}")


def can_be_paid(
    size: float, currency: str | None, interval: Interval, *, likely: bool = False
) -> bool:
    """Whether an amount can be the pay for that period.

    `likely` sets narrower limits, for a period that may belong to another amount.
    """
    least, _, most = _SIZES[interval]
    dollar = worth_of_a_dollar(currency)
    if likely:
        least, most = least * 5 if pays_high_wages(currency) else least, _LIKELY_MOST[interval]
    return least * dollar <= size <= most * dollar


def is_less_than_pay(sizes: list[float], currency: str | None, interval: Interval) -> bool:
    """Whether at least one amount is too small for that period; a "thousand" may be missing."""
    least = _SIZES[interval][0] * worth_of_a_dollar(currency)
    return any(size < least for size in sizes)


def is_more_than_pay(size: float, currency: str | None) -> bool:
    """Whether an amount is too large even for a year's pay, as revenue usually is.

    Without a currency the limit is six times that for US dollars, because a "$" can be a peso.
    """
    dollar = worth_of_a_dollar(currency) if currency else 6
    return size > _SIZES["year"][2] * dollar


def is_filler(size: float) -> bool:
    """Whether a number only fills the field of a form: 0, 1, or six or more nines."""
    return size <= 1 or _NINES.fullmatch(f"{size:.0f}") is not None


def is_more_than_a_benefit(size: float, currency: str | None, interval: Interval) -> bool:
    """Whether an amount for a period is more than most benefits and not too much for likely pay."""
    share = 1.0 if pays_high_wages(currency) else _LOW_WAGES
    dollar = worth_of_a_dollar(currency)
    return _SIZES[interval][1] * share * dollar <= size <= _LIKELY_MOST[interval] * dollar


def is_clear_without_period(
    size: float, currency: str | None, *, exact: bool, marked: bool
) -> bool:
    """Whether an amount without a period is hardly short for thousands, as "$70" can be.

    `exact` means that the amount has two decimals, and `marked` that it has a currency mark.
    """
    dollar = worth_of_a_dollar(currency)
    if size >= 1_000:
        return size >= 100 * dollar
    share = 1.0 if pays_high_wages(currency) else _LOW_WAGES
    if not marked or size < 2 * share * dollar:
        return False
    return exact or size < 40 * dollar or (dollar > 3 and size < 30 * dollar)
