"""Reads one posting and judges its row; the same for every tier and every folder."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from bench.passing import fault_of
from bench.positions.score import Tier, found_in, token_f1
from bench.positions.truth import Truth
from worker.pages.draft import Draft
from worker.positions.ask import missing
from worker.positions.model_answer import ASKED
from worker.positions.result import finish

Row: TypeAlias = "dict[str, Any]"
READ = "read"


@dataclass(frozen=True)
class Outcome:
    """What became of one posting.

    `row` is None if there is none; `verdict` then has the code of the refusal, or the fault of a
    reader. `left_to_model` is the share of the columns that a model would be asked for.
    """

    row: Row | None
    verdict: str
    left_to_model: float = 0.0

    @property
    def description(self) -> str:
        """The description that was found; empty if there is none."""
        return str((self.row or {}).get("job_description") or "")


async def read(reading: Awaitable[Draft]) -> Outcome:
    """Await a reader. A reader that fails is told as such, and ends no run."""
    try:
        draft = await reading
        row = finish(draft).model_dump(mode="json")
    except Exception as error:
        return Outcome(None, fault_of(error))
    return Outcome(row, READ, len(missing(draft)) / len(ASKED))


def judge_row(
    tier: Tier,
    name: str,
    truth: Truth,
    outcome: Outcome,
    words: Sequence[str] = (),
    optional: Sequence[str] = (),
) -> None:
    """Count the values of a row in the tier, and how well its description has these words.

    `optional` are words that stand in the text of the page without belonging to it clearly.
    """
    if outcome.row is None:
        tier.wrong.append(f"{name}: {outcome.verdict}")
        tier.add(name, truth, {})
        return
    tier.add(name, truth, found_in(outcome.row))
    tier.rate("left to a model", outcome.left_to_model)
    if words:
        found = outcome.description.split()
        tier.rate("description F1", token_f1(words, found, optional))
