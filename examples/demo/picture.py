"""Draws the results of the demo as a picture for the README: `make demo SVG=docs/demo.svg`."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from examples.demo.rows import Wanted
from examples.demo.screen import Screen
from examples.demo.user import Row

WIDTH = 104
# A picture cannot load anything from other servers when it is shown, so web fonts are removed.
_WEB_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_PORT = re.compile(r"(?<=127\.0\.0\.1):\d+")


def save_picture(file: Path, wanted: Sequence[Wanted], rows: Sequence[Row]) -> None:
    """Write the rows and their sources as SVG. The same rows make the same file."""
    console = Console(
        record=True, width=WIDTH, file=io.StringIO(), highlight=False, markup=False, emoji=False
    )
    shown: list[Row] = json.loads(_PORT.sub("", json.dumps(rows)))
    screen = Screen(console)
    screen.overview(wanted, shown)
    screen.results(wanted, shown)
    drawn = console.export_svg(title="make demo", unique_id="demo")
    file.write_text(_WEB_FONTS.sub("", drawn), encoding="utf-8")
