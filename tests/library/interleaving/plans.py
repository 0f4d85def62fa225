"""What the contract should answer to a worker, and what it should change, by the model."""

from __future__ import annotations

from dataclasses import replace

from tests.library.interleaving.state import (
    CLAIM_TIMEOUT,
    LEASE,
    MAX_ATTEMPTS,
    MAX_CRASHES,
    RETRY_BASE,
    TIMEOUT,
    Change,
    End,
    Lease,
    Moment,
    State,
    delay,
    end_lease,
    forget_crashes,
    put_row,
)

WANTED = {
    "complete": {"completed"},
    "fail": {"failed", "retry"},
    "retry_later": {"waiting", "failed"},
    "release": {"released"},
}
"""By action, the kinds of events that show that the run had already ended so."""


def ended(state: State, lease: Lease, action: str, now: float, *, retryable: bool) -> list[Change]:
    """The changes of a run that its worker ends with this action."""
    row = state.rows[lease.key]
    kind, status = "completed", "completed"
    if action == "complete":
        answer = row.answer if row.edited else f"of run {lease.run}"
        row = replace(row, status=status, answer=answer, done_at=now)
    elif action == "fail" and (not retryable or row.attempts >= MAX_ATTEMPTS):
        kind, row = "failed", replace(row, status="failed")
    elif action == "fail":
        kind = "retry"
        row = replace(row, status="pending", not_before=delay(row.attempts, now))
    else:
        kind = "released" if action == "release" else "waiting"
        due = row.not_before if action == "release" else now + 5
        attempts = max(row.attempts - 1, 0)
        row = replace(row, status="pending", not_before=due, attempts=attempts)
    changes = [
        put_row(lease.key, row),
        end_lease(lease.key, lease.nonce, End(kind, lease.worker, lease.key, now)),
    ]
    if action in ("complete", "fail"):
        changes.append(forget_crashes(lease.key))
    return changes


def refusal(state: State, key: str) -> str:
    """The answer to a write without a lease."""
    row = state.rows.get(key)
    return "cancelled" if row is not None and row.status == "cancelled" else "lost"


def answer_to(state: State, worker: str, key: str, nonce: str, action: str) -> str:
    """The outcome of a result, if nothing else has locked the row."""
    lease = state.lease_of(nonce, worker)
    if lease is not None and lease.key == key:
        return "done"
    end = state.ends.get(nonce)
    if end is not None and end.key == key and end.worker == worker and end.kind in WANTED[action]:
        return "already_done"
    return refusal(state, key)


def why_taken(state: State, lease: Lease, asking: str, now: float) -> str | None:
    """For what reason `take_back` takes this row, or None."""
    beat = state.workers.get(lease.worker)
    if beat is not None and beat.signed_off:
        return "worker_stopped"
    if beat is None or (lease.worker != asking and beat.at + LEASE < now):
        return "worker_stopped" if lease.nonce in state.unwritten else "worker_crashed"
    return "timeout" if lease.claimed_at + TIMEOUT < now else None


def taken_back(state: State, lease: Lease, reason: str, now: float) -> list[Change]:
    """The changes when this row is taken back for this reason."""
    row = state.rows[lease.key]
    crashes = state.crashes.get(lease.key, 0) + 1
    others = len(state.held(lease.worker)) > 1
    if reason == "worker_crashed":
        final = crashes >= MAX_CRASHES and (crashes > 1 or not others)
    else:
        final = reason == "timeout" and row.attempts >= MAX_ATTEMPTS
    due: Moment = now if reason != "timeout" else (now + RETRY_BASE / 2, now + RETRY_BASE)
    refunded = row.attempts if reason == "timeout" else max(row.attempts - 1, 0)
    status = "failed" if final else "pending"
    not_before = row.not_before if final else due
    row = replace(row, status=status, attempts=refunded, not_before=not_before)
    changes = [
        put_row(lease.key, row),
        end_lease(lease.key, lease.nonce, End("taken_back", lease.worker, lease.key, now)),
    ]
    if final:
        changes.append(forget_crashes(lease.key))
    elif reason == "worker_crashed":
        changes.append(lambda state: state.crashes.update({lease.key: crashes}))
    return changes


def gone(state: State, run: Lease, asking: str, now: float) -> bool:
    """Whether `take_back` frees the place of this stopping run."""
    beat = state.workers.get(run.worker)
    if run.claimed_at + TIMEOUT < now or beat is None or beat.signed_off:
        return True
    return run.worker != asking and beat.at + LEASE < now


def free_places(nonces: list[str]) -> Change:
    def make(state: State) -> None:
        for nonce in nonces:
            state.stopping.pop(nonce, None)

    return make


def forgotten(state: State, worker: str, held: set[str], now: float) -> list[Lease]:
    """The leases that the worker does not name in its heartbeat, and must have forgotten."""
    return [
        lease
        for lease in state.held(worker)
        if lease.claimed_at < now - CLAIM_TIMEOUT and lease.nonce not in held
    ]


def claimable(state: State, now: float, slots: int) -> int:
    """How many rows a claim gets if no other transaction is open and no row is a suspect."""
    waiting: dict[str, int] = {}
    for row in state.rows.values():
        if row.status == "pending" and latest(row.not_before) <= now:
            waiting[row.owner] = waiting.get(row.owner, 0) + 1
    if state.paused:
        return 0
    places = slots
    if state.concurrency is not None:
        places = min(places, max(state.concurrency - state.places_taken(), 0))
    if state.per_owner is not None:
        for owner, count in waiting.items():
            waiting[owner] = min(count, max(state.per_owner - state.places_taken(owner), 0))
    return min(places, sum(waiting.values()))


def earliest(moment: Moment) -> float:
    return moment[0] if isinstance(moment, tuple) else moment


def latest(moment: Moment) -> float:
    return moment[1] if isinstance(moment, tuple) else moment
