"""One row of the owner in each table of `public`, and another value for each column of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from tests.app.access.people import OWNER, STRANGER

POSITION = "00000000-0000-4000-8000-00000000aaaa"
ITEM = "00000000-0000-4000-8000-00000000bbbb"
BATCH = "00000000-0000-4000-8000-00000000cccc"
RESEARCH = "00000000-0000-4000-8000-00000000dddd"
COMPANY = "00000000-0000-4000-8000-00000000eeee"
SHA = "5e" * 32
RECORDING = f"{OWNER}/talk.wav"
TRANSCRIPT = f"{OWNER}/speech/{SHA}/answer.json"

ROWS: Mapping[str, Mapping[str, Any]] = {
    "job_positions": {"id": POSITION, "account_id": OWNER, "job_url": "https://jobs.example/1"},
    "timeline_items": {
        "id": ITEM,
        "account_id": OWNER,
        "position_id": POSITION,
        "type": "INTERVIEW_ANALYSE",
        "interview_original_audio_path": RECORDING,
    },
    "interview_questions": {
        "account_id": OWNER,
        "timeline_item_id": ITEM,
        "question_number": 1,
        "question_text": "Why?",
        "question_json": [],
        "asked_by": 0,
        "asked_by_role": "interviewer",
        "first_utterance": 0,
        "last_utterance": 1,
        "scoring_status": "skipped",
    },
    "companies": {
        "id": COMPANY,
        "key": "acme.example",
        "profile": {},
        "researched_at": "2026-11-01T00:00:00Z",
        "expires_at": "2026-11-08T00:00:00Z",
    },
    "company_research_history": {"company_id": COMPANY, "profile": {}},
    "batch_jobs": {"id": BATCH, "account_id": OWNER, "companies": ["Umbra"]},
    "company_research": {
        "id": RESEARCH,
        "account_id": OWNER,
        "company_name": "Acme",
        "company_id": COMPANY,
        "job_position_id": POSITION,
        "batch_id": BATCH,
    },
    "company_flights": {"key": "acme.example", "research_id": RESEARCH},
    "storage_deletions": {"account_id": OWNER, "bucket_id": "interviews", "paths": [RECORDING]},
    "recording_uses": {"item_id": ITEM, "account_id": OWNER, "sha256": SHA},
    "recording_payments": {
        "account_id": OWNER,
        "sha256": SHA,
        "item_id": ITEM,
        "paid_on": "2026-11-01",
        "paid": 1,
    },
    "accounts_to_forget": {"account_id": OWNER},
}
"""By table, in an order in which they can be inserted."""

_OTHERS: Mapping[str, Any] = {
    "account_id": STRANGER,
    "type": "NOTE",
    "processing_status": "cancelled",
}
"""Another value for columns for which the type does not tell one."""

_OTHERS_BY_TYPE: Mapping[str, Any] = {
    "text": "x",
    "uuid": "00000000-0000-4000-8000-00000000ffff",
    "jsonb": {"x": 1},
    "boolean": True,
    "text[]": ["x"],
    "date": "2031-01-01",
    "timestamp with time zone": "2031-01-01T00:00:00Z",
    "interview_question_type": "TECHNICAL",
}


def another(column: str, type_name: str) -> Any:
    """A value that the column of the planted row does not have.

    It need not keep the column's constraints: Postgres looks at them after the rights.
    """
    return _OTHERS.get(column, _OTHERS_BY_TYPE.get(type_name, 7))


def plant(superuser: psycopg.Connection[Any]) -> None:
    """Sign up the owner and the stranger, and insert the owner's row into each table."""
    superuser.execute("insert into auth.users (id) values (%s), (%s)", [OWNER, STRANGER])
    for table, row in ROWS.items():
        columns = sql.SQL(", ").join(map(sql.Identifier, row))
        superuser.execute(
            sql.SQL(
                "insert into public.{0} ({1}) select {1} from jsonb_populate_record("
                "null::public.{0}, %s)"
            ).format(sql.Identifier(table), columns),
            [Jsonb(dict(row))],
        )
