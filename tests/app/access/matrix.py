"""The access matrix: who reaches what, one line for each object and person.

`python -m tests.app.access.matrix` writes `matrix.txt` anew after a wanted change. What there is
comes from the catalogue of the database, what is reached from real requests: to PostgREST, to
Storage, to Realtime and to the Edge Function, and for the role of workers from a session. The
first four of them are the real programs; Storage and Realtime are devstack's stand-ins, which ask
the policies in the real database. `surface.txt` lists grants; this file lists what they and the
policies and triggers amount to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from devstack.stack import LocalStack
from tests.app.access import catalogue
from tests.app.access.buckets import FILES, Buckets
from tests.app.access.login import Login
from tests.app.access.people import PEOPLE, SENDERS, Person, senders
from tests.app.access.reach import Reached, in_order
from tests.app.access.requests import Requests, undone_requests
from tests.app.access.routes import CALLS, Routes
from tests.app.access.rows import ROWS, plant
from tests.app.access.topics import BROADCASTING, Topics

MATRIX = Path(__file__).with_name("matrix.txt")

HEAD = """\
# Who reaches what. Written by `python -m tests.app.access.matrix`; a review of a change of this
# file decides whether somebody may gain or lose something.
#
# The owner and the stranger are two users who have signed up. Rows and files are the owner's:
#   table     read: sees the row. add: adds a row, the stranger one that belongs to the owner.
#   column    read, and add or edit: may write a value of one's own into it
#   function  call: may call it
#   bucket    the owner's file of this kind
#   topic     listen: may join it, or is told of a change of the owner's row
#   route     the HTTP status of a request about the owner's rows, or about no row
# `nobody`: none of the five. An object whose columns are not listed has none that anybody reaches.
"""


@contextmanager
def running_stack() -> Iterator[LocalStack]:
    """A new stack with the owner's rows in it."""
    with LocalStack() as stack:
        with psycopg.connect(stack.superuser_dsn, autocommit=True) as superuser:
            plant(superuser)
        yield stack


def lines(stack: LocalStack) -> list[str]:
    """The whole matrix for a new stack, sorted. The stack has other rows afterwards."""
    with (
        psycopg.connect(stack.superuser_dsn, autocommit=True) as superuser,
        psycopg.connect(stack.superuser_dsn, autocommit=True) as session,
        TemporaryDirectory() as folder,
        undone_requests(stack, Path(folder)) as requests,
    ):
        login = Login(session, "liverows_worker")
        found = [
            *_tables(superuser, requests, login),
            *_functions(superuser, requests, login),
        ]
        people = senders(stack)
        found += _buckets(superuser, Buckets(stack, people))
        found += _topics(superuser, Topics(stack, people, superuser))
        found += _routes(Routes(stack, people, superuser))
        found += [
            f"policy    {name}  {text}" for name, text in catalogue.policies(superuser).items()
        ]
    return found


def _told(kind: str, name: str, who: str, what: str) -> str:
    return f"{kind:<9} {name:<60} {who:<15} {what}".rstrip()


def _people(kind: str, name: str, reached: Iterable[tuple[Person, Iterable[str]]]) -> list[str]:
    told = [_told(kind, name, who, in_order(verbs)) for who, verbs in reached if verbs]
    return told or [_told(kind, name, "nobody", "")]


def _tables(superuser: psycopg.Connection[Any], requests: Requests, login: Login) -> Iterator[str]:
    for table in catalogue.tables(superuser):
        assert table.schema != "public" or table.name in ROWS, f"plant a row of {table} in rows.py"
        by_person: dict[Person, Reached] = {who: requests.table(who, table) for who in SENDERS}
        by_person["liverows_worker"] = login.table(table)
        kind = "view" if table.is_view else "table"
        yield from _people(kind, str(table), ((who, by_person[who].row) for who in PEOPLE))
        for column in table.columns:
            reached = [(who, by_person[who].columns.get(column.name, ())) for who in PEOPLE]
            if any(verbs for _, verbs in reached):
                yield from _people("column", f"{table}.{column.name}", reached)


def _functions(
    superuser: psycopg.Connection[Any], requests: Requests, login: Login
) -> Iterator[str]:
    for function in catalogue.functions(superuser):
        callers = [who for who in SENDERS[:2] if requests.function(who, function)]
        # Both users have the same role, so the stranger asks only for what the owner may call.
        others = SENDERS[2:] if "owner" in callers else SENDERS[3:]
        callers += [who for who in others if requests.function(who, function)]
        if login.function(function):
            callers.append("liverows_worker")
        yield from _people("function", str(function), ((who, ("call",)) for who in callers))


def _buckets(superuser: psycopg.Connection[Any], storage: Buckets) -> Iterator[str]:
    for bucket in catalogue.buckets(superuser):
        for kind, name in FILES[bucket].items():
            reached = [(who, storage.reached(who, bucket, name).row) for who in SENDERS]
            yield from _people("bucket", f"{bucket}: {kind}", reached)


def _topics(superuser: psycopg.Connection[Any], topics: Topics) -> Iterator[str]:
    for table, told in topics.told(catalogue.published(superuser)).items():
        yield from _people("topic", f"changes of {table}", ((who, ("listen",)) for who in told))
    superuser.execute("set role postgres")
    superuser.execute(BROADCASTING)
    superuser.execute("reset role")
    for topic, listeners in topics.joined().items():
        yield from _people("topic", topic, ((who, ("listen",)) for who in listeners))


def _routes(routes: Routes) -> Iterator[str]:
    for method, path in catalogue.routes():
        assert (method, path) in CALLS, f"say in routes.py how to ask {method} {path}"
        for who in SENDERS:
            status = routes.status(who, method, path)
            yield _told("route", f"{method} {path}", who, str(status))


def text(stack: LocalStack) -> str:
    """What `matrix.txt` should contain."""
    return HEAD + "\n" + "\n".join(lines(stack)) + "\n"


if __name__ == "__main__":
    with running_stack() as new_stack:
        MATRIX.write_text(text(new_stack), encoding="utf-8")
