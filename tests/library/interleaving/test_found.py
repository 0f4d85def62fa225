"""What courses of the model have found, each cut to the fewest calls that show it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.library.interleaving.sessions import PIPELINE, Session, World
from tests.support.queue import Row

Sessions = Callable[[int], list[Session]]


@pytest.fixture
def sessions(world: World) -> Iterator[Sessions]:
    """`sessions(3)`: three workers, each with a transaction of its own."""
    opened: list[Session] = []

    def open_them(count: int) -> list[Session]:
        for number in range(count):
            session = world.session(f"worker {number}")
            session.worker = str(uuid.UUID(int=number + 1, version=4))
            opened.append(session)
        return opened

    yield open_them
    for session in opened:
        session.connection.cancel()
        session.close()


def keys(answer: Mapping[str, list[Row]]) -> list[str]:
    return [row["id"] for row in answer["rows"]]


def insert(world: World, *ids: int) -> None:
    for number in ids:
        world.observer.execute(
            "insert into public.jobs (id, owner, question) values (%s, %s, 'Why?')",
            [number, "abc"[number % 3]],
        )


def patient(world: World) -> None:
    """A claim waits for as long as the test needs, also on a busy machine."""
    with psycopg.connect(world.database.superuser_dsn, autocommit=True) as connection:
        connection.execute("alter function processing.claim set lock_timeout = '2min'")


@pytest.mark.parametrize("concurrency", [4, None], ids=["limited", "unlimited"])
def test_a_row_taken_back_after_a_claim_began_runs_beside_no_other(
    world: World, sessions: Sessions, concurrency: int | None
) -> None:
    """The claim knows of no dead worker when it begins, and reads the rows after the sweep.

    No time passes in between: a claim that had waited for longer would look around again.
    """
    patient(world)
    world.empty(concurrency, None)
    dies, sweeps, claims, holds = sessions(4)
    insert(world, 1, 2)
    assert len(keys(dies.queue().claim_answer(PIPELINE, slots=2, sweep=False))) == 2
    dies.end(commit=True)
    insert(world, 3)
    world.move(100)
    # It takes back both rows, and claims one of them, alone.
    (suspect,) = keys(sweeps.queue().claim_answer(PIPELINE, slots=3))
    assert suspect in ("1", "2")
    if concurrency is None:
        # No limit makes the claim wait, but its own first sign of life, in another transaction.
        holds.queue(claims.worker).heartbeat()
    call = claims.start(lambda: claims.queue().claim_answer(PIPELINE, slots=3, sweep=False))
    assert not world.settled(claims, call)
    sweeps.end(commit=True)
    holds.end(commit=False)
    assert keys(call.result(60)) == ["3"]
    claims.end(commit=True)
    # The other suspect waits for a worker that has nothing else to do.
    assert keys(holds.queue().claim_answer(PIPELINE, slots=3, sweep=False)) == [
        "2" if suspect == "1" else "1"
    ]


def test_a_worker_that_signs_off_during_a_sweep_is_forgotten_by_the_next_one(
    world: World, sessions: Sessions
) -> None:
    """The sweep takes its row back, and it signs off before that is committed.

    So it still sees its row, and only says that it has stopped. No run depends on its line in
    `workers`, so that line may stay until somebody sweeps again.
    """
    world.empty(None, None)
    stops, sweeps = sessions(2)
    insert(world, 1)
    assert keys(stops.queue().claim_answer(PIPELINE, slots=1)) == ["1"]
    stops.end(commit=True)
    world.move(100)
    assert sweeps.queue().call("take_back", worker=sweeps.worker)["taken_back"] == 1
    assert stops.queue().call("sign_off", worker=stops.worker) == {"left_over": 1}
    stops.end(commit=True)
    sweeps.end(commit=True)
    assert world.seen()["workers"].keys() == {stops.worker}
    assert world.seen()["leases"] == {}
    assert sweeps.queue().call("take_back", worker=sweeps.worker)["taken_back"] == 0
    sweeps.end(commit=True)
    assert world.seen()["workers"] == {}


def test_a_sweep_goes_by_the_notes_that_were_committed_when_it_began(
    world: World, sessions: Sessions
) -> None:
    """A dead worker's note that its run had ended comes too late for a sweep that has begun.

    The sweep counts a crash, as it would for a worker without such a note. That is safe: the row
    ends as failed instead of running once more, its result was never stored, and a person may
    retry it.
    """
    patient(world)
    world.empty(None, None)
    dies, ends, sweeps, person = sessions(4)
    insert(world, 1)
    assert keys(dies.queue().claim_answer(PIPELINE, slots=1)) == ["1"]
    dies.end(commit=True)
    world.move(100)
    (row,) = ends.queue().claim_answer(PIPELINE, slots=1)["rows"]
    ends.end(commit=True)
    assert world.seen()["crashes"] == {"1": 1}
    person.connection.execute("select from public.jobs for update")
    result = {"table": "public.jobs", "pipeline": PIPELINE, "action": "complete", "outputs": {}}
    result |= {name: row[name] for name in ("id", "run", "nonce")}
    (answer,) = ends.queue().call("finish", worker=ends.worker, results=Jsonb([result]))
    assert answer["outcome"] == "busy"
    person.end(commit=False)
    world.move(100)
    call = sweeps.start(lambda: sweeps.queue().claim_answer(PIPELINE, slots=1))
    assert not world.settled(sweeps, call)
    ends.end(commit=True)
    assert keys(call.result(60)) == []
    sweeps.end(commit=True)
    assert world.seen()["rows"]["1"][0] == "failed"
    assert (world.seen()["leases"], world.seen()["crashes"]) == ({}, {})


def test_a_sweep_goes_by_the_signs_of_life_that_were_committed_when_it_began(
    world: World, sessions: Sessions
) -> None:
    """A worker that was silent for longer than its lease loses its row to a sweep that waits.

    Its sign of life is committed while the sweep waits for it. That is safe: each write of the
    silent worker names a lease that is gone.
    """
    patient(world)
    world.empty(None, None)
    silent, sweeps = sessions(2)
    insert(world, 1)
    (row,) = silent.queue().claim_answer(PIPELINE, slots=1)["rows"]
    silent.end(commit=True)
    world.move(100)
    token = row | {"table": "public.jobs"}
    silent.queue().heartbeat(token)
    assert silent.queue().checkpoint(row) == "done"
    call = sweeps.start(lambda: sweeps.queue().claim_answer(PIPELINE, slots=1))
    assert not world.settled(sweeps, call)
    silent.end(commit=True)
    assert keys(call.result(60)) == ["1"]
    sweeps.end(commit=True)
    (lost,) = silent.queue().heartbeat(token)["lost"]
    assert (lost["id"], lost["reason"]) == ("1", "lost")
