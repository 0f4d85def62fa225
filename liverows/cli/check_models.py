"""Compares the models of a pipeline with the columns of its table, by the kinds of JSON values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.errors import PydanticUserError
from pydantic.fields import FieldInfo

from liverows.base.finding import State
from liverows.cli.scaffold.columns import Column
from liverows.recipe.registry import AnyPipeline
from liverows.running.matching import HANDOVER

Misfit = tuple[State, str, str]
"""State, what is wrong, and what to do."""

_EVERY_KIND = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})


def misfits(pipeline: AnyPipeline, columns: Mapping[str, Column]) -> Iterator[Misfit]:
    """Yield what does not fit. A field whose kinds of values cannot be told is taken to fit."""
    for name in pipeline.inputs.model_fields:
        if name in columns:
            yield from _input(columns[name], _kinds_of(pipeline.inputs, name, "validation"))
        else:
            yield _gone(name)
    for name in pipeline.outputs.model_fields:
        if name in columns:
            yield from _output(columns[name], _kinds_of(pipeline.outputs, name, "serialization"))
        elif name != HANDOVER:
            yield _gone(name)


def _gone(name: str) -> Misfit:
    return (
        "problem",
        f"the attached column {name} is not in the table any more",
        "attach the table again, with the columns that it has now",
    )


def _input(column: Column, accepted: frozenset[str]) -> Iterator[Misfit]:
    given = _with_integers(column.json_kinds)
    if not (given - {"null"}) & _with_integers(accepted):
        yield (
            "problem",
            f"the input {column.name} is {_named(given)} in the table, "
            f"and {_named(accepted)} in the model",
            f"declare it as {column.annotation}",
        )
    elif "null" in given and "null" not in accepted:
        yield (
            "warning",
            f"the input {column.name} may be empty in the table, but not in the model",
            f"declare it as {column.annotation}, "
            f"or attach with \"when\" => '{column.name} is not null'",
        )


def _output(column: Column, written: frozenset[str]) -> Iterator[Misfit]:
    taken = _with_integers(column.json_kinds)
    # Postgres reads numbers, dates and the like from text.
    if not column.element:
        taken |= {"string"}
    wrong = _with_integers(written) - taken - {"null"}
    if wrong and written != _EVERY_KIND:
        yield (
            "problem",
            f"the output {column.name} is {_named(written)} in the model, "
            f"which the column does not take",
            f"declare it as {column.annotation}",
        )
    elif column.required and "null" in written and written != _EVERY_KIND:
        yield (
            "problem",
            f"the output {column.name} may be None in the model, and not in the table",
            f"declare it as {column.annotation}, or drop the column's not null",
        )


def _kinds_of(model: type[BaseModel], name: str, mode: Any) -> frozenset[str]:
    """Return the kinds of JSON values that a field reads or writes; all if that cannot be told."""
    field = model.model_fields[name]
    if _has_own_code(model, field):
        return _EVERY_KIND
    try:
        schema = TypeAdapter[Any](field.annotation or object).json_schema(mode=mode)
    except PydanticUserError:
        return _EVERY_KIND
    return frozenset(_kinds(schema, schema.get("$defs", {})))


def _has_own_code(model: type[BaseModel], field: FieldInfo) -> bool:
    """Whether functions of the project may change what the field reads or writes."""
    decorators = model.__pydantic_decorators__
    of_model = (
        decorators.field_validators,
        decorators.model_validators,
        decorators.field_serializers,
        decorators.model_serializers,
    )
    # Plain limits of a value, such as its length, come from the package annotated_types.
    code = [one for one in field.metadata if not type(one).__module__.startswith("annotated_types")]
    return any(of_model) or bool(code)


def _kinds(schema: Any, defined: Mapping[str, Any]) -> set[str]:
    """Return the kinds that a JSON Schema allows."""
    if not isinstance(schema, dict):
        return set(_EVERY_KIND)
    if "$ref" in schema:
        return _kinds(defined.get(schema["$ref"].rpartition("/")[2]), defined)
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return {kind for one in schema[word] for kind in _kinds(one, defined)}
    named = schema.get("type")
    if named is None:
        return set(_EVERY_KIND)
    return {named} if isinstance(named, str) else set(named)


def _with_integers(kinds: frozenset[str]) -> frozenset[str]:
    return kinds | {"integer"} if "number" in kinds else kinds


def _named(kinds: frozenset[str]) -> str:
    return " or ".join(sorted(kinds - {"null"})) or "always null"
