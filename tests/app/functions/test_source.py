"""Deno accepts the source of the Edge Functions, and the source fits the database."""

from __future__ import annotations

import re
from graphlib import TopologicalSorter

import pytest

from devstack.functions import FUNCTIONS
from devstack.project import ROOT
from devstack.types import TYPES, types_of
from tests.app.functions.conftest import run_deno
from tests.support.databases import Database

DOCUMENT = ROOT / "docs" / "openapi.json"
OWN = re.compile(r'\b(?:from|import)\s*\(?\s*"(\.[^"]+)"')

# The first run may have to download npm packages.
pytestmark = [pytest.mark.needs("deno"), pytest.mark.timeout(600)]


@pytest.mark.parametrize("check", [("fmt", "--check"), ("lint",), ("check", "--frozen")])
def test_deno_finds_nothing_to_say(check: tuple[str, ...]) -> None:
    done = run_deno(*check, ".")
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_import_is_ours_or_pinned_npm() -> None:
    imports = (FUNCTIONS / "api" / "deno.json").read_text()
    assert "jsr:" not in imports
    assert "https:" not in imports
    for file in FUNCTIONS.rglob("*.ts"):
        assert 'from "npm:' not in file.read_text(), f"{file.name}: name it in deno.json"


def test_no_module_imports_itself_by_way_of_another() -> None:
    imports = {
        file.resolve(): {(file.parent / said).resolve() for said in OWN.findall(file.read_text())}
        for file in FUNCTIONS.rglob("*.ts")
    }
    assert any(imports.values())
    # For circular imports this raises `CycleError`, which names the circle.
    TopologicalSorter(imports).prepare()


def test_the_document_is_what_the_routes_say() -> None:
    done = run_deno("run", "--frozen", "--allow-env", "api/openapi.ts")
    assert done.returncode == 0, done.stderr
    assert DOCUMENT.read_text() == done.stdout, (
        "deno run --allow-env supabase/functions/api/openapi.ts > docs/openapi.json"
    )


@pytest.mark.needs("supabase-cli")
def test_the_types_are_those_of_the_migrations(database: Database) -> None:
    assert TYPES.read_text() == types_of(database.dsn), "python -m devstack.types"
