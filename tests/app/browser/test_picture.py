"""The picture of the page in the docs: `SCREENSHOT=docs/page.png make test-browser`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from devstack.stack import LocalStack
from tests.app.browser.conftest import NewWindow
from tests.support.desk import clear, fill

MOST_BYTES = 300_000
QUIET = "#voice { visibility: hidden }"
# As with a worker, which would change the rows.
SERVED = {"positions": {"served": True, "paused": False, "services": {}}}
ROWS = {"@joiner", "@calibration", "@retry", "@login", "@technician", "@optics"}


@pytest.mark.thorough
@pytest.mark.needs("chromium", "stack")
@pytest.mark.timeout(600)
def test_a_picture_of_finished_and_running_positions(
    new_window: NewWindow, web: LocalStack, tmp_path: Path
) -> None:
    ada = web.sign_up("ada@example.com")
    fill(web, ada, only=ROWS.__contains__)
    window = new_window(viewport={"width": 1080, "height": 900}, color_scheme="light")
    window.page.route("**/api/capabilities", lambda route: route.fulfill(json=SERVED))
    window.sign_in(ada.email, ada.password)
    window.wait_until_live()
    window.card("Calibration Engineer").get_by_text("Details").click()
    window.page.mouse.move(0, 0)
    file = Path(os.environ.get("SCREENSHOT") or tmp_path / "page.png")
    window.page.screenshot(path=file, animations="disabled", style=QUIET)
    clear(web, ada)
    assert file.stat().st_size < MOST_BYTES
