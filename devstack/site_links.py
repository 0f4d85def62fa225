"""A hook of MkDocs: links of a page that lead out of docs/, into the rest of the repository.

The site holds only docs/. With `repo_url` in mkdocs.yml such a link leads to the repository;
without it, the link becomes its text and the path.
"""

from __future__ import annotations

import posixpath
import re
from typing import Any

_OUTWARD = re.compile(r"\[([^\]]+)\]\((\.\./[^)\s]+)\)")


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Any) -> str:
    """Return the text of the page with its outward links replaced; MkDocs calls this."""
    folder = posixpath.join("docs", posixpath.dirname(page.file.src_uri))
    return outward_links(markdown, folder, config["repo_url"])


def outward_links(markdown: str, folder: str, repo_url: str | None) -> str:
    """Replace links that begin with `../`. `folder` is that of the page, from the root."""

    def replaced(match: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(folder, match[2]))
        if repo_url:
            return f"[{match[1]}]({repo_url.rstrip('/')}/blob/main/{path})"
        plain = path.partition("#")[0]
        return match[1] if match[1].strip("`") == plain else f"{match[1]} (`{plain}`)"

    return _OUTWARD.sub(replaced, markdown)
