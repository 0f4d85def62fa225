"""One page of a company's site: its text, its structured data about the company, its links."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from bs4 import BeautifulSoup, Tag
from pydantic import BaseModel, ConfigDict

from worker.companies.profile import ReadSource
from worker.pages.draft import one_line
from worker.pages.hosts import absolute
from worker.pages.json_ld import json_ld_nodes
from worker.pages.readable import readable
from worker.pages.schema_posting import Node, listed, text_of, types_of
from worker.pages.tree import soup_of, tree_of
from worker.services.web.client import Page

MAX_TEXT = 12_000
MAX_TITLE = 200
MAX_LINKS = 500
MAX_FACT = 1_000

# Sentences that give orders to a program that reads the page. They say nothing about a company.
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget)\b.{0,40}\b(?:instructions?|rules?|prompts?|above|previous)\b"
    r"|^\W*(?:system|assistant|developer|ai|llm)\s*(?:(?:prompt|message|note)\s*)?:"
    r"|\b(?:language models?|llms?|ai (?:models?|assistants?|agents?)|chatgpt|claude|gpt-?\d)\b"
    r".{0,60}\b(?:must|should|report|say|write|output|answer|include)\b"
    r"|\byou (?:must|should|are to)\b.{0,30}\b(?:report|output|claim|state that|respond|answer)\b",
    re.IGNORECASE,
)
_ORGANISATIONS = {"Corporation", "LocalBusiness", "NGO", "OnlineBusiness", "Project", "Brand"}


class Organisation(BaseModel):
    """What a site says about its owner in structured data (schema.org Organization)."""

    model_config = ConfigDict(frozen=True)

    name: str | None = None
    description: str | None = None
    logo: str | None = None
    same_as: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    """Lines such as `Founded: 1998`. The page's text contains them too."""
    products: tuple[str, ...] = ()


class SitePage(BaseModel):
    """A page that was read. `links` are pairs of address and label."""

    model_config = ConfigDict(frozen=True)

    source: ReadSource
    description: str | None = None
    organisation: Organisation = Organisation()
    links: tuple[tuple[str, str], ...] = ()
    had_orders: bool = False
    is_cut: bool = False
    """Whether the page is longer than the text that was kept."""


def read_site_page(page: Page, source_id: str, about: str) -> SitePage:
    """Read a page. A large page takes long, so call this in a child process.

    Raises `Permanent("too_large")` if the page is too complex to be read.
    """
    soup = soup_of(page.text)
    links = _links(soup, page.final_url)
    title = one_line(soup.title.get_text(" ") if soup.title else "")[:MAX_TITLE]
    description = _description(soup)
    organisation = _organisation(page.text, page.final_url)
    lines = [title, description, organisation.description, *organisation.facts]
    lines += [f"Product: {name}" for name in organisation.products]
    lines.append(readable(soup, page.final_url))
    text, had_orders = _without_orders("\n".join(line for line in lines if line))
    return SitePage(
        source=ReadSource(
            id=source_id,
            url=page.final_url,
            title=title or page.final_url,
            kind="website",
            retrieved_at=page.retrieved_at,
            sha256=hashlib.sha256(page.text.encode()).hexdigest(),
            status=page.status,
            text=text[:MAX_TEXT],
            page=about,
        ),
        description=_kept(description),
        organisation=organisation,
        links=tuple(links[:MAX_LINKS]),
        had_orders=had_orders,
        is_cut=len(text) > MAX_TEXT,
    )


def _without_orders(text: str) -> tuple[str, bool]:
    lines = text.split("\n")
    kept = [line for line in lines if not _ORDERS.search(line)]
    return "\n".join(kept), len(kept) < len(lines)


def _kept(text: str | None) -> str | None:
    return text if text and not _ORDERS.search(text) else None


def _links(soup: BeautifulSoup, base: str) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for anchor in soup("a", href=True):
        target = absolute(str(anchor["href"]), base)
        if target:
            found.setdefault(target.partition("#")[0], one_line(anchor.get_text(" "))[:80])
    return list(found.items())


def _description(soup: BeautifulSoup) -> str | None:
    for attributes in ({"name": "description"}, {"property": "og:description"}):
        element = soup.find("meta", attrs=attributes)
        if isinstance(element, Tag) and (text := one_line(str(element.get("content") or ""))):
            return text[:MAX_FACT]
    return None


def _organisation(html: str, base: str) -> Organisation:
    nodes, _ = json_ld_nodes(tree_of(html))
    node = next((one for one in nodes if _is_organisation(one)), None)
    products = [text_of(one.get("name")) for one in nodes if "Product" in types_of(one)]
    names = tuple(dict.fromkeys(name for name in products if _kept(name)))[:20]
    if node is None:
        return Organisation(products=tuple(name for name in names if name))
    return Organisation(
        name=_kept(text_of(node.get("name")) or text_of(node.get("legalName"))),
        description=_kept((text_of(node.get("description")) or "")[:MAX_FACT]),
        logo=_logo(node.get("logo"), base),
        same_as=tuple(_addresses(node.get("sameAs"), base)),
        facts=tuple(_facts(node)),
        products=tuple(name for name in names if name),
    )


def _is_organisation(node: Node) -> bool:
    types = types_of(node)
    return bool(types & _ORGANISATIONS) or any(name.endswith("Organization") for name in types)


def _logo(value: Any, base: str) -> str | None:
    for item in listed(value):
        address = item.get("url") or item.get("contentUrl") if isinstance(item, dict) else item
        if isinstance(address, str) and (found := absolute(address, base)):
            return found
    return None


def _addresses(value: Any, base: str) -> list[str]:
    found = [absolute(item, base) for item in listed(value) if isinstance(item, str)]
    return [address for address in found if address][:20]


def _facts(node: Node) -> list[str]:
    place = next((item for item in listed(node.get("address")) if item), None)
    where = place
    if isinstance(place, dict):
        parts = [text_of(place.get(key)) for key in ("addressLocality", "addressCountry")]
        where = ", ".join(part for part in parts if part)
    stated = {
        "Founded": text_of(node.get("foundingDate")),
        "Employees": _employees(node.get("numberOfEmployees")),
        "Based in": text_of(where),
        "Slogan": text_of(node.get("slogan")),
    }
    lines = [f"{name}: {one_line(value)[:200]}" for name, value in stated.items() if value]
    return [line for line in lines if not _ORDERS.search(line)]


def _employees(value: Any) -> str | None:
    node = next(iter(listed(value)), None)
    if isinstance(node, dict) and node.get("minValue") and node.get("maxValue"):
        return f"{text_of(node['minValue'])} to {text_of(node['maxValue'])}"
    return text_of(value)
