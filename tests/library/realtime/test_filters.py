"""Filters of Postgres Changes: which rows they let through, and which are refused."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from devstack.realtime.bindings import BadBinding, Filter, binding_id, parse_binding
from tests.library.realtime.running import SECRET_KEY, Running
from tests.library.realtime.talking import changes_told, talking

ROW = "insert into todos (id, task, meta) values (7, 'Hello, \"world\"', '{\"a\": 1}')"


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("", True),
        ("id=eq.7", True),
        ("id=eq.8", False),
        ("id=neq.8", True),
        ("id=gte.7,id=lt.8", True),
        ("id=gt.7,id=lt.8", False),
        ("id=not.eq.8", True),
        ("id=in.(5,7,9)", True),
        ("id=not.in.(5,7,9)", False),
        ('task=in.("x, y","Hello, \\"world\\"")', True),
        ('task=eq."Hello, \\"world\\""', True),
        ("task=like.Hello%", True),
        ("task=like.hello%", False),
        ("task=ilike.hello%", True),
        ("task=match.^H.*d", True),
        ("task=imatch.^h", True),
        ("task=match.^h", False),
        ("user_id=is.null", True),
        ("user_id=not.is.null", False),
        ("done=is.false", True),
        ("done=is.true", False),
        ("user_id=eq.11111111-1111-1111-1111-111111111111", False),
        ("user_id=isdistinct.11111111-1111-1111-1111-111111111111", True),
        ("created_at=gt.2020-01-01", True),
        ('meta=eq.{"a": 1}', True),
    ],
)
async def test_a_filter_is_decided_with_the_columns_type(
    shared_realtime: Running, shared_db: psycopg.Connection[Any], text: str, passes: bool
) -> None:
    binding = {"event": "INSERT", "schema": "public", "table": "todos", "filter": text}
    async with talking(shared_realtime.socket_url()) as talk:
        await talk.join("realtime:f", postgres_changes=[binding])
        assert (await talk.hear())["payload"]["message"] == "Subscribed to PostgreSQL"
        shared_db.execute(ROW.encode())
        await changes_told(shared_realtime.socket_url(), shared_db.execute)
        heard = await talk.all_heard()
    assert len(heard) == passes


EXCEPTION = "An exception happened so please check your connect parameters"


@pytest.mark.parametrize(
    ("binding", "message"),
    [
        ({"filter": "id=eq.x"}, "ERROR 22P02 (invalid_text_representation) invalid input syntax"),
        ({"filter": "id=in.(" + "1," * 100 + "1)"}, "too many values for `in` filter. Maximum 100"),
        ({"filter": "id=is.true"}, "is true filter requires a boolean column, got bigint"),
        ({"filter": "done=is.maybe"}, "must be null, true, false, or unknown"),
        ({"filter": "id=like.1%"}, "operator like requires a text-compatible column type, got big"),
        ({"filter": "task=match.("}, "invalid regular expression for match filter"),
        ({"filter": "id=foo.1"}, 'Error parsing `filter` params: ["foo", "1"]'),
        ({"filter": "id=in.1"}, "`in` filter value must be wrapped by parentheses"),
        ({"filter": "id=eq.1,,id=eq.2"}, "filter must not contain empty segments"),
        ({"select": ["nope"]}, "invalid column for select nope"),
        ({"select": "id"}, "Error parsing `select` params"),
        ({"table": "*", "select": ["id"]}, "Column selection is not supported for wildcard"),
    ],
)
async def test_what_cannot_be_subscribed_to_is_said_and_the_channel_stays(
    shared_realtime: Running, binding: dict[str, Any], message: str
) -> None:
    async with talking(shared_realtime.socket_url()) as talk:
        wish = {"event": "*", "schema": "public", "table": "todos", **binding}
        assert (await talk.join("realtime:f", postgres_changes=[wish]))["status"] == "ok"
        said = (await talk.hear())["payload"]
        await talk.push("realtime:f", "phx_leave", {})
        assert (await talk.hear())["payload"]["status"] == "ok"
    assert said["status"] == "error"
    assert message in said["message"]


async def test_a_filter_on_a_column_that_the_role_may_not_read_is_refused(
    realtime: Running, db: psycopg.Connection[Any]
) -> None:
    db.execute("revoke select on todos from anon; grant select (id, task) on todos to anon")
    wish = {"event": "*", "schema": "public", "table": "todos", "filter": "done=is.true"}
    async with talking(realtime.socket_url()) as talk:
        await talk.join("realtime:f", postgres_changes=[wish])
        assert "invalid column for filter done" in (await talk.hear())["payload"]["message"]
    async with talking(realtime.socket_url(SECRET_KEY)) as talk:
        await talk.join("realtime:f", postgres_changes=[wish])
        assert (await talk.hear())["payload"]["status"] == "ok"


async def test_one_bad_binding_takes_the_others_with_it(
    shared_realtime: Running, shared_db: psycopg.Connection[Any]
) -> None:
    good = {"event": "*", "schema": "public", "table": "todos"}
    async with talking(shared_realtime.socket_url()) as talk:
        await talk.join("realtime:f", postgres_changes=[good, {**good, "filter": "nope=eq.1"}])
        assert (await talk.hear())["payload"]["status"] == "error"
        shared_db.execute("insert into todos (task) values ('a')")
        await changes_told(shared_realtime.socket_url(), shared_db.execute)
        assert await talk.all_heard() == []


async def test_an_update_out_of_the_filter_is_not_heard_of(
    shared_realtime: Running, shared_db: psycopg.Connection[Any]
) -> None:
    wish = {"event": "*", "schema": "public", "table": "todos", "filter": "task=eq.pending"}
    async with talking(shared_realtime.socket_url()) as talk:
        await talk.join("realtime:f", postgres_changes=[wish])
        await talk.hear()
        shared_db.execute("insert into todos (task) values ('pending')")
        shared_db.execute("update todos set task = 'done'")
        await changes_told(shared_realtime.socket_url(), shared_db.execute)
        types = [message["payload"]["data"]["type"] for message in await talk.all_heard()]
    assert types == ["INSERT"]


async def test_waiting_joins_are_answered_when_changes_are_sure_to_arrive(
    shared_realtime: Running, shared_db: psycopg.Connection[Any]
) -> None:
    wait: dict[str, Any] = {"postgres_changes_options": {"wait": True}}
    good = {"event": "*", "schema": "public", "table": "todos"}
    async with talking(shared_realtime.socket_url()) as talk:
        answer = await talk.join("realtime:f", postgres_changes=[good], **wait)
        shared_db.execute("insert into todos (task) values ('at once')")
        assert answer["status"] == "ok"
        heard = (await talk.hear_until("postgres_changes"))["payload"]["data"]["record"]
        assert heard["task"] == "at once"
        bad = await talk.join("realtime:g", postgres_changes=[{**good, "table": "none"}], **wait)
    assert bad["status"] == "error"
    assert "Please check Realtime is enabled" in bad["response"]["reason"]


@pytest.mark.parametrize(
    ("params", "schema", "table"),
    [
        ({"schema": "public"}, "public", "*"),
        ({"table": "t"}, "public", "t"),
        ({"schema": "*", "table": "t", "event": "insert"}, "*", "t"),
    ],
)
def test_a_missing_schema_or_table_has_the_real_default(
    params: dict[str, Any], schema: str, table: str
) -> None:
    binding = parse_binding(params)
    assert (binding.schema, binding.table) == (schema, table)
    assert binding.event == params.get("event", "*").upper()


def test_a_binding_of_nothing_is_refused() -> None:
    with pytest.raises(BadBinding, match="Please provide at least a `schema` or `table`"):
        parse_binding({"event": "*"})
    with pytest.raises(BadBinding, match=r'%\{"filter" => "id=eq.1", "table" => "t"\}'):
        parse_binding({"table": "t", "filter": "id=eq.1"})


def test_commas_in_parentheses_and_quotes_do_not_cut() -> None:
    text = 'a=in.(1,2),b=eq."x,\\"y",c=not.like.%z'
    binding = parse_binding({"schema": "s", "table": "t", "filter": text})
    assert binding.filters == (
        Filter("a", "in", "{1,2}"),
        Filter("b", "eq", 'x,"y'),
        Filter("c", "like", "%z", negated=True),
    )


def test_equal_wishes_have_equal_ids() -> None:
    wish = {"event": "*", "schema": "public", "table": "todos"}
    assert binding_id(wish) == binding_id(dict(reversed(wish.items())))
    assert binding_id(wish) != binding_id({**wish, "event": "INSERT"})
