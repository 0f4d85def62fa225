"""Checks for `liverows doctor`: the database connection, the SQL contract and the Data API."""

from __future__ import annotations

from pydantic import SecretStr

from liverows.base.errors import ContractMismatch
from liverows.base.extras import REALTIME_CURE, has_realtime
from liverows.base.finding import Finding
from liverows.base.settings import Settings
from liverows.cli.answers import INSTALLATION
from liverows.cli.check_rights import check_makers
from liverows.cli.check_server import check_server
from liverows.cli.findings import failed
from liverows.database.answers import checked
from liverows.database.contract import CONTRACT_VERSION, SCHEMA
from liverows.database.functions import FUNCTIONS
from liverows.database.login import POOLING_CURE, Login, database_parts
from liverows.database.migrations import own_migrations
from liverows.database.opening import (
    IPV6_HINT,
    connected,
    has_sessions,
    is_ipv6_only,
    opened_client,
)
from liverows.database.sessions import Connection

_OLDEST = 15
_EXPOSE = (
    f"add {SCHEMA} to the exposed schemas: on a hosted project under Project Settings, Data API, "
    "Exposed schemas; locally under [api] schemas in supabase/config.toml"
)
_MAY_READ_MIGRATIONS = """
select to_regclass('processing.library_migrations') is not null
    and has_table_privilege(to_regclass('processing.library_migrations')::oid, 'select')
"""
_APPLIED = "select version from processing.library_migrations"
_FORBIDDEN = """
select p.proname from pg_catalog.pg_proc as p
join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
where n.nspname = $1 and p.proname = any ($2::text[])
    and not (has_schema_privilege(n.oid, 'usage') and has_function_privilege(p.oid, 'execute'))
order by p.proname
"""


async def check_database(login: Login | None) -> list[Finding]:
    """Check connection, pooling mode, server version and the role's grants over SUPABASE_DB_URL."""
    if login is None:
        return [
            Finding(
                "database",
                "skipped",
                "SUPABASE_DB_URL is not set: everything goes over the Data API",
            )
        ]
    async with connected(login) as connection:
        return [
            await _mode(connection, login),
            *await check_server(connection),
            *await _grants(connection),
            *await check_makers(connection, connection.get_server_version().major),
            *await _migrations(connection),
        ]


async def check_contract(settings: Settings) -> list[Finding]:
    """Check that the database has the contract version of this worker; raises if it has not."""
    async with opened_client(settings) as client:
        await client.check_contract()
    version = client.database_version
    if version < CONTRACT_VERSION:
        detail = f"version {version}; this release brings {CONTRACT_VERSION}"
        return [Finding("contract", "warning", detail, "run `liverows migrate`")]
    return [Finding("contract", "ok", f"version {version}")]


async def check_api(settings: Settings) -> list[Finding]:
    """Check that the Data API accepts the key and exposes our schema."""
    if settings.supabase_url is None or settings.supabase_secret_key is None:
        return [
            Finding("Data API", "skipped", "SUPABASE_URL and SUPABASE_SECRET_KEY are not both set")
        ]
    if not has_realtime():
        # Only skipped here, because a database URL is enough.
        return [Finding("Data API", "skipped", "the extra realtime is missing", REALTIME_CURE)]
    over_api = settings.model_copy(update={"supabase_db_url": None})
    try:
        await check_contract(over_api)
    except ContractMismatch as error:
        finding = failed("Data API", error)
        cure = f"{_EXPOSE}; where the schema is missing, first run `liverows migrate`"
        return [Finding("Data API", "problem", finding.detail, cure)]
    detail = f"takes the key and shows schema {SCHEMA}"
    if settings.supabase_db_url is not None:
        return [Finding("Data API", "ok", detail)]  # a connection tells the rest
    installed = await _installation(over_api)
    if installed is None:
        return [Finding("Data API", "ok", detail)]
    server, applied = installed
    old = _too_old(server)
    return [old or Finding("Data API", "ok", f"{detail}, Postgres {server}"), _missing(applied)]


async def _installation(settings: Settings) -> tuple[str, set[str]] | None:
    """Ask which server and migrations there are; None if the database has not that function."""
    async with opened_client(settings) as client:
        try:
            told = await client.call("installation", {})
        except ContractMismatch:
            return None
    seen = checked(INSTALLATION, told, "installation")
    return seen.postgres, set(seen.migrations)


async def check_sameness(settings: Settings) -> list[Finding]:
    """Check that SUPABASE_DB_URL and the Data API lead to the same database, where both are set."""
    has_api = settings.supabase_url is not None and settings.supabase_secret_key is not None
    if settings.supabase_db_url is None or not has_api or not has_realtime():
        return []
    over_api = settings.model_copy(update={"supabase_db_url": None})
    async with opened_client(settings) as near, opened_client(over_api) as far:
        is_same = await near.database_id() == await far.database_id()
    if is_same:
        return [Finding("same project", "ok", "SUPABASE_DB_URL and SUPABASE_URL agree")]
    return [
        Finding(
            "same project",
            "problem",
            "SUPABASE_DB_URL and SUPABASE_URL lead to two different databases",
            "take both and SUPABASE_SECRET_KEY from one project",
        )
    ]


async def _mode(connection: Connection, login: Login) -> Finding:
    # The driver takes a server version such as "17.12" for "17.0".
    stated = str(await connection.fetchval("select current_setting('server_version')"))
    number = stated.partition(" ")[0]
    if old := _too_old(number):
        return old
    server = f"Postgres {number}"
    if not await has_sessions(login):
        return Finding("database", "warning", f"transaction pooler, {server}", POOLING_CURE)
    mode = (
        "session pooler"
        if await _is_pooled(connection, login.database_url)
        else "direct connection"
    )
    hint = f"; {IPV6_HINT}" if is_ipv6_only(login.database_url) else ""
    return Finding("database", "ok", f"{mode}, {server}{hint}")


def _too_old(server: str) -> Finding | None:
    """Return a problem if this version of Postgres, such as 17.12, is older than those tested."""
    major = server.partition(".")[0]
    if not major.isdigit() or int(major) >= _OLDEST:
        return None
    return Finding(
        "database",
        "problem",
        f"Postgres {server}",
        f"use Postgres {_OLDEST} or newer, as Supabase does",
    )


async def _is_pooled(connection: Connection, url: SecretStr) -> bool:
    # A pooler may tell the client a process id of its own.
    backend = await connection.fetchval("select pg_backend_pid()")
    is_named_so = ".pooler." in database_parts(url).host
    return connection.get_server_pid() != backend or is_named_so


async def _grants(connection: Connection) -> list[Finding]:
    role = await connection.fetchval("select current_user")
    there = await connection.fetchval("select to_regnamespace($1) is not null", SCHEMA)
    if not there:
        return [Finding("grants", "skipped", f"there is no schema {SCHEMA} yet")]
    forbidden = [row[0] for row in await connection.fetch(_FORBIDDEN, SCHEMA, list(FUNCTIONS))]
    if not forbidden:
        return [Finding("grants", "ok", f"{role} may call the contract")]
    return [
        Finding(
            "grants",
            "problem",
            f"{role} may not call {_some(forbidden)}",
            f"connect as postgres, or run: grant liverows_worker to {role}",
        )
    ]


async def _migrations(connection: Connection) -> list[Finding]:
    if not await connection.fetchval(_MAY_READ_MIGRATIONS):
        return []  # the schema is missing, or only its owner may read this
    return [_missing({row[0] for row in await connection.fetch(_APPLIED)})]


def _missing(applied: set[str]) -> Finding:
    """Compare the library's migrations with those that are recorded in the database."""
    own = {one.library_version or one.version: one.file for one in own_migrations()}
    missing = [file for version, file in sorted(own.items()) if version not in applied]
    if not missing:
        return Finding("migrations", "ok", f"all {len(own)} of the library are applied")
    return Finding(
        "migrations",
        "problem",
        f"{len(missing)} of the library are not applied: {_some(missing)}",
        "run `liverows migrate`, or `liverows init` and `supabase db push`",
    )


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
