"""The views for people who live in Studio say what the functions say, and show nobody more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from psycopg.rows import dict_row

from devstack.project import MIGRATIONS
from tests.library.sql.questions import ALICE, PIPELINE, ask, attach, one
from tests.support.databases import Clock
from tests.support.queue import Connection, Queue, paid


@pytest.fixture(autouse=True)
def owned(owner: Connection) -> None:
    attach(owner, owner="account_id")


def view(owner: Connection, name: str) -> list[dict[str, Any]]:
    with owner.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(f"select * from processing.{name}").fetchall()


def test_the_overview_has_a_line_for_each_pipeline(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    ask(owner, 3)
    clock.advance(60)
    queue.claim_one(PIPELINE)
    queue.call("pause", pipeline=PIPELINE)
    (line,) = [line for line in view(owner, "overview") if line["pipeline"] == PIPELINE]
    assert (line["table"], line["pending"], line["processing"], line["paused"]) == (
        "public.questions", 2, 1, True,
    )  # fmt: skip
    assert line["oldest_due"].total_seconds() == 60
    names = {line["pipeline"] for line in queue.call("overview")["pipelines"]}
    assert {line["pipeline"] for line in view(owner, "overview")} == names


def test_failures_have_a_line_for_each_group(owner: Connection, queue: Queue, clock: Clock) -> None:
    (first, *_) = ask(owner, 3)
    for number, row in enumerate(queue.claim(PIPELINE, slots=3)):
        clock.advance(60)
        code = "timeout" if row["id"] == first else "boom"
        queue.fail(row, retryable=False, code=code, message=f"Page {number} is gone")
    lines = view(owner, "failures")
    assert [(line["code"], line["rows"]) for line in lines] == [("boom", 2), ("timeout", 1)]
    boom, timeout = lines
    assert (boom["last_at"] - boom["first_at"]).total_seconds() == pytest.approx(60, abs=5)
    assert (timeout["pipeline"], timeout["example_table"], timeout["example_id"]) == (
        PIPELINE, "public.questions", first,
    )  # fmt: skip
    assert (timeout["text"], timeout["step"]) == ("Page <n> is gone", "Reading")
    told = queue.call("failures")
    assert [line["signature"] for line in lines] == [group["signature"] for group in told]


def test_slow_steps_have_their_times_of_the_last_day(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    ask(owner, 4)
    old, *rows = queue.claim(PIPELINE, slots=4)
    queue.checkpoint(old, "read", details={"seconds": 900, "attempts": 1})
    queue.complete(old, answer="42")
    clock.advance(25 * 3600)
    for row, seconds in zip(rows, (1, 2, 30), strict=True):
        queue.heartbeat(*rows)
        queue.checkpoint(row, "read", details={"seconds": seconds, "attempts": 2})
    (line,) = view(owner, "slow_steps")
    assert (line["table"], line["step"], line["runs"], line["retries"]) == (
        "public.questions", "read", 3, 3,
    )  # fmt: skip
    assert (float(line["p50_seconds"]), float(line["slowest_seconds"])) == (2, 30)


def test_cost_is_told_by_owner_pipeline_and_day(owner: Connection, queue: Queue) -> None:
    ask(owner, 1, account_id=ALICE)
    row = queue.claim_one(PIPELINE)
    queue.spend(paid(row, cost_usd=0.5, input_tokens=7))
    (line,) = view(owner, "cost_by_owner")
    told = queue.call("spending")[0]
    assert {
        name: str(line[name]) for name in ("owner", "pipeline", "day", "calls", "cost_usd")
    } == {name: str(told[name]) for name in ("owner", "pipeline", "day", "calls", "cost_usd")}


def test_a_row_that_is_set_aside_is_shown_with_its_reason(owner: Connection, queue: Queue) -> None:
    (key,) = ask(owner, 1)
    owner.execute(
        "alter table public.questions"
        " add constraint never_runs check (processing_status <> 'processing')"
    )
    assert queue.claim(PIPELINE) == []
    (line,) = view(owner, "set_aside_rows")
    assert (line["pipeline"], line["table"], line["id"]) == (PIPELINE, "public.questions", key)
    assert (line["sqlstate"], line["constraint"]) == ("23514", "never_runs")


def test_every_view_asks_with_the_rights_of_who_reads_it_and_says_what_it_is_for(
    owner: Connection,
) -> None:
    of_views = (
        "from pg_class as c where relnamespace = 'processing'::regnamespace and relkind = 'v'"
    )
    assert one(owner, f"select count(*) {of_views}") >= 5
    assert (
        one(
            owner,
            f"""select count(*) {of_views} and not (
        coalesce(reloptions, '{{}}') @> array['security_invoker=true']
        and obj_description(c.oid, 'pg_class') is not null)""",
        )
        == 0
    )
    roles = "unnest(array['anon', 'authenticated', 'service_role', 'liverows_worker'])"
    assert (
        one(
            owner,
            f"select count(*) {of_views} and exists (select from {roles} as r (name)"
            " where has_table_privilege(r.name, c.oid, 'select'))",
        )
        == 0
    )


SNIPPETS = sorted((MIGRATIONS.parent / "snippets").glob("*.sql"))


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda path: path.stem)
def test_each_snippet_for_studio_can_be_run(owner: Connection, snippet: Path) -> None:
    (key,) = ask(owner, 1)
    text = snippet.read_text().replace("public.job_positions", "public.questions")
    assert owner.execute(text.replace("00000000-0000-0000-0000-000000000000", key)).description
