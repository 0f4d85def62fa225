"""The shadow mode of moving-from-trigger-dev.md: its SQL copies, compares and cuts over."""

from __future__ import annotations

from tests.docs.pages import DOCS, blocks
from tests.support.databases import Connections, Database

PAGE = DOCS / "moving-from-trigger-dev.md"
STATUS = "select processing_status, summary from public.articles order by body"


def block(beginning: str) -> str:
    """The block of the page that begins so."""
    (found,) = [each.text for each in blocks(PAGE) if each.text.startswith(beginning)]
    return found


def test_a_copy_is_compared_and_then_takes_over(database: Database, connect: Connections) -> None:
    owner = connect(database)
    owner.execute(block("create table public.articles (").encode())
    owner.execute(block("create table public.articles_shadow").encode())
    for body in ("a", "b", "c"):
        owner.execute("insert into public.articles (body) values (%s)", [body])
    copies = "select count(*) from public.articles_shadow where processing_status = 'pending'"
    assert owner.execute(copies).fetchone() == (3,)

    # Both sides have done a and b, and nobody c. About b they say different things.
    owner.execute("update public.articles set summary = upper(body) where body <> 'c'")
    owner.execute(
        "update public.articles_shadow set processing_status = 'completed',"
        " summary = case body when 'a' then 'A' else 'other' end where body <> 'c'"
    )
    compare = block("select a.id, a.summary").split(";")[0]
    assert [row[1:] for row in owner.execute(compare.encode())] == [("B", "other")]

    owner.execute(block("drop trigger shadow_article").encode())
    assert owner.execute(STATUS).fetchall() == [
        ("completed", "A"),
        ("completed", "B"),
        ("pending", None),
    ]


def test_a_copy_that_fails_does_not_stop_the_real_row(
    database: Database, connect: Connections
) -> None:
    owner = connect(database)
    owner.execute(block("create table public.articles (").encode())
    owner.execute(block("create table public.articles_shadow").encode())
    owner.execute("alter table public.articles_shadow add check (body <> 'refused')")
    owner.execute("insert into public.articles (body) values ('refused')")
    assert owner.execute("select count(*) from public.articles").fetchone() == (1,)
    assert owner.execute("select count(*) from public.articles_shadow").fetchone() == (0,)
