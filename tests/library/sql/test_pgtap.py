"""The pgTAP tests of `supabase/tests` pass, which users run with `supabase test db`."""

from __future__ import annotations

import os
import re
import subprocess
from urllib.parse import urlsplit

import psycopg
import pytest

from devstack.postgres import PostgresServer
from devstack.project import ROOT, create_project

TESTS = sorted((ROOT / "supabase" / "tests").glob("*.test.sql"))


@pytest.fixture(scope="module")
def dsn(debian_server: PostgresServer) -> str:
    """A project in which pgTAP is there, as `supabase test db` makes it, to run as `postgres`."""
    dsn = create_project(debian_server, "tapped")
    with psycopg.connect(debian_server.dsn("tapped"), autocommit=True) as superuser:
        superuser.execute("create extension pgtap schema extensions")
    return dsn


@pytest.mark.needs("pgtap")
@pytest.mark.parametrize("file", [path.name for path in TESTS])
def test_pgtap(dsn: str, file: str) -> None:
    url = urlsplit(dsn)
    environment = os.environ | {
        "PGHOST": str(url.hostname), "PGPORT": str(url.port), "PGUSER": str(url.username),
        "PGPASSWORD": str(url.password), "PGDATABASE": url.path.removeprefix("/"),
    }  # fmt: skip
    done = subprocess.run(
        ["pg_prove", "--verbose", "--nocolor", f"supabase/tests/{file}"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=50, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert not re.search(r"# (todo|skip)", done.stdout, re.IGNORECASE)


def test_each_file_leaves_nothing_behind() -> None:
    for path in TESTS:
        text = path.read_text()
        assert re.search(r"^begin;", text, re.MULTILINE), path.name
        assert text.rstrip().endswith("rollback;"), path.name
    assert TESTS
