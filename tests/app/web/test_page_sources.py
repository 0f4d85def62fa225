"""The page's TypeScript passes its own tests, its type check and its style check."""

from __future__ import annotations

import re
from fnmatch import fnmatch

import pytest

from devstack.page import WEB, build
from tests.support.deno import deno

pytestmark = [pytest.mark.needs("deno", "page"), pytest.mark.timeout(600)]


def test_what_the_page_says_of_a_row_is_tested() -> None:
    deno(WEB, "test", "--allow-net", "--allow-env", "--allow-read", "tests")


@pytest.mark.parametrize("command", ["check", "lint"])
def test_deno_has_nothing_to_say(command: str) -> None:
    deno(WEB, command, "src", "tests")


def test_the_sources_are_formatted() -> None:
    deno(WEB, "fmt", "--check")


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


def test_the_readme_names_each_source() -> None:
    table = re.findall(r"^\| (`[^|]+)\|", (WEB / "README.md").read_text(), re.MULTILINE)
    named = [name.removeprefix("src/") for row in table for name in re.findall(r"`(.+?)`", row)]
    sources = [path.name for path in (WEB / "src").glob("*.ts")]
    assert [one for one in sources if not any(fnmatch(one, name) for name in named)] == []
