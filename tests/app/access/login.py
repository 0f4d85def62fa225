"""What the role of workers reaches in a session of its own; everything is undone at once."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql
from psycopg.errors import GeneratedAlways, InsufficientPrivilege, ObjectNotInPrerequisiteState

from tests.app.access.catalogue import Connection, Function, Table
from tests.app.access.reach import Reached

_OF_NO_TYPE = {"anyelement": "text", "anyarray": "text[]", "record": "text"}


class Login:
    """A session of `role`; the connection of a superuser may become any role."""

    def __init__(self, connection: Connection, role: str) -> None:
        self._connection = connection
        self._role = role
        connection.execute(sql.SQL("set role {}").format(sql.Identifier(role)))
        connection.execute("set statement_timeout = '10s'")

    def _refused(self, statement: Any, *names: str) -> bool | None:
        """Whether rights are missing; None if Postgres does not get as far as to ask."""
        try:
            with self._connection.transaction(force_rollback=True):
                self._connection.execute(
                    sql.SQL(statement).format(*map(sql.Identifier, names)) if names else statement
                )
        except (InsufficientPrivilege, GeneratedAlways, ObjectNotInPrerequisiteState):
            return True  # the latter two: a generated column, and a view that nobody can write
        except psycopg.Error as error:
            # For instance, a variadic argument needs another syntax.
            return None if str(error.sqlstate).startswith("42") else False
        return False

    def table(self, table: Table) -> Reached:
        """What the role reaches of a table, whose rows row level security may still hide."""
        reached = Reached()
        place = (table.schema, table.name)
        for column in table.columns:
            for verb, statement in (
                ("read", "select {2} from {0}.{1}"),
                ("add", "insert into {0}.{1} ({2}) values (default)"),
                ("edit", "update {0}.{1} set {2} = default"),
            ):
                if self._refused(statement, *place, column.name) is False:
                    reached.note(column.name, verb)
                    reached.row.add(verb)
        if self._refused("delete from {0}.{1}", *place) is False:
            reached.row.add("delete")
        return reached

    def function(self, function: Function) -> bool:
        """Whether the role may call the function. The catalogue must say the same as a call."""
        row = self._connection.execute(
            "select has_schema_privilege(%s, 'usage')"
            " and has_function_privilege(%s::oid, 'execute')",
            [function.schema, function.oid],
        ).fetchone()
        allowed = bool(row and row[0])
        if not function.is_trigger:  # a trigger function cannot be called
            # Each null in a query of its own: with a plain null Postgres calls no strict function.
            values = ", ".join(
                f"(select null::{_OF_NO_TYPE.get(kind, kind)})" for _, kind in function.needed
            )
            call = f'select "{function.schema}"."{function.name}"({values})'
            refused = self._refused(call)
            assert refused is not allowed or refused is None, f"{function}: {self._role} {refused}"
        return allowed
