"""The text of a file of others."""

from __future__ import annotations

from pathlib import Path

from worker.services.web.body import decode


def text_of(path: Path) -> str:
    """UTF-8 if it is; else the encoding that a page's head names, or the likeliest one.

    UTF-8 comes first because many pages are saved as such while their head names another encoding.
    """
    body = path.read_bytes()
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return decode(body, None)[0]
