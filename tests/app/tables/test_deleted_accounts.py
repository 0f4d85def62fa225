"""After an account is deleted its costs are still known, but not that they were its costs."""

from __future__ import annotations

from uuid import uuid4

import psycopg
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
