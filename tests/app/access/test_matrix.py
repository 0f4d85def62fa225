"""Who reaches what is what `matrix.txt` says, line by line; see `matrix.py`."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from devstack.stack import LocalStack
from tests.app.access import catalogue
from tests.app.access.login import Login
from tests.app.access.matrix import MATRIX, running_stack, text
from tests.app.access.requests import Requests, undone_requests
from tests.support.queue import Connection

pytestmark = [pytest.mark.needs("postgrest", "deno"), pytest.mark.timeout(900)]

HOLES = """
grant select on public.company_flights to anon;
create policy "hole" on public.company_flights to public using (true);
grant update (name) on public.companies to authenticated;
create policy "hole" on public.companies for update to authenticated using (true);
grant execute on function public.refresh_due_companies(integer) to anon;
grant usage on schema processing to anon;
grant delete on processing.events to liverows_worker;
create table public.unlisted (id integer primary key);
"""


@pytest.fixture(scope="module")
def stack() -> Iterator[LocalStack]:
    """A stack of its own: other tests leave tables in the one that they share."""
    with running_stack() as stack:
        yield stack


@pytest.fixture
def superuser(stack: LocalStack) -> Iterator[Connection]:
    with psycopg.connect(stack.superuser_dsn, autocommit=True) as connection:
        yield connection


@pytest.fixture
def requests(stack: LocalStack, superuser: Connection, tmp_path: Path) -> Iterator[Requests]:
    superuser.execute(HOLES)
    with undone_requests(stack, tmp_path) as requests:
        yield requests


def test_each_object_is_reached_by_those_whom_the_matrix_names(stack: LocalStack) -> None:
    before = MATRIX.read_text(encoding="utf-8")
    now = text(stack)
    changed = "\n".join(
        difflib.unified_diff(before.splitlines(), now.splitlines(), "matrix.txt", "now", n=0)
    )
    assert now == before, f"python -m tests.app.access.matrix writes it anew\n{changed}"


def test_the_requests_find_holes(superuser: Connection, requests: Requests) -> None:
    tables = {str(table): table for table in catalogue.tables(superuser)}
    functions = {function.name: function for function in catalogue.functions(superuser)}
    assert requests.table("anon", tables["public.company_flights"]).row == {"read"}
    named = requests.table("stranger", tables["public.companies"]).columns["name"]
    assert "edit" in named
    assert requests.function("anon", functions["refresh_due_companies"])
    worker = Login(superuser, "liverows_worker")
    assert worker.table(tables["processing.events"]).row == {"delete"}
    assert "public.unlisted" in tables, "a new table is in the catalogue, so it needs a line"
