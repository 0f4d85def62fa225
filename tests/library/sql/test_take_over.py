"""The script of the documentation takes over a table with a status column of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.queue import Connection, Queue, refused

SCRIPT = Path(__file__).parents[3] / "docs" / "take-over.sql"

TABLE = """
create table public.job_position (
    id uuid primary key default gen_random_uuid(), account_id uuid default gen_random_uuid(),
    job_url text, raw_job_description text, job_title text, company_name text, job_description text,
    processing_status text {constraint}
)
"""

STATUSES = {
    "COMPLETED": "completed",
    "FAILED": "failed",
    "PENDING": "pending",
    "PROCESSING": "pending",
    "cancelled": "cancelled",
    "whatever": "completed",
    None: "completed",
}


@pytest.mark.parametrize("constraint", ["default 'COMPLETED'", "not null default 'PENDING'"])
def test_the_rows_come_along_with_their_status(
    owner: Connection, queue: Queue, constraint: str
) -> None:
    owner.execute(TABLE.format(constraint=constraint))
    wanted = {word: to for word, to in STATUSES.items() if word or "not null" not in constraint}
    for word in wanted:
        owner.execute(
            "insert into public.job_position (job_title, processing_status) values ('Baker', %s)",
            [word],
        )
    with refused("RJ007") as caught:
        Queue(owner).call(
            "attach", table="public.job_position", pipeline="enrich", inputs=["job_url"],
            outputs=["job_title"],
        )  # fmt: skip
    assert "docs/take-over.sql" in str(caught.value.diag.message_hint)
    owner.execute(SCRIPT.read_text().replace("enrich-job-position", "taken-over").encode())
    found = dict(
        owner.execute(
            "select old_processing_status, processing_status::text from public.job_position"
        ).fetchall()
    )
    assert found == wanted
    assert len(queue.claim("taken-over")) == 2
    owner.execute("insert into public.job_position (job_url) values ('https://example.com')")
    assert len(queue.claim("taken-over")) == 1
