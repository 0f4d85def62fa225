"""Things that a test may need but a machine may lack, and what happens then.

A test says `@pytest.mark.needs("postgrest")`. If that is missing, the test is skipped with the
reason. With `REQUIRED=postgrest` (a comma-separated list) or `--require-all`, the test fails
instead.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from collections.abc import Callable

from devstack.browser_kit import install as install_browser_kit
from devstack.functions import FunctionsMissing, find_deno
from devstack.node import HERE, NodeMissing, find_node
from devstack.page import REACT_PAGE, WEB_PAGE, Page, PageMissing
from devstack.postgrest import PostgrestMissing, find_postgrest
from tests.support.debian import missing_pgtap, missing_plpgsql_check, missing_supabase_cli
from tests.support.local_speech import missing_local_speech, missing_numpy
from tests.support.pgbouncer import pgbouncer_program
from tests.support.stack import named_stack


def missing_postgrest() -> str | None:
    """The real PostgREST from npm, and whether it runs on this machine."""
    try:
        subprocess.run([str(find_postgrest()), "--version"], check=True, capture_output=True)
    except PostgrestMissing as error:
        return str(error)
    except (OSError, subprocess.SubprocessError) as error:
        return f"postgrest does not run here: {error}"
    return None


def missing_stack() -> str | None:
    """A real Supabase named in the environment, or what the local stack needs."""
    return None if named_stack() else missing_postgrest() or missing_deno()


def missing_deno() -> str | None:
    """Deno from its wheel, or one on the path."""
    try:
        find_deno()
    except FunctionsMissing as error:
        return str(error)
    return None


def missing_supabase_js() -> str | None:
    """The browser client from npm, and Node from its wheel to run it."""
    try:
        find_node()
    except NodeMissing as error:
        return str(error)
    there = (HERE / "node_modules" / "@supabase" / "supabase-js").is_dir()
    return None if there else "supabase-js is not installed: run make node"


def missing_pgbouncer() -> str | None:
    """A pooler to put between the worker and its database."""
    return None if pgbouncer_program() else "pgbouncer is not installed: apt-get install pgbouncer"


def missing_chromium() -> str | None:
    """Debian's browser, and the tools to build the page."""
    if not shutil.which("chromium"):
        return "chromium is not installed: apt-get install chromium"
    if importlib.util.find_spec("playwright") is None:
        return "playwright is not installed: run make venv"
    return missing_page()


def missing_page(page: Page = WEB_PAGE) -> str | None:
    """The packages of examples/web, or of another page; this check builds the page."""
    try:
        page.build()
    except PageMissing as error:
        return str(error)
    return None


def missing_react_page() -> str | None:
    """The packages of examples/react."""
    return missing_page(REACT_PAGE)


def missing_browser_kit() -> str | None:
    """The packages that the tests of packages/js need; this check installs them."""
    try:
        install_browser_kit()
    except NodeMissing as error:
        return str(error)
    return None


def missing_mkdocs() -> str | None:
    """What builds the site of the documentation."""
    there = importlib.util.find_spec("mkdocs") and importlib.util.find_spec("material")
    return None if there else "mkdocs-material is not installed: run make venv"


def missing_promtool() -> str | None:
    """Prometheus' own check of rules and metrics."""
    return None if shutil.which("promtool") else "promtool is missing: apt-get install prometheus"


CAPABILITIES: dict[str, Callable[[], str | None]] = {
    "postgrest": missing_postgrest,
    "stack": missing_stack,
    "deno": missing_deno,
    "browser-kit": missing_browser_kit,
    "chromium": missing_chromium,
    "mkdocs": missing_mkdocs,
    "page": missing_page,
    "react-page": missing_react_page,
    "supabase-js": missing_supabase_js,
    "pgbouncer": missing_pgbouncer,
    "local-speech": missing_local_speech,
    "numpy": missing_numpy,
    "pgtap": missing_pgtap,
    "promtool": missing_promtool,
    "plpgsql-check": missing_plpgsql_check,
    "supabase-cli": missing_supabase_cli,
}
"""For each capability a function that returns why it is missing, or None."""
