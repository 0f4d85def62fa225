"""The contract in Python is the same as the one that the migrations create."""

from __future__ import annotations

import re
from itertools import takewhile
from pathlib import Path
from typing import Any, cast, get_args

import psycopg
import pytest

from devstack.project import MIGRATIONS
from liverows.base.errors import (
    Cancelled,
    ContractMismatch,
    DatabaseTrouble,
    LeaseLost,
    Permanent,
    SetupError,
    WorkerError,
)
from liverows.base.types import Status
from liverows.database.client import ContractClient
from liverows.database.contract import (
    CONTRACT_VERSION,
    Transport,
    connection_refusal,
    is_unfit,
    refusal,
)
from liverows.database.data_api_transport import DataApiTransport
from liverows.database.functions import FUNCTIONS, WORK
from liverows.database.messages import RunClient
from liverows.database.postgres_transport import PostgresTransport
from tests.support.databases import Database
from tests.support.run_client import RecordingRunClient

GRANTED = """
select p.proname, coalesce(a.names, '{}') as names, coalesce(a.types, '{}') as types
from pg_proc p
left join lateral (
    select array_agg(p.proargnames[o]::text order by o) as names,
        array_agg(format_type(t, null) order by o) as types
    from unnest(p.proargtypes::oid[]) with ordinality as u (t, o)
) a on true
where p.pronamespace = 'processing'::regnamespace
    and has_function_privilege('service_role', p.oid, 'execute')
    and not has_function_privilege('anon', p.oid, 'execute')
order by p.proname
"""
CODE = re.compile(r"RJ\d{3}")


def asked(database: Database, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database.dsn) as connection:
        return connection.execute(query).fetchall()


def raised(database: Database) -> set[str]:
    """Every RJ… code that a function of the contract mentions."""
    sources = asked(
        database, "select prosrc from pg_proc where pronamespace = 'processing'::regnamespace"
    )
    return {code for (source,) in sources for code in CODE.findall(source)}


def first_migration() -> Path:
    return min(MIGRATIONS.glob("*.sql"))


def test_the_worker_knows_every_function_that_it_may_call(module_database: Database) -> None:
    granted = asked(module_database, GRANTED)
    assert sorted(FUNCTIONS) == [name for name, _, _ in granted]


def test_arguments_have_the_names_the_order_and_the_types_of_the_database(
    module_database: Database,
) -> None:
    for name, names, types in asked(module_database, GRANTED):
        known = list(FUNCTIONS[name].items())
        assert (name, known) == (name, list(zip(names, types, strict=True)))


def test_no_granted_function_has_two_shapes(module_database: Database) -> None:
    """The Data API could not tell two functions of the same name apart."""
    names = [name for name, _, _ in asked(module_database, GRANTED)]
    assert len(names) == len(set(names))


def test_both_sides_speak_the_same_version(module_database: Database) -> None:
    assert asked(module_database, "select processing.contract_version()") == [(CONTRACT_VERSION,)]


def test_the_statuses_are_those_of_the_enum(module_database: Database) -> None:
    labels = asked(module_database, "select unnest(enum_range(null::public.processing_status))")
    assert get_args(Status) == tuple(label for (label,) in labels)


def test_every_code_that_sql_raises_is_explained_where_a_reader_begins(
    module_database: Database,
) -> None:
    lines = first_migration().read_text().splitlines()
    header = "\n".join(takewhile(lambda line: not line or line.startswith("--"), lines))
    assert raised(module_database) == set(CODE.findall(header))


def test_every_code_that_sql_raises_has_an_error_of_its_own(module_database: Database) -> None:
    for code in raised(module_database):
        error = refusal(code, "the reason", "the cure")
        assert error.message == "the reason"
        assert error.code != "database_error"


KINDS: list[tuple[str, type[WorkerError], str]] = [
    ("RJ001", LeaseLost, "lease_lost"),
    ("RJ002", Cancelled, "cancelled"),
    ("RJ003", SetupError, "refused"),
    ("RJ004", Permanent, "bad_output"),
    ("22P02", Permanent, "bad_output"),
    ("23514", Permanent, "bad_output"),
    ("40P01", DatabaseTrouble, "database_busy"),
    ("55P03", DatabaseTrouble, "database_busy"),
    ("57014", DatabaseTrouble, "database_busy"),
    ("25006", DatabaseTrouble, "database_busy"),
    ("53100", DatabaseTrouble, "database_busy"),
    ("53300", DatabaseTrouble, "database_busy"),
    ("57P01", DatabaseTrouble, "database_busy"),
    ("58030", DatabaseTrouble, "database_busy"),
    ("08003", DatabaseTrouble, "database_busy"),
    ("42703", DatabaseTrouble, "database_changing"),
    ("42P01", DatabaseTrouble, "database_changing"),
    ("PGRST001", DatabaseTrouble, "database_unreachable"),
    ("PGRST003", DatabaseTrouble, "database_unreachable"),
    ("PGRST106", ContractMismatch, "contract_mismatch"),
    ("PGRST202", ContractMismatch, "contract_mismatch"),
    ("3F000", ContractMismatch, "contract_mismatch"),
    ("42883", ContractMismatch, "contract_mismatch"),
    ("42501", SetupError, "not_permitted"),
    ("P0002", SetupError, "not_found"),
    ("XX000", SetupError, "database_error"),
]


@pytest.mark.parametrize(("code", "kind", "word"), KINDS)
def test_what_the_database_answers_becomes_one_error_of_the_tree(
    code: str, kind: type[WorkerError], word: str
) -> None:
    error = refusal(code, "the reason")
    assert (type(error), error.code) == (kind, word)
    if isinstance(error, SetupError):
        assert error.cure


WORDS = {
    "PGRST106": "database_changing",
    "PGRST202": "database_changing",
}


@pytest.mark.parametrize("function", sorted(WORK))
def test_no_answer_to_a_running_worker_is_a_reason_to_end(function: str) -> None:
    unknown = ("P0001", "RJ003", "42501", "42883", "XX000", "0A000", "21000", "ZZ999", *WORDS)
    for code in unknown:
        error = refusal(code, "the reason", function=function)
        assert isinstance(error, DatabaseTrouble)
        assert (error.code, error.sqlstate) == (WORDS.get(code, "database_refused"), code)
    for code, _, _ in KINDS:
        assert not isinstance(refusal(code, "the reason", function=function), SetupError)


FULL = [
    "database is not accepting commands that assign new transaction IDs to avoid wraparound data"
    ' loss in database "postgres"',
    "database is not accepting commands to avoid wraparound data loss in database with OID 5",
    "too many notifications in the NOTIFY queue",
]


@pytest.mark.parametrize("message", FULL)
def test_a_limit_of_the_server_says_nothing_about_a_value(message: str) -> None:
    error = refusal("54000", message, function="finish")
    assert (type(error), error.code) == (DatabaseTrouble, "database_busy")
    assert isinstance(refusal("54000", "total size exceeds the maximum"), Permanent)


def test_a_fatal_answer_is_the_connections_trouble_whatever_its_code() -> None:
    for code in ("XX000", "53300", "57P01", "28P01", "42501", "23514"):
        trouble = connection_refusal(code, "the reason")
        assert (trouble.code, trouble.sqlstate) == ("database_unreachable", code)
        assert "the reason" in trouble.message


def test_a_start_ends_with_a_wrong_password_and_waits_for_a_pooler() -> None:
    assert is_unfit(connection_refusal("28P01", "password authentication failed"))
    assert not is_unfit(connection_refusal("XX000", "(EMAXCONNSESSION) max clients reached"))
    assert is_unfit(cast(DatabaseTrouble, refusal("42883", "no such function", function="claim")))


def test_a_hint_of_the_database_is_the_cure() -> None:
    error = refusal("RJ003", "not attached", "name the table with its schema")
    assert isinstance(error, SetupError)
    assert error.cure == "name the table with its schema"


def test_whoever_stands_in_for_another_has_its_shape() -> None:
    """mypy checks this: a wrong assignment to a protocol's type is an error."""
    run_stores: list[type[RunClient]] = [ContractClient, RecordingRunClient]
    transports: list[type[Transport]] = [PostgresTransport, DataApiTransport]
    assert len(run_stores) == len(transports)
    assert {transport.kind for transport in transports} == {"postgres", "supabase"}
