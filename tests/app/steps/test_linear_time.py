"""The time of every regular expression is linear in the length of the text.

The patterns are found by searching all modules, so a new one needs no entry here.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache, partial, reduce
from operator import or_
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import liverows
import worker
from tests.support import cpu_time
from tests.support.attacks import EACH, PIECES, TAILS, pumps, some
from tests.support.cpu_time import UNNOTICED_SECONDS, grows_too_fast, is_plainly_linear

PACKAGES = (worker.__name__, liverows.__name__)
MODULES = sorted(
    ".".join((package.name, *path.relative_to(package).with_suffix("").parts))
    for package in (Path(worker.__file__).parent, Path(liverows.__file__).parent)
    for path in package.rglob("*.py")
    if path.stem not in ("__init__", "__main__")
    and not {"testing", "scaffold"}.intersection(path.parts)
    and re.search(r"\bre\.", path.read_text(encoding="utf-8"))
)
"""The test kit and `liverows init` read only files of the developer who runs them."""
HARMLESS = {
    "liverows.base.log": "the secrets of the worker's own settings",
    "worker.companies.canonical": "a company's name, escaped, with endings of a fixed list",
}
"""The modules that make a pattern of a text that no stranger writes, or that cannot repeat."""
SHORT = 300
"""The texts are short, because there are half a million of them."""
LONG = 300
"""Patterns of more characters are lists of words. They need so much time for each character that
half of the text shows how it grows."""
UNNOTICED = UNNOTICED_SECONDS / 4

pytestmark = pytest.mark.timeout(600)


@EACH
@pytest.mark.parametrize("name", MODULES)
def test_every_pattern_takes_time_linear_in_the_text(name: str, of: int) -> None:
    module = importlib.import_module(name)
    patterns = {*_kept(vars(module), depth=4), *_literal(module)}
    slow = [found for pattern in patterns for found in _slow_uses(pattern, of)]
    assert not slow


@pytest.mark.parametrize(
    "pattern",
    [
        r"^(?:(?:oh|yeah|oh yeah)\W*)+$",
        r"\s*\d+",
        r"(?:a|b)+c",
        r"[\w.]+@",
        r"what.*\W*$",
        r"(?:maybe\s+)*(?:maybe\s+)*tell",
        r"(\s*\n)+x",
        r"(?:\d+[.,]?)+%",
    ],
)
def test_a_pattern_that_is_not_linear_is_found(
    pattern: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Some of these never end. Nothing is told apart by how long that is waited for.
    monkeypatch.setattr(cpu_time, "HANGS_SECONDS", 0.5)
    assert next(_slow(re.compile(pattern)), None)


def test_a_pattern_that_only_looks_dangerous_passes() -> None:
    assert not list(_slow(re.compile(r"\A\s*+(?:(?:oh|yeah)\b\W*+)*(?:[^<>]{0,40}x)?")))


@pytest.mark.parametrize("name", [name for name in MODULES if name not in HARMLESS])
def test_no_function_makes_a_pattern_out_of_a_text(name: str) -> None:
    """No test would see such a pattern, and the text would decide how slow it is."""
    made = [
        f"line {call.lineno}: {ast.unparse(call)[:80]}"
        for function in ast.walk(_tree(importlib.import_module(name)))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for call in _matches(function)
        if not isinstance(call.args[0], ast.Constant)
    ]
    assert not made


@cache
def _slow_uses(pattern: re.Pattern[Any], of: int) -> tuple[str, ...]:
    """Kept, because some patterns are imported by further modules."""
    return tuple(_slow(pattern, of))


def _slow(pattern: re.Pattern[Any], of: int = 1) -> Iterator[str]:
    """The first text that takes too long, for each use of the pattern."""
    own = pumps(pattern)
    length = SHORT // 2 if len(pattern.pattern) > LONG else SHORT
    texts = [(*pump, tail) for pump in own for tail in TAILS]
    pieces = some(PIECES, str(pattern.pattern), of)
    texts += [("", piece, tail) for piece in pieces for tail in ("", "zq")]
    for use, attacks in (("finditer", texts), ("fullmatch", texts[: len(own) * len(TAILS)])):
        call = getattr(_Uses(pattern), use)
        for before, piece, tail in attacks:
            half = partial(_attack, before, piece * (length // 2 // len(piece) + 1), tail)
            if is_plainly_linear(call, half, unnoticed=UNNOTICED / 4):
                continue
            pumped = partial(_attack, before, piece * (length // len(piece) + 1), tail)
            if wrong := grows_too_fast(call, pumped, unnoticed=UNNOTICED):
                yield f"{pattern.pattern!r}, {use} of {before!r} {piece!r}… {tail!r}: {wrong}"
                break


def _attack(before: str, pumped: str, tail: str, size: int) -> str:
    return f"{before}{pumped * size}{tail}"


class _Uses:
    """The ways to use a pattern: to find all matches in a text, or to match the whole text."""

    def __init__(self, pattern: re.Pattern[Any]) -> None:
        self._pattern = pattern

    def finditer(self, text: str) -> None:
        for _ in self._pattern.finditer(self._as_given(text)):
            pass

    def fullmatch(self, text: str) -> None:
        self._pattern.fullmatch(self._as_given(text))

    def _as_given(self, text: str) -> str | bytes:
        return text.encode() if isinstance(self._pattern.pattern, bytes) else text


def _kept(value: object, depth: int) -> Iterator[re.Pattern[Any]]:
    """The patterns in a module's variables, including those inside containers."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict) and depth:
        for item in (*value.keys(), *value.values()):
            yield from _kept(item, depth - 1)
    elif isinstance(value, tuple | list | set | frozenset) and depth:
        for item in value:
            yield from _kept(item, depth - 1)
    elif isinstance(value, type) and value.__module__.startswith(PACKAGES) and depth:
        yield from _kept(dict(vars(value)), depth - 1)


def _literal(module: ModuleType) -> Iterator[re.Pattern[Any]]:
    """The patterns that are written as literals in calls of `re`."""
    for call in _matches(_tree(module)):
        if isinstance(call.args[0], ast.Constant):
            words = [node.attr for node in ast.walk(call) if isinstance(node, ast.Attribute)]
            flags = [getattr(re, word) for word in words if word.isupper()]
            yield re.compile(ast.literal_eval(call.args[0]), reduce(or_, flags, re.RegexFlag(0)))


def _matches(within: ast.AST) -> Iterator[ast.Call]:
    """The calls of the `re` module."""
    for node in ast.walk(within):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr != "escape"
        ):
            yield node


def _tree(module: ModuleType) -> ast.Module:
    assert module.__file__
    return ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
