"""One exporter tells Prometheus how the whole queue stands, from SQL."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from liverows.base.usage import Usage
from liverows.cli.exporter import exporter_app
from liverows.database.client import ContractClient
from liverows.database.postgres_transport import PostgresTransport
from liverows.recipe.environment import StepReport
from liverows.running.health import serving
from liverows.running.metrics import Metrics
from liverows.running.queue_metrics import QUEUE_METRICS, QueueMetrics
from tests.support.clock import ManualClock
from tests.support.databases import Database
from tests.support.runners import CountingTransport, Deaf, plain_things
from tests.support.things import Things


@pytest.fixture
def things(database: Database) -> Things:
    return plain_things(database)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def transport(things: Things) -> AsyncIterator[CountingTransport]:
    transport = CountingTransport(PostgresTransport(SecretStr(things.database.dsn)))
    yield transport
    await transport.close()


def read(text: str) -> dict[tuple[str, ...], float]:
    """The samples, by name and the values of their labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def scraped(metrics: QueueMetrics) -> dict[tuple[str, ...], float]:
    """What Prometheus reads over HTTP."""
    async with (
        serving(exporter_app(metrics), "127.0.0.1", 0) as port,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        answer = await client.get(f"http://127.0.0.1:{port}/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return read(answer.text)


async def test_depth_and_age_of_the_queue_are_told_for_all_workers_together(
    things: Things, transport: CountingTransport, clock: ManualClock
) -> None:
    things.add(3)
    things.add(1)
    things.run(
        "update public.things set processing_not_before = now() + interval '1 hour'"
        " where id = (select max(id) from public.things)"
    )
    things.run("select processing.claim(gen_random_uuid(), '{plain}', 1)")
    seen = await scraped(QueueMetrics(ContractClient(transport), clock))
    assert {key[-1]: rows for key, rows in seen.items() if key[0] == "liverows_queue_rows"} == {
        "waiting": 1,
        "over_budget": 0,
        "due": 2,
        "running": 1,
        "set_aside": 0,
    }
    assert seen["liverows_queue_up",] == 1
    assert seen["liverows_queue_oldest_due_seconds", "plain"] > 0
    assert seen["liverows_queue_workers", "plain"] == 1
    assert seen["liverows_workers_alive",] == 1
    assert (seen["liverows_queue_paused", "plain"], seen["liverows_queue_broken", "plain"]) == (
        0,
        0,
    )
    assert {key[0] for key in seen} <= {metric.name for metric in QUEUE_METRICS}


async def test_many_scrapes_are_one_look_in_five_seconds(
    transport: CountingTransport, clock: ManualClock
) -> None:
    metrics = QueueMetrics(ContractClient(transport), clock)
    for _ in range(3):
        await metrics.render()
    assert transport.calls["overview"] == 1
    await clock.advance(5)
    await metrics.render()
    assert transport.calls["overview"] == 2


async def test_a_database_that_does_not_answer_is_told_and_old_numbers_are_not(
    transport: CountingTransport, clock: ManualClock
) -> None:
    deaf = Deaf(transport, "overview", deaf=False)
    metrics = QueueMetrics(ContractClient(deaf), clock)
    assert len(read((await metrics.render()).decode())) > 1
    deaf.deaf = True
    await clock.advance(5)
    assert read((await metrics.render()).decode()) == {("liverows_queue_up",): 0}


def test_a_service_that_ever_answers_with_new_names_makes_few_series() -> None:
    metrics = Metrics()
    for number in range(1000):
        usage = (Usage(f"model-{number}", input_tokens=1),)
        metrics.step_finished(StepReport("plain", "ask", "ran", usage=usage))
    counted = read(metrics.render().decode())
    tokens = {key: value for key, value in counted.items() if key[0] == "liverows_tokens_total"}
    assert len(tokens) == 51
    assert tokens["liverows_tokens_total", "input", "other"] == 950
