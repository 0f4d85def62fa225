"""The answer of `list`: the files directly in a folder, and the names of its folders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

SORTABLE = {"name", "created_at", "updated_at", "last_accessed_at"}
USUAL_LIMIT = 100


def listed(
    rows: Sequence[Mapping[str, Any]], folder: str, asked: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The entries of `folder`, which is empty or ends with a slash. An entry for a folder has no
    id."""
    search = str(asked.get("search") or "").lower()
    entries: dict[str, dict[str, Any]] = {}
    for row in rows:
        name, _, rest = str(row["name"]).removeprefix(folder).partition("/")
        if search in name.lower():
            entries.setdefault(name, _folder(name) if rest else {**row, "name": name})
    order = asked.get("sortBy") or {}
    column = order.get("column") if order.get("column") in SORTABLE else "name"
    found = sorted(
        entries.values(),
        key=lambda entry: str(entry[column] or ""),
        reverse=order.get("order") == "desc",
    )
    start, limit = int(asked.get("offset") or 0), int(asked.get("limit") or USUAL_LIMIT)
    return found[start : start + limit]


def _folder(name: str) -> dict[str, Any]:
    empty = ("id", "created_at", "updated_at", "last_accessed_at", "metadata")
    return {"name": name, **dict.fromkeys(empty)}
