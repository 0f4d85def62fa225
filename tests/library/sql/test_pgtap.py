"""The pgTAP tests of `supabase/tests` pass, which users run with `supabase test db`."""

from __future__ import annotations

import os
import re
import subprocess
from urllib.parse import urlsplit

import psycopg
import pytest

from devstack.project import ROOT, create_project, run_script
from liverows.testing.postgres import PostgresServer

TESTS = sorted((ROOT / "supabase" / "tests").glob("*.test.sql"))


@pytest.fixture(scope="module")
def dsn(debian_server: PostgresServer) -> str:
    return project_with_pgtap(debian_server, "tapped")


def project_with_pgtap(server: PostgresServer, name: str) -> str:
    """Create a project as `supabase start` and `supabase test db` do: with the rows of seed.sql and
    with pgTAP. Returns the login of `postgres`."""
    dsn = create_project(server, name)
    run_script(server.dsn(name), ROOT / "supabase" / "seed.sql")
    with psycopg.connect(server.dsn(name), autocommit=True) as superuser:
        superuser.execute("create extension pgtap schema extensions")
    return dsn


def proved(dsn: str, file: str) -> str:
    """Run one file of tests, which must pass; returns what pg_prove printed."""
    url = urlsplit(dsn)
    environment = os.environ | {
        "PGHOST": str(url.hostname), "PGPORT": str(url.port), "PGUSER": str(url.username),
        "PGPASSWORD": str(url.password), "PGDATABASE": url.path.removeprefix("/"),
    }  # fmt: skip
    done = subprocess.run(
        ["pg_prove", "--verbose", "--nocolor", f"supabase/tests/{file}"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.needs("pgtap")
@pytest.mark.parametrize("file", [path.name for path in TESTS])
def test_pgtap(dsn: str, file: str) -> None:
    assert not re.search(r"# (todo|skip)", proved(dsn, file), re.IGNORECASE)


@pytest.mark.needs("pgtap")
def test_broadcasts_are_skipped_with_the_reason_where_today_has_no_partition(
    debian_server: PostgresServer,
) -> None:
    dsn = project_with_pgtap(debian_server, "unpartitioned")
    with psycopg.connect(debian_server.dsn("unpartitioned"), autocommit=True) as superuser:
        superuser.execute("drop table realtime.messages_default")
        printed = proved(dsn, "broadcast.test.sql")
        assert printed.count("# SKIP realtime.messages has no partition for today") == 11
        superuser.execute(
            "do $$ begin execute format('create table realtime.messages_today partition of"
            " realtime.messages for values from (%L) to (%L)', (now() at time zone 'UTC')::date,"
            " (now() at time zone 'UTC')::date + 1); end $$"
        )
    assert "skip" not in proved(dsn, "broadcast.test.sql").lower()


def test_each_file_leaves_nothing_behind() -> None:
    for path in TESTS:
        text = path.read_text()
        assert re.search(r"^begin;", text, re.MULTILINE), path.name
        assert text.rstrip().endswith("rollback;"), path.name
    assert TESTS
