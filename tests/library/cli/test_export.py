"""`liverows export` writes all that is stored about one owner, one item a line."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
import typer.testing

from liverows.base.errors import SetupError
from liverows.cli.commands import command_line
from tests.support.databases import Database
from tests.support.things import Things

Run = Callable[..., typer.testing.Result]


@pytest.fixture
def run(database: Database, things: Things, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Export in this process; the owner of a thing is its kind."""
    things.attach("greet", owner="kind")
    monkeypatch.setenv("SUPABASE_DB_URL", database.dsn)
    # The log of the tests stays as it is.
    monkeypatch.setattr("liverows.cli.call.configure_logging", lambda _settings: None)

    def result(*arguments: str) -> typer.testing.Result:
        ended = typer.testing.CliRunner().invoke(command_line([]), ["export", *arguments])
        if isinstance(ended.exception, SetupError):
            raise ended.exception
        return ended

    return result


def test_every_item_is_a_line_however_many_pages_there_are(things: Things, run: Run) -> None:
    keys = things.add(5, kind="alice", wants="tea · é")
    things.add(2, kind="bob")
    ended = run("--owner", "alice", "--page", "2")
    assert ended.exit_code == 0, ended.output
    rows = [json.loads(line)["row"] for line in ended.stdout.splitlines()]
    assert [str(row["id"]) for row in rows] == keys
    assert {row["wants"] for row in rows} == {"tea · é"}
    assert "é" in ended.stdout


def test_no_text_of_an_owner_ends_a_line_or_changes_the_terminal(things: Things, run: Run) -> None:
    wants = "\N{LINE SEPARATOR}a\x85b\x9b2J\N{RIGHT-TO-LEFT OVERRIDE}"
    things.add(2, kind="alice", wants=wants)
    told = run("--owner", "alice").stdout
    assert [json.loads(line)["row"]["wants"] for line in told.splitlines()] == [wants, wants]
    assert told.replace("\n", "").isprintable()


def test_a_file_is_new_and_its_owner_alone_may_read_it(
    things: Things, run: Run, tmp_path: Path
) -> None:
    things.add(3, kind="alice")
    file = tmp_path / "alice.ndjson"
    ended = run("--owner", "alice", "--output", str(file), "--operator", "ann")
    assert (ended.exit_code, ended.stdout) == (0, f"3 items in {file}\n")
    assert len(file.read_text(encoding="utf-8").splitlines()) == 3
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (line,) = things.run("select operator, arguments from processing.operator_actions")
    assert line == {"operator": "ann", "arguments": {"owner": "alice"}}
    with pytest.raises(SetupError, match="there already"):
        run("--owner", "alice", "--output", str(file))


def test_an_owner_of_whom_nothing_is_stored_ends_with_3(things: Things, run: Run) -> None:
    things.add(1, kind="bob")
    ended = run("--owner", "alice")
    assert (ended.exit_code, ended.stdout) == (3, "")
