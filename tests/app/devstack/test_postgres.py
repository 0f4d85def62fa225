"""The throw-away server starts anywhere, asks for a password and leaves no files behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from liverows.testing.databases import LOGIN_ROLES
from liverows.testing.postgres import (
    MEMORY,
    SUPERUSER,
    PostgresError,
    PostgresServer,
    find_binaries,
)
from tests.support.databases import Database
from tests.support.processes import all_end_within
from tests.support.signals import hear_ctrl_c
from tests.support.waits import holds_within

OWNER_PROCESS = """
import signal
from liverows.testing.postgres import PostgresServer
with PostgresServer() as server:
    print(server.log_file.parent, server.pid, flush=True)
    signal.pause()
"""


def test_it_keeps_port_and_data_over_restart_and_crash() -> None:
    with PostgresServer() as server:
        before = server.dsn()
        with psycopg.connect(before, autocommit=True) as connection:
            connection.execute("create table kept as select 1 as id")
            server.restart(immediate=True)
            with pytest.raises(psycopg.OperationalError):
                connection.execute("select 1")
        server.kill()
        assert server.pid is None
        server.start()
        assert server.dsn() == before
        with psycopg.connect(before) as connection:
            assert connection.execute("select id from kept").fetchall() == [(1,)]


def test_it_refuses_a_wrong_password_and_listens_on_loopback_only(
    postgres_server: PostgresServer,
) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgres_server.dsn(password="wrong"))
    with psycopg.connect(postgres_server.dsn()) as connection:
        row = connection.execute(
            "select current_setting('listen_addresses'), current_setting('wal_level'),"
            " current_setting('unix_socket_directories')"
        ).fetchone()
    assert row == ("127.0.0.1", "logical", "")


def test_it_removes_everything_when_stopped_and_stops_twice() -> None:
    server = PostgresServer()
    server.start()
    home = server.log_file.parent
    server.stop()
    server.stop()
    assert not home.exists()


@pytest.mark.skipif(not MEMORY.is_dir(), reason="this system has no files in memory")
@pytest.mark.parametrize("needed", [0, 2**60])
def test_a_forgetful_cluster_is_in_memory_where_there_is_room_and_goes_when_stopped(
    monkeypatch: pytest.MonkeyPatch, needed: int
) -> None:
    memory = Path(tempfile.mkdtemp(dir=MEMORY))
    memory.chmod(0o777)
    monkeypatch.setattr("liverows.testing.postgres.MEMORY", memory)
    monkeypatch.setattr("liverows.testing.postgres.MEMORY_BYTES", needed)
    with PostgresServer() as server:
        with psycopg.connect(server.dsn()) as connection:
            shown = connection.execute("show data_directory").fetchone()
        assert shown is not None
        assert Path(shown[0]).parent == (server.log_file.parent if needed else memory)
    assert not Path(shown[0]).exists()
    memory.rmdir()


def test_a_durable_cluster_is_on_disk() -> None:
    with PostgresServer(durable=True) as server, psycopg.connect(server.dsn()) as connection:
        shown = connection.execute("show data_directory").fetchone()
        assert shown is not None
        assert Path(shown[0]).parent == server.log_file.parent


def test_a_login_costs_one_hash_and_not_thousands(database: Database) -> None:
    with psycopg.connect(database.superuser_dsn) as connection:
        kept = connection.execute(
            "select rolname, rolpassword from pg_authid where rolpassword is not null"
        ).fetchall()
    assert {name for name, _ in kept} == {SUPERUSER, *LOGIN_ROLES}
    assert all(verifier.startswith("SCRAM-SHA-256$1:") for _, verifier in kept)


@pytest.mark.parametrize(
    "how",
    [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.thorough), signal.SIGKILL],
)
def test_it_leaves_no_trace_when_its_owner_dies(how: signal.Signals) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER_PROCESS],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=Path(__file__).parents[3],
        preexec_fn=hear_ctrl_c,  # noqa: PLW1509 - it only sets a signal
    )
    with owner:
        assert owner.stdout is not None
        home, pid = owner.stdout.readline().split()
        owner.send_signal(how)
    assert holds_within(60, lambda: not Path(home).exists())
    assert all_end_within(60, [int(pid)])


def test_a_temporary_directory_that_only_root_can_reach_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root drops its privileges")
    tmp_path.chmod(0o700)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with PostgresServer() as server:
        assert tmp_path not in server.log_file.parents


def test_a_bad_setting_ends_with_the_server_s_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("liverows.testing.postgres.START_TRIES", 1)
    with pytest.raises(PostgresError, match="no_such_setting"):
        PostgresServer(settings={"no_such_setting": "1"}).start()


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(PostgresError, match="use 15 or embedded"):
        find_binaries("9.6")
