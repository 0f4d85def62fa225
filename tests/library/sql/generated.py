"""The functions that attach generates, for a table with owners and for one without.

`python -m tests.library.sql.generated` writes `generated.sql` anew after a wanted change.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg

from devstack.project import create_project
from liverows.testing.postgres import PostgresServer

GENERATED = Path(__file__).with_name("generated.sql")

HEADER = """\
-- What processing.attach generates for the two tables below, as Postgres answers it. Written by
-- `python -m tests.library.sql.generated`; a test holds it against the database.
-- supabase/migrations/20261121000590_processing_templates.sql says why it looks like this.
"""

TABLES = """
create table public.letters (
    id bigint primary key,
    said text,
    answer text
);

create table public.recordings (
    id uuid primary key,
    account_id uuid,
    path text,
    transcript jsonb
);

create function public.keep_words(id uuid, words jsonb) returns void language sql return null;

select processing.attach('public.letters', 'answer-letter',
    inputs => '{said}', outputs => '{answer}');
select processing.attach('public.recordings', 'transcribe',
    inputs => '{path, transcript}', outputs => '{transcript}',
    owner => 'account_id', store => 'public.keep_words');
"""

PIPELINES = ("answer-letter", "transcribe")

DEFINITIONS = """
select pg_get_functiondef(f.oid)
from unnest('{pick, pick_around, live, lease, complete, next_due}'::text[])
    with ordinality as v (verb, place)
join pg_proc as f on f.oid::regproc = to_regproc(processing.statement_name(v.verb, %s))
order by v.place
"""

LOOK = "select pg_get_functiondef('processing.waiting'::regproc)"


def generated(connection: psycopg.Connection[Any]) -> str:
    """Create and attach the two tables; answers their functions in reading order."""
    connection.execute(TABLES)
    parts = [HEADER, TABLES]
    for pipeline in PIPELINES:
        parts.append(f"\n-- {pipeline}\n")
        found = connection.execute(DEFINITIONS, [pipeline]).fetchall()
        parts += [f"\n{text.strip()};\n" for (text,) in found]
    for (text,) in connection.execute(LOOK):
        parts.append(f"\n-- all attached pipelines\n\n{text.strip()};\n")
    return "".join(parts)


def write() -> None:
    """Build a database from nothing and note the functions that it generates."""
    with PostgresServer() as server:
        dsn = create_project(server, "generated")
        with psycopg.connect(dsn, autocommit=True) as connection:
            GENERATED.write_text(generated(connection))


if __name__ == "__main__":
    write()
