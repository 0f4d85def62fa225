"""Recognising an image by its first bytes, since servers label anything as one."""

from __future__ import annotations

import re

_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
    (b"BM", "image/bmp"),
)
# Each part ends at its own end: if one could reach into the next, many comments in a row would
# be read in every possible way.
_SVG = re.compile(
    rb"\A(?:<\?xml(?:(?!\?>).)*\?>|<!--(?:(?!-->).)*-->|<!doctype[^>]*>|\s)*<svg\b", re.I | re.S
)


def sniff_image(body: bytes, content_type: str) -> str | None:
    """The media type of image bytes, or None. SVG must also be labelled as such."""
    for start, media_type in _STARTS:
        if body.startswith(start) and len(body) > len(start):
            return media_type
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    if body[4:12] in (b"ftypavif", b"ftypavis"):
        return "image/avif"
    if content_type == "image/svg+xml" and _SVG.match(body[:4096]):
        return "image/svg+xml"
    return None
