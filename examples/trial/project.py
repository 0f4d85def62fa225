"""The Supabase project of a trial: one that the environment names, or `supabase start`."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg.conninfo import conninfo_to_dict

from devstack.project import ROOT

NAMES = {
    "url": "TEST_SUPABASE_URL",
    "publishable_key": "TEST_SUPABASE_PUBLISHABLE_KEY",
    "secret_key": "TEST_SUPABASE_SECRET_KEY",
    "db_url": "TEST_SUPABASE_DB_URL",
}
NAMED = "named"
CLI = ROOT / "devstack" / "node_modules" / "@supabase" / "cli-linux-x64" / "bin" / "supabase"
START_SECONDS = 900.0
STATUS_SECONDS = 60.0
WITHOUT_DOCKER = f"Without Docker, name a project: {', '.join(NAMES.values())}"


class TrialFailed(Exception):
    """The trial cannot go on; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Project:
    """The addresses and keys of a project. `kind` is `named` or `supabase start`."""

    kind: str
    url: str
    publishable_key: str
    secret_key: str
    db_url: str

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a worker for this project."""
        return {
            "SUPABASE_URL": self.url,
            "SUPABASE_SECRET_KEY": self.secret_key,
            "SUPABASE_DB_URL": self.db_url,
        }


@contextmanager
def project() -> Iterator[Project]:
    """The project that the variables in `NAMES` name; if none of them is set, `supabase start`.

    A stack that was started here is stopped at the end of the block. One that ran before stays.
    """
    values = {field: os.environ.get(name, "") for field, name in NAMES.items()}
    if all(values.values()):
        _check_address(values["db_url"])
        yield Project(NAMED, **values)
        return
    if any(values.values()):
        missing = ", ".join(NAMES[field] for field, value in values.items() if not value)
        raise TrialFailed(f"set {missing} too, or none of {', '.join(NAMES.values())}")
    ran_before = _status() is not None
    try:
        if not ran_before:
            _supabase("start")
        status = _status()
        if status is None:
            raise TrialFailed("`supabase status` does not answer after `supabase start`")
        yield Project(
            "supabase start",
            status["API_URL"],
            status.get("PUBLISHABLE_KEY") or status["ANON_KEY"],
            status.get("SECRET_KEY") or status["SERVICE_ROLE_KEY"],
            status["DB_URL"],
        )
    finally:
        # A start that failed half-way has left containers behind.
        if not ran_before:
            _supabase("stop")


def _check_address(db_url: str) -> None:
    try:
        conninfo_to_dict(db_url)
    except psycopg.ProgrammingError:
        # The error of the library quotes the address.
        raise TrialFailed(f"{NAMES['db_url']} is no address of a database") from None


def _status() -> dict[str, str] | None:
    """The addresses and keys of the running stack; None if no stack runs."""
    said = "`supabase status`"
    try:
        done = subprocess.run(
            [_program(), "status", "--output", "json"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=STATUS_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TrialFailed(f"{said} gave no answer within {STATUS_SECONDS:g} s") from None
    if done.returncode:
        return None
    # The CLI may print notes around the JSON object.
    text = done.stdout[done.stdout.find("{") : done.stdout.rfind("}") + 1]
    try:
        status: dict[str, str] = json.loads(text)
    except ValueError:
        raise TrialFailed(f"{said} printed no JSON: is the CLI an old one?") from None
    return status


def _supabase(word: str) -> None:
    try:
        done = subprocess.run([_program(), word], cwd=ROOT, timeout=START_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise TrialFailed(f"`supabase {word}` did not end within {START_SECONDS:g} s") from None
    if done.returncode:
        cure = f". It needs Docker. {WITHOUT_DOCKER}" if word == "start" else ""
        raise TrialFailed(f"`supabase {word}` failed with exit code {done.returncode}{cure}")


def _program() -> str:
    """The CLI on PATH, or else the pinned one that `make node` installs."""
    if found := shutil.which("supabase"):
        return found
    if CLI.is_file():
        return str(CLI)
    here = f"{platform.system()} {platform.machine()}"
    cure = (
        "run make node (needs npm's registry)"
        if here == "Linux x86_64"
        else f"make node has it only for Linux on x64, and this is {here}: install it as "
        "https://supabase.com/docs/guides/local-development/cli/getting-started says"
    )
    raise TrialFailed(f"Supabase's CLI is not on PATH: {cure}. {WITHOUT_DOCKER}")
