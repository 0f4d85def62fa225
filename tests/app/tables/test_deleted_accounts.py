"""After an account is deleted its costs are still known, but not that they were its costs."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.support.databases import Database
from tests.support.queue import Queue, paid

PIPELINE = "enrich-job-position"


def test_the_usage_of_a_deleted_account_names_nobody(database: Database) -> None:
    account = uuid4()
    with psycopg.connect(database.superuser_dsn, autocommit=True) as connection:
        connection.execute("insert into auth.users (id) values (%s)", [account])
        connection.execute(
            "insert into public.job_positions (account_id, job_url)"
            " select %s, 'https://jobs.example/' || n from generate_series(1, 2) as n",
            [account],
        )
        queue = Queue(connection)
        done, running = queue.claim(PIPELINE, slots=2)
        queue.checkpoint(done, spent=Jsonb([paid(done, cost_usd=0.25)]))
        connection.execute("delete from auth.users where id = %s", [account])
        # The worker has not stopped yet, and reports a last call.
        queue.spend(paid(running, cost_usd=0.25))
        assert queue.call("spending", owner=str(account)) == []
        (line,) = queue.call("spending")
        assert (line["owner"], line["cost_usd"], line["calls"]) == (None, 0.5, 2)
        rows = connection.execute("select count(*) from public.job_positions").fetchone()
        assert rows == (0,)


def test_an_account_that_could_not_be_forgotten_at_once_is_forgotten_later(
    database: Database,
) -> None:
    account = uuid4()
    with (
        psycopg.connect(database.superuser_dsn, autocommit=True) as connection,
        psycopg.connect(database.superuser_dsn) as pruning,
    ):
        connection.execute("insert into auth.users (id) values (%s)", [account])
        connection.execute(
            "insert into public.job_positions (account_id, job_url)"
            " values (%s, 'https://jobs.example/1')",
            [account],
        )
        queue = Queue(connection)
        row = queue.claim_one(PIPELINE)
        queue.checkpoint(row, spent=Jsonb([paid(row, cost_usd=0.25)]))
        pruning.execute("select pg_advisory_xact_lock(hashtextextended('processing.prune', 0))")
        connection.execute("set lock_timeout = '50ms'")
        connection.execute("delete from auth.users where id = %s", [account])
        assert connection.execute("select public.forget_accounts()").fetchone() == (0,)
        pruning.rollback()
        assert connection.execute("select public.forget_accounts()").fetchone() == (1,)
        assert connection.execute("select public.forget_accounts()").fetchone() == (0,)
        named = "select from processing.{} where owner = %s"
        for table in ("usage", "budget_use"):
            assert connection.execute(named.format(table), [str(account)]).rowcount == 0
        assert connection.execute("select from public.accounts_to_forget").rowcount == 0


def test_nothing_is_paid_for_an_account_that_is_gone(database: Database) -> None:
    """Its token is still valid for a while, and what is paid for it would name it again."""
    account = uuid4()
    reserve = "select public.reserve_quick_look(%s, %s, '{\"tokens\": 10}')"
    with psycopg.connect(database.superuser_dsn, autocommit=True) as connection:
        connection.execute("insert into auth.users (id) values (%s)", [account])
        assert connection.execute(reserve, [account, uuid4()]).fetchone() == ({},)
        connection.execute("delete from auth.users where id = %s", [account])
        with pytest.raises(psycopg.errors.NoDataFound):
            connection.execute(reserve, [account, uuid4()])
        named = "select from processing.{} where owner = %s"
        for table in ("reservations", "budget_use"):
            assert connection.execute(named.format(table), [str(account)]).rowcount == 0
