"""`liverows explain` shows an operator what a recipe raised, and where."""

from __future__ import annotations

from typing import Any

from liverows import Context, NotConfigured
from tests.library.cli.command import Shell
from tests.support.databases import Database
from tests.support.runners import Said, Thing, plain_things, working


async def test_what_a_recipe_raised_is_shown_with_the_lines_that_led_there(
    shell: Shell, database: Database
) -> None:
    def divide(by: int) -> int:
        return 1 // by

    async def recipe(_context: Context[Any], thing: Thing) -> Said:
        try:
            return Said(said=str(divide(0)))
        except ZeroDivisionError as error:
            raise LookupError(f"nothing for {thing.wants}") from error

    things = plain_things(database, max_attempts=1)
    key = things.add_one(wants="soup")
    async with working(things, recipe):
        await things.reach(key, "failed")
    shown = shell.having(SUPABASE_DB_URL=database.dsn).liverows("explain", "things", key).out
    raised = [line.strip("│└├─ ") for line in shown.splitlines()]
    place = raised.index("LookupError: nothing for soup")
    assert raised[place + 1].startswith("caused by ZeroDivisionError: ")
    assert raised[place + 2].endswith(" in recipe")
    assert "test_explain.py, line " in raised[place + 2]


async def test_what_is_not_configured_is_shown_to_operators_and_not_to_the_rows_owner(
    shell: Shell, database: Database
) -> None:
    async def recipe(_context: Context[Any], _thing: Thing) -> Said:
        raise NotConfigured("No press is configured: set PRESS_URL.", setting="PRESS_URL")

    things = plain_things(database)
    key = things.add_one()
    async with working(things, recipe):
        row = await things.reach(key, "failed")
    assert "This needs a service that is not set up here." in row["error"]["message"]
    assert "PRESS" not in str(row)
    shown = shell.having(SUPABASE_DB_URL=database.dsn).liverows("explain", "things", key).out
    assert "set PRESS_URL." in shown
