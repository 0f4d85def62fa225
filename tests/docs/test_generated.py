"""The references are equal to what the code says today: python -m tests.docs.generated."""

from __future__ import annotations

import re

from tests.docs.generated.browser_package import README, browser_package
from tests.docs.generated.cli import cli
from tests.docs.generated.metrics import metrics
from tests.docs.generated.python_api import python_api
from tests.docs.generated.settings import settings
from tests.docs.generated.sql_contract import sql_contract
from tests.docs.pages import DOCS
from tests.support.databases import Connections, Database

LIVE_OPTIONS = (
    ("live-view", "LiveOptions"),
    ("live-link", "LinkOptions"),
    ("live-reader", "TableOptions"),
)
ARGUMENTS = """
select pg_get_function_arguments('processing.attach'::regproc)
"""


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def test_the_page_of_commands_is_that_of_the_commands() -> None:
    assert page("cli.md") == cli()


def test_the_page_of_the_browser_package_is_its_readme() -> None:
    assert page("browser-package.md") == browser_package()


def test_the_page_of_the_browser_package_names_each_option() -> None:
    declared = {name for place in LIVE_OPTIONS for name in members(*place)}
    readme = README.read_text()
    table = readme.partition("## Options")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.M)) == declared
    assert all(f"`{name}`" in readme for name in members("live-timing", "LiveTiming"))


def members(file: str, interface: str) -> list[str]:
    """The members of an interface of the package."""
    source = (README.parent / "src" / f"{file}.ts").read_text()
    _, _, rest = source.partition(f"export interface {interface}")
    return re.findall(r"^  (\w+)\??:", rest.partition("\n}")[0], re.M)


def test_the_page_of_settings_is_that_of_the_settings() -> None:
    assert page("settings.md") == settings()


def test_the_page_of_metrics_is_that_of_the_metrics() -> None:
    assert page("metrics.md") == metrics()


def test_the_page_of_python_names_is_that_of_the_names() -> None:
    assert page("python-api.md") == python_api()


def test_the_page_of_the_contract_is_that_of_the_catalogue(
    module_database: Database, connect: Connections
) -> None:
    assert page("sql-contract.md") == sql_contract(connect(module_database))


def test_the_page_of_attach_names_each_argument_with_its_type_and_default(
    module_database: Database, connect: Connections
) -> None:
    """The default is written as a person writes it: 20 seconds, not '00:00:20'::interval."""
    owner = connect(module_database)
    (text,) = owner.execute(ARGUMENTS).fetchone() or ("",)
    real = []
    for argument in text.split(", "):
        declared, _, default = argument.partition(" DEFAULT ")
        name, kind = declared.replace('"', "").replace("public.", "").split(" ", 1)
        value = default and (owner.execute(f"select ({default})::text").fetchone() or ("",))[0]
        real.append((name, kind, "required" if not default else value or "null"))
    shown = re.findall(r"^\| `(\w+)` \| ([\w\[\]]+) \| ([^|]+) \|", page("attach.md"), re.M)
    told = []
    for name, kind, default in shown:
        plain = default.strip("`")
        if kind == "interval":
            (plain,) = owner.execute("select (%s::interval)::text", [plain]).fetchone() or ("",)
        told.append((name, kind, plain))
    assert told == real
