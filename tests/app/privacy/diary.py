"""A table of a stranger's app, whose rows a worker of that app completes, fails and holds."""

from __future__ import annotations

from uuid import uuid4

from psycopg.types.json import Jsonb

from tests.app.privacy.words import Words
from tests.support.queue import Connection, Queue, paid, result

PIPELINE = "read-diary"

TABLE = """
create table public.diary (
    id uuid primary key default gen_random_uuid(),
    account_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
    entry text not null, scan bytea, answer text, score integer);
alter table public.diary enable row level security;
grant select, insert (entry, scan), delete on public.diary to authenticated;
create policy "own" on public.diary to authenticated
    using (account_id = (select auth.uid())) with check (account_id = (select auth.uid()));
select processing.attach('public.diary', 'read-diary', inputs => '{entry, scan}',
    outputs => '{answer, score}', owner => 'account_id', broadcast => true,
    daily_limits => '{"calls": 1000}');
"""


def live(user: Connection, worker: Queue, words: Words) -> None:
    """Leave a completed row, a failed one, one that waits, one that is refused, one that runs."""
    for _ in range(5):
        user.execute(
            "insert into public.diary (entry, scan) values (%s, %s)",
            [words.new(), words.new().encode()],
        )
    done, failed, later, odd, running = worker.claim(PIPELINE, slots=5)
    for row in (done, failed, later, odd, running):
        worker.call(
            "begin_call", worker=worker.worker, table_name=row["table"], row_id=row["id"],
            run=row["run"], nonce=row["nonce"], step="read", version="1", input_hash="same",
            tries=1, try_key=uuid4(),
        )  # fmt: skip
        worker.checkpoint(
            row, output=Jsonb({"read": words.new()}), shareable=True, keep="content",
            spent=Jsonb([paid(row, cost_usd=0.01)]),
        )  # fmt: skip
        worker.progress(row, stage=words.new(), percent=5, outputs=Jsonb({"answer": words.new()}))
    worker.complete(done, answer=words.new())
    worker.end(
        failed, "fail", error={"code": "boom", "message": words.new(), "stage": words.new()},
        retryable=False, data={"exception": {"type": "ValueError", "text": words.new()}},
    )  # fmt: skip
    worker.retry_later(later, 3600, data={"reason": words.new()})
    worker.call(
        "finish",
        worker=worker.worker,
        results=Jsonb([result(odd, "complete", outputs={"score": words.new()})]),
    )
