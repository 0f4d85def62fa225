"""Reads the messages of Postgres' `pgoutput` plugin, protocol version 1.

Format: PostgreSQL documentation, "Logical Replication Message Formats".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias

Row: TypeAlias = dict[str, str | None]
"""Column names to values as text. A large value that did not change is missing, because
Postgres does not send it."""

Kind: TypeAlias = Literal["INSERT", "UPDATE", "DELETE"]

POSTGRES_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Relation:
    """A table with the columns that it had when the change happened."""

    oid: int
    schema: str
    name: str
    columns: dict[str, bool]
    """Column names to whether the replica identity contains the column."""


@dataclass(frozen=True, slots=True)
class Change:
    """One row that a committed transaction wrote.

    `old` is the part of the old row that the replica identity keeps: with FULL the whole row;
    otherwise only the key, and for an UPDATE only if the key changed.
    """

    table: Relation
    kind: Kind
    new: Row | None
    old: Row | None
    committed_at: datetime


class Decoder:
    """Decodes messages, which must be passed to it in their order."""

    def __init__(self) -> None:
        self._relations: dict[int, Relation] = {}
        self._committed_at = POSTGRES_EPOCH

    def feed(self, message: bytes) -> Change | None:
        """Read one message; returns the change if the message is one."""
        reader = _Reader(message)
        match reader.letter():
            case "B":
                reader.skip(8)
                self._committed_at = POSTGRES_EPOCH + timedelta(microseconds=reader.integer(8))
            case "R":
                relation = _relation(reader)
                self._relations[relation.oid] = relation
            case "I":
                return self._change(reader, "INSERT")
            case "U":
                return self._change(reader, "UPDATE")
            case "D":
                return self._change(reader, "DELETE")
        return None

    def _change(self, reader: _Reader, kind: Kind) -> Change:
        relation = self._relations[reader.integer(4)]
        new: Row | None = None
        old: Row | None = None
        while reader.more():
            match reader.letter():
                case "N":
                    new = _row(reader, relation)
                case "O":
                    old = _row(reader, relation)
                case _:
                    # Only the key is known; the other columns are sent as null.
                    row = _row(reader, relation)
                    old = {name: row[name] for name in row if relation.columns[name]}
        return Change(relation, kind, new, old, self._committed_at)


class _Reader:
    def __init__(self, message: bytes) -> None:
        self._message = message
        self._at = 0

    def more(self) -> bool:
        return self._at < len(self._message)

    def skip(self, count: int) -> None:
        self._at += count

    def take(self, count: int) -> bytes:
        taken = self._message[self._at : self._at + count]
        self._at += count
        return taken

    def letter(self) -> str:
        return self.take(1).decode("ascii")

    def integer(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big", signed=size == 8)

    def text(self) -> str:
        end = self._message.index(b"\0", self._at)
        text = self._message[self._at : end].decode()
        self._at = end + 1
        return text


def _relation(reader: _Reader) -> Relation:
    oid = reader.integer(4)
    schema, name = reader.text(), reader.text()
    reader.skip(1)  # replica identity
    columns = {}
    for _ in range(reader.integer(2)):
        is_key = reader.integer(1) == 1
        columns[reader.text()] = is_key
        reader.skip(8)  # type and its modifier
    return Relation(oid, schema, name, columns)


def _row(reader: _Reader, relation: Relation) -> Row:
    row: Row = {}
    reader.skip(2)  # the number of columns, which the relation already says
    for name in relation.columns:
        match reader.letter():
            case "n":
                row[name] = None
            case "t":
                row[name] = reader.take(reader.integer(4)).decode()
    return row
