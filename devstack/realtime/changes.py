"""Decides which channels get which change, and what the message contains.

The rules are those of the real server's `realtime.apply_rls`.
"""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

import asyncpg

from devstack.realtime.bindings import Binding
from devstack.realtime.filters import matching
from devstack.realtime.pgoutput import Change, Row
from devstack.realtime.rls import Identity, selectable_columns, visible_rows
from devstack.realtime.tables import Connection, Table, Values, as_json, published_tables

log = logging.getLogger("devstack.realtime")

MAX_RECORD_BYTES = 1024 * 1024
KEPT_BYTES = 64
"""If a record is too large, only its fields up to this size are sent."""

Data: TypeAlias = dict[str, Any]

Channel = TypeVar("Channel")


@dataclass(frozen=True, slots=True, eq=False)
class Subscription(Generic[Channel]):
    """One binding of one channel; the client refers to it by `id`."""

    channel: Channel
    identity: Identity
    binding: Binding
    id: int


@dataclass(frozen=True, slots=True)
class Delivery(Generic[Channel]):
    """One `postgres_changes` message."""

    channel: Channel
    ids: list[int]
    data: Data


@dataclass(frozen=True, slots=True)
class _Event:
    """A change with its values as JSON; `identity` is the old row, or only its key."""

    change: Change
    new: Values
    identity: Values
    identity_row: Row
    too_large: bool


async def deliveries(
    connection: Connection,
    changes: Sequence[Change],
    subscriptions: Sequence[Subscription[Channel]],
) -> list[Delivery[Channel]]:
    """The messages for a batch of changes, in the order of the changes."""
    tables = await published_tables(connection)
    found: dict[int, list[Delivery[Channel]]] = {}
    by_table: defaultdict[int, list[int]] = defaultdict(list)
    for at, change in enumerate(changes):
        by_table[change.table.oid].append(at)
    for oid, places in by_table.items():
        table = tables.get(oid)
        if table is None:
            continue
        wishes = [one for one in subscriptions if one.binding.covers(table.schema, table.name)]
        if not wishes:
            continue
        try:
            batch = _TableBatch(table, await _events(connection, table, changes, places), wishes)
            for at, made in zip(places, await batch.deliveries(connection), strict=True):
                found[at] = made
        except asyncpg.PostgresError as error:
            log.warning("changes of %s are lost: %s", table, error)
    return [one for at in sorted(found) for one in found[at]]


async def _events(
    connection: Connection, table: Table, changes: Sequence[Change], places: Iterable[int]
) -> list[_Event]:
    chosen = [changes[at] for at in places]
    identities = [_identity_row(table, change) for change in chosen]
    news = await as_json(connection, table, [change.new or {} for change in chosen])
    olds = await as_json(connection, table, identities)
    return [
        _Event(change, new, old, row, _size(table, change.new, row) > MAX_RECORD_BYTES)
        for change, new, old, row in zip(chosen, news, olds, identities, strict=True)
    ]


def _identity_row(table: Table, change: Change) -> Row:
    """What is known of the old row. If an UPDATE did not change the key, the key is taken from the
    new row."""
    if change.kind == "INSERT":
        return {}
    if change.old is None:
        return {name: (change.new or {}).get(name) for name in table.key}
    return change.old


def _size(table: Table, new: Row | None, old: Row) -> int:
    """The size of the change in bytes, as the real server's wal2json writes it; it includes the
    old values."""
    total = 0
    for row in (new or {}, old):
        for name, text in row.items():
            kind = table.columns[name].type if name in table.columns else ""
            value = 4 if text is None else len(json.dumps(text, ensure_ascii=False).encode())
            total += 51 + len(name) + len(kind) + value
    return total


@dataclass(frozen=True, slots=True)
class _TableBatch(Generic[Channel]):
    """The changes of one table in one batch, and the subscriptions to that table."""

    table: Table
    events: list[_Event]
    subscriptions: list[Subscription[Channel]]

    async def deliveries(self, connection: Connection) -> list[list[Delivery[Channel]]]:
        """The messages of each event."""
        made: list[list[Delivery[Channel]]] = [[] for _ in self.events]
        for role in sorted({one.identity.role for one in self.subscriptions}):
            mine = [one for one in self.subscriptions if one.identity.role == role]
            readable = await selectable_columns(connection, self.table, role)
            visible = await self._visible(connection, mine)
            for at, event in enumerate(self.events):
                heard = [one for one in mine if one.binding.event in ("*", event.change.kind)]
                error = self._refusal(event, readable)
                if error is None:
                    heard = [one for one in heard if visible[one][at]]
                made[at] += self._messages(event, heard, readable, error)
        return made

    async def _visible(
        self, connection: Connection, subscriptions: Sequence[Subscription[Channel]]
    ) -> dict[Subscription[Channel], list[bool]]:
        """For each subscription and event, whether filters and policies let the event through."""
        rows = [event.change.new or event.identity_row for event in self.events]
        passed: dict[object, list[bool]] = {}
        asked: defaultdict[Identity, set[int]] = defaultdict(set)
        for one in subscriptions:
            wanted = one.binding.filters
            if wanted not in passed:
                passed[wanted] = await matching(connection, self.table, wanted, rows)
            asked[one.identity].update(at for at, passes in enumerate(passed[wanted]) if passes)
        allowed = {
            identity: await self._allowed(connection, identity, sorted(places))
            for identity, places in asked.items()
        }
        return {
            one: [
                passes and at in allowed[one.identity]
                for at, passes in enumerate(passed[one.binding.filters])
            ]
            for one in subscriptions
        }

    async def _allowed(
        self, connection: Connection, identity: Identity, places: Sequence[int]
    ) -> set[int]:
        """Which of the given events the policies let through.

        Every subscriber gets a DELETE, because there is no row left that a policy could check.
        """
        if not self.table.secured or not self.table.key:
            return set(places)
        kept = [at for at in places if self.events[at].change.kind != "DELETE"]
        rows = [self.events[at].change.new or {} for at in kept]
        seen = await visible_rows(connection, self.table, identity, rows) if rows else []
        hidden = {at for at, visible in zip(kept, seen, strict=True) if not visible}
        return set(places) - hidden

    def _refusal(self, event: _Event, readable: set[str]) -> str | None:
        if event.change.kind == "DELETE":
            return None
        if not self.table.key:
            return "Error 400: Bad Request, no primary key"
        if not readable.issuperset(self.table.key):
            return "Error 401: Unauthorized"
        return None

    def _messages(
        self,
        event: _Event,
        heard: Sequence[Subscription[Channel]],
        readable: set[str],
        error: str | None,
    ) -> list[Delivery[Channel]]:
        """One message for each channel and selection of columns; the id of the last binding comes
        first."""
        ids: defaultdict[tuple[int, tuple[str, ...] | None], list[int]] = defaultdict(list)
        channels = {id(one.channel): one.channel for one in heard}
        for one in reversed(heard):
            ids[id(one.channel), one.binding.select].append(one.id)
        data = {
            select: self._error(event, error) if error else self._data(event, readable, select)
            for select in {one.binding.select for one in heard}
        }
        return [
            Delivery(channels[channel], numbers, data[select])
            for (channel, select), numbers in ids.items()
        ]

    def _error(self, event: _Event, error: str) -> Data:
        data = self._head(event, [error])
        data |= {"columns": [], "commit_timestamp": None, "record": {}}
        return data if event.change.kind == "INSERT" else data | {"old_record": {}}

    def _data(self, event: _Event, readable: set[str], select: tuple[str, ...] | None) -> Data:
        key = self.table.key
        chosen = readable if select is None else readable & {*select, *key}
        errors = ["Error 413: Payload Too Large"] if event.too_large else None
        data = self._head(event, errors)
        data["columns"] = [
            {"name": column.name, "type": column.type}
            for column in self.table.columns.values()
            if column.name in chosen
        ]
        if event.change.kind != "DELETE":
            # A large value that did not change is missing in the new row; the old row may have it.
            data["record"] = _fields({**event.identity, **event.new}, chosen, event.too_large)
        if event.change.kind != "INSERT":
            # Policies cannot protect a deleted row, so only its key is sent.
            bare = event.change.kind == "DELETE" and self.table.secured
            told = chosen & set(key) if bare else chosen
            data["old_record"] = _fields(event.identity, told, event.too_large)
        return data

    def _head(self, event: _Event, errors: list[str] | None) -> Data:
        stamp = event.change.committed_at
        return {
            "schema": self.table.schema,
            "table": self.table.name,
            "type": event.change.kind,
            "commit_timestamp": f"{stamp:%Y-%m-%dT%H:%M:%S}.{stamp.microsecond // 1000:03}Z",
            "errors": errors,
        }


def _fields(values: Values, chosen: set[str], too_large: bool) -> Values:
    return {
        name: value
        for name, value in values.items()
        if name in chosen and not (too_large and _large(value))
    }


def _large(value: Any) -> bool:
    """Whether a value is too large to be sent. Null counts as too large, as in the real server's
    SQL, where the size of null is null."""
    return value is None or len(json.dumps(value, ensure_ascii=False).encode()) > KEPT_BYTES
