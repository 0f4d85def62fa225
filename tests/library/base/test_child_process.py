"""Heavy work in a child: it ends when it must, costs nobody else anything, and says what it was."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile

import pytest
from structlog.testing import capture_logs

from liverows.base.errors import NotConfigured, Permanent, Transient
from liverows.recipe.child_main import SPENT_BYTES
from liverows.recipe.child_process import ChildProcesses, take_turns
from tests.support import child_calls
from tests.support.processes import all_end_within, running

ROOT = Path(__file__).parents[3]
SOON = 60.0
LONG = 3600.0
WATCHED = """
import asyncio, sys
from tests.support import child_calls
from liverows.recipe.child_process import run_in_child

async def main():
    print(await run_in_child(child_calls.os.getpid), flush=True)
    if sys.argv[1:]:
        await run_in_child(child_calls.spin_after, sys.argv[1], seconds=3600.0)

asyncio.run(main())
"""


@pytest.fixture
def children() -> Iterator[ChildProcesses]:
    children = ChildProcesses()
    yield children
    children.close()


@pytest.fixture
def fifo(tmp_path: Path) -> str:
    path = tmp_path / "said"
    os.mkfifo(path)
    return str(path)


async def heard(fifo: str) -> str:
    """What a child says into a pipe; read beside the loop, and not for ever."""
    async with asyncio.timeout(SOON):
        return await asyncio.to_thread(Path(fifo).read_text)


async def test_a_child_is_used_again(children: ChildProcesses) -> None:
    first, second = [await children.run(os.getpid) for _ in range(2)]
    assert first == second != os.getpid()
    assert children.process_ids == [first]


async def test_a_child_of_a_large_worker_is_used_again(children: ChildProcesses) -> None:
    """What the worker itself needed is no measure of the child."""
    large = bytearray(SPENT_BYTES + 2**20)
    first, second = [await children.run(os.getpid) for _ in range(2)]
    assert first == second
    assert large


async def test_errors_of_the_tree_arrive_as_they_were(children: ChildProcesses) -> None:
    with pytest.raises(NotConfigured) as refused:
        await children.run(child_calls.refuse)
    assert (refused.value.message, refused.value.setting) == (
        "No model here.",
        "LOCAL_SPEECH_MODEL",
    )
    with pytest.raises(LookupError, match="nothing there") as stumbled:
        await children.run(child_calls.stumble)
    assert "in stumble" in "".join(stumbled.value.__notes__)


async def test_work_that_takes_too_long_is_ended_for_good(children: ChildProcesses) -> None:
    pid = await children.run(os.getpid)
    with pytest.raises(Permanent) as refused:
        await children.run(child_calls.spin, seconds=1.0)
    assert refused.value.code == "too_complex"
    assert all_end_within(SOON, [pid])
    assert await children.run(os.getpid) != pid


async def test_work_that_gets_no_time_is_ended_and_may_be_tried_again(
    children: ChildProcesses, fifo: str
) -> None:
    pid = await children.run(os.getpid)
    # Nobody writes into the pipe, so it takes no time of the processor.
    with pytest.raises(Transient) as ended:
        await children.run(child_calls.listen, fifo, seconds=0.02)
    assert ended.value.code == "reader_busy"
    assert all_end_within(SOON, [pid])


async def test_who_gives_up_ends_the_child(children: ChildProcesses, fifo: str) -> None:
    work = asyncio.create_task(children.run(child_calls.spin_after, fifo, seconds=LONG))
    pid = int(await heard(fifo))
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert all_end_within(SOON, [pid])
    assert await children.run(abs, -1) == 1


async def test_a_crash_costs_its_own_call(children: ChildProcesses) -> None:
    with pytest.raises(Transient) as crashed:
        await children.run(child_calls.crash)
    assert crashed.value.code == "reader_crashed"
    assert await children.run(abs, -1) == 1


async def test_memory_is_bounded(children: ChildProcesses) -> None:
    with pytest.raises(Permanent) as refused:
        await children.run(bytearray, 4 * 2**30)
    assert refused.value.code == "too_complex"


async def test_a_child_that_ended_meanwhile_is_replaced_unnoticed(
    children: ChildProcesses,
) -> None:
    pid = await children.run(os.getpid)
    os.kill(pid, signal.SIGKILL)
    assert await children.run(os.getpid) != pid


async def test_secrets_stay_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPABASE_SECRET_KEY", "sb_secret_made_up")
    monkeypatch.setenv("HF_HOME", "/models")
    children = ChildProcesses(keep=["HF_HOME"])
    try:
        seen = await children.run(child_calls.environment)
    finally:
        children.close()
    assert "SUPABASE_SECRET_KEY" not in seen
    assert (seen["HF_HOME"], seen["PATH"]) == ("/models", os.environ["PATH"])


async def test_log_lines_are_written_here(
    children: ChildProcesses, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    with capture_logs() as lines:
        await children.run(child_calls.log_a_line, "so")
    assert lines == [{"event": "page_read", "log_level": "info", "word": "so", "where": "a"}]


async def test_an_open_file_without_a_name_is_read_from_its_start(
    children: ChildProcesses,
) -> None:
    with TemporaryFile() as file:
        file.write(b"RIFF and more")
        assert await children.run(child_calls.first_bytes, file, 4) == b"RIFF"
        assert file.tell() == 13


async def test_one_row_has_one_child_and_holds_nobody_back(
    children: ChildProcesses, fifo: str, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)

    async def row() -> list[str]:
        take_turns()
        first = asyncio.create_task(
            children.run(child_calls.say_and_listen, fifo, str(gate), seconds=LONG)
        )
        return list(await asyncio.gather(first, children.run(str, 2)))

    busy = asyncio.create_task(row())
    pid = int(await heard(fifo))
    async with asyncio.timeout(SOON):
        assert await children.run(os.getpid) != pid
    assert len(children.process_ids) == 2
    async with asyncio.timeout(SOON):
        await asyncio.to_thread(gate.write_text, "open")
        assert await busy == ["open", "2"]
    assert len(children.process_ids) == 2


async def test_signals_that_ask_the_worker_to_drain_leave_its_children(
    children: ChildProcesses, fifo: str, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    work = asyncio.create_task(
        children.run(child_calls.say_and_listen, fifo, str(gate), seconds=LONG)
    )
    pid = int(await heard(fifo))
    assert os.getpgid(pid) != os.getpgid(0)  # out of reach of the terminal's Ctrl-C
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(pid, number)
    async with asyncio.timeout(SOON):
        await asyncio.to_thread(gate.write_text, "done")
        assert await work == "done"


async def test_closing_leaves_no_process_behind(children: ChildProcesses, fifo: str) -> None:
    work = asyncio.create_task(children.run(child_calls.spin_after, fifo, seconds=LONG))
    busy, idle = int(await heard(fifo)), await children.run(os.getpid)
    children.close()
    assert running([busy, idle]) == set()
    with pytest.raises(Transient):
        await work


def started(*arguments: str) -> subprocess.Popen[str]:
    """A process that has one child; with a pipe's name, one that is busy for ever."""
    return subprocess.Popen(
        [sys.executable, "-c", WATCHED, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def test_a_process_that_ends_takes_its_children_along() -> None:
    with started() as process:
        said, _ = process.communicate(timeout=SOON)
    assert process.returncode == 0
    assert all_end_within(SOON, [int(said)])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a busy child of it")
def test_a_process_that_is_killed_takes_even_a_busy_child_along(fifo: str) -> None:
    with started(fifo) as process:
        pid = int(Path(fifo).read_text())
        assert running([pid]) == {pid}
        process.kill()
        assert all_end_within(SOON, [pid])


def test_nothing_here_uses_the_loops_default_executor() -> None:
    """asyncio resolves names in it, that of the database among them."""
    uses = re.compile(r"\b(?:to_thread|run_in_executor)\b")
    sources = [path for room in ("liverows", "worker") for path in (ROOT / room).rglob("*.py")]
    users = [str(path) for path in sources if uses.search(path.read_text())]
    assert users == []
