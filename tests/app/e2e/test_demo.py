"""The demo shows what it promises, its exit code says so, and it leaves nothing running."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from devstack.project import ROOT
from devstack.stack import GATEWAY_PORT
from tests.support.signals import hear_ctrl_c

DEADLINE_SECONDS = 300

pytestmark = [pytest.mark.timeout(DEADLINE_SECONDS + 30), pytest.mark.needs("stack")]


def environment() -> dict[str, str]:
    """The environment without any key. Empty variables also hide the keys in a developer's
    `.env`."""
    unset = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "SVG")
    return {**os.environ, **dict.fromkeys(unset, ""), "PYTHONIOENCODING": "utf-8"}


def start(*, once: bool = True) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "examples.demo"],
        cwd=ROOT,
        env=environment() | {"ONCE": "1" if once else ""},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        preexec_fn=hear_ctrl_c,  # noqa: PLW1509 - it only sets a signal
    )


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def another_demo_runs() -> bool:
    """Whether another demo runs on this machine, for instance from a second checkout. It could
    take the usual port as soon as the port is free."""
    commands = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # the process has ended meanwhile
            commands.append(path.read_bytes().split(b"\0"))
    return any(b"examples.demo" in command for command in commands)


def assert_nothing_is_left(output: str) -> None:
    ports = [int(port) for port in re.findall(r"listens on 127\.0\.0\.1:(\d+)", output)]
    assert len(ports) == 2
    still_open = [port for port in ports if is_open(port)]
    assert still_open == [] or (still_open == [GATEWAY_PORT] and another_demo_runs())
    log_file = re.search(r"its log is (\S+)", output)
    assert log_file is not None
    assert not Path(log_file[1]).exists()


SHOWN = (
    "Calibration Engineer",
    "£34,000 to £41,000 per year",
    "json_ld: /hiringOrganization/name",
    "Bench Joiner",
    "html: Pay: £15.50 to £18.00 an hour",
    "login_required: Reading the page",
    "Junior Data Analyst",
    "Fellside Water",
    "OPENAI_API_KEY is not set",
    "warning  │ language_model_not_configured",
    "question │ How do you explain a doubtful number to an engineer?",
    "provider_not_configured: Transcribing",
    "Recordings cannot be turned into text here",
    "product  │ Lune Flow Meter",
    "Products | Brightwater Instruments",
    "woken by ",
    "step  read-page",
)
"""Of the rows, whose ends are different."""


@pytest.mark.thorough
def test_every_row_ends_as_it_should_and_nothing_is_left() -> None:
    demo = start()
    output, errors = demo.communicate(timeout=DEADLINE_SECONDS)
    assert (demo.returncode, errors) == (0, "")
    assert [shown for shown in SHOWN if shown not in output] == []
    assert "every row ended as it should" in output
    assert output.rstrip().splitlines()[-1].startswith("OPENAI_API_KEY=... make demo"), "what next"
    assert_nothing_is_left(output)


@pytest.mark.thorough
def test_stopped_in_the_middle_it_leaves_nothing_and_claims_no_success() -> None:
    demo = start()
    assert demo.stdout is not None
    seen = []
    for line in demo.stdout:
        seen.append(line)
        if "processing" in line:
            demo.send_signal(signal.SIGTERM)
            break
    output, errors = demo.communicate(timeout=DEADLINE_SECONDS)
    assert errors == ""
    assert demo.returncode == 130
    assert "as it should" not in output
    assert_nothing_is_left("".join(seen))


def test_without_once_it_stays_up_at_the_address_that_it_prints_until_ctrl_c() -> None:
    demo = start(once=False)
    assert demo.stdout is not None
    seen = []
    for line in demo.stdout:
        seen.append(line)
        if line.startswith("SUPABASE_PUBLISHABLE_KEY="):
            break
    text = "".join(seen)
    assert [shown for shown in (*SHOWN, "every row ended as it should") if shown not in text] == []
    address = re.search(r"open (http://127\.0\.0\.1:\d+) and sign in: (\S+), (\S+)", text)
    assert address is not None, text
    url, email, password = address.groups()
    config = httpx.get(f"{url}/config.json").json()
    assert config["url"] == url
    answer = httpx.post(
        f"{url}/auth/v1/token?grant_type=password",
        json={"email": email, "password": password},
        headers={"apikey": config["publishableKey"]},
        timeout=30,
    )
    assert answer.status_code == 200
    demo.send_signal(signal.SIGINT)
    _, errors = demo.communicate(timeout=DEADLINE_SECONDS)
    assert (demo.returncode, errors) == (0, "")
    assert_nothing_is_left(text)
