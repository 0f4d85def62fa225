"""Turns the fields that a recipe has set into JSON for the row's output columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from pydantic import BaseModel
from pydantic_core import PydanticSerializationError

from liverows.base.errors import Permanent
from liverows.base.json_values import storable, storable_json
from liverows.base.types import JsonObject


def dump_output(output: BaseModel) -> JsonObject:
    """Return as JSON the fields that the recipe set; the columns of the others do not change.

    Raises `Permanent` if a value does not fit its field's type.
    """
    return _dump(output, set(output.model_fields_set))


def dump_fields(model: type[BaseModel], values: Mapping[str, object]) -> JsonObject:
    """Return the given values of output fields as JSON.

    Raises `Permanent` if the model has no such field, or if a value does not fit its field's type.
    """
    unknown = sorted(values.keys() - model.model_fields.keys())
    if unknown:
        raise Permanent(f"{model.__name__} has no output {', '.join(unknown)}", code="bad_output")
    return _dump(model.model_construct(set(values), **values), set(values))


def _dump(output: BaseModel, names: set[str]) -> JsonObject:
    try:
        text = output.model_dump_json(include=names, warnings="error")
        return cast(JsonObject, storable_json(text))
    except (PydanticSerializationError, ValueError):
        # Perhaps a text holds a lone surrogate, which pydantic cannot write as JSON text.
        pass
    try:
        dumped = output.model_dump(mode="json", include=names, warnings="error")
        return cast(JsonObject, storable(dumped))
    except (PydanticSerializationError, ValueError):
        # Hide the cause: pydantic's message quotes the value, which may be private.
        wrong = ", ".join(sorted(name for name in names if not _fits(output, name)))
        raise Permanent(
            f"{wrong or 'a value'} of {type(output).__name__} does not fit its declaration",
            code="bad_output",
        ) from None


def _fits(output: BaseModel, name: str) -> bool:
    try:
        storable(output.model_dump(mode="json", include={name}, warnings="error"))
    except (PydanticSerializationError, ValueError):
        return False
    return True
