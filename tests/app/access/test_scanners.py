"""What scanners of others say about the database and the dependencies.

pgrls looks at policies, grants and functions, and proves with Z3 that no policy lets somebody
read or write what belongs to another. rlsautotest and rlsgrid were tried, too: the first calls
most of these tables untestable, because it cannot make rows that pass their constraints, and both
only repeat with guessed rows what `matrix.txt` says of planted ones. bandit finds nothing that
ruff's rules S do not.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.databases import Connections, Database

CONFIG = Path(__file__).with_name("pgrls.toml")
PGRLS = Path(sys.executable).with_name("pgrls")

UNDECIDED = {
    "anon": {"public.companies", "public.company_research_history"},
    "cross-tenant": {"public.companies", "public.company_research_history"},
    "write": {"public.company_research", "public.timeline_items"},
}
"""By question: the tables whose policies ask another table, about which Z3 cannot decide."""

CARELESS = """
create table public.careless (id int primary key, account_id uuid);
alter table public.careless enable row level security;
grant select, insert on public.careless to authenticated;
create policy "all" on public.careless for select using (account_id is not null);
create policy "any" on public.careless for insert with check (true);
"""


def pgrls(database: Database, *arguments: str) -> tuple[int, str]:
    """The exit code and what it says."""
    done = subprocess.run(
        [str(PGRLS), *arguments, f"--config={CONFIG}", f"--database-url={database.superuser_dsn}"],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_the_linter_finds_nothing_in_the_database(module_database: Database) -> None:
    code, said = pgrls(module_database, "lint")
    assert code == 0, said


@pytest.mark.parametrize("question", UNDECIDED)
def test_the_policies_are_proven_to_keep_users_apart(
    module_database: Database, question: str
) -> None:
    code, said = pgrls(module_database, "verify", f"--mode={question}", "--schemas=public")
    assert code == 0, said
    verdicts = {words[0]: words[1] for line in said.splitlines() if len(words := line.split()) > 1}
    tables = {name: verdict for name, verdict in verdicts.items() if name.startswith("public.")}
    assert len(tables) > len(UNDECIDED[question])
    undecided = {name for name, verdict in tables.items() if verdict != "PROVEN"}
    assert undecided == UNDECIDED[question], said


def test_the_scanner_itself_finds_what_is_careless(
    database: Database, connect: Connections
) -> None:
    connect(database).execute(CARELESS)
    for arguments in (["lint"], ["verify", "--mode=anon", "--schemas=public"]):
        code, said = pgrls(database, *arguments)
        assert code == 1, said
        assert "public.careless" in said
