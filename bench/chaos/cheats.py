"""Judges what the service was asked for by order of users: no call beyond a limit or a refusal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime

from bench.chaos.finding import Finding
from bench.chaos.world import World
from bench.chaos.world.paid import Call

FIRST_ORDER = 1_000_000_000
DAILY_CALLS = 6
"""As `orders` is attached."""
FEWEST_TRIES = 30
"""With so many tries of cheaters some honest user must have been served, or nothing was shown."""


async def judge_cheats(world: World) -> list[Finding]:
    """Compare the calls of the service with the orders that the database took."""
    accounts = {
        thing: str(account)
        for thing, account in await world.ask(
            "select thing, account from chaos.orders where op = 'INSERT'"
        )
    }
    found = judge_payers(world.service.calls, accounts)
    if world.shop is None:
        return found
    present = {thing for (thing,) in await world.ask("select id from public.orders")}
    found += [
        Finding("lost", thing, 0, "an honest order, acknowledged, and gone")
        for _, thing in world.shop.honest
        if thing not in present
    ]
    ((served,),) = await world.ask(
        "select count(*) from public.orders where processing_status = 'completed'"
        " and wants like 'h%'"
    )
    if sum(world.shop.codes.values()) > FEWEST_TRIES and not served:
        found.append(Finding("no honest order served", 0, 0, "the tries of cheaters show nothing"))
    return found


def judge_payers(calls: Iterable[Call], accounts: dict[int, str]) -> list[Finding]:
    """Find calls for orders that were refused, and more calls than an account may pay for."""
    found: list[Finding] = []
    paid: Counter[tuple[str, date]] = Counter()
    for call in calls:
        if call.thing < FIRST_ORDER:
            continue
        account = accounts.get(call.thing)
        if account is None:
            found.append(Finding("paid call for a refused order", call.thing, call.at, call.prompt))
            continue
        day = datetime.fromtimestamp(call.at, UTC).date()
        paid[account, day] += 1
        if paid[account, day] > DAILY_CALLS:
            details = f"call {paid[account, day]} of {account}"
            found.append(Finding("paid call beyond the limit", call.thing, call.at, details))
    return found
