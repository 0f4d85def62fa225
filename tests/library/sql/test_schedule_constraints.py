"""Constraints that are checked late, and schedules that run in one call one after another."""

from __future__ import annotations

import pytest

from tests.library.sql.ticks import TABLE, go_to, run, schedule
from tests.support.databases import Clock
from tests.support.queue import Connection


@pytest.fixture(autouse=True)
def ticks(owner: Connection) -> None:
    owner.execute(TABLE)


DEFERRED = """
create table public.pairs (
    id int primary key,
    other int references public.pairs deferrable initially deferred
);
create function public.two_parts() returns void language plpgsql as $$
begin
    insert into public.pairs values (5, 6);
    insert into public.pairs values (6, 5);
end $$
"""


def test_a_deferred_check_fails_the_schedule_and_not_the_call(
    owner: Connection, clock: Clock
) -> None:
    owner.execute(DEFERRED)
    due = schedule(owner, "a-dangling", statement="insert into public.pairs values (1, 2)")
    schedule(owner, "b-circle", statement="insert into public.pairs values (3, 4), (4, 3)")
    schedule(owner, "c-two-parts", statement="select public.two_parts()")
    go_to(owner, clock, due)
    assert [(ran["outcome"], ran.get("sqlstate")) for ran in run(owner)] == [
        ("failed", "23503"), ("done", None), ("done", None),
    ]  # fmt: skip


def test_a_constraint_with_the_name_of_a_deferred_one_fails_no_schedule(
    owner: Connection, clock: Clock
) -> None:
    owner.execute(
        "create table public.late ("
        "id int constraint same_name unique deferrable initially deferred)"
    )
    owner.execute("create table public.strict (id int constraint same_name check (id > 0))")
    due = schedule(owner)
    go_to(owner, clock, due)
    assert [ran["outcome"] for ran in run(owner)] == ["done"]


IMMEDIATE = """
create table public.keys (id int unique deferrable initially immediate);
create function public.twice() returns void language plpgsql as $$
begin
    insert into public.keys values (1);
    insert into public.keys values (1);
exception
    when unique_violation then
        null;
end $$
"""


def test_a_check_means_the_same_after_another_schedule(owner: Connection, clock: Clock) -> None:
    owner.execute(IMMEDIATE)
    due = schedule(owner, "a-first")
    schedule(owner, "b-catches", statement="select public.twice()")
    go_to(owner, clock, due)
    assert [ran["outcome"] for ran in run(owner)] == ["done", "done"]
