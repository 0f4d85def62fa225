"""Whether the database holds what the model says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from tests.library.interleaving.moves import expect
from tests.library.interleaving.plans import earliest, latest
from tests.library.interleaving.sessions import Session
from tests.library.interleaving.state import DAILY_TOKENS, Row, State, day_of, together


def end(session: Session, sessions: Iterable[Session], state: State, *, commit: bool) -> None:
    """End the transaction of a session. Claims may not exceed a limit together."""
    held = session.limits
    changes = session.end(commit=commit)
    owners = {row.owner for row in state.rows.values()}
    before = {owner: state.places_taken(owner) for owner in (None, *owners)}
    limits = state.limits
    together(changes)(state)
    for owner, taken in before.items():
        now = state.places_taken(owner)
        # A claim keeps to the limits of its own moment; they may have been lowered since.
        allowed = [one[owner is not None] for one in (*held, state.limits)]
        most = None if None in allowed else max(filter(None, allowed))
        expect(most is None or now <= max(most, taken), now, "rows of", owner or "all",
               "run, may:", most)  # fmt: skip
    if state.limits != limits:
        for other in sessions:
            if other.open:
                other.limits.append(limits)


def compare(seen: Mapping[str, Any], state: State, now: float) -> None:
    """Raise `Diverged` unless the database holds what the model says."""
    expect(seen["aside"] == 0, "rows were set aside")
    used = state.used_on(day_of(now))
    expect(seen["used"] == used <= DAILY_TOKENS, "used of the budget:", seen["used"], "not", used)
    expect(seen["rows"].keys() == state.rows.keys(), "rows", seen["rows"].keys())
    for key, row in state.rows.items():
        status, run, attempts, question, answer, edited, outdated, due, *rest = seen["rows"][key]
        found = (status, run, attempts, question, answer, bool(edited), bool(outdated), *rest)
        should = (row.status, row.run, row.attempts, row.question, row.answer, row.edited,
                  row.outdated, row.owner, row.priority)  # fmt: skip
        expect(found == should, "row", key, "is", found, "and not", should)
        if row.status == "pending":
            expect(earliest(row.not_before) - 0.001 <= due <= latest(row.not_before) + 0.001,
                   "row", key, "is due at", due, "and not", row.not_before)  # fmt: skip
            # SQL drew the moment; from now on the model knows it.
            state.rows[key] = _known(state, key, due)
    compare_runs(seen, state)


def _known(state: State, key: str, due: float) -> Row:
    row = state.rows[key]
    return replace(row, not_before=due) if isinstance(row.not_before, tuple) else row


def compare_runs(seen: Mapping[str, Any], state: State) -> None:
    leases = {x[0]: (x[1], x[2], x[3], x[4]) for x in seen["leases"].values()}
    expect(len(leases) == len(seen["leases"]), "a row has two leases:", seen["leases"])
    should = {key: (x.nonce, x.worker, x.run, x.owner) for key, x in state.leases.items()}
    expect(leases == should, "leases are", leases, "and not", should)
    running = {key: row[1] for key, row in seen["rows"].items() if row[0] == "processing"}
    expect(running == {key: x[2] for key, x in leases.items()}, "rows run without a lease", running)
    expect(seen["stopping"].keys() == state.stopping.keys(), "stopping runs are", seen["stopping"],
           "and not", state.stopping)  # fmt: skip
    points = {(x[0], x[1], x[2]): (x[3], x[4]["round"], x[5]) for x in seen["checkpoints"]}
    stored = {step: (point.run, point.round, point.keep)
              for step, point in state.checkpoints.items()}  # fmt: skip
    expect(points == stored, "checkpoints are", points, "and not", stored)
    for (key, _, _), (_, round_, keep) in points.items():
        expect(keep == "content" or round_ == state.rows[key].round,
               "a checkpoint of another round is left:", key)  # fmt: skip
    expect(seen["crashes"] == state.crashes, "crashes are", seen["crashes"], "not", state.crashes)
    beats = {worker: beat.at for worker, beat in state.workers.items()}
    expect(beats.keys() == seen["workers"].keys(), "workers are", seen["workers"], "not", beats)
