"""What one worker counts, for Prometheus to read at `/metrics`.

Two workers in one process are counted separately.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector

from liverows.base.types import Json, JsonObject
from liverows.base.usage import Usage
from liverows.recipe.environment import StepReport

MetricT = TypeVar("MetricT", Counter, Histogram)


@lru_cache(maxsize=1024)
def _child(metric: MetricT, *labels: str) -> MetricT:
    """Return the metric with these labels; cached for speed."""
    return metric.labels(*labels)


def _number(value: Json) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


_MOST_MODELS = 50
_PICKUP_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60)
_ATTEMPT_SECONDS = (0.01, 0.05, 0.25, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800)


class Described(NamedTuple):
    """What a person reads about a metric."""

    name: str
    kind: str
    text: str
    labels: tuple[str, ...]


class Metrics:
    """The metrics of one worker; times are in seconds."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.described: list[Described] = []
        self._models: set[str] = set()
        ProcessCollector(registry=self.registry)
        self._define_rows()
        self._define_steps()
        self._define_process()

    def step_finished(self, report: StepReport) -> None:
        """Count one call of a step and its usage; count its duration only if the step was tried."""
        self.steps.labels(report.pipeline, report.step, report.outcome).inc()
        if report.attempts:
            self.step_seconds.labels(report.pipeline, report.step).observe(report.seconds)
        if report.maybe_paid_twice:
            self.maybe_paid_twice.labels(report.pipeline, report.step).inc(report.maybe_paid_twice)
        if report.budget:
            self.budget_refusals.labels(report.pipeline, report.budget).inc()
        for usage in report.usage:
            self._spent(usage)

    def row_finished(self, pipeline: str, outcome: str, seconds: float) -> None:
        """Count one ended run and the seconds that it occupied its slot.

        `outcome` is the action of the run's result, or `lost` or `cancelled` if the run was taken
        away, or `waiting` if its row waits for other rows.
        """
        _child(self.finished_rows, pipeline, outcome).inc()
        _child(self.attempt_seconds, pipeline).observe(seconds)

    def row_set_aside(self, pipeline: str, sqlstate: str | None) -> None:
        """Count one row that the database refused to claim or to finish."""
        _child(self.rows_set_aside, pipeline, (sqlstate or "XX")[:2]).inc()

    def troubles(self, found: Sequence[JsonObject]) -> None:
        """Show which pipelines and how many rows are set aside, as a heartbeat's answer says."""
        self.set_aside.clear()
        self.pipeline_broken.clear()
        for trouble in found:
            pipeline, sqlstate = str(trouble["pipeline"]), str(trouble["sqlstate"])
            if trouble["broken"]:
                self.pipeline_broken.labels(pipeline, sqlstate[:2]).set(1)
            else:
                self.set_aside.labels(pipeline, sqlstate[:2]).inc(_number(trouble["rows"]))

    def rows_claimed(self, count: int) -> None:
        """Count one answered claim or sweep, and the rows that it brought, perhaps none."""
        self.claims.inc()
        self.claimed_rows.inc(count)

    def row_picked_up(self, woken_by: str, late_seconds: float) -> None:
        """Note how many seconds after its due time a row was claimed, and what caused the claim."""
        _child(self.pickup_seconds, woken_by).observe(max(0.0, late_seconds))

    def render(self) -> bytes:
        """Return all metrics in Prometheus' text format."""
        return generate_latest(self.registry)

    def watch_heartbeat(self, age: Callable[[], float]) -> None:
        """Call `age` each time the metrics are read; it returns the heartbeat's age in seconds."""
        self.heartbeat_age.set_function(age)

    def _spent(self, usage: Usage) -> None:
        model = self._model(usage.model)
        for direction, tokens in (("input", usage.input_tokens), ("output", usage.output_tokens)):
            if tokens:
                self.tokens.labels(model, direction).inc(tokens)
        if usage.audio_seconds:
            self.audio_seconds.labels(model).inc(usage.audio_seconds)
        if usage.cost_usd:
            self.cost_usd.labels(model).inc(usage.cost_usd)

    def _model(self, name: str) -> str:
        """Return the name, or `other`: a service may answer with ever new names of models."""
        if len(self._models) < _MOST_MODELS:
            self._models.add(name)
        return name if name in self._models else "other"

    def _define_rows(self) -> None:
        self.claims = self._counter("liverows_claims", "Claims made, empty ones included")
        self.claimed_rows = self._counter("liverows_claimed_rows", "Rows claimed")
        self.finished_rows = self._counter(
            "liverows_finished_rows", "Runs that ended", "pipeline", "outcome"
        )
        self.attempt_seconds = self._histogram(
            "liverows_attempt_seconds",
            "From the start in a slot to the run's end",
            _ATTEMPT_SECONDS,
            "pipeline",
        )
        self.pickup_seconds = self._histogram(
            "liverows_pickup_seconds", "From due to claimed", _PICKUP_SECONDS, "woken_by"
        )
        self.stale_writes_refused = self._counter(
            "liverows_stale_writes_refused", "Writes that the fence refused"
        )

        self.rows_set_aside = self._counter(
            "liverows_rows_set_aside",
            "Rows that the database refused to claim or finish, by class of SQLSTATE",
            "pipeline",
            "class",
        )
        self.set_aside = self._gauge(
            "liverows_set_aside", "Rows that are set aside now", "pipeline", "class"
        )
        self.pipeline_broken = self._gauge(
            "liverows_pipeline_broken",
            "1 for a pipeline that no longer fits its table",
            "pipeline",
            "class",
        )

    def _define_steps(self) -> None:
        self.steps = self._counter(
            "liverows_steps", "Calls of steps", "pipeline", "step", "outcome"
        )
        self.step_seconds = self._histogram(
            "liverows_step_seconds",
            "Calls that ran, waits included",
            _ATTEMPT_SECONDS,
            "pipeline",
            "step",
        )
        self.maybe_paid_twice = self._counter(
            "liverows_maybe_paid_twice",
            "Paid calls made again because no answer to the first is known",
            "pipeline",
            "step",
        )
        self.budget_refusals = self._counter(
            "liverows_budget_refusals",
            "Steps that stopped before a paid call because a budget has too little left",
            "pipeline",
            "measure",
        )
        self.tokens = self._counter("liverows_tokens", "Tokens paid for", "model", "direction")
        self.audio_seconds = self._counter("liverows_audio_seconds", "Audio transcribed", "model")
        self.cost_usd = self._counter("liverows_cost_usd", "Cost where a price is known", "model")

    def _define_process(self) -> None:
        self.heartbeat_age = self._gauge(
            "liverows_heartbeat_age_seconds", "Since the last heartbeat"
        )
        self.free_slots = self._gauge("liverows_free_slots", "Rows that could start now")
        self.doorbell_working = self._gauge(
            "liverows_doorbell_working", "1 if it heard its own ping lately", "doorbell"
        )
        self.webhooks = self._counter(
            "liverows_webhooks", "Messages about rows: sent or dropped", "outcome"
        )
        self.loop_lag = self._gauge("liverows_loop_lag_seconds", "How late the event loop runs")

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        self.described.append(Described(f"{name}_total", "counter", text, labels))
        return Counter(name, text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        self.described.append(Described(name, "gauge", text, labels))
        return Gauge(name, text, labels, registry=self.registry)

    def _histogram(
        self, name: str, text: str, buckets: tuple[float, ...], *labels: str
    ) -> Histogram:
        self.described.append(Described(name, "histogram", text, labels))
        return Histogram(name, text, labels, buckets=buckets, registry=self.registry)
