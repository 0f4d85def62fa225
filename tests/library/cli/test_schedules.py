"""`liverows run` runs schedules, and `liverows status` shows them with their errors."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb

from tests.library.cli.command import Shell
from tests.support.databases import Clock
from tests.support.things import Things

SCHEDULE = "select processing.schedule(%(name)s, '0 3 * * *', 'Asia/Tokyo', %(statement)s)"
GOOD = "insert into public.things (wants) values ($1::date::text)"
BAD = "select 1 / (count(*) - count(*)) from public.things"


def test_a_worker_runs_what_is_due_and_status_shows_it(
    shell: Shell, things: Things, clock: Clock
) -> None:
    there = shell.add_pipeline().having(SUPABASE_DB_URL=things.database.dsn)
    things.run("delete from processing.schedules")
    things.run(SCHEDULE, {"name": "a-good", "statement": GOOD})
    things.run(SCHEDULE, {"name": "b-bad", "statement": BAD})
    with there.running("liverows") as worker:
        worker.logged("doorbell_ready")
        (row,) = things.run("select max(next_due) as due from processing.schedules")
        clock.advance((row["due"] - things.now()).total_seconds())
        # The worker hears that a schedule was set again, and so looks before its timer ends.
        things.run(SCHEDULE, {"name": "b-bad", "statement": BAD})
        assert worker.logged("schedule_ran")["schedule"] == "a-good"
        failed = worker.logged("schedule_failed")
        assert (failed["schedule"], failed["sqlstate"]) == ("b-bad", "22012")
        assert "division" not in str(failed)
    in_tokyo = row["due"].astimezone(ZoneInfo("Asia/Tokyo"))
    assert things.run("select wants from public.things") == [{"wants": in_tokyo.date().isoformat()}]
    shown = there.liverows("status").out
    lines = {line.split()[0]: line for line in shown.splitlines() if line.strip()}
    assert "Asia/Tokyo" in lines["a-good"]
    assert f"{row['due'].astimezone(UTC):%Y-%m-%d %H:%M}" in lines["a-good"]
    assert lines["b-bad"].endswith("22012 division by zero"), shown
    told = {each["name"]: each for each in there.liverows("status", "--json").json()["schedules"]}
    assert told["a-good"]["runs"] == 1
    assert told["b-bad"]["last_error"]["message"] == "division by zero"
    things.run(
        "update processing.schedules set last_error = last_error || %(told)s where name = 'b-bad'",
        {"told": Jsonb({"message": "no \x1b[2J\nway"})},
    )
    shown = there.liverows("status").out
    assert ("22012 no  [2J way" in shown, "\x1b" in shown) == (True, False)
