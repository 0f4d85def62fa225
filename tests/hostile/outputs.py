"""Results that their columns do not take, and steps whose output cannot be stored."""

from __future__ import annotations

from tests.hostile.situation import WRITTEN, Moment, Situation, ends

BAD = ends("failed")


def deep(levels: int) -> object:
    """Lists in lists."""
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


def refused(name: str, makes: str, answer: dict[str, object], cure: str) -> Situation:
    """An output that only its column refuses."""
    return Situation(
        name=name,
        kind="row",
        moments=WRITTEN,
        ends=BAD,
        code="bad_output",
        makes=makes,
        answer=answer,
        cure=cure,
    )


SITUATIONS = [
    refused(
        "output meets a unique index",
        "insert into {table} (note, processing_status) values ('taken', 'completed');"
        " create unique index {name}_once on {table} (note)",
        {"note": "taken"},
        "drop index public.{name}_once",
    ),
    refused(
        "output meets an exclusion constraint",
        "insert into {table} (score, processing_status) values (7, 'completed');"
        " alter table {table} add constraint apart"
        " exclude using gist (int4range(score, score + 1) with &&) where (score is not null)",
        {"score": 7},
        "alter table {table} drop constraint apart",
    ),
    refused(
        "output is no number",
        "",
        {"score": "seven"},
        "",
    ),
    refused(
        "output is null and must not be",
        "alter table {table} drop column note, add column note text not null default 'x'",
        {"note": None},
        "alter table {table} alter column note drop not null",
    ),
    refused(
        "output names a missing row",
        "create table public.{name}_firms (id integer primary key);"
        " alter table {table} add constraint of_firm"
        " foreign key (score) references public.{name}_firms (id)",
        {"score": 99},
        "alter table {table} drop constraint of_firm",
    ),
    Situation(
        name="output has no form in jsonb",
        kind="row",
        moments=WRITTEN,
        ends=ends("failed", "completed"),
        answer={"note": "a\x00b", "score": float("nan"), "said": ["\ud800", deep(3_000)]},
    ),
    Situation(
        name="output names a missing row at commit",  # isolation 26
        kind="row",
        moments=(Moment.COMMIT,),
        ends=BAD,
        code="bad_output",
        makes="create table public.{name}_firms (id integer primary key);"
        " alter table {table} add constraint of_firm foreign key (score)"
        " references public.{name}_firms (id) deferrable initially deferred",
        answer={"score": 99},
        cure="alter table {table} drop constraint of_firm",
    ),
    Situation(
        name="output meets a unique constraint at commit",
        kind="row",
        moments=(Moment.COMMIT,),
        ends=BAD,
        code="bad_output",
        makes="insert into {table} (note, processing_status) values ('taken', 'completed');"
        " alter table {table} add constraint once unique (note) deferrable initially deferred",
        answer={"note": "taken"},
        cure="alter table {table} drop constraint once",
    ),
    Situation(
        name="store function raises",
        kind="row",
        moments=(Moment.FINISH,),
        ends=ends("failed", "aside"),
        sqlstate="P0001",
        attach={"store": "public.{name}_store"},
        columns=", stored_by text",
        before="""
            create function public.{name}_store(row_id bigint, handover jsonb) returns void
            language plpgsql as $$ begin end $$
            """,
        makes="""
            create or replace function public.{name}_store(row_id bigint, handover jsonb)
            returns void language plpgsql as $$
            begin
                raise exception 'nothing can be stored';
            end $$
            """,
        cure="""
            create or replace function public.{name}_store(row_id bigint, handover jsonb)
            returns void language plpgsql as $$ begin end $$
            """,
        answer={"handover": {"some": "thing"}},
    ),
    *(
        Situation(
            name=f"step stores {name}",
            kind="row",
            moments=(Moment.CHECKPOINT,),
            ends=ends("failed", "completed"),
            stored=stored,
        )
        for name, stored in {
            "lists in 20,000 lists": deep(20_000),
            "a NUL": {"text": "a\x00b"},
            "60 MB": "漢" * 20_000_000,
        }.items()
    ),
]
