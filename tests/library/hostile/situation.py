"""One entry in the lists of what may be wrong with a row, its table or its pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

Kind = Literal["row", "table", "pipeline", "connection"]
"""What is sick. If it is one row, the other rows of its table must still be done."""

Ending = Literal["aside", "broken", "failed", "completed", "gone", "held", "refused"]
"""What the database says: the row is set aside, its pipeline is broken, the row failed or even
completed, the row is gone, somebody else's lock delays it, or `attach` refused the table."""


class Moment(StrEnum):
    """The worker's call during which the sickness shows."""

    CLAIM = "claim"
    CHECKPOINT = "checkpoint"
    PROGRESS = "progress"
    HEARTBEAT = "heartbeat"
    TAKE_BACK = "take_back"
    FINISH = "finish"
    COMMIT = "commit"


CLAIMED = (Moment.CLAIM, Moment.HEARTBEAT, Moment.TAKE_BACK)
"""The moments at which a row is claimed or goes back to the queue."""

WRITTEN = (Moment.PROGRESS, Moment.FINISH)
"""The moments at which outputs are written."""

ALL_BUT_COMMIT = tuple(moment for moment in Moment if moment is not Moment.COMMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One sickness. To test a new one, add an entry to a list.

    `makes` is the SQL that causes it, `cure` is the SQL that removes it. In both, `{table}` is
    the table with its schema and `{name}` without it, `{key}` is the key of the sick row, `{keys}`
    are the keys of all sick rows (there are `rows` of them), `{others}` is the table of other
    rows, and `{create}` creates the table again. With `stays_open`, `makes` runs in a transaction
    that stays open until the cure.

    `ends` are the correct outcomes. `sqlstate` is the code that the database must name then, and
    `code` is the error code of a failed row. At the moment of a commit, `deferred` replaces
    `makes`. `before` runs when the table exists but is not attached yet; `{database}` is its
    database. `key` is the type of the key, `columns` are more columns, and `attach` are arguments
    of attach. `again` are the arguments of a second attach, which is the cure; if `moved_to` is
    set, that table is attached. Until the cure, `answers` are the results of the recipe for the
    sick rows, one after another, and `stored` is the function of their step.
    """

    name: str
    kind: Kind
    moments: tuple[Moment, ...]
    ends: frozenset[Ending]
    makes: str = ""
    cure: str = ""
    deferred: str = ""
    before: str = ""
    stays_open: bool = False
    sqlstate: str | None = None
    code: str | None = None
    rows: int = 1
    key: str = "bigint"
    columns: str = ""
    attach: Mapping[str, Any] = field(default_factory=dict)
    again: Mapping[str, Any] | None = None
    moved_to: str = "{table}"
    answers: tuple[Mapping[str, Any], ...] = ({},)
    stored: tuple[Any, ...] = ("stored",)


def ends(*endings: Ending) -> frozenset[Ending]:
    """The correct outcomes."""
    return frozenset(endings)
