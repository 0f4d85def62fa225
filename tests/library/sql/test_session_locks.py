"""A worker holds an advisory lock in each of its sessions; what peers conclude from free ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta

import psycopg
import pytest

from tests.library.sql.questions import PIPELINE, Others, ask_one, attach, one
from tests.support.databases import Clock, Database
from tests.support.queue import Connection, Queue, Row

LEASE = 60
LOCK_KEY = 4242
WORK_LOCK_KEY = 4243


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(owner, lease=timedelta(seconds=LEASE), timeout=timedelta(seconds=600))


class LockedWorker:
    """Holds a row and two session locks, and says so in its heartbeats."""

    def __init__(self, queue: Queue, sessions: tuple[Connection, Connection], number: int) -> None:
        self.queue = queue
        self.keys = (LOCK_KEY + 10 * number, WORK_LOCK_KEY + 10 * number)
        self.sessions = dict(zip(self.keys, sessions, strict=True))
        for key, session in self.sessions.items():
            session.execute("select pg_advisory_lock(%s)", [key])
        self.started = one(
            sessions[0],
            "select backend_start::text from pg_stat_activity where pid = pg_backend_pid()",
        )
        self.beat()

    def claim(self) -> Row:
        return self.queue.claim_one(PIPELINE)

    def beat(self, *held: Row, **changes: object) -> None:
        lock, work = self.keys
        locked = {
            "lock_key": lock,
            "lock_backend_start": self.started,
            "work_lock_keys": [work],
        }
        self.queue.heartbeat(*held, **(locked | changes))

    def lose(self, key: int) -> None:
        """One session ends, and its lock; the server needs a moment to notice."""
        session = self.sessions.pop(key)
        pid = session.info.backend_pid
        session.close()
        while one(self.queue.connection, PRESENT, pid):
            pass

    def die(self) -> None:
        """The process ends, and all of its sessions."""
        for key in list(self.sessions):
            self.lose(key)


PRESENT = "select count(*) from pg_stat_activity where pid = %s"


@pytest.fixture
def locked_ones(
    owner: Connection, others: Others, database: Database
) -> Iterator[Callable[[int], list[LockedWorker]]]:
    """So many workers with two locks each."""
    with ExitStack() as stack:

        def opened() -> Connection:
            return stack.enter_context(psycopg.connect(database.dsn, autocommit=True))

        yield lambda count: [
            LockedWorker(queue, (opened(), opened()), number)
            for number, queue in enumerate(others(count))
        ]


@pytest.fixture
def locked(owner: Connection, locked_ones: Callable[[int], list[LockedWorker]]) -> LockedWorker:
    """One that holds a row."""
    ask_one(owner)
    (worker,) = locked_ones(1)
    worker.claim()
    return worker


def test_two_free_locks_and_no_beat_between_two_looks_are_a_death(
    owner: Connection, locked: LockedWorker, others: Others, clock: Clock
) -> None:
    (peer,) = others(1)
    locked.die()
    assert peer.claim(PIPELINE) == [], "the first look only notes it"
    clock.advance(-30)
    assert peer.claim(PIPELINE) == [], "not yet"
    clock.advance(30.5)
    assert peer.claim_one(PIPELINE)["run"] == 2


@pytest.mark.parametrize("key", [LOCK_KEY, WORK_LOCK_KEY])
def test_one_free_lock_proves_nothing(
    locked: LockedWorker, others: Others, clock: Clock, key: int
) -> None:
    """As of a session that is half-open: the worker does not know, and so does not say so."""
    (peer,) = others(1)
    locked.lose(key)
    for _ in range(3):
        assert peer.take_back() == 0
        clock.advance(0.6)


def test_a_worker_with_one_lock_only_counts_by_its_heartbeats(
    locked: LockedWorker, others: Others, clock: Clock
) -> None:
    (peer,) = others(1)
    locked.beat(work_lock_keys=[])
    locked.die()
    for _ in range(3):
        assert peer.take_back() == 0
        clock.advance(0.6)


def test_workers_that_lose_their_locks_together_count_by_their_heartbeats(
    owner: Connection,
    locked_ones: Callable[[int], list[LockedWorker]],
    others: Others,
    clock: Clock,
) -> None:
    """A pooler that restarts ends the sessions of all; the second holds no row."""
    ask_one(owner)
    busy, idle = locked_ones(2)
    busy.claim()
    (peer,) = others(1)
    busy.die()
    idle.die()
    for _ in range(3):
        assert peer.take_back() == 0
        clock.advance(0.6)
    clock.advance(LEASE)
    assert peer.take_back() == 1


def test_a_worker_that_says_it_lost_all_sessions_speaks_for_the_others(
    owner: Connection, locked_ones: Callable[[int], list[LockedWorker]], clock: Clock
) -> None:
    ask_one(owner)
    busy, quick = locked_ones(2)
    busy.claim()
    busy.die()
    quick.beat(lock_key=1, work_lock_keys=[2])
    assert quick.queue.take_back() == 0
    clock.advance(0.6)
    assert quick.queue.take_back() == 0


def test_a_worker_that_exchanges_one_session_speaks_for_nobody(
    owner: Connection, locked_ones: Callable[[int], list[LockedWorker]], clock: Clock
) -> None:
    ask_one(owner)
    busy, quick = locked_ones(2)
    busy.claim()
    busy.die()
    quick.beat(work_lock_keys=[2])
    assert quick.queue.take_back() == 0
    clock.advance(0.6)
    assert quick.queue.take_back() == 1


def test_a_beat_waits_for_no_peer_that_looks(
    locked: LockedWorker, others: Others, database: Database
) -> None:
    """The look's transaction is still open, as when it waits for a row further on."""
    (peer,) = others(1)
    locked.die()
    with psycopg.connect(database.dsn) as slow:
        Queue(slow).take_back()
        locked.queue.connection.execute("set lock_timeout = '2s'")
        locked.beat()
        assert peer.take_back() == 0


def test_of_two_peers_that_look_at_once_neither_waits(
    locked: LockedWorker, others: Others, database: Database
) -> None:
    (peer,) = others(1)
    locked.die()
    peer.connection.execute("set lock_timeout = '2s'")
    with psycopg.connect(database.dsn) as slow:
        Queue(slow).take_back()
        assert peer.take_back() == 0


def test_a_worker_that_lost_its_lock_but_beats_is_alive(
    locked: LockedWorker, others: Others, clock: Clock
) -> None:
    (peer,) = others(1)
    locked.die()
    for _ in range(5):
        assert peer.take_back() == 0
        clock.advance(0.6)
        locked.beat()


def test_a_worker_that_gives_up_its_lock_counts_by_its_heartbeats_alone(
    locked: LockedWorker, others: Others, clock: Clock
) -> None:
    (peer,) = others(1)
    locked.die()
    locked.beat(lock_key=None, lock_backend_start=None, work_lock_keys=[])
    assert peer.take_back() == 0
    clock.advance(5)
    assert peer.take_back() == 0
    clock.advance(LEASE)
    assert peer.take_back() == 1


def test_a_lock_from_before_the_start_of_the_server_proves_nothing(
    locked: LockedWorker, others: Others, clock: Clock
) -> None:
    (peer,) = others(1)
    locked.die()
    locked.beat(lock_backend_start="2020-01-01T00:00:00+00:00")
    assert peer.take_back() == 0
    clock.advance(5)
    assert peer.take_back() == 0


def test_a_lock_that_is_held_keeps_the_worker_alive_until_its_heartbeats_are_due(
    locked: LockedWorker, others: Others, clock: Clock
) -> None:
    (peer,) = others(1)
    assert peer.take_back() == 0
    clock.advance(LEASE - 15)
    assert peer.take_back() == 0
    clock.advance(16)
    assert peer.take_back() == 1


def test_a_peer_that_looks_does_not_keep_the_lock(
    locked: LockedWorker, others: Others, database: Database
) -> None:
    locked.die()
    others(1)[0].take_back()
    with psycopg.connect(database.dsn, autocommit=True) as session:
        assert one(session, "select pg_try_advisory_lock(%s)", LOCK_KEY)
