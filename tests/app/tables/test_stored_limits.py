"""A browser that inserts without the Edge Function cannot store anything that harms a worker."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.library.sql.questions import ALICE, one
from tests.support.queue import Connection

pytestmark = pytest.mark.any_version

USERS_COLUMNS = """
    select c.relname, a.attname, a.atttypid::regtype::text
    from pg_class as c join pg_attribute as a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
        and a.attnum > 0 and not a.attisdropped and a.attname not like 'processing\\_%'
        and (has_column_privilege('authenticated', c.oid, a.attnum, 'insert')
            or has_column_privilege('authenticated', c.oid, a.attnum, 'update'))
    order by 1, 2
"""
AUDIO = f"{ALICE}/talk.mp3"
HONEST: Mapping[str, Mapping[str, Any]] = {
    "job_positions": {"job_url": "https://a.example/job"},
    "timeline_items": {"type": "INTERVIEW_ANALYSE", "interview_original_audio_path": AUDIO},
    "interview_questions": {
        "timeline_item_id": "one of hers",
        "question_number": 1,
        "question_text": "Why?",
        "question_json": Jsonb([]),
        "asked_by": 0,
        "asked_by_role": "interviewer",
        "first_utterance": 0,
        "last_utterance": 1,
        "scoring_status": "skipped",
    },
    "company_research": {"company_name": "Acme", "company_url": "https://acme.example"},
    "batch_jobs": {"companies": Jsonb(["Acme"])},
}
UNBOUNDED = {"boolean", "uuid", "integer", "timestamp with time zone", "timeline_type"}
"""Types whose values are small by themselves."""
PADDING = 2_000_001
HOSTILE_JSON = {
    "deep": "[" * 1500 + "]" * 1500,
    "nine levels": "[" * 9 + "1" + "]" * 9,
    "deep objects": '[{"a": ' * 20 + "1" + "}]" * 20,
    "a huge number": "[1e5000]",
    "a huge negative number": '[{"a": [-1e400]}]',
    "a number beyond what is exact everywhere": "[12345678901234567890]",
    "large": json.dumps(["x" * PADDING]),
    "many": json.dumps([0] * 400_000),
}


def add(owner: Connection, table: str, **more: Any) -> str:
    """Add an honest row of Alice's; returns its id."""
    columns = {"account_id": ALICE} | dict(HONEST[table]) | more
    if table == "interview_questions":
        columns["timeline_item_id"] = add(owner, "timeline_items")
    names, places = ", ".join(columns), ", ".join(["%s"] * len(columns))
    statement = f"insert into public.{table} ({names}) values ({places}) returning id"
    return str(one(owner, statement, *columns.values()))


def refused(owner: Connection, table: str, column: str, value: Any) -> str:
    """The name of the CHECK that refuses this value in an otherwise honest row."""
    with owner.transaction(force_rollback=True):
        key = add(owner, table)
        with pytest.raises(psycopg.errors.CheckViolation) as caught, owner.transaction():
            owner.execute(f"update public.{table} set {column} = %s where id = %s", [value, key])
    return str(caught.value.diag.constraint_name)


def test_every_text_that_a_browser_may_write_has_a_longest_length(owner: Connection) -> None:
    texts = [found[:2] for found in owner.execute(USERS_COLUMNS) if found[2] == "text"]
    assert ("job_positions", "raw_job_description") in texts
    assert ("company_research", "company_name") in texts
    for table, column in texts:
        start = HONEST[table].get(column, "https://a.example/" if "_" in column else "x")
        for padding in ("x", " ", "é"):
            assert refused(owner, table, column, start + padding * PADDING)


@pytest.mark.parametrize("hostile", HOSTILE_JSON.values(), ids=HOSTILE_JSON)
def test_every_json_that_a_browser_may_write_is_small_flat_and_of_plain_numbers(
    owner: Connection, hostile: str
) -> None:
    columns = [found[:2] for found in owner.execute(USERS_COLUMNS) if found[2] == "jsonb"]
    assert {column for _, column in columns} >= {
        "quick_look", "interview_transcript_given", "companies", "prep_checklist",
    }  # fmt: skip
    for table, column in columns:
        assert refused(owner, table, column, hostile).endswith(("within_limits", "100_companies"))


def test_there_is_no_other_kind_of_column_that_a_browser_may_write(owner: Connection) -> None:
    kinds = {kind for *_, kind in owner.execute(USERS_COLUMNS)}
    assert kinds <= {"text", "jsonb"} | UNBOUNDED


@pytest.mark.parametrize(
    ("quick_look", "is_taken"),
    [
        ('{"job_title": "Baker", "company_name": "Acme", "salary": 50000.5, "asked": null}', True),
        ("[" * 8 + "1" + "]" * 8, True),
        ("[1e15, -1e15, 1e-300]", True),
        ("[1000000000000001]", False),
        ('{"job_title": 1e5000}', False),
        ("[" * 1500 + "]" * 1500, False),
    ],
)
def test_a_user_is_told_which_limit_the_json_passes(
    alice: Connection, quick_look: str, is_taken: bool
) -> None:
    statement = (
        "insert into public.job_positions (raw_job_description, quick_look) values ('Baker.', %s)"
    )
    if is_taken:
        assert alice.execute(statement, [quick_look]).rowcount == 1
        return
    with pytest.raises(psycopg.errors.CheckViolation, match="job_positions_quick_look_within_limi"):
        alice.execute(statement, [quick_look])


def test_a_long_honest_transcript_is_taken(alice: Connection) -> None:
    sentence = "So I looked at the logs first, and then at the pump itself."
    given = [
        {"id": n, "speaker": n % 2, "sentence": sentence, "start": n * 4.5, "end": n * 4.5 + 4}
        for n in range(5000)
    ]
    statement = (
        "insert into public.timeline_items (type, interview_transcript_given)"
        " values ('MOCK_ANALYSE', %s)"
    )
    assert alice.execute(statement, [Jsonb(given)]).rowcount == 1
