"""Input and result belong together: what is edited while a row runs makes its result outdated."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.library.sql.questions import PIPELINE, ask_one, attach, events, look
from tests.support.databases import Clock
from tests.support.queue import Connection, Queue


def edit(owner: Connection, question: str) -> None:
    owner.execute("update public.questions set question = %s", [question])


@pytest.fixture
def running(owner: Connection, queue: Queue) -> str:
    attach(owner)
    key = ask_one(owner)
    queue.claim_one(PIPELINE)
    return key


def test_a_result_of_an_earlier_input_is_marked(owner: Connection, queue: Queue) -> None:
    attach(owner)
    key = ask_one(owner)
    row = queue.claim_one(PIPELINE)
    owner.execute(
        "insert into public.questions (id, question) values (%s, 'Who?')"
        " on conflict (id) do update set question = excluded.question",
        [key],
    )
    queue.complete(row, answer="42")
    shown = look(owner, key)
    assert (shown["status"], shown["outdated"]) == ("completed", ["question"])
    assert events(owner, key, "inputs_edited")[0]["data"] == {"outdated": ["question"]}
    owner.execute("update public.questions set processing_status = 'pending'")
    assert look(owner, key)["outdated"] == []
    assert queue.claim_one(PIPELINE)["inputs"]["question"] == "Who?"


def test_an_edit_that_is_taken_back_leaves_no_mark(owner: Connection, running: str) -> None:
    before = look(owner, running)["question"]
    edit(owner, "Who?")
    edit(owner, "Where?")
    assert look(owner, running)["outdated"] == ["question"]
    edit(owner, before)
    assert look(owner, running)["outdated"] == []


OTHER_SETTINGS = (
    "set timezone = 'Asia/Tokyo'; set extra_float_digits = -10; set bytea_output = 'escape';"
    " set intervalstyle = 'iso_8601'; set datestyle = 'SQL, DMY'"
)


@pytest.fixture
def varied(owner: Connection) -> Iterator[list[str]]:
    """Inputs whose texts depend on the settings of the session, each also within another type."""
    owner.execute(
        "create type public.visit as (begun timestamptz, lasted interval);"
        " create domain public.moment as timestamptz;"
        "alter table public.questions"
        " add at timestamptz default now(), add seen public.moment default now(),"
        " add during tstzrange default tstzrange(now(), null),"
        " add weight float8 default '0.30000000000000004',"
        " add took interval default '1 day 2 hours', add picture bytea default '\\xff00',"
        " add times timestamptz[] default array[now()],"
        " add place point default '(0.1234567890123,2)',"
        " add visit public.visit default row(now(), '3 hours'::interval),"
        " add area float8 generated always as (2 * '3.141592653589793'::float8) stored"
    )
    names = ["at", "seen", "during", "weight", "took", "picture", "times", "place", "visit", "area"]
    attach(owner, inputs=["question", *names])
    yield names
    owner.execute("drop type public.visit cascade; drop domain public.moment cascade")


def test_sessions_with_other_settings_compare_the_same_values(
    owner: Connection, queue: Queue, varied: list[str]
) -> None:
    ask_one(owner)
    queue.claim_one(PIPELINE)
    edit(owner, "Who?")
    owner.execute(OTHER_SETTINGS)
    edit(owner, "Where?")
    found = "select processing_outdated from public.questions"
    assert owner.execute(found).fetchone() == (["question"],)


def test_sessions_with_other_settings_get_the_same_inputs(
    owner: Connection, queue: Queue, varied: list[str]
) -> None:
    """A worker finds a kept answer by the inputs to which it belongs."""
    ask_one(owner)
    row = queue.claim_one(PIPELINE)
    queue.release(row)
    queue.connection.execute(OTHER_SETTINGS)
    again = queue.claim_one(PIPELINE)
    assert {name: again["inputs"][name] for name in varied} == {
        name: row["inputs"][name] for name in varied
    }


@pytest.mark.parametrize("kind", ["stored", "virtual"])
def test_a_generated_input_is_edited_by_what_it_is_made_of(
    owner: Connection, queue: Queue, kind: str
) -> None:
    if kind == "virtual" and owner.info.server_version < 180000:
        pytest.skip("virtual generated columns came with Postgres 18")
    owner.execute(
        "alter table public.questions add gone text; alter table public.questions drop gone,"
        f" add loud text generated always as (upper(question)) {kind}"
    )
    attach(owner, inputs=["loud", "kind"])
    key = ask_one(owner)
    queue.claim_one(PIPELINE)
    before = look(owner, key)["question"]
    owner.execute("update public.questions set notes = 'mine'")
    assert look(owner, key)["outdated"] == []
    edit(owner, "Who?")
    assert look(owner, key)["outdated"] == ["loud"]
    edit(owner, before)
    assert look(owner, key)["outdated"] == []


def test_a_retry_reads_the_new_input(owner: Connection, queue: Queue) -> None:
    attach(owner)
    key = ask_one(owner)
    row = queue.claim_one(PIPELINE)
    edit(owner, "Who?")
    queue.release(row)
    again = queue.claim_one(PIPELINE)
    assert again["inputs"]["question"] == "Who?"
    assert look(owner, key)["outdated"] == []


def test_what_is_no_input_or_not_changed_leaves_no_mark(owner: Connection, running: str) -> None:
    owner.execute("update public.questions set kind = 'rare', question = question, score = 3")
    assert look(owner, running)["outdated"] == []


def test_an_input_that_the_run_writes_itself_is_no_edit(owner: Connection, queue: Queue) -> None:
    """`notes` is input and output; a trigger of the table touches `question` on the way."""
    owner.execute(
        """
        create function public.touch() returns trigger language plpgsql as $$
        begin
            update public.questions set question = 'touched' where id = new.id;
            return null;
        end $$;
        create trigger touch after update on public.questions for each row
            when (new.notes is distinct from old.notes) execute function public.touch();
        """
    )
    attach(owner)
    key = ask_one(owner)
    row = queue.claim_one(PIPELINE)
    queue.progress(row, outputs={"notes": "found"})
    shown = look(owner, key)
    assert (shown["question"], shown["outdated"]) == ("touched", [])


def test_a_row_runs_again_by_itself_where_attach_was_told_so(
    owner: Connection, queue: Queue, clock: Clock
) -> None:
    attach(owner, rerun=True)
    key = ask_one(owner)
    for number in range(4):
        row = queue.claim_one(PIPELINE)
        queue.checkpoint(row)
        edit(owner, f"Question {number}?")
        queue.complete(row, answer=str(number))
        if number < 3:
            assert look(owner, key)["status"] == "pending"
            assert queue.claim(PIPELINE) == []
            clock.advance(6)
    shown = look(owner, key)
    assert (shown["status"], shown["answer"], shown["outdated"]) == ("completed", "3", ["question"])
    owner.execute("update public.questions set processing_status = 'pending'")
    row = queue.claim_one(PIPELINE)
    edit(owner, "Once more?")
    queue.complete(row, answer="once more")
    assert look(owner, key)["status"] == "pending"


def test_a_row_that_nobody_edited_runs_once(owner: Connection, queue: Queue) -> None:
    attach(owner, rerun=True)
    key = ask_one(owner)
    queue.complete(queue.claim_one(PIPELINE), answer="42")
    assert look(owner, key)["status"] == "completed"
