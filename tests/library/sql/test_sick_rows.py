"""A row that the database refuses to change keeps no action of an operator from taking effect.

Also not if a constraint trigger refuses it that runs at the commit by default.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import psycopg
import pytest

from tests.library.sql.budgeting import budget
from tests.library.sql.questions import PIPELINE, ask, attach, look, one
from tests.support.queue import Connection, Queue

DAY = 86400
FAILED = {"pipeline": PIPELINE, "status": ["failed"]}

Sicken: TypeAlias = Callable[[str], None]


@pytest.fixture(params=["before", "at the commit"])
def sicken(request: pytest.FixtureRequest, owner: Connection) -> Sicken:
    """Let the database refuse each change of the row with this key."""
    kind = {
        "before": "trigger refuse before update on public.questions",
        "at the commit": "constraint trigger refuse after update on public.questions"
        " deferrable initially deferred",
    }[request.param]

    def sicken(key: str) -> None:
        owner.execute(
            "create function public.refuse() returns trigger language plpgsql as"
            f" $$ begin if new.id = {key} then raise 'no'; end if; return new; end $$;"
            f"create {kind} for each row execute function public.refuse()"
        )

    return sicken


def over_budget(owner: Connection, queue: Queue, count: int) -> list[str]:
    """Let so many rows wait until tomorrow for the budget of calls, which is 0."""
    attach(owner, owner="account_id", daily_limits={"calls": 0}, over_budget="wait")
    keys = ask(owner, count)
    for row in queue.claim(PIPELINE, slots=count):
        queue.end(row, "retry_later", error={"code": "budget_reached"}, retry_after=DAY)
    assert queue.claim(PIPELINE) == []
    return keys


def fail_all(owner: Connection, queue: Queue, count: int) -> list[str]:
    keys = ask(owner, count)
    for row in queue.claim(PIPELINE, slots=count):
        queue.fail(row, retryable=False)
    return keys


def claimed(queue: Queue) -> set[str]:
    return {row["id"] for row in queue.claim(PIPELINE, slots=9)}


def test_a_raised_budget_holds_and_wakes_the_other_rows(
    owner: Connection, queue: Queue, sicken: Sicken
) -> None:
    keys = over_budget(owner, queue, 5)
    sicken(keys[2])
    assert budget(owner, "calls", 9, pipeline=PIPELINE, per="owner")["limit"] == 9
    assert claimed(queue) == set(keys) - {keys[2]}


def test_a_new_attach_with_a_higher_limit_wakes_the_other_rows(
    owner: Connection, queue: Queue, sicken: Sicken
) -> None:
    keys = over_budget(owner, queue, 3)
    sicken(keys[0])
    attach(owner, owner="account_id", daily_limits={"calls": 9}, over_budget="wait")
    assert claimed(queue) == set(keys[1:])


def test_redrive_queues_the_other_rows_and_counts_the_refused_one(
    owner: Connection, queue: Queue, sicken: Sicken
) -> None:
    attach(owner, owner="account_id")
    keys = fail_all(owner, queue, 3)
    sicken(keys[1])
    assert queue.call("redrive", pipeline=PIPELINE) == {"queued": 2, "refused": 1}
    assert claimed(queue) == {keys[0], keys[2]}
    assert look(owner, keys[1])["status"] == "failed"


@pytest.mark.parametrize(
    ("action", "arguments"), [("retry", {}), ("retry_fresh", {}), ("retry_from", {"step": "read"})]
)
def test_a_retry_of_many_rows_queues_the_others(
    owner: Connection, queue: Queue, sicken: Sicken, action: str, arguments: dict[str, str]
) -> None:
    attach(owner, owner="account_id")
    keys = fail_all(owner, queue, 3)
    sicken(keys[1])
    answer = queue.call(
        "change_rows", action=action, filter=FAILED, operator="ann", arguments=arguments
    )
    assert (answer["changed"], answer["refused"]) == (2, 1)
    assert claimed(queue) == {keys[0], keys[2]}


@pytest.mark.parametrize(("action", "arguments"), [("cancel", {}), ("priority", {"priority": 7})])
def test_a_cancel_or_priority_of_many_rows_changes_the_others(
    owner: Connection, queue: Queue, sicken: Sicken, action: str, arguments: dict[str, int]
) -> None:
    attach(owner, owner="account_id")
    keys = ask(owner, 3)
    sicken(keys[1])
    wanted = {"pipeline": PIPELINE, "status": ["pending"]}
    answer = queue.call(
        "change_rows", action=action, filter=wanted, operator="ann", arguments=arguments
    )
    assert (answer["changed"], answer["refused"]) == (2, 1)
    changed = [(look(owner, key)["status"], look(owner, key)["priority"]) for key in keys]
    assert changed[1] == ("pending", 0)
    assert changed[0] == changed[2] != changed[1]


@pytest.mark.parametrize("action", ["set_budget", "redrive", "change_rows"])
def test_a_transaction_that_goes_on_may_break_a_deferred_constraint_for_a_while(
    owner: Connection, queue: Queue, action: str
) -> None:
    """The check before the end of the action does not stay switched on."""
    over_budget(owner, queue, 2)
    owner.execute(
        "create table public.firms (id integer primary key);"
        "create table public.people (firm integer references public.firms"
        " deferrable initially deferred)"
    )
    call = {
        "set_budget": "processing.set_budget('calls', 9, 'ann')",
        "redrive": f"processing.redrive('{PIPELINE}')",
        "change_rows": "processing.change_rows('retry', '{\"status\": [\"pending\"]}', 'ann')",
    }[action]
    with owner.transaction():
        owner.execute(f"select {call}")
        owner.execute("insert into public.people values (1)")
        owner.execute("insert into public.firms values (1)")
    assert one(owner, "select count(*) from public.people") == 1
    with pytest.raises(psycopg.errors.ForeignKeyViolation), owner.transaction():
        owner.execute("insert into public.people values (2)")
