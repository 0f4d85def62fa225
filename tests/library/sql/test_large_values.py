"""A value may be larger than JSON can be: the table takes it, and attach changes nothing of that.

140 MB of bytes are 280 MB of text, and a text within jsonb has at most 256 MB.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.library.sql.questions import ALICE, PIPELINE, ask_one, attach, one, set_status, statuses
from tests.support.databases import Connections, Database
from tests.support.queue import Connection, Queue

pytestmark = pytest.mark.any_version

BYTES = "convert_to(repeat(repeat('x', 1000), 140000), 'UTF8')"
ROLES: dict[str, dict[str, Any]] = {
    "a column that no pipeline names": {},
    "an input": {"inputs": ["question", "notes", "data"]},
    "an editable output": {
        "outputs": ["answer", "score", "notes", "data"],
        "editable": ["notes", "data"],
    },
}


@pytest.fixture
def alice(database: Database, connect: Connections) -> Connection:
    return connect(database, "authenticated", user_id=ALICE)


@pytest.mark.thorough
@pytest.mark.parametrize("role", ROLES)
def test_a_user_writes_a_value_larger_than_json_can_be(
    owner: Connection, alice: Connection, role: str
) -> None:
    owner.execute("alter table public.questions add column data bytea")
    attach(owner, **ROLES[role])
    key = one(alice, f"insert into public.questions (data) values ({BYTES}) returning id")
    alice.execute("update public.questions set notes = 'by hand' where id = %s", [key])
    set_status(owner, key, "cancelled")
    edited = one(owner, "select processing_edited from public.questions")
    assert edited == (["data", "notes"] if role == "an editable output" else ["notes"])
    alice.execute("delete from public.questions where id = %s", [key])
    assert one(owner, "select count(*) from public.questions") == 0


def test_an_input_that_grows_too_large_while_the_row_runs_is_marked(
    owner: Connection, queue: Queue
) -> None:
    owner.execute("alter table public.questions add column data bytea")
    attach(owner, inputs=["question", "data"])
    ask_one(owner)
    row = queue.claim_one(PIPELINE)
    for value, outdated in ((BYTES, ["data"]), ("null", [])):
        owner.execute(f"update public.questions set data = {value}")
        assert one(owner, "select processing_outdated from public.questions") == outdated
    assert queue.complete(row, answer="42") == "done"
    assert statuses(owner) == {"completed": 1}


@pytest.mark.parametrize(
    "kind",
    [
        "bytea",
        pytest.param("text", marks=pytest.mark.thorough),
        pytest.param("json", marks=pytest.mark.thorough),
        "jsonb",
    ],
)
def test_two_large_values_are_told_apart_however_they_are_stored(
    owner: Connection, kind: str
) -> None:
    """A value that compresses well makes a small row, and otherwise a large one."""
    owner.execute(f"create table public.large (id int primary key, a {kind}, b {kind}, c {kind})")
    owner.execute("alter table public.large alter b set storage external")
    for column, letter in (("a", "x"), ("b", "x"), ("c", "y")):
        value = f"to_json(repeat('{letter}', 17000000))::text"
        value = f"convert_to({value}, 'UTF8')" if kind == "bytea" else f"({value})::{kind}"
        owner.execute(
            f"insert into public.large (id, {column}) values (1, {value})"
            f" on conflict (id) do update set {column} = excluded.{column}"
        )
    found = owner.execute(
        "select v -> 'a' = v -> 'b', v -> 'a' = v -> 'c', length(v ->> 'a'), v ->> 'id'"
        " from public.large as t, processing.row_values(t, '{a,b,c}') as v"
    ).fetchone()
    assert found == (True, False, 32, "1")


def test_a_text_that_json_cannot_hold_is_known_by_its_hash(owner: Connection) -> None:
    text = "repeat(repeat('x', 1000), 280000)"
    known, of_text = owner.execute(
        f"select processing.value_of(t) #>> '{{}}', md5(t) from (select {text}) as x (t)"
    ).fetchone() or (None, None)
    assert known == of_text is not None
