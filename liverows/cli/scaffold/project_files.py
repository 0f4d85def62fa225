"""The files that `liverows init` adds to a project."""

from __future__ import annotations

import re
from pathlib import Path

import tomlkit
from tomlkit.exceptions import ParseError

from liverows.base.errors import SetupError
from liverows.cli.scaffold.copies import FOLDER, lacking_copies, migrations_in
from liverows.cli.scaffold.plan import Plan
from liverows.cli.scaffold.texts import filled

CONFIG = Path("supabase", "config.toml")
_SCHEMA = "processing"
_USUAL_SCHEMAS = ("public", "graphql_public")
_MARK = "\ufeff"
_USUAL_DATABASE_PORT = 54322


def plan_of(root: Path, package: str) -> Plan:
    """Return what `init` would change in the project in this folder.

    `package` is the dotted name of the package of pipelines. Raises `SetupError` for a file that
    cannot be read.
    """
    plan = Plan(root)
    for copy in lacking_copies(migrations_in(root)):
        plan.copy(FOLDER / copy.file, copy.sql)
    config = (root / CONFIG).is_file()
    if config:
        plan.edit(CONFIG, _with_schema)
    plan.edit(".env", lambda text: _with_settings(text, package, _local_database(root)))
    if any((folder / ".git").exists() for folder in (root, *root.resolve().parents)):
        plan.edit(".gitignore", _without_env)
    _add_package(plan, Path(*package.split(".")), package)
    return plan


def _add_package(plan: Plan, folder: Path, package: str) -> None:
    """Add the package with its example, unless the project has a package of this name."""
    has_package = (plan.root / folder / "__init__.py").exists()
    if not has_package and (plan.root / folder.with_suffix(".py")).exists():
        raise SetupError(
            f"{folder.with_suffix('.py')} would be hidden by a package of the same name",
            cure="choose another name with --package",
        )
    plan.write(folder / "AGENTS.md", filled("agents", package=package))
    if has_package:
        return
    plan.write(folder / "__init__.py", filled("package"))
    plan.write(folder / "example.py", filled("example"))
    plan.write(Path("tests", "test_example.py"), filled("example_test", package=package))


def _with_schema(text: str) -> str:
    """Add the schema to those that the Data API serves; the rest of the file stays as it is."""
    mark, document = _parsed(text)
    api = document.setdefault("api", tomlkit.table())
    schemas = api.setdefault("schemas", tomlkit.item(list(_USUAL_SCHEMAS)))
    if not isinstance(schemas, list):
        raise SetupError(
            f"[api] schemas in {CONFIG} is no list", cure='write it as ["public", "processing"]'
        )
    if _SCHEMA not in schemas:
        schemas.append(_SCHEMA)
    return mark + tomlkit.dumps(document)


def _parsed(text: str) -> tuple[str, tomlkit.TOMLDocument]:
    """Return the byte order mark, which some editors put before the text, and the document."""
    mark = _MARK if text.startswith(_MARK) else ""
    try:
        return mark, tomlkit.parse(text.removeprefix(mark))
    except ParseError as error:
        raise SetupError(
            f"{CONFIG} is no valid TOML: {error}", cure="mend the file and run it again"
        ) from error


def _local_database(root: Path) -> str:
    """Return the URL of the database of `supabase start`; "" if the project does not use that."""
    try:
        _, document = _parsed((root / CONFIG).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ""
    port = document.get("db", {}).get("port", _USUAL_DATABASE_PORT)
    return f"postgresql://postgres:postgres@127.0.0.1:{port}/postgres"


def _with_settings(text: str, package: str, database: str) -> str:
    """Add the settings that are not there; a value that is there stays."""
    wanted = {"LIVEROWS_PACKAGES": package}
    if not _sets(text, "SUPABASE_URL"):
        # A worker prefers the database URL, and the project's own database may be another one.
        wanted = {"SUPABASE_DB_URL": database, **wanted}
    lacking = [f"{name}={value}" for name, value in wanted.items() if not _sets(text, name)]
    if not lacking:
        return text
    return _with_lines(text, lacking)


def _with_lines(text: str, lines: list[str]) -> str:
    """Add lines at the end of a file, with the line ends that the file has."""
    end = "\r\n" if "\r\n" in text else "\n"
    before = text if not text or text.endswith("\n") else text + end
    return before + "".join(line + end for line in lines)


def _sets(text: str, name: str) -> bool:
    return re.search(rf"^\s*(export\s+)?{name}\s*=", text, re.MULTILINE) is not None


def _without_env(text: str) -> str:
    """Have git ignore `.env`, which holds a password."""
    if any(line.strip() in (".env", "/.env", ".env*", "*.env") for line in text.splitlines()):
        return text
    return _with_lines(text, [".env"])
