"""The picture of the page in the docs: `SCREENSHOT=docs/page.png make test-browser`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from examples.site.server import Site
from tests.app.browser.conftest import NewWindow, StartWorker

MOST_BYTES = 300_000
QUIET = "#voice { visibility: hidden }"


@pytest.mark.needs("chromium", "stack")
@pytest.mark.timeout(600)
def test_a_picture_of_a_finished_and_a_running_position(
    new_window: NewWindow, worker: StartWorker, site: Site, slow_site: Site, tmp_path: Path
) -> None:
    window = new_window(viewport={"width": 1080, "height": 900}, color_scheme="light")
    window.sign_up("ada@example.com")
    file = Path(os.environ.get("SCREENSHOT") or tmp_path / "page.png")
    with worker():
        window.add_position(site.structured)
        window.expect_status("Calibration Engineer", "completed")
        window.card("Calibration Engineer").get_by_text("Details").click()
        window.add_position(slow_site.plain)
        window.expect_status("bench-joiner", "processing")
        window.page.screenshot(path=file, animations="disabled", style=QUIET)
    assert file.stat().st_size < MOST_BYTES
