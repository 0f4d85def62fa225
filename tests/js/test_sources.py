"""The npm package's TypeScript passes its own tests, its type check and its style check."""

from __future__ import annotations

import gzip
import subprocess
from pathlib import Path

import pytest

from devstack.browser_kit import KIT, build
from devstack.node import find_node
from devstack.page import WEB
from devstack.page import build as build_page
from tests.support.deno import deno

pytestmark = [pytest.mark.needs("deno", "browser-kit"), pytest.mark.timeout(600)]


def test_live_rows_stay_true_with_the_real_client() -> None:
    """Their files share nothing, and run side by side. `deno check` checks the types, below."""
    allowed = ("--allow-net", "--allow-env", "--allow-read")
    deno(KIT, "test", "--parallel", "--no-check", *allowed, "tests")


@pytest.mark.needs("page")
@pytest.mark.parametrize(
    ("parts", "most"),
    [(["index.ts"], 5970), (["index.ts", "react.ts"], 6940), (["trace.ts"], 460)],
)
def test_without_supabase_js_and_react_it_is_so_small(
    parts: list[str], most: int, tmp_path: Path
) -> None:
    """In bytes, as a server would send it."""
    build_page()  # installs rolldown
    rolldown = WEB / "node_modules" / "rolldown" / "bin" / "cli.mjs"
    bundle = tmp_path / "bundle.js"
    bundle.write_text("".join(f"export * from {str(KIT / 'src' / part)!r};\n" for part in parts))
    command = [str(find_node().program), str(rolldown), str(bundle), "--minify"]
    command += ["--external", "react", "--dir", str(tmp_path / "out")]
    subprocess.run(command, cwd=WEB, check=True, capture_output=True)
    packed = gzip.compress((tmp_path / "out" / "bundle.js").read_bytes(), mtime=0)
    assert len(packed) <= most


@pytest.mark.parametrize("command", ["check", "lint"])
def test_deno_has_nothing_to_say(command: str) -> None:
    deno(KIT, command, "src", "tests")


def test_the_sources_are_formatted() -> None:
    deno(KIT, "fmt", "--check")


def test_the_lock_names_no_host_to_download_from() -> None:
    assert '"resolved"' not in (KIT / "package-lock.json").read_text()


def test_each_way_in_of_the_package_is_built_with_its_types(tmp_path: Path) -> None:
    build(tmp_path)
    for name in ("index", "react", "trace"):
        assert (tmp_path / f"{name}.js").exists()
        assert (tmp_path / f"{name}.d.ts").exists()
    for script in tmp_path.glob("*.js"):
        assert '.ts"' not in script.read_text()
