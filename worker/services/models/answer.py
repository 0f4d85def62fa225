"""Finds one answer of the wanted form in what a model wrote.

Asking again costs a second call, so answers inside other text or wrappers are accepted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Generic

from pydantic import BaseModel, RootModel, ValidationError

from liverows import run_in_child
from worker.services.models.language_model import BaseModelT
from worker.services.models.text import Values, load, values_in

MAX_PROBLEMS_TOLD = 10
MAX_CHARACTERS = 500_000
MAX_CHARACTERS_HERE = 20_000
"""More characters are read in a child process, because reading can take seconds."""
MAX_WRAPPERS = 4
MAX_WRAPPED = 20

_ARGUMENTS = ("arguments", "parameters", "input", "args", "kwargs", "action_input", "function")
_BESIDE_ARGUMENTS = {"name", "type", "id", "index", "tool", "tool_name", "action", "call_id"}


@dataclass(frozen=True, slots=True)
class Fit(Generic[BaseModelT]):
    """A validated answer; or None, and `problem`, which tells the model what is wrong.

    `is_shapeless`: the answer seems not to follow the schema; for instance, a field is missing.
    """

    value: BaseModelT | None
    problem: str = ""
    is_shapeless: bool = False


async def read_apart(
    output: type[BaseModelT],
    *,
    text: str = "",
    thought: str = "",
    calls: Sequence[object] = (),
) -> Fit[BaseModelT]:
    """Call `read_answer`, for long input in a child process.

    Raises the errors of `run_in_child`, such as `Permanent` with the code `too_complex`.
    """
    length = len(text) + len(thought) + sum(len(call) for call in calls if isinstance(call, str))
    read = partial(read_answer, output, text=text, thought=thought, calls=calls)
    return read() if length <= MAX_CHARACTERS_HERE else await run_in_child(read)


def read_answer(
    output: type[BaseModelT],
    *,
    text: str = "",
    thought: str = "",
    calls: Sequence[object] = (),
) -> Fit[BaseModelT]:
    """The answer in a reply: from its text, else from tool calls, else from its thinking.

    `thought` is thinking outside of `text`. `calls` are tool calls' arguments, as JSON text or
    values.
    """
    reader = _Reader(output)
    if len(text) + len(thought) > MAX_CHARACTERS:
        return Fit(None, "answer: it is far too long", is_shapeless=True)
    said = _said(text, thought)
    if said.is_alone and said.said == [{}] and not reader.is_root:
        fit = reader.validated({})[0]
        return Fit(fit) if fit is not None else reader.problem([{}])
    for group in (said.said, calls, said.thought):
        found = reader.best(group)
        if len(found) == 1:
            return Fit(found[0])
        if found:
            return Fit(None, "answer: it holds several different answers")
    return reader.problem([*said.said, *calls, *said.thought])


def _said(text: str, thought: str) -> Values:
    """The values in the text; if the text is blank, those in `thought`."""
    found = _values(text)
    if found.said or found.thought or text.strip() or not thought:
        return found
    # Add a start tag, because `thought` may contain an end tag before the answer.
    try:
        return Values(thought=[load(thought)])
    except ValueError:
        beside = values_in(f"<think>{thought}")
        return Values(thought=beside.said or beside.thought)


def _values(text: str) -> Values:
    try:
        return Values(said=[load(text)], is_alone=True)
    except ValueError:
        return values_in(text)


@lru_cache(maxsize=256)
def _names(output: type[BaseModel]) -> frozenset[str]:
    """The names and aliases of the form's fields."""
    properties = output.model_json_schema().get("properties", {})
    return frozenset(properties) | frozenset(output.model_fields)


class _Reader(Generic[BaseModelT]):
    """Finds the values that fit one form, and says why the others do not."""

    def __init__(self, output: type[BaseModelT]) -> None:
        self._output = output
        self.is_root = issubclass(output, RootModel)
        self._names = frozenset[str]() if self.is_root else _names(output)

    def best(self, values: Sequence[Any]) -> list[BaseModelT]:
        """The fitting answers that set the most fields, at most two different ones."""
        direct = [fit for value in values if (fit := self._direct(value)) is not None]
        found = direct or [fit for value in values for fit in self._wrapped(value, MAX_WRAPPERS)]
        most = max((len(fit.model_fields_set) for fit in found), default=0)
        return _distinct(fit for fit in found if len(fit.model_fields_set) == most)

    def problem(self, values: Sequence[Any]) -> Fit[BaseModelT]:
        """A `Fit` that tells why a value does not fit."""
        meant = [value for value in values if self._is_ours(value)] or list(values)
        if not meant:
            return Fit(None, "answer: it holds no JSON object", is_shapeless=True)
        errors = self.validated(meant[-1])[1]
        told = "\n".join(
            f"{'.'.join(str(part) for part in item['loc']) or 'answer'}: {item['msg']}"
            for item in errors[:MAX_PROBLEMS_TOLD]
        )
        is_shapeless = not self._is_ours(meant[-1]) or any(
            item["type"] == "missing" for item in errors
        )
        return Fit(None, told or "answer: it has none of the expected fields", is_shapeless)

    def _is_ours(self, value: object) -> bool:
        if self.is_root or not self._names:
            return True
        return isinstance(value, dict) and not self._names.isdisjoint(value)

    def validated(self, value: object) -> tuple[BaseModelT | None, list[dict[str, Any]]]:
        """The value in the wanted form; or None, and what is wrong with the value."""
        try:
            # pydantic has other rules for JSON than for Python values. Lone surrogates become `?`.
            said = json.dumps(value, ensure_ascii=False).encode(errors="replace")
            return self._output.model_validate_json(said), []
        except ValidationError as error:
            told = error.errors(include_input=False, include_url=False, include_context=False)
            return None, [dict(item) for item in told]
        except (ValueError, RecursionError):
            return None, [{"loc": (), "msg": "it cannot be read", "type": "unreadable"}]

    def _direct(self, value: object) -> BaseModelT | None:
        if not self._is_ours(value):
            return None
        fit, errors = self.validated(value)
        if fit is None and isinstance(value, dict):
            decoded = _with_decoded(value, errors)
            fit = self.validated(decoded)[0] if decoded else None
        return fit

    def _wrapped(self, value: object, depth: int) -> list[BaseModelT]:
        """At most two different answers inside at most `depth` nested wrappers."""
        found: list[BaseModelT] = []
        for inner in self._inside(value):
            fit = self._direct(inner)
            if fit is not None:
                found.append(fit)
            elif depth > 1:
                found += self._wrapped(inner, depth - 1)
        return _distinct(found)

    def _inside(self, value: object) -> Iterator[object]:
        if isinstance(value, str):
            yield from _decoded(value)
        elif isinstance(value, list):
            yield from value[:1] if len(value) == 1 else ()
            if len(self._names) == 1:
                yield {next(iter(self._names)): value}
        elif isinstance(value, dict) and self._is_ours(value):
            yield from self._arguments(value)
        elif isinstance(value, dict):
            holders = [one for one in value.values() if isinstance(one, dict | list | str)]
            yield from holders[:MAX_WRAPPED]

    def _arguments(self, value: dict[str, object]) -> Iterator[object]:
        """The possible answers inside an object that has a field name of the form."""
        for key in _ARGUMENTS:
            beside = value.keys() - {key}
            if key in value and key not in self._names and beside <= _BESIDE_ARGUMENTS:
                yield value[key]
        if len(value) == 1:
            (key, inner), *_ = value.items()
            if any(item["loc"][:1] == (key,) for item in self.validated(value)[1]):
                yield inner


def _decoded(text: str) -> Iterator[object]:
    if text.lstrip()[:1] not in ("{", "[", '"', "`", "<"):
        return
    try:
        yield load(text)
    except ValueError:
        yield from values_in(text).said


def _with_decoded(value: dict[str, Any], errors: list[dict[str, Any]]) -> dict[str, Any]:
    """A copy in which wrong fields with JSON as text are decoded; empty if none is decoded."""
    decoded: dict[str, Any] = {}
    for key in {item["loc"][0] for item in errors if item["loc"]}:
        text = value.get(key) if isinstance(key, str) else None
        if isinstance(text, str) and text.lstrip()[:1] in ("{", "["):
            try:
                decoded[str(key)] = load(text)
            except ValueError:
                continue
    return {**value, **decoded} if decoded else {}


def _distinct(found: Iterable[BaseModelT]) -> list[BaseModelT]:
    kept: list[BaseModelT] = []
    for one in found:
        if one not in kept:
            kept.append(one)
            if len(kept) == 2:
                break
    return kept
