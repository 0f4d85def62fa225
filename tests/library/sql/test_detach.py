"""`detach` leaves the table exactly as it was before `attach`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.library.sql.questions import PIPELINE, ask, attach, detach, one
from tests.support.databases import Clock
from tests.support.queue import Connection, Queue, refused

PICTURES = {
    "columns": """
        select attname, format_type(atttypid, atttypmod), attnotnull,
            pg_get_expr(adbin, adrelid), col_description(attrelid, attnum)
        from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
        where attrelid = 'public.questions'::regclass and attnum > 0 and not attisdropped""",
    "triggers": "select tgname from pg_trigger where tgrelid = 'public.questions'::regclass",
    "indexes": "select indexdef from pg_indexes where tablename = 'questions'",
    "constraints": """
        select conname, pg_get_constraintdef(oid) from pg_constraint
        where conrelid = 'public.questions'::regclass and contype <> 'n'""",
    "grants on the table": """
        select grantee::regrole::text, privilege_type, is_grantable
        from pg_class, aclexplode(coalesce(relacl, acldefault('r', relowner)))
        where oid = 'public.questions'::regclass""",
    "grants on columns": """
        select attname, grantee::regrole::text, privilege_type, is_grantable
        from pg_attribute, aclexplode(attacl)
        where attrelid = 'public.questions'::regclass and not attisdropped""",
    "policies": "select tablename, policyname, cmd, qual from pg_policies",
    "publication": "select tablename from pg_publication_tables",
    "functions": """
        select oid::regprocedure::text from pg_proc
        where pronamespace in ('public'::regnamespace, 'processing'::regnamespace)""",
    "row security": "select relrowsecurity from pg_class where relname = 'questions'",
    "storage parameters": "select reloptions from pg_class where relname = 'questions'",
    "file": "select relfilenode from pg_class where relname = 'questions'",
    "rows": "select id, question, kind, notes from public.questions",
} | {
    table: f"select to_jsonb(x) - 'beat_at' from processing.{table} as x"
    for table in (
        "queues", "pipelines", "leases", "checkpoints", "events", "crashes", "turns", "providers",
    )
}  # fmt: skip

GRANTS = {
    "table-level grants": "",
    "column grants": """
        revoke all on public.questions from authenticated;
        grant select, insert (question, answer), update (notes, score) on public.questions
            to authenticated;""",
    "both, and the right to hand them on": """
        grant insert (question), update (score) on public.questions to authenticated;
        grant update on public.questions to anon with grant option;""",
    "grants to everybody": "grant all on public.questions to public;",
    "no grants": "revoke all on public.questions from authenticated;",
    "all to the service role": "grant all on public.questions to service_role with grant option;",
}


def picture(connection: Connection) -> dict[str, list[Any]]:
    return {
        name: sorted(connection.execute(query).fetchall(), key=repr)
        for name, query in PICTURES.items()
    }


@pytest.mark.parametrize("grants", GRANTS)
def test_the_table_is_as_it_was_whatever_the_grants(owner: Connection, grants: str) -> None:
    if GRANTS[grants]:
        owner.execute(GRANTS[grants])
    ask(owner, 3)
    before = picture(owner)
    attach(owner, owner="account_id")
    attach(owner, owner="account_id", editable=["notes", "score"], broadcast=True)
    detach(owner)
    assert picture(owner) == before


def test_nothing_is_left_of_rows_that_were_worked_on(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    before = picture(owner)
    attach(owner, owner="account_id")
    ask(owner, 4)
    queue.complete(queue.claim_one(PIPELINE))
    queue.fail(queue.claim_one(PIPELINE), retryable=False)
    queue.claim_one(PIPELINE)
    clock.advance(60)
    assert Queue(queue.connection).take_back() == 1
    queue.checkpoint(queue.claim_one(PIPELINE))
    owner.execute("delete from public.questions where id < 4")
    detach(owner)
    owner.execute("delete from public.questions")
    assert picture(owner) == before


def test_a_table_that_was_published_before_stays_published(owner: Connection) -> None:
    owner.execute("alter publication supabase_realtime add table public.questions")
    before = picture(owner)
    attach(owner)
    detach(owner)
    assert picture(owner) == before


def test_detaching_twice_or_what_is_not_attached_does_no_harm(owner: Connection) -> None:
    attach(owner)
    detach(owner)
    before = picture(owner)
    detach(owner)
    detach(owner, "unheard-of")
    detach(owner, "enrich-job-position")
    assert picture(owner) == before
    kept = "select count(*) from processing.pipelines where pipeline = 'enrich-job-position'"
    assert one(owner, kept) == 1


def test_a_table_can_be_attached_again_after_detach(owner: Connection, queue: Queue) -> None:
    attach(owner)
    ask(owner, 2)
    detach(owner)
    attach(owner)
    assert queue.claim(PIPELINE) == []
    ask(owner)
    assert len(queue.claim(PIPELINE)) == 1


def test_a_row_that_was_set_aside_is_no_trouble_any_more(owner: Connection, queue: Queue) -> None:
    attach(owner)
    owner.execute("alter table public.questions add constraint never check (processing_run = 0)")
    ask(owner)
    assert queue.claim(PIPELINE) == []
    troubles = "select processing.troubles()"
    assert [trouble["sqlstate"] for trouble in one(owner, troubles)] == ["23514"]
    detach(owner)
    assert one(owner, troubles) == []


def test_work_on_a_detached_table_is_refused(owner: Connection, queue: Queue) -> None:
    attach(owner)
    ask(owner)
    row = queue.claim_one(PIPELINE)
    detach(owner)
    assert queue.claim(PIPELINE) == []
    for call in (queue.complete, queue.fail, queue.release, queue.progress, queue.checkpoint):
        with refused("RJ003"):
            call(row)


def test_a_claim_passes_over_a_pipeline_that_is_detached_meanwhile(owner: Connection) -> None:
    attach(owner)
    ask(owner)
    detach(owner)
    found = one(
        owner,
        "select (processing.claim_of(%s, 1, 1, now(), '{}', false, gen_random_uuid(), 'notify'))"
        ".rows",
        PIPELINE,
    )
    assert found == 0
    assert one(owner, "select processing.next_due_of(%s, now())", PIPELINE) is None
