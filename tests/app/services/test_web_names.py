"""Looking up host names that strangers chose does not block the worker's own lookups."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from worker.services.web import names as web_names
from worker.services.web.names import MAX_LOOKUPS, look_up_name

SOON = 60.0
SLOW = "slow.example"


class Resolver:
    """The system's resolver, with a name server that does not answer."""

    def __init__(self) -> None:
        self.asked = threading.Semaphore(0)
        self.answers = threading.Event()

    def __call__(self, host: str, port: int, *rest: Any, **others: Any) -> list[Any]:
        if host == SLOW:
            self.asked.release()
            self.answers.wait(SOON)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", port))] * 2


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Resolver]:
    resolver = Resolver()
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    room = threading.BoundedSemaphore(MAX_LOOKUPS)
    monkeypatch.setattr(web_names, "_room", room)
    yield resolver
    resolver.answers.set()
    # Until no thread for lookups is left.
    assert all(room.acquire(timeout=SOON) for _ in range(MAX_LOOKUPS))


async def test_each_address_is_told_once(resolver: Resolver) -> None:
    assert await look_up_name("quick.example", 443) == ["192.0.2.1"]


async def test_names_that_never_answer_hold_back_nobody_elses(resolver: Resolver) -> None:
    waiting = [asyncio.create_task(look_up_name(SLOW, 443)) for _ in range(MAX_LOOKUPS - 1)]
    await asyncio.sleep(0)
    for _ in waiting:
        assert resolver.asked.acquire(timeout=SOON)
    async with asyncio.timeout(SOON):
        # A lookup of the worker, in the loop's default executor, and a lookup for a stranger.
        assert await asyncio.get_running_loop().getaddrinfo("database.example", 5432)
        assert await look_up_name("quick.example", 443)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_beyond_a_number_of_them_a_name_is_refused_at_once(resolver: Resolver) -> None:
    waiting = [asyncio.create_task(look_up_name(SLOW, 443)) for _ in range(MAX_LOOKUPS)]
    await asyncio.sleep(0)
    with pytest.raises(OSError, match="too many names"):
        await look_up_name("quick.example", 443)
    resolver.answers.set()
    async with asyncio.timeout(SOON):
        assert await asyncio.gather(*waiting) == [["192.0.2.1"]] * MAX_LOOKUPS
    assert await look_up_name("quick.example", 443) == ["192.0.2.1"]


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "\udc80.example"])
async def test_a_name_that_cannot_be_asked_for_has_no_address(host: str) -> None:
    with pytest.raises(OSError, match="too long"):
        await look_up_name(host, 443)
