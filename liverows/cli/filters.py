"""The options with which commands choose rows: one set for `list`, `retry` and the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, TypeAlias

import typer

from liverows.base.types import JsonObject
from liverows.cli.call import qualified
from liverows.cli.choices import Status

Filter: TypeAlias = JsonObject
"""The argument `filter` of the contract's functions for operators."""

_UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days"}
_SPAN = re.compile(r"(\d{1,12}(?:\.\d{1,9})?)\s{0,9}(s|min|h|d)")


def _options(
    pipeline: Annotated[str | None, typer.Option(help="Only rows of this pipeline.")] = None,
    status: Annotated[
        list[Status] | None, typer.Option(help="Only rows that are in this state.")
    ] = None,
    code: Annotated[str | None, typer.Option(help="Only with this code in the error.")] = None,
    owner: Annotated[str | None, typer.Option(help="Only rows of this owner.")] = None,
    since: Annotated[
        str | None,
        typer.Option(help="Only since this time, as 2026-11-30T14:00, or 2h for two hours ago."),
    ] = None,
    until: Annotated[str | None, typer.Option(help="Only until this time, as for --since.")] = None,
    text: Annotated[str | None, typer.Option(help="Only with this in the error's message.")] = None,
    step: Annotated[
        str | None, typer.Option(help="Only at this step or stage, also of the error.")
    ] = None,
    signature: Annotated[
        str | None, typer.Option(help="Only failures with this signature; see `failures`.")
    ] = None,
    table: Annotated[str | None, typer.Option(help="Only of this table.")] = None,
    older_than: Annotated[
        str | None, typer.Option(help="Only what is older than this, as 90s, 30min, 2h or 3d.")
    ] = None,
) -> None:
    raise NotImplementedError


def filtered(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a filter. They reach it as the argument `wanted`, a `Filter`.

    The options come after the command's arguments and before its own options.
    """
    options = signature(_options, eval_str=True).parameters

    @wraps(command)
    def run(**given: Any) -> None:
        chosen = {name: given.pop(name) for name in options}
        command(wanted=read(chosen), **given)

    own = signature(command, eval_str=True).parameters.values()
    mine = [one for one in own if one.name != "wanted"]
    arguments = [one for one in mine if _is_argument(one)]
    others = [one for one in mine if not _is_argument(one)]
    ordered = [
        one.replace(kind=Parameter.KEYWORD_ONLY) for one in (*arguments, *options.values(), *others)
    ]
    run.__signature__ = Signature(ordered)  # type: ignore[attr-defined] # typer reads it
    run.__annotations__ = {one.name: one.annotation for one in ordered}
    return run


def _is_argument(parameter: Parameter) -> bool:
    kinds = getattr(parameter.annotation, "__metadata__", ())
    return any(isinstance(kind, typer.models.ArgumentInfo) for kind in kinds)


def read(chosen: Mapping[str, Any]) -> Filter:
    """Return the filter that the options mean. Raises `typer.BadParameter` for a malformed one."""
    wanted: Filter = {
        name: chosen[name]
        for name in ("pipeline", "code", "owner", "text", "step", "signature")
        if chosen[name] is not None
    }
    if chosen["status"]:
        wanted["status"] = [one.value for one in chosen["status"]]
    if chosen["table"] is not None:
        wanted["table"] = qualified(chosen["table"])
    for name in ("since", "until"):
        if chosen[name] is not None:
            wanted[name] = moment(chosen[name], f"--{name}")
    if chosen["older_than"] is not None:
        wanted["older_than_seconds"] = span(chosen["older_than"], "--older-than").total_seconds()
    return wanted


def moment(text: str, option: str) -> str:
    """Return the time as ISO 8601 with a zone, by default this machine's zone.

    A span, such as `2h`, means so long ago.
    """
    try:
        if _SPAN.fullmatch(text):
            return (datetime.now(UTC) - span(text, option)).isoformat()
        return datetime.fromisoformat(text).astimezone().isoformat()
    except (ValueError, OverflowError):  # the second for a time before the first year
        raise typer.BadParameter(
            f"{text} is no time such as 2026-11-30, 2026-11-30T14:00+01:00 or 2h",
            param_hint=option,
        ) from None


def span(text: str, option: str) -> timedelta:
    """Return the length of time that a text such as `90s`, `30min`, `2h` or `3d` means."""
    found = _SPAN.fullmatch(text)
    if found is None:
        raise typer.BadParameter(
            f"{text} is no time such as 90s, 30min, 2h or 3d", param_hint=option
        )
    try:
        return timedelta(**{_UNITS[found[2]]: float(found[1])})
    except OverflowError:
        raise typer.BadParameter(f"{text} is too long", param_hint=option) from None
