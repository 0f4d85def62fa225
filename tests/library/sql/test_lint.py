"""`supabase db lint` and `supabase db advisors` find nothing to warn about."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from devstack.project import create_project
from liverows.testing.postgres import PostgresServer
from tests.support.debian import run_supabase

pytestmark = pytest.mark.needs("supabase-cli", "plpgsql-check")

CARELESS = """
create table public.careless (id int primary key);
create function public.careless() returns int language plpgsql security definer as $$
begin
    return (select nothing from public.careless);
end $$;
"""


@pytest.fixture(scope="module")
def dsn(debian_server: PostgresServer) -> str:
    """A project for the CLI; only a superuser may add plpgsql_check outside Supabase."""
    dsn = create_project(debian_server, "linted")
    with psycopg.connect(debian_server.dsn("linted"), autocommit=True) as superuser:
        superuser.execute("create extension plpgsql_check schema extensions")
    return f"{dsn}?sslmode=disable"


def check(kind: str, level: str, dsn: str, home: Path) -> tuple[int, str]:
    """Exit code and findings of one of the two checks; any finding is one too many."""
    arguments = ["db", kind, "--level", level, "--fail-on", level, f"--remote={dsn}"]
    if kind == "lint":
        arguments.append("--schema=public,processing")
    done = run_supabase(*arguments, home=home)
    return done.returncode, done.stdout + done.stderr


CHECKS = [("lint", "warning"), ("advisors", "warn")]


@pytest.mark.parametrize(("kind", "level"), CHECKS)
def test_the_database_has_no_warning(dsn: str, tmp_path: Path, kind: str, level: str) -> None:
    code, said = check(kind, level, dsn, tmp_path)
    assert code == 0, said


@pytest.mark.parametrize(("kind", "level"), CHECKS)
def test_the_check_itself_finds_what_is_careless(
    dsn: str, tmp_path: Path, kind: str, level: str
) -> None:
    with psycopg.connect(dsn, autocommit=True) as owner:
        owner.execute(CARELESS)
        try:
            code, said = check(kind, level, dsn, tmp_path)
        finally:
            owner.execute("drop function public.careless(); drop table public.careless")
    assert code == 1
    assert "careless" in said
