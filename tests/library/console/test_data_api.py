"""The console over the Data API: with a project's URL and key alone, and the real PostgREST."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.library.cli.command import Shell
from tests.library.console.browsing import Browser, ended, notices, tag, told_address, words
from tests.library.console.one_day import Day
from tests.library.console.test_pages import PAGES, row_of
from tests.support.data_api import DataApi, data_api_of

pytestmark = pytest.mark.needs("postgrest")

OWN_KEY = "a-key-without-a-pattern"
"""A secret of the application's settings."""


@pytest.fixture(scope="module")
def api(day: Day) -> Iterator[DataApi]:
    """The Data API of the database in which a day has passed."""
    with data_api_of(day.database) as served:
        yield served


@pytest.fixture(scope="module")
def address(api: DataApi, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The console of an application, which knows a URL and a key and no database."""
    shell = Shell(tmp_path_factory.mktemp("console")).having(
        SUPABASE_URL=api.url, SUPABASE_SECRET_KEY=api.secret_key, BRAVE_SEARCH_API_KEY=OWN_KEY
    )
    with shell.start("console", "--port", "0") as process:
        try:
            yield told_address(process)
        finally:
            process.terminate()


@pytest.fixture
async def browser(address: str) -> AsyncIterator[Browser]:
    """A browser before that console."""
    async with Browser(None, address) as found:
        yield found


async def test_every_page_is_shown(browser: Browser, day: Day) -> None:
    rows = [row_of(day, status) for status in ("completed", "failed", "processing", "cancelled")]
    for path in [*PAGES, *rows, f"{rows[0]}&contents=1"]:
        page = await browser.read(path)
        assert "contract" not in words(page), path
        assert len(words(page)) > 20, path
    line = tag(await browser.read("/"), "#line-summarise")
    assert "worker-1:4711" in words(await browser.read("/"))
    assert line.find("svg") is not None


async def test_one_row_and_many_are_retried(browser: Browser, day: Day) -> None:
    keys = day.add(300)
    day.fail(keys, code="far", message=f"It broke with {OWN_KEY}.")
    row = await browser.read(f"/row?table=public.documents&id={keys[0]}")
    assert "It broke with ***." in words(row)
    assert notices(await browser.press(row, "Retry")) == ["The row is queued again."]
    choice = await browser.read("/bulk?status=failed&code=far")
    confirm = await browser.press(choice, "Continue…", action="retry")
    start = str(tag(confirm, "form[action$='/start']")["action"])
    await browser.press(confirm, "Yes, retry")
    done = words(await ended(browser, start.removesuffix("/start")))
    assert "Done : 299 changed" in done
    day.connection.execute(
        "update public.documents set processing_status = 'cancelled'"
        " where processing_status = 'pending' and id = any (%s)", [[int(key) for key in keys]],
    )  # fmt: skip


async def test_a_list_follows(browser: Browser, day: Day) -> None:
    (key,) = day.add(1)
    address = "/live/rows?code=followed-far"
    async with (
        asyncio.timeout(60),
        browser.http.stream("GET", address, timeout=None) as answer,
    ):
        seen = ""
        async for text in answer.aiter_text():
            if not seen:
                day.fail([key], code="followed-far", message="It broke.")
            seen += text
            if f">{key}</a>" in seen:
                break
    assert f">{key}</a>" in seen


def test_a_wrong_key_is_told_and_not_shown(api: DataApi, tmp_path: Path) -> None:
    wrong = "sb_secret_wrongwrongwrong"
    shell = Shell(tmp_path).having(SUPABASE_URL=api.url, SUPABASE_SECRET_KEY=wrong)
    done = shell.liverows("console", "--port", "0")
    assert done.code != 0
    assert "SUPABASE_SECRET_KEY" in done.err and wrong not in done.out + done.err
