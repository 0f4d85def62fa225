"""What operators do from a terminal: list, failures, retry, cancel, redrive, priority, limits."""

from __future__ import annotations

import re

import pytest

from liverows.base.errors import SetupError
from tests.library.cli.command import Shell
from tests.library.cli.operating import Run, fail, out
from tests.support.queue import Queue
from tests.support.things import Things


def test_rows_are_listed_page_by_page_for_people_and_programs(
    things: Things, queue: Queue, run: Run
) -> None:
    fail(things, queue, "timeout", "timeout", "blocked")
    things.add_one()
    page = out(run("list", "--code", "timeout", "--limit", "1", "--json"))
    assert set(page) == {"rows", "next", "unread"}
    assert set(page["rows"][0]) == {
        "table", "id", "pipeline", "status", "stage", "progress", "attempts", "run", "priority",
        "owner", "error", "not_before", "started_at", "finished_at", "set_aside", "at",
    }  # fmt: skip
    rest = out(run("list", "--code", "timeout", "--after", page["next"], "--json"))
    assert [row["error"]["code"] for row in rest["rows"]] == ["timeout"]
    shown = run(
        "list", "--status", "failed", "--status", "pending", "--since", "1h", "--limit", "2"
    )
    assert shown.stdout.count("public.things") == 2
    assert "--after " in shown.stdout
    for none in (["--code", "unheard"], ["--older-than", "1h"], ["--until", "2020-01-01"]):
        nothing = run("list", *none)
        assert (nothing.exit_code, nothing.stdout) == (3, "")
        assert "no row matches" in nothing.stderr


def test_failures_are_shown_by_signature_and_retried_by_it(
    things: Things, queue: Queue, run: Run
) -> None:
    assert run("failures").exit_code == 3
    fail(things, queue, "timeout", "timeout", "blocked")
    groups = out(run("failures", "--json"))
    assert {(group["code"], group["rows"]) for group in groups} == {("timeout", 2), ("blocked", 1)}
    assert "No answer in <n> s" in {group["text"] for group in groups}
    # A narrow terminal breaks the text.
    assert "No answer" in run("failures", "--code", "timeout").stdout
    signature = next(group["signature"] for group in groups if group["rows"] == 2)
    changed = out(run("retry", "--signature", signature, "--yes", "--operator", "ann", "--json"))
    assert changed == {
        "action": "retry", "matched": 2, "more": False, "changed": 2, "refused": 0, "left": 0,
        "examples": [],
    }  # fmt: skip
    assert things.statuses() == {"failed": 1, "pending": 2}
    (line,) = queue.call("operator_log")
    assert (line["operator"], line["rows"]) == ("ann", 2)


def test_a_change_of_many_rows_is_counted_and_confirmed_first(
    things: Things, queue: Queue, run: Run
) -> None:
    fail(things, queue, "timeout", "timeout")
    refused = run("redrive", "greet")
    assert refused.exit_code == 2
    assert "--yes" in refused.stderr
    declined = run("redrive", "greet", answer="n\n")
    assert declined.exit_code == 1
    assert "2 rows match" in declined.stderr
    assert things.statuses() == {"failed": 2}
    done = run("redrive", "greet", "--max-rows", "1", answer="y\n")
    assert (done.exit_code, things.statuses()) == (0, {"failed": 1, "pending": 1})
    assert "1 queued again" in done.stdout
    assert run("redrive", "--pipeline", "greet", "--yes").exit_code == 0
    assert run("redrive", "greet", "--yes").exit_code == 3
    assert run("priority", "7", "--pipeline", "greet", "--yes").exit_code == 0
    assert run("cancel", "--pipeline", "greet", "--yes").stdout == "2 cancelled\n"
    assert things.statuses() == {"cancelled": 2}


def test_what_is_done_to_one_row_is_in_its_history_with_the_operator(
    things: Things, queue: Queue, run: Run
) -> None:
    (key,) = fail(things, queue, "timeout")
    for command in (["retry", "--fresh"], ["retry"], ["cancel"], ["cancel"]):
        ended = run(command[0], "things", key, "--operator", "ann", *command[1:])
        assert ended.exit_code == 0, ended.output
    told = queue.call("explain", table_name="public.things", row_id=key)["events"]
    done = [event["data"] for event in told if event["kind"] == "operator"]
    assert {event["operator"] for event in done} == {"ann"}
    assert sorted(event["action"] for event in done) == ["cancel", "retry", "retry_fresh"]
    shown = run("explain", "things", key).stdout
    for words in ("retry fresh by ann", "retry by ann", "cancel by ann"):
        assert f"operator  {words}\n" in shown


def test_a_key_that_a_user_chose_does_not_change_the_terminal(
    things: Things, queue: Queue, run: Run
) -> None:
    things.run("create table public.notes (id text primary key, note text)")
    things.run(
        "select processing.attach('public.notes', 'keep-note', inputs => '{}', outputs => '{note}')"
    )
    key = "a\x1b[2Jb"
    things.run("insert into public.notes (id) values (%(key)s)", {"key": key})
    queue.fail(queue.claim_one("keep-note"), retryable=False)
    for command in ("list", "failures"):
        ended = run(command, "--pipeline", "keep-note")
        assert "a [2Jb" in ended.stdout
        assert "\x1b" not in ended.stdout


def test_what_a_user_wrote_does_not_change_the_terminal(
    things: Things, queue: Queue, run: Run
) -> None:
    hostile = "a\x1b]52;c;eA==\x07b\x9b2J\N{RIGHT-TO-LEFT OVERRIDE}c\N{LINE SEPARATOR}d"
    key = things.add_one(wants="tea")
    raised = {"exception": {"type": "LookupError", "text": hostile, "frames": []}}
    error = {"code": "boom", "message": hostile, "stage": "Reading"}
    queue.end(queue.claim_one("greet"), "fail", error=error, retryable=False, data=raised)
    filtered = ("--pipeline", "greet")
    for command in (("list", *filtered), ("failures", *filtered), ("explain", "things", key)):
        for shown in (run(*command).stdout, run(*command, "--json").stdout):
            assert [each for each in shown if not each.isprintable() and each != "\n"] == []
    row = out(run("list", *filtered, "--json"))["rows"][0]
    assert row["error"]["message"] == hostile


def test_rows_that_refuse_are_told_and_end_the_command_with_1(
    things: Things, queue: Queue, run: Run
) -> None:
    (key,) = fail(things, queue, "timeout")
    things.run(
        "alter table public.things add constraint closed"
        " check (processing_status <> 'pending') not valid"
    )
    ended = run("retry", "--pipeline", "greet", "--yes")
    assert ended.exit_code == 1
    assert "1 refused" in ended.stdout
    assert f"{key}: the database refuses the change: 23514" in ended.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["retry"], ["cancel"], ["redrive"], ["retry", "things"], ["priority", "7"],
        ["retry", "things", "1", "--pipeline", "greet"],
        ["redrive", "greet", "--pipeline", "other"],
        ["list", "--since", "yesterday"], ["list", "--older-than", "long"],
        ["list", "--since", "99999999d"], ["list", "--since", "0001-01-01"],
        ["list", "--status", "asleep"], ["list", "--older-than", "99999999999d"],
        ["retry", "--pipeline", "greet", "--fresh", "--from-step", "read", "--yes"],
        ["limits", "greet", "--concurrency", "many"], ["alerts", "set", "mine", "--kind", "noise"],
        ["budgets", "set", "cost_eur", "5"], ["budgets", "set", "calls", "many"],
        ["budgets", "set", "calls", "-1"], ["budgets", "set", "cost_usd", "nan"],
        ["budgets", "set", "calls", "5", "--per", "person"], ["budgets", "remove", "calls"],
        ["budgets", "set", "calls", "5", "--period", "year"], ["budgets", "list", "--owners", "0"],
        ["log", "--action", "explode"], ["log", "--since", "yesterday"], ["log", "--limit", "0"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_malformed_command_line_ends_with_2_before_anything_is_asked(
    run: Run, arguments: list[str]
) -> None:
    assert run(*arguments).exit_code == 2


def test_a_pipeline_that_is_not_there_is_named(things: Things, run: Run) -> None:
    for arguments in (
        ["list", "--pipeline", "grete"], ["limits", "grete"], ["pause", "grete"],
        ["budgets", "list", "--pipeline", "grete"],
        ["budgets", "set", "calls", "5", "--pipeline", "grete"],
    ):  # fmt: skip
        with pytest.raises(SetupError, match="there is no pipeline grete"):
            run(*arguments)


def test_limits_are_shown_and_changed(things: Things, run: Run) -> None:
    before = out(run("limits", "greet", "--json"))
    assert set(before) == {
        "concurrency", "concurrency_per_owner", "max_open_per_owner", "max_attempts"
    }  # fmt: skip
    assert "3" in run("limits", "greet", "--concurrency", "3", "--max-attempts", "2").stdout
    assert out(run("limits", "greet", "--json")) == before | {"concurrency": 3, "max_attempts": 2}
    changed = out(run("limits", "greet", "--concurrency", "none", "--json"))
    assert changed == before | {"max_attempts": 2}


def test_pause_and_resume_are_told_for_programs_and_noted(
    things: Things, queue: Queue, run: Run
) -> None:
    assert out(run("pause", "greet", "--json")) == {"pipeline": "greet", "paused": True}
    assert "goes on" in run("resume", "greet", "--operator", "bob").stdout
    assert [line["action"] for line in queue.call("operator_log")] == ["resume", "pause"]


def test_help_version_and_completion_are_where_a_person_looks(run: Run) -> None:
    for arguments in (["-h"], ["list", "-h"], ["new", "-h"], ["new", "pipeline", "--help"]):
        assert "Usage" in run(*arguments).stdout
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*\n", run("--version").stdout)
    assert "--install-completion" in run("--help").stdout


def test_an_alert_says_that_nobody_looks_any_more(things: Things, queue: Queue, run: Run) -> None:
    queue.call("due_alerts")
    assert "nobody looks" not in run("alerts", "list").stdout
    things.run("update processing.alerts set looked_at = now() - interval '1 hour'")
    assert run("alerts", "list").stdout.count("nobody looks:") == 7


def test_what_keeps_a_command_from_its_work_is_two_lines_and_no_log(shell: Shell) -> None:
    nowhere = shell.having(SUPABASE_DB_URL="postgresql://postgres:secret@127.0.0.1:1/postgres")
    ended = nowhere.liverows("list")
    error, cure = ended.err.splitlines()
    assert (ended.code, ended.out) == (1, "")
    assert error.startswith("error: ") and cure.startswith("cure: ")
