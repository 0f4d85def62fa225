"""The page's TypeScript passes its own tests, its type check and its style check."""

from __future__ import annotations

import re
import subprocess

import pytest

from devstack.functions import find_deno
from devstack.page import WEB, build

pytestmark = [pytest.mark.needs("deno", "page"), pytest.mark.timeout(600)]


def deno(*arguments: str) -> None:
    """Run Deno in the page's folder; its output is shown if it fails."""
    environment = {"NO_COLOR": "1", "PATH": "/usr/bin:/bin", "HOME": str(WEB / "node_modules")}
    command = [str(find_deno()), *arguments]
    result = subprocess.run(
        command, cwd=WEB, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_what_the_page_says_of_a_row_is_tested() -> None:
    deno("test", "--allow-net", "--allow-env", "--allow-read", "tests")


@pytest.mark.parametrize("command", ["check", "lint"])
def test_deno_has_nothing_to_say(command: str) -> None:
    deno(command, "src", "tests")


def test_the_sources_are_formatted() -> None:
    deno("fmt", "--check")


def test_no_button_is_disabled_which_would_take_the_focus_from_it() -> None:
    # The choice of a file is disabled while a file goes up: it must not change meanwhile.
    disabling = re.compile(r"\?disabled=|\.disabled = ")
    sources = sorted((WEB / "src").glob("*.ts"))
    found = [path.name for path in sources if disabling.search(path.read_text())]
    assert found == ["upload-form.ts"]


def test_the_lock_names_no_host_to_download_from() -> None:
    assert '"resolved"' not in (WEB / "package-lock.json").read_text()


def test_the_built_page_uses_relative_paths_only() -> None:
    page = (build() / "index.html").read_text()
    assert 'src="./assets/' in page
    assert 'href="./assets/' in page
    assert '="/' not in page
