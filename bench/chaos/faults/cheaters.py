"""What users try who want paid work for nothing, or what is not theirs, while faults happen.

Whether a limit held is judged in SQL, from journals. Here it is only counted what was answered.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any, TypeAlias
from uuid import UUID

from bench.chaos.faults.fault import Fault, Injection, tolerant
from bench.chaos.world import World
from bench.chaos.world.shop import CHEAT, TOPICS, Reply, Shop, User

LANE = "cheaters"
ORDER_SECONDS = 20.0
CHAINS, CHAIN_TRIES = 4, 6
"""As many orders at once as may be open, and in all far more than 6 paid calls can pay for."""
LIMIT_SECONDS = 60.0
DELETED_WHILE_RUNNING = 0.3

Play: TypeAlias = Callable[[World, Shop, User, Random], Awaitable[list[Reply]]]


def _cheat(kind: str, play: Play, *, may_succeed: bool = False) -> Fault:
    """A fault that lets a new user try this. Where it may not succeed, success is noted."""

    async def inject(world: World, chance: Random, note: Injection) -> None:
        assert world.shop is not None
        replies = await play(world, world.shop, User(world.shop, chance), chance)
        if not replies:
            note.failed = "no order to cheat with"
        note.tried = len(replies)
        for reply in replies:
            world.shop.codes[kind, f"{reply.answer} {reply.code}"] += 1
            note.refused += reply.answer == "refused"
            note.unanswered += reply.answer == "unanswered"
            note.succeeded += reply.answer == "taken" and not may_succeed

    return Fault(kind, LANE, inject, lacks=_lacks)


def _lacks(world: World) -> str | None:
    return None if world.shop is not None else "there is no Data API"


def _order(chance: Random, wants: str = CHEAT, **more: Any) -> dict[str, Any]:
    return {"topic": chance.choice(TOPICS), "wants": f"{wants}{chance.random()}", **more}


async def _ordered(user: User, chance: Random) -> int | None:
    reply = await user.insert(_order(chance))
    return reply.rows[0]["id"] if reply.rows else None


async def _until(world: World, thing: int, *statuses: str) -> bool:
    """Wait until the order has one of these statuses, but not for ever."""
    listed = ", ".join(f"'{status}'" for status in statuses)
    query = f"select 1 from public.orders where id = {thing} and processing_status in ({listed})"
    limit = time.monotonic() + ORDER_SECONDS
    while time.monotonic() < limit:
        if await tolerant(world, query):
            return True
        await asyncio.sleep(0.1)
    return False


WORKERS_COLUMNS: dict[str, Any] = {
    "said": "say(what I want)", "by_run": 1, "processing_status": "failed",
    "processing_attempts": -9, "processing_run": 5, "processing_priority": 9,
    "processing_pipeline": "three-paid", "processing_started_at": "2020-01-01",
}  # fmt: skip


async def set_columns(world: World, _shop: Shop, user: User, chance: Random) -> list[Reply]:
    replies = [
        await user.insert(_order(chance, **{name: value}))
        for name, value in chance.sample(sorted(WORKERS_COLUMNS.items()), 2)
    ]
    thing = await _ordered(user, chance)
    if thing is None:
        return replies
    await _until(world, thing, chance.choice(("processing", "completed")))
    for name, value in chance.sample(sorted(WORKERS_COLUMNS.items()), 3):
        # The same value again is no change, and not refused.
        other = f"{value}!" if name == "said" else 77 if isinstance(value, int) else value
        replies.append(await user.update(thing, values={name: other}))
    return replies


async def take_rows(_world: World, shop: Shop, user: User, chance: Random) -> list[Reply]:
    if not shop.honest:
        return []
    victim, thing = chance.choice(shop.honest[-30:])
    return [
        await user.update(thing, wants=CHEAT),
        await user.delete(thing),
        await user.insert(_order(chance, account=victim.id)),
        await user.insert(_order(chance, recording=f"{victim.id}/take.wav")),
        await user.insert(_order(chance, recording=f"{user.id}x/../{victim.id}/take.wav")),
        await user.insert(
            {"type": "INTERVIEW_ANALYSE", "interview_original_audio_path": f"{victim.id}/a.wav"},
            table="timeline_items",
        ),
    ]


async def give_away(world: World, shop: Shop, user: User, chance: Random) -> list[Reply]:
    """The bill of a running order is to go to somebody else."""
    thing = await _ordered(user, chance)
    if thing is None or not shop.honest:
        return []
    await _until(world, thing, "processing")
    victim, _ = chance.choice(shop.honest[-30:])
    return [
        await user.update(thing, account=victim.id),
        await user.update(thing, recording=f"{victim.id}/take.wav"),
    ]


async def retry_free(world: World, _shop: Shop, user: User, chance: Random) -> list[Reply]:
    thing = await _ordered(user, chance)
    if thing is None or not await _until(world, thing, "completed", "failed"):
        return []
    named = {"table_name": "public.orders", "row_id": str(thing), "requested_by": user.id}
    return [
        await user.update(thing, processing_status="pending"),
        await user.update(thing, processing_status="cancelled"),
        await user.update(thing, wants=f"{CHEAT} again", processing_status="pending"),
        await user.inside("/rpc/retry", {**named, "fresh": True}),
    ]


async def insert_many(_world: World, _shop: Shop, user: User, chance: Random) -> list[Reply]:
    """More orders than one may have open: in one request, and in many at the same time."""
    together = await user.insert(*(_order(chance) for _ in range(5)))
    orders = [_order(chance) for _ in range(8)]
    return [together, *await asyncio.gather(*(user.insert(order) for order in orders))]


async def pass_limit(world: World, _shop: Shop, user: User, chance: Random) -> list[Reply]:
    """As many orders at once as one may have open, each deleted when it runs or is done."""
    limit = time.monotonic() + LIMIT_SECONDS
    chains = (_order_on(world, user, Random(chance.random()), limit) for _ in range(CHAINS))
    return [reply for chain in await asyncio.gather(*chains) for reply in chain]


async def _order_on(world: World, user: User, chance: Random, limit: float) -> list[Reply]:
    replies: list[Reply] = []
    while len(replies) < CHAIN_TRIES and time.monotonic() < limit:
        reply = await user.insert(_order(chance))
        replies.append(reply)
        for row in reply.rows:
            running = ("processing",) if chance.random() < DELETED_WHILE_RUNNING else ()
            await _until(world, row["id"], "completed", "failed", *running)
            await asyncio.sleep(chance.uniform(0, 0.4))
            await user.delete(row["id"])
    return replies


async def edit_running(world: World, _shop: Shop, user: User, chance: Random) -> list[Reply]:
    """Other inputs again and again, to get several answers for one order."""
    thing = await _ordered(user, chance)
    if thing is None:
        return []
    await _until(world, thing, "processing")
    replies = []
    for number in range(4):
        await asyncio.sleep(chance.uniform(0, 0.3))
        replies.append(
            await user.update(thing, topic=chance.choice(TOPICS), wants=f"{CHEAT} edit {number}")
        )
    return replies


FORGED: dict[str, Any] = {
    "worker": str(UUID(int=1)), "table_name": "public.orders", "row_id": "1000000000", "run": 1,
    "nonce": str(UUID(int=2)), "step": "look", "version": "1", "input_hash": "0",
    "keep": "content", "shareable": True,
}  # fmt: skip


async def poison(_world: World, _shop: Shop, user: User, chance: Random) -> list[Reply]:
    """Answers that others share are to say what a cheater wants."""
    topic = chance.choice(TOPICS)
    forged = {"step": "look", "output": f"look({topic}) {CHEAT}", "shareable": True}
    replies = [
        await user.inside("/checkpoints", forged),
        await user.inside("/rpc/checkpoint", FORGED | {"output": f"look({topic}) {CHEAT}"}),
        await user.insert({"domain": "acme.test", "name": CHEAT}, table="companies"),
        await user.insert(_order(chance, topic=topic, said=f"look({topic}) {CHEAT}")),
    ]
    await user.insert({"topic": topic, "wants": f"{CHEAT}) look({topic}"})
    return replies


FAULTS = [
    _cheat("cheater sets the worker's columns", set_columns),
    _cheat("cheater reaches for another owner's rows", take_rows),
    _cheat("cheater gives a running order away", give_away),
    _cheat("cheater repeats a finished order", retry_free),
    _cheat("cheater adds more than may be open", insert_many, may_succeed=True),
    _cheat("cheater passes the daily limit", pass_limit, may_succeed=True),
    _cheat("cheater edits a running order", edit_running, may_succeed=True),
    _cheat("cheater poisons shared answers", poison),
]
