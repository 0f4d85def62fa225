"""Reads one page of a company's site: its text, data about the company, and links."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import lxml.html
from bs4 import BeautifulSoup, NavigableString, Tag
from pydantic import BaseModel, ConfigDict

from worker.companies.offered import products_offered
from worker.companies.places import addresses_in, open_roles
from worker.companies.product_names import calls, is_name, written_alike
from worker.companies.profile import ReadSource
from worker.companies.signatures import main_heading, signatures
from worker.companies.site_state import SiteState, state_of
from worker.pages.draft import one_line
from worker.pages.hosts import absolute
from worker.pages.json_ld import json_ld_nodes, microdata_nodes
from worker.pages.line_breaks import replace_text
from worker.pages.page_index import PageIndex
from worker.pages.readable import readable
from worker.pages.schema_posting import Node, listed, text_of, types_of
from worker.pages.search import elements, whole_text
from worker.pages.tree import trees_of, without_collections
from worker.services.web.client import Page

MAX_TEXT = 12_000
MAX_TITLE = 200
MAX_LINKS = 500
MAX_FACT = 1_000
MAX_PRODUCTS = 20

# Words that give orders to a program. Lines with such words are removed.
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget)\b.{0,40}\b(?:instructions?|rules?|prompts?|above|previous)\b"
    r"|^\W*(?:system|assistant|developer|ai|llm)\s*(?:(?:prompt|message|note)\s*)?:"
    r"|\b(?:language models?|llms?|ai (?:models?|assistants?|agents?)|chatgpt|claude|gpt-?\d)\b"
    r".{0,60}\b(?:must|should|report|say|write|output|answer|include)\b"
    r"|\byou (?:must|should|are to)\b.{0,30}\b(?:report|output|claim|state that|respond|answer)\b",
    re.IGNORECASE,
)
_WRAPPED = re.compile(r"[\r\n]\s*")
_PRE = re.compile(r"white-space:\s*(?:pre|break-spaces)", re.IGNORECASE)
_ORGANISATIONS = {"Corporation", "LocalBusiness", "NGO", "OnlineBusiness", "Project", "Brand"}
_PRODUCTS = {
    "Product", "ProductGroup", "ProductModel", "IndividualProduct", "SoftwareApplication",
    "WebApplication", "MobileApplication", "VideoGame",
}  # fmt: skip
_MARKED_PRODUCT = re.compile(r"schema\.org/(?:Product|SoftwareApplication)\b")


class Organisation(BaseModel):
    """What a page says about the site's owner, mostly in structured data (schema.org)."""

    model_config = ConfigDict(frozen=True)

    name: str | None = None
    description: str | None = None
    logo: str | None = None
    same_as: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    """Lines such as `Founded: 1998`. The text of the page as a source contains them too."""
    products: tuple[str, ...] = ()
    """Products in structured data, and those that the page offers (see `offered.py`)."""
    product_groups: tuple[str, ...] = ()
    """Headings above lists of products, such as "Washing lines". They are shown as no products."""
    grouped_products: tuple[str, ...] = ()
    """The products in those lists."""
    site_name: str | None = None
    """The name of a `WebSite` node in structured data, else that in `og:site_name`."""
    roles: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()
    """Texts that may hold the owner's name (see `signatures.py`)."""
    heading: str | None = None
    """The main heading of the page."""


class SitePage(BaseModel):
    """A page that was read. `had_orders`: lines with orders to a program were removed."""

    model_config = ConfigDict(frozen=True)

    source: ReadSource
    description: str | None = None
    organisation: Organisation = Organisation()
    links: tuple[tuple[str, str], ...] = ()
    had_orders: bool = False
    is_cut: bool = False
    """Whether the text that was kept is only the beginning of the page's text."""
    state: SiteState | None = None
    """Why the page seems to say nothing about its company; None if it does not seem so."""


@without_collections()
def read_site_page(page: Page, source_id: str, about: str) -> SitePage:
    """Read a page of a company's site. A large page takes long, so call this in a child process.

    `about` is the page's subject. Raises `Permanent("too_large")` if the page is too complex.
    """
    tree, soup = trees_of(page.text)
    index = PageIndex(soup)
    targets = _links(index, page.final_url)
    title = index.title[:MAX_TITLE]
    description = _description(index)
    state = state_of(soup, page.text)
    organisation = _organisation(tree, page.text, page.final_url, about)
    organisation = _completed(organisation, index, page.final_url, about)
    lines = [title, description, organisation.description, *organisation.facts]
    lines += [f"Product: {name}" for name in organisation.products]
    lines += [f"Open role: {role}" for role in organisation.roles]
    lines += [f"Address: {place}" for place in organisation.places]
    _unwrap_lines(soup)
    lines.append(readable(soup, page.final_url))
    text, had_orders = _without_orders("\n\n".join(line for line in lines if line))
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
        links=tuple(targets[:MAX_LINKS]),
        had_orders=had_orders,
        is_cut=len(text) > MAX_TEXT,
        state=state,
    )


def _unwrap_lines(soup: BeautifulSoup) -> None:
    """Make spaces of the line breaks inside texts, as a browser does.

    Otherwise half a sentence would be read: "our customers use" without what they use.
    """
    kept: set[int] = set()
    for element in [soup, *elements(soup)]:
        # An element comes after those around it, so these are already known.
        if id(element.parent) in kept or _keeps_lines(element):
            kept.add(id(element))
            continue
        for place, text in enumerate(element.contents):
            if type(text) is NavigableString and _WRAPPED.search(text):
                replace_text(text, place, _WRAPPED.sub(" ", text))


def _keeps_lines(element: Tag) -> bool:
    if element.name in ("pre", "textarea"):
        return True
    return _PRE.search(str(element.get("style") or "")) is not None


def _completed(organisation: Organisation, page: PageIndex, url: str, about: str) -> Organisation:
    """The organisation with what the page itself shows, such as products."""
    offered = products_offered(page, url, about)
    products = [*organisation.products, *offered.names]
    kept = {written_alike(name): name for name in reversed(products) if _kept(name)}
    named = _content(page, "property", "og:site_name")
    return organisation.model_copy(
        update={
            "products": tuple(reversed(kept.values()))[:MAX_PRODUCTS],
            "product_groups": tuple(offered.groups),
            "grouped_products": tuple(offered.grouped),
            "site_name": organisation.site_name or _kept(named[:MAX_TITLE]),
            "roles": tuple(role for role in open_roles(page, url, about) if _kept(role)),
            "places": tuple(place for place in addresses_in(page) if _kept(place)),
            "signatures": tuple(text for text in signatures(page, url) if _kept(text)),
            "heading": _kept(main_heading(page)),
        }
    )


def _without_orders(text: str) -> tuple[str, bool]:
    lines = text.split("\n")
    kept = [line for line in lines if not _ORDERS.search(line)]
    return "\n".join(kept), len(kept) < len(lines)


def _kept(text: str | None) -> str | None:
    return text if text and not _ORDERS.search(text) else None


def _links(page: PageIndex, base: str) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for anchor in page.links:
        target = (absolute(str(anchor["href"]), base) or "").partition("#")[0]
        if target and target not in found:
            found[target] = one_line(whole_text(anchor, " "))[:80]
    return list(found.items())


def _description(page: PageIndex) -> str | None:
    told = _content(page, "name", "description") or _content(page, "property", "og:description")
    return told[:MAX_FACT] or None


def _content(page: PageIndex, attribute: str, value: str) -> str:
    """The content of the first `meta` element with this attribute; empty without one."""
    meta = next((each for each in page.named("meta") if each.get(attribute) == value), None)
    return one_line(str(meta.get("content") or "")) if meta is not None else ""


def _organisation(tree: lxml.html.HtmlElement, html: str, base: str, about: str) -> Organisation:
    nodes, _ = json_ld_nodes(tree)
    marked = microdata_nodes(tree, base)[0] if _MARKED_PRODUCT.search(html) else []
    node = next((one for one in nodes if _is_organisation(one)), None)
    products = [text_of(one.get("name")) for one in [*nodes, *marked] if types_of(one) & _PRODUCTS]
    products += _in_lists(nodes) if about == "products" else []
    names = tuple(dict.fromkeys(name for name in products if _kept(name)))[:MAX_PRODUCTS]
    site = next((text_of(one.get("name")) for one in nodes if "WebSite" in types_of(one)), None)
    if node is None:
        return Organisation(products=tuple(name for name in names if name), site_name=_kept(site))
    return Organisation(
        name=_kept(text_of(node.get("name")) or text_of(node.get("legalName"))),
        description=_kept((text_of(node.get("description")) or "")[:MAX_FACT]),
        logo=_logo(node.get("logo"), base),
        same_as=tuple(_addresses(node.get("sameAs"), base)),
        facts=tuple(_facts(node)),
        products=tuple(name for name in names if name),
        site_name=_kept(site),
    )


def _in_lists(nodes: list[Node]) -> list[str]:
    """The names of what an `ItemList` of structured data lists, if each item has a page."""
    lists = [listed(one.get("itemListElement")) for one in nodes if "ItemList" in types_of(one)]
    items = [item for each in lists for item in each if isinstance(item, dict)]
    names = [text_of(item.get("name")) for item in items if item.get("url")]
    return [name for name in names if name and is_name(name) and not calls(name)]


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
