"""The Edge Functions of `supabase/functions`, each in its own Deno process."""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import re
import shutil
import time
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from devstack.keys import PUBLISHABLE_KEY, SECRET_KEY, Keys
from devstack.leash import Leashed
from devstack.project import ROOT

FUNCTIONS = ROOT / "supabase" / "functions"
CONFIG = ROOT / "supabase" / "config.toml"
# The first start may have to download npm packages.
START_SECONDS = 120.0

LISTENING = re.compile(r"Listening on (http://127\.0\.0\.1:\d+)")
# The variables that Deno needs to find its cache and npm's registry. No other variable of the
# developer is passed on, because it could change what a function does.
PASSED_ON = re.compile(
    r"HOME|DENO_.*|XDG_CACHE_HOME|NPM_CONFIG_.*|npm_config_.*|SSL_CERT_.*|"
    r"(HTTPS?|NO|ALL)_PROXY|(https?|no|all)_proxy"
)


# Without this, Deno trusts only its own list, but many networks have their own certificate.
TRUST = {"DENO_TLS_CA_STORE": "mozilla,system"}


class FunctionsMissing(RuntimeError):
    """The functions cannot run here; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Function:
    """A running function: its address, and whether a caller must send a token or a key."""

    name: str
    url: str
    verify_jwt: bool


def find_deno() -> Path:
    """The Deno of the Python wheel, or one on the path; raises `FunctionsMissing`."""
    spec = importlib.util.find_spec("deno")
    if spec is not None and spec.loader is not None:
        return Path(importlib.import_module("deno").find_deno_bin())
    found = shutil.which("deno")
    if found is None:
        raise FunctionsMissing("deno is not installed: run make venv")
    return Path(found)


def environment(url: str, db_url: str, keys: Keys) -> dict[str, str]:
    """The environment variables that Supabase sets for every function."""
    return {
        "SUPABASE_URL": url,
        "SUPABASE_PUBLISHABLE_KEYS": json.dumps({"default": PUBLISHABLE_KEY}),
        "SUPABASE_SECRET_KEYS": json.dumps({"default": SECRET_KEY}),
        "SUPABASE_JWKS": json.dumps(keys.jwks()),
        "SUPABASE_DB_URL": db_url,
    }


class Functions:
    """Every function of the project; a context manager that starts them all at once.

    Entering the block raises `FunctionsMissing` if there is no Deno or no function.
    `variables` is their environment; their logs are written to `folder`.
    """

    def __init__(self, variables: Mapping[str, str], folder: Path) -> None:
        self._variables = variables
        self._folder = folder
        self._running: dict[str, Leashed] = {}

    def __enter__(self) -> Functions:
        entries = sorted(FUNCTIONS.glob("[!_]*/index.ts"))
        if not entries:
            raise FunctionsMissing("there is no supabase/functions/<name>/index.ts")
        deno = str(find_deno())
        passed = {name: value for name, value in os.environ.items() if PASSED_ON.fullmatch(name)}
        for entry in entries:
            name = entry.parent.name
            self._running[name] = Leashed(
                [deno, *_arguments(entry)],
                environment={**TRUST, **passed, "NO_COLOR": "1", **self._variables},
                log=self._folder / f"{name}.log",
                cwd=entry.parent,
            )
        return self

    def __exit__(self, *_exception: object) -> None:
        for process in self._running.values():
            process.stop()

    def listening(self) -> list[Function]:
        """Wait until each function listens; if one does not, raises `RuntimeError` with the end of
        its log."""
        verified = _verified()
        return [
            Function(name, _address(process), verified.get(name, True))
            for name, process in self._running.items()
        ]


def _arguments(entry: Path) -> list[str]:
    arguments = ["serve", "--no-prompt", "--no-check"]
    arguments += ["--allow-net", "--allow-env", "--allow-read", "--allow-sys"]
    if (config := entry.with_name("deno.json")).exists():
        arguments.append(f"--config={config}")
    return [*arguments, "--host", "127.0.0.1", "--port", "0", str(entry)]


def _address(process: Leashed) -> str:
    limit = time.monotonic() + START_SECONDS
    while process.running and time.monotonic() < limit:
        if found := LISTENING.search(process.log.read_text(errors="replace")):
            return found[1]
        time.sleep(0.02)
    raise RuntimeError(f"an Edge Function did not start: {process.last_words()}")


def _verified() -> dict[str, bool]:
    """The values of `verify_jwt` in supabase/config.toml, by function."""
    if not CONFIG.exists():
        return {}
    functions = tomllib.loads(CONFIG.read_text()).get("functions", {})
    return {name: settings.get("verify_jwt", True) for name, settings in functions.items()}
