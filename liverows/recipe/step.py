"""Declares a step: a plain async function and the rules for running it.

Steps are declared at import time, so a wrong declaration is found before a row runs.
"""

from __future__ import annotations

import inspect
import re
import types
import typing
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Annotated, Any, Generic, Literal, ParamSpec, TypeVar, Union

from pydantic import PydanticSchemaGenerationError, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError, to_json

from liverows.base.errors import Permanent, SetupError
from liverows.base.json_values import fingerprint, storable, storable_json
from liverows.base.types import Json
from liverows.recipe.resource import Resource
from liverows.recipe.retry import Retry

P = ParamSpec("P")
R = TypeVar("R")

SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


@dataclass(frozen=True, eq=False)
class Step(Generic[P, R]):
    """A named unit of work whose result is stored, so that later runs need not repeat the work.

    `function` is async and fully annotated. Parameters whose type is a `Resource` are tools; all
    others are data, and their hash finds the checkpoint. The result must be a type that pydantic
    can turn into JSON. The caller always gets the result as read back from JSON, also on the first
    run, so that a resumed row behaves like one that was never interrupted.

    A step that pays for an answer should return the raw answer and let another step compute from
    it. Then a bug in the computation does not cost a second paid answer.

    `timeout` is in seconds, for each try. `fallback` takes the same arguments as `function`; its
    value is not stored, so the next run tries the step again. `weight` is how much the step counts
    in the percentage, relative to the other steps of the pipeline. `stage` is the label shown while
    the step runs; by default it is made from `name`.
    `provider` is the name under which workers share the rate limits of the service that the step
    calls. Each try of a `paid` step is recorded in the database before it begins, and has an
    idempotency key; but not if one of the step's tools is None.

    Within a round, a stored result is reused for the same arguments and the same `version`. A new
    round of the row reuses it with `keep="content"` or with `max_age`. With `max_age` the result
    must be younger than so many seconds when the round begins. With `shareable` other rows of the
    pipeline reuse it too, but only while it is younger than `max_age`, if that is set.

    Raises `SetupError` if the name, `timeout`, `weight` or an annotation of the function cannot be
    used.
    """

    name: str
    function: Callable[P, Awaitable[R]]
    _: KW_ONLY
    retry: Retry = field(default_factory=Retry)
    timeout: float = 60.0
    fallback: Callable[P, Awaitable[R]] | None = None
    weight: float = 1.0
    version: str = "1"
    keep: Literal["round", "content"] = "round"
    max_age: float | None = None
    shareable: bool = False
    provider: str | None = None
    paid: bool = False
    stage: str = ""
    _signature: inspect.Signature = field(init=False, repr=False)
    _data: Mapping[str, TypeAdapter[Any]] = field(init=False, repr=False)
    _result: TypeAdapter[R] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not SLUG.fullmatch(self.name):
            raise SetupError(
                f"step name {self.name!r} is not in lower-case-with-hyphens",
                cure="name the step like scrape-website",
            )
        if self.timeout <= 0 or self.weight < 0:
            raise SetupError(
                f"step {self.name}: timeout must be above zero and weight not below",
                cure="correct the declaration",
            )
        if not self.stage:
            object.__setattr__(self, "stage", self.name.replace("-", " ").capitalize())
        self._refuse_blocking()
        hints = self._hints()
        object.__setattr__(self, "_signature", inspect.signature(self.function))
        object.__setattr__(self, "_data", self._data_adapters(hints))
        object.__setattr__(self, "_result", self._adapter("its result", hints["return"]))

    def _refuse_blocking(self) -> None:
        """Refuse a plain function, which would stop the event loop and with it all rows."""
        for function in (self.function, self.fallback):
            if inspect.isroutine(function) and not _is_async(function):
                raise SetupError(
                    f"step {self.name}: {_name(function)} is a plain function",
                    cure="write `async def`; or in_thread(function) for a blocking client, and "
                    "run_in_child(function, …) for computation",
                )

    def input_hash(self, *args: P.args, **kwargs: P.kwargs) -> str:
        """Return the SHA-256 of the data arguments; `Permanent` if one cannot become JSON."""
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        try:
            return fingerprint(
                {
                    name: adapter.dump_python(
                        bound.arguments[name], warnings=False, serialize_as_any=True
                    )
                    for name, adapter in self._data.items()
                }
            )
        except (PydanticSerializationError, ValueError) as error:
            raise Permanent(
                f"step {self.name} was given an argument that is not data: {error}",
                code="internal",
            ) from error

    def can_pay(self, *args: P.args, **kwargs: P.kwargs) -> bool:
        """Whether a call with these arguments can cost money.

        True if the step is `paid` and none of its tools is None.
        """
        if not self.paid:
            return False
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        tools = bound.arguments.keys() - self._data.keys()
        return all(bound.arguments[name] is not None for name in tools)

    def load(self, output: Json) -> R:
        """Make the result from stored JSON; `ValueError` if it does not fit the result's type."""
        try:
            return self._result.validate_json(to_json(output))
        except ValidationError as error:
            raise ValueError(f"{error.error_count()} fields do not fit") from None

    def settled(self, result: R) -> tuple[R, Json]:
        """Return the result as a later run reads it back from its JSON, and that JSON.

        Raises `Permanent` if the result does not fit its declared type.
        """
        output = self._dump(result)
        try:
            return self.load(output), output
        except ValueError as error:
            raise Permanent(
                f"step {self.name} returned what cannot be read back from JSON: {error}",
                code="internal",
            ) from None

    def _dump(self, result: R) -> Json:
        try:
            text = self._result.dump_json(result, round_trip=True, warnings="error")
            return storable_json(text.decode())
        except (PydanticSerializationError, ValueError):
            # Perhaps a text holds a lone surrogate, which pydantic cannot write as JSON text.
            pass
        try:
            return storable(
                self._result.dump_python(result, mode="json", round_trip=True, warnings="error")
            )
        except (PydanticSerializationError, ValueError):
            # Hide the cause: pydantic's message quotes the value, which may be private.
            raise Permanent(
                f"step {self.name} did not return what it declares", code="internal"
            ) from None

    def _hints(self) -> dict[str, Any]:
        try:
            hints = typing.get_type_hints(self.function, include_extras=True)
        except (NameError, TypeError) as error:
            raise SetupError(
                f"step {self.name}: annotations cannot be read: {error}",
                cure="import the annotated types at run time, not under TYPE_CHECKING",
            ) from error
        if "return" not in hints:
            raise SetupError(
                f"step {self.name}: {_name(self.function)} declares no result",
                cure="annotate what it returns",
            )
        return hints

    def _data_adapters(self, hints: Mapping[str, Any]) -> dict[str, TypeAdapter[Any]]:
        adapters = {}
        for name, parameter in self._signature.parameters.items():
            if name not in hints or parameter.kind in _VARIADIC:
                raise SetupError(
                    f"step {self.name}: parameter {name} of {_name(self.function)} "
                    "is not annotated or takes any number of arguments",
                    cure="give each parameter a name and a type; the type tells data from tools",
                )
            if not _is_resource(hints[name]):
                adapters[name] = self._adapter(f"parameter {name}", hints[name])
        return adapters

    def _adapter(self, what: str, annotation: Any) -> TypeAdapter[Any]:
        try:
            return TypeAdapter(annotation)
        except PydanticSchemaGenerationError:
            shown = getattr(annotation, "__name__", annotation)
            raise SetupError(
                f"step {self.name}: {what} is {shown}, which is neither data nor a Resource",
                cure="use types that pydantic knows; a provider's interface inherits from "
                "liverows.recipe.resource.Resource",
            ) from None


def _is_async(function: Callable[..., object]) -> bool:
    """Whether a function, or the one that a decorator has wrapped, is declared with `async`."""
    return any(map(inspect.iscoroutinefunction, (function, inspect.unwrap(function))))


def _is_resource(annotation: Any) -> bool:
    origin = typing.get_origin(annotation)
    if origin is Annotated:
        return _is_resource(typing.get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        members = [member for member in typing.get_args(annotation) if member is not type(None)]
        return all(_is_resource(member) for member in members)
    return Resource in getattr(origin or annotation, "__mro__", ())


def _name(function: Callable[..., object]) -> str:
    return getattr(function, "__qualname__", type(function).__name__)
