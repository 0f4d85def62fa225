"""Rows by filters, for operators: list_rows, count_rows and failures over some thousand rows."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from tests.library.sql.conftest import Sessions
from tests.library.sql.questions import ALICE, BOB, PIPELINE, ask, ask_one, attach, one, set_status
from tests.support.queue import Connection, Queue, refused

pytestmark = pytest.mark.any_version

OTHER = "answer-odd-question"

TIMES = "'2026-01-01'::timestamptz"

SPREAD = f"""
update processing.pipelines set attached_at = {TIMES} - interval '1 day';
alter table public.questions disable trigger user;
insert into public.questions (
    question, account_id, kind, processing_status, processing_pipeline, processing_run,
    processing_priority, processing_stage, processing_not_before, processing_started_at,
    processing_finished_at, processing_error)
select 'Why ' || n || '?', case n % 3 when 0 then '{BOB}'::uuid else '{ALICE}' end,
    case n % 5 when 0 then 'odd' else 'plain' end, s.status,
    case n % 5 when 0 then '{OTHER}' else '{PIPELINE}' end, 1, (n / 7) % 3,
    case s.status when 'processing' then 'Reading' end,
    {TIMES} + make_interval(secs => (n / 5) % 900),
    case when s.status <> 'pending' then {TIMES} + make_interval(secs => n % 700) end,
    case when s.status in ('completed', 'failed', 'cancelled')
        then {TIMES} + make_interval(secs => (n / 2) % 800) end,
    case when s.status = 'failed' then jsonb_build_object(
        'code', (array['timeout', 'blocked', 'internal'])[1 + n % 3], 'message', 'It broke at ' || n % 40,
        'stage', (array['Reading', 'Writing'])[1 + n % 2]) end
from generate_series(1, 1500) as n
cross join lateral (select (array['pending', 'processing', 'completed', 'failed', 'cancelled', null]
    )[1 + (n / 3) % 6]::public.processing_status as status) as s;
alter table public.questions enable trigger user;
insert into processing.events (at, table_id, row_id, run, kind)
select processing_finished_at, 'public.questions', id::text, 1, 'completed'
from public.questions where processing_status = 'completed' order by processing_finished_at, id;
insert into processing.set_aside (table_id, row_id, pipeline, kind, owner_key, priority, sqlstate,
    message, since, tries, look_again_at)
select 'public.questions', id::text, processing_pipeline, 'claim', '', 0, '23514', 'a secret', {TIMES}, 1, now()
from public.questions where processing_status = 'pending' and id % 4 = 0;
"""  # noqa: E501

FILTERS: list[dict[str, Any]] = [
    {},
    {"pipeline": PIPELINE},
    {"pipeline": OTHER, "status": ["failed"]},
    {"status": ["pending"]},
    {"status": ["pending", "processing"], "owner": ALICE},
    {"status": ["completed"], "owner": BOB},
    {"status": ["failed", "cancelled"]},
    {"status": ["failed"], "code": "timeout"},
    {"code": "blocked", "text": "BROKE AT 3"},
    {"step": "Reading"},
    {"status": ["set_aside"]},
    {"status": ["set_aside", "failed"], "pipeline": PIPELINE},
    {"table": "public.questions", "status": ["completed"], "since": "2026-01-01T00:05:00Z"},
    {"since": "2026-01-01T00:03:00Z", "until": "2026-01-01T00:06:00Z"},
    {"status": ["cancelled"], "older_than_seconds": 60},
]


@pytest.fixture
def filled(owner: Connection) -> Connection:
    attach(owner, owner="account_id", when="kind <> 'odd'")
    attach(owner, OTHER, owner="account_id", when="kind = 'odd'")
    owner.execute(SPREAD.encode())
    return owner


def pages(queue: Queue, wanted: dict[str, Any], size: int) -> Iterator[dict[str, Any]]:
    after = None
    while True:
        answer = queue.call("list_rows", filter=wanted, after=after, max_rows=size)
        assert answer["unread"] == []
        assert len(answer["rows"]) <= size
        yield from answer["rows"]
        after = answer["next"]
        if after is None:
            return


def expected(connection: Connection, wanted: dict[str, Any]) -> dict[str, datetime]:
    """The keys and times that the filter means, found the slow way."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            "select t.*, exists (select from processing.set_aside as s where s.row_id = t.id::text)"
            " as aside from public.questions as t where processing_status is not null"
        ).fetchall()
    return {str(row["id"]): at for row in rows if (at := _matching(row, wanted)) is not None}


def _matching(row: dict[str, Any], wanted: dict[str, Any]) -> datetime | None:
    error = row["processing_error"] or {}
    status = row["processing_status"]
    at: datetime = {
        "pending": row["processing_not_before"],
        "processing": row["processing_started_at"],
    }.get(status, row["processing_finished_at"])
    if status == "pending" and row["aside"] and "pending" not in wanted.get("status", ["pending"]):
        at, status = datetime.fromisoformat("2026-01-01T00:00:00Z"), "set_aside"
    fits = (
        status in wanted.get("status", [status]),
        row["processing_pipeline"] == wanted.get("pipeline", row["processing_pipeline"]),
        str(row["account_id"]) == wanted.get("owner", str(row["account_id"])),
        error.get("code") == wanted.get("code", error.get("code")),
        wanted.get("text", "").lower() in error.get("message", "").lower(),
        wanted.get("step") in (None, error.get("stage"), row["processing_stage"]),
        "since" not in wanted or at >= datetime.fromisoformat(wanted["since"]),
        "until" not in wanted or at <= datetime.fromisoformat(wanted["until"]),
    )
    return at if all(fits) else None


def test_pages_have_each_matching_row_once_and_newest_first(
    filled: Connection, queue: Queue
) -> None:
    for wanted in FILTERS:
        truth = expected(filled, wanted)
        assert truth, wanted
        for size in (37, 1000):
            found = list(pages(queue, wanted, size))
            assert Counter(row["id"] for row in found) == Counter(truth.keys()), wanted
            times = [datetime.fromisoformat(row["at"]) for row in found]
            assert times == sorted(times, reverse=True), wanted
            if "set_aside" not in wanted.get("status", []):
                assert times == [truth[row["id"]] for row in found], wanted
        count = queue.call("count_rows", filter=wanted)
        if "completed" in wanted.get("status", ["completed"]):
            # These are counted for a short time only, and the machine may be busy.
            assert count["rows"] == len(truth) or count["more"], wanted
        else:
            assert count == {"rows": len(truth), "more": False}, wanted
        first = queue.call("count_rows", filter=wanted, most=1)
        assert first == {"rows": 1, "more": len(truth) > 1}, wanted


def test_rows_that_change_between_two_pages_hide_no_other_row(
    filled: Connection, queue: Queue
) -> None:
    wanted = {"status": ["failed"]}
    first = queue.call("list_rows", filter=wanted, max_rows=10)
    filled.execute("delete from public.questions where id = %s", [first["rows"][-1]["id"]])
    queue.call("change_rows", action="cancel", filter={"status": ["pending"]}, operator="ann")
    rest = queue.call("list_rows", filter=wanted, after=first["next"], max_rows=1000)
    keys = [row["id"] for row in first["rows"] + rest["rows"]]
    assert Counter(keys) == Counter([*expected(filled, wanted), keys[9]])


@pytest.mark.parametrize(
    ("wanted", "named"),
    [
        ({"colour": "red"}, "colour"),
        ({"status": ["asleep"]}, "asleep"),
        ({"status": "failed"}, "status"),
        ({"since": "yesterday evening"}, "since"),
        ({"older_than_seconds": "60"}, "older_than_seconds"),
        ({"pipeline": "unheard-of"}, "unheard-of"),
        ({"table": "auth.users"}, "auth.users"),
        ({"table": "a b c"}, "a b c"),
        ({"table": "another.database.questions"}, "another.database.questions"),
        ({"code": 7}, "code"),
        ([], "object"),
    ],
)
def test_a_wrong_filter_is_refused_by_name(
    owner: Connection, queue: Queue, wanted: Any, named: str
) -> None:
    attach(owner)
    for function in ("list_rows", "count_rows", "failures"):
        with refused("22023") as caught:
            queue.call(function, filter=Jsonb(wanted))
        assert named in str(caught.value)
    with refused("22023"):
        queue.call("list_rows", after="no cursor")


def test_a_value_that_no_row_can_have_finds_nothing(filled: Connection, queue: Queue) -> None:
    nobody = {"owner": "no uuid"}
    for wanted in ({"id": "no number"}, nobody, nobody | {"status": ["due"]}):
        assert queue.call("list_rows", filter=wanted) == {"rows": [], "next": None, "unread": []}
        assert queue.call("count_rows", filter=wanted)["rows"] == 0


def test_one_row_is_found_by_its_key_with_the_reason_why_it_is_set_aside(
    filled: Connection, queue: Queue
) -> None:
    (key, since) = filled.execute(
        "select row_id, since from processing.set_aside order by 1 limit 1"
    ).fetchone() or (None, None)
    (row,) = queue.call("list_rows", filter={"id": key})["rows"]
    aside = row["set_aside"]
    assert (aside["sqlstate"], datetime.fromisoformat(aside["since"])) == ("23514", since)
    assert aside["message"] == "explain tells what it says"
    assert "a secret" not in json.dumps(row)
    assert queue.call("list_rows", filter={"id": key, "status": ["failed"]})["rows"] == []


def test_a_table_that_is_locked_or_broken_or_gone_costs_only_its_own_rows(
    filled: Connection, queue: Queue, sessions: Sessions
) -> None:
    filled.execute("create table public.others (id bigint primary key, made text)")
    attach(filled, "make-others", table="public.others", inputs=[], outputs=["made"], editable=[])
    filled.execute("insert into public.others (id) select n from generate_series(1, 3) as n")
    blocker = sessions.lend("postgres")
    with blocker.transaction():
        blocker.execute("lock table public.questions")
        answer = queue.call("list_rows", filter={})
        assert answer["unread"] == ["public.questions"]
        assert len(answer["rows"]) == 3
        assert queue.call("count_rows") == {"rows": 3, "more": True}
        queue.call("failures"), queue.call("history"), queue.call("overview")
    filled.execute("alter table public.questions rename processing_stage to stage_of_old")
    assert len(queue.call("list_rows", filter={})["rows"]) == 3
    filled.execute("drop table public.questions")
    assert queue.call("list_rows", filter={})["unread"] == []


# Failures.


def fail(queue: Queue, message: str, *, code: str = "timeout", **more: Any) -> None:
    queue.end(
        queue.claim_one(PIPELINE), "fail", retryable=False,
        error={"code": code, "message": message, "stage": "Reading"}, **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    "texts",
    [
        ("row 7 took 3.5 s", "row 12 took 44 s"),
        ("no page at https://a.example/b?c=1", "no page at http://other.example/"),
        ("id 6f0c7a52-0000-4000-8000-000000000001", "id B0b00000-0000-4000-8000-00000000000F"),
        ('said "yes, 7"', 'said ""'),
        ("key 'a' is missing", "key 'it has \"b\"' is missing"),
        ("mail to ann@example.com", "mail to bob.b@mail.example.org"),
        ("at 0x7f00aa", "at 0xdeadbeef"),
        ("commit 9fceb02d0ae598e95dc970b74767f19372d61af8", "commit 0123456789abcdef"),
        ("from 10.0.0.1:5432", "from 192.168.1.20:80"),
        ("from fe80::1ff:fe23:4567:890a", "from 2001:db8:0:0:0:0:2:1"),
        ("two\n  lines", "two lines"),
    ],
)
def test_texts_that_differ_in_their_values_are_alike(
    owner: Connection, texts: tuple[str, str]
) -> None:
    alike = {one(owner, "select processing.normalised(%s)", text) for text in texts}
    assert len(alike) == 1


@pytest.mark.parametrize(
    ("said", "normalised"),
    [
        ("the server doesn't answer, it's deaf", "the server doesn't answer, it's deaf"),
        ("decade of added facade", "decade of added facade"),
        ("HTTP 503 from https://x.example", "HTTP <n> from <url>"),
    ],
)
def test_words_stay_as_they_are(owner: Connection, said: str, normalised: str) -> None:
    assert one(owner, "select processing.normalised(%s)", said) == normalised


def test_a_signature_stays_the_same_in_each_release(owner: Connection) -> None:
    """Alerts and filters name signatures, so a change of the rules would break them."""
    said = one(
        owner,
        "select processing.signature_of('timeout', 'Reading',"
        " processing.normalised('no answer from https://a.example in 30 s'))",
    )
    assert said == "918ac968d00da55e"


def test_failures_are_grouped_by_what_happened(owner: Connection, queue: Queue) -> None:
    attach(owner, owner="account_id")
    keys = ask(owner, 6)
    for number in (1, 22, 333):
        fail(queue, f"no answer in {number} s")
    fail(queue, "no answer in 4 s", code="blocked")
    for text in ("list index out of range", "bad key 'a'"):
        fail(queue, "Something went wrong.", code="internal",
             data={"exception": {"type": "KeyError", "text": text}})  # fmt: skip
    groups = queue.call("failures")
    assert [(g["code"], g["step"], g["text"], g["rows"]) for g in groups] == [
        ("internal", "Reading", "KeyError: bad key <text>", 1),
        ("internal", "Reading", "KeyError: list index out of range", 1),
        ("blocked", "Reading", "no answer in <n> s", 1),
        ("timeout", "Reading", "no answer in <n> s", 3),
    ]
    (timeouts,) = queue.call("failures", filter={"code": "timeout"})
    assert timeouts["example"] == {"table": "public.questions", "id": keys[2]}
    assert timeouts["first_at"] < timeouts["last_at"]
    wanted = {"signature": timeouts["signature"]}
    assert {row["id"] for row in pages(queue, wanted, 2)} == set(keys[:3])
    assert queue.call("count_rows", filter=wanted) == {"rows": 3, "more": False}


def test_a_filter_of_failures_is_never_left_out_in_silence(owner: Connection, queue: Queue) -> None:
    attach(owner)
    ask_one(owner)
    fail(queue, "It broke.")
    for statuses, groups in (["failed", "due"], 1), (["completed"], 0):
        assert len(queue.call("failures", filter={"status": statuses})) == groups
    with refused("22023") as caught:
        queue.call("failures", filter={"owner": ALICE})
    assert "owner" in str(caught.value)


def test_rows_that_forced_policies_hide_are_told_to_be_unread(
    owner: Connection, queue: Queue, sessions: Sessions
) -> None:
    attach(owner)
    ask(owner, 2)
    queue.complete(queue.claim_one(PIPELINE), answer="42")
    owner.execute("alter table public.questions force row level security")
    admin = sessions.lend("supabase_admin")
    with admin.transaction(force_rollback=True):
        # On Supabase `postgres` bypasses policies. Elsewhere the owner of a schema may not.
        admin.execute("alter role postgres nobypassrls")
        admin.execute("set local role service_role")
        for wanted in ({}, {"status": ["completed"]}):
            told = Queue(admin).call("list_rows", filter=wanted)
            assert (told["rows"], told["unread"]) == ([], ["public.questions"])
            assert Queue(admin).call("count_rows", filter=wanted) == {"rows": 0, "more": True}


def test_a_time_without_a_zone_is_in_utc(owner: Connection, queue: Queue) -> None:
    attach(owner)
    ask_one(owner)
    at = "to_char((processing.clock() + %s) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS')"
    before, after = (one(owner, f"select {at}", span) for span in ("-1 hour", "1 hour"))
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        queue.connection.execute(f"set time zone '{zone}'")
        between = {"since": before, "until": after}
        assert queue.call("count_rows", filter=between)["rows"] == 1


def test_a_row_that_runs_again_or_is_gone_is_no_failure_any_more(
    owner: Connection, queue: Queue
) -> None:
    attach(owner)
    retried, cancelled, deleted, moved, failed = ask(owner, 5)
    for _ in range(5):
        fail(queue, "It broke.")
    queue.call("retry", table_name="public.questions", row_id=retried)
    set_status(owner, cancelled, "cancelled")
    owner.execute("delete from public.questions where id = %s", [deleted])
    owner.execute("update public.questions set id = 999 where id = %s", [moved])
    wanted = {"pipeline": PIPELINE}
    (group,) = queue.call("failures", filter=wanted)
    assert group["rows"] == 2
    assert {row["id"] for row in pages(queue, {"signature": group["signature"]}, 9)} == {
        "999",
        failed,
    }
    owner.execute("truncate public.questions")
    assert queue.call("failures") == []


def test_a_row_that_succeeds_leaves_nothing_for_operators(owner: Connection, queue: Queue) -> None:
    attach(owner)
    ask_one(owner)
    queue.complete(queue.claim_one(PIPELINE), answer="42")
    assert one(owner, "select count(*) from processing.failed_rows") == 0
