"""The judges of the chaos find calls for which nobody may be made to pay."""

from __future__ import annotations

from bench.chaos.cheats import DAILY_CALLS, FIRST_ORDER, judge_payers
from bench.chaos.world.paid import Call

NOON = 1_700_000_000.0
ORDER = FIRST_ORDER + 1


def call(thing: int = ORDER, at: float = NOON) -> Call:
    return Call(step="say", thing=thing, prompt="x", run=1, process=1, key="k", at=at)


def found(*calls: Call, accounts: dict[int, str] | None = None) -> list[str]:
    return [one.what for one in judge_payers(calls, accounts or {ORDER: "ann"})]


def test_a_call_for_an_order_that_the_database_never_took_is_found() -> None:
    assert found(call(), call(ORDER + 1)) == ["paid call for a refused order"]


def test_each_call_beyond_an_accounts_limit_of_a_day_is_found() -> None:
    assert found(*(call() for _ in range(DAILY_CALLS))) == []
    beyond = found(*(call() for _ in range(DAILY_CALLS + 2)))
    assert beyond == ["paid call beyond the limit"] * 2


def test_calls_of_other_accounts_other_days_and_rows_without_an_account_do_not_count() -> None:
    calls = [call() for _ in range(DAILY_CALLS)]
    assert found(*calls, call(at=NOON + 86_400), call(thing=1)) == []
    assert found(*calls, call(ORDER + 1), accounts={ORDER: "ann", ORDER + 1: "bob"}) == []
