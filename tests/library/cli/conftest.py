"""A shell for the command line, in an empty folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from liverows.base.settings import OUTDATED_NAMES, Settings
from tests.library.cli.command import Shell, things_to_greet
from tests.support.databases import Database
from tests.support.things import Things


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own variables stay out of the tests."""
    fields = [*Settings.model_fields, "supabase_service_role_key"]
    names = [name.upper() for name in fields] + [*OUTDATED_NAMES, *OUTDATED_NAMES.values()]
    for name in names:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture
def things(database: Database) -> Things:
    return things_to_greet(database)
