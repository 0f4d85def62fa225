"""Counting what came out: correct, wrong, missing, and - first of all - invented."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from bench.positions.truth import Truth

Verdict: TypeAlias = Literal["correct", "silent", "wrong", "missing", "invented"]


def found_in(columns: dict[str, Any]) -> Truth:
    """A row's columns in the shape of the truth."""
    pay = tuple(
        columns[name] for name in ("salary_min", "salary_max", "salary_currency", "salary_interval")
    )
    return {**columns, "salary": pay if any(pay) else None}


def judge(name: str, expected: Any, found: Any) -> Verdict:
    """What a value is worth; text is compared as NFKC without case and runs of blanks."""
    if expected is None:
        return "silent" if found is None else "invented"
    if found is None:
        return "missing"
    if name == "location":  # the truth is the town; the rest of the wording is the source's
        return "correct" if _plain(expected) in _plain(found) else "wrong"
    same = _plain(expected) == _plain(found) if isinstance(expected, str) else expected == found
    return "correct" if same else "wrong"


def _plain(value: Any) -> str:
    return " ".join(unicodedata.normalize("NFKC", str(value)).casefold().split())


@dataclass
class Tier:
    """The counts of one tier, by column."""

    name: str
    counts: dict[str, Counter[Verdict]] = field(default_factory=dict)
    rates: dict[str, list[float]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    asked: int = 0

    def add(self, where: str, truth: Truth, found: Truth) -> None:
        """Judge one posting; `where` names it among the mistakes."""
        self.asked += 1
        for name, expected in truth.items():
            verdict = judge(name, expected, found.get(name))
            self.counts.setdefault(name, Counter())[verdict] += 1
            if verdict not in ("correct", "silent"):
                self.wrong.append(
                    f"{where} {name}: {verdict}, {expected!r} became {found.get(name)!r}"
                )

    def rate(self, name: str, value: float) -> None:
        """One share between 0 and 1, such as a token F1."""
        self.rates.setdefault(name, []).append(value)

    def exact(self, name: str) -> float:
        """The share of stated values that came out right."""
        counts = self.counts.get(name, Counter())
        stated = counts["correct"] + counts["wrong"] + counts["missing"]
        return counts["correct"] / stated if stated else 1.0

    @property
    def invented(self) -> int:
        """Values where there was nothing to say."""
        return sum(counts["invented"] for counts in self.counts.values())

    def mean(self, name: str) -> float:
        """The mean of a rate."""
        values = self.rates.get(name, [])
        return sum(values) / len(values) if values else 0.0


def token_f1(expected: list[str], found: list[str]) -> float:
    """Harmonic mean of precision and recall over words, each counted as often as it stands."""
    left, right = Counter(map(_word, expected)), Counter(map(_word, found))
    left.pop("", None)
    right.pop("", None)
    common = sum((left & right).values())
    if not common:
        return 0.0
    precision, recall = common / sum(right.values()), common / sum(left.values())
    return 2 * precision * recall / (precision + recall)


def _word(token: str) -> str:
    return _plain(token).strip(".,;:!?()[]*#-•\"'")
