"""The test kit: rows of a project, run to their end on a throw-away Postgres.

Install it with `pip install 'liverows[testing]'`. It is a plugin of pytest, whose fixture
`liverows_project` is a `Project`. `conformance` makes the tests that every pipeline should pass.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from liverows.testing.decorator import conformance
    from liverows.testing.project import Ended, Project

__all__ = ["Ended", "Project", "conformance"]

_HOMES = {
    "Ended": "liverows.testing.project",
    "Project": "liverows.testing.project",
    "conformance": "liverows.testing.decorator",
}


def __getattr__(name: str) -> object:
    # pytest imports this package at every start, also where the extra is not installed.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
