"""Situations with strange values in an input column, or with strange values of a row's state."""

from __future__ import annotations

from tests.library.hostile.situation import Moment, Situation, ends

MOMENTS = (Moment.CLAIM, Moment.TAKE_BACK)
READ = ends("failed", "completed")


def value(name: str, column: str, expression: str) -> Situation:
    """An input with this value. If Python cannot hold it, the row must fail with a sentence."""
    return Situation(
        name=f"input holds {name}",
        kind="row",
        moments=MOMENTS,
        ends=READ,
        makes=f"update {{table}} set {column} = {expression} where id = {{key}}",
        cure=f"update {{table}} set {column} = null where id = {{key}}",
    )


NESTED = "(repeat('[', %s) || repeat(']', %s))::jsonb"

SITUATIONS = [
    value("lists in 1,500 lists", "payload", NESTED % (1_500, 1_500)),
    value("lists in 5,000 lists", "payload", NESTED % (5_000, 5_000)),
    value(
        "objects in 2,000 objects",
        "payload",
        """(repeat('{"a":', 2000) || '1' || repeat('}', 2000))::jsonb""",
    ),
    value("1e5000", "payload", """'{"n": 1e5000}'::jsonb"""),
    value("a number of 10,000 digits", "payload", "to_jsonb(repeat('9', 10000)::numeric)"),
    value("a numeric of 10,000 digits", "amount", "repeat('9', 10000)::numeric"),
    value("an escaped NUL", "facts", r"""'{"a": "\u0000"}'::json"""),
    value("half a surrogate pair", "facts", r"""'{"a": "\ud83d"}'::json"""),
    value("25 MB", "extra", "repeat('0123456789', 2500000)"),
    Situation(
        name="inputs hold what is odd and valid",
        kind="row",
        moments=MOMENTS,
        ends=READ,
        makes="""
            update {table} set ratio = '-Infinity', seen_at = '4000-01-01 BC',
                amount = ('0.' || repeat('3', 10000))::numeric,
                extra = E'\\x01\\x1f\\x7f\\u2028\\ufeff\\u202e' || repeat('x', 100000),
                facts = '{"a": 1, "a": 2, "n": -1e5000}',
                payload = (select jsonb_object_agg(i, 'NaN'::numeric)
                    from generate_series(1, 100000) as i)
            where id = {key}
            """,
        cure="update {table} set facts = null, payload = null where id = {key}",
    ),
    Situation(
        name="row is not due before infinity",
        kind="row",
        moments=(Moment.CLAIM,),
        ends=ends("refused"),
        makes="update {table} set processing_not_before = 'infinity' where id = {key}",
    ),
    Situation(
        name="enum value is added",
        kind="row",
        moments=(Moment.CLAIM, Moment.FINISH),
        ends=ends("completed"),
        before="create type public.{name}_mood as enum ('glad')",
        makes="""
            alter type public.{name}_mood add value 'sad';
            alter table {table} alter column extra type public.{name}_mood
                using extra::public.{name}_mood
            """,
        cure="update {table} set extra = 'sad'",
    ),
    Situation(
        name="60 inputs",  # isolation 13
        kind="pipeline",
        moments=(Moment.CLAIM, Moment.FINISH),
        ends=ends("completed", "refused"),
        columns="".join(f", c{number} text" for number in range(60)),
        attach={"inputs": ["id", *(f"c{number}" for number in range(60))]},
    ),
    Situation(
        name="120 inputs with odd names",
        kind="pipeline",
        moments=(Moment.CLAIM,),
        ends=ends("completed", "refused"),
        columns="".join(f""", "C {number}'s \\x" text""" for number in range(120)),
        attach={"inputs": ["id", *(f"C {number}'s \\x" for number in range(120))]},
    ),
    *(
        Situation(
            name=f"owner is {name}",
            kind="pipeline",
            moments=(Moment.CLAIM, Moment.TAKE_BACK),
            ends=ends("completed", "refused"),
            columns=f", of {column}",
            attach={"owner": "of", "concurrency_per_owner": 2, "max_open_per_owner": 50},
        )
        for name, column in {
            "an array": "text[] default '{a,b}'",
            "a point": "point default '(1,2)'",
        }.items()
    ),
]
