"""What is wrong with the way to the database, and not with a row, fails no row."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr

from liverows import Context, Step
from liverows.base.errors import DatabaseTrouble, Unreachable
from liverows.base.types import Json, JsonObject
from liverows.database.contract import Transport
from liverows.database.data_api import DataApi, Line
from liverows.database.login import Login, settle
from liverows.database.postgres_transport import PostgresTransport
from liverows.running.process import waited_for
from tests.support.databases import Database
from tests.support.doorbells import until
from tests.support.runners import Said, Thing, plain_things, working
from tests.support.things import Things

NAME = "localhost"


@pytest.fixture
def things(database: Database) -> Things:
    return plain_things(database, max_attempts=3)


@dataclass
class Held:
    """A recipe whose only step ends when it may; its checkpoint is the run's next call."""

    inside: asyncio.Event = field(default_factory=asyncio.Event)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)
    paid: bool = False
    calls: int = 0

    def __post_init__(self) -> None:
        self.step = Step("say", self._say, paid=self.paid)

    async def _say(self, thing: int) -> str:
        self.calls += 1
        self.inside.set()
        await self.may_end.wait()
        return f"said {thing}"

    async def __call__(self, context: Context[None], thing: Thing) -> Said:
        return Said(said=await context.run(self.step, thing.id))


class Front:
    """A server with TLS in front of Postgres, whose certificate can be replaced."""

    def __init__(self, database: Database, folder: Path) -> None:
        parts = urlsplit(database.dsn)
        self._target = parts.hostname, parts.port
        self._lines: set[asyncio.StreamWriter] = set()
        self._folder = folder
        self._login = parts.netloc.rpartition("@")[0]
        self._database = parts.path
        self.root = folder / "root.pem"
        self.renew(trusted=True)
        self.port = 0

    def renew(self, *, trusted: bool) -> None:
        """Use a new certificate from now on, which clients trust or do not trust."""
        certificate = _certificate()
        if trusted:
            self.root.write_bytes(certificate.split(b"-----BEGIN EC")[0])
        own = self._folder / "own.pem"
        own.write_bytes(certificate)
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(own)

    def cut(self) -> None:
        """Close every open connection."""
        for writer in self._lines:
            writer.close()

    @property
    def url(self) -> str:
        query = f"sslmode=verify-full&sslrootcert={quote(str(self.root))}"
        return f"postgresql://{self._login}@{NAME}:{self.port}{self._database}?{query}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client."""
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await reader.readexactly(8)  # the request for TLS
            writer.write(b"S")
            await writer.start_tls(self._tls)
            there, back = await asyncio.open_connection(*self._target)
            self._lines |= {writer, back}
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_pass_on(reader, back))
                tasks.create_task(_pass_on(there, writer))
        writer.close()


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(65536):
            target.write(data)
    target.close()


def _certificate() -> bytes:
    """A new key and a certificate that it has signed for `NAME`, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    return made.public_bytes(serialization.Encoding.PEM) + private


@asynccontextmanager
async def behind_tls(database: Database, folder: Path) -> AsyncIterator[Front]:
    front = Front(database, folder)
    server = await asyncio.start_server(front.serve, "127.0.0.1", 0)
    front.port = server.sockets[0].getsockname()[1]
    try:
        yield front
    finally:
        front.cut()
        server.close()


@pytest.mark.parametrize("scheme", ["postgresql", "https"])
async def test_a_host_without_an_address_is_named_as_such(scheme: str) -> None:
    with pytest.raises(DatabaseTrouble, match=r"did not answer: \w+: .*([Nn]ame|address)"):
        await _dialled(f"{scheme}://no-such-host.invalid:5432/postgres")


async def test_a_process_with_too_many_open_files_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> object:
        raise OSError(errno.EMFILE, "x")

    monkeypatch.setattr(socket, "socket", full)
    with pytest.raises(DatabaseTrouble, match="did not answer: OSError: Too many open files"):
        await _dialled("postgresql://127.0.0.1:1/postgres")


async def _dialled(url: str) -> None:
    if url.startswith("https"):
        api = DataApi(url, SecretStr("sb_secret_of_the_tests"))
        await api.call(Line(5), "processing", "take_back", {}, waits=True)
    else:
        await Login(SecretStr(url.replace("//", "//u:p@"))).connect("test", timeout=5)


@pytest.mark.parametrize("how", ["certificate", "root"])
async def test_a_certificate_that_is_wrong_for_a_while_fails_no_row(
    things: Things, tmp_path: Path, how: str
) -> None:
    held = Held()
    async with (
        behind_tls(things.database, tmp_path) as front,
        working(things, held, steps=[held.step], database_url=front.url, patience=60) as desk,
    ):
        key = things.add_one()
        await held.inside.wait()
        if how == "certificate":
            front.renew(trusted=False)
        else:
            front.root.rename(tmp_path / "elsewhere")
        front.cut()
        held.may_end.set()
        await until(lambda: desk.calls["checkpoint"] > 0)
        beats = desk.calls["heartbeat"]
        await until(lambda: desk.calls["heartbeat"] >= beats + 2)
        if how == "certificate":
            front.renew(trusted=True)
        else:
            (tmp_path / "elsewhere").rename(front.root)
        await things.settled()
    assert things.look(key)["status"] == "completed"
    assert (things.look(key)["run"], held.calls) == (1, 1)


async def test_a_start_ends_with_a_wrong_certificate_and_names_it(
    database: Database, tmp_path: Path
) -> None:
    async with behind_tls(database, tmp_path) as front:
        front.renew(trusted=False)
        login = Login(SecretStr(front.url))
        with pytest.raises(Unreachable, match="certificate was refused: self-signed") as caught:
            await waited_for(login.has_sessions)
        assert "sslrootcert" in caught.value.cure
        front.root.unlink()
        with pytest.raises(DatabaseTrouble, match="FileNotFoundError") as missing:
            await Login(SecretStr(front.url)).connect("test")
        assert "sslrootcert" in (missing.value.cure or "")


async def test_a_limit_for_idle_sessions_ends_no_session_of_a_worker(database: Database) -> None:
    with psycopg.connect(database.superuser_dsn, autocommit=True) as owner:
        owner.execute(
            f"alter role postgres in database {database.name} set idle_session_timeout = '1s'"
        )
    connection = await Login(SecretStr(database.dsn)).connect("test")
    try:
        assert await connection.fetchval("show idle_session_timeout") == "1s"
        await settle(connection, statement_seconds=5, timeout=5)
        assert await connection.fetchval("show idle_session_timeout") == "0"
    finally:
        await connection.close()


class Misled:
    """The real transport, but a stranger answers the first call of `function`, or each."""

    def __init__(self, inner: Transport, function: str, *, always: bool = False) -> None:
        self.kind = inner.kind
        self._always = always
        self.misled = 0
        self._inner = inner
        self._function = function

    async def call(self, function: str, arguments: JsonObject) -> Json:
        if function == self._function and (self._always or not self.misled):
            self.misled += 1
            return {"status": "please sign in to this network"}
        return await self._inner.call(function, arguments)

    async def close(self) -> None:
        await self._inner.close()


@pytest.mark.parametrize("function", ["begin_call", "checkpoint"])
async def test_what_a_stranger_has_answered_is_asked_again(things: Things, function: str) -> None:
    held = Held(paid=True)
    held.may_end.set()
    misled = Misled(PostgresTransport(SecretStr(things.database.dsn)), function)
    async with working(things, held, steps=[held.step], transport=misled):
        key = things.add_one()
        await things.reach(key, "completed")
    assert (held.calls, things.look(key)["run"]) == (1, 1)
    assert things.kinds(key) == ["step", "completed"]
    assert misled.misled == 1


async def test_a_stranger_who_always_answers_leaves_the_row_to_another_try(things: Things) -> None:
    held = Held(paid=True)
    held.may_end.set()
    misled = Misled(PostgresTransport(SecretStr(things.database.dsn)), "begin_call", always=True)
    async with working(things, held, steps=[held.step], transport=misled, patience=0.2):
        key = things.add_one()
        await until(lambda: things.look(key)["error"] is not None)
        row = things.look(key)
        assert (row["status"], row["error"]["retryable"]) == ("pending", True)
    assert held.calls == 0
