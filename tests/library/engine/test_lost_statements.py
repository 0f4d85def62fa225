"""A session that has lost its prepared statements is replaced by a new one."""

from __future__ import annotations

from tests.support.databases import Database
from tests.support.runners import plain_things, working

FORGETS = """
create function public.forgets() returns trigger language plpgsql as $$
begin
    execute 'deallocate all';
    return new;
end $$;
create trigger forgets before update on public.things
    for each row execute function public.forgets()
"""


async def test_a_worker_goes_on_after_its_statements_were_deallocated(database: Database) -> None:
    things = plain_things(database)
    things.run(FORGETS)
    async with working(things) as desk:
        for _ in range(3):
            await things.reach(things.add_one(), "completed", deadline=60)
        assert not desk.task.done()
