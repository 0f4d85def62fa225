"""Finds the icons that a site declares; a large icon is usually the site's logo."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import lxml.html

from worker.pages.hosts import absolute
from worker.pages.tree import tree_of

_LOGO = re.compile(r"(?:^|[^a-z])logo(?:[^a-z]|$)", re.IGNORECASE)
MIN_PIXELS = 96
MAX_ICONS = 100


@dataclass(frozen=True, slots=True)
class SiteIcons:
    """A page's icons, touch icons first, and the URL of its web app manifest."""

    icons: tuple[str, ...] = ()
    manifest: str | None = None


def icons_of_page(html: str, page_url: str) -> SiteIcons:
    """The icons and the manifest of a page; raises the same errors as `tree_of`."""
    tree = tree_of(html)
    links = [link for link in tree.iter("link") if link.get("href") is not None]
    touch, mask = _of_kind(links, "apple-touch-icon"), _of_kind(links, "mask-icon")
    found = [*touch, *_large_icons(links), *mask]
    images = (meta for meta in tree.iter("meta") if meta.get("property") == "og:image")
    image = next(images, None)
    if image is not None and _LOGO.search(str(image.get("content") or "")):
        found.append(str(image.get("content")))
    complete = [absolute(address, page_url) for address in found]
    manifest = next((link for link in links if "manifest" in _words_of(link)), None)
    return SiteIcons(
        tuple(dict.fromkeys(address for address in complete if address)),
        absolute(manifest.get("href"), page_url) if manifest is not None else None,
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


def _of_kind(links: Sequence[lxml.html.HtmlElement], kind: str) -> Iterator[str]:
    fit = [link for link in links if _is_kind(link, kind)]
    for link in sorted(fit, key=lambda link: -_pixels(str(link.get("sizes") or ""))):
        yield str(link.get("href"))


def _large_icons(links: Sequence[lxml.html.HtmlElement]) -> Iterator[str]:
    for link in links:
        svg = str(link.get("type") or "") == "image/svg+xml"
        if _is_kind(link, "icon") and (svg or _pixels(str(link.get("sizes") or "")) >= MIN_PIXELS):
            yield str(link.get("href"))


def _is_kind(link: lxml.html.HtmlElement, kind: str) -> bool:
    return kind in [word.lower().removesuffix("-precomposed") for word in _words_of(link)]


def _words_of(link: lxml.html.HtmlElement) -> list[str]:
    return str(link.get("rel") or "").split()


def _pixels(sizes: str) -> int:
    """The largest width in `sizes`, such as "48x48 192x192"; 10,000 for "any", and 0 for none."""
    if "any" in sizes.lower().split():
        return 10_000
    edges = [int(edge) for edge in re.findall(r"(\d{1,4})[xX]\d{1,4}", sizes)]
    return max(edges, default=0)
