"""A row is judged as it will be stored: no row that is work stays without a status."""

from __future__ import annotations

import pytest

from tests.library.sql.questions import (
    ALICE,
    PIPELINE,
    ask_one,
    attach,
    detach,
    look,
    one,
    set_status,
)
from tests.support.queue import Connection, Queue, refused

FILL = """
create function public.fill() returns trigger language plpgsql as $$
begin new.kind := 'work'; return new; end $$;
create trigger {name} before insert or update on public.questions for each row
    execute function public.fill();
"""


@pytest.mark.parametrize("name", ["a_fill", "set_defaults", "zzz_fill", "A_FILL", '"0_fill"'])
def test_a_trigger_of_the_table_has_its_say_first_whatever_its_name(
    owner: Connection, queue: Queue, name: str
) -> None:
    owner.execute(FILL.format(name=name))
    attach(owner, when="kind = 'work'")
    assert look(owner, ask_one(owner))["status"] == "pending"
    assert queue.claim_one(PIPELINE)["inputs"]["question"]


@pytest.mark.parametrize("name", ['" fill"', '"~~fill"', '"émail"', '"!a"'])
def test_a_trigger_that_would_fire_outside_of_ours_is_refused(owner: Connection, name: str) -> None:
    owner.execute(FILL.format(name=name))
    with refused("RJ007") as caught:
        attach(owner, when="kind = 'work'")
    assert "rename" in str(caught.value.diag.message_hint)


@pytest.mark.parametrize("doorbell", [True, False])
def test_a_trigger_that_was_added_later_is_noticed(
    owner: Connection, queue: Queue, doorbell: bool
) -> None:
    attach(owner, when="kind = 'work'", doorbell=doorbell)
    owner.execute(FILL.format(name='"~~fill"'))
    key = ask_one(owner)
    assert look(owner, key)["status"] == "pending"
    assert queue.claim_one(PIPELINE)["id"] == key


GENERATED = (
    "alter table public.questions add column is_work boolean generated always as ({}) stored"
)


def test_a_generated_column_counts_with_the_value_that_it_will_have(
    owner: Connection, queue: Queue
) -> None:
    owner.execute(GENERATED.format("kind = 'work'"))
    attach(owner, when="is_work")
    shown = one(
        owner, "insert into public.questions (kind) values ('work') returning processing_status"
    )
    assert shown == "pending"
    assert look(owner, ask_one(owner))["status"] is None
    assert len(queue.claim(PIPELINE)) == 1


def test_a_condition_that_a_generated_column_makes_false_is_not_met(owner: Connection) -> None:
    owner.execute(GENERATED.format("kind = 'work'"))
    attach(owner, when="is_work is not true")
    assert look(owner, ask_one(owner, kind="work"))["status"] is None
    assert look(owner, ask_one(owner, kind="other"))["status"] == "pending"


def test_a_row_that_comes_to_be_work_later_is_queued(owner: Connection, queue: Queue) -> None:
    attach(owner, when="kind = 'work'")
    key = ask_one(owner)
    owner.execute("update public.questions set question = 'Who?'")
    assert look(owner, key)["status"] is None
    owner.execute("update public.questions set kind = 'work'")
    assert look(owner, key)["status"] == "pending"
    assert queue.claim_one(PIPELINE)["id"] == key


def test_a_row_from_before_attach_is_started_by_no_edit(owner: Connection) -> None:
    old = ask_one(owner, kind="work")
    attach(owner, when="kind = 'work'")
    idle = ask_one(owner, kind="rare")
    attach(owner, "rare", when="kind = 'rare'")
    owner.execute("update public.questions set question = 'Who?'")
    assert look(owner, old)["status"] == "completed"
    assert look(owner, idle)["status"] is None
    attach(owner, "rare", when="kind = 'rare'", backfill="pending")
    assert (look(owner, idle)["status"], look(owner, idle)["pipeline"]) == ("pending", "rare")


def test_a_finished_row_that_ceases_to_be_work_and_is_work_again_stays_finished(
    owner: Connection, queue: Queue
) -> None:
    attach(owner, when="kind = 'work'")
    key = ask_one(owner, kind="work")
    queue.complete(queue.claim_one(PIPELINE), answer="42")
    owner.execute("update public.questions set kind = 'other'")
    owner.execute("update public.questions set kind = 'work'")
    assert look(owner, key)["status"] == "completed"


def test_a_status_that_is_taken_away_is_decided_anew(owner: Connection) -> None:
    attach(owner, when="kind = 'work'")
    key = ask_one(owner, kind="work")
    set_status(owner, key, "cancelled")
    owner.execute("update public.questions set processing_status = null")
    assert look(owner, key)["status"] == "pending"


def test_a_condition_that_raises_stops_no_insert(owner: Connection) -> None:
    owner.execute("alter table public.questions add column payload jsonb")
    attach(owner, when="(payload ->> 'n')::integer > 3")
    key = ask_one(owner, payload='{"n": "many"}')
    assert look(owner, key)["status"] is None
    owner.execute("""update public.questions set payload = '{"n": 4}'""")
    assert look(owner, key)["status"] == "pending"


def test_an_upsert_of_an_existing_row_changes_only_what_it_names(
    owner: Connection, queue: Queue
) -> None:
    attach(owner, when="kind = 'work'", max_open_per_owner=1, owner="account_id")
    key = ask_one(owner, kind="work", account_id=ALICE)
    owner.execute(
        "insert into public.questions (id, account_id, question, kind)"
        " values (%s, %s, 'Who?', 'work')"
        " on conflict (id) do update set question = excluded.question",
        [key, ALICE],
    )
    shown = look(owner, key)
    assert (shown["status"], shown["question"], shown["run"]) == ("pending", "Who?", 0)
    with refused("RJ006"):
        ask_one(owner, kind="work", account_id=ALICE)
    queue.complete(queue.claim_one(PIPELINE), answer="42")
    ask_one(owner, kind="work", account_id=ALICE)


def test_a_row_that_is_no_work_cannot_be_retried(owner: Connection, queue: Queue) -> None:
    attach(owner, when="kind = 'work'")
    key = ask_one(owner)
    with refused("RJ005"):
        queue.call("retry", table_name="public.questions", row_id=key)
    queue.call("cancel", table_name="public.questions", row_id=key)
    assert look(owner, key)["status"] is None


def test_detach_takes_every_trigger_away(owner: Connection) -> None:
    attach(owner, when="true", owner="account_id", max_open_per_owner=3, rerun=True)
    detach(owner)
    triggers = (
        "select count(*) from pg_trigger where tgrelid = 'public.questions'::regclass"
        " and not tgisinternal"
    )
    assert one(owner, triggers) == 0
