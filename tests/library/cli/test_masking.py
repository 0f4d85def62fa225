"""No command shows a secret that a stored text quotes, neither to people nor with `--json`."""

from __future__ import annotations

import asyncio

import pytest
import typer.main
from psycopg.types.json import Jsonb
from pydantic import SecretStr
from pydantic_settings import BaseSettings

from liverows.base.settings import Settings
from liverows.cli.commands import command_line
from liverows.cli.doctor import examine
from liverows.cli.findings import report
from liverows.cli.program import Program
from tests.library.cli.operating import Run, out
from tests.support.queue import Queue
from tests.support.things import Things

SETTING = "a plain looking secret"
OWN = "a key of the application"
KEY = "sk-verysecretkey0123456789"
HIDDEN = ("plain looking", "verysecret", "application", "tiny")
TEXT = f"{SETTING}, {KEY}, {OWN}"

SHOWING = {
    "list": ["--status", "failed"],
    "failures": [],
    "explain": ["things", "{failed}"],
    "status": [],
    "alerts list": [],
    "budgets list": [],
    "budgets set": ["calls", "5", "--operator", TEXT],
    "log": [],
    "retry": ["--pipeline", "keep-note", "--yes"],
}
"""Commands that show stored texts, with arguments with which they show one that is planted."""
ALIKE = {"cancel", "redrive", "priority", "budgets remove"}
"""They show what `retry` and `budgets set` show."""
ELSEWHERE = {"doctor", "export"}
"""They have tests of their own."""
TYPED = {
    "pause", "resume", "limits", "prune", "init", "new pipeline", "check", "run", "migrate",
    "console", "exporter", "version", "alerts set", "alerts pause", "alerts resume",
    "alerts remove", "alerts test", "alerts watch",
}  # fmt: skip
"""They show numbers, names, and what the operator has typed."""


class ApplicationSettings(BaseSettings):
    translator_key: SecretStr


@pytest.fixture(autouse=True)
def setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVEROWS_ALERT_SECRET", SETTING)
    monkeypatch.setenv("TRANSLATOR_KEY", OWN)
    monkeypatch.setattr("liverows.cli.program._current", Program(settings=ApplicationSettings))


@pytest.fixture
def planted(things: Things, queue: Queue) -> str:
    """Texts with secrets wherever the database keeps texts of others; returns a failed row."""
    key = things.add_one(wants="tea")
    raised = {"exception": {"type": "LookupError", "text": TEXT, "frames": [TEXT]}}
    error = {"code": "boom", "message": TEXT, "stage": TEXT, "params": {"token": "tiny"}}
    queue.end(queue.claim_one("greet"), "fail", error=error, retryable=False, data=raised)
    left_out = [{"pipeline": "greet", "attached": True, "reason": TEXT, "cure": TEXT}]
    queue.heartbeat(name=TEXT, version=TEXT, pipelines=["greet"], left_out=left_out)
    things.run("select processing.schedule('nightly', '0 3 * * *', 'UTC', 'select 1')")
    things.run(
        "update processing.schedules set last_error = %(error)s",
        {"error": Jsonb({"sqlstate": "P0001", "message": TEXT, "at": "2026-11-30T00:00:00Z"})},
    )
    things.run(
        "insert into processing.firing (alert, subject, state, since, seen_at, details, message,"
        " problem) values ('row-failed', %(text)s, 'firing', now(), now(), '{}',"
        " gen_random_uuid(), %(text)s)", {"text": TEXT},
    )  # fmt: skip
    things.run(
        "create table public.notes (id text primary key, note text);"
        "select processing.attach('public.notes', 'keep-note', inputs => '{}',"
        " outputs => '{note}');"
        "insert into public.notes (id) values ('1')"
    )
    queue.fail(queue.claim_one("keep-note"), retryable=False)
    things.run(
        f"create function public.refuse() returns trigger language plpgsql as $$ begin"
        f" raise exception using message = '{TEXT}', errcode = 'RJ008'; end $$;"
        " create trigger refuse before update of processing_status on public.notes"
        " for each row when (new.processing_status = 'pending') execute function public.refuse()"
    )
    queue.call("set_budget", measure="calls", most=5, operator=TEXT)
    return key


def commands() -> set[str]:
    found = set[str]()
    for name, command in typer.main.get_command(command_line([])).commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", None)
        found |= {f"{name} {each}" for each in below} if below else {name}
    return found


def test_no_command_shows_a_secret_of_a_stored_text(planted: str, run: Run) -> None:
    assert SHOWING.keys() | ALIKE | ELSEWHERE | TYPED == commands()
    for name, arguments in SHOWING.items():
        given = [each.format(failed=planted) for each in arguments]
        for way in ([], ["--json"]):
            ended = run(*name.split(), *given, *way)
            shown = " ".join((ended.stdout + ended.stderr).split())
            assert "***" in shown, (name, way, shown)
            assert not [word for word in HIDDEN if word in shown], (name, way, shown)


def test_keys_stay_so_that_the_next_command_finds_the_rows(
    things: Things, queue: Queue, run: Run
) -> None:
    things.run("create table public.pages (id text primary key, note text)")
    things.run(
        "select processing.attach('public.pages', 'read-page', inputs => '{}', outputs => '{note}')"
    )
    keys = [f"https://example.com/?page={number}" for number in (1, 2)]
    for key in keys:
        things.run("insert into public.pages (id) values (%(key)s)", {"key": key})
    first = out(run("list", "--pipeline", "read-page", "--limit", "1", "--json"))
    rest = out(run("list", "--pipeline", "read-page", "--after", first["next"], "--json"))
    rows = first["rows"] + rest["rows"]
    assert sorted(row["id"] for row in rows) == keys
    assert keys[0] in run("list", "--pipeline", "read-page").stdout
    assert run("cancel", "pages", rows[0]["id"]).exit_code == 0


def test_an_export_has_what_the_owner_gave_but_no_secret_of_the_settings(
    things: Things, run: Run
) -> None:
    things.attach("greet", owner="kind")
    things.add_one(kind="alice", wants=f"https://example.com/?page=1 {TEXT}")
    ended = run("export", "--owner", "alice")
    assert f"https://example.com/?page=1 ***, {KEY}, ***" in ended.stdout
    assert SETTING not in ended.stdout


def test_doctor_masks_what_a_message_that_was_not_sent_quotes(
    planted: str, things: Things, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    run("status")  # which reads the settings, as `doctor` does
    settings = Settings(
        _env_file=None,
        supabase_db_url=SecretStr(things.database.dsn),
        alert_secret=SecretStr(SETTING),
    )
    findings = asyncio.run(examine(settings, deadline=5))
    for as_json in (False, True):
        report([one for one in findings if one.state == "warning"], as_json=as_json)
        shown = " ".join(capsys.readouterr().out.split())
        assert "could not be sent" in shown and "***" in shown
        assert "plain looking" not in shown and "verysecret" not in shown
