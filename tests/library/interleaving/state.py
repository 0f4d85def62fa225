"""What the queue should hold: a small model in Python of rows, leases, rounds and workers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

LEASE = 30.0
"""Seconds without a heartbeat after which a worker counts as dead."""
TIMEOUT = 660.0
"""Seconds after a claim at which a run has lasted too long: timeout plus grace."""
RETRY_BASE = 2.0
RETRY_CAP = 10.0
MAX_ATTEMPTS = 3
MAX_CRASHES = 2
MAX_OPEN = 3
"""How many rows of one owner may wait or run at once."""
CLAIM_TIMEOUT = 30.0
"""Seconds after which a worker gives up a lease that it does not name in its heartbeat."""

DAILY_TOKENS = 300
"""The budget of the pipeline for one day."""

TERMINAL = frozenset({"completed", "failed", "cancelled"})

Moment: TypeAlias = float | tuple[float, float]
"""Seconds of the test's clock; a pair if SQL draws a random moment between the two."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row as the table shows it. `round`, `born` and `done_at` are known to the model alone."""

    owner: str
    question: str
    not_before: Moment
    status: str = "pending"
    answer: str | None = None
    run: int = 0
    attempts: int = 0
    edited: bool = False
    outdated: bool = False
    claimed_question: str | None = None
    priority: int = 0
    round: int = 0
    born: int = 0
    done_at: float = 0.0
    """When it was last completed, by a worker or by a person."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right of one worker to end one run."""

    nonce: str
    key: str
    worker: str
    run: int
    owner: str
    claimed_at: float


@dataclass(frozen=True, slots=True)
class Beat:
    """What the table of workers says of one worker."""

    at: float
    signed_off: bool = False


@dataclass(frozen=True, slots=True)
class End:
    """The last event that names a nonce: how that run ended."""

    kind: str
    worker: str
    key: str
    at: float


Limits: TypeAlias = tuple[int | None, int | None]
"""How many rows may run at once: in all, and of one owner; None is no limit."""
Step: TypeAlias = tuple[str, str, str]
"""A row's key, the name of a step and the hash of its input."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    run: int
    round: int
    at: float
    keep: str = "round"
    """`content`: it stays for later rounds."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """What one paid call may use at most. `token` names the run."""

    token: Any
    tokens: int
    day: int


def day_of(now: float) -> int:
    return int(now // 86400)


@dataclass(slots=True)
class State:
    """All that a session can see. A transaction has a copy, with its own changes."""

    rows: dict[str, Row] = field(default_factory=dict)
    leases: dict[str, Lease] = field(default_factory=dict)
    stopping: dict[str, Lease] = field(default_factory=dict)
    checkpoints: dict[Step, Checkpoint] = field(default_factory=dict)
    crashes: dict[str, int] = field(default_factory=dict)
    unwritten: set[str] = field(default_factory=set)
    workers: dict[str, Beat] = field(default_factory=dict)
    ends: dict[str, End] = field(default_factory=dict)
    reservations: dict[str, Reservation] = field(default_factory=dict)
    spent: dict[int, int] = field(default_factory=dict)
    concurrency: int | None = None
    per_owner: int | None = None
    paused: bool = False
    tidied: float = 0.0
    """Up to this moment, prune has looked for the checkpoints of completed rows."""

    def copied(self) -> State:
        """Return a copy that can change without this one. The values are immutable."""
        return replace(
            self,
            rows=copy(self.rows),
            leases=copy(self.leases),
            stopping=copy(self.stopping),
            checkpoints=copy(self.checkpoints),
            crashes=copy(self.crashes),
            unwritten=copy(self.unwritten),
            workers=copy(self.workers),
            ends=copy(self.ends),
            reservations=copy(self.reservations),
            spent=copy(self.spent),
        )

    def lease_of(self, nonce: str, worker: str) -> Lease | None:
        """The lease that a write may use: it has this nonce and belongs to this worker."""
        return next(
            (x for x in self.leases.values() if x.nonce == nonce and x.worker == worker), None
        )

    @property
    def limits(self) -> Limits:
        return self.concurrency, self.per_owner

    def held(self, worker: str) -> list[Lease]:
        return [lease for lease in self.leases.values() if lease.worker == worker]

    def open_rows(self, owner: str) -> int:
        """How many rows of the owner wait or run."""
        waiting = [x for x in self.rows.values() if (x.owner, x.status) == (owner, "pending")]
        return len(waiting) + sum(1 for lease in self.leases.values() if lease.owner == owner)

    def used_on(self, day: int) -> int:
        """What counts against the budget of a day: calls that were paid, and reserved ones."""
        reserved = sum(x.tokens for x in self.reservations.values() if x.day == day)
        return self.spent.get(day, 0) + reserved

    def places_taken(self, owner: str | None = None) -> int:
        """How many runs count against the limit: those with a lease, and those still stopping."""
        runs = [*self.leases.values(), *self.stopping.values()]
        return sum(1 for run in runs if owner is None or run.owner == owner)


Change: TypeAlias = Callable[[State], None]
"""What one statement does. It is made for a transaction, and made again when that commits."""


def together(changes: Iterable[Change]) -> Change:
    """One change that makes all of these in order."""
    listed = list(changes)

    def make(state: State) -> None:
        for change in listed:
            change(state)

    return make


def put_row(key: str, row: Row) -> Change:
    def make(state: State) -> None:
        state.rows[key] = row

    return make


def end_lease(key: str, nonce: str, end: End | None) -> Change:
    """The run is over: its lease goes, and an event may say how it ended."""

    def make(state: State) -> None:
        if key in state.leases and state.leases[key].nonce == nonce:
            del state.leases[key]
        if end is not None:
            state.ends[nonce] = end

    return make


def stop_run(key: str) -> Change:
    """A person ended the run: the lease becomes a stopping one, which keeps its place."""

    def make(state: State) -> None:
        lease = state.leases.pop(key, None)
        if lease is not None:
            state.stopping[lease.nonce] = lease

    return make


def forget_crashes(key: str) -> Change:
    def make(state: State) -> None:
        state.crashes.pop(key, None)

    return make


def forget_checkpoints(key: str, since: float = 0.0, *, round_only: bool = False) -> Change:
    """The checkpoints of the row go; with `round_only`, those stay that later rounds may use."""

    def make(state: State) -> None:
        for step, point in list(state.checkpoints.items()):
            later = round_only and point.keep == "content"
            if step[0] == key and point.at >= since and not later:
                del state.checkpoints[step]

    return make


def delete_row(key: str) -> Change:
    """All that is known about the row goes with it, but for the place of its run."""

    def make(state: State) -> None:
        del state.rows[key]
        for nonce in [nonce for nonce, end in state.ends.items() if end.key == key]:
            del state.ends[nonce]

    return together([stop_run(key), forget_crashes(key), forget_checkpoints(key), make])


def set_by_hand(state: State, key: str, status: str, now: float) -> list[Change]:
    """What a person's change of the status means."""
    row = state.rows[key]
    if status == row.status:
        return []
    changed = replace(row, status=status, run=row.run + 1)
    changes = [stop_run(key)]
    if status == "completed":
        changed = replace(changed, done_at=now)
    if status == "pending":
        changed = replace(changed, attempts=0, not_before=now, outdated=False)
        changes.append(forget_crashes(key))
        if row.status == "completed":
            changed = replace(changed, round=row.round + 1)
            changes.append(forget_checkpoints(key, round_only=True))
    return [*changes, put_row(key, changed)]


def delay(attempts: int, now: float) -> Moment:
    """When a row is due again after its attempt number `attempts` has failed."""
    longest = min(RETRY_BASE * 2 ** (attempts - 1), RETRY_CAP)
    return (now + longest / 2, now + longest)
