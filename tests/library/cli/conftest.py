"""A shell for the command line, in an empty folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer.testing

from liverows.base.errors import SetupError
from liverows.base.settings import OUTDATED_NAMES, Settings
from liverows.cli.commands import command_line
from tests.library.cli.command import PIPELINE, Shell, things_to_greet
from tests.library.cli.operating import Run
from tests.support.databases import Database
from tests.support.queue import Queue
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


@pytest.fixture
def run(database: Database, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process; nobody is there to answer a question."""
    monkeypatch.setenv("SUPABASE_DB_URL", database.dsn)
    # The variable COLUMNS is read when the module is imported, perhaps by an earlier test.
    monkeypatch.setattr("liverows.cli.show.console.width", 200)
    # The log of the tests stays as it is.
    monkeypatch.setattr("liverows.cli.call.configure_logging", lambda _settings: None)

    def result(*arguments: str, answer: str | None = None) -> typer.testing.Result:
        if answer is not None:
            monkeypatch.setattr("liverows.cli.bulk.is_asked", lambda: True)
        ended = typer.testing.CliRunner().invoke(command_line([]), arguments, input=answer)
        if isinstance(ended.exception, SetupError):
            raise ended.exception
        return ended

    return result


@pytest.fixture
def queue(things: Things, connect: Any) -> Queue:
    return Queue(connect(things.database, "service_role"))


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """The name of a package with the pipeline `greet`, which can be imported."""
    package = tmp_path / "doctors_pipelines"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "greet.py").write_text(PIPELINE)
    monkeypatch.syspath_prepend(tmp_path)
    return (package.name,)
