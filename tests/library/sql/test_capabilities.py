"""`processing.capabilities` tells whether anybody runs a pipeline, and with which services."""

from __future__ import annotations

import pytest

from tests.library.sql.questions import PIPELINE, attach
from tests.support.databases import Clock
from tests.support.queue import Connection, Queue


@pytest.fixture(autouse=True)
def attached(owner: Connection) -> None:
    attach(owner, owner="account_id")


def test_capabilities_tell_whether_anybody_works_and_which_services_all_of_them_have(
    queue: Queue, clock: Clock
) -> None:
    def told() -> object:
        return queue.call("capabilities")[PIPELINE]

    nobody = {"served": False, "paused": False, "services": {}}
    assert told() == nobody
    queue.heartbeat(pipelines=[PIPELINE], services={"speech": True, "model": False}, name="mill")
    assert told() == {"served": True, "paused": False, "services": {"speech": True, "model": False}}
    for pipeline, services in (
        (PIPELINE, {"speech": False}),
        (PIPELINE, "of an unknown shape"),
        ("another", {"search": True}),
    ):
        Queue(queue.connection).heartbeat(pipelines=[pipeline], services=services)
    queue.call("pause", pipeline=PIPELINE, paused=True)
    assert told() == {"served": True, "paused": True, "services": {"speech": False, "model": False}}
    clock.advance(60)
    assert told() == {**nobody, "paused": True}


def test_a_worker_that_signed_off_counts_as_gone_at_once(queue: Queue) -> None:
    queue.heartbeat(pipelines=[PIPELINE], services={"speech": True})
    queue.call("sign_off", worker=queue.worker)
    assert queue.call("capabilities")[PIPELINE]["served"] is False
