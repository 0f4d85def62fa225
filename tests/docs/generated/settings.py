"""The reference of the settings, from `.env.template` and the models that read it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import AliasChoices
from pydantic.fields import FieldInfo

from liverows.base.settings import OUTDATED_NAMES, Settings
from worker.settings import ServiceSettings

TEMPLATE = Path(__file__).parents[3] / ".env.template"
_SECTION = re.compile(r"# --- (.+?) -+$")
_VARIABLE = re.compile(r"#([A-Z][A-Z0-9_]*)=(.*)")

HEAD = """\
# Settings

```sh
cp .env.template .env      # in a checkout; a project gets a short one by `liverows init`
liverows doctor            # says which settings are missing or malformed
```

Settings are read from the environment and from the file `.env` in the folder where the command
starts; the environment wins. An empty value counts as unset. A project that uses only the library
needs the variables marked *library*.

Tests have variables of their own, `TEST_DATABASE_URL` and others, which are read from the
environment only: see [Testing](testing.md#another-server).
"""


@dataclass
class _Line:
    section: str
    name: str
    shown: str
    meaning: str


def settings() -> str:
    """Return the page."""
    fields = _fields()
    text, section = HEAD, ""
    for line in _lines(TEMPLATE.read_text(encoding="utf-8")):
        if line.section != section:
            section = line.section
            text += f"\n## {section}\n\n| variable | type | default | meaning |\n"
            text += "| --- | --- | --- | --- |\n"
        field, reader = fields[line.name]
        default = f"`{line.shown}`" if line.shown else ""
        meaning = f"{line.meaning} *{reader}*".strip().replace(" | ", ", ")
        text += f"| `{line.name}` | {_type(field)} | {default} | {meaning} |\n"
    old = "".join(f"| `{new}` | `{was}` |\n" for new, was in OUTDATED_NAMES.items())
    return (
        text
        + "\n## Older names\n\nThey are still read, and `doctor` tells of them.\n\n"
        + (f"| name | older name |\n| --- | --- |\n{old}")
    )


def _lines(template: str) -> list[_Line]:
    """The variables of the template. A comment belongs to all variables right below it."""
    found: list[_Line] = []
    section, comment, fresh = "", "", True
    for line in template.splitlines():
        if match := _SECTION.match(line):
            section, comment = match[1].partition(":")[0], ""
        elif match := _VARIABLE.fullmatch(line):
            found.append(_Line(section, match[1], match[2], comment))
            fresh = True
        elif not line:
            comment, fresh = "", True
        else:
            said = line.lstrip("# ")
            comment, fresh = (said if fresh else f"{comment} {said}"), False
    return found


def _fields() -> dict[str, tuple[FieldInfo, str]]:
    found: dict[str, tuple[FieldInfo, str]] = {}
    for model, reader in ((ServiceSettings, "application"), (Settings, "library")):
        for name, field in model.model_fields.items():
            alias = field.validation_alias
            names = alias.choices if isinstance(alias, AliasChoices) else [name.upper()]
            found |= {str(each): (field, reader) for each in names}
    return found


def _type(field: FieldInfo) -> str:
    name = _plain(field.annotation)
    bounds = [
        f"{word} {getattr(rule, attribute)}"
        for rule in field.metadata
        for attribute, word in (("ge", "from"), ("gt", "above"), ("le", "to"))
        if hasattr(rule, attribute)
    ]
    return " ".join([name, *bounds])


def _plain(annotation: Any) -> str:
    kinds = [each for each in get_args(annotation) if each is not type(None)]
    if get_origin(annotation) is Literal:
        return " or ".join(f"`{each}`" for each in kinds)
    if get_origin(annotation) is tuple:
        return "list with commas"
    kind = kinds[0] if kinds else annotation
    names = {"SecretStr": "secret", "str": "text", "int": "integer", "float": "number"}
    return names[kind.__name__]
