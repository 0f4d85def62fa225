"""A shell for the command line, in an empty folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from liverows.base.settings import Settings
from tests.library.cli.command import Shell
from tests.support.databases import Database
from tests.support.things import Things


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own variables stay out of the tests."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.delenv("SUPABASE_SERVICE_ROLE_KEY", raising=False)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture
def things(database: Database) -> Things:
    """The table `public.things`, attached to the pipeline `greet`."""
    things = Things(database)
    things.create()
    things.attach("greet", inputs=["wants"], outputs=["said"])
    return things
