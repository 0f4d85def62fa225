"""One call makes any table with a primary key a queue, and can be repeated without harm."""

from __future__ import annotations

from typing import Any

import pytest

from tests.library.sql.questions import PIPELINE, ask, ask_one, attach, detach, look, one, statuses
from tests.support.queue import Connection, Queue, refused

KEYS = {
    "uuid": "a0000000-0000-4000-8000-00000000000a",
    "bigint": "9007199254740993",
    "integer": "7",
    "text": 'it\'s "a" key, §1',
    "varchar(40)": "short",
}

PUBLISHED = "select count(*) from pg_publication_tables where tablename = %s"


@pytest.mark.parametrize("key_type", KEYS)
def test_a_table_with_any_type_of_key_becomes_a_queue(
    owner: Connection, queue: Queue, key_type: str
) -> None:
    key = KEYS[key_type]
    owner.execute(f'create table public."Odd Things" ("The Key" {key_type} primary key, "A" text)')
    attach(
        owner, "odd", table='public."Odd Things"', inputs=["The Key"], outputs=["A"], editable=[]
    )
    owner.execute('insert into public."Odd Things" ("The Key") values (%s)', [key])
    row = queue.claim_one("odd")
    assert (row["id"], str(row["inputs"]["The Key"])) == (key, key)
    queue.progress(row, percent=5, outputs={"A": "early"})
    queue.checkpoint(row)
    assert queue.heartbeat(row)["lost"] == []
    assert queue.complete(row, A="done") == "done"
    where = {"table_name": row["table"], "row_id": key}
    assert queue.call("explain", **where)["row"]["status"] == "completed"
    assert queue.call("retry", **where)["status"] == "pending"
    row = queue.claim_one("odd")
    queue.fail(row, retryable=False)
    assert queue.call("redrive", pipeline="odd")["queued"] == 1
    owner.execute('delete from public."Odd Things"')
    assert one(owner, "select count(*) from processing.events") == 0


def test_attaching_twice_changes_nothing(owner: Connection, queue: Queue) -> None:
    attach(owner)
    running, waiting = ask(owner, 2)
    queue.claim_one(PIPELINE)

    def picture() -> Any:
        return (
            [look(owner, key) for key in (running, waiting)],
            sorted(owner.execute("table processing.pipelines").fetchall()),
            sorted(owner.execute("table processing.queues").fetchall()),
            owner.execute("select relacl from pg_class where relname = 'questions'").fetchall(),
            owner.execute(
                "select attname, attacl from pg_attribute"
                " where attrelid = 'public.questions'::regclass order by 1"
            ).fetchall(),
            owner.execute(
                "select indexrelid from pg_index"
                " where indrelid = 'public.questions'::regclass order by 1"
            ).fetchall(),
            owner.execute(
                "select tgname, pg_get_triggerdef(oid) from pg_trigger"
                " where tgrelid = 'public.questions'::regclass order by 1"
            ).fetchall(),
        )

    before = picture()
    attach(owner)
    assert picture() == before
    assert [row["id"] for row in queue.claim(PIPELINE)] == [waiting]


def test_attaching_again_changes_a_setting(owner: Connection, queue: Queue) -> None:
    attach(owner)
    attach(owner, max_attempts=1, outputs=["answer"], editable=[], inputs=["question"])
    ask_one(owner)
    row = queue.claim_one(PIPELINE)
    assert (row["max_attempts"], row["inputs"]) == (1, {"question": "Why 1?"})
    with refused("RJ004"):
        queue.complete(row, score=1)


def test_rows_that_are_already_there_are_completed(owner: Connection, queue: Queue) -> None:
    ask(owner, 3)
    attach(owner)
    assert statuses(owner) == {"completed": 3}
    assert queue.claim(PIPELINE) == []
    fresh = ask_one(owner)
    assert [row["id"] for row in queue.claim(PIPELINE)] == [fresh]


def test_backfill_makes_the_rows_that_are_already_there_work_once(
    owner: Connection, queue: Queue
) -> None:
    ask(owner, 3)
    ask(owner, 2, kind="rare")
    attach(owner, backfill="pending", when="kind = 'plain'")
    rows = queue.claim(PIPELINE)
    assert [(row["run"], row["attempt"]) for row in rows] == [(1, 1)] * 3
    for row in rows:
        queue.complete(row)
    attach(owner, backfill="pending", when="kind = 'plain'")
    assert statuses(owner) == {"completed": 5}


def test_attaching_does_not_rewrite_the_table(owner: Connection) -> None:
    ask(owner, 500)
    file = "select relfilenode from pg_class where oid = 'public.questions'::regclass"
    before = one(owner, file)
    attach(owner)
    assert one(owner, file) == before


def test_the_table_is_published_to_the_browser(owner: Connection) -> None:
    assert one(owner, PUBLISHED, "questions") == 0
    attach(owner)
    assert one(owner, PUBLISHED, "questions") == 1


def test_every_column_of_the_contract_is_there(owner: Connection) -> None:
    attach(owner)
    columns = owner.execute(
        "select attname, format_type(atttypid, atttypmod) from pg_attribute"
        " where attrelid = 'public.questions'::regclass and attname like 'processing%'"
    ).fetchall()
    assert dict(columns) == {
        "processing_status": "processing_status",
        "processing_stage": "text",
        "processing_progress": "smallint",
        "processing_attempts": "smallint",
        "processing_run": "bigint",
        "processing_not_before": "timestamp with time zone",
        "processing_priority": "smallint",
        "processing_pipeline": "text",
        "processing_error": "jsonb",
        "processing_started_at": "timestamp with time zone",
        "processing_finished_at": "timestamp with time zone",
        "processing_edited": "text[]",
        "processing_outdated": "text[]",
    }


def test_a_column_of_one_s_own_that_sounds_alike_stays_one_s_own(
    owner: Connection, queue: Queue
) -> None:
    owner.execute("alter table public.questions add processing_fee text")
    attach(owner, inputs=["processing_fee"])
    ask_one(owner, processing_fee="5 EUR")
    assert queue.claim_one(PIPELINE)["inputs"] == {"processing_fee": "5 EUR"}
    owner.execute("select processing.detach('public.questions', 'answer-question')")
    assert one(owner, "select processing_fee from public.questions") == "5 EUR"


@pytest.mark.parametrize("name", ["rows", "now", "fairly", "sql"])
def test_a_pipeline_may_have_any_name(owner: Connection, queue: Queue, name: str) -> None:
    attach(owner, name)
    ask_one(owner)
    assert queue.complete(queue.claim_one(name)) == "done"
    owner.execute("select processing.detach('public.questions', %s)", [name])
    assert queue.claim("enrich-job-position") == []


# What attach refuses, each with a hint.

REFUSED: dict[str, dict[str, Any]] = {
    "a table without a primary key": {"table": "public.keyless"},
    "a table with a key of two columns": {"table": "public.double"},
    "an unknown input": {"inputs": ["nope"]},
    "an unknown output": {"outputs": ["answer", "nope"], "editable": []},
    "an unknown editable": {"editable": ["nope"]},
    "an editable that is no output": {"editable": ["question"]},
    "an unknown owner": {"owner": "nope"},
    "a processing column": {"outputs": ["processing_status"], "editable": []},
    "the key as an output": {"outputs": ["id"], "editable": []},
    "a condition that does not parse": {"when": "kind = = 1"},
    "a condition on an unknown column": {"when": "nope = 1"},
    "a condition that is no condition": {"when": "question"},
    "a condition that calls what is not there": {"when": "public.nope(kind)"},
    "a store function that is not there": {"store": "public.nope"},
    "a store function of another shape": {"store": "public.shapeless"},
    "a backfill that makes no sense": {"backfill": "failed"},
    "a pipeline of another table": {"pipeline": "enrich-job-position"},
}


@pytest.mark.parametrize("case", REFUSED)
def test_attach_refuses(owner: Connection, case: str) -> None:
    owner.execute("create table public.keyless (question text, notes text, answer text, score int)")
    owner.execute(
        "create table public.double (a int, b int, question text, notes text, answer text,"
        " score int, primary key (a, b))"
    )
    owner.execute(
        "create function public.shapeless(text) returns void language sql as 'select null::void'"
    )
    settings = dict(REFUSED[case])
    pipeline = settings.pop("pipeline", PIPELINE)
    before = one(owner, "select count(*) from processing.queues")
    with refused("RJ007") as caught:
        attach(owner, pipeline, **settings)
    assert caught.value.diag.message_hint
    assert one(owner, "select count(*) from processing.queues") == before, "nothing half done"


def test_a_table_that_is_not_there_is_refused(owner: Connection) -> None:
    with refused("42P01"):
        attach(owner, table="public.nope")


def claim_indexes(owner: Connection) -> dict[str, str]:
    """Name and first column of the indexes over rows that wait."""
    return dict(
        owner.execute(
            "select c.relname, pg_get_indexdef(c.oid, 1, true) from pg_index as i"
            " join pg_class as c on c.oid = i.indexrelid"
            " where i.indrelid = 'public.questions'::regclass and c.relname like 'due%'"
        ).fetchall()
    )


def test_each_pipeline_has_claim_indexes_of_its_own_that_follow_its_owner_column(
    owner: Connection,
) -> None:
    attach(owner, owner="account_id", when="kind = 'plain'")
    attach(owner, "answer-rarely", when="kind = 'rare'")
    due = {"due_answer_question": "processing_priority"}
    rare = {"due_answer_rarely": "processing_priority"}
    by_owner = {"due_by_owner_answer_question": "account_id"}
    assert claim_indexes(owner) == due | by_owner | rare
    detach(owner, "answer-rarely")
    attach(owner, owner="kind")
    assert claim_indexes(owner) == due | {"due_by_owner_answer_question": "kind"}
    attach(owner)
    assert claim_indexes(owner) == due


def test_attach_lets_vacuum_come_early_and_keeps_what_the_owner_has_set(owner: Connection) -> None:
    attach(owner)
    options = "select reloptions from pg_class where oid = 'public.questions'::regclass"
    assert set(one(owner, options)) == set(one(owner, "select processing.vacuum_settings()"))
    owner.execute("alter table public.questions set (autovacuum_vacuum_threshold = 7)")
    attach(owner)
    assert "autovacuum_vacuum_threshold=7" in one(owner, options)
    detach(owner)
    assert one(owner, options) == ["autovacuum_vacuum_threshold=7"]
