"""Which users may read and write which data about companies."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg.errors import CheckViolation, InsufficientPrivilege

from tests.app.companies.asking import ask, ask_for_many, share
from tests.library.sql.questions import one
from tests.support.queue import Connection


def test_users_see_their_own_requests_and_the_companies_that_those_are_about(
    alice: Connection, bob: Connection, owner: Connection
) -> None:
    ask(alice)
    ask_for_many(alice, ["Umbra"])
    share(owner, "acme.example")
    owner.execute(
        "update public.company_research set company_id = (select id from public.companies)"
        " where company_name = 'Acme'"
    )
    for table, own in (
        ("company_research", 2),
        ("batch_jobs", 1),
        ("companies", 1),
        ("company_research_history", 1),
    ):
        assert one(alice, f"select count(*) from public.{table}") == own
        assert one(bob, f"select count(*) from public.{table}") == 0, "who asks is nobody's"


@pytest.mark.parametrize(
    "statement",
    [
        "insert into public.companies (id, key, profile, researched_at, expires_at)"
        " values (gen_random_uuid(), 'x', '{}', now(), now())",
        "update public.companies set name = 'Evil'",
        "delete from public.companies",
        "insert into public.company_research_history (company_id, profile)"
        " select id, '{}' from public.companies",
        "select count(*) from public.company_flights",
        "select public.take_company('acme.example', gen_random_uuid())",
        "select public.domain_of_company('acme')",
        "select public.refresh_due_companies()",
        "update public.batch_jobs set completed = 1",
        "insert into public.batch_jobs (companies, total) values ('[\"A\"]', 7)",
        "update public.company_research set result = '{}'",
        "update public.company_research set company_id = gen_random_uuid()",
        "insert into public.company_research (company_name, posting) values ('A', '{}')",
        "insert into public.company_research (company_name, batch_id)"
        " select 'A', id from public.batch_jobs",
    ],
)
def test_users_write_no_shared_row_and_no_counter(
    alice: Connection, owner: Connection, statement: str
) -> None:
    ask(alice)
    share(owner, "acme.example")
    with pytest.raises(InsufficientPrivilege):
        alice.execute(statement)


def test_a_brief_for_a_position_reads_its_posting_and_only_ones_own(
    alice: Connection, bob: Connection, owner: Connection
) -> None:
    position = one(
        alice,
        "insert into public.job_positions (raw_job_description) values ('Tester') returning id",
    )
    owner.execute(
        "update public.job_positions set job_title = 'Tester', salary_min = 31000,"
        " salary_currency = 'GBP'"
    )
    ask(alice, job_position_id=position)
    posting = one(owner, "select posting from public.company_research")
    assert (posting["title"], posting["salary_min"]) == ("Tester", 31000)
    with pytest.raises(InsufficientPrivilege):
        ask(bob, job_position_id=position)


@pytest.mark.parametrize(
    "columns",
    [
        {"company_url": "javascript:alert(1)"},
        {"company_url": "https://" + "x" * 2050},
        {"role": "x" * 201},
        {"name": "  "},
        {"name": "x" * 201},
    ],
)
def test_limits_hold_for_a_browser_too(alice: Connection, columns: dict[str, Any]) -> None:
    with pytest.raises(CheckViolation):
        ask(alice, **columns)
