"""The reference of the command line, from the declarations of typer."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from enum import StrEnum
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

`-h` is short for `--help`, `--version` prints the version, and `--install-completion` makes the
shell complete commands, options, and the values of options that have only certain ones.

| exit code | meaning |
| --- | --- |
| 0 | done |
| 1 | a problem: an error, a finding of `doctor` or `check`, rows that refused a change, or a \
confirmation declined |
| 2 | the command line is malformed, or a confirmation is needed and nobody can be asked: say \
`--yes` |
| 3 | no row matches, of `list`, `failures`, `retry`, `cancel`, `redrive` and `priority` with \
options; or no line of `log` |

An error is two lines on the error output: `error:` says what is wrong, `cure:` what to do about it.

## Choose rows

`list`, `failures`, `retry`, `cancel`, `redrive` and `priority` choose rows by the same options, and
all options together must hold. A time is `2026-11-30`, `2026-11-30T14:00` in the zone of this
machine, `2026-11-30T14:00+01:00`, or a span such as `90s`, `30min`, `2h` or `3d`, which means so
long ago. The time of a row is when it became due, started or ended.

```sh
liverows failures --since 1d
liverows retry --signature 918ac968d00da55e        # all that failed in the same way
liverows list --pipeline summarise-cv --status pending --older-than 2h
liverows cancel --owner 0a1b2c3d-0000-4000-8000-000000000001 --yes
```

A change first counts the rows and asks for a confirmation, then changes 500 rows per transaction
and shows the progress. Locked rows are left alone. Each row's history and the log of operators
(`liverows log`) name who did it: `--operator`, or the login on this machine.

A **signature** stands for code, step and normalised text of a failure. The text is that of the
exception, of the reason for operators, or of the message; in it URLs, addresses, uuids, quoted
texts, hexadecimal texts and numbers become `<url>`, `<address>`, `<uuid>`, `<text>`, `<hex>` and
`<n>`, in this order. The signature is the first 16 hexadecimal digits of the SHA-256 of the three,
each followed by a line feed. It stays the same from release to release.

## JSON

With `--json` a command prints one JSON value on the standard output and nothing else. Fields may be
added in later releases; none is renamed or removed within a major version. Times are ISO 8601.
Characters that a terminal would obey are written as `\\uXXXX`.

With and without `--json`, secrets in stored texts, such as errors, exceptions, names of workers and
filters of operators, are masked as `***`: those of the settings, also of the application's own, and
what looks like a key, a token or the query of an address. Otherwise what users wrote is unchanged.
In keys, tables and owners, with which the next command chooses rows, only secrets of the settings
are masked. So it is in an `export`, which has what the owner gave.

| command | shape |
| --- | --- |
| `list` | `{"rows": [{"table", "id", "pipeline", "status", "stage", "progress", "attempts", \
"run", "priority", "owner", "error", "not_before", "started_at", "finished_at", "set_aside", \
"at"}], "next", "unread"}`; `next` is for `--after`, null at the end; `unread` names tables that \
cannot be read now |
| `failures` | `[{"signature", "pipeline", "code", "step", "text", "rows", "first_at", "last_at", \
"example": {"table", "id"}}]` |
| `retry`, `cancel`, `redrive`, `priority` with options | `{"action", "matched", "more", \
"changed", "refused", "left", "examples": [{"id", "message"}]}`; with `more`, at least so many \
matched |
| `retry`, `cancel` of one row | `{"status", "run", "pipeline", "stage", "progress", "attempts", \
"priority", "not_before", "error", "edited", "started_at", "finished_at"}` |
| `explain`, `status` | what `processing.explain` and `processing.overview` answer ([SQL \
contract](sql-contract.md)) |
| `limits` | `{"concurrency", "concurrency_per_owner", "max_open_per_owner", "max_attempts"}`; \
null is no limit |
| `budgets list` | what `processing.budgets` answers ([SQL contract](sql-contract.md)) |
| `budgets set` | the budget, as in `budgets list` |
| `budgets remove` | `{"removed", "holds"}`; not removed is a budget that `attach` declares, which \
`holds` then |
| `log` | `[{"id", "at", "operator", "action", "pipeline", "arguments", "rows"}]`; `rows` is null \
for an action that is not about rows |
| `pause`, `resume` | `{"pipeline", "paused"}` |
| `alerts list` | what `processing.alerts` answers ([SQL contract](sql-contract.md#alerts)) |
| `doctor`, `check` | `[{"check", "state", "detail", "cure"}]`; `state` is ok, warning, problem \
or skipped |
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
    kind = parameter.type_descriptor.annotation
    name = _type_name(kind.__args__[0] if _several(parameter) else kind)
    least = getattr(parameter, "min", None)
    if least is not None:
        name = f"{name}, at least {least}"
    return f"{name}, may be repeated" if _several(parameter) else name


def _type_name(kind: Any) -> str:
    if issubclass(kind, StrEnum):
        return ", ".join(f"`{value}`" for value in kind)
    return {int: "integer", float: "number", str: "text", Path: "path"}[kind]


def _several(parameter: Any) -> bool:
    return bool(getattr(parameter, "multiple", False))


def _default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    value = parameter.default
    if getattr(parameter, "is_flag", False) or value in (None, (), []) or callable(value):
        return ""
    return f"`{value}`"
