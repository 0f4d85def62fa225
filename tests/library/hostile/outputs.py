"""Situations with results that their columns refuse, and steps whose output cannot be stored."""

from __future__ import annotations

from tests.library.hostile.situation import WRITTEN, Moment, Situation, ends

BAD = ends("failed", "completed")
"""A refused output is left out, with a warning. If no other output is left, the row fails."""


def deep(levels: int) -> object:
    """Lists nested so many levels deep."""
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


STORE = """
create or replace function public.{name}_store(row_id bigint, handover jsonb) returns void
language plpgsql as $$ begin end $$
"""
STORE_RAISES = """
create or replace function public.{name}_store(row_id bigint, handover jsonb) returns void
language plpgsql as $$
begin
    if row_id = {key} then raise exception 'nothing can be stored'; end if;
end $$
"""

REFUSED = (
    {"note": "taken"},
    {"score": 7},
    {"score": "seven"},
    {"score": 10**30},
    {"score": -1},
    {"score": 99},
    {"said": None},
    {"said": "longer than five"},
)
"""The SQLSTATEs for a unique index, an exclusion constraint, a cast, a range, a domain, a foreign
key, not null and a length."""

SITUATIONS = [
    Situation(
        name="outputs are refused by their columns",
        kind="row",
        rows=len(REFUSED),
        moments=WRITTEN,
        ends=BAD,
        code="bad_output",
        makes="""
            create domain public.{name}_positive as integer check (value > 0);
            create table public.{name}_firms (id integer primary key);
            insert into public.{name}_firms values (7);
            alter table {table}
                alter column score type public.{name}_positive,
                add constraint {name}_firm foreign key (score) references public.{name}_firms (id),
                add constraint {name}_apart exclude using gist
                    (int4range(score, score + 1) with &&) where (score is not null),
                drop column said,
                add column said varchar(5) not null default 'x';
            create unique index {name}_once on {table} (note);
            insert into {table} (note, score, processing_status) values ('taken', 7, 'completed')
            """,
        answers=REFUSED,
        cure="alter table {table} alter column said drop not null",
    ),
    Situation(
        name="output has no form in jsonb",
        kind="row",
        moments=WRITTEN,
        ends=ends("failed", "completed"),
        answers=({"note": "a\x00b", "score": float("nan"), "said": ["\ud800", deep(3_000)]},),
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
        answers=({"score": 99},),
        cure="alter table {table} drop constraint of_firm",
    ),
    Situation(
        name="output meets a unique constraint at commit",
        kind="row",
        moments=(Moment.COMMIT,),
        ends=BAD,
        code="bad_output",
        makes="insert into {table} (note, processing_status) values ('taken', 'completed');"
        " alter table {table} add constraint {name}_once unique (note)"
        " deferrable initially deferred",
        answers=({"note": "taken"},),
        cure="alter table {table} drop constraint {name}_once",
    ),
    Situation(
        name="store function raises",
        kind="row",
        moments=(Moment.FINISH,),
        ends=ends("failed", "aside"),
        sqlstate="P0001",
        attach={"store": "public.{name}_store"},
        before=STORE,
        makes=STORE_RAISES,
        cure=STORE,
        answers=({"handover": {"some": "thing"}},),
    ),
    Situation(
        name="steps store what is odd",
        kind="row",
        rows=5,
        moments=(Moment.CHECKPOINT,),
        ends=ends("failed", "completed"),
        stored=(
            {"text": "a\x00b"},
            {"text": "\ud800"},
            deep(20_000),
            10**5_000,
            "漢" * 10_000_000,
        ),
    ),
]
