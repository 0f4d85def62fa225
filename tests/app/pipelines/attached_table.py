"""One attached table, used as its user and watched as its operator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from tests.app.pipelines.cases import Row
from tests.support.databases import Connections, Database
from tests.support.doorbells import until
from tests.support.queue import Connection

ALICE = "a11ce000-0000-4000-8000-000000000001"


@dataclass(frozen=True, slots=True)
class Table:
    """One attached table. Alice uses it with her grants; the owner watches it."""

    database: Database
    owner: Connection
    alice: Connection
    table: str
    key: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    @classmethod
    def of(
        cls, database: Database, connect: Connections, pipeline: str, *, by_service: bool = False
    ) -> Table:
        """The table of a pipeline. Alice is signed up.

        With `by_service`, rows are written by the service and not by Alice.
        """
        owner = connect(database)
        found = owner.execute(
            "select format('%%I.%%I', relnamespace::regnamespace, relname), key_column, inputs,"
            " outputs from processing.pipelines join processing.queues using (table_id)"
            " join pg_class on oid = table_id where pipeline = %s",
            [pipeline],
        ).fetchone()
        assert found is not None, f"{pipeline} is not attached"
        table, key, inputs, outputs = found
        owner.execute("insert into auth.users (id) values (%s)", [ALICE])
        role = "service_role" if by_service else "authenticated"
        alice = connect(database, role, user_id=None if by_service else ALICE)
        return cls(database, owner, alice, table, key, tuple(inputs), tuple(outputs))

    def insert(self, values: Mapping[str, Any]) -> str:
        """Insert a row as the browser does; returns its key as text."""
        statement = sql.SQL("insert into {} ({}) values ({}) returning {}::text").format(
            sql.SQL(self.table),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(sql.Placeholder() * len(values)),
            sql.Identifier(self.key),
        )
        found = self.alice.execute(statement, list(map(_adapted, values.values()))).fetchone()
        assert found is not None
        return str(found[0])

    def forget(self) -> None:
        """Delete all checkpoints, so that the next row cannot use results of earlier rows."""
        self.read("delete from processing.checkpoints returning 1")

    def edit(self, row_id: str, column: str, value: Any) -> None:
        """Change a field as the browser does when the user corrects it."""
        self.alice.execute(
            sql.SQL("update {} set {} = %s where {}::text = %s").format(
                sql.SQL(self.table), sql.Identifier(column), sql.Identifier(self.key)
            ),
            [_adapted(value), row_id],
        )

    def cancel(self, row_id: str) -> None:
        self.read("select processing.cancel(%s, %s)", self.table, row_id)

    def row(self, row_id: str) -> Row:
        """The whole row as JSON, the form in which outputs are written too."""
        statement = sql.SQL("select to_jsonb(t) from {} as t where {}::text = %s").format(
            sql.SQL(self.table), sql.Identifier(self.key)
        )
        ((row,),) = self.read(statement, row_id)
        return dict(row)

    def result(self, row_id: str) -> Row:
        """The outputs of the row that are known."""
        row = self.row(row_id)
        return {name: row[name] for name in self.outputs if row[name] is not None}

    async def reaches(self, row_id: str, *statuses: str, deadline: float = 60) -> Row:
        """Wait until the row has one of these statuses; returns the row."""
        await until(lambda: self.row(row_id)["processing_status"] in statuses, deadline=deadline)
        return self.row(row_id)

    def events(self, row_id: str, *kinds: str) -> list[tuple[str, Row]]:
        """Kind and data of the row's events, the oldest first. If kinds are given, only those."""
        found = self.read(
            "select kind, data from processing.events where row_id = %s order by id", row_id
        )
        return [(kind, data) for kind, data in found if not kinds or kind in kinds]

    def explained(self, row_id: str) -> str:
        """The reason that `explain` shows to operators for the latest end of a run."""
        ((answer,),) = self.read("select processing.explain(%s, %s)", self.table, row_id)
        return str(answer["events"][-1]["data"].get("reason"))

    def checkpointed(self, row_id: str) -> set[str]:
        """The steps whose output is stored."""
        found = self.read("select step from processing.checkpoints where row_id = %s", row_id)
        return {step for (step,) in found}

    def everything(self, row_id: str) -> tuple[Any, ...]:
        """Everything that a worker could have written about a row."""
        usage = self.read("select step, run from processing.usage where row_id = %s", row_id)
        return self.row(row_id), self.events(row_id), self.checkpointed(row_id), usage

    def read(self, statement: str | sql.Composed, *arguments: Any) -> list[tuple[Any, ...]]:
        """Run any statement as the owner."""
        return self.owner.execute(statement, arguments).fetchall()


def _adapted(value: Any) -> Any:
    return Jsonb(value) if isinstance(value, dict | list) else value
