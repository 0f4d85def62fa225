"""Recognises images by their first bytes; servers often send wrong content types."""

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
# A declaration or comment matches only up to its first end; otherwise many comments take very long.
_SVG = re.compile(
    rb"\A(?:<\?xml(?:(?!\?>).)*\?>|<!--(?:(?!-->).)*-->|<!doctype[^>]*>|\s)*<svg\b", re.I | re.S
)


def sniff_image(body: bytes, content_type: str) -> str | None:
    """The media type of an image; None if unknown. SVG needs the right `content_type` too."""
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
