"""The state of the whole queue as metrics, from SQL, so that one exporter serves many workers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, cast

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from liverows.base.clock import Clock
from liverows.base.errors import WorkerError
from liverows.base.logger import get_logger
from liverows.base.types import JsonObject
from liverows.database.client import ContractClient

log = get_logger(__name__)

_QUIET_WORKER_SECONDS = 30.0


class QueueMetric(NamedTuple):
    """The name, the meaning and the labels of a gauge."""

    name: str
    text: str
    labels: tuple[str, ...] = ()


UP = QueueMetric("liverows_queue_up", "1 if the database has answered the latest look")
ROWS = QueueMetric(
    "liverows_queue_rows",
    "Rows by state: waiting (not due yet), over_budget (the same, for a budget), due or running; "
    "those in set_aside are in one of these too",
    ("pipeline", "state"),
)
OLDEST = QueueMetric(
    "liverows_queue_oldest_due_seconds", "How long the row that waits longest is due", ("pipeline",)
)
WORKERS = QueueMetric(
    "liverows_queue_workers", "Living workers that run the pipeline", ("pipeline",)
)
PAUSED = QueueMetric("liverows_queue_paused", "1 for a pipeline that is paused", ("pipeline",))
BROKEN = QueueMetric(
    "liverows_queue_broken", "1 for a pipeline that no longer fits its table", ("pipeline",)
)
LAST_HOUR = QueueMetric(
    "liverows_queue_last_hour", "Events of the last hour, by kind", ("pipeline", "kind")
)
CLOSED = QueueMetric(
    "liverows_provider_closed_seconds", "Time until a closed provider opens", ("provider",)
)
ALIVE = QueueMetric("liverows_workers_alive", "Workers heard of within 30 seconds")
QUEUE_METRICS = (UP, ROWS, OLDEST, WORKERS, PAUSED, BROKEN, LAST_HOUR, CLOSED, ALIVE)


class QueueMetrics(Collector):
    """Looks at the queue when it is asked, but at most once in `keep` seconds."""

    def __init__(self, client: ContractClient, clock: Clock, keep: float = 5.0) -> None:
        self._client = client
        self._clock = clock
        self._keep = keep
        self._looked_at = float("-inf")
        self._seen: JsonObject | None = None
        self._registry = CollectorRegistry()
        self._registry.register(self)

    async def render(self) -> bytes:
        """Return the metrics in Prometheus' text format; without an answer, only that it is so."""
        if self._clock.monotonic() - self._looked_at >= self._keep:
            self._seen = await self._look()
            self._looked_at = self._clock.monotonic()
        return generate_latest(self._registry)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield what the latest look has seen."""
        yield _family(UP, [((), float(self._seen is not None))])
        if self._seen is not None:
            yield from _families(self._seen)

    async def _look(self) -> JsonObject | None:
        try:
            return cast(JsonObject, await self._client.call("overview", {}))
        except WorkerError as error:
            log.warning("queue_not_seen", code=error.code)
            return None


def _families(seen: Any) -> Iterator[GaugeMetricFamily]:
    lines = [(line["pipeline"], line) for line in seen["pipelines"]]
    yield _family(ROWS, [((name, state), rows) for name, p in lines for state, rows in _rows(p)])
    yield _family(OLDEST, [((name,), p["oldest_due_seconds"] or 0.0) for name, p in lines])
    yield _family(WORKERS, [((name,), p["workers"]) for name, p in lines])
    yield _family(PAUSED, [((name,), p["paused"]) for name, p in lines])
    yield _family(BROKEN, [((name,), p["broken"] is not None) for name, p in lines])
    hours = [((name, kind), rows) for name, p in lines for kind, rows in p["last_hour"].items()]
    yield _family(LAST_HOUR, hours)
    yield _family(CLOSED, [((name,), left) for name, left in seen["providers_closed"].items()])
    beats = [worker["beat_seconds_ago"] for worker in seen["workers"]]
    yield _family(ALIVE, [((), sum(beat <= _QUIET_WORKER_SECONDS for beat in beats))])


def _rows(line: Any) -> Iterator[tuple[str, int]]:
    # The counts of a table that cannot be read are null.
    if line["pending"] is not None and line["due"] is not None:
        yield "waiting", max(0, line["pending"] - line["due"] - line["over_budget"])
        yield "over_budget", line["over_budget"]
        yield "due", line["due"]
    yield "running", line["processing"]
    yield "set_aside", line["set_aside"]


def _family(
    metric: QueueMetric, samples: Sequence[tuple[tuple[str, ...], float]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(metric.name, metric.text, labels=metric.labels)
    for labels, value in samples:
        family.add_metric(labels, float(value))
    return family
