"""Parsers of the library: stored JSON, the contract's answers, doorbells, settings, the console."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from dataclasses import replace
from tempfile import NamedTemporaryFile
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs

import httpx
import typer
from pydantic import SecretStr
from realtime import AsyncRealtimeClient
from starlette.requests import Request

from liverows.base.errors import InvalidInput, SetupError, Transient
from liverows.base.json_values import decoded, read_stored, storable_json
from liverows.base.log import Redactor
from liverows.base.prices import load_prices
from liverows.base.settings import Settings, read_settings
from liverows.cli.alerts import _read_setting
from liverows.cli.filters import moment, span
from liverows.console import sign_in
from liverows.console.filters import filter_of
from liverows.console.guard import form_of
from liverows.database.answers import read_claimed
from liverows.database.data_api import _has_code, _is_whole
from liverows.database.messages import StoredCheckpoint
from liverows.doorbells.doorbell import DoorbellTimings, Echo
from liverows.doorbells.notify import NotifyDoorbell
from liverows.doorbells.realtime import RealtimeTimings, WatchedTable, _Link, _reason
from liverows.recipe.step import Step
from liverows.running.receiver import NotDelivered, _seconds, host_of, keys_of
from tests.fuzz.parser import Parser, of_json, of_text, of_value
from tests.library.engine.test_answers import CLAIM
from worker.companies.pipeline import pipeline as companies
from worker.interviews.pipeline import pipeline as interviews
from worker.positions.pipeline import pipeline as positions

DATABASE = "liverows.database."
POSTED = {
    "raw_job_description": "We look for a baker.",
    "job_url": "https://acme.example/jobs/1",
    "quick_look": {"job_title": "Baker"},
    "type": "MOCK_ANALYSE",
    "company_name": "Acme",
    "role": None,
    "interview_transcript_given": [{"speaker": 0, "sentence": "Why?"}],
    "user_id": "u",
    "id": "7",
}
SIGNED_IN = {
    "access_token": "t",
    "user": {
        "email": "a@b.example",
        "factors": None,
        "app_metadata": {"role": "operator", "roles": ["operator"]},
    },
}
PRICES = 'as_of = 2026-11-01\n[models."m"]\ninput_per_million = 1.5\noutput_per_million = 2\n'
QUERY = "status=failed&pipeline=greet&since=24h&until=2026-11-30T14:00&older=1h&after=a"


def as_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def claimed(value: Any) -> object:
    told = read_claimed(value, "sweep")
    return [job.readable() for job in told.jobs]


def inputs_read(value: Any) -> object:
    wrong = []
    for pipeline in (positions, interviews, companies):
        try:
            pipeline._validated(value if isinstance(value, dict) else {})
        except InvalidInput as error:
            wrong.append(error)
    return wrong


def prices(text: str) -> object:
    with NamedTemporaryFile(suffix=".toml") as file:
        file.write(as_bytes(text))
        file.flush()
        return load_prices(file.name)


def settings(text: str) -> object:
    """Every setting with the same text, as an operator may write it into `.env`."""
    clean = "".join(text.encode("utf-8", "replace").decode().replace("\x00", "").splitlines())
    wrong: list[str] = []
    for name in ("LIVEROWS_WEBHOOK_EVENTS", "LIVEROWS_TRACE_HOSTS", "HEALTH_PORT", "SUPABASE_URL"):
        with NamedTemporaryFile("w", suffix=".env", encoding="utf-8") as file:
            file.write(f"{name}={clean}\n")
            file.flush()
            try:
                read_settings(Settings, file.name)
            except SetupError as error:
                wrong.append(error.message)
    return wrong


def form(text: str) -> object:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": as_bytes(text), "more_body": False}

    return asyncio.run(form_of(Request({"type": "http", "method": "POST", "headers": []}, receive)))


def filtered(text: str) -> object:
    return filter_of(parse_qs(text)).argument()


def operator(text: str) -> object:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=as_bytes(text)))
    made: Callable[..., httpx.AsyncClient] = httpx.AsyncClient
    with patch.object(httpx, "AsyncClient", lambda **given: made(transport=transport, **given)):
        signing = sign_in.SupabaseSignIn("https://x.example", SecretStr("k"), {"operator"})
        return asyncio.run(signing.operator("a@b.example", "password"))


async def _unsent(_: str) -> None:
    """Send no ping: only what is heard matters here."""


def realtime(value: Any) -> object:
    async def hear() -> list[str]:
        rung: list[str] = []
        client = AsyncRealtimeClient("wss://x.example/realtime/v1", token="k", auto_reconnect=False)
        tables = (WatchedTable("public", "things", "id"),)
        for watched in ((), tables):
            link = _Link(client, rung.append, _unsent, watched, RealtimeTimings(), lambda _: None)
            for callback in (link._on_ping, link._on_stop, link._on_system):
                link._guarded(callback)(value)
        return rung

    return asyncio.run(hear())


def notified(text: str) -> object:
    rung: list[str] = []
    doorbell = NotifyDoorbell(SecretStr("postgresql://x"), _unsent)
    hear = doorbell._ears(rung.append, Echo("notify", _unsent, DoorbellTimings()))
    hear(None, 1, "processing", text)
    return rung


async def _step(text: str) -> dict[str, list[float]]:
    return {text: [1.0]}


STEP: Step[Any, Any] = Step("a", _step)


def option(text: str) -> object:
    told: list[object] = []
    for read in (moment, span):
        try:
            told.append(read(text, "--since"))
        except typer.BadParameter as error:
            told.append(error)
    return told


def of_own_file(parser: Parser) -> Parser:
    """A parser of an operator's own file, whose costs are the operator's too.

    `tomllib` and `dotenv` need a time quadratic in keys with dots, and in spaces.
    """
    return replace(parser, growing={})


PARSERS: tuple[Parser, ...] = (
    of_json(
        "stored column",
        read_stored,
        POSTED,
        reads=("liverows.base.json_values:read_stored",),
        raises=(ValueError,),
    ),
    of_json(
        "stored column with lone surrogates",
        read_stored,
        {"a": "\ud800"},
        reads=("liverows.base.json_values:_read_slowly",),
        raises=(ValueError,),
    ),
    of_json(
        "answer of a transport",
        decoded,
        POSTED,
        reads=("liverows.base.json_values:decoded",),
        raises=(ValueError, RecursionError),
    ),
    of_json(
        "result of a step",
        storable_json,
        POSTED,
        reads=("liverows.base.json_values:storable_json",),
        raises=(ValueError, RecursionError),
    ),
    of_value(
        "stored result of a step",
        STEP.load,
        {"a": [1.0]},
        reads=("liverows.recipe.step:Step.load",),
        raises=(ValueError,),
    ),
    of_value(
        "claim",
        claimed,
        CLAIM,
        reads=(
            f"{DATABASE}answers:checked",
            f"{DATABASE}messages:ClaimedJob.readable",
            f"{DATABASE}messages:StoredCheckpoint.read",
        ),
    ),
    of_json(
        "checkpoint",
        lambda text: StoredCheckpoint.read(
            {"step": "s", "version": "1", "input_hash": "h", "output": text}
        ),
        POSTED,
        reads=(f"{DATABASE}messages:StoredCheckpoint.read",),
        raises=(),
    ),
    of_json(
        "error of the Data API",
        lambda text: _has_code(httpx.Response(500, content=as_bytes(text))),
        {"code": "PGRST301", "message": "x"},
        reads=(f"{DATABASE}data_api:_has_code",),
        raises=(),
    ),
    of_json(
        "answer of the Data API",
        lambda text: _is_whole(as_bytes(text)),
        POSTED,
        reads=(f"{DATABASE}data_api:_is_whole",),
        raises=(),
    ),
    of_value(
        "inputs of a row",
        inputs_read,
        POSTED,
        reads=("liverows.recipe.pipeline:Pipeline._validated",),
        raises=(),
    ),
    of_value(
        "frame of Realtime",
        realtime,
        {"payload": {"nonce": "a", "worker": "w"}, "event": "ping"},
        reads=(),
        raises=(),
    ),
    of_json(
        "refusal of Realtime",
        lambda text: _reason(Exception(text)),
        {"reason": "Unauthorized"},
        reads=("liverows.doorbells.realtime:_reason",),
        raises=(),
    ),
    of_text(
        "notification",
        notified,
        "ping:abc",
        "stop:worker",
        "schedules",
        "ring",
        reads=(),
        raises=(),
    ),
    of_own_file(
        of_text(
            "table of prices",
            prices,
            PRICES,
            reads=("liverows.base.prices:load_prices",),
            raises=(SetupError,),
        )
    ),
    of_own_file(
        of_text("settings", settings, "8080", "a,b", "https://x.example", reads=(), raises=())
    ),
    of_text(
        "secret of a webhook",
        keys_of,
        "whsec_" + base64.b64encode(bytes(32)).decode(),
        reads=("liverows.running.receiver:keys_of",),
        raises=(SetupError,),
    ),
    of_text(
        "address of a webhook",
        host_of,
        "https://x.example:8443/a",
        "http://[::1]/",
        reads=(),
        raises=(SetupError,),
    ),
    of_text(
        "Retry-After of a webhook",
        _seconds,
        "30",
        "Mon, 30 Nov 2026 10:00:00 GMT",
        reads=(),
        raises=(NotDelivered,),
    ),
    of_text(
        "form of the console",
        form,
        QUERY,
        "csrf=%F0%9F%92%A9&a=%ff",
        reads=("liverows.console.guard:form_of",),
        raises=(),
        pieces=("&a=b", "%41", "&", "="),
    ),
    of_text(
        "address of the console's list",
        filtered,
        QUERY,
        reads=(),
        raises=(InvalidInput, ValueError),
        pieces=("&status=failed", "&a=b", "%41"),
    ),
    of_json(
        "answer of the project's Auth",
        operator,
        SIGNED_IN,
        reads=("liverows.console.sign_in:SupabaseSignIn.operator",),
        raises=(Transient,),
    ),
    of_text(
        "setting of an alert",
        _read_setting,
        "rows=20",
        'name=["a"]',
        reads=("liverows.cli.alerts:_read_setting",),
        raises=(InvalidInput,),
    ),
    of_text(
        "time of a command", option, "2h", "2026-11-30T14:00+01:00", "1.5d", reads=(), raises=()
    ),
    of_text(
        "words of a log",
        Redactor().text,
        "password='x' postgresql://u:p@h/d Bearer abc.def.ghi",
        reads=(),
        raises=(),
        pieces=("a:b@", "://", "eyJ"),
    ),
)
