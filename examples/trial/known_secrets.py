"""What a report may not show: keys, passwords, and by which names a project can be found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from psycopg.conninfo import conninfo_to_dict

from examples.trial.project import NAMED, Project
from examples.trial.rows import URLS

SECRET_SETTINGS = ("KEY", "TOKEN", "SECRET", "PASS", "CREDENTIAL", "DSN", "DB_URL", "DATABASE_URL")

# The ref of a hosted project, as Supabase's CLI knows it (ProjectRefPattern).
_REF = re.compile(r"(?<![a-z0-9])[a-z]{20}(?![a-z0-9])")


def secrets_of_settings(settings: Mapping[str, str]) -> set[str]:
    """The settings whose names sound secret, the passwords in addresses, and your own addresses."""
    found: set[str] = set()
    for name, value in settings.items():
        if name in URLS or any(part in name.upper() for part in SECRET_SETTINGS):
            found.add(value)
        found |= _passwords(value)
    return found


def secrets_of_project(project: Project) -> set[str]:
    """The keys and the password of a project; of a named one also its hosts and its ref.

    The addresses of `supabase start` are the same on every machine.
    """
    parts = conninfo_to_dict(project.db_url)
    found = {project.secret_key, project.publishable_key, project.db_url}
    found |= {str(parts.get("password") or "")} | _passwords(project.db_url)
    if project.kind != NAMED:
        return found
    hosts = f"{urlsplit(project.url).hostname or ''},{parts.get('host') or ''}"
    return found | {project.url, *hosts.split(","), *_REF.findall(f"{hosts} {parts.get('user')}")}


def _passwords(address: str) -> set[str]:
    """The password inside an address, as it is written there and decoded."""
    try:
        written = urlsplit(address).password or ""
    except ValueError:
        return set()
    return {written, unquote(written)}
