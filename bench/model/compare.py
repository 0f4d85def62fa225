"""Judges one row with and without a model: better, the same, or worse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Score:
    """What one row holds. `right` counts true values; `wrong` counts values that are not true.

    A value that is missing is in neither.
    """

    right: int
    wrong: int


@dataclass
class Comparison:
    """All rows of one kind, each read with and without a model."""

    kind: str
    verdicts: Counter[str] = field(default_factory=Counter)
    without: Counter[str] = field(default_factory=Counter)
    with_model: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    worse: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    """Sentences of the model that readers would see. A person judges those of a real model."""

    def add(self, name: str, without: Score, with_model: Score) -> None:
        """Count one row. A row is worse if it has fewer true values, or more untrue ones."""
        self.without.update(right=without.right, wrong=without.wrong)
        self.with_model.update(right=with_model.right, wrong=with_model.wrong)
        if with_model.right < without.right or with_model.wrong > without.wrong:
            self.verdicts["worse"] += 1
            self.worse.append(f"{name}: {without} became {with_model}")
        elif with_model == without:
            self.verdicts["same"] += 1
        else:
            self.verdicts["better"] += 1

    def show(self, name: str, sentences: Sequence[str]) -> None:
        """Note sentences of the model that the row shows."""
        self.shown += [f"{name}: {sentence}" for sentence in sentences]

    def refuse(self, code: str) -> None:
        """Count a call of the model that ended with this error."""
        self.refused[code] += 1

    @property
    def rows(self) -> int:
        """The number of rows that were compared."""
        return self.verdicts.total()
