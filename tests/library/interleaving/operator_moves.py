"""What operators do: redrive, change_rows, reset_edited, prune, set_limits and pause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from psycopg.types.json import Jsonb

from tests.library.interleaving.moves import (
    Move,
    Scene,
    expect,
    requeued,
    too_many,
)
from tests.library.interleaving.plans import earliest, latest
from tests.library.interleaving.sessions import PIPELINE, TABLE, Refused, Session
from tests.library.interleaving.state import (
    TERMINAL,
    Change,
    State,
    forget_checkpoints,
    put_row,
    set_by_hand,
    together,
)
from tests.support.queue import Connection


def redrive(keys: frozenset[str]) -> Move:
    def judge(scene: Scene, answer: Any) -> list[Change]:
        failed = {key for key, row in scene.view.rows.items() if row.status == "failed"}
        free = {key for key in failed if not scene.disputed(key)}
        tried = answer["queued"] + answer["refused"]
        expect(len(free) <= tried <= len(failed), "redrive of", failed, "answered", answer)
        queued = _now_pending(scene.session.connection, failed)
        expect(len(queued) == answer["queued"], "redrive queued", queued, "and says", answer)
        return [
            change for key in sorted(failed, key=int) for change in redriven(scene, key, queued)
        ]

    def call(session: Session) -> Any:
        return session.queue().call("redrive", pipeline=PIPELINE)

    return Move("redrive", call, judge, keys)


def redriven(scene: Scene, key: str, queued: set[str]) -> list[Change]:
    """The changes of one failed row; the view then has them, for the owner's next row."""
    changes = requeued(scene.view, key, scene.now, fresh=False)
    full = too_many(scene.view, key, changes)
    if key not in queued:
        expect(full or scene.disputed(key), "redrive left out", key)
        return []
    expect(not full, "redrive queued one row too many:", key)
    together(changes)(scene.view)
    return changes


def _now_pending(connection: Connection, keys: set[str]) -> set[str]:
    found = connection.execute(
        "select id::text from public.jobs where processing_status = 'pending'"
    )
    return {key for (key,) in found.fetchall()} & keys


KEPT = 3600.0
"""Seconds for which the checkpoints of a completed row stay for people."""


def prune(events_seconds: float) -> Move:
    """Retention: it may delete what is over, and never what is still owed."""

    def judge(scene: Scene, answer: Any) -> list[Change]:
        expect(isinstance(answer, dict), "prune answered", answer)
        gone = _pruned_checkpoints(scene)
        tidied = scene.world.seen(scene.session.connection)["tidied"]
        expect(scene.disputed("prune") or tidied == max(scene.view.tidied, scene.now - KEPT),
               "prune has looked up to", tidied, "at", scene.now)  # fmt: skip
        ended = _pruned_ends(scene, scene.now - events_seconds)

        def make(state: State) -> None:
            for step in gone:
                state.checkpoints.pop(step, None)
            for nonce in ended:
                state.ends.pop(nonce, None)
            state.tidied = tidied

        return [make]

    def call(session: Session) -> Any:
        # Old workers stay, because the model knows them by their beats.
        return session.queue().call(
            "prune", events_older_than=f"{events_seconds} seconds", workers_older_than="10 years"
        )

    # Only one prune works at a time.
    return Move(f"prune events older than {events_seconds} s", call, judge, frozenset({"prune"}))


def _pruned_checkpoints(scene: Scene) -> set[tuple[str, str, str]]:
    """The checkpoints that prune has deleted: all that nobody needs, and no other."""
    view, now = scene.view, scene.now
    gone = set(view.checkpoints) - set(map(tuple, _steps(scene.session.connection)))
    useless = {
        step
        for step, point in view.checkpoints.items()
        if view.rows[step[0]].status == "completed"
        and (point.keep, point.at < now - KEPT) == ("round", True)
    }
    expect(gone <= useless, "prune deleted checkpoints still needed:", gone - useless)
    # Each prune looks at the rows that were completed since the one before.
    due = {
        step
        for step in useless
        if view.tidied <= view.rows[step[0]].done_at < now - KEPT and not scene.disputed(step[0])
    }
    expect(scene.disputed("prune") or due <= gone, "prune left checkpoints:", due - gone)
    return gone


def _pruned_ends(scene: Scene, before: float) -> set[str]:
    """The ends of runs, older than `before`, that prune has deleted."""
    view = scene.view
    noted = set(map(tuple, _ends(scene.session.connection)))
    old = {
        nonce: end
        for nonce, end in view.ends.items()
        if end.at < before and end.key not in view.leases
    }
    # A completion stays until prune has looked for the checkpoints of its row.
    left = {nonce for nonce, end in old.items() if (nonce, end.kind) in noted}
    late = [nonce for nonce in left if old[nonce].at < scene.now - KEPT]
    expect(scene.disputed("prune", *view.rows) or not late, "prune left the ends of", late)
    return old.keys() - left


def _ends(connection: Connection) -> list[tuple[str, str]]:
    return connection.execute("select nonce::text, kind from processing.events").fetchall()


def _steps(connection: Connection) -> list[tuple[str, str, str]]:
    found = connection.execute("select row_id, step, input_hash from processing.checkpoints")
    return found.fetchall()


def give_back(key: str) -> Move:
    """Workers may write the edited answer again."""

    def judge(scene: Scene, answer: Any) -> list[Change]:
        row = scene.view.rows.get(key)
        if row is None:
            expect(answer == Refused("P0002"), "give back of a row that is not there:", answer)
            return []
        expect(answer["edited"] == [], "the answer was not given back:", answer)
        return [put_row(key, replace(row, edited=False))]

    def call(session: Session) -> Any:
        return session.queue().call("reset_edited", table_name=TABLE, row_id=key)

    return Move(f"give back {key}", call, judge, frozenset({key}))


def change_rows(
    action: str, statuses: tuple[str, ...], arguments: Mapping[str, Any], keys: frozenset[str]
) -> Move:
    """One action on all rows with one of these statuses; on all rows if none is named."""
    wanted = {"pipeline": PIPELINE, "status": list(statuses)}

    def judge(scene: Scene, answer: Any) -> list[Change]:
        expect(isinstance(answer, dict), action, "of rows answered", answer)
        before = scene.view.copied()
        # A call that waited has perhaps seen the rows as they were before.
        asked = [key for key, row in before.rows.items()
                 if scene.blocked or not statuses or row.status in statuses]  # fmt: skip
        after = scene.world.seen(scene.session.connection)["rows"]
        changes: list[Change] = []
        refused, changed = [], 0
        for key in asked:
            made = planned(before, key, action, "completed" in statuses, arguments, scene.now)
            if not made:
                continue
            if not took(before, key, made, after):
                refused.append((key, made))
                continue
            together(made)(scene.view)
            changes += made
            changed += 1
        expect(scene.blocked or changed == answer["changed"], action, "changed", changed, answer)
        for key, made in refused:
            row = before.rows[key]
            full = row.status in TERMINAL and too_many(scene.view, key, made)
            # Completed rows are listed by their events, until prune deletes these.
            unlisted = row.status == "completed" and row.done_at < before.tidied
            expect(full or unlisted or answer["next"] or scene.disputed(key),
                   action, "left out", key, "and answered", answer)  # fmt: skip
        return changes

    def call(session: Session) -> Any:
        return session.queue().call("change_rows", action=action, filter=Jsonb(wanted),
                                    operator="Somebody", arguments=Jsonb(arguments))  # fmt: skip

    said = f"{action} {arguments or ''} of {', '.join(statuses) or 'all'} rows"
    return Move(said, call, judge, keys)


def planned(
    view: State, key: str, action: str, completed: bool, arguments: Mapping[str, Any], now: float
) -> list[Change]:
    """What the action changes in a row that nobody has locked; nothing if it does not apply."""
    row = view.rows[key]
    if action == "cancel":
        return [] if row.status in TERMINAL else set_by_hand(view, key, "cancelled", now)
    if action == "priority":
        changed = replace(row, priority=arguments["priority"])
        return [put_row(key, changed)] * (row.status == "pending" and changed != row)
    if action == "give_back":
        return [put_row(key, replace(row, edited=False))] * row.edited
    return retried(view, key, action, completed, arguments, now)


def retried(
    view: State, key: str, action: str, completed: bool, arguments: Mapping[str, Any], now: float
) -> list[Change]:
    """A retry of any kind: pending rows become due, and those at their end are queued again."""
    row = view.rows[key]
    if row.status == "pending":
        return [put_row(key, replace(row, not_before=now))] * (latest(row.not_before) > now)
    if row.status == "processing" or (row.status == "completed" and not completed):
        return []
    if action == "retry_from":
        return retried_from(view, key, arguments["step"], now)
    return requeued(view, key, now, fresh=action == "retry_fresh")


def retried_from(view: State, key: str, step: str, now: float) -> list[Change]:
    """The row goes on in its round, without this step and those stored since."""
    row = view.rows[key]
    begun = [x.at for (of, name, _), x in view.checkpoints.items() if (of, name) == (key, step)]
    ended = replace(view, rows={key: replace(row, status="failed")})
    changes = set_by_hand(ended, key, "pending", now)
    return [*changes, forget_checkpoints(key, min(begun))] if begun else changes


def took(view: State, key: str, made: list[Change], after: Mapping[str, Any]) -> bool:
    """Whether the row is now as the changes would make it."""
    if key not in after:
        return False
    planned_view = view.copied()
    together(made)(planned_view)
    row = planned_view.rows[key]
    status, run, _, _, _, edited, _, due, _, priority = after[key]
    found = (status, run, bool(edited), priority)
    if found != (row.status, row.run, row.edited, row.priority):
        return False
    # Of a pending row, `retry` changes the moment alone.
    return row.status != "pending" or earliest(row.not_before) <= due <= latest(row.not_before)


def set_limits(concurrency: int | None, per_owner: int | None) -> Move:
    def judge(scene: Scene, answer: Any) -> list[Change]:
        expect(isinstance(answer, dict) or scene.disputed("*"), "set_limits answered", answer)
        if isinstance(answer, Refused):
            return []

        def make(state: State) -> None:
            state.concurrency, state.per_owner = concurrency, per_owner

        return [make]

    limits = Jsonb({"concurrency": concurrency, "concurrency_per_owner": per_owner})

    def call(session: Session) -> Any:
        return session.queue().call(
            "set_limits", pipeline=PIPELINE, limits=limits, operator="Somebody"
        )

    return Move(f"limits {concurrency}, {per_owner}", call, judge, frozenset({"*"}))


def pause(paused: bool) -> Move:
    def judge(scene: Scene, answer: Any) -> list[Change]:
        expect(answer == {"pipeline": PIPELINE, "paused": paused}, "pause answered", answer)

        def make(state: State) -> None:
            state.paused = paused

        return [make]

    def call(session: Session) -> Any:
        return session.queue().call("pause", pipeline=PIPELINE, paused=paused)

    return Move("pause" if paused else "resume", call, judge, frozenset({"*"}))
