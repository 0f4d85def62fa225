"""What attach generates is written down, and no name can change its meaning."""

from __future__ import annotations

import json

import psycopg
import pytest
from psycopg import sql

from tests.library.sql.generated import GENERATED, generated
from tests.library.sql.questions import one
from tests.support.queue import Connection, Queue

HOSTILE_NAMES = ["{live}", "{key}", "{table} it's", 'say "{due}"', "50%1$s {}", "{passed}"]
"""Names of columns that look like a place of a template, or like one of `format`."""


def test_the_generated_functions_are_those_that_are_written_down(owner: Connection) -> None:
    wanted = "wanted? python -m tests.library.sql.generated"
    assert generated(owner) == GENERATED.read_text(), wanted


@pytest.mark.any_version
@pytest.mark.parametrize("owned", [False, True], ids=["without owners", "with owners"])
@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_name_that_looks_like_a_place_is_only_a_name(
    owner: Connection, queue: Queue, name: str, owned: bool
) -> None:
    key, who, output = f"{name} key", f"{name} who", f"{name} out"
    names = {
        "table": sql.Identifier("public", name),
        "key": sql.Identifier(key),
        "who": sql.Identifier(who),
        "output": sql.Identifier(output),
    }
    owner.execute(
        sql.SQL("create table {table} ({key} text primary key, {who} text, {output} text)").format(
            **names
        )
    )
    Queue(owner).call(
        "attach", table=names["table"].as_string(), pipeline="odd", inputs=[key], outputs=[output],
        owner=who if owned else None,
    )  # fmt: skip
    insert = sql.SQL("insert into {table} ({key}, {who}) values ({key_value}, {name})")
    for value in ("first {live}", "second"):
        owner.execute(insert.format(**names, key_value=value, name=name))
    refusing = json.dumps({"sqlstate": "23514", "message": "tried"})
    owner.execute(
        "select processing.set_row_aside(%s::regclass, 'second', 'odd', 'claim', %s)",
        [names["table"].as_string(), refusing],
    )
    row = queue.claim_one("odd")
    assert row["inputs"] == {key: "first {live}"}
    queue.complete(row, **{output: name})
    written = sql.SQL("select {output} from {table} where {key} = 'first {{live}}'").format(**names)
    assert owner.execute(written).fetchone() == (name,)


def fill(connection: Connection, template: str, **places: str | None) -> str:
    filled: str = one(connection, "select processing.filled(%s, %s)", template, json.dumps(places))
    return filled


def test_each_place_gets_its_text_and_no_text_is_filled_again(owner: Connection) -> None:
    template = "{table}: '{}'::{key_type}[] {1} {table}"
    filled = fill(owner, template, table="{key_type}", key_type="\\1 {table} %s")
    assert filled == "{key_type}: '{}'::\\1 {table} %s[] {1} {key_type}"
    assert fill(owner, "plain") == "plain"
    assert fill(owner, "") == ""


@pytest.mark.parametrize(
    ("places", "named"),
    [({"key": None}, "key"), ({}, "key"), ({"key": "k", "owner": "o"}, "owner")],
    ids=["no text", "missing", "left over"],
)
def test_a_place_without_a_text_and_a_text_without_a_place_are_refused(
    owner: Connection, places: dict[str, str | None], named: str
) -> None:
    with pytest.raises(psycopg.errors.RaiseException, match=named):
        fill(owner, "where {key}", **places)
