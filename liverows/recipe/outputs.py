"""Turns results into output columns of a row: only the fields that the recipe set, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from pydantic import BaseModel
from pydantic_core import PydanticSerializationError

from liverows.base.errors import Permanent
from liverows.base.json_values import storable, storable_json
from liverows.base.types import JsonObject


def dump_output(output: BaseModel) -> JsonObject:
    """The fields that were set. A default value is left out, so its column does not change."""
    return _dump(output, set(output.model_fields_set))


def dump_fields(model: type[BaseModel], values: Mapping[str, object]) -> JsonObject:
    """The given fields of an output model; `Permanent` if a name is unknown or a value is wrong."""
    unknown = sorted(values.keys() - model.model_fields.keys())
    if unknown:
        raise Permanent(f"{model.__name__} has no output {', '.join(unknown)}", code="bad_output")
    return _dump(model.model_construct(set(values), **values), set(values))


def _dump(output: BaseModel, names: set[str]) -> JsonObject:
    try:
        text = output.model_dump_json(include=names, warnings="error")
        return cast(JsonObject, storable_json(text))
    except (PydanticSerializationError, ValueError):
        pass  # Perhaps a text only holds a lone surrogate: clean it rather than lose the result.
    try:
        dumped = output.model_dump(mode="json", include=names, warnings="error")
        return cast(JsonObject, storable(dumped))
    except (PydanticSerializationError, ValueError):
        # Hide the cause: pydantic's message quotes the value, which may be private.
        raise Permanent(
            f"{type(output).__name__} holds a value that does not fit its declaration",
            code="bad_output",
        ) from None
