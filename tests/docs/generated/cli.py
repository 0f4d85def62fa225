"""The reference of the command line, from the declarations of typer."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from liverows.cli.commands import command_line

HEAD = """\
# Command line

```sh
liverows --help
liverows run --help
```

`liverows` is the command of the library. An application has the same commands under its own name:
the application of this repository is started as `worker`. Both read the settings from the
environment and from `.env` ([settings](settings.md)).

Each command ends with exit code 0 if it did what was asked, with 1 if it did not, and with 2 if
the command line is malformed. A failure is two lines on the error output: `error:` says what is
wrong, `cure:` what to do about it.
"""


def cli() -> str:
    """Return the page."""
    return HEAD + "".join(f"\n{_section(name, command)}" for name, command in commands())


def commands() -> Iterator[tuple[str, Any]]:
    """Each command with its full name, such as `new pipeline`, in the order of `--help`."""
    yield from _below("", typer.main.get_command(command_line([])))


def _below(prefix: str, group: Any) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _below(f"{prefix}{name} ", command)
        else:
            yield prefix + name, command


def _section(name: str, command: Any) -> str:
    usage = " ".join(["liverows", name, *_arguments(command), "[OPTIONS]"])
    text = f"## {name}\n\n{inspect.cleandoc(command.help)}\n\n    {usage}\n"
    rows = [_row(parameter) for parameter in command.params]
    if rows:
        text += "\n| argument or option | type | default | meaning |\n| --- | --- | --- | --- |\n"
        text += "".join(rows)
    return text


def _arguments(command: Any) -> list[str]:
    found = [each for each in command.params if each.param_type_name == "argument"]
    return [_metavar(each) if each.required else f"[{_metavar(each)}]" for each in found]


def _metavar(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name.upper())


def _row(parameter: Any) -> str:
    is_option = parameter.param_type_name == "option"
    named = ", ".join(parameter.opts) if is_option else _metavar(parameter)
    return f"| `{named}` | {_type(parameter)} | {_default(parameter)} | {parameter.help or ''} |\n"


def _type(parameter: Any) -> str:
    if getattr(parameter, "is_flag", False):
        return "flag"
    names = {int: "integer", float: "number", str: "text", Path: "path"}
    name = names[parameter.type_descriptor.annotation if not _several(parameter) else str]
    least = getattr(parameter, "min", None)
    if least is not None:
        name = f"{name}, at least {least}"
    return f"{name}, may be repeated" if _several(parameter) else name


def _several(parameter: Any) -> bool:
    return bool(getattr(parameter, "multiple", False))


def _default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    value = parameter.default
    if getattr(parameter, "is_flag", False) or value in (None, (), []) or callable(value):
        return ""
    return f"`{value}`"
