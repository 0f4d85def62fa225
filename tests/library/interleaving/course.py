"""The interleaver: a seed decides who does what, and the model judges each step."""

from __future__ import annotations

import uuid
from collections import Counter, deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.library.interleaving import budget_moves, moves, operator_moves, worker_moves
from tests.library.interleaving.compare import compare, end
from tests.library.interleaving.moves import Diverged, Move, Scene, Token, expect
from tests.library.interleaving.sessions import Refused, Session, World
from tests.library.interleaving.state import TERMINAL, State

KEYS = 7
"""So few rows that sessions often meet on the same one."""

WORKERS, PEOPLE = 3, 2
LEFT_OPEN = 0.3
"""How often a transaction stays open after a call, while others go on."""

STATUSES = ("pending", "processing", "completed", "failed", "cancelled")


@dataclass(slots=True)
class Waiting:
    """A call that waits for a lock."""

    move: Move
    call: Future[Any]


@dataclass
class Course:
    """One run of the interleaver. The same seed makes the same calls in the same order."""

    world: World
    seed: int
    committed: State = field(default_factory=State)
    tokens: list[Token] = field(default_factory=list)
    steps: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    trace: deque[str] = field(default_factory=lambda: deque(maxlen=60))

    def __post_init__(self) -> None:
        self.rng = Random(self.seed)
        names = [f"worker {n}" for n in range(WORKERS)] + [f"person {n}" for n in range(PEOPLE)]
        self.sessions = [self.world.session(name) for name in names]
        self.waiting: dict[str, Waiting] = {}
        self.born = 0
        self.highest: dict[str, tuple[int, int]] = {}

    # ---- one episode

    def run(self, steps: int, *, episode: int = 400) -> None:
        """Make so many steps, in episodes that begin with an empty table and end with a drain."""
        try:
            while self.steps < steps:
                self._begin()
                until = min(self.steps + episode, steps)
                while self.steps < until:
                    self.step()
                self._drain()
        except AssertionError as problem:
            told = "\n".join(self.trace)
            raise Diverged(
                f"{problem}\nseed {self.seed}, step {self.steps} "
                f"(replay: make model SEED={self.seed}); the last steps:\n{told}"
            ) from problem

    def _begin(self) -> None:
        concurrency, per_owner = self.rng.choice(
            [(None, None), (2, None), (3, 1), (None, 2), (4, 2)]
        )
        self.world.move(20_000)
        self.world.empty(concurrency, per_owner)
        self.committed = State(
            concurrency=concurrency, per_owner=per_owner, tidied=self.world.now - 86400
        )
        self.tokens, self.highest = [], {}
        for session in self._workers():
            session.worker = self._new_worker()
        self.trace.clear()
        self.trace.append(f"--- limits {concurrency}, {per_owner}")

    def _new_worker(self) -> str:
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def _workers(self) -> list[Session]:
        return self.sessions[:WORKERS]

    # ---- one step

    def step(self) -> None:
        """Somebody makes one call, ends a transaction, or time passes."""
        self.steps += 1
        free = [session for session in self.sessions if session.waiting is None]
        open_ones = [session for session in free if session.open]
        chance = self.rng.random()
        if open_ones and (chance < 0.25 or not free):
            self._end(self.rng.choice(open_ones))
        elif chance < 0.33 and not self.waiting:
            # A call that waits has perhaps read the clock already, so time waits for it.
            self._pass_time()
        else:
            self._act(self.rng.choice(free))

    def _pass_time(self) -> None:
        seconds = self.rng.choice([1, 3, 8, 8, 20, 45, 45, 700, 4000])
        self._note(None, f"{seconds} s pass")
        self.world.move(seconds)

    def _act(self, session: Session) -> None:
        if session.worker and self.rng.random() < 0.02 and not session.open:
            self._note(session, "dies, and another worker takes its place")
            session.worker = self._new_worker()
            return
        move = self._choose(session)
        self._note(session, move.what)
        self.counts[move.what.split()[0]] += 1
        contended = self._locked_by_others(session)
        session.before = session.view(self.committed)
        call = session.start(lambda: move.call(session))
        if self.world.settled(session, call):
            self._judge(session, move, call.result(), contended, blocked=False)
            return
        self._note(session, "waits for a lock")
        self.counts["waits"] += 1
        session.waiting = call
        session.locks |= move.keys
        self.waiting[session.name] = Waiting(move, call)
        # Worker calls give up after 200 ms: the lock goes before, or is kept for longer.
        if session.worker or self.rng.random() < 0.7:
            self._resolve(session)

    def _resolve(self, session: Session) -> None:
        """End the transaction that the session waits for, or let its call give up."""
        if session.worker and self.rng.random() < 0.05:
            waiting = self.waiting[session.name]
            waiting.call.result(120)
            self._collect()
            return
        for _ in range(4 * len(self.sessions)):
            if session.waiting is None:
                return
            blocker = self._blocker(session)
            if blocker is None:
                self._collect()
            else:
                self._end(blocker)
        expect(session.waiting is None, session.name, "still waits for a lock")

    def _blocker(self, session: Session) -> Session | None:
        """The session whose open transaction holds up this one, perhaps by way of others."""
        passed: list[Session] = []
        while session.waiting is not None:
            if session in passed:
                return None  # a deadlock, which Postgres ends within 50 ms
            passed.append(session)
            holder = self.world.waits_for(session)
            found = next((other for other in self.sessions if other.pid == holder), None)
            if found is None:
                return None
            session = found
        return session

    def _end(self, session: Session) -> None:
        commits = self.rng.random() < 0.8
        self._note(session, "commits" if commits else "rolls back")
        end(session, self.sessions, self.committed, commit=commits)
        self._collect()
        if commits:
            self._check()

    def _collect(self) -> None:
        """Judge the calls that waited for a lock and have ended by now."""
        progressed = True
        while progressed:
            progressed = False
            for session in self.sessions:
                waiting = self.waiting.get(session.name)
                if waiting is None or not self.world.settled(session, waiting.call):
                    continue
                del self.waiting[session.name]
                session.waiting = None
                session.locks = session.locks if session.changes else set()
                self._note(session, "waits no more")
                contended = self._locked_by_others(session) | waiting.move.keys
                self._judge(session, waiting.move, waiting.call.result(), contended, blocked=True)
                progressed = True

    def _judge(
        self, session: Session, move: Move, answer: Any, contended: set[str], *, blocked: bool
    ) -> None:
        if isinstance(answer, Refused):
            self.counts[f"refused {answer.sqlstate}"] += 1
            self._note(session, f"  refused with {answer.sqlstate}")
            # On a busy machine a wait may be over before anybody has seen it.
            if not (answer.sqlstate in moves.BUSY and (blocked or contended)):
                self._judged(session, move, answer, contended, blocked=blocked)
            session.end(commit=False)
            self._collect()
            return
        changes = self._judged(session, move, answer, contended, blocked=blocked)
        session.changes += changes
        session.locks |= move.keys | self._touched(session)
        if self.rng.random() >= LEFT_OPEN:
            end(session, self.sessions, self.committed, commit=True)
            self._collect()
            if changes or self.rng.random() < 0.2:
                self._check()

    def _judged(
        self, session: Session, move: Move, answer: Any, contended: set[str], *, blocked: bool
    ) -> list[Callable[[State], None]]:
        view = session.view(self.committed)
        scene = Scene(self.world, session, view, contended, blocked, self.tokens)
        return move.judge(scene, answer)

    def _touched(self, session: Session) -> set[str]:
        """The rows that the session's open transaction has changed, and so has locked."""
        view = session.view(self.committed)
        places = set(view.stopping) ^ set(self.committed.stopping)
        return places | {
            key
            for key in view.rows.keys() | self.committed.rows.keys()
            if view.rows.get(key) != self.committed.rows.get(key)
            or view.leases.get(key) != self.committed.leases.get(key)
        }

    def _locked_by_others(self, session: Session) -> set[str]:
        return set().union(*(other.locks for other in self.sessions if other is not session))

    def _note(self, session: Session | None, what: str) -> None:
        who = session.name if session else "time"
        self.trace.append(f"{self.steps:6d} {self.world.now:10.3f} {who:9s} {what}")

    # ---- who does what

    def _choose(self, session: Session) -> Move:
        return self._of_worker(session) if session.worker else self._of_person()

    def _of_person(self) -> Move:
        key = str(self.rng.randrange(KEYS))
        makers: Mapping[Callable[[], Move], int] = {
            self._insert: 30,
            lambda: moves.set_status(key, self.rng.choice(STATUSES)): 14,
            lambda: moves.edit(self.rng, key): 12,
            lambda: moves.cancel(key): 6,
            lambda: moves.retry(key, fresh=self.rng.random() < 0.2): 12,
            lambda: moves.delete(key): 5,
            lambda: operator_moves.redrive(self._all_keys()): 3,
            lambda: operator_moves.prune(self.rng.choice([0.0, 60.0, 3600.0])): 4,
            lambda: operator_moves.give_back(key): 3,
            self._change_rows: 5,
            self._limits: 3,
            lambda: operator_moves.pause(self.rng.random() < 0.3): 3,
        }
        return self.rng.choices(list(makers), list(makers.values()))[0]()

    def _limits(self) -> Move:
        limits = self.rng.choice([(None, None), (1, None), (3, 2), (4, 1)])
        return operator_moves.set_limits(*limits)

    def _change_rows(self) -> Move:
        actions: list[tuple[str, dict[str, Any]]] = [
            ("retry", {}), ("retry_fresh", {}), ("cancel", {}), ("give_back", {}),
            ("retry_from", {"step": self.rng.choice(moves.STEPS)}),
            ("priority", {"priority": self.rng.choice(moves.PRIORITIES)}),
        ]  # fmt: skip
        action, arguments = self.rng.choice(actions)
        statuses = self.rng.choice([(), ("failed",), ("failed", "completed"), ("pending",)])
        return operator_moves.change_rows(action, statuses, arguments, self._all_keys())

    def _insert(self) -> Move:
        self.born += 1
        return moves.insert(self.rng, str(self.rng.randrange(KEYS)), self.born)

    def _all_keys(self) -> frozenset[str]:
        return frozenset(map(str, range(KEYS)))

    def _of_worker(self, session: Session) -> Move:
        slots, keys = self.rng.randint(1, 4), self._all_keys()
        makers: Mapping[Callable[[], Move], int] = {
            lambda: worker_moves.claim(keys, slots, sweep=self.rng.random() < 0.3): 25,
            lambda: self._heartbeat(session): 12,
            lambda: worker_moves.take_back(keys): 5,
            lambda: self._finish(session): 30 * bool(self.tokens),
            lambda: self._checkpoint(session): 18 * bool(self.tokens),
            lambda: self._progress(session): 5 * bool(self.tokens),
            lambda: self._budget(session): 7 * bool(self.tokens),
            worker_moves.sign_off: 1,
        }
        return self.rng.choices(list(makers), list(makers.values()))[0]()

    def _token(self, session: Session) -> Token:
        """A run of this worker as a rule; sometimes an old one, or one of another worker."""
        recent = [token for token in self.tokens[-12:] if token.worker == session.worker]
        if recent and self.rng.random() < 0.7:
            return self.rng.choice(recent)
        return self.rng.choice(self.tokens[-30:])

    def _speaker(self, session: Session, token: Token) -> str:
        """Who sends the write: the worker of the run, which may be dead for all others, or not."""
        return token.worker if self.rng.random() < 0.9 else session.worker

    def _finish(self, session: Session) -> Move:
        token = self._token(session)
        worker = self._speaker(session, token)
        batch = {token.key: token}
        if worker == token.worker and self.rng.random() < 0.4:
            for other in self.tokens[-12:]:
                if other.worker == worker:
                    batch.setdefault(other.key, other)
        action = self.rng.choice(["complete"] * 5 + ["fail"] * 3 + ["retry_later", "release"])
        then_claim = self.rng.randint(1, 3) if worker == session.worker else 0
        return worker_moves.finish(
            list(batch.values()), worker, action, retryable=self.rng.random() < 0.7,
            then_claim=then_claim if self.rng.random() < 0.4 else 0,
        )  # fmt: skip

    def _checkpoint(self, session: Session) -> Move:
        token = self._token(session)
        row = session.view(self.committed).rows.get(token.key)
        worker = self._speaker(session, token)
        return moves.checkpoint(self.rng, token, worker, row.round if row else 0)

    def _budget(self, session: Session) -> Move:
        token = self._token(session)
        worker = self._speaker(session, token)
        return budget_moves.reserve_or_spend(
            self.rng, token, worker, self.committed, self.world.now
        )

    def _progress(self, session: Session) -> Move:
        token = self._token(session)
        return moves.progress(token, self._speaker(session, token))

    def _heartbeat(self, session: Session) -> Move:
        mine = [token for token in self.tokens[-20:] if token.worker == session.worker]
        held = [token for token in mine if self.rng.random() < 0.9]
        stopped = [token for token in mine if self.rng.random() < 0.2]
        return worker_moves.heartbeat(held, stopped)

    # ---- what must hold

    def _check(self) -> None:
        """Compare all that is committed with the model, and check what must hold in any case."""
        compare(self.world.seen(), self.committed, self.world.now)
        for key, row in self.committed.rows.items():
            born, run = self.highest.get(key, (row.born, row.run))
            expect(row.born != born or row.run >= run, "the run of", key, "went back to", row.run)
            self.highest[key] = (row.born, row.run)

    def _drain(self) -> None:
        """Let all transactions end; then a lone worker must bring every row to its end."""
        self._end_all()
        session = self.sessions[0]
        session.worker = self._new_worker()
        self._alone(session, operator_moves.pause(False))
        for _ in range(12 * KEYS):
            open_rows = [x for x in self.committed.rows.values() if x.status not in TERMINAL]
            if not open_rows:
                return
            self.world.move(25)
            self._alone(session, worker_moves.heartbeat([], []))
            before = len(self.tokens)
            self._alone(session, worker_moves.claim(self._all_keys(), 3, sweep=True))
            for token in self.tokens[before:]:
                done = worker_moves.finish([token], token.worker, "complete", retryable=True)
                self._alone(session, done)
        raise Diverged(f"rows that nobody brings to an end: {open_rows}")

    def _end_all(self) -> None:
        while any(session.open for session in self.sessions):
            for session in self.sessions:
                if session.open and session.waiting is None:
                    end(session, self.sessions, self.committed, commit=True)
                    self._note(session, "commits at the end")
                    self._collect()
        self._check()

    def _alone(self, session: Session, move: Move) -> None:
        self._note(session, move.what)
        call = session.start(lambda: move.call(session))
        expect(self.world.settled(session, call), "a lone session waits for a lock")
        session.changes += self._judged(session, move, call.result(), set(), blocked=False)
        end(session, self.sessions, self.committed, commit=True)
        self._check()

    def close(self) -> None:
        """Give the connections back, also those whose call still waits."""
        for waiting in (session for session in self.sessions if session.waiting is not None):
            waiting.connection.cancel()
        for session in self.sessions:
            session.close()
