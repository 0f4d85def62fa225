"""Finds the places in the source that decode something, or that hand work to a child process."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import liverows
import worker

PACKAGES = (Path(worker.__file__).parent, Path(liverows.__file__).parent)
DECODE = {
    "loads", "json", "raw_decode", "from_json", "model_validate", "model_validate_json",
    "validate_json",
    "validate_python", "validate_strings", "decoded", "read_stored", "BeautifulSoup", "HTMLParser",
    "document_fromstring", "fragment_fromstring", "fromstring", "feed_of", "parse", "soup_of",
    "tree_of",
    "trees_of", "JsonLdExtractor", "MicrodataExtractor", "RDFaExtractor", "from_bytes", "b64decode",
    "parse_qs", "parse_qsl", "parsedate_to_datetime", "literal_eval", "safe_load", "unpackb",
    "decompress",
}  # fmt: skip
"""The functions, of libraries and of our own, that make values of text or of bytes."""
NOT_READ = ("liverows/testing/", "liverows/cli/scaffold/")
"""Tools that a developer runs on files of the own project."""


def sites() -> dict[str, str]:
    """The places, as `module:qualified.name`, each with the name that it calls."""
    found: dict[str, str] = {}
    for package in PACKAGES:
        for path in sorted(package.rglob("*.py")):
            name = path.relative_to(package.parent).as_posix()
            if not name.startswith(NOT_READ):
                module = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
                found |= dict(_calls(ast.parse(path.read_text(encoding="utf-8")), module, ()))
    return found


def _calls(node: ast.AST, module: str, within: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for child in ast.iter_child_nodes(node):
        inner = within
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = (*within, child.name)
        if isinstance(child, ast.Call):
            called = _name(child.func)
            if called in DECODE:
                yield f"{module}:{'.'.join(within)}", called
            if called == "run_in_child" and child.args:
                yield _function(child.args[0], module, within), called
        yield from _calls(child, module, inner)


def _function(argument: ast.expr, module: str, within: tuple[str, ...]) -> str:
    """The function that a child process runs; the caller itself, if it makes the function."""
    made = getattr(importlib.import_module(module), _name(argument), None)
    if made is None:
        return f"{module}:{'.'.join(within)}"
    return f"{made.__module__}:{made.__qualname__}"


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
