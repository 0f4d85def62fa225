"""What runs ask of a budget: reserve before a paid call, and spend after it."""

from __future__ import annotations

import uuid
from functools import partial
from random import Random
from typing import Any

from psycopg.types.json import Jsonb

from tests.library.interleaving.moves import Move, Scene, Token, expect, gave_up, stale, told
from tests.library.interleaving.sessions import PIPELINE, TABLE, Session
from tests.library.interleaving.state import DAILY_TOKENS, Change, Reservation, State, day_of

COUNTERS = "budget"
"""Stands for the counters, which a reservation may lock."""


def reserve_or_spend(rng: Random, token: Token, worker: str, committed: State, now: float) -> Move:
    """A call is reserved, or one that was reserved earlier on this day has been paid."""
    # A worker pays for nothing before it knows that the reservation is committed.
    today = [(name, x) for name, x in committed.reservations.items() if x.day == day_of(now)]
    if today and rng.random() < 0.4:
        name, made = rng.choice(today)
        return spend(name, made, rng.randrange(made.tokens + 1))
    name = str(uuid.UUID(int=rng.getrandbits(128), version=4))
    return reserve(token, worker, name, rng.choice([10, 60, 250, DAILY_TOKENS + 1]))


def reserve(token: Token, worker: str, name: str, tokens: int) -> Move:
    def judge(scene: Scene, answer: Any) -> list[Change]:
        if gave_up(scene, answer, token.key, COUNTERS):
            return []
        if stale(scene, token, worker, answer):
            return []
        today = day_of(scene.now)
        granted, fits = answer == {}, scene.view.used_on(today) + tokens <= DAILY_TOKENS
        expect(granted == fits or scene.disputed(COUNTERS), tokens, "tokens were answered with",
               answer, "beside", scene.view.used_on(today))  # fmt: skip
        made = Reservation(token, tokens, today)
        return [lambda state: state.reservations.update({name: made})] if granted else []

    def call(session: Session) -> Any:
        return session.queue(worker).call(
            "reserve", worker=worker, table_name=TABLE, row_id=token.key, run=token.run,
            nonce=token.nonce, reservation=name, amounts=Jsonb({"input_tokens": tokens}),
        )  # fmt: skip

    return Move(
        f"reserve {tokens} for {told(token)}", call, judge, frozenset({token.key, COUNTERS})
    )


def spend(name: str, made: Reservation, tokens: int) -> Move:
    """Usage counts once, whatever has become of the run, and however often it is told."""
    entry = str(uuid.uuid5(uuid.NAMESPACE_OID, name))
    token: Token = made.token

    def judge(scene: Scene, answer: Any) -> list[Change]:
        if gave_up(scene, answer, COUNTERS):
            return []
        new = name in scene.view.reservations
        expect(answer == {"written": int(new)} or scene.blocked, "spend answered", answer)
        return [partial(_spent, name=name, tokens=tokens)] if new else []

    def call(session: Session) -> Any:
        line = {
            "entry": entry, "table": TABLE, "id": token.key, "run": token.run, "step": "read",
            "nonce": token.nonce, "pipeline": PIPELINE, "input_tokens": tokens, "reservation": name,
        }  # fmt: skip
        queue = session.queue(token.worker)
        return queue.call("spend", worker=token.worker, entries=Jsonb([line]))

    return Move(f"spend {tokens} of {made.tokens} for {told(token)}", call, judge,
                frozenset({COUNTERS}))  # fmt: skip


def _spent(state: State, *, name: str, tokens: int) -> None:
    made = state.reservations.pop(name, None)
    if made is not None:
        state.spent[made.day] = state.spent.get(made.day, 0) + tokens
