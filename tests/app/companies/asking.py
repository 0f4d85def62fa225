"""Short functions with which the SQL tests ask about companies and share one."""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from tests.library.sql.questions import one
from tests.support.queue import Connection

PIPELINE = "company-research"
DAY = 24 * 3600.0


def ask(connection: Connection, name: str = "Acme", **columns: Any) -> str:
    columns = {"company_name": name, **columns}
    return str(
        one(
            connection,
            f"insert into public.company_research ({', '.join(columns)})"
            f" values ({', '.join(['%s'] * len(columns))}) returning id",
            *columns.values(),
        )
    )


def ask_for_many(connection: Connection, companies: Any) -> dict[str, Any]:
    found = connection.execute(
        "insert into public.batch_jobs (companies, role) values (%s, 'Engineer')"
        " returning to_jsonb(batch_jobs)",
        [Jsonb(companies)],
    ).fetchone()
    assert found is not None
    return dict(found[0])


def share(connection: Connection, key: str, **company: Any) -> None:
    """Do what the store function does at the end of a crawl, with the given profile or an empty
    one."""
    profile = company.pop("profile", {})
    company = {"id": str(one(connection, "select gen_random_uuid()")), "key": key, **company}
    connection.execute(
        "select public.store_company_research(gen_random_uuid(), %s)",
        [Jsonb({"company": {"domain": key, **company}, "profile": profile})],
    )
