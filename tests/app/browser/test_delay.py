"""Measures how long after the end of a run a window shows the end."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from datetime import datetime

import psycopg
import pytest

from devstack.stack import LocalStack
from tests.app.browser.conftest import NewWindow, StartWorker
from tests.app.browser.window import address

ROWS = 4
SHOWN_AT = """() => {
    window.shownAt = {};
    const look = () => {
        for (const card of document.querySelectorAll('[data-row]'))
            if (card.querySelector('[data-status=completed]'))
                shownAt[card.dataset.row] ??= Date.now();
    };
    new MutationObserver(look).observe(
        document.body, {subtree: true, childList: true, attributes: true});
}"""


@pytest.mark.thorough
@pytest.mark.needs("chromium", "stack")
@pytest.mark.timeout(600)
def test_the_end_of_a_run_is_shown_soon(
    new_window: NewWindow,
    worker: StartWorker,
    web: LocalStack,
    record_property: Callable[[str, object], None],
) -> None:
    window = new_window()
    window.sign_up(address("lee"))
    window.wait_until_live()
    window.page.evaluate(SHOWN_AT)
    with worker():
        for number in range(ROWS):
            window.add_position(f"# Position {number}\n\nSalary: £27,500 to £31,000 per year")
            window.expect_status(f"Position {number}", "completed")
    shown: dict[str, float] = window.page.evaluate("shownAt")
    assert len(shown) == ROWS
    delays = sorted(1000 * (shown[row] / 1000 - end) for row, end in ends(web.db_url, shown))
    middle = statistics.median(delays)
    record_property(
        "table",
        f"end of a run to screen, {ROWS} rows: p50 {middle:.0f} ms, max {delays[-1]:.0f} ms",
    )


def ends(db_url: str, rows: dict[str, float]) -> list[tuple[str, float]]:
    """When each run ended. The times can be compared, because window and database use the same
    clock."""
    query = "select id::text, processing_finished_at from job_positions where id::text = any (%s)"
    with psycopg.connect(db_url) as database:
        found: list[tuple[str, datetime]] = database.execute(query, [list(rows)]).fetchall()
    return [(row, moment.timestamp()) for row, moment in found]
