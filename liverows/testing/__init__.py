"""The test kit: rows of a project, run to their end on a throw-away Postgres.

Install it with `pip install 'liverows[testing]'`. It is a plugin of pytest, whose fixture
`liverows_project` is a `Project`.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from liverows.testing.project import Ended, Project

__all__ = ["Ended", "Project"]


def __getattr__(name: str) -> object:
    # pytest imports this package at every start, also where the extra is not installed.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from liverows.testing import project

    value: object = getattr(project, name)
    globals()[name] = value
    return value
