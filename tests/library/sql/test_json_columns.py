"""A column of type json may hold what jsonb does not take, before attach and after it."""

from __future__ import annotations

import pytest

from tests.library.sql.questions import PIPELINE, ask_one, attach, look
from tests.support.queue import Connection, Queue

VALUES = {
    "a NUL character": r'{"text": "a\u0000b"}',
    "half of a surrogate pair": r'"\ud83d"',
    "a number beyond any column": '{"n": 1e400000}',
}


@pytest.mark.parametrize("kind", sorted(VALUES))
def test_a_row_with_json_that_jsonb_does_not_take_is_written_run_and_edited(
    owner: Connection, queue: Queue, kind: str
) -> None:
    owner.execute("alter table public.questions add column facts json")
    attach(owner)
    key = ask_one(owner, facts=VALUES[kind])
    row = queue.claim_one(PIPELINE)
    assert queue.complete(row, answer="42") == "done"
    owner.execute("update public.questions set notes = 'by hand' where id = %s", [key])
    owner.execute("alter table public.questions drop column facts")
    shown = look(owner, key)
    assert (shown["status"], shown["edited"]) == ("completed", ["notes"])
