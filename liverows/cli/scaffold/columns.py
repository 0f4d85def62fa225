"""The columns of a table, and the Python and JSON types that their values have in a pipeline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from liverows.base.errors import SetupError
from liverows.database.sessions import Connection

_COLUMNS = """
with recursive plain as (
    select a.attnum, a.attname, a.attnotnull, a.attgenerated <> '' or a.attidentity <> '' as made,
        pg_get_expr(d.adbin, d.adrelid) as usual, t.oid, t.typtype, t.typbasetype, t.typnotnull,
        exists (select from pg_constraint as c
            where c.conrelid = a.attrelid and c.conkey = array[a.attnum]
                and c.confrelid = to_regclass('auth.users')) as is_user
    from pg_attribute as a join pg_type as t on t.oid = a.atttypid
    left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
    union all
    select p.attnum, p.attname, p.attnotnull or p.typnotnull, p.made, p.usual,
        t.oid, t.typtype, t.typbasetype, t.typnotnull, p.is_user
    from plain as p join pg_type as t on t.oid = p.typbasetype where p.typtype = 'd'
)
select p.attname as name, t.typname as type, p.attnotnull or p.typnotnull as required, p.is_user,
    p.made or coalesce(p.usual not like '%auth.uid()%', false) as filled, e.typname as element,
    array(select l.enumlabel::text from pg_enum as l
          where l.enumtypid = coalesce(e.oid, t.oid) order by l.enumsortorder) as labels
from plain as p join pg_type as t on t.oid = p.oid
left join pg_type as e on e.oid = t.typelem and t.typcategory = 'A'
where p.typtype <> 'd' order by p.attnum
"""

_PYTHON = {
    "bool": "bool",
    "int2": "int",
    "int4": "int",
    "int8": "int",
    "float4": "float",
    "float8": "float",
    "numeric": "Decimal",
    "uuid": "UUID",
    "date": "date",
    "time": "time",
    "timestamp": "datetime",
    "timestamptz": "datetime",
    "json": "JsonValue",
    "jsonb": "JsonValue",
}
"""By the name of a Postgres type, if its values are not texts in JSON or have a better type."""

_TEXTS = frozenset(
    {"text", "varchar", "bpchar", "char", "name", "citext", "bytea", "interval", "timetz"}
    | {"inet", "cidr", "macaddr", "xml", "uuid", "date", "time", "timestamp", "timestamptz"}
)
"""Types whose values are texts in JSON. What JSON the values of other types are is not known."""

_IMPORTS = {
    "Decimal": "from decimal import Decimal",
    "UUID": "from uuid import UUID",
    "date": "from datetime import date",
    "time": "from datetime import time",
    "datetime": "from datetime import datetime",
    "JsonValue": "from pydantic import JsonValue",
    "UTC": "from datetime import UTC",
    "Any": "from typing import Any",
    "Literal": "from typing import Literal",
}

_SAMPLES = {
    "bool": "False",
    "int": "0",
    "float": "0.0",
    "str": '"text"',
    "Decimal": "Decimal(0)",
    "UUID": "UUID(int=0)",
    "date": "date(2026, 1, 1)",
    "time": "time(12)",
    "datetime": "datetime(2026, 1, 1, tzinfo=UTC)",
    "JsonValue": "{}",
    "Any": '"text"',
}
"""By Python type: the source of a value."""

_JSON = {
    "bool": {"boolean"},
    "int2": {"integer"},
    "int4": {"integer"},
    "int8": {"integer"},
    "float4": {"number"},
    "float8": {"number"},
    "numeric": {"number"},
}
_EVERY_KIND = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `type` is the type below any domains, `element` that of an array's elements.

    `required` means not null. A `filled` column gets a value by itself; a default of `auth.uid()`
    does not count. `is_user` refers to `auth.users`. `labels` are those of an enum.
    """

    name: str
    type: str
    required: bool
    filled: bool
    is_user: bool = False
    element: str | None = None
    labels: tuple[str, ...] = ()

    @property
    def annotation(self) -> str:
        """Return the Python type of its values, as source; with `| None` if it may be null."""
        return self._plain if self.required else f"{self._plain} | None"

    @property
    def must_be_given(self) -> bool:
        """Whether an insert by a program has to name the column."""
        return self.required and not self.filled

    @property
    def imports(self) -> list[str]:
        """Return the lines of source that import what `annotation` names."""
        return _imported(self.annotation)

    @property
    def sample(self) -> str:
        """Return some value of the column, as source."""
        if self.element:
            return "[]"
        return _quoted(self.labels[0]) if self.labels else _SAMPLES[self._plain]

    @property
    def sample_imports(self) -> list[str]:
        """Return the lines of source that import what `sample` names."""
        return _imported(self.sample)

    @property
    def json_kinds(self) -> frozenset[str]:
        """Return which kinds of JSON values it has, in the words of JSON Schema."""
        is_text = self.type in _TEXTS or bool(self.labels)
        known = {"string"} if is_text else _JSON.get(self.type)
        kinds = {"array"} if self.element else known
        if kinds is None:
            kinds = set(_EVERY_KIND - {"null"})
        return frozenset(kinds if self.required else kinds | {"null"})

    @property
    def _plain(self) -> str:
        name = self.element or self.type
        single = _PYTHON.get(name, "str" if name in _TEXTS else "Any")
        if self.labels:
            single = f"Literal[{', '.join(map(_quoted, self.labels))}]"
        return f"list[{single}]" if self.element else single


def _imported(source: str) -> list[str]:
    return [_IMPORTS[word] for word in re.findall(r"\w+", source) if word in _IMPORTS]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"'


async def columns_of(connection: Connection, table: str) -> dict[str, Column]:
    """Return the columns of a table by name. Raises `SetupError` if there is no such table."""
    try:
        rows = await connection.fetch(_COLUMNS, table)
    except Exception as error:
        if getattr(error, "sqlstate", None) != "42602":
            raise
        rows = []
    if not rows:
        raise SetupError(
            f"there is no table {table}",
            cure="write schema and name, such as public.cvs; apply the migration that makes it",
        )
    return {row["name"]: _column(row) for row in rows}


def chosen(columns: dict[str, Column], names: Sequence[str], option: str) -> list[Column]:
    """Return the columns with these names. Raises `SetupError` for a name that is not there."""
    unknown = [name for name in names if name not in columns]
    if unknown:
        free = ", ".join(name for name in columns if not name.startswith("processing_"))
        raise SetupError(
            f"{option} names {', '.join(unknown)}, which the table does not have",
            cure=f"choose from {free}",
        )
    return [columns[name] for name in dict.fromkeys(names)]


def _column(row: Any) -> Column:
    return Column(
        row["name"],
        row["type"],
        row["required"],
        row["filled"],
        row["is_user"],
        row["element"],
        tuple(row["labels"]),
    )
