"""Write the pages that are made from code: `python -m tests.docs.generated`."""

from __future__ import annotations

import psycopg

from devstack.project import create_project
from liverows.testing.postgres import PostgresServer
from tests.docs.generated.browser_package import browser_package
from tests.docs.generated.cli import cli
from tests.docs.generated.metrics import metrics
from tests.docs.generated.python_api import python_api
from tests.docs.generated.settings import settings
from tests.docs.generated.sql_contract import sql_contract
from tests.docs.pages import DOCS


def write() -> None:
    """Write all of them; the reference of SQL comes from a database made from nothing."""
    with PostgresServer() as server:
        dsn = create_project(server, "docs")
        with psycopg.connect(dsn, autocommit=True) as connection:
            pages = {
                "browser-package.md": browser_package(),
                "cli.md": cli(),
                "metrics.md": metrics(),
                "python-api.md": python_api(),
                "settings.md": settings(),
                "sql-contract.md": sql_contract(connection),
            }
    for name, text in pages.items():
        (DOCS / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
