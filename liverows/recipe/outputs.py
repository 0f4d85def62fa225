"""Results as the output columns of a row: only what a recipe set, ready for `jsonb`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from pydantic import BaseModel
from pydantic_core import PydanticSerializationError

from liverows.base.errors import Permanent
from liverows.base.json_values import storable, storable_json
from liverows.base.types import JsonObject


def dump_output(output: BaseModel) -> JsonObject:
    """The fields that were set; a default that nobody chose leaves its column alone."""
    return _dump(output, set(output.model_fields_set))


def dump_fields(model: type[BaseModel], values: Mapping[str, object]) -> JsonObject:
    """Single fields of an output model; `Permanent` for an unknown or a wrong one."""
    unknown = sorted(values.keys() - model.model_fields.keys())
    if unknown:
        raise Permanent(f"{model.__name__} has no output {', '.join(unknown)}", code="bad_output")
    return _dump(model.model_construct(set(values), **values), set(values))


def _dump(output: BaseModel, names: set[str]) -> JsonObject:
    try:
        text = output.model_dump_json(include=names, warnings="error")
        return cast(JsonObject, storable_json(text))
    except (PydanticSerializationError, ValueError):
        pass  # It may only hold half a character, which must not cost the row its result.
    try:
        dumped = output.model_dump(mode="json", include=names, warnings="error")
        return cast(JsonObject, storable(dumped))
    except (PydanticSerializationError, ValueError):
        # Without the cause, because pydantic's message quotes the value.
        raise Permanent(
            f"{type(output).__name__} holds a value that does not fit its declaration",
            code="bad_output",
        ) from None
