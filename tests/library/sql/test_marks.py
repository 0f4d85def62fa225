"""What a trigger of the application does counts as a person's, also during a contract call."""

from __future__ import annotations

import pytest

from tests.library.sql.questions import PIPELINE, ask, ask_one, attach, events, ledger, look, one
from tests.support.queue import Connection, Queue, refused


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(owner)


REPORTS = """
create table public.reports (id bigint primary key, wants text, said text);
select processing.attach('public.reports', 'report', inputs => '{wants}', outputs => '{said}');
create function public.next_report() returns trigger language plpgsql as $$
begin
    update public.reports set wants = new.answer, processing_status = 'pending' where id = new.id;
    return null;
end $$;
create trigger chain after update on public.questions for each row
    when (new.processing_status = 'completed' and old.processing_status <> 'completed')
    execute function public.next_report();
"""
"""A second queue, which a trigger of the first one sets off."""


def report(owner: Connection, column: str) -> object:
    return one(owner, f"select processing_{column} from public.reports where id = 1")


@pytest.fixture
def chained(owner: Connection, queue: Queue) -> None:
    """A report that has been made once and a question whose result asks for it again."""
    owner.execute(REPORTS)
    owner.execute("insert into public.reports (id, wants) values (1, 'first')")
    row = queue.claim_one("report")
    queue.checkpoint(row, "draft")
    queue.complete(row, said="one")
    ask(owner, id=1)


@pytest.mark.usefixtures("chained")
def test_a_queue_set_off_by_another_one_starts_a_fresh_round(
    owner: Connection, queue: Queue
) -> None:
    queue.complete(queue.claim_one(PIPELINE), answer="second")
    assert report(owner, "status") == "pending"
    assert report(owner, "attempts") == 0
    again = queue.claim_one("report")
    assert again["inputs"] == {"wants": "second"}
    assert again["checkpoints"] is None


@pytest.mark.usefixtures("chained")
def test_a_cancelled_row_set_off_by_another_queue_is_due_at_once(
    owner: Connection, queue: Queue
) -> None:
    owner.execute("update public.reports set processing_status = 'pending'")
    owner.execute("update public.reports set processing_status = 'cancelled'")
    queue.complete(queue.claim_one(PIPELINE), answer="second")
    assert queue.claim_one("report")["inputs"] == {"wants": "second"}


def test_a_store_function_sets_off_another_queue_as_a_person_would(
    owner: Connection, queue: Queue
) -> None:
    owner.execute(REPORTS)
    owner.execute("insert into public.reports (id, wants) values (1, 'first')")
    row = queue.claim_one("report")
    queue.checkpoint(row, "draft")
    queue.complete(row, said="one")
    owner.execute(
        "create function public.hand_over(id bigint, found jsonb) returns void language sql as $$"
        " update public.reports set processing_status = 'pending' $$"
    )
    attach(owner, store="public.hand_over")
    ask(owner)
    owner.execute("drop trigger chain on public.questions")
    queue.complete(queue.claim_one(PIPELINE), handover={"any": "thing"})
    assert queue.claim_one("report")["checkpoints"] is None


ON_THE_SAME_TABLE = """
create function public.touch() returns trigger language plpgsql as $$
begin
    update public.questions set {change} where id <> new.id;
    return null;
end $$;
create trigger touch after update on public.questions for each row
    when (new.processing_status = '{status}' and old.processing_status is distinct from '{status}'
        and pg_trigger_depth() = 0)
    execute function public.touch();
"""


@pytest.mark.parametrize("status", ["processing", "completed"])
def test_a_statement_of_a_trigger_on_the_same_table_is_a_persons(
    owner: Connection, queue: Queue, status: str
) -> None:
    first, second = ask(owner, 2)
    owner.execute(
        "update public.questions set processing_status = 'cancelled' where id = %s", [second]
    )
    owner.execute(
        ON_THE_SAME_TABLE.format(
            change="answer = 'mine', processing_status = 'pending'", status=status
        )
    )
    row = queue.claim_one(PIPELINE)
    if status == "completed":
        queue.complete(row, answer="the worker's")
    other = look(owner, second)
    assert (other["status"], other["edited"]) == ("pending", ["answer"])
    assert [event["data"]["to"] for event in events(owner, second, "status_set")] == [
        "cancelled",
        "pending",
    ]
    assert look(owner, first)["edited"] == []


def test_a_trigger_can_not_claim_a_row(owner: Connection, queue: Queue) -> None:
    _, second = ask(owner, 2)
    owner.execute(
        "update public.questions set processing_status = 'cancelled' where id = %s", [second]
    )
    owner.execute(
        ON_THE_SAME_TABLE.format(change="processing_status = 'processing'", status="completed")
    )
    row = queue.claim_one(PIPELINE)
    with refused("RJ005"):
        queue.complete(row, answer="42")
    assert look(owner, second)["status"] == "cancelled"


def test_what_a_before_trigger_makes_of_a_result_is_part_of_it(
    owner: Connection, queue: Queue
) -> None:
    owner.execute(
        """
        create function public.shout() returns trigger language plpgsql as $$
        begin new.answer := upper(new.answer); return new; end $$;
        create trigger a_shout before update on public.questions for each row
            execute function public.shout();
        """
    )
    attach(owner)
    key = ask_one(owner)
    queue.complete(queue.claim_one(PIPELINE), answer="yes")
    assert (look(owner, key)["answer"], look(owner, key)["edited"]) == ("YES", [])


def test_a_trigger_may_call_the_contract_during_a_contract_call(
    owner: Connection, queue: Queue
) -> None:
    """The inner call has a mark of its own, and the outer one keeps its own."""
    keys = ask(owner, 3)
    owner.execute(
        """
        create function public.again() returns trigger language plpgsql security definer as $$
        begin
            perform processing.reset_edited('public.questions', new.id::text);
            perform processing.cancel('public.questions', new.id::text);
            return null;
        end $$;
        create trigger again after update on public.questions for each row
            when (new.processing_status = 'processing') execute function public.again();
        """
    )
    assert {row["id"] for row in queue.claim(PIPELINE)} == set(keys)
    assert {look(owner, key)["status"] for key in keys} == {"cancelled"}
    assert [ledger(owner, key)["leases"] for key in keys] == [0, 0, 0]
