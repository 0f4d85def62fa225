"""Masks secrets in what the database has stored, before a command shows any of it.

An error's message, an exception, a worker's name or an operator's filter may quote a key. The
console masks them on its pages; commands do the same, for people and with `--json`.
"""

from __future__ import annotations

from collections.abc import Callable

from liverows.base.log import Redactor, secrets_of
from liverows.base.settings import Settings
from liverows.base.types import Json
from liverows.cli.program import program

_CURSOR = "next"
"""The place at which the next call goes on, which must be what the database has told."""
_GIVEN_BACK = frozenset({"id", "examples", "owner", "table"})
"""Fields whose values an operator gives to the next command. A masked one would choose other rows,
so in these only the secrets of the settings are masked, and not what merely looks like one: a key
may be an address with a query."""
_FREE = frozenset({"arguments", "data", "details", "error", "settings"})
"""Fields with JSON that others have written, where those names mean something else."""

_redactor = Redactor()


def mask_settings(settings: Settings) -> None:
    """Mask the secrets of these settings, and those of the program, from now on."""
    _redactor.learn([*secrets_of(settings), *program().secrets()])


def masked_text(text: str) -> str:
    """Return a text without its secrets."""
    return _redactor.text(text)


def masked(answer: Json) -> Json:
    """Return an answer of the contract without the secrets in its texts."""
    return _changed(answer, "", _masked_field)


def exact(answer: Json) -> Json:
    """Return an answer without the secrets of the settings, and otherwise as it is stored."""
    return _changed(answer, "", lambda _name, text: _redactor.known(text))


def _masked_field(name: str, text: str) -> str:
    if name == _CURSOR:
        return text
    return _redactor.known(text) if name in _GIVEN_BACK else _redactor.field(name, text)


def _changed(value: Json, name: str, change: Callable[[str, str], str]) -> Json:
    """Return the value of a field with its texts changed, also those of names within it."""
    if isinstance(value, str):
        return change(name, value)
    if isinstance(value, list):
        return [_changed(each, name, change) for each in value]
    if not isinstance(value, dict):
        return value
    if name in _FREE and change is _masked_field:
        change = _redactor.field
    return {change("", key): _changed(each, key, change) for key, each in value.items()}
