"""Asks the real PostgREST, which undoes each request, so that one answer never changes the next."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
from psycopg.conninfo import make_conninfo

from devstack.postgrest import running_postgrest
from devstack.stack import LocalStack
from tests.app.access.catalogue import Column, Function, Table
from tests.app.access.people import Person, Sender, senders
from tests.app.access.reach import Reached
from tests.app.access.rows import ROWS, another

# The latter two: a generated column, and a view that nobody can write.
REFUSED = ("42501", "428C9", "55000")
# PostgREST calls no trigger functions, and gives no types to polymorphic or variadic arguments.
NOT_SERVED = re.compile(r"PGRST20[23]|42804|42846|42883|42P..|0A000")
# What the database and the contract say of a value. They look at values after the rights.
OF_VALUES = re.compile(r"2[23]...|RJ...|P0...|42703|55P03|57014")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: `rows` is how many rows it concerned, `refused` that rights were missing."""

    refused: bool
    rows: int
    code: str


class _Socket(HTTPConnection):
    """Python's own client on a Unix socket, because httpx needs much more time per request."""

    def __init__(self, path: Path) -> None:
        super().__init__("postgrest", timeout=60)
        self._path = str(path)

    def connect(self) -> None:
        """Open the connection, which stays open for all requests."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self._path)


class Requests:
    """Sends requests as each person."""

    def __init__(self, path: Path, people: Mapping[Person, Sender]) -> None:
        self._http = _Socket(path)
        self._tokens = {person: f"Bearer {each.token}" for person, each in people.items()}

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _ask(self, who: Person, method: str, schema: str, path: str, body: Any = None) -> Answer:
        headers = {
            "authorization": self._tokens[who],
            "accept-profile" if method == "GET" else "content-profile": schema,
            "content-type": "application/json",
            "prefer": "count=exact, return=minimal",
        }
        self._http.request(method, path, None if body is None else json.dumps(body), headers)
        reply = self._http.getresponse()
        text = reply.read()
        if reply.status < 300:
            total = (reply.headers["content-range"] or "/1").rpartition("/")[2]
            return Answer(False, int(total) if total.isdigit() else 1, "")
        code = str(json.loads(text).get("code"))
        assert code in REFUSED or NOT_SERVED.fullmatch(code) or OF_VALUES.fullmatch(code), (
            who,
            path,
            text,
        )
        return Answer(code in REFUSED, 0, code)

    def table(self, who: Person, table: Table) -> Reached:
        """What this person reaches of the owner's row in a table, and of its columns."""
        reached = Reached()
        # Where the catalogue gives nothing at all, one request of each kind is enough to see that.
        columns = table.columns if table.given else table.columns[:1]
        self._read(who, table, columns, reached)
        for column in columns:
            self._write(who, table, column, reached)
        if any("edit" in verbs for verbs in reached.columns.values()):
            reached.row.add("edit")
        if self._added(who, table, reached):
            reached.row.add("add")
        gone = self._ask(who, "DELETE", table.schema, f"/{table.name}")
        if not gone.refused and (gone.rows or gone.code):
            reached.row.add("delete")
        return reached

    def _read(self, who: Person, table: Table, columns: Sequence[Column], reached: Reached) -> None:
        names = [column.name for column in columns]
        whole = self._seen(who, table, ",".join(f'"{name}"' for name in names))
        for name in names:
            if whole or self._seen(who, table, f'"{name}"'):
                reached.note(name, "read")
                reached.row.add("read")

    def _seen(self, who: Person, table: Table, columns: str) -> bool:
        answer = self._ask(who, "GET", table.schema, f"/{table.name}?select={columns}")
        # No row of the owner was planted in internal tables: there a reader would see others.
        return not answer.refused and (answer.rows > 0 or table.name not in ROWS)

    def _write(self, who: Person, table: Table, column: Column, reached: Reached) -> None:
        value = another(column.name, column.type_name)
        path = f"/{table.name}"
        edited = self._ask(who, "PATCH", table.schema, path, {column.name: value})
        if not edited.refused and (edited.rows or edited.code):
            reached.note(column.name, "edit")
        if who != "stranger":
            # Without the other columns the row is not valid; that shows after the rights.
            added = self._ask(who, "POST", table.schema, path, {column.name: value})
            if not added.refused:
                reached.note(column.name, "add")

    def _added(self, who: Person, table: Table, reached: Reached) -> bool:
        row = ROWS.get(table.name)
        if row is None:
            return any("add" in verbs for verbs in reached.columns.values())
        if who == "stranger":
            return self._added_for_owner(table, row)
        mine = {name: row[name] for name in row if "add" in reached.columns.get(name, ())}
        # A second row with the same key would be refused for that.
        mine = {name: value for name, value in mine.items() if name != "id"}
        answer = self._ask(who, "POST", table.schema, f"/{table.name}", mine) if mine else None
        return answer is not None and (not answer.code or answer.code == "23505")

    def _added_for_owner(self, table: Table, row: Mapping[str, Any]) -> bool:
        """Whether a stranger adds a row that is the owner's, or belongs to a row of the owner."""
        link = [c.name for c in table.columns if c.references and c.name in row]
        plain = {name: value for name, value in row.items() if name not in {*link, "id"}}
        for name in link:
            for body in ({name: row[name]}, {**plain, name: row[name]}, dict(row)):
                answer = self._ask("stranger", "POST", table.schema, f"/{table.name}", body)
                if not answer.refused and not answer.code:
                    return True
        return False

    def function(self, who: Person, function: Function) -> bool | None:
        """Whether this person may call the function; None if PostgREST does not serve it."""
        body = dict.fromkeys(name for name, _ in function.needed)
        answer = self._ask(who, "POST", function.schema, f"/rpc/{function.name}", body)
        return None if NOT_SERVED.fullmatch(answer.code) else not answer.refused


@contextmanager
def undone_requests(stack: LocalStack, folder: Path) -> Iterator[Requests]:
    """A second PostgREST for the database of the stack, with the same keys."""
    keys = httpx.get(f"{stack.url}/auth/v1/.well-known/jwks.json").raise_for_status().json()
    dsn = make_conninfo(stack.superuser_dsn, user="authenticator")
    with running_postgrest(dsn, keys, folder, {"PGRST_DB_TX_END": "rollback"}) as path:
        requests = Requests(path, senders(stack))
        try:
            yield requests
        finally:
            requests.close()
