"""Supabase on this machine without Docker, for development and tests.

    with LocalStack() as stack:
        create_client(stack.url, stack.publishable_key)

Postgres and PostgREST are the real programs, and the Edge Functions run in the real Deno. Auth,
Storage and Realtime are stand-ins; `devstack/README.md` says what they leave out.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import httpx
from pydantic import SecretStr

from devstack.auth.part import Auth
from devstack.functions import Functions, FunctionsMissing, environment
from devstack.gateway.app import Part, gateway
from devstack.gateway.edge import Edge
from devstack.gateway.live import Live
from devstack.gateway.page import Page
from devstack.gateway.rest import Rest
from devstack.keys import PUBLISHABLE_KEY, SECRET_KEY, Claims, Keys
from devstack.postgrest import PostgrestMissing, find_postgrest, running_postgrest
from devstack.project import create_project, run_script
from devstack.realtime import Limits, Timing
from devstack.serving import address, listener, served
from devstack.storage.part import Storage
from liverows.database.migrations import apply, read_migrations
from liverows.database.opening import connected
from liverows.testing.databases import OWNER
from liverows.testing.postgres import PostgresServer

DATABASE = "postgres"
PASSWORD = "postgres"  # noqa: S105 (the same for everyone, as the keys)
GATEWAY_PORT = 54321
POSTGRES_PORT = 54322
FINISH = Path(__file__).resolve().parent / "stack.sql"
MIGRATIONS = FINISH.parents[1] / "supabase" / "migrations"


@dataclass(frozen=True, slots=True)
class User:
    """A user who has signed up."""

    id: str
    email: str
    password: str
    access_token: str
    refresh_token: str


class LocalStack:
    """The running stack; a context manager that may be entered once.

    With `usual_ports` it uses the ports of `supabase start`, if they are free. With `functions`
    it serves supabase/functions, with `functions_environment` as their secrets. `page` is a
    folder of built files for `/`. Users' access tokens are valid for `token_seconds`.
    `realtime_timing` and `realtime_limits` are those of the Realtime stand-in.
    """

    publishable_key = PUBLISHABLE_KEY
    secret_key = SECRET_KEY

    def __init__(
        self,
        *,
        usual_ports: bool = False,
        functions: bool = True,
        functions_environment: Mapping[str, str] | None = None,
        page: Path | None = None,
        token_seconds: int = 3600,
        realtime_timing: Timing | None = None,
        realtime_limits: Limits | None = None,
    ) -> None:
        self.warnings: list[str] = []
        """What is missing on this machine, and what fails because of that. Set at the start."""
        self._keys = Keys()
        self._with_functions = functions
        self._functions_environment = dict(functions_environment or {})
        self._page = page
        self._token_seconds = token_seconds
        self._realtime = realtime_timing or Timing(), realtime_limits or Limits()
        self._usual_ports = usual_ports
        self.url = ""
        """The address of the gateway; set when the stack runs."""
        self._server = PostgresServer(usual_port=POSTGRES_PORT if usual_ports else None)
        self._exits = ExitStack()

    def __enter__(self) -> LocalStack:
        with ExitStack() as exits:
            self._start(exits)
            self._exits = exits.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._exits.close()

    @property
    def db_url(self) -> str:
        """The database URL of the owner `postgres`, who is not a superuser."""
        return self._server.dsn(DATABASE, user=OWNER, password=PASSWORD)

    @property
    def superuser_dsn(self) -> str:
        """The database URL of a superuser, for things that the owner may not see."""
        return self._server.dsn(DATABASE)

    def environment(self) -> dict[str, str]:
        """The settings that a worker and a page need, under their names in `.env`."""
        return {
            "SUPABASE_URL": self.url,
            "SUPABASE_SECRET_KEY": self.secret_key,
            "SUPABASE_DB_URL": self.db_url,
            "SUPABASE_PUBLISHABLE_KEY": self.publishable_key,
        }

    def sign_up(self, email: str | None = None) -> User:
        """Register a new user. The user is signed in after that."""
        return sign_up(self.url, self.publishable_key, email)

    def sign(self, claims: Claims) -> str:
        """A token with these claims, signed by the stack; even one that has already expired."""
        return self._keys.sign(claims)

    def _start(self, exits: ExitStack) -> None:
        # This comes first, because every other part must know the address.
        bound = exits.enter_context(listener(GATEWAY_PORT if self._usual_ports else 0))
        self.url = address(bound)
        exits.enter_context(self._server)
        functions = self._start_functions(exits)
        create_project(self._server, DATABASE, migrate=False)
        run_script(self.superuser_dsn, FINISH)
        migrate(self.db_url)
        keys, dsn = self._keys, self.superuser_dsn
        parts: list[Part] = [
            Rest(keys, self._start_postgrest(exits)),
            Auth(keys, dsn, self.url, token_seconds=self._token_seconds),
            Live(keys, dsn, *self._realtime),
            Edge(keys, functions.listening() if functions else []),
            Storage(keys, dsn, self.url, self._server.folder("storage")),
            Page(self._page),
        ]
        exits.enter_context(served(gateway(parts), bound))

    def _start_functions(self, exits: ExitStack) -> Functions | None:
        """Start the functions. They start up while the database is created."""
        if not self._with_functions:
            return None
        variables = environment(self.url, self.db_url, self._keys) | self._functions_environment
        try:
            return exits.enter_context(Functions(variables, self._server.folder("functions")))
        except FunctionsMissing as missing:
            self.warnings.append(f"{missing}: /functions/v1 answers nothing")
            return None

    def _start_postgrest(self, exits: ExitStack) -> Path | None:
        try:
            find_postgrest()
        except PostgrestMissing as missing:
            self.warnings.append(
                f"{missing}: without the Data API the page and a worker with only a URL and a key"
                " do not work; a worker with the database's URL does"
            )
            return None
        dsn = self._server.dsn(DATABASE, user="authenticator")
        folder = self._server.folder("postgrest")
        return exits.enter_context(running_postgrest(dsn, self._keys.jwks(), folder))


def migrate(dsn: str) -> None:
    """Apply our migrations and record them, as `worker migrate` does."""

    async def apply_all() -> None:
        async with connected(SecretStr(dsn)) as connection:
            await apply(connection, read_migrations(MIGRATIONS), lambda _migration: None)

    # In its own thread, because the caller may already be inside an event loop.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, apply_all()).result()


def sign_up(
    url: str, publishable_key: str, email: str | None = None, password: str | None = None
) -> User:
    """Register a user at any stack, this one or a real one, that confirms addresses by itself."""
    email = email or f"user-{secrets.token_hex(6)}@example.com"
    password = password or secrets.token_urlsafe(12)
    answer = httpx.post(
        f"{url}/auth/v1/signup",
        json={"email": email, "password": password},
        headers={"apikey": publishable_key},
        timeout=30,
    )
    answer.raise_for_status()
    session = answer.json()
    return User(
        session["user"]["id"], email, password, session["access_token"], session["refresh_token"]
    )
