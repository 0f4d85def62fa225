"""One row at a time researches a company, and all users share the result for a week."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.app.companies.asking import DAY, PIPELINE, ask, share
from tests.library.sql.questions import one
from tests.support.databases import Clock, Connections, Database
from tests.support.queue import Connection, Queue


class Takers:
    """Running rows, each of another user, and what the database tells each about a company."""

    def __init__(self, owner: Connection, service: Connection) -> None:
        self.owner = owner
        self.service = service
        self.worker = Queue(service)

    def at_work(self) -> str:
        user = one(
            self.owner, "insert into auth.users (id) values (gen_random_uuid()) returning id"
        )
        row_id = ask(self.owner, account_id=user)
        claimed = self.worker.claim_one(PIPELINE)
        assert claimed["id"] == row_id
        return row_id

    def take(self, row_id: str, key: str = "acme.example", **more: Any) -> str:
        named = {"key": key, "research_id": row_id, **more}
        arguments = ", ".join(f"{name} => %({name})s" for name in named)
        answer = self.service.execute(
            f"select public.take_company({arguments}) ->> 'state'", named
        ).fetchone()
        assert answer is not None
        return str(answer[0])


@pytest.fixture
def takers(owner: Connection, service: Connection) -> Takers:
    return Takers(owner, service)


def test_one_row_at_a_time_researches_a_company(takers: Takers, owner: Connection) -> None:
    first, second = takers.at_work(), takers.at_work()
    assert takers.take(first) == "yours"
    assert takers.take(first) == "yours", "also after a lost reply"
    assert takers.take(second) == "busy"
    assert takers.take(second, "umbra.example") == "yours"
    share(owner, "acme.example")
    end_row(owner, first)
    assert takers.take(second) == "known"


def end_row(connection: Connection, row_id: str, status: str = "completed") -> None:
    connection.execute(
        "update public.company_research set processing_status = %s where id = %s",
        [status, row_id],
    )


@pytest.mark.parametrize("status", ["failed", "cancelled", "pending"])
def test_a_row_that_has_stopped_is_in_nobodys_way(
    takers: Takers, owner: Connection, status: str
) -> None:
    first, second = takers.at_work(), takers.at_work()
    assert takers.take(first) == "yours"
    end_row(owner, first, status)
    assert takers.take(second) == "yours"


def test_a_deleted_row_is_in_nobodys_way(takers: Takers, owner: Connection) -> None:
    first, second = takers.at_work(), takers.at_work()
    assert takers.take(first) == "yours"
    owner.execute("delete from public.company_research where id = %s", [first])
    assert takers.take(second) == "yours"


def test_of_many_at_once_exactly_one_is_told_to_go(
    database: Database, connect: Connections, takers: Takers
) -> None:
    rows = [takers.at_work() for _ in range(8)]
    others = [Takers(takers.owner, connect(database, "service_role")) for _ in rows]
    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(lambda pair: pair[0].take(pair[1]), zip(others, rows, strict=True)))
    assert sorted(told) == ["busy"] * 7 + ["yours"]


def test_what_is_known_counts_for_seven_days(
    takers: Takers, owner: Connection, clock: Clock
) -> None:
    share(owner, "acme.example")
    row_id = takers.at_work()
    clock.advance(7 * DAY - 60)
    assert takers.take(row_id) == "known"
    clock.advance(120)
    assert takers.take(row_id) == "yours"


def test_what_may_grow_counts_for_an_hour(takers: Takers, owner: Connection, clock: Clock) -> None:
    share(owner, "acme.example", may_grow=True)
    row_id = takers.at_work()
    clock.advance(3600 - 60)
    assert takers.take(row_id) == "known"
    clock.advance(120)
    assert takers.take(row_id) == "yours"


def test_what_may_grow_does_not_replace_what_is_whole_and_fresh(
    owner: Connection, clock: Clock
) -> None:
    share(owner, "acme.example", profile={"n": 1})
    share(owner, "acme.example", profile={"n": 2}, may_grow=True)
    assert one(owner, "select profile from public.companies") == {"n": 1}
    assert one(owner, "select count(*) from public.company_research_history") == 1
    share(owner, "acme.example", profile={"n": 3}, may_grow=True, deep=True)
    assert one(owner, "select profile from public.companies") == {"n": 3}
    share(owner, "acme.example", profile={"n": 4, "model": "m"}, deep=True)
    clock.advance(7 * DAY + 60)
    share(owner, "acme.example", profile={"n": 5}, may_grow=True)
    assert one(owner, "select profile from public.companies") == {"n": 5}


def test_an_older_worker_does_not_replace_the_profile_of_a_newer_one(
    owner: Connection, clock: Clock
) -> None:
    share(owner, "acme.example", profile={"version": 10})
    share(owner, "acme.example", profile={"version": 9, "model": "m"}, deep=True)
    assert one(owner, "select profile from public.companies") == {"version": 10}
    assert one(owner, "select count(*) from public.company_research_history") == 1
    clock.advance(7 * DAY + 60)
    share(owner, "acme.example", profile={"version": 9})
    assert one(owner, "select profile from public.companies") == {"version": 9}


def test_a_full_profile_of_an_older_version_does_not_keep_off_a_newer_one(
    takers: Takers, owner: Connection
) -> None:
    share(owner, "acme.example", profile={"version": 9, "model": "m"}, deep=True)
    share(owner, "acme.example", profile={"version": 10}, may_grow=True)
    assert one(owner, "select profile from public.companies") == {"version": 10}
    share(owner, "acme.example", profile={"version": 10, "model": "m"})
    share(owner, "acme.example", profile={"version": 10}, may_grow=True)
    assert one(owner, "select profile from public.companies") == {"version": 10, "model": "m"}
    assert takers.take(takers.at_work(), profile_version=10) == "known"


def test_what_is_known_must_be_as_good_as_what_is_wanted(takers: Takers, owner: Connection) -> None:
    share(owner, "acme.example")
    share(owner, "deep.example", deep=True, profile={"model": "m"})
    row_id = takers.at_work()
    assert takers.take(row_id, deep=True) == "yours"
    assert takers.take(row_id, with_model=True) == "yours"
    assert takers.take(row_id, "deep.example", deep=True, with_model=True) == "known"
    assert takers.take(row_id, "deep.example") == "known"


def test_while_a_profile_of_an_older_version_is_made_anew_others_wait(
    takers: Takers, owner: Connection
) -> None:
    share(owner, "acme.example", profile={"version": 2})
    first, second = takers.at_work(), takers.at_work()
    assert takers.take(first, profile_version=2) == "known"
    assert takers.take(first, profile_version=3) == "yours"
    assert takers.take(second, profile_version=3) == "busy"
    share(owner, "acme.example", profile={"version": 3})
    end_row(owner, first)
    assert takers.take(second, profile_version=3) == "known"


def test_asked_again_for_what_was_delivered_it_looks_again_at_most_once_an_hour(
    takers: Takers, owner: Connection, clock: Clock
) -> None:
    share(owner, "acme.example")
    row_id = takers.at_work()
    assert takers.take(row_id) == "known"
    owner.execute("update public.company_research set result = '{}' where id = %s", [row_id])
    assert takers.take(row_id) == "known"
    clock.advance(3601)
    assert takers.take(row_id) == "yours"


def test_each_profile_is_kept_in_the_history(owner: Connection) -> None:
    share(owner, "acme.example", profile={"n": 1}, name="Acme")
    share(owner, "acme.example", profile={"n": 2}, name="Acme Pumps")
    assert owner.execute("select name, profile from public.companies").fetchall() == [
        ("Acme Pumps", {"n": 2})
    ]
    found = owner.execute("select profile from public.company_research_history order by profile")
    assert found.fetchall() == [({"n": 1},), ({"n": 2},)]


def test_a_name_leads_to_a_domain_only_if_it_is_the_only_one(owner: Connection) -> None:
    share(owner, "acme.example", known_names=["acme"])
    share(owner, "umbra.example", known_names=["umbra"])
    share(owner, "umbra.test", known_names=["umbra"])
    assert one(owner, "select public.domain_of_company('acme')") == "acme.example"
    assert one(owner, "select public.domain_of_company('umbra')") is None
    assert one(owner, "select public.domain_of_company('nobody')") is None
