"""The pages of the documentation and their blocks of code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SPOKEN = (
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "liverows/README.md",
    "packages/js/README.md",
)
"""Pages outside of docs/ whose blocks are checked too."""

_NOT_RUN = re.compile(r"<!-- not run: (.+) -->")
_AFTER = re.compile(r"<!-- sql after: (\S+) -->")
_TITLE = re.compile(r'title="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block. `title` names the file that it is; `not_run` says why it cannot run."""

    page: str
    line: int
    language: str
    title: str | None
    text: str
    not_run: str | None = None

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def pages() -> list[Path]:
    """Every page of the site, and the pages that GitHub shows beside it."""
    return [*sorted(DOCS.glob("*.md")), *(ROOT / name for name in SPOKEN)]


def name_of(page: Path) -> str:
    """The path of a page from the repository's root."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    return iter(_blocks(page))


@cache
def _blocks(page: Path) -> tuple[Block, ...]:
    return tuple(_read_blocks(page))


def _read_blocks(page: Path) -> Iterator[Block]:
    reason: str | None = None
    for token in MarkdownIt().parse(page.read_text(encoding="utf-8")):
        if token.type == "html_block" and (match := _NOT_RUN.search(token.content)):
            reason = match[1]
        elif token.type == "fence":
            language, _, rest = token.info.partition(" ")
            title = _TITLE.search(rest)
            line = (token.map or [0])[0] + 1
            named = title[1] if title else None
            yield Block(name_of(page), line, language, named, token.content, reason)
            reason = None
        elif token.nesting >= 0 and token.type != "inline":
            reason = None


def all_blocks(*languages: str) -> list[Block]:
    """Every block in one of these languages."""
    found = (block for page in pages() for block in blocks(page))
    return [block for block in found if block.language in languages]


def pages_before(page: Path) -> list[Path]:
    """The pages whose SQL runs before that of this page, because it uses their tables."""
    named = _AFTER.findall(page.read_text(encoding="utf-8"))
    return [DOCS / name for name in named]
