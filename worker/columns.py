"""What the columns of the tables take, as types for the fields of output models.

They are the CHECK constraints of the migrations, said in Python; a test holds the two
against each other. A value that its column would refuse costs that field and a warning,
and not the row with everything that was found and paid for.
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
    # The database's own text of a jsonb has the same spaces.
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
    """Whether this field of an output model, and so its column, takes the value."""
    try:
        _adapter(model, field).validate_python(value)
    except (ValidationError, RecursionError):
        return False
    return True


def fitting(
    model: type[BaseModel], values: Mapping[str, object]
) -> tuple[dict[str, object], list[str]]:
    """The values that fit, null in place of the others, and a warning for each of those."""
    unfit = [name for name, value in values.items() if not fits(model, name, value)]
    kept = {name: None if name in unfit else value for name, value in values.items()}
    return kept, [refused(name) for name in unfit]


def refused(field: str) -> str:
    """The warning for a field whose value its column does not take."""
    return f"{field}_refused"


@cache
def _adapter(model: type[BaseModel], field: str) -> TypeAdapter[Any]:
    return TypeAdapter(model.model_fields[field].rebuild_annotation())
