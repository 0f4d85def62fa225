"""A row's life is one trace, from the request that queued it until its result is written."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from liverows import (
    Context,
    InvalidInput,
    Retry,
    Step,
    Transient,
    model_call,
    record_usage,
    trace_headers,
    traceparent,
)
from liverows.base.clock import SystemClock
from liverows.base.errors import SetupError
from liverows.base.logger import names_of_line
from liverows.base.otel import opened_tracing
from liverows.base.settings import Settings, load_settings
from liverows.base.tracing import span, tracer
from liverows.running.process import run_worker
from liverows.running.traces import RowTraces
from tests.support.databases import Database
from tests.support.doorbells import until
from tests.support.otlp import Receiver, Seen, otlp_receiver
from tests.support.runners import Said, Thing, plain_things, working
from tests.support.things import Things

SENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
TRACE, PARENT = SENT.split("-")[1:3]
EARLIER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
PROMPT = "the whole text of a page"
QUICKLY = Retry(attempts=2, first_wait=0.001)


@pytest.fixture
async def receiver(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Receiver]:
    async with otlp_receiver() as receiver:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url)
        monkeypatch.setenv("OTEL_SERVICE_NAME", "desk-worker")
        yield receiver


@pytest.fixture
def things(database: Database) -> Things:
    return plain_things(database, max_attempts=1)


@asynccontextmanager
async def traced_work(
    things: Things, recipe: Any, *steps: Step[Any, Any], hosts: tuple[str, ...] = ()
) -> AsyncIterator[None]:
    """A worker with tracing on while the block runs; then everything is sent."""
    settings = Settings(trace_hosts=hosts, _env_file=None)
    async with opened_tracing(settings, None):
        traces = RowTraces(SystemClock())
        async with working(things, recipe, steps=steps, lifecycle=traces):
            yield


def add_traced(things: Things, sent: str = SENT, **columns: Any) -> str:
    """A row whose writer sends a traceparent."""
    names, values = ", ".join(columns), ", ".join(f"%({name})s" for name in columns)
    (row,) = things.run(
        "with sent as (select set_config('liverows.traceparent', %(sent)s, false))"
        f" insert into public.things ({names}) select {values} from sent returning id::text",
        {"sent": sent, **columns},
    )
    return str(row["id"])


class Flaky:
    """A paid service of which the first call of each row fails."""

    def __init__(self) -> None:
        self.calls = 0
        self.headers: list[dict[str, str]] = []
        self.lines: list[dict[str, object]] = []

    async def ask(self, prompt: str) -> str:
        self.calls += 1
        with model_call("chat", "some.vendor", "model-9"):
            self.lines.append(names_of_line())
            self.headers += [trace_headers(f"https://{host}/") for host in ("Ours.test", "x.test")]
            if self.calls == 1:
                raise Transient(f"the server said: {prompt}", code="overloaded")
            record_usage("model-9-2026", input_tokens=70, output_tokens=8, cost_usd=0.25)
        return prompt.upper()


def asking(service: Flaky) -> tuple[Step[Any, Any], Any]:
    """A step that asks the service, and a recipe that runs it and shows something early."""
    step = Step("ask", service.ask, stage="Asking", retry=QUICKLY)

    async def recipe(context: Context[Any], thing: Thing) -> Said:
        await context.publish(said="soon")
        await context.run(step, str(thing.wants))
        return Said(said="done")

    return step, recipe


async def test_a_row_is_one_trace_from_its_request_to_its_result(
    things: Things, receiver: Receiver
) -> None:
    step, recipe = asking(Flaky())
    async with traced_work(things, recipe, step):
        key = add_traced(things, wants=PROMPT)
        await things.reach(key, "completed")
    assert {span.trace for span in receiver.spans} == {TRACE}
    assert list(receiver.tree(PARENT)) == [
        "row plain",
        "  wait",
        "  run",
        "    publish",
        "    step ask",
        "      chat model-9",
        "      chat model-9",
        "  complete",
    ]
    row = receiver.named("row plain")
    assert row.attributes == {
        "liverows.pipeline": "plain",
        "liverows.table": "public.things",
        "liverows.row": key,
        "liverows.run": 1,
        "liverows.attempt": 1,
        "liverows.outcome": "completed",
    }
    (history,) = things.run("select data from processing.events where kind = 'completed'")
    assert receiver.named("wait").attributes == {
        "liverows.woken_by": history["data"]["woken_by"],
        "liverows.late_seconds": pytest.approx(history["data"]["late_ms"] / 1000),
    }
    assert encloses(row, *receiver.spans)
    assert receiver.resource["service.name"] == "desk-worker"


async def test_a_model_call_follows_the_conventions_and_no_span_has_contents(
    things: Things, receiver: Receiver
) -> None:
    step, recipe = asking(Flaky())
    async with traced_work(things, recipe, step):
        await things.reach(add_traced(things, wants=PROMPT), "completed")
    failed, answered = receiver.below(receiver.named("step ask").id)
    asked = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "some.vendor",
        "gen_ai.request.model": "model-9",
    }
    assert failed.attributes == asked | {"error.type": "overloaded"}
    assert failed.error == "overloaded"
    assert answered.attributes == asked | {
        "gen_ai.response.model": "model-9-2026",
        "gen_ai.usage.input_tokens": 70,
        "gen_ai.usage.output_tokens": 8,
        "liverows.usage.cost_usd": 0.25,
    }
    step_span = receiver.named("step ask")
    assert [(name, about["error.type"]) for name, about in step_span.events] == [
        ("retry", "overloaded")
    ]
    assert step_span.attributes == {"liverows.step.outcome": "ran", "liverows.step.tries": 2}
    assert not any(PROMPT.encode() in raw or PROMPT.upper().encode() in raw for raw in receiver.raw)


async def test_lines_of_a_run_name_its_trace_and_only_named_hosts_learn_of_it(
    things: Things, receiver: Receiver
) -> None:
    service = Flaky()
    step, recipe = asking(service)
    async with traced_work(things, recipe, step, hosts=("ours.test",)):
        await things.reach(add_traced(things, wants=PROMPT), "completed")
    calls = receiver.below(receiver.named("step ask").id)
    assert [(line["trace_id"], line["span_id"]) for line in service.lines] == [
        (call.trace, call.id) for call in calls
    ]
    ours, others = service.headers[::2], service.headers[1::2]
    assert ours == [{"traceparent": f"00-{call.trace}-{call.id}-01"} for call in calls]
    assert others == [{}, {}]


async def test_a_row_that_nobody_traces_is_a_trace_of_its_own(
    things: Things, receiver: Receiver
) -> None:
    async with traced_work(things, lambda _context, _thing: said()):
        await things.reach(things.add_one(), "completed")
    assert receiver.named("row plain").parent == ""
    assert {span.trace for span in receiver.spans} == {receiver.named("row plain").trace}


async def said() -> Said:
    return Said(said="done")


async def test_a_row_that_is_queued_again_is_linked_to_what_came_before(
    things: Things, receiver: Receiver
) -> None:
    async with traced_work(things, lambda _context, _thing: said()):
        key = add_traced(things, EARLIER, wants="this")
        await things.reach(key, "completed")
        things.set_status(key, "pending")
        await things.reach(key, "completed")
    first, again = sorted(
        (span for span in receiver.spans if span.name == "row plain"), key=lambda s: s.start
    )
    assert first.trace == EARLIER.split("-")[1]
    assert again.trace != first.trace
    assert again.links == ["-".join(EARLIER.split("-")[1:3])]


async def test_a_failed_row_tells_the_code_and_not_the_message(
    things: Things, receiver: Receiver
) -> None:
    async def refuse(_context: Context[Any], _thing: Thing) -> Said:
        raise InvalidInput(f"refused: {PROMPT}", code="no_such_page")

    async with traced_work(things, refuse):
        await things.reach(add_traced(things, wants="this"), "failed")
    row = receiver.named("row plain")
    assert (row.error, row.attributes["liverows.outcome"]) == ("no_such_page", "failed")
    assert not any(PROMPT.encode() in raw for raw in receiver.raw)


async def test_a_row_that_is_cancelled_ends_its_spans(things: Things, receiver: Receiver) -> None:
    began = asyncio.Event()

    async def wait(_context: Context[Any], _thing: Thing) -> Said:
        began.set()
        await asyncio.Event().wait()
        return await said()

    async with traced_work(things, wait):
        key = add_traced(things, wants="this")
        await began.wait()
        things.set_status(key, "cancelled")
        await until(lambda: tracer() is not None and bool(names_gone(things)))
    assert receiver.named("row plain").attributes["liverows.outcome"] == "stopped"
    assert receiver.named("run").attributes["liverows.stopped"] is True


def names_gone(things: Things) -> bool:
    """Whether the worker has told that the stopped run has ended."""
    return not things.run("select from processing.stopping_leases")


async def test_without_an_endpoint_nothing_is_traced(things: Things) -> None:
    service = Flaky()
    step, recipe = asking(service)
    async with traced_work(things, recipe, step, hosts=("ours.test",)):
        assert tracer() is None
        assert traceparent() is None
        await things.reach(add_traced(things, wants=PROMPT), "completed")
    assert service.headers == [{}] * 4
    assert not any("trace_id" in line for line in service.lines)


@pytest.mark.parametrize(
    ("name", "value"), [("OTEL_SDK_DISABLED", "true"), ("OTEL_TRACES_EXPORTER", "none")]
)
@pytest.mark.usefixtures("receiver")
async def test_the_sdks_own_switches_hold(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    async with opened_tracing(Settings(_env_file=None), None):
        assert tracer() is None


@pytest.mark.usefixtures("receiver")
async def test_a_protocol_that_is_not_spoken_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
    with pytest.raises(SetupError, match="OTEL_EXPORTER_OTLP_PROTOCOL"):
        async with opened_tracing(Settings(_env_file=None), None):
            pass


@pytest.mark.usefixtures("receiver")
async def test_a_variable_that_the_sdk_cannot_use_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "1")
    with pytest.raises(SetupError, match="max_queue_size"):
        async with opened_tracing(Settings(_env_file=None), None):
            pass


@pytest.mark.usefixtures("receiver")
async def test_a_header_in_the_wrong_form_is_told_without_its_secret(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "Authorization: Bearer hush==")
    async with opened_tracing(Settings(_env_file=None), None):
        pass
    assert "OTEL_EXPORTER_OTLP_HEADERS" in caplog.text
    assert "hush" not in caplog.text


@pytest.mark.usefixtures("receiver")
async def test_a_missing_extra_is_told_and_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("liverows.base.otel.has_otel", lambda: False)
    with capture_logs() as lines:
        async with opened_tracing(Settings(_env_file=None), None):
            assert tracer() is None
    assert [line["cure"] for line in lines] == ["pip install 'liverows[otel]'"]


def test_a_collector_that_never_answers_keeps_no_process_from_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def trace_once() -> None:
        async with opened_tracing(Settings(_env_file=None), None):
            span("one").end()

    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
        monkeypatch.setattr("liverows.base.otel._FLUSH_SECONDS", 0.01)
        asyncio.run(trace_once())
        sending = [thread for thread in threading.enumerate() if thread.name == "closing-traces"]
        assert [thread.daemon for thread in sending] == [True]
        silent.accept()[0].close()


PACKAGE = """
from pydantic import BaseModel

from liverows import Pipeline


class Nothing(BaseModel):
    pass


class Said(BaseModel):
    said: str


pipeline = Pipeline("plain", inputs=Nothing, outputs=Said)


@pipeline
async def say(context, thing):
    return Said(said="done")
"""


async def test_a_worker_traces_as_its_env_file_says(
    things: Things, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "traced_pipelines"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "plain.py").write_text(PACKAGE)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    # What the file sets stays set in the process; the fixture takes it away at the end.
    for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_SERVICE_NAME"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    async with otlp_receiver() as receiver:
        (tmp_path / ".env").write_text(
            f"SUPABASE_DB_URL={things.database.dsn}\nLIVEROWS_HEALTH_PORT=0\n"
            f"OTEL_EXPORTER_OTLP_ENDPOINT={receiver.url}\n"
        )
        worker = asyncio.create_task(run_worker(load_settings(), ["traced_pipelines"]))
        key = add_traced(things, wants="this")
        await things.reach(key, "completed")
        os.kill(os.getpid(), signal.SIGTERM)
        await worker
        assert list(receiver.tree(PARENT)) == ["row plain", "  wait", "  run", "  complete"]
        assert receiver.resource["service.name"] == "liverows"


def encloses(outer: Seen, *others: Seen) -> bool:
    return all(outer.start <= span.start <= span.end <= outer.end for span in others)
