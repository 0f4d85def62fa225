"""What the console shows of budgets, alerts and the sizes of tables, over real data."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup
from psycopg.types.json import Jsonb

from tests.library.console.browsing import Browser, tag, words
from tests.library.console.one_day import HOSTILE, OWNERS, Day
from tests.support.databases import Clock
from tests.support.queue import paid


@pytest.fixture(scope="module")
def day(quiet_day: Day) -> Day:
    """A queue in which a call was paid for, with budgets and alerts of every kind."""
    quiet_day.fill(slots=1)
    Clock(quiet_day.database).go_to_mid_month()
    set_budget(quiet_day, "cost_usd", "1.2", pipeline="summarise")
    set_budget(quiet_day, "cost_usd", "500", period="month")
    set_budget(quiet_day, "audio_seconds", "7200", pipeline="summarise")
    set_budget(quiet_day, "runs", "4000", pipeline="summarise", per="owner")
    set_budget(quiet_day, "rows", "3", pipeline="shrink-picture", owner=OWNERS[1])
    quiet_day.add(1, user_id=OWNERS[0])
    for row in quiet_day.worker.claim("summarise", slots=10):
        # What a provider bills beyond the limit is booked all the same.
        quiet_day.worker.spend(paid(row, "summarise", cost_usd=1.42, audio_seconds=1800))
        quiet_day.worker.complete(row, summary="Short.", language="en")
    return quiet_day


def set_budget(day: Day, measure: str, most: str, **more: str) -> None:
    day.worker.call("set_budget", measure=measure, most=Decimal(most), operator="ada", **more)


def set_alert(day: Day, alert: str, kind: str, **settings: Any) -> None:
    day.connection.execute(
        "select processing.set_alert(%s, %s, 'ada', settings => %s)",
        [alert, kind, Jsonb(settings)],
    )


def lines(page: BeautifulSoup, section: str) -> list[dict[str, str]]:
    """The lines of a section's table, by the names of the columns; the first is `""`."""
    found = []
    for line in page.select(f"section[aria-labelledby={section}] tbody tr"):
        told = {"": tag(line, "th").get_text(" ", strip=True)}
        for cell in line.find_all("td"):
            told[str(cell.get("data-label"))] = cell.get_text(" ", strip=True)
        found.append(told)
    return found


async def test_the_overview_shows_the_budgets_that_are_used(browser: Browser) -> None:
    page = await browser.read("/")
    budgets = {(line[""], line["Measure"], line["Of"]): line for line in lines(page, "budgets")}
    reached = budgets["summarise reached", "cost a day", "all together"]
    assert float(reached["Used"].strip("$")) >= 1.42
    assert (reached["Limit"], reached["Reserved"]) == ("$1.20", "$0")
    assert budgets["all pipelines", "cost a month", "all together"]["Limit"] == "$500.00"
    assert budgets["summarise", "audio a day", "all together"]["Limit"] == "2 h"
    assert budgets["summarise", "runs a day", OWNERS[0]]["Limit"] == "4,000"
    assert "A budget is reached" in words(page)
    assert not any(OWNERS[1] in owner for _, _, owner in budgets)
    assert "nothing is used" in words(page)


async def test_a_pipeline_shows_all_of_its_budgets(browser: Browser) -> None:
    page = await browser.read("/pipeline?name=shrink-picture")
    budgets = lines(page, "budgets")
    assert {line[""] for line in budgets} == {"shrink-picture", "all pipelines"}
    (of_owner,) = (line for line in budgets if line[""] == "shrink-picture")
    assert (of_owner["Of"], of_owner["Used"], of_owner["Limit"]) == (OWNERS[1], "0", "3")
    assert page.find("img", src="x") is None


async def test_the_system_page_says_what_fires_and_who_was_told(browser: Browser, day: Day) -> None:
    keys = day.add(2)
    day.fail(keys, code="bad_output", message=f"{HOSTILE} is too long.")
    day.connection.execute("delete from processing.alerts")
    set_alert(day, "failed", "failures", rows=2)
    set_alert(day, "nobody", "no_worker")
    set_alert(day, "dear", "budget", share=0.9)
    set_alert(day, "old", "queue_age", seconds=86400)
    page = await browser.read("/system")
    assert {line["Fires"] for line in lines(page, "alerts")} == {
        "nobody looks: no process has LIVEROWS_ALERT_URL"
    }
    told = day.worker.call("due_alerts")["messages"]
    failed = next(each for each in told if each["alert"] == "failed")
    day.worker.call("alert_told", message=failed["message"])
    dear = next(each for each in told if each["alert"] == "dear")
    day.worker.call("alert_told", message=dear["message"], problem="the receiver answered 500")
    page = await browser.read("/system")
    fires = {line[""]: line["Fires"] for line in lines(page, "alerts")}
    assert "2 rows of summarise failed with bad_output in summarise began" in fires["failed"]
    assert ", told" in fires["failed"]
    assert "of $1.20 cost a day in summarise" in fires["dear"]
    assert "not told: the receiver answered 500" in fires["dear"]
    assert "no living worker runs send-letter" in fires["nobody"]
    assert fires["old"] == "quiet"
    link = tag(page, "section[aria-labelledby=alerts] td a")
    rows = await browser.read(str(link["href"]))
    assert {str(each["title"]) for each in rows.select("tbody th a")} == set(keys)


async def test_no_alert_is_quiet_while_nobody_looks(browser: Browser, day: Day) -> None:
    day.connection.execute("delete from processing.alerts")
    set_alert(day, "old", "queue_age", seconds=86400)
    set_alert(day, "nobody", "no_worker")
    day.worker.call("due_alerts")
    day.connection.execute("update processing.alerts set looked_at = now() - interval '1 hour'")
    fires = {line[""]: line["Fires"] for line in lines(await browser.read("/system"), "alerts")}
    assert fires["old"].startswith("nobody has looked since 60 min ago")
    assert "quiet" not in fires["old"]
    assert fires["nobody"].startswith("nobody has looked since 60 min ago")
    assert "no living worker runs send-letter" in fires["nobody"]


async def test_the_system_page_shows_the_largest_tables_and_the_sum(
    browser: Browser, day: Day
) -> None:
    day.connection.execute("analyze processing.events")
    page = await browser.read("/system")
    sizes = {line[""]: line for line in lines(page, "storage")}
    assert sizes["processing.events"]["Rows, about"].isdigit()
    assert sizes["processing.events"]["Size"].endswith("kB")
    assert len(sizes) == 12
    assert "smaller ones" in tag(page, "tfoot").get_text()


async def test_the_log_tells_what_was_set_in_words(browser: Browser) -> None:
    log = words(await browser.read("/log"))
    assert "most 500" in log and "measure cost_usd" in log
    assert "{" not in log
