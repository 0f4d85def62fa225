"""What workers ask the contract: claim, finish, heartbeat, take_back and sign_off."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from psycopg.types.json import Jsonb

from tests.library.interleaving.moves import (
    BUSY,
    Move,
    Scene,
    Token,
    expect,
    told,
)
from tests.library.interleaving.operator_moves import took
from tests.library.interleaving.plans import (
    answer_to,
    claimable,
    earliest,
    ended,
    forgotten,
    free_places,
    gone,
    latest,
    refusal,
    taken_back,
    why_taken,
)
from tests.library.interleaving.sessions import PIPELINE, Refused, Session
from tests.library.interleaving.state import (
    Beat,
    Change,
    Lease,
    State,
    forget_crashes,
    put_row,
    together,
)


def claim(keys: frozenset[str], slots: int, *, sweep: bool) -> Move:
    def judge(scene: Scene, answer: Any) -> list[Change]:
        expect(isinstance(answer, dict), "claim answered", answer)
        expect(answer["set_aside"] == [], "claim set aside", answer["set_aside"])
        changes = signed_on(scene)
        if sweep:
            changes += take_back_changes(scene, changes)
        return changes + claim_changes(scene, changes, answer["rows"], slots)

    def call(session: Session) -> Any:
        return session.queue().claim_answer(PIPELINE, slots=slots, sweep=sweep)

    return Move(f"claim {slots}{' with sweep' * sweep}", call, judge, keys | {"*"})


def signed_on(scene: Scene) -> list[Change]:
    """A worker that the database does not know signs on with its first claim."""
    worker = scene.session.worker
    if worker in scene.view.workers:
        return []
    return [partial(_beat, worker=worker, beat=Beat(scene.now))]


def _beat(state: State, *, worker: str, beat: Beat) -> None:
    state.workers[worker] = beat


def claim_changes(
    scene: Scene, before: list[Change], rows: Sequence[Mapping[str, Any]], slots: int
) -> list[Change]:
    """Judge the claimed rows by what the session saw after the changes `before`."""
    view = scene.view.copied()
    together(before)(view)
    worker = scene.session.worker
    if not (view.crashes or scene.contended or scene.blocked):
        most = claimable(view, scene.now, slots)
        expect(len(rows) == most, "claim got", len(rows), "rows and should get", most)
    expect(len(rows) <= slots, "claim got more rows than slots")
    suspects = [row["id"] for row in rows if row["id"] in view.crashes]
    if suspects:
        others = [x for x in view.held(worker) if x.nonce not in view.unwritten]
        expect(
            len(rows) == 1 and not others,
            "a row whose worker died runs beside others:",
            suspects,
            "claimed with",
            [row["id"] for row in rows],
            "beside",
            [x.key for x in others],
        )
    elif not scene.blocked:
        _check_order(scene, view, [row["id"] for row in rows])
    changes = [change for row in rows for change in one_claimed(scene, view, row)]
    together(changes)(view)
    check_places(view, [row["owner"] for row in rows])
    return changes


def _check_order(scene: Scene, view: State, claimed: Sequence[str]) -> None:
    """Of one owner's rows, the more urgent ones and then the older ones come first."""
    left = [
        (key, row)
        for key, row in view.rows.items()
        if key not in claimed and key not in view.crashes and not scene.disputed(key)
        and row.status == "pending" and latest(row.not_before) <= scene.now
    ]  # fmt: skip
    for key in view.rows.keys() & set(claimed):
        got = view.rows[key]
        for other, row in left:
            sooner = (-row.priority, latest(row.not_before)) < (
                -got.priority,
                earliest(got.not_before),
            )
            expect(row.owner != got.owner or not sooner, "claim got", key, "before", other)


def one_claimed(scene: Scene, view: State, answer: Mapping[str, Any]) -> list[Change]:
    """The changes of one claimed row."""
    key = answer["id"]
    row = view.rows.get(key)
    expect(row is not None, "claim got a row that is not there:", key)
    assert row is not None
    expect(row.status == "pending", "claim got a row that is", row.status, key)
    expect(key not in view.leases, "claim got a row under a lease:", key)
    expect(earliest(row.not_before) <= scene.now, "claim got a row before it is due:", key)
    expect(answer["run"] == row.run + 1, "claim gave run", answer["run"], "after", row.run)
    expect(answer["inputs"] == {"question": row.question}, "claim gave", answer["inputs"])
    expect(answer["attempt"] == row.attempts + 1, "claim gave attempt", answer["attempt"])
    _check_checkpoints(view, key, answer["checkpoints"] or [])
    claimed = replace(
        row, status="processing", run=row.run + 1, attempts=row.attempts + 1, outdated=False,
        claimed_question=row.question,
    )  # fmt: skip
    token = Token(scene.session.worker, key, claimed.run, answer["nonce"])
    scene.tokens.append(token)
    lease = Lease(token.nonce, key, token.worker, token.run, row.owner, scene.now)
    return [put_row(key, claimed), lambda state: state.leases.update({key: lease})]


def _check_checkpoints(view: State, key: str, answer: Sequence[Mapping[str, Any]]) -> None:
    given = {(key, point["step"], point["input_hash"]): point["output"] for point in answer}
    stored = {step: point for step, point in view.checkpoints.items() if step[0] == key}
    expect(given.keys() == stored.keys(), "claim gave checkpoints", given, "of", stored)
    now_in = view.rows[key].round
    for step, output in given.items():
        made_in = now_in if stored[step].keep == "round" else stored[step].round
        expect(output == f'{{"round": {made_in}}}', "claim gave a checkpoint of another round:",
               step, output, "now in round", now_in)  # fmt: skip


def check_places(view: State, owners: Sequence[str]) -> None:
    """A claim may not exceed a limit; a limit that was lowered later may be exceeded."""
    if owners and view.concurrency is not None:
        taken = view.places_taken()
        expect(taken <= view.concurrency, taken, "rows run and", view.concurrency, "may")
    if view.per_owner is not None:
        for owner in set(owners):
            taken = view.places_taken(owner)
            expect(taken <= view.per_owner, taken, "rows of", owner, "run, may:", view.per_owner)


def take_back(keys: frozenset[str]) -> Move:
    def judge(scene: Scene, answer: Any) -> list[Change]:
        expect(isinstance(answer, dict), "take_back answered", answer)
        return take_back_changes(scene, [])

    def call(session: Session) -> Any:
        return session.queue().call("take_back", worker=session.worker)

    return Move("take_back", call, judge, keys)


def take_back_changes(scene: Scene, before: list[Change]) -> list[Change]:
    """Which rows a sweep must take back, and what becomes of each."""
    view = scene.view.copied()
    together(before)(view)
    asking, now = scene.session.worker, scene.now
    changes: list[Change] = []
    for lease in view.leases.values():
        # A sweep that waited judges the workers by what it saw before.
        reason = why_taken(view, lease, asking, now) or _why_before(scene, view, lease)
        if reason is not None and was_taken(scene, lease):
            changes += _swept(scene, view, lease, reason)
    freed = [nonce for nonce, run in view.stopping.items() if gone(view, run, asking, now)]
    changes.append(free_places(scene.freed(freed)))
    together(changes)(view)
    return [*changes, partial(_forget_workers, workers=_signed_off(view))]


def _swept(scene: Scene, view: State, lease: Lease, reason: str) -> list[Change]:
    """A sweep that waited for a lock has perhaps judged by what it saw before it waited.

    Then it counts a crash also for a run of a dead worker whose end was noted while it waited.
    """
    made = taken_back(view, lease, reason, scene.now)
    earlier = _why_before(scene, view, lease)
    if earlier is None:
        return made
    other = taken_back(_as_before(scene, view), lease, earlier, scene.now)
    rows = scene.world.seen(scene.session.connection)["rows"]
    judged_before = not took(view, lease.key, made, rows) and took(view, lease.key, other, rows)
    return other if judged_before else made


def _why_before(scene: Scene, view: State, lease: Lease) -> str | None:
    """For what reason a sweep that waited takes this row by what it saw before it waited."""
    before = scene.session.before
    if not scene.blocked or before is None or lease.key not in before.leases:
        return None
    return why_taken(_as_before(scene, view), lease, scene.session.worker, scene.now)


def _as_before(scene: Scene, view: State) -> State:
    """The rows of now, with what was known of workers when the call began."""
    before = scene.session.before
    assert before is not None
    return replace(view, crashes=before.crashes, unwritten=before.unwritten, workers=before.workers)


def was_taken(scene: Scene, lease: Lease) -> bool:
    """Whether the row was taken; a row that others have locked may be skipped."""
    if not scene.disputed(lease.key):
        return True
    return scene.leases().get(lease.key) != lease.nonce


def _signed_off(view: State) -> list[str]:
    """Workers that have signed off and hold nothing, as the sweep sees it, not its commit."""
    holders = {run.worker for run in [*view.leases.values(), *view.stopping.values()]}
    return [x for x, beat in view.workers.items() if beat.signed_off and x not in holders]


def _forget_workers(state: State, *, workers: Sequence[str]) -> None:
    for worker in workers:
        state.workers.pop(worker, None)


def finish(
    tokens: Sequence[Token], worker: str, action: str, *, retryable: bool, then_claim: int = 0
) -> Move:
    """Send results, perhaps stale ones; with `then_claim`, ask for so many rows, too."""
    results = [_result(token, action, retryable) for token in tokens]
    keys = frozenset(token.key for token in tokens)

    def judge(scene: Scene, answer: Any) -> list[Change]:
        if isinstance(answer, Refused):
            expect(scene.blocked and answer.sqlstate in BUSY, "finish answered", answer)
            return []
        given = (answer["finished"] if then_claim else answer) or []
        told_of = {(x["id"], x["nonce"]): x["outcome"] for x in given}
        changes: list[Change] = []
        for token in tokens:
            # `finish_and_claim` may leave out runs that ended as requested.
            outcome = told_of.get((token.key, token.nonce), "done")
            changes += result_changes(scene, token, worker, action, outcome, retryable)
        if then_claim:
            changes += signed_on(scene)
            changes += claim_changes(scene, changes, _rows(answer), then_claim)
        return changes

    call = _caller(results, worker, then_claim)
    said = f"{action}{'' if retryable else ' for good'} {', '.join(map(told, tokens))}"
    return Move(f"{said}{f' and claim {then_claim}' * bool(then_claim)}", call, judge,
                keys | ({"*"} if then_claim else set()))  # fmt: skip


def _caller(
    results: list[dict[str, Any]], worker: str, then_claim: int
) -> Callable[[Session], Any]:
    def call(session: Session) -> Any:
        queue = session.queue(worker)
        if then_claim:
            return queue.finish_and_claim(results, PIPELINE, slots=then_claim)
        return queue.call("finish", worker=worker, results=Jsonb(results))

    return call


def _rows(answer: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    rows: Sequence[Mapping[str, Any]] = answer["rows"]
    return rows


def _result(token: Token, action: str, retryable: bool) -> dict[str, Any]:
    result = token.as_held() | {"pipeline": PIPELINE, "action": action, "retryable": retryable}
    if action == "complete":
        return result | {"outputs": {"answer": f"of run {token.run}"}}
    return result | {"error": {"code": "boom", "message": "It broke."},
                     "retry_after": 5 if action == "retry_later" else None}  # fmt: skip


def result_changes(
    scene: Scene, token: Token, worker: str, action: str, outcome: str, retryable: bool
) -> list[Change]:
    """Judge the outcome of one result."""
    view = scene.view
    should = answer_to(view, worker, token.key, token.nonce, action)
    if outcome == "busy" and scene.disputed(token.key):
        return [partial(_unwritten, nonce=token.nonce, worker=worker, key=token.key)]
    expect(outcome == should, action, told(token), "was answered with", outcome, "and not", should)
    lease = view.lease_of(token.nonce, worker)
    if outcome != "done" or lease is None:
        return []
    return ended(view, lease, action, scene.now, retryable=retryable)


def _unwritten(state: State, *, nonce: str, worker: str, key: str) -> None:
    """The run is over in its worker, but not in the database."""
    lease = state.leases.get(key)
    state.unwritten.add(nonce)
    if lease is not None and (lease.nonce, lease.worker) == (nonce, worker):
        forget_crashes(key)(state)


def heartbeat(held: Sequence[Token], stopped: Sequence[Token]) -> Move:
    def judge(scene: Scene, answer: Any) -> list[Change]:
        expect(isinstance(answer, dict), "heartbeat answered", answer)
        view, worker, now = scene.view, scene.session.worker, scene.now
        nonces = {token.nonce for token in held}
        changes: list[Change] = [partial(_beat, worker=worker, beat=Beat(now))]
        for lease in forgotten(view, worker, nonces, now):
            if was_taken(scene, lease):
                changes += taken_back(view, lease, "worker_stopped", now)
        let_go = _let_go(view, worker, nonces, stopped, now)
        changes.append(free_places(scene.freed(let_go)))
        together(changes)(view)
        _check_lost(scene, view, held, answer["lost"])
        return changes

    def call(session: Session) -> Any:
        return session.queue().call(
            "heartbeat", worker=session.worker, held=Jsonb([token.as_held() for token in held]),
            info=Jsonb({"pipelines": [PIPELINE]}), ended=[token.nonce for token in stopped],
        )  # fmt: skip

    keys = frozenset(token.key for token in held)
    return Move(f"heartbeat of {len(held)}", call, judge, keys)


def _let_go(
    view: State, worker: str, held: set[str], stopped: Sequence[Token], now: float
) -> list[str]:
    ended_runs = {token.nonce for token in stopped}
    return [
        nonce
        for nonce, run in view.stopping.items()
        if run.worker == worker
        and (nonce in ended_runs or (run.claimed_at < now - 30 and nonce not in held))
    ]


def _check_lost(
    scene: Scene, view: State, held: Sequence[Token], answer: Sequence[Mapping[str, Any]]
) -> None:
    lost = {(x["id"], x["nonce"]): x["reason"] for x in answer}
    for token in held:
        lease = view.leases.get(token.key)
        there = lease is not None and lease.nonce == token.nonce
        should = None if there else refusal(view, token.key)
        expect(lost.get((token.key, token.nonce)) == should or scene.blocked,
               "heartbeat says of", told(token), lost, "and not", should)  # fmt: skip


def sign_off() -> Move:
    def judge(scene: Scene, answer: Any) -> list[Change]:
        view, worker = scene.view, scene.session.worker
        left = len(view.held(worker))
        expect(answer == {"left_over": left}, "sign_off answered", answer, "and not", left)
        mine = [nonce for nonce, run in view.stopping.items() if run.worker == worker]
        beat = view.workers.get(worker)

        def make(state: State) -> None:
            if left == 0:
                state.workers.pop(worker, None)
            elif beat is not None:
                state.workers[worker] = Beat(beat.at, signed_off=True)

        return [free_places(mine), make]

    def call(session: Session) -> Any:
        return session.queue().call("sign_off", worker=session.worker)

    return Move("sign_off", call, judge)
