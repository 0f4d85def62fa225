"""Tells by layout what an amount is for: its row of a table, or its line in a list of amounts.

A table or list of pay says so once, in its head or in the line above it. What stands beside an
amount, such as a place or a role, is its label.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from worker.pages.amounts import Money
from worker.pages.pay_cases import names_case, names_place
from worker.pages.pay_words import heads_benefits, names_other, names_pay

MAX_LINES = 60
"""The most lines above an amount in which the head of its table or list is looked for."""
MAX_ABOVE = 4_000
"""The most characters above an amount in which it is looked for."""
MAX_HEAD = 140
MAX_LABEL = 60
MAX_SPREAD = 2.5
"""The most that the upper bound of likely pay is in relation to the lower one."""
_RULE = re.compile(r"[\s|:+-]*")
_AMOUNT = re.compile(r"\d")
_ITEM = re.compile(r"^(?:\s|[-+>#\u2022\u00b7]|\d{1,2}[.)]\s)+")
_DIVIDERS = (":", " -", "|", "=")
_BLANK = re.compile(r"[\W\d_]*")


def is_listed_as_pay(plain: str, money: Money) -> bool:
    """Whether the head of the table column, or the line above the list, names pay.

    `plain` is a text that `plain_signs` returned.
    """
    start = plain.rfind("\n", 0, money.start) + 1
    before = plain[start : money.start]
    above = _lines_above(plain, start)
    if "|" in before:
        head = _head_of_column(above, _column(plain, start, money.start))
        return names_pay(head) and not names_other(head)
    head = _head_of_list(above) if _label_in(before) else ""
    return names_pay(head) and not (names_other(head) or heads_benefits(head))


def _head_of_list(above: list[str]) -> str:
    """The short line above the lines with amounts; "" if there is none, or a longer one."""
    head = next((line for line in above if not _is_line_of_list(line)), "")
    return head if len(head) < MAX_HEAD else ""


def label_of(plain: str, money: Money) -> str:
    """What stands before an amount in its line, or in the first cell of its row; "" if nothing."""
    start = plain.rfind("\n", 0, money.start) + 1
    before = plain[start : money.start]
    if "|" in before:
        cells = [cell.strip(" *#-") for cell in before.strip().strip("|").split("|")]
        return cells[0] if cells and len(cells[0]) <= MAX_LABEL else ""
    return _label_in(before)


def is_pay_of_a_place(plain: str, money: Money, others: Iterable[Money]) -> bool:
    """Whether a label that seems to name a place stands before a narrow range.

    It does so if another line of the list has a range of the same form with such a label, or if the
    text names the same place elsewhere: "based in Austin".
    """
    start = plain.rfind("\n", 0, money.start) + 1
    label = _label_in(plain[start : money.start])
    head = _head_of_list(_lines_above(plain, start))
    if names_other(head) and not names_pay(head):
        return False
    if not (label and names_case(label) and _is_narrow(money)) or names_other(label):
        return False
    if any(_is_beside(plain, money, other) for other in others):
        return True
    return names_place(plain, label.rpartition(",")[0] or label)


def _is_beside(plain: str, money: Money, other: Money) -> bool:
    """Whether only the label of one of them stands between both ranges, in lines of their own."""
    if money is other or not _is_narrow(other) or money.marks[:1] != other.marks[:1]:
        return False
    first, second = sorted((money, other), key=lambda each: each.start)
    between = plain[first.end : second.start]
    if len(between) > 2 * MAX_LABEL or between.count("\n") not in (1, 2):
        return False
    behind, _, before = between.rpartition("\n")
    label = _label_in(before)
    return bool(label) and names_case(label) and not names_other(label) and len(behind) < 12


def _is_narrow(money: Money) -> bool:
    low, high = money.low, money.high
    return (
        money.is_range and bool(low and high) and float(high or 0) <= MAX_SPREAD * float(low or 1)
    )


def _label_in(before: str) -> str:
    """The label before an amount in its line; "" if there is none, or something else is."""
    before = _ITEM.sub("", before)
    said = before.rstrip()
    divider = next((each for each in _DIVIDERS if said.endswith(each)), None)
    label = said.removesuffix(divider).strip(" *") if divider else ""
    return "" if len(label) > MAX_LABEL or _AMOUNT.search(label) else label


def _lines_above(plain: str, start: int) -> list[str]:
    """The lines above the one that starts at `start`, the nearest first."""
    lines = plain[max(0, start - MAX_ABOVE) : start].split("\n")[:-1]
    return [line for line in reversed(lines) if line.strip()][:MAX_LINES]


def _is_line_of_list(line: str) -> bool:
    return bool(_AMOUNT.search(line)) or _BLANK.fullmatch(line) is not None


def _column(plain: str, start: int, place: int) -> int:
    """How many cells of its row stand before the one at `place`."""
    return plain[start:place].lstrip().removeprefix("|").count("|")


def _head_of_column(above: list[str], column: int) -> str:
    """The cell in the top row of the table; "" if there is no such row or cell."""
    rows = []
    for line in above:
        if "|" not in line:
            break
        if not _RULE.fullmatch(line):
            rows.append(line)
    cells = rows[-1].strip().removeprefix("|").split("|") if rows else []
    return cells[column] if column < len(cells) else ""
