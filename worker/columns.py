"""Types for the fields of output models, with the limits of the database columns.

Each type must refuse what its column refuses: an output that the table refuses is left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, partial
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BaseModel, Field, JsonValue, TypeAdapter, ValidationError

MAX_TEXT = 2_000
MAX_ADDRESS = 2_048
MAX_DESCRIPTION = 500_000
MAX_TRANSCRIPT_BYTES = 2_000_000
MAX_CHECKLIST_BYTES = 20_000
_DEEPEST = 8
_LARGEST = 1e15


def _in_bytes(most: int, text: str) -> str:
    if len(text.encode("utf-8", "replace")) > most:
        raise ValueError("too long")
    return text


def _as_stored_json(most: int, value: list[JsonValue]) -> list[JsonValue]:
    # A CHECK limits the bytes of jsonb as text, which has the same spaces as the text of
    # `json.dumps`.
    if len(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")) > most:
        raise ValueError("too long")
    level: list[JsonValue] = [value]
    for _ in range(_DEEPEST + 1):
        if any(isinstance(one, int | float) and not abs(one) <= _LARGEST for one in level):
            raise ValueError("holds a number that is too large")
        level = [inner for one in level for inner in _inside(one)]
    if level:
        raise ValueError("too deep")
    return value


def _inside(value: JsonValue) -> list[JsonValue]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


ShortText: TypeAlias = Annotated[str, Field(max_length=MAX_TEXT)]
Address: TypeAlias = Annotated[str, Field(max_length=MAX_ADDRESS, pattern=r"(?i)^https?://")]
Description: TypeAlias = Annotated[str, Field(max_length=MAX_DESCRIPTION)]
Currency: TypeAlias = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Amount: TypeAlias = Annotated[float, Field(allow_inf_nan=False)]
Seconds: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Score: TypeAlias = Annotated[int, Field(ge=0, le=10)]
Count: TypeAlias = Annotated[int, Field(ge=0, le=2**31 - 1)]
TranscriptText: TypeAlias = Annotated[str, AfterValidator(partial(_in_bytes, MAX_TRANSCRIPT_BYTES))]
Checklist: TypeAlias = Annotated[
    list[JsonValue], AfterValidator(partial(_as_stored_json, MAX_CHECKLIST_BYTES))
]


def fits(model: type[BaseModel], field: str, value: object) -> bool:
    """Whether the value is valid for this field of an output model."""
    try:
        _adapter(model, field).validate_python(value)
    except (ValidationError, RecursionError):
        return False
    return True


def fitting(
    model: type[BaseModel], values: Mapping[str, object]
) -> tuple[dict[str, object], list[str]]:
    """The values, with None for each unfit value, and one warning for each unfit value."""
    unfit = [name for name, value in values.items() if not fits(model, name, value)]
    kept = {name: None if name in unfit else value for name, value in values.items()}
    return kept, [refused(name) for name in unfit]


def refused(field: str) -> str:
    """The warning for a field whose value does not fit, such as `job_title_refused`."""
    return f"{field}_refused"


@cache
def _adapter(model: type[BaseModel], field: str) -> TypeAdapter[Any]:
    return TypeAdapter(model.model_fields[field].rebuild_annotation())
