"""`finish` answers each result, in their order, and never says done of one that is malformed."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.library.sql.letters import aside, refuses
from tests.library.sql.questions import PIPELINE, ask, ask_one, attach, look, statuses
from tests.support.databases import Clock
from tests.support.queue import Connection, Queue, Row, new_worker, result

pytestmark = pytest.mark.any_version


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(owner)


def finish(queue: Queue, *results: dict[str, Any]) -> list[dict[str, Any]]:
    """The answers in the order in which they came."""
    answers: list[dict[str, Any]] = queue.call(
        "finish", worker=queue.worker, results=Jsonb(results)
    )
    return answers


def done(row: Row) -> dict[str, Any]:
    return result(row, "complete", outputs={"answer": "42"})


def spoilt(row: Row, how: str) -> dict[str, Any]:
    """A result that lacks what finish needs, in the way that `how` names."""
    entry = done(row)
    if how == "nonce is null":
        return entry | {"nonce": None}
    return {name: value for name, value in entry.items() if name != how.removeprefix("no ")}


SPOILT = pytest.mark.parametrize("how", ["no nonce", "nonce is null", "no pipeline", "no id"])


@SPOILT
def test_a_malformed_result_is_never_answered_done(
    owner: Connection, queue: Queue, how: str
) -> None:
    (key,) = ask(owner)
    (answer,) = finish(queue, spoilt(queue.claim_one(PIPELINE), how))
    assert answer["outcome"] in {"lost", "refused"}
    shown = look(owner, key)
    assert (shown["status"], shown["answer"]) == ("processing", None)


@SPOILT
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_malformed_result_beside_good_ones_is_answered_in_its_place(
    owner: Connection, queue: Queue, how: str, place: int
) -> None:
    ask(owner, 3)
    rows = queue.claim(PIPELINE)
    results = [done(row) for row in rows]
    results[place] = spoilt(rows[place], how)
    answers = finish(queue, *results)
    assert [answer["id"] for answer in answers] == [entry.get("id") for entry in results]
    malformed = answers.pop(place)
    assert malformed["outcome"] in {"lost", "refused"}
    assert [answer["outcome"] for answer in answers] == ["done", "done"]
    assert statuses(owner) == {"completed": 2, "processing": 1}


def test_answers_come_in_the_order_of_the_results_one_for_each(
    owner: Connection, queue: Queue
) -> None:
    ask(owner, 6)
    rows = [*reversed(queue.claim(PIPELINE))]
    results = [done(row) for row in rows]
    results[1] |= {"nonce": new_worker()}
    results[3] |= {"outputs": {"score": -1}}
    results[4] |= {"action": "release"}
    results.append(results[1])
    answers = finish(queue, *results)
    assert [answer["id"] for answer in answers] == [entry["id"] for entry in results]
    assert [answer["outcome"] for answer in answers] == [
        "done", "lost", "done", "refused", "done", "done", "lost",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ['"public"."questions"', "PUBLIC.Questions"])
def test_a_result_may_name_its_table_in_any_way(owner: Connection, queue: Queue, name: str) -> None:
    (key,) = ask(owner)
    (answer,) = finish(queue, done(queue.claim_one(PIPELINE)) | {"table": name})
    assert answer["outcome"] == "done"
    assert look(owner, key)["status"] == "completed"


@pytest.mark.parametrize("rows", [1, 2])
@pytest.mark.parametrize("action", ["complete", "release"])
def test_results_for_a_table_that_was_dropped_are_refused_as_unknown(
    owner: Connection, queue: Queue, rows: int, action: str
) -> None:
    ask(owner, rows)
    held = queue.claim(PIPELINE)
    owner.execute("drop table public.questions")
    answers = finish(queue, *(result(row, action, outputs={}) for row in held))
    assert [(answer["outcome"], answer["sqlstate"]) for answer in answers] == [
        ("refused", "RJ003")
    ] * rows


def test_a_refusal_that_is_gone_at_the_second_look_costs_nothing(
    owner: Connection, queue: Queue
) -> None:
    """As when a column is renamed back while a result is on its way."""
    key = ask_one(owner)
    row = queue.claim_one(PIPELINE)
    owner.execute(
        """
        create sequence public.looks;
        grant usage on sequence public.looks to public;
        create function public.refuse_once() returns trigger language plpgsql as $$
        begin
            -- A sequence counts on where what it counted was taken back.
            if nextval('public.looks') = 1 then raise exception 'not now'; end if;
            return new;
        end $$;
        create trigger a_guard before update on public.questions
            for each row execute function public.refuse_once()
        """
    )
    (answer,) = queue.finish(result(row, "complete", outputs={"answer": "42"}))
    assert answer["outcome"] == "done"
    shown = look(owner, key)
    assert (shown["status"], shown["answer"]) == ("completed", "42")


@pytest.mark.parametrize("sqlstate", ["08006", "53100", "53200", "57P03", "58030"])
def test_a_server_that_is_short_of_something_fails_no_row(
    owner: Connection, queue: Queue, clock: Clock, sqlstate: str
) -> None:
    key = ask_one(owner)
    row = queue.claim_one(PIPELINE)
    queue.checkpoint(row)
    full = "new.processing_status = 'completed'"
    refuses(owner, f"raise exception 'full' using errcode = '{sqlstate}'", full)
    (answer,) = queue.finish(result(row, "complete", outputs={"answer": "42"}))
    assert (answer["outcome"], aside(queue, key)["sqlstate"]) == ("set_aside", sqlstate)
    owner.execute("drop trigger guard on public.questions")
    clock.advance(10)
    queue.call("take_back", worker=queue.worker)
    again = queue.claim_one(PIPELINE)
    assert (again["id"], again["attempt"], len(again["checkpoints"])) == (key, 1, 1)
    assert queue.complete(again, answer="42") == "done"
