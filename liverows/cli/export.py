"""The command that tells all that is stored about one owner."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, TextIO, TypedDict, cast

import typer

from liverows.base.errors import SetupError
from liverows.base.printable import escaped_json
from liverows.base.settings import Settings
from liverows.base.types import JsonObject
from liverows.cli.bulk import OperatorOption, who
from liverows.cli.call import quiet_settings
from liverows.cli.exits import nothing_matched
from liverows.cli.masking import exact
from liverows.database.opening import opened_client


class _Page(TypedDict):
    """One answer of `export_owner`."""

    items: list[JsonObject]
    next: str | None


def export(
    owner: Annotated[str, typer.Option(help="The value of the owner column, usually a user's id.")],
    output: Annotated[
        Path | None, typer.Option(help="A new file, instead of the standard output.")
    ] = None,
    page: Annotated[int, typer.Option(min=1, max=1000, help="At most so many rows a call.")] = 20,
    operator: OperatorOption = None,
) -> None:
    """Write all that is stored about one owner, as JSON, one item a line.

    Rows come with their history and with what finished steps have found; stored objects are
    listed by path. The log of operators notes who exported whom. Ends with exit code 3 if nothing
    is stored about the owner.
    """
    settings = quiet_settings()
    opened = nullcontext(None) if output is None else _new_file(output)
    with opened as file:
        lines = asyncio.run(_write(settings, owner, who(operator), page, file))
    if not lines:
        if output is not None:
            output.unlink()
        raise nothing_matched()
    if output is not None:
        typer.echo(f"{lines} items in {output}")


def _new_file(path: Path) -> TextIO:
    # Only the owner of the file may read it.
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        raise SetupError(f"{path} is there already", cure="name a new file") from None
    return path.open("w", encoding="utf-8")


async def _write(
    settings: Settings, owner: str, operator: str, page: int, file: TextIO | None
) -> int:
    lines = 0
    async for item in _items(settings, owner, operator, page):
        typer.echo(escaped_json(json.dumps(item, ensure_ascii=False)), file=file)
        lines += 1
    return lines


async def _items(
    settings: Settings, owner: str, operator: str, page: int
) -> AsyncIterator[JsonObject]:
    """Every item, as the pages come, so that never more than one page is in memory."""
    after: str | None = None
    async with opened_client(settings) as client:
        await client.check_contract()
        while True:
            answer = await client.call(
                "export_owner",
                {"owner": owner, "operator": operator, "after": after, "max_rows": page},
            )
            found = cast("_Page", answer)
            for item in found["items"]:
                yield cast("JsonObject", exact(item))
            after = found["next"]
            if after is None:
                return
