"""Plain types that several subpackages need."""

from __future__ import annotations

from typing import Literal, TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
JsonObject: TypeAlias = "dict[str, Json]"

Status: TypeAlias = Literal["pending", "processing", "completed", "failed", "cancelled"]
"""The labels of the SQL enum `public.processing_status`, in its order."""

WakeSource: TypeAlias = Literal["notify", "realtime", "sweep", "due", "finished", "start"]
"""Why a worker looked for rows. The database stores this reason with each run claimed then."""
