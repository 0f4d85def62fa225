"""Each block of code in the documentation runs, or says why it cannot."""

from __future__ import annotations

import ast
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import typer

from devstack.functions import find_deno
from liverows.cli.commands import command_line
from tests.docs.pages import (
    DOCS,
    ROOT,
    Block,
    all_blocks,
    blocks,
    name_of,
    pages,
    pages_before,
)
from tests.support.databases import Connections, Database

PROJECT_MARK = "<!-- project -->"
PROGRAMS = {
    "liverows", "worker", "make", "pytest", "pip", "python", "cp", "cd", "mkdir", "export", "psql",
    "supabase", "docker", "kubectl", "fly", "gcloud", "aws", "helm", "systemctl", "sudo", "git",
    "mkdocs", "squawk", "deno", "echo", "npm",
}  # fmt: skip
"""Programs that a reader is told to run. A new one is added here, so that a slip is noticed."""
ASSIGNMENT = re.compile(r"[A-Z_]+=")
TARGET = re.compile(r"^([a-z-]+):", re.M)


def ids(block: Block) -> str:
    return str(block)


def test_every_language_is_one_that_is_checked() -> None:
    known = {"sh", "sql", "python", "ts", "tsx", "dockerfile", "text", ""}
    found = {block.language: str(block) for page in pages() for block in blocks(page)}
    assert found.keys() <= known, found


def test_every_page_begins_with_something_to_run() -> None:
    later = [
        name_of(page)
        for page in sorted(DOCS.glob("*.md"))
        if not (first := next(blocks(page), None)) or first.line > 20
    ]
    assert later == []


@pytest.mark.parametrize("block", all_blocks("python"), ids=ids)
def test_python_compiles_and_what_it_imports_is_there(block: Block) -> None:
    if block.not_run:
        pytest.skip(block.not_run)
    tree = ast.parse(block.text, filename=str(block))
    compile(tree, str(block), "exec")
    names = [
        f"from {node.module} import {alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("liverows")
        for alias in node.names
    ]
    for name in names:
        exec(name, {})  # noqa: S102 - an import that the documentation shows


@pytest.mark.parametrize(
    "page",
    [page for page in pages() if any(b.language == "sql" for b in blocks(page))],
    ids=name_of,
)
def test_sql_runs_in_order(page: Path, database: Database, connect: Connections) -> None:
    """All blocks of a page run in one transaction, which is rolled back: roles would stay."""
    owner = connect(database, autocommit=False)
    for each in [*pages_before(page), page]:
        for block in blocks(each):
            if block.language != "sql" or block.not_run:
                continue
            try:
                owner.execute(block.text.encode())
            except psycopg.Error as error:
                pytest.fail(f"{block}: {error}", pytrace=False)
    owner.rollback()


@pytest.mark.parametrize("block", all_blocks("sh"), ids=ids)
def test_commands_exist_and_take_these_arguments(block: Block) -> None:
    syntax = subprocess.run(
        ["bash", "-n"], input=block.text, capture_output=True, text=True, check=False
    )
    assert syntax.returncode == 0, syntax.stderr
    targets = set(TARGET.findall((ROOT / "Makefile").read_text()))
    for words in commands_of(block):
        program, *arguments = words
        assert program in PROGRAMS, f"{block}: {program} is not among PROGRAMS"
        if program in {"liverows", "worker"}:
            parsed(arguments)
        elif program == "make":
            assert {word for word in arguments if "=" not in word} <= targets, (str(block), words)
        for word in words:
            if word.startswith(("deploy/", "docs/", "examples/", "supabase/functions")):
                assert (ROOT / word).exists(), (str(block), word)


def commands_of(block: Block) -> list[list[str]]:
    """The commands of a shell block as words, without comments and assignments before them."""
    found = []
    for line in block.text.replace("\\\n", " ").splitlines():
        for part in re.split(r"&&|;|\|", line.split(" #")[0] if not line.startswith("#") else ""):
            words = shlex.split(part)
            while words and ASSIGNMENT.match(words[0]):
                words = words[1:]
            if words:
                found.append(words)
    return found


def parsed(arguments: list[str]) -> None:
    """Parse a command line of `liverows` without running it; fails on a wrong one."""
    if "--help" in arguments:
        arguments = [word for word in arguments if word != "--help"]
        if not arguments or arguments == ["run"]:
            return
    command: Any = typer.main.get_command(command_line([]))
    name, *rest = arguments
    while hasattr(command, "commands"):
        assert name in command.commands, f"there is no command {name}"
        command = command.commands[name]
        if hasattr(command, "commands"):
            name, *rest = rest
    command.make_context(name, list(rest))


@pytest.mark.parametrize("block", all_blocks("dockerfile"), ids=ids)
def test_hadolint_has_nothing_to_say(block: Block) -> None:
    """Except that the image that the page builds has no tag, and sets the folder (DL3045)."""
    hadolint = ROOT / ".venv" / "bin" / "hadolint"
    said = subprocess.run(
        [hadolint, "--ignore", "DL3006", "--ignore", "DL3045", "-"],
        input=block.text, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert said.returncode == 0, f"{block}: {said.stdout}"


@pytest.mark.needs("deno")
@pytest.mark.parametrize("block", all_blocks("ts", "tsx"), ids=ids)
def test_typescript_can_be_read(block: Block) -> None:
    """Deno's formatter refuses what it cannot parse."""
    read = subprocess.run(
        [str(find_deno()), "fmt", "--ext", block.language, "-"],
        input=block.text, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert read.returncode == 0, f"{block}: {read.stderr}"


def pages_with_a_project() -> Iterator[Any]:
    for page in sorted(DOCS.glob("*.md")):
        if PROJECT_MARK in page.read_text():
            yield pytest.param(page, id=name_of(page))


@pytest.mark.thorough  # `test_first_project.py` makes the project of the page Start in each run
@pytest.mark.timeout(600)
@pytest.mark.parametrize("page", list(pages_with_a_project()))
def test_a_page_that_makes_a_project_makes_one(
    page: Path, tmp_path: Path, mypy_cache: Path
) -> None:
    """Its titled blocks are files, and its commands `liverows init`, `new`, `check` and `pytest`
    run, all in the order of the page, in a folder that was empty."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    paths = os.pathsep.join([str(tmp_path), str(ROOT)])
    # A project has only the plugin that the library installs.
    environment = kept | {"PYTHONPATH": paths, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    ran: list[tuple[list[str], dict[Path, bytes]]] = []
    for block in blocks(page):
        if block.title:
            target = tmp_path / block.title
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.text)
        elif block.language == "sh" and not block.not_run:
            for words in commands_of(block):
                # The page may say something twice; the second time nothing has changed.
                now = words, _files(tmp_path)
                if (command := runnable(words)) and now not in ran:
                    done = subprocess.run(
                        command, cwd=tmp_path, env=environment, capture_output=True, text=True,
                        check=False,
                    )  # fmt: skip
                    assert done.returncode == 0, f"{block}: {words}\n{done.stdout}\n{done.stderr}"
                    ran.append((words, _files(tmp_path)))
    assert len(ran) > 1
    strict = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent"]
    typed = subprocess.run(
        [*strict, f"--cache-dir={mypy_cache}", "."],
        cwd=tmp_path, env={**environment, "MYPYPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert typed.returncode == 0, typed.stdout


def _files(project: Path) -> dict[Path, bytes]:
    """What somebody wrote, or a command."""
    found = (path for path in project.rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in found if path.suffix != ".pyc"}


def runnable(words: list[str]) -> list[str] | None:
    """The command to run in the page's project; None for one that needs more than a folder."""
    if words[0] == "pytest":
        plugin = ["-p", "liverows.testing.plugin", "-p", "no:cacheprovider"]
        return [sys.executable, "-m", "pytest", "-q", *plugin, *words[1:]]
    if words[0] == "liverows" and words[1] in {"init", "new", "check"}:
        return [sys.executable, "-m", *words]
    return None
