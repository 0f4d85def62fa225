"""Counts the values that were read: correct, wrong, missing and, most important, invented."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from bench.positions.truth import Truth

Verdict: TypeAlias = Literal["correct", "silent", "wrong", "missing", "invented"]


def found_in(columns: dict[str, Any]) -> Truth:
    """A row's columns in the same shape as the truth.

    `salary` has the lower and upper amount, the currency and the period; `salary_amounts` is the
    same without the period, for a truth that states none.
    """
    pay = tuple(
        columns[name] for name in ("salary_min", "salary_max", "salary_currency", "salary_interval")
    )
    amounts = pay[:3]
    return {
        **columns,
        "salary": pay if any(pay) else None,
        "salary_amounts": amounts if any(amounts) else None,
    }


def judge(name: str, expected: Any, found: Any) -> Verdict:
    """The verdict on one value. Text is compared after NFKC, without case, and with each run of
    blanks as one blank."""
    if expected is None:
        return "silent" if found is None else "invented"
    if found is None:
        return "missing"
    if name == "location":  # the truth is only the town; the source may say more
        return "correct" if _plain(expected) in _plain(found) else "wrong"
    same = _plain(expected) == _plain(found) if isinstance(expected, str) else expected == found
    return "correct" if same else "wrong"


def _plain(value: Any) -> str:
    return " ".join(unicodedata.normalize("NFKC", str(value)).casefold().split())


@dataclass
class Tier:
    """The counts of one tier, by column; `about` says what is read in it."""

    name: str
    about: str = ""
    counts: dict[str, Counter[Verdict]] = field(default_factory=dict)
    rates: dict[str, list[float]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    asked: int = 0

    def add(self, where: str, truth: Truth, found: Truth) -> None:
        """Judge one posting; `where` names it in the list of mistakes."""
        self.asked += 1
        for name, expected in truth.items():
            verdict = judge(name, expected, found.get(name))
            self.counts.setdefault(name, Counter())[verdict] += 1
            if verdict not in ("correct", "silent"):
                self.wrong.append(
                    f"{where} {name}: {verdict}, {expected!r} became {found.get(name)!r}"
                )

    def rate(self, name: str, value: float) -> None:
        """Add one value between 0 and 1, such as a token F1."""
        self.rates.setdefault(name, []).append(value)

    def exact(self, name: str) -> float:
        """The share of the stated values that were read correctly."""
        counts = self.counts.get(name, Counter())
        stated = counts["correct"] + counts["wrong"] + counts["missing"]
        return counts["correct"] / stated if stated else 1.0

    @property
    def invented(self) -> int:
        """The number of values that were read although the posting states none."""
        return sum(counts["invented"] for counts in self.counts.values())

    def mean(self, name: str) -> float:
        """The mean of the values added under this name."""
        values = self.rates.get(name, [])
        return sum(values) / len(values) if values else 0.0


def token_f1(expected: Sequence[str], found: Sequence[str], optional: Sequence[str] = ()) -> float:
    """The harmonic mean of precision and recall over words; a repeated word counts each time.

    Found words beyond the expected ones are not counted if they are among the `optional`.
    """
    left, right = _counted(expected), _counted(found)
    common = sum((left & right).values())
    if not common:
        return 0.0
    counted = sum(right.values()) - sum(((right - left) & _counted(optional)).values())
    precision, recall = common / counted, common / sum(left.values())
    return 2 * precision * recall / (precision + recall)


def _counted(tokens: Sequence[str]) -> Counter[str]:
    words = Counter(map(_word, tokens))
    words.pop("", None)
    return words


def _word(token: str) -> str:
    return _plain(token).strip(".,;:!?()[]*#-•\"'")
