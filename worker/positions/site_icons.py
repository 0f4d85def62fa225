"""Finds the icons that a site declares; a large icon is usually the site's logo."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

from worker.pages.hosts import absolute
from worker.pages.tree import soup_of

_LOGO = re.compile(r"(?:^|[^a-z])logo(?:[^a-z]|$)", re.IGNORECASE)
MIN_PIXELS = 96
MAX_ICONS = 100


@dataclass(frozen=True, slots=True)
class SiteIcons:
    """A page's icons, touch icons first, and the URL of its web app manifest."""

    icons: tuple[str, ...] = ()
    manifest: str | None = None


def icons_of_page(html: str, page_url: str) -> SiteIcons:
    """The icons and the manifest of a page; raises the same errors as `soup_of`."""
    soup = soup_of(html)
    found = [*_of_kind(soup, "apple-touch-icon"), *_large_icons(soup), *_of_kind(soup, "mask-icon")]
    image = soup.find("meta", attrs={"property": "og:image"})
    if isinstance(image, Tag) and _LOGO.search(str(image.get("content") or "")):
        found.append(str(image["content"]))
    complete = [absolute(address, page_url) for address in found]
    manifest = soup.find("link", attrs={"rel": "manifest", "href": True})
    return SiteIcons(
        tuple(dict.fromkeys(address for address in complete if address)),
        absolute(str(manifest["href"]), page_url) if isinstance(manifest, Tag) else None,
    )


def icons_of_manifest(text: str, manifest_url: str) -> list[str]:
    """A manifest's icons of at least 96 pixels, largest first; empty if unreadable."""
    try:
        manifest = json.loads(text)
    except (ValueError, RecursionError):
        return []
    icons = manifest.get("icons") if isinstance(manifest, dict) else None
    sized = [
        (_pixels(str(icon.get("sizes") or "")), absolute(str(icon.get("src") or ""), manifest_url))
        for icon in (icons if isinstance(icons, list) else [])[:MAX_ICONS]
        if isinstance(icon, dict)
    ]
    large = [(pixels, address) for pixels, address in sized if address and pixels >= MIN_PIXELS]
    return [address for _, address in sorted(large, key=lambda each: -each[0])]


def _of_kind(soup: BeautifulSoup, kind: str) -> Iterator[str]:
    links = [link for link in soup.find_all("link", href=True) if _is_kind(link, kind)]
    for link in sorted(links, key=lambda link: -_pixels(str(link.get("sizes") or ""))):
        yield str(link["href"])


def _large_icons(soup: BeautifulSoup) -> Iterator[str]:
    for link in soup.find_all("link", href=True):
        svg = str(link.get("type") or "") == "image/svg+xml"
        if _is_kind(link, "icon") and (svg or _pixels(str(link.get("sizes") or "")) >= MIN_PIXELS):
            yield str(link["href"])


def _is_kind(link: Tag, kind: str) -> bool:
    rel = link.get("rel") or []
    words = rel if isinstance(rel, list) else str(rel).split()
    return kind in [str(word).lower().removesuffix("-precomposed") for word in words]


def _pixels(sizes: str) -> int:
    """The largest width in `sizes`, such as "48x48 192x192"; 10,000 for "any", and 0 for none."""
    if "any" in sizes.lower().split():
        return 10_000
    edges = [int(edge) for edge in re.findall(r"(\d{1,4})[xX]\d{1,4}", sizes)]
    return max(edges, default=0)
