"""`liverows check` tells what does not fit, and trusts the code of a project."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Json, field_validator

from liverows import Pipeline
from liverows.base.errors import SetupError
from liverows.cli.check_models import misfits
from liverows.cli.scaffold.columns import Column
from liverows.cli.scaffold.pipeline_files import NewPipeline


class Foreign:
    pass


class Split(BaseModel):
    body: list[str]

    @field_validator("body", mode="before")
    @classmethod
    def split(cls, value: Any) -> Any:
        return value.split()


def column(kind: str = "text", *, required: bool = True, **more: Any) -> Column:
    return Column("body", kind, required, filled=False, **more)


def told(annotation: Any, found: Column, *, output: bool = False) -> list[str]:
    """The states of what is told about a model with one field of this type."""
    config = ConfigDict(arbitrary_types_allowed=True)
    model: type[BaseModel] = type(
        "Model", (BaseModel,), {"__annotations__": {"body": annotation}, "model_config": config}
    )
    nothing: type[BaseModel] = type("Nothing", (BaseModel,), {})
    inputs, outputs = (nothing, model) if output else (model, nothing)
    pipeline: Pipeline[Any, Any] = Pipeline("x", inputs=inputs, outputs=outputs)
    return [state for state, _, _ in misfits(pipeline, {"body": found})]


@pytest.mark.parametrize(
    ("annotation", "found"),
    [
        (str, column()),
        (Annotated[str, Field(max_length=3)], column()),
        (Annotated[list[str], BeforeValidator(str.split)], column()),
        (Json[dict[str, int]], column()),
        (float, column("numeric")),
        (float, column("int4")),
        (list[float], column("vector")),
        (dict[str, Any], column("hstore")),
        (Foreign, column()),
        (list[int], column("_int4", element="int4")),
        (str | None, column(required=False)),
        (Any, column("jsonb")),
    ],
)
def test_an_input_that_fits_or_that_only_code_can_judge_is_not_told(
    annotation: Any, found: Column
) -> None:
    assert told(annotation, found) == []


@pytest.mark.parametrize(
    ("annotation", "found", "state"),
    [
        (int, column(), "problem"),
        (str, column("int4"), "problem"),
        (list[str], column(), "problem"),
        (str, column("_text", element="text"), "problem"),
        (str, column(required=False), "warning"),
    ],
)
def test_an_input_that_does_not_fit_is_told(annotation: Any, found: Column, state: str) -> None:
    assert told(annotation, found) == [state]


@pytest.mark.parametrize(
    ("annotation", "found", "states"),
    [
        (str, column("numeric"), []),
        (list[float], column("vector"), []),
        (dict[str, Any], column("jsonb"), []),
        (str | None, column(required=False), []),
        (str | None, column(), ["problem"]),
        (list[str], column(), ["problem"]),
        (dict[str, Any], column("_text", element="text"), ["problem"]),
    ],
)
def test_an_output_is_told_if_the_column_does_not_take_it(
    annotation: Any, found: Column, states: list[str]
) -> None:
    assert told(annotation, found, output=True) == states


def test_a_validator_of_the_model_is_trusted() -> None:
    pipeline: Pipeline[Any, Any] = Pipeline("x", inputs=Split, outputs=Split)
    assert list(misfits(pipeline, {"body": column()})) == []


def test_an_attached_column_that_is_gone_is_told() -> None:
    pipeline: Pipeline[Any, Any] = Pipeline("x", inputs=Split, outputs=Split)
    found = list(misfits(pipeline, {}))
    assert [state for state, _, _ in found] == ["problem", "problem"]
    assert "the attached column body is not in the table" in found[0][1]


@pytest.mark.parametrize("name", ["_x", "model_config", "two words", "class"])
def test_a_column_that_cannot_be_a_field_is_refused(name: str) -> None:
    odd = Column(name, "text", required=False, filled=False)
    with pytest.raises(SetupError, match="cannot be the name of a field"):
        NewPipeline("x", "public.t", "jobs", [odd], inputs=[odd], outputs=[])
