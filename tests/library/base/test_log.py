"""No secret reaches a log line, whoever wrote it and in whatever shape."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
from collections.abc import Iterator
from threading import Thread
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
import structlog
from pydantic import SecretStr

from liverows.base.log import (
    TALKATIVE_LIBRARIES,
    Redactor,
    configure_logging,
    mask_secrets,
    secrets_of,
)
from liverows.base.logger import name_row
from liverows.base.settings import EnvSettings, Settings

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZSJ9.c2lnbmF0dXJl"
DSN = "postgresql://postgres.ref:p%40ss:w0rd@db.example:5432/postgres"


def settings(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Leave the process's logging as it was."""
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in TALKATIVE_LIBRARIES}
    handlers, level, config = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, old in levels.items():
        logging.getLogger(name).setLevel(old)
    structlog.configure(**config)


class Tokens(EnvSettings):
    """Settings of an application."""

    token: SecretStr


class Lines(io.StringIO):
    def last(self) -> dict[str, Any]:
        line: dict[str, Any] = json.loads(self.getvalue().splitlines()[-1])
        return line


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def lines() -> Lines:
    stream = Lines()
    configure_logging(settings(supabase_secret_key=SecretStr("very-secret-value")), stream)
    return stream


@pytest.mark.parametrize(
    ("text", "secret", "kept"),
    [
        (f"connecting to {DSN}", "w0rd", "db.example:5432/postgres"),
        ("postgres://u:a@b@host/db failed", "a@b", "host/db failed"),
        ("host=db password='se cret' user=me", "se cret", "user=me"),
        ("host=db password=hunter2 user=me", "hunter2", "user=me"),
        ("GET https://a.example/p?token=abc&x=1 200", "abc", "https://a.example/p"),
        ("wss://a.example/realtime?apikey=abc", "abc", "wss://a.example/realtime"),
        ("https://a.example/p#access_token=abc", "abc", "https://a.example/p"),
        ("https://tok3n@github.com/x", "tok3n", "github.com/x"),
        ("key sb_secret_abc-DEF_123 refused", "abc-DEF", "refused"),
        (f"jwt {JWT} refused", "eyJ", "refused"),
        ("key sk-proj-abcdefghijklmnop refused", "abcdefgh", "refused"),
        ("token ghp_abcdefghijklmnop123", "abcdefgh", "token"),
        ("Authorization: Bearer abc.def-ghi", "abc.def", "Authorization"),
        ("{'authorization': 'Token abcdef'}", "abcdef", "authorization"),
        ("{'Authorization': 'Basic dXNlcjpwYXNz'}", "dXNlcjpwYXNz", "Authorization"),
        ("apikey=abcdef, x", "abcdef", "x"),
        ("bearer abcdefghi", "abcdefghi", "bearer"),
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str, secret: str, kept: str) -> None:
    masked = Redactor().text(text)
    assert secret not in masked
    assert kept in masked


@pytest.mark.parametrize(
    "text",
    [
        "claimed 3 rows in 4 ms",
        "task-something-rather-long finished",
        "https://medium.com/@someone/a-post",
        "public.job_positions 2026-01-01T00:00:00Z",
        "the password was wrong",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert Redactor().text(text) == text


def test_settings_are_masked_wherever_they_appear() -> None:
    secrets = secrets_of(
        settings(supabase_db_url=SecretStr(DSN), supabase_secret_key=SecretStr("plain-looking"))
    )
    masked = Redactor(secrets).text("auth failed for p@ss:w0rd, p%40ss:w0rd and plain-looking")
    assert masked == "auth failed for ***, *** and ***"


@pytest.mark.parametrize(
    "secret",
    [
        "quo\"te's-and-more",
        "back\\slash\\n-ends\\",
        "schlüssel-€-🔑",
        "a b/c+d&e=f;g",
        "two\nlines",
    ],
)
def test_a_secret_is_masked_in_every_spelling(secret: str) -> None:
    redactor = Redactor([secret])
    in_json = json.dumps({"of": secret})
    spellings = [
        secret, quote(secret), quote(secret, safe=""), quote(secret, safe="!$&'()*+,;=:@").lower(),
        quote_plus(secret), quote(quote(secret, safe=""), safe=""), repr(secret)[1:-1],
        repr(secret.encode())[2:-1], in_json[8:-2], json.dumps(in_json)[12:-4],
        json.dumps(secret, ensure_ascii=False)[1:-1],
    ]  # fmt: skip
    assert [redactor.text(f"<{one}>") for one in spellings] == ["<***>"] * len(spellings)


def test_secrets_of_an_application_are_masked_from_then_on(lines: Lines) -> None:
    log = structlog.get_logger("test")
    log.info("before", said="a-plain-looking-token")
    mask_secrets(Tokens(token=SecretStr("a-plain-looking-token")))
    log.info("after", said="a-plain-looking-token")
    assert lines.last()["said"] == "***"


def test_a_setting_as_short_as_a_word_masks_no_words() -> None:
    assert Redactor(["", "row"]).text("row claimed") == "row claimed"


def test_the_password_of_a_local_stack_leaves_the_name_of_the_role() -> None:
    local = settings(supabase_db_url=SecretStr("postgresql://postgres:postgres@127.0.0.1/postgres"))
    assert Redactor(secrets_of(local)).text("connect as postgres") == "connect as postgres"


def test_nested_values_and_telling_keys_are_masked() -> None:
    line = {
        "event": "x",
        "headers": {"Authorization": "abc", "Accept": "json", "list": [JWT, 1]},
        "api_key": 'k"',
        "url": "/relative?token=abc",
        "input_tokens": 12,
        "error": ValueError(f"bad {JWT}"),
        "supabase_secret_key": SecretStr("abc"),
    }
    masked = Redactor()(None, "info", line)
    assert masked == {
        "event": "x",
        "headers": {"Authorization": "***", "Accept": "json", "list": ["***", 1]},
        "api_key": "***",
        "url": "/relative",
        "input_tokens": 12,
        "error": "bad ***",
        "supabase_secret_key": "***",
    }


def test_a_line_is_an_event_word_with_values(lines: Lines) -> None:
    structlog.get_logger("worker.test").info("row_claimed", rows=3, key="very-secret-value")
    line = lines.last()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "row_claimed",
        "rows": 3,
        "key": "***",
        "level": "info",
        "logger": "worker.test",
    }


def test_a_traceback_is_masked_too(lines: Lines) -> None:
    try:
        raise ValueError(f"refused {JWT} and very-secret-value")
    except ValueError:
        structlog.get_logger().exception("attempt_failed")
    assert "ValueError: refused *** and ***" in lines.last()["exception"]
    assert "eyJ" not in lines.getvalue()


def test_other_libraries_are_masked_too(lines: Lines) -> None:
    logging.getLogger("some.library").warning("sent %s", JWT)
    assert lines.last()["event"] == "sent ***"


def test_libraries_that_log_urls_with_keys_are_quiet(lines: Lines) -> None:
    for name in ("httpx", "httpx2", "openai", "realtime", "websockets.client", "hpack"):
        logging.getLogger(name).info("GET https://a.example")
    assert lines.getvalue() == ""


def test_a_quieter_level_stays_quiet_for_libraries(lines: Lines) -> None:
    configure_logging(settings(log_level="error"), lines)
    logging.getLogger("httpx").warning("x")
    structlog.get_logger().warning("x")
    assert lines.getvalue() == ""


def test_a_terminal_gets_readable_lines_that_are_masked() -> None:
    stream = Terminal()
    configure_logging(settings(), stream)
    try:
        raise ValueError(f"refused {JWT}")
    except ValueError:
        structlog.get_logger().exception("attempt_failed", url="https://a.example?x=1")
    assert "attempt_failed" in stream.getvalue()
    assert "eyJ" not in stream.getvalue()
    assert "x=1" not in stream.getvalue()


def test_a_key_that_a_user_chose_does_not_change_the_terminal() -> None:
    stream = Terminal()
    configure_logging(settings(), stream)
    structlog.get_logger().warning("row_locked", row="a\x1b[2Jb", rows=["\x9b2J"])
    assert "a\N{REPLACEMENT CHARACTER}[2Jb" in stream.getvalue()
    assert "\x1b[2J" not in stream.getvalue()
    assert "\x9b" not in stream.getvalue()


def test_a_message_of_a_library_begins_no_line_of_its_own() -> None:
    stream = Terminal()
    configure_logging(settings(), stream)
    logging.getLogger("library").warning("no such page: %s", "x\n2026-12-01 [info] paid\rgone")
    assert len(stream.getvalue().splitlines()) == 1


async def test_the_row_stands_in_every_line_of_its_tasks(lines: Lines) -> None:
    async def work() -> None:
        structlog.get_logger().info("inside")

    async def run() -> None:
        name_row("public.things", "7", 2)
        async with asyncio.TaskGroup() as group:
            group.create_task(work())

    await asyncio.create_task(run())
    line = lines.last()
    assert (line["table"], line["row"], line["run"]) == ("public.things", "7", 2)
    await work()
    assert "row" not in lines.last()


async def test_a_line_about_another_row_keeps_what_it_says(lines: Lines) -> None:
    name_row("public.things", "7", 2)
    structlog.get_logger().info("beside", row="8")
    assert (lines.last()["row"], lines.last()["run"]) == ("8", 2)


async def test_lines_of_other_libraries_name_the_row_too(lines: Lines) -> None:
    name_row("public.things", "7", 2)
    logging.getLogger("a_library").warning("x")
    assert lines.last()["row"] == "7"


def test_a_log_that_nobody_reads_stops_no_work() -> None:
    reads, writes = os.pipe()
    with open(reads, "rb", buffering=0) as reader, open(writes, "w") as pipe:
        configure_logging(settings(log_format="json"), pipe)
        working = Thread(target=_say_much, args=(300,), daemon=True)
        working.start()
        working.join(20)
        stood_still = working.is_alive()
        reader.read(2**20)
        structlog.get_logger().info("read_again")
        lines = reader.read(2**20).decode().splitlines()
    assert not stood_still
    assert json.loads(lines[-2])["event"] == "log_lines_dropped"
    assert json.loads(lines[-2])["count"] > 100
    assert json.loads(lines[-1])["event"] == "read_again"


def _say_much(lines: int) -> None:
    for _ in range(lines):
        structlog.get_logger().info("much", text="x" * 1500)


class Broken(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError


class Unspeakable:
    def __str__(self) -> str:
        raise ValueError(JWT)


def test_a_line_that_cannot_be_written_shows_its_secrets_nowhere(
    lines: Lines, capsys: pytest.CaptureFixture[str]
) -> None:
    structlog.get_logger("a_module").warning("odd", url=DSN, value=Unspeakable())
    assert lines.getvalue() == "a log line was lost: ValueError in a_module\n"
    configure_logging(settings(), Broken())
    structlog.get_logger().warning("broken", url=DSN)
    logging.getLogger("a_library").warning("connects to %s", DSN)
    assert capsys.readouterr().err == ""
