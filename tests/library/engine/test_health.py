"""A worker that would not notice a new row says so, over real HTTP."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import httpx
import pytest

from liverows.base.errors import DatabaseTrouble, SetupError
from liverows.base.usage import Usage
from liverows.recipe.environment import StepReport
from liverows.running.health import HealthState, health_app, serving
from liverows.running.metrics import Metrics
from tests.support.clock import ManualClock

HOST = "127.0.0.1"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def state() -> HealthState:
    """The state of a healthy worker."""
    return HealthState(
        claim_finished=0,
        sweep_finished=0,
        heartbeat_answered=0,
        loop_ticked=0,
        database_reachable=True,
        doorbells={"notify": True, "realtime": False},
    )


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
async def http(
    state: HealthState, metrics: Metrics, clock: ManualClock
) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        serving(health_app(state, metrics, clock), HOST, 0) as port,
        httpx.AsyncClient(base_url=f"http://{HOST}:{port}", trust_env=False) as client,
    ):
        yield client


async def test_a_left_out_pipeline_is_named_and_the_others_are_ready(
    state: HealthState, http: httpx.AsyncClient
) -> None:
    state.left_out["praise"] = SetupError("needs columns", cure="attach them")
    answer = await http.get("/readyz")
    (problem,) = answer.json()["problems"]
    assert (answer.status_code, answer.json()["ready"]) == (200, True)
    assert (problem["code"], problem["pipeline"]) == ("pipeline_left_out", "praise")
    state.runs_nothing = True
    answer = await http.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (503, False)


async def codes(http: httpx.AsyncClient) -> list[str]:
    answer = await http.get("/readyz")
    problems = [problem["code"] for problem in answer.json()["problems"]]
    assert answer.status_code == (503 if problems else 200)
    assert answer.json()["ready"] is not bool(problems)
    return problems


async def test_a_worker_in_which_all_is_well_is_ready(http: httpx.AsyncClient) -> None:
    assert await codes(http) == []
    assert (await http.get("/readyz")).json()["doorbells"] == {"notify": True, "realtime": False}


Change = Callable[[HealthState], None]


def _drain(state: HealthState) -> None:
    state.draining = True


def _lose_database(state: HealthState) -> None:
    state.database_reachable = False


def _stick(state: HealthState) -> None:
    state.claim_finished = -91


def _miss_beats(state: HealthState) -> None:
    state.heartbeat_answered = -16


def _go_deaf(state: HealthState) -> None:
    state.doorbells = {"notify": False, "realtime": False}
    state.sweep_finished = -91


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (_drain, "draining", "the worker is shutting down"),
        (_lose_database, "database_unreachable", "the database did not answer"),
        (_stick, "claim_stuck", "last asked the database for rows 91 s ago, so new rows wait"),
        (_miss_beats, "heartbeat_late", "last sign of life reached the database 16 s ago"),
        (_go_deaf, "deaf", "no doorbell works and the worker last looked through its tables 91 s"),
    ],
)
async def test_each_reason_to_wait_in_vain_is_named_in_plain_words(
    http: httpx.AsyncClient, state: HealthState, change: Change, code: str, words: str
) -> None:
    change(state)
    assert await codes(http) == [code]
    (problem,) = (await http.get("/readyz")).json()["problems"]
    assert words in problem["message"]


async def test_one_working_way_to_hear_of_rows_is_enough(
    http: httpx.AsyncClient, state: HealthState
) -> None:
    state.doorbells = {"notify": False}
    assert await codes(http) == []
    state.doorbells, state.sweep_finished = {"realtime": True}, None
    assert await codes(http) == []


async def test_a_starting_worker_is_alive_and_not_ready(
    http: httpx.AsyncClient, state: HealthState
) -> None:
    fresh = HealthState()
    for name in HealthState.__slots__:
        setattr(state, name, getattr(fresh, name))
    assert (await http.get("/healthz")).status_code == 200
    assert await codes(http) == ["database_unreachable", "claim_stuck", "heartbeat_late", "deaf"]


async def test_time_alone_makes_signs_of_life_too_old(
    http: httpx.AsyncClient, clock: ManualClock
) -> None:
    await clock.advance(15)
    assert await codes(http) == []
    await clock.advance(1)
    assert await codes(http) == ["heartbeat_late"]


async def test_an_event_loop_that_nobody_watches_is_not_alive(
    http: httpx.AsyncClient, clock: ManualClock
) -> None:
    assert (await http.get("/healthz")).json() == {"alive": True}
    await clock.advance(11)
    assert (await http.get("/healthz")).status_code == 503


async def test_a_worker_that_no_database_answers_for_long_asks_to_be_restarted(
    http: httpx.AsyncClient, state: HealthState
) -> None:
    state.reachability.answered_at = -890
    assert (await http.get("/healthz")).status_code == 200
    state.reachability.answered_at = -901
    found = await http.get("/healthz")
    assert found.status_code == 503
    assert found.json() == {"alive": False, "reasons": ["database_unreachable"]}


async def test_the_trouble_with_the_database_is_named_with_its_cure(
    http: httpx.AsyncClient, state: HealthState
) -> None:
    state.database_reachable = False
    state.reachability.failed(DatabaseTrouble("max clients reached", cure="raise pool_size"))
    (problem,) = (await http.get("/readyz")).json()["problems"]
    assert problem["code"] == "database_unreachable"
    assert problem["message"] == "max clients reached; raise pool_size"


async def test_metrics_are_read_by_prometheus(http: httpx.AsyncClient, metrics: Metrics) -> None:
    usage = Usage("small", input_tokens=10, output_tokens=2, cost_usd=0.5)
    report = StepReport("research", "ask", "ran", attempts=2, seconds=1.5, usage=(usage,))
    metrics.step_finished(report)
    metrics.step_finished(replace(report, outcome="reused", attempts=0, usage=()))
    metrics.rows_claimed(3)
    metrics.row_finished("research", "completed", 2.0)
    metrics.row_picked_up("notify", 0.004)
    metrics.watch_heartbeat(lambda: 4.5)
    answer = await http.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    for line in (
        "liverows_claims_total 1.0",
        "liverows_claimed_rows_total 3.0",
        'liverows_finished_rows_total{outcome="completed",pipeline="research"} 1.0',
        'liverows_pickup_seconds_bucket{le="0.005",woken_by="notify"} 1.0',
        'liverows_steps_total{outcome="ran",pipeline="research",step="ask"} 1.0',
        'liverows_steps_total{outcome="reused",pipeline="research",step="ask"} 1.0',
        'liverows_step_seconds_count{pipeline="research",step="ask"} 1.0',
        'liverows_tokens_total{direction="input",model="small"} 10.0',
        'liverows_cost_usd_total{model="small"} 0.5',
        "liverows_heartbeat_age_seconds 4.5",
        "process_resident_memory_bytes",
    ):
        assert line in answer.text


def test_two_workers_in_one_process_count_apart(metrics: Metrics) -> None:
    metrics.rows_claimed(1)
    assert b"liverows_claims_total 0.0" in Metrics().render()


async def test_signals_stay_with_the_runner(http: httpx.AsyncClient) -> None:
    assert (await http.get("/healthz")).status_code == 200
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


async def test_a_taken_address_is_a_clear_error(
    state: HealthState, metrics: Metrics, clock: ManualClock
) -> None:
    app = health_app(state, metrics, clock)
    async with serving(app, HOST, 0) as port:
        with pytest.raises(SetupError, match=f"{HOST}:{port}") as caught:
            async with serving(app, HOST, port):
                pass
    assert "LIVEROWS_HEALTH_PORT" in caught.value.cure
