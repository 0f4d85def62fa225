"""The shadow mode of moving-from-trigger-dev.md: it copies, runs both, compares and cuts over."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import DOCS, blocks
from tests.docs.walk import Walk
from tests.support.databases import Connections, Database
from tests.support.doorbells import until

PAGE = DOCS / "moving-from-trigger-dev.md"
COPY = "create table public.articles_shadow"
ATTACH = "select processing.attach(\n    'public.articles_shadow'"
COMPARE = "select a.id, a.summary"
CUT_OVER = "drop trigger shadow_article"
THE_COPY_IS_DONE = """
select count(*) from public.articles_shadow where processing_status = 'completed'
"""
RULE = "return Outputs(summary=row.body.lower())"
"""What the moved task does with a row; the old one made it all capitals for long texts."""
STATUS = "select processing_status, summary from public.articles order by body"


def block(beginning: str) -> str:
    """The block of the page that begins so."""
    (found,) = [each.text for each in blocks(PAGE) if each.text.startswith(beginning)]
    return found


def test_a_copy_is_compared_and_then_takes_over(database: Database, connect: Connections) -> None:
    owner = connect(database)
    owner.execute(block("create table public.articles (").encode())
    owner.execute(block(COPY).encode())
    owner.execute(block(ATTACH).encode())
    for body in ("a", "b", "c"):
        owner.execute("insert into public.articles (body) values (%s)", [body])
    copies = "select count(*) from public.articles_shadow where processing_status = 'pending'"
    assert owner.execute(copies).fetchone() == (3,)

    # Both sides have done a and b, and nobody c. About b they say different things.
    owner.execute("insert into public.articles (body) values ('unwanted')")
    owner.execute("delete from public.articles where body = 'unwanted'")
    assert owner.execute(copies).fetchone() == (3,)
    owner.execute("update public.articles set summary = upper(body) where body <> 'c'")
    owner.execute(
        "update public.articles_shadow set processing_status = 'completed',"
        " summary = case body when 'a' then 'A' else 'other' end where body <> 'c'"
    )
    compare = block(COMPARE).split(";")[0]
    assert [row[1:] for row in owner.execute(compare.encode())] == [("B", "other")]

    owner.execute(block(CUT_OVER).encode())
    assert owner.execute(STATUS).fetchall() == [
        ("completed", "A"),
        ("completed", "B"),
        ("pending", None),
    ]


@pytest.mark.thorough
@pytest.mark.timeout(240)
async def test_both_run_until_the_copy_agrees_and_then_the_worker_has_the_table(
    tmp_path: Path, bare_database: Database, connect: Connections
) -> None:
    walk = moved(tmp_path, bare_database)
    owner = connect(bare_database)

    def inserted_and_done_by_the_old_task(body: str, summary: str) -> None:
        insert = "insert into public.articles (body) values (%s) returning id"
        row = owner.execute(insert, [body]).fetchone()
        assert row is not None
        owner.execute("update public.articles set summary = %s where id = %s", [summary, row[0]])

    with walk.shell.running(program="liverows") as worker:
        worker.logged("worker_started")
        inserted_and_done_by_the_old_task("Short", "short")
        inserted_and_done_by_the_old_task("Much longer", "MUCH LONGER")
        await until(lambda: owner.execute(THE_COPY_IS_DONE).fetchone() == (2,), deadline=30)
        compare = block(COMPARE).split(";")[0].encode()
        assert [row[1:] for row in owner.execute(compare)] == [("MUCH LONGER", "much longer")]

        owner.execute("insert into public.articles (body) values ('Nobody was there')")
        owner.execute(block(CUT_OVER).encode())
        ended = [
            ("completed", "MUCH LONGER"),  # what the old task had done stays
            ("completed", "nobody was there"),
            ("completed", "short"),
        ]
        await until(lambda: owner.execute(STATUS).fetchall() == ended, deadline=30)
        assert worker.terminate() == 0


def moved(folder: Path, database: Database) -> Walk:
    """A project in which steps 1 and 2 of the page are done, and its database."""
    walk = Walk(folder)
    walk.run("liverows", "init")
    migrations = "supabase/migrations"
    walk.write(f"{migrations}/20991201000000_articles.sql", block("create table public.articles ("))
    walk.write(f"{migrations}/20991201000100_shadow.sql", block(COPY))
    walk.run(*block("liverows new pipeline summarise-article --table public.articles_sh").split())
    (attach,) = folder.glob(f"{migrations}/*_attach_summarise_article.sql")
    walk.write(f"{migrations}/{attach.name}", block(ATTACH))
    pipeline = folder / "pipelines" / "summarise_article.py"
    written = pipeline.read_text().replace("return Outputs(summary=None)", RULE)
    walk.write("pipelines/summarise_article.py", written)
    walk.run("pytest")
    walk.run("liverows", "check")
    env = (folder / ".env").read_text()
    walk.write(".env", env.replace("SUPABASE_DB_URL=", f"SUPABASE_DB_URL={database.dsn}"))
    walk.run("liverows", "migrate")
    return walk


def test_a_copy_that_fails_does_not_stop_the_real_row(
    database: Database, connect: Connections
) -> None:
    owner = connect(database)
    owner.execute(block("create table public.articles (").encode())
    owner.execute(block(COPY).encode())
    owner.execute(block(ATTACH).encode())
    owner.execute("alter table public.articles_shadow add check (body <> 'refused')")
    owner.execute("insert into public.articles (body) values ('refused')")
    assert owner.execute("select count(*) from public.articles").fetchone() == (1,)
    assert owner.execute("select count(*) from public.articles_shadow").fetchone() == (0,)
