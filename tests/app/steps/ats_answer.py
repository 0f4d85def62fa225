"""The answer of a recruiting system for one invented posting, and the expected columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

LEVER_ID = "0b8f2f0e-6f0c-4a53-9d0e-1a2b3c4d5e6f"
ASHBY_ID = "7c1de2f3-1111-4222-8333-944455566677"
RIPPLING_ID = "11112222-3333-4444-8555-666677778888"

BODY = (
    "<h3>What you will do</h3><ul><li>Keep the pumps running</li><li>Write down why</li></ul>"
    "<p>We are looking for somebody patient.</p>"
)


@dataclass(frozen=True)
class AtsAnswer:
    """A posting's address, the answer of its recruiting system, and the expected columns."""

    platform: str
    url: str
    endpoint: str
    body: str
    expected: dict[str, Any]
    content_type: str = "application/json"
    described: tuple[str, ...] = ("- Keep the pumps running", "looking for somebody patient")
    absent: tuple[str, ...] = field(default=("<", "&lt;", "&amp;"))


def escaped(html: str) -> str:
    return html.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
