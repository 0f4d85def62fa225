"""What may be wrong with a row, its table or its pipeline: the form of one entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

Kind = Literal["row", "table", "pipeline", "connection"]
"""What is sick. Beside a sick row the other rows of its table are neighbours too."""

Ending = Literal["aside", "broken", "failed", "completed", "gone", "held", "refused"]
"""What the database says of it: set aside, its pipeline broken, the row failed or completed all
the same, it is gone, somebody else's lock holds it up, or `attach` has refused the table."""


class Moment(StrEnum):
    """At which call of a worker the sickness is met."""

    CLAIM = "claim"
    CHECKPOINT = "checkpoint"
    PROGRESS = "progress"
    HEARTBEAT = "heartbeat"
    TAKE_BACK = "take_back"
    FINISH = "finish"
    COMMIT = "commit"


CLAIMED = (Moment.CLAIM, Moment.HEARTBEAT, Moment.TAKE_BACK)
"""Where a row enters or comes back."""

WRITTEN = (Moment.PROGRESS, Moment.FINISH)
"""Where outputs are written."""

ALL_BUT_COMMIT = tuple(moment for moment in Moment if moment is not Moment.COMMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One sickness; adding one is adding one of these to a list.

    `makes` is SQL that makes it, `cure` takes it away. In both, `{table}` is the table with
    its schema, `{name}` without, `{key}` the key of the sick row, `{keys}` the keys of all
    `rows` of them, `{others}` the table of a neighbour, and `{create}` makes the table anew.
    With `stays_open`, `makes` runs in a transaction that stays open until the cure.

    `ends` are the outcomes that are right, `sqlstate` is what then has to be named, and
    `code` the code of a failed row. `deferred` replaces `makes` at the moment of a commit.
    `before` runs when the table is there and not attached yet; `{database}` is its database.
    `key` is the type of the key, `columns` are further columns, `attach` arguments of attach;
    `again` are those of a second attach, which is the cure (of the table `moved_to` then).
    `not_yet` says what is still wrong: the entry is left out of the cover then, and a failure
    is expected where everything is run. `answers` are what the recipe answers for the sick
    rows, one after the other, and `stored` what their step does, until the cure.
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
    not_yet: str = ""
    answers: tuple[Mapping[str, Any], ...] = ({},)
    stored: tuple[Any, ...] = ("stored",)


def ends(*endings: Ending) -> frozenset[Ending]:
    """The outcomes that are right."""
    return frozenset(endings)
