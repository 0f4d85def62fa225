"""A large recording goes on where it stopped: after a pause, a cut, and a reload of the page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Route, expect

from devstack.stack import LocalStack
from tests.app.browser.conftest import NewWindow
from tests.app.browser.window import Window, address

pytestmark = [pytest.mark.needs("chromium", "stack"), pytest.mark.timeout(600)]

PART = 6 * 1024 * 1024
CONTENT = b"RIFF" + os.urandom(1024) * (2 * PART // 1024) + b"end"
"""Two parts and a few bytes."""
PARTS = "**/storage/v1/upload/resumable/*"


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A file whose name and time of change stay, as those of a user's file do."""
    file = tmp_path / "Acme_second round.wav"
    file.write_bytes(CONTENT)
    return file


@pytest.fixture
def window(new_window: NewWindow) -> Window:
    window = new_window()
    window.sign_up(address("uma"))
    window.open_tab("Interviews")
    window.wait_until_live()
    return window


class Line:
    """The connection of a window: parts of an upload can be held on their way."""

    def __init__(self, window: Window) -> None:
        self.held: list[Route] = []
        self.passes = 0
        self.seen: list[str] = []
        window.page.route(PARTS, self._part)

    def _part(self, route: Route) -> None:
        self.seen.append(route.request.method)
        if route.request.method != "PATCH" or self.passes > 0:
            self.passes -= route.request.method == "PATCH"
            route.continue_()
        else:
            self.held.append(route)


@pytest.fixture
def line(window: Window) -> Iterator[Line]:
    yield Line(window)


def choose(window: Window, file: Path) -> None:
    window.page.get_by_label("Audio, up to 50 MB").set_input_files(file)
    window.page.get_by_role("button", name="Upload and analyse").click()


def expect_state(window: Window, state: str) -> None:
    expect(window.page.locator("[data-upload]")).to_have_attribute("data-upload", state)


def choose_and_hold(window: Window, line: Line, file: Path) -> None:
    """Upload the file; its second part is on its way and does not arrive."""
    line.passes = 1
    with window.page.expect_request(
        lambda request: request.headers.get("upload-offset") == str(PART)
    ):
        choose(window, file)
    expect(window.page.locator("[data-upload]").get_by_role("progressbar")).to_have_attribute(
        "aria-valuenow", "50"
    )


def assert_whole(window: Window, stack: LocalStack) -> None:
    """The interview stands on the page, and Storage has the file as it was."""
    expect(window.card("Acme second round")).to_be_visible()
    key = {"apikey": stack.secret_key, "authorization": f"Bearer {stack.secret_key}"}
    path = window.page.evaluate(
        """async ({url, key}) => {
            const session = JSON.parse(Object.entries(localStorage)
                .find(([name]) => name.endsWith('auth-token'))[1]);
            const answer = await fetch(
                `${url}/rest/v1/timeline_items?select=interview_original_audio_path`,
                {headers: {apikey: key, authorization: `Bearer ${session.access_token}`}});
            return (await answer.json())[0].interview_original_audio_path;
        }""",
        {"url": stack.url, "key": stack.publishable_key},
    )
    stored = httpx.get(f"{stack.url}/storage/v1/object/interviews/{path}", headers=key, timeout=30)
    assert stored.content == CONTENT


def test_after_a_reload_the_same_file_goes_on_where_it_stopped(
    window: Window, line: Line, recording: Path, web: LocalStack
) -> None:
    choose_and_hold(window, line, recording)
    expect_state(window, "sending")
    window.page.reload()
    notice = window.page.locator("[data-note=unfinished]")
    expect(notice).to_contain_text("Acme_second round.wav was not finished")
    line.seen.clear()
    line.passes = 9
    window.forget_requests()
    choose(window, recording)
    assert_whole(window, web)
    assert line.seen == ["HEAD", "PATCH", "PATCH"], "the first part is not sent again"
    assert not any("POST" in one and one.endswith("/upload/resumable") for one in window.requests)
    expect(notice).to_have_count(0)


def test_after_a_cut_it_goes_on_by_itself(
    window: Window, line: Line, recording: Path, web: LocalStack
) -> None:
    choose_and_hold(window, line, recording)
    window.context.set_offline(True)
    for route in line.held:
        route.abort("internetdisconnected")
    expect_state(window, "interrupted")
    expect(window.page.locator("[data-upload]")).to_contain_text("What was sent is kept")
    line.passes = 9
    window.context.set_offline(False)
    assert_whole(window, web)
    assert line.seen.count("PATCH") <= 4, "only the part that was cut is sent again"


def test_it_can_be_paused_and_continued(
    window: Window, line: Line, recording: Path, web: LocalStack
) -> None:
    choose_and_hold(window, line, recording)
    window.page.get_by_role("button", name="Pause").click()
    expect_state(window, "paused")
    line.passes = 9
    window.page.get_by_role("button", name="Continue").click()
    assert_whole(window, web)


def test_a_cancelled_upload_leaves_nothing_behind(
    window: Window, line: Line, recording: Path
) -> None:
    choose_and_hold(window, line, recording)
    with window.page.expect_request(lambda request: request.method == "DELETE"):
        window.page.get_by_role("button", name="Cancel the upload").click()
    expect(window.page.locator("[data-upload]")).to_have_count(0)
    expect(window.page.get_by_role("alert")).to_have_count(0)
    window.page.wait_for_function(
        "() => !Object.keys(localStorage).some(name => name.startsWith('tus::'))"
    )
    window.page.reload()
    expect(window.page.get_by_role("button", name="Upload and analyse")).to_be_enabled()
    expect(window.page.locator("[data-note=unfinished]")).to_have_count(0)


COMPLETE: dict[str, str] = {
    "tus-resumable": "1.0.0",
    "upload-offset": str(len(CONTENT)),
    "upload-length": str(len(CONTENT)),
    "access-control-expose-headers": "*",
}


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param("what is left of it is refused", marks=pytest.mark.thorough),
        "its object is gone",
    ],
)
def test_an_upload_that_cannot_go_on_begins_anew(
    window: Window, line: Line, recording: Path, web: LocalStack, fault: str
) -> None:
    choose_and_hold(window, line, recording)
    window.page.reload()
    expect(window.page.locator("[data-note=unfinished]")).to_be_visible()
    line.passes = 9
    kind = "HEAD" if fault == "its object is gone" else "PATCH"
    answers: list[dict[str, Any]] = [
        {"status": 200, "headers": COMPLETE} if kind == "HEAD" else {"status": 400}
    ]

    def answer_once(route: Route) -> None:
        if route.request.method == kind and answers:
            route.fulfill(**answers.pop())
        else:
            route.fallback()

    window.page.route(PARTS, answer_once)
    choose(window, recording)
    assert_whole(window, web)
    expect(window.page.locator("[data-note=unfinished]")).to_have_count(0)


def test_a_recording_whose_analysis_is_refused_is_removed_and_goes_up_again(
    window: Window, line: Line, recording: Path, web: LocalStack
) -> None:
    line.passes = 99
    held = window.hold_first("**/functions/v1/api/timeline-items/analyse-interview")
    with window.page.expect_request("**/analyse-interview"):
        choose(window, recording)
    expect(window.page.locator("[data-upload]")).to_be_visible()
    refusal = {"error": {"code": "too_many_open_rows", "message": "Too much."}}
    with window.page.expect_response(lambda answer: answer.request.method == "DELETE") as removed:
        held[0].fulfill(status=429, json=refusal)
    assert removed.value.ok
    expect(window.page.get_by_role("alert")).to_contain_text("Too much is waiting or running.")
    window.page.get_by_role("button", name="Upload and analyse").click()
    assert_whole(window, web)
    expect(window.page.get_by_role("alert")).to_have_count(0)
