"""The pages make a site without a warning, and no link leads nowhere."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from devstack.site_links import outward_links
from tests.docs.pages import ROOT, name_of, pages

OTHERS = ("bench/README.md", "examples/minimal/README.md", "supabase/functions/README.md")
PLACES = [*pages(), *(ROOT / name for name in OTHERS)]


@pytest.mark.needs("mkdocs")
def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    assert (tmp_path / "site" / "start" / "index.html").exists()


@pytest.mark.parametrize("page", PLACES, ids=name_of)
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), link


def test_a_link_out_of_docs_leads_to_the_repository_or_becomes_its_text() -> None:
    text = "see [the contract](../supabase/migrations/x.sql#top)"
    plain = outward_links(text, "docs", None)
    assert plain == "see the contract (`supabase/migrations/x.sql`)"
    linked = outward_links(text, "docs", "https://example.com/repo/")
    assert linked == (
        "see [the contract](https://example.com/repo/blob/main/supabase/migrations/x.sql#top)"
    )


def links(page: Path) -> list[str]:
    """The links and pictures of a page that lead to files of this repository."""
    found = []
    for token in MarkdownIt().enable("table").parse(page.read_text(encoding="utf-8")):
        for child in token.children or ():
            target = child.attrGet("href") or child.attrGet("src")
            if target and not re.match(r"[a-z]+:", str(target)):
                found.append(str(target))
    return found


@cache
def anchors(page: Path) -> set[str]:
    """The anchors of the headings, as GitHub and MkDocs name them."""
    tokens = MarkdownIt().parse(page.read_text(encoding="utf-8"))
    titles = [
        tokens[index + 1].content
        for index, token in enumerate(tokens)
        if token.type == "heading_open"
    ]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
