"""Reads the answers of the contract as far as the pages need it."""

from __future__ import annotations

from typing import Any

from liverows.base.errors import ContractMismatch
from liverows.base.types import Json


def one(answer: Json, function: str) -> dict[str, Any]:
    """Return an answer that is one object. Raises `ContractMismatch` for another one."""
    if isinstance(answer, dict):
        return answer
    raise _mismatch(function)


def many(answer: Json, function: str) -> list[dict[str, Any]]:
    """Return an answer that is a list of objects. Raises `ContractMismatch` for another one."""
    if isinstance(answer, list) and all(isinstance(each, dict) for each in answer):
        return [each for each in answer if isinstance(each, dict)]
    raise _mismatch(function)


def _mismatch(function: str) -> ContractMismatch:
    return ContractMismatch(
        f"processing.{function} gave an answer of another shape",
        cure="run the release of liverows that fits the database, or `liverows migrate`",
    )
