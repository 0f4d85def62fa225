"""What operators do is done, and stands in the history and the log under their names."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from liverows.console.bulk import MOST_KEPT
from liverows.console.filters import Filter
from tests.library.console.browsing import Browser, csrf_of, ended, notices, tag, words
from tests.library.console.conftest import NewConsole
from tests.library.console.one_day import Day

PASSWORD = "a long password of the console"


@pytest.fixture(scope="module")
def day(quiet_day: Day) -> Day:
    """These tests need few rows beside their own."""
    quiet_day.fill(slots=2)
    return quiet_day


@pytest.fixture
async def browser(console: NewConsole) -> Browser:
    """A browser in which Ada is signed in."""
    browser = await console(console_password=PASSWORD)
    await browser.sign_in("Ada", PASSWORD)
    return browser


def failed(day: Day, count: int, code: str) -> list[str]:
    """So many documents that have failed with this code."""
    keys = day.add(count)
    day.fail(keys, code=code, message="It broke.")
    return keys


def statuses(day: Day, keys: list[str]) -> dict[str, int]:
    found = day.connection.execute(
        "select processing_status::text, count(*)::int from public.documents"
        " where id::text = any (%s) group by 1",
        [keys],
    )
    return dict(found.fetchall())


def acts(day: Day, key: str) -> list[dict[str, Any]]:
    """What operators did with a row, by its history."""
    found = day.connection.execute(
        "select data from processing.events where kind = 'operator' and row_id = %s order by id",
        [key],
    )
    return [row[0] for row in found.fetchall()]


def address(key: str) -> str:
    return f"/row?table=public.documents&id={key}"


@pytest.mark.parametrize(
    ("button", "action"),
    [("Retry", "retry"), ("Retry from the beginning", "retry_fresh")],
)
async def test_a_failed_row_runs_again(
    browser: Browser, day: Day, button: str, action: str
) -> None:
    (key,) = failed(day, 1, action)
    page = await browser.press(await browser.read(address(key)), button)
    assert "queued again" in notices(page)[0]
    assert statuses(day, [key]) == {"pending": 1}
    (act,) = acts(day, key)
    assert (act["operator"], act["action"]) == ("Ada", action)
    assert "by Ada" in words(page)


async def test_a_completed_row_runs_again_from_a_step(browser: Browser, day: Day) -> None:
    found = day.connection.execute(
        "select max(id)::text from public.documents where summary = 'A page about tides.'"
    ).fetchone()
    assert found is not None
    page = await browser.read(address(found[0]))
    page = await browser.press(page, "Retry from this step", step="summarise")
    assert "from the step summarise on" in notices(page)[0]
    assert acts(day, found[0])[-1]["arguments"] == {"step": "summarise"}
    assert "retry from summarise by Ada" in words(page)


async def test_a_waiting_row_gets_another_priority_and_is_cancelled(
    browser: Browser, day: Day
) -> None:
    (key,) = day.add(1)
    page = await browser.press(await browser.read(address(key)), "Change", priority="-5")
    assert day.connection.execute(
        "select processing_priority from public.documents where id = %s", [int(key)]
    ).fetchone() == (-5,)
    page = await browser.press(page, "Cancel")
    assert statuses(day, [key]) == {"cancelled": 1}
    assert [act["action"] for act in acts(day, key)] == ["priority", "cancel"]
    assert "priority -5 by Ada" in words(page) and "cancel by Ada" in words(page)
    assert notices(page)[0] == "The row is cancelled."


async def test_edited_columns_are_given_back(browser: Browser, day: Day) -> None:
    found = day.connection.execute(
        "update public.documents set summary = 'Ours' where id ="
        " (select max(id) from public.documents where summary = 'A page about tides.')"
        " returning id::text"
    ).fetchone()
    assert found is not None
    page = await browser.read(address(found[0]))
    await browser.press(page, "Give back to the workers")
    assert day.connection.execute(
        "select processing_edited from public.documents where id = %s", [int(found[0])]
    ).fetchone() == ([],)


async def test_an_action_that_changes_nothing_says_so(browser: Browser, day: Day) -> None:
    (key,) = failed(day, 1, "unchanged")
    page = await browser.read(address(key))
    day.connection.execute("delete from public.documents where id = %s", [int(key)])
    answer = await browser.post(
        "/row", csrf=csrf_of(page), table="public.documents", id=key, action="retry"
    )
    assert answer.status_code == 404
    assert "there is no row" in answer.text


async def bulk_page(browser: Browser, code: str, action: str = "retry") -> Any:
    """The page that asks whether to begin."""
    choice = await browser.read(f"/bulk?status=failed&code={code}")
    return await browser.press(choice, "Continue…", action=action)


async def test_all_rows_that_match_are_counted_confirmed_and_changed(
    browser: Browser, day: Day
) -> None:
    keys = failed(day, 600, "bulk")
    others = failed(day, 2, "others")
    confirm = await bulk_page(browser, "bulk")
    assert "Retry: 600 rows?" in words(confirm)
    assert statuses(day, keys) == {"failed": 600}
    form = confirm.find("button", string="Yes, retry").find_parent("form")
    await browser.press(confirm, "Yes, retry")
    page = await ended(browser, form["action"].removesuffix("/start"))
    assert "Done : 600 changed" in words(page)
    assert statuses(day, keys) == {"pending": 600}
    assert statuses(day, others) == {"failed": 2}
    log = await browser.read("/log")
    told = tag(log, "tbody tr").get_text(" ", strip=True)
    assert "Ada" in told and "retry" in told and "600" in told


async def test_it_says_that_completed_rows_are_paid_again(browser: Browser) -> None:
    choice = await browser.read("/bulk?status=completed&status=failed")
    confirm = await browser.press(choice, "Continue…", action="retry")
    assert "every step is paid again" in words(confirm)
    priority = await browser.press(choice, "Continue…", action="priority", priority="3")
    assert "paid again" not in words(priority)


async def test_a_plan_belongs_to_the_operator_who_made_it(
    browser: Browser, console: NewConsole, day: Day
) -> None:
    failed(day, 1, "planned")
    confirm = await bulk_page(browser, "planned", "cancel")
    start = confirm.find("button", string="Yes, cancel").find_parent("form")["action"]
    key = start.split("/")[2]
    other = Browser(browser.app, browser.address)
    async with other:
        await other.sign_in("Eve", PASSWORD)
        csrf = csrf_of(await other.read("/log"))
        assert (await other.http.get(f"/bulk/{key}")).status_code == 404
        assert (await other.post(start, csrf=csrf)).status_code == 404


async def test_plans_of_others_do_not_end_an_action_that_runs(browser: Browser, day: Day) -> None:
    keys = failed(day, 300, "long")
    confirm = await bulk_page(browser, "long")
    path = confirm.find("button", string="Yes, retry").find_parent("form")["action"]
    path = path.removesuffix("/start")
    bulks = browser.app.state.console.bulks
    (gate, change), held = (asyncio.Event(), bulks._change), asyncio.Event()

    async def wait_and_change(*arguments: Any) -> Any:
        held.set()
        await gate.wait()
        return await change(*arguments)

    bulks._change = wait_and_change
    await browser.press(confirm, "Yes, retry")
    await held.wait()
    for _ in range(MOST_KEPT):
        await bulks.plan("retry", Filter(status=("failed",)), {}, "Eve")
    gate.set()
    assert "Done : 300 changed" in words(await ended(browser, path))
    assert statuses(day, keys) == {"pending": 300}
    wrong = await browser.post(
        "/bulk", csrf=csrf_of(confirm), query="status=failed", action="priority", priority="40000"
    )
    assert wrong.status_code == 400


async def test_a_pipeline_is_paused_limited_and_resumed(browser: Browser) -> None:
    where = "/pipeline?name=send-letter"
    page = await browser.press(await browser.read(where), "Pause")
    assert notices(page) == ["send-letter is paused: rows that run now go on."]
    page = await browser.press(
        page, "Change the limits", concurrency="3", concurrency_per_owner="", max_attempts="5"
    )
    assert notices(page) == ["The limits of send-letter are changed."]
    fields = {str(each["name"]): each.get("value") for each in page.select(".fields input")}
    assert (fields["concurrency"], fields["concurrency_per_owner"]) == ("3", "")
    page = await browser.press(page, "Resume")
    log = words(await browser.read("/log"))
    assert log.count("Ada") >= 3
    wrong = await browser.post(
        "/pipeline/limits", csrf=csrf_of(page), pipeline="send-letter", concurrency="many"
    )
    assert wrong.status_code == 400
    assert "write a whole number" in wrong.text


async def test_a_budget_is_set_changed_and_removed_once_that_is_confirmed(
    browser: Browser, day: Day
) -> None:
    await browser.press(
        await browser.read("/budgets?pipeline=send-letter"), "Set the budget",
        measure="cost_usd", limit="0.1", period="month",
    )  # fmt: skip
    page = await browser.read("/pipeline?name=send-letter")
    assert "cost a month $0 $0 $0.1000" in words(page)
    where = str(tag(page, "a[href^='/budget?']")["href"])
    shown = await browser.read(where)
    assert "Set by Ada." in words(shown)
    assert notices(await browser.press(shown, "Change the limit", limit="25"))
    assert "$25.00" in words(await browser.read(where))
    refused = await browser.post(
        "/budget/remove", csrf=csrf_of(shown), id=where.split("=")[1], sure=""
    )
    assert (refused.status_code, "Nothing was removed" in refused.text) == (400, True)
    gone = await browser.press(await browser.read(where), "Remove the budget", sure="1")
    assert notices(gone) == ["The budget is removed."]
    assert (await browser.http.get(where)).status_code == 404
    found = day.connection.execute(
        "select operator, pipeline, arguments ->> 'most' from processing.operator_actions"
        " where action = 'set_budget' order by id"
    )
    assert found.fetchall() == [("Ada", "send-letter", most) for most in ("0.1", "25", None)]


async def test_a_declared_budget_is_replaced_and_given_back(browser: Browser, day: Day) -> None:
    found = day.connection.execute(
        "insert into processing.budgets (pipeline, per, period, measure, declared)"
        " values ('summarise', 'owner', 'day', 'calls', 7) returning budget"
    ).fetchone()
    assert found is not None
    shown = await browser.read(f"/budget?id={found[0]}")
    assert "the limit that attach has declared" in words(shown)
    assert shown.find("button", string="Remove the budget") is None
    await browser.press(shown, "Change the limit", limit="3")
    shown = await browser.read(f"/budget?id={found[0]}")
    assert "in place of 7, which attach has declared" in words(shown)
    back = await browser.press(shown, "Remove the budget", sure="1")
    assert notices(back) == ["The limit that attach declares holds."]
    day.connection.execute("delete from processing.budgets where budget = %s", [found[0]])


@pytest.mark.parametrize(
    ("fields", "code", "said"),
    [
        ({"limit": "many"}, 400, "write a number"),
        ({"limit": "-1"}, 400, "write a number"),
        ({"limit": "5", "measure": "cost_eur"}, 409, "measure is one of"),
        ({"limit": "5", "per": "pipeline"}, 409, "needs the name of the pipeline"),
        ({"limit": "5", "pipeline": "nothing"}, 409, "there is no pipeline nothing"),
    ],
)
async def test_a_budget_that_is_none_is_refused_in_words(
    browser: Browser, fields: dict[str, str], code: int, said: str
) -> None:
    csrf = csrf_of(await browser.read("/budgets"))
    answer = await browser.post("/budget", csrf=csrf, **({"measure": "calls"} | fields))
    assert (answer.status_code, said in answer.text) == (code, True), answer.text
