"""Many users add rows at the same time, and each user sees exactly their own rows end."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import pytest
from playwright.sync_api import expect

from devstack.functions import find_deno
from devstack.page import WEB, build
from devstack.realtime import Limits
from devstack.stack import LocalStack, User
from tests.app.browser.conftest import NewWindow, StartWorker, worker_of

pytestmark = pytest.mark.needs("chromium", "stack")

WINDOWS = 2

Note: TypeAlias = Callable[[str, object], None]


@pytest.mark.thorough
@pytest.mark.timeout(600)
def test_each_user_sees_exactly_its_rows_end(
    new_window: NewWindow, worker: StartWorker, web: LocalStack, record_property: Note
) -> None:
    storm(new_window, worker, web, record_property, users=3, rows=3)


@pytest.mark.chaos
@pytest.mark.timeout(900)
def test_each_of_fifty_users_sees_exactly_its_twenty_rows_end(
    new_window: NewWindow, worker: StartWorker, web: LocalStack, record_property: Note
) -> None:
    storm(new_window, worker, web, record_property, users=50, rows=20)


def storm(
    new_window: NewWindow,
    worker: StartWorker,
    web: LocalStack,
    note: Note,
    *,
    users: int,
    rows: int,
) -> None:
    """Every user has a live table; some of them also have a browser window."""
    people = [web.sign_up() for _ in range(users)]
    windows = []
    for person in people[:WINDOWS]:
        window = new_window()
        window.sign_in(person.email, person.password)
        window.wait_until_live()
        windows.append(window)
    with worker(), live_tables() as clients:
        order = order_of(web, people, rows, events_only=True)
        assert say(clients, json.dumps(order)) == "live"
        for window in windows:
            window.forget_requests()
        seen = json.loads(say(clients, "go"))
        figures = ", ".join(f"{name} {value:.3g}" for name, value in seen.items())
        note("table", f"{users} users add {rows} rows each at once: {figures}")
        for window in windows:
            expect(window.page.get_by_role("article")).to_have_count(rows)
            expect(window.page.locator("[data-status=completed]")).to_have_count(rows)
            assert window.requests == []
    assert seen["strangers"] == 0
    assert seen["reads"] == 0


@pytest.mark.chaos
@pytest.mark.timeout(900)
def test_a_storm_over_the_limit_leaves_no_row_wrong(
    allowed: dict[str, str], tmp_path: Path, record_property: Note
) -> None:
    users, rows = 20, 50
    with LocalStack(page=build(), realtime_limits=Limits(messages_per_second=100)) as stack:
        people = [stack.sign_up() for _ in range(users)]
        with worker_of(stack, allowed, tmp_path)(), live_tables() as clients:
            order = order_of(stack, people, rows, events_only=False)
            assert say(clients, json.dumps(order)) == "live"
            seen = json.loads(say(clients, "go"))
    figures = ", ".join(f"{name} {value:.3g}" for name, value in seen.items())
    record_property("table", f"{users} users add {rows} rows each over the limit: {figures}")
    assert seen["strangers"] == 0
    assert seen["reads"] > 0  # events alone did not do


def order_of(stack: LocalStack, people: list[User], rows: int, *, events_only: bool) -> object:
    """What examples/web/tests/storm.ts reads first."""
    return {
        "url": stack.url,
        "key": stack.publishable_key,
        "tokens": [[person.access_token, person.refresh_token] for person in people],
        "rows": rows,
        "events_only": events_only,
    }


@contextmanager
def live_tables() -> Iterator[subprocess.Popen[str]]:
    """The users of examples/web/tests/storm.ts."""
    command = [str(find_deno()), "run", "-q", "--allow-net", "--allow-env", "tests/storm.ts"]
    with subprocess.Popen(
        command, cwd=WEB, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def say(process: subprocess.Popen[str], line: str) -> str:
    """Send a line and wait for the answer."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()
    return process.stdout.readline().strip()
