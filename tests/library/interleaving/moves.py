"""What workers and people do: how each call is made, and what the model expects of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from psycopg.types.json import Jsonb

from tests.library.interleaving.sessions import TABLE, Refused, Session, World
from tests.library.interleaving.state import (
    MAX_OPEN,
    Change,
    Checkpoint,
    Row,
    State,
    delete_row,
    forget_checkpoints,
    put_row,
    set_by_hand,
    together,
)

PRIORITIES = (0, 0, 0, 5, -5)

BUSY = frozenset({"55P03", "40P01"})
"""SQLSTATEs of a call that gave up because another session held a lock."""


class Diverged(AssertionError):
    """The database did something that the model does not allow."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a worker remembers of a run that it once claimed, perhaps long ago."""

    worker: str
    key: str
    run: int
    nonce: str

    def as_held(self) -> dict[str, Any]:
        return {"table": TABLE, "id": self.key, "run": self.run, "nonce": self.nonce}


@dataclass(slots=True)
class Scene:
    """Where a call happened: what its session saw, and which rows others may have locked."""

    world: World
    session: Session
    view: State
    contended: set[str]
    blocked: bool
    tokens: list[Token]

    @property
    def now(self) -> float:
        return self.world.now

    def disputed(self, *keys: str) -> bool:
        """Whether another transaction may have held one of these rows."""
        return self.blocked or bool(self.contended & set(keys))

    def leases(self) -> dict[str, str]:
        """The nonces of the leases that the session sees after its call, by key."""
        found = self.session.connection.execute("select row_id, nonce::text from processing.leases")
        return dict(found.fetchall())

    def freed(self, nonces: list[str]) -> list[str]:
        """Those stopping runs whose place is free now: others may have locked some of them."""
        if not (nonces and (self.blocked or self.contended)):
            return nonces
        found = self.session.connection.execute(
            "select nonce::text from processing.stopping_leases"
        )
        left = {nonce for (nonce,) in found.fetchall()}
        return [nonce for nonce in nonces if nonce not in left]


Judge = Callable[[Scene, Any], list[Change]]


@dataclass(frozen=True, slots=True)
class Move:
    """One call. `judge` raises `Diverged`, or returns what the call has changed."""

    what: str
    call: Callable[[Session], Any]
    judge: Judge
    keys: frozenset[str] = frozenset()
    """Rows that it may lock even if it changes nothing."""


def expect(condition: object, *told: object) -> None:
    if not condition:
        raise Diverged(" ".join(str(part) for part in told))


def run_sql(query: str, **arguments: Any) -> Callable[[Session], Any]:
    def call(session: Session) -> int:
        return session.connection.execute(query, arguments).rowcount

    return call


def insert(rng: Random, key: str, born: int) -> Move:
    owner, question = rng.choice("abc"), f"question {born}"
    wait, priority = rng.choice([0, 0, 0, 20]), rng.choice(PRIORITIES)
    query = (
        "insert into public.jobs (id, owner, question, processing_priority, processing_not_before)"
        " values (%(key)s, %(owner)s, %(question)s, %(priority)s,"
        " processing.clock() + make_interval(secs => %(wait)s)) on conflict do nothing"
    )

    def judge(scene: Scene, count: Any) -> list[Change]:
        if key in scene.view.rows:
            expect(count == 0, "a second row with key", key)
            return []
        row = Row(owner, question, scene.now + wait, born=born, priority=priority)
        return admitted(scene, key, [put_row(key, row)], count == 1, count)

    call = run_sql(query, key=key, owner=owner, question=question, priority=priority, wait=wait)
    return Move(f"insert {key} due in {wait} s", call, judge, frozenset({key}))


def admitted(
    scene: Scene, key: str, changes: list[Change], done: bool, answer: Any
) -> list[Change]:
    """The changes of a person who queues a row, unless its owner has too many open rows."""
    if too_many(scene.view, key, changes):
        expect(answer == Refused("RJ006"), "an owner got one row too many:", answer)
        return []
    expect(done, "a change was refused:", answer)
    return changes


def too_many(view: State, key: str, changes: list[Change]) -> bool:
    """Whether these changes queue the row, and its owner then has too many open ones."""
    before, after = view.rows.get(key), view.copied()
    together(changes)(after)
    row = after.rows[key]
    queued = row.status == "pending" and (
        before is None or before.status not in ("pending", "processing")
    )
    return queued and after.open_rows(row.owner) > MAX_OPEN


def set_status(key: str, status: str) -> Move:
    query = "update public.jobs set processing_status = %(status)s where id = %(key)s"

    def judge(scene: Scene, count: Any) -> list[Change]:
        row = scene.view.rows.get(key)
        if row is None:
            expect(count == 0, "a row that is not there was changed")
            return []
        if status == "processing" and row.status != "processing":
            expect(count == Refused("RJ005"), "a person set a row to processing:", count)
            return []
        changes = set_by_hand(scene.view, key, status, scene.now)
        return admitted(scene, key, changes, count == 1, count)

    return Move(f"set {key} to {status}", run_sql(query, key=key, status=status), judge, _just(key))


def edit(rng: Random, key: str) -> Move:
    column, value = rng.choice(["question", "answer"]), f"edit {rng.randrange(4)}"
    query = f"update public.jobs set {column} = %(value)s where id = %(key)s"

    def judge(scene: Scene, count: Any) -> list[Change]:
        row = scene.view.rows.get(key)
        expect(count == (row is not None), "an edit of", key, "changed rows:", count)
        if row is None:
            return []
        if column == "answer":
            edited = row.edited or value != row.answer
            return [put_row(key, replace(row, answer=value, edited=edited))]
        outdated = row.outdated
        if row.status == "processing" and value != row.question:
            outdated = value != row.claimed_question
        return [put_row(key, replace(row, question=value, outdated=outdated))]

    return Move(f"edit {column} of {key}", run_sql(query, key=key, value=value), judge, _just(key))


def delete(key: str) -> Move:
    def judge(scene: Scene, count: Any) -> list[Change]:
        expect(count == (key in scene.view.rows), "a deletion of", key, "deleted:", count)
        return [delete_row(key)] if count == 1 else []

    query = "delete from public.jobs where id = %(key)s"
    return Move(f"delete {key}", run_sql(query, key=key), judge, _just(key))


def cancel(key: str) -> Move:
    def judge(scene: Scene, answer: Any) -> list[Change]:
        row = scene.view.rows.get(key)
        if row is None:
            expect(answer == Refused("P0002"), "cancel of a row that is not there:", answer)
            return []
        if row.status not in ("pending", "processing"):
            return []
        expect(answer["status"] == "cancelled", "cancel answered", answer)
        return set_by_hand(scene.view, key, "cancelled", scene.now)

    def call(session: Session) -> Any:
        return session.queue().call("cancel", table_name=TABLE, row_id=key)

    return Move(f"cancel {key}", call, judge, _just(key))


def retry(key: str, *, fresh: bool) -> Move:
    def judge(scene: Scene, answer: Any) -> list[Change]:
        row = scene.view.rows.get(key)
        if row is None:
            expect(answer == Refused("P0002"), "retry of a row that is not there:", answer)
            return []
        if row.status == "processing":
            return []
        told_status = None if isinstance(answer, Refused) else answer["status"]
        if scene.blocked and told_status == row.status != "pending":
            return []  # it was pending when retry came, and has ended while retry waited
        changes = requeued(scene.view, key, scene.now, fresh=fresh)
        done = answer != Refused("RJ006") and answer["status"] == "pending"
        return admitted(scene, key, changes, done, answer)

    def call(session: Session) -> Any:
        return session.queue().call("retry", table_name=TABLE, row_id=key, fresh=fresh)

    return Move(f"retry {key}{' fresh' * fresh}", call, judge, _just(key))


def requeued(view: State, key: str, now: float, *, fresh: bool) -> list[Change]:
    """What retry changes: a pending row becomes due, another one but a running one is queued."""
    row = view.rows[key]
    if row.status == "pending":
        return [put_row(key, replace(row, not_before=now))]
    changes = set_by_hand(view, key, "pending", now)
    return [*changes, forget_checkpoints(key)] if fresh else changes


STEPS = ("read", "think")


def checkpoint(rng: Random, token: Token, worker: str, round_: int) -> Move:
    step, hashed = rng.choice(STEPS), rng.choice("xy")
    keep = rng.choice(["round"] * 3 + ["content"])
    output = Jsonb({"round": round_})

    def judge(scene: Scene, answer: Any) -> list[Change]:
        view, point = scene.view, (token.key, step, hashed)
        if gave_up(scene, answer, token.key) or stale(scene, token, worker, answer):
            return []
        lease = view.leases[token.key]
        known = view.checkpoints.get(point)
        repeated = known is not None and (known.run, known.round) == (lease.run, round_)
        expect(answer == ("already_done" if repeated else "done"), "checkpoint answered", answer)
        stored = Checkpoint(lease.run, round_, scene.now, keep)
        return [] if repeated else [lambda state: state.checkpoints.update({point: stored})]

    def call(session: Session) -> Any:
        return session.queue(worker).call(
            "checkpoint", worker=worker, table_name=TABLE, row_id=token.key, run=token.run,
            nonce=token.nonce, step=step, version="1", input_hash=hashed, output=output,
            keep=keep,
        )  # fmt: skip

    return Move(
        f"checkpoint {step}/{hashed} for the {keep} of {told(token)}", call, judge, _just(token.key)
    )


def progress(token: Token, worker: str) -> Move:
    def judge(scene: Scene, answer: Any) -> list[Change]:
        if not (gave_up(scene, answer, token.key) or stale(scene, token, worker, answer)):
            expect(answer == "done", "progress answered", answer)
        return []

    def call(session: Session) -> Any:
        return session.queue(worker).call(
            "progress", worker=worker, table_name=TABLE, row_id=token.key, run=token.run,
            nonce=token.nonce, stage="Reading", percent=10,
        )  # fmt: skip

    return Move(f"progress of {told(token)}", call, judge, _just(token.key))


def told(token: Token) -> str:
    return f"{token.key} run {token.run} ({token.nonce[:4]} of {token.worker[:4]})"


def _just(key: str) -> frozenset[str]:
    return frozenset({key})


def _status(view: State, key: str) -> str | None:
    row = view.rows.get(key)
    return row.status if row else None


def gave_up(scene: Scene, answer: Any, *keys: str) -> bool:
    """Whether the call has waited too long for what others had locked."""
    return scene.disputed(*keys) and isinstance(answer, Refused) and answer.sqlstate in BUSY


def stale(scene: Scene, token: Token, worker: str, answer: Any) -> bool:
    """Whether the write of this worker comes too late; then it must be refused."""
    lease = scene.view.lease_of(token.nonce, worker)
    if lease is not None and (lease.key, lease.run) == (token.key, token.run):
        return False
    code = "RJ002" if _status(scene.view, token.key) == "cancelled" else "RJ001"
    expect(answer == Refused(code), "a stale write was answered with", answer)
    return True
