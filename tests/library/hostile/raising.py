"""Situations in which the application's trigger or constraint refuses a write to one row."""

from __future__ import annotations

from random import Random

from tests.library.hostile.situation import CLAIMED, WRITTEN, Moment, Situation, ends

REFUSED = (*CLAIMED, *WRITTEN, Moment.COMMIT)

SQLSTATES = {
    "P0001": "a rule of the application",
    "P0004": "an assertion, which no `when others` catches",
    "23514": "a check",
    "23505": "a unique index",
    "23503": "a foreign key",
    "23502": "not null",
    "22P02": "a cast",
    "22012": "a division by zero",
    "2201B": "a regular expression",
    "22023": "a wrong argument",
    "42501": "a missing right",
    "42703": "a missing column",
    "42P01": "a missing table",
    "42883": "a missing function",
    "42804": "a wrong type",
    "3F000": "a missing schema",
    "3D000": "a missing database",
    "34000": "a missing cursor",
    "40001": "a serialisation failure",
    "40P01": "a deadlock",
    "55P03": "a lock timeout",
    "55000": "a wrong state",
    "57014": "a cancelled query, which no `when others` catches",
    "57P01": "a shutdown",
    "53100": "a full disk",
    "53200": "no memory",
    "53300": "no connections",
    "54000": "a limit of the program",
    "54001": "too deep a stack",
    "58000": "a system error",
    "58030": "an input or output error",
    "08006": "a broken connection",
    "28P01": "a wrong password",
    "25006": "a read-only transaction",
    "25P02": "a failed transaction",
    "0A000": "an unsupported feature",
    "21000": "a subquery with too many rows",
    "2F003": "a forbidden statement",
    "38000": "an external routine",
    "XX000": "an internal error",
    "XX001": "a corrupt page",
    "RJ001": "our own word for a lost lease",
    "RJ002": "our own word for a cancelled row",
    "RJ003": "our own word for a table that is not attached",
    "RJ004": "our own word for a bad output",
    "RJ005": "our own word for a forbidden transition",
    "23P01": "an exclusion constraint",
    "23000": "an integrity constraint",
    "22001": "too long a string",
    "22003": "a number out of range",
    "22008": "a time out of range",
    "44000": "a view's check option",
    "55006": "an object in use",
    "57P03": "a server that is starting",
    "HV000": "a foreign data wrapper",
    "P0002": "no data found",
    "PT402": "an HTTP status of PostgREST",
    "PT204": "an HTTP status of PostgREST without a body",
    "PT503": "an HTTP status of PostgREST that asks to try again",
    "PGRST": "an answer that PostgREST is to make of the message",
    "08P01": "a broken protocol",
    "22004": "a null where none may be",
    "25P03": "a transaction that was idle for too long",
    "2BP01": "an object that others depend on",
    "40002": "an integrity constraint at the end of a transaction",
    "40003": "a statement of which nobody knows whether it ended",
    "42601": "a syntax error in dynamic SQL",
    "42702": "an ambiguous column",
    "42P10": "a conflict target without a unique index",
    "53400": "a limit of the configuration",
    "54023": "too many arguments",
    "57P02": "a crash",
    "57P04": "a database that was dropped",
    "57P05": "a session that was idle for too long",
    "P0003": "too many rows",
}
"""SQLSTATEs that a trigger may raise, and what they usually mean."""

FUNCTION = """
create function public.{name}_says() returns trigger language plpgsql as $$
begin
    if old.id = {key} then
        raise exception 'the application refuses this row' using errcode = '%s';
    end if;
    return new;
end $$;
"""
BEFORE = """
create trigger guard before update on {table} for each row execute function public.{name}_says();
"""
AFTER = """
create trigger guard after update on {table} for each row execute function public.{name}_says();
"""
DEFERRED = """
create constraint trigger guard after update on {table} deferrable initially deferred
    for each row execute function public.{name}_says();
"""
CURE = "drop function public.{name}_says() cascade"

FREEZES = """
create function public.{name}_says() returns trigger language plpgsql as $$
begin
    return case when old.id in ({keys}) then null else new end;
end $$;
create trigger guard before update on {table} for each row execute function public.{name}_says();
"""

SLEEPS = """
create function public.{name}_says() returns trigger language plpgsql as $$
begin
    if old.id = {key} then perform pg_sleep(4); end if;
    return new;
end $$;
create trigger guard before update on {table} for each row execute function public.{name}_says();
"""

WRITES_ELSEWHERE = """
create function public.{name}_says() returns trigger language plpgsql as $$
begin
    if old.id = {key} then
        insert into {others} (extra) values (%s);
    end if;
    return new;
end $$;
create trigger guard before update on {table} for each row execute function public.{name}_says();
"""

ON_DELETE = """
create function public.{name}_says() returns trigger language plpgsql as $$
begin
    raise exception 'no status goes back' using errcode = '23514';
end $$;
create trigger guard before update on {table} for each row
    when (old.processing_status = 'processing' and new.processing_status <> 'completed'
        and old.id = {key})
    execute function public.{name}_says();
"""


def raising(sqlstate: str) -> Situation:
    """A trigger that raises this SQLSTATE whenever the row is written."""
    function = FUNCTION % sqlstate
    return Situation(
        name=f"trigger raises {sqlstate}",
        kind="row",
        moments=REFUSED,
        ends=ends("aside"),
        sqlstate=sqlstate,
        makes=function + BEFORE,
        deferred=function + DEFERRED,
        cure=CURE,
    )


SITUATIONS = [
    *map(raising, SQLSTATES),
    Situation(
        name="trigger after the write raises",
        kind="row",
        moments=(*CLAIMED, *WRITTEN),
        ends=ends("aside"),
        sqlstate="P0001",
        makes=FUNCTION % "P0001" + AFTER,
        cure=CURE,
    ),
    Situation(
        name="trigger with a missing column",
        kind="row",
        moments=(*CLAIMED, *WRITTEN),
        ends=ends("aside"),
        sqlstate="42703",
        makes="""
            create function public.{name}_says() returns trigger language plpgsql as $$
            begin
                if old.id = {key} then new.gone := 1; end if;
                return new;
            end $$;
            """
        + BEFORE,
        cure=CURE,
    ),
    Situation(
        name="trigger that calls itself without end",
        kind="row",
        moments=(*CLAIMED, *WRITTEN),
        ends=ends("aside"),
        sqlstate="54001",
        before="alter database {database} set max_stack_depth = '200kB'",
        makes="""
            create function public.{name}_says() returns trigger language plpgsql as $$
            begin
                if old.id = {key} then update {table} set note = 'again' where id = old.id; end if;
                return new;
            end $$;
            """
        + BEFORE,
        cure=CURE,
    ),
    Situation(
        name="trigger freezes 12 rows",
        kind="row",
        rows=12,
        moments=CLAIMED,
        ends=ends("aside"),
        makes=FREEZES,
        cure=CURE,
    ),
    Situation(
        name="trigger refuses 200 rows at the head",
        kind="row",
        rows=200,
        moments=(Moment.CLAIM,),
        ends=ends("aside"),
        sqlstate="P0001",
        makes="""
            create function public.{name}_says() returns trigger language plpgsql as $$
            begin
                if old.id <= 200 then raise exception 'archived rows are read only'; end if;
                return new;
            end $$;
            """
        + BEFORE,
        cure=CURE,
    ),
    Situation(
        name="trigger freezes a running row",
        kind="row",
        moments=WRITTEN,
        ends=ends("aside"),
        makes=FREEZES,
        cure=CURE,
    ),
    Situation(
        name="trigger forbids the way back",
        kind="row",
        moments=(Moment.HEARTBEAT, Moment.TAKE_BACK),
        ends=ends("aside"),
        sqlstate="23514",
        makes=ON_DELETE,
        cure=CURE,
    ),
    Situation(
        name="trigger sleeps beyond the statement timeout",
        kind="row",
        moments=(Moment.CLAIM, Moment.FINISH, Moment.TAKE_BACK),
        ends=ends("aside", "completed", "failed"),
        before="alter database {database} set statement_timeout = '1s'",
        makes=SLEEPS,
        cure=CURE,
    ),
    Situation(
        name="trigger adds work to another table",
        kind="row",
        moments=(Moment.CLAIM, Moment.PROGRESS, Moment.FINISH),
        ends=ends("completed"),
        makes=WRITES_ELSEWHERE % "'chained'",
        cure=CURE,
    ),
    Situation(
        name="trigger breaks a rule of another table",
        kind="row",
        moments=(*CLAIMED, *WRITTEN),
        ends=ends("aside"),
        sqlstate="22003",
        makes=WRITES_ELSEWHERE % "(10::numeric ^ 30)::integer",
        cure=CURE,
    ),
    Situation(
        name="trigger sets the status itself",
        kind="row",
        moments=(Moment.CLAIM, Moment.FINISH),
        ends=ends("aside", "completed", "failed"),
        makes="""
            create function public.{name}_says() returns trigger language plpgsql as $$
            begin
                if old.id = {key} then new.processing_status := 'pending'; end if;
                return new;
            end $$;
            """
        + BEFORE,
        cure=CURE,
    ),
    Situation(
        name="check forbids to run",
        kind="row",
        moments=(Moment.CLAIM,),
        ends=ends("aside"),
        sqlstate="23514",
        makes="alter table {table} add constraint bad"
        " check (id <> {key} or processing_status <> 'processing')",
        cure="alter table {table} drop constraint bad",
    ),
    Situation(
        name="check forbids to wait",
        kind="row",
        moments=(Moment.HEARTBEAT, Moment.TAKE_BACK),
        ends=ends("aside"),
        sqlstate="23514",
        makes="alter table {table} add constraint bad"
        " check (id <> {key} or processing_status <> 'pending')",
        cure="alter table {table} drop constraint bad",
    ),
    Situation(
        name="check forbids to end",
        kind="row",
        moments=(Moment.FINISH,),
        ends=ends("aside"),
        sqlstate="23514",
        makes="alter table {table} add constraint bad"
        " check (id <> {key} or processing_status = 'processing')",
        cure="alter table {table} drop constraint bad",
    ),
    Situation(
        name="check that old rows do not meet",  # isolation 01 and 17
        kind="row",
        moments=(*CLAIMED, *WRITTEN),
        ends=ends("aside"),
        sqlstate="23514",
        makes="""
            alter table {table} add column score_of_old integer not null default 0;
            update {table} set score_of_old = -5 where id = {key};
            alter table {table} add constraint score_ok check (score_of_old >= 0) not valid
            """,
        cure="alter table {table} drop constraint score_ok",
    ),
    Situation(
        name="not null that old rows do not meet",
        kind="row",
        moments=(*CLAIMED, *WRITTEN),
        ends=ends("aside"),
        sqlstate="23514",
        makes="""
            update {table} set extra = 'x' where id <> {key};
            alter table {table} alter column extra set default 'x',
                add constraint extra_there check (extra is not null) not valid
            """,
        cure="alter table {table} drop constraint extra_there",
    ),
    Situation(
        name="index expression that fails",
        kind="row",
        moments=(Moment.CLAIM,),
        ends=ends("aside"),
        sqlstate="22012",
        makes="""
            create function public.{name}_part(id bigint) returns bigint
                language sql immutable as 'select 1 / (id - {key})';
            create index {name}_parts on {table} (public.{name}_part(id))
                where processing_status = 'processing'
            """,
        cure="drop function public.{name}_part(bigint) cascade",
    ),
    Situation(
        name="index row too large",
        kind="row",
        moments=WRITTEN,
        ends=ends("failed", "completed"),
        code="bad_output",
        makes="create index {name}_note on {table} (note)",
        answers=({"note": Random(1).randbytes(20_000).hex()},),
        cure="drop index public.{name}_note",
    ),
    Situation(
        name="rule of the table that does nothing instead",
        kind="table",
        moments=(Moment.CLAIM, Moment.FINISH, Moment.TAKE_BACK),
        ends=ends("aside", "broken"),
        makes="create rule frozen as on update to {table} where old.id = {key} do instead nothing",
        cure="drop rule frozen on {table}",
    ),
]
