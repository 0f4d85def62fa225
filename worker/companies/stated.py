"""The factual part of a brief in the sources' own words. It needs no model."""

from __future__ import annotations

import re
from collections.abc import Sequence

from worker.companies.open_source import OpenSource
from worker.companies.profile import Claim, Facts, ReadSource, Technology
from worker.companies.technologies import technologies_named
from worker.companies.website import Website
from worker.pages.quotes import is_quoted

MAX_ITEMS = 12
MAX_NAME = 60
_HEADING = re.compile(r"^(#{1,6})\s++(\S.*)")
_VALUES = re.compile(r"\b(?:values|principles|what we (?:value|believe in))\b", re.IGNORECASE)
_NO_NAME = re.compile(
    r"\b(?:contact|products?|services|solutions?|features|platform|customers|pricing|get started"
    r"|learn more|news|faq|questions|overview|why|how|what|our|your|we|you|join|team|about)\b"
    r"|[?!:]",
    re.IGNORECASE,
)


def stated_facts(website: Website, open_source: OpenSource) -> Facts:
    """Description, products, values and technologies in the sources' own words."""
    sources = website.sources
    return Facts(
        overview=_overview(website),
        products=_products(website),
        tech_stack=merge_technologies(languages_of(open_source), technologies_named(sources)),
        key_talking_points=_quoted(website.organisation.facts, sources[:1]),
        company_values=_values(sources),
    )


def languages_of(open_source: OpenSource) -> tuple[Technology, ...]:
    """The languages of a verified organisation, the largest first; very small shares are left
    out."""
    if not open_source.verified or open_source.source is None:
        return ()
    total = sum(size for _, size in open_source.languages)
    return tuple(
        Technology(name=name, evidence=(open_source.source.id,), basis="github")
        for name, size in open_source.languages
        if size * 100 >= total
    )[:MAX_ITEMS]


def merge_technologies(*lists: Sequence[Technology]) -> tuple[Technology, ...]:
    """The technologies of all lists, one for each name; their evidence is merged."""
    merged: dict[str, Technology] = {}
    for technology in (one for several in lists for one in several):
        known = merged.get(technology.name.casefold())
        evidence = (*known.evidence, *technology.evidence) if known else technology.evidence
        merged[technology.name.casefold()] = (known or technology).model_copy(
            update={"evidence": tuple(dict.fromkeys(evidence))}
        )
    return tuple(merged.values())


def merge_claims(*lists: Sequence[Claim]) -> tuple[Claim, ...]:
    """The claims of all lists in order, without those that begin with the words of an earlier
    claim."""
    merged: list[Claim] = []
    for claim in (one for several in lists for one in several):
        text = claim.text.casefold()
        if not any(text.startswith(known.text.casefold()) for known in merged):
            merged.append(claim)
    return tuple(merged[:MAX_ITEMS])


def _overview(website: Website) -> Claim | None:
    text = website.description
    if not text or not website.sources:
        return None
    return next(iter(_quoted((text,), website.sources[:1])), None)


def _products(website: Website) -> tuple[Claim, ...]:
    declared = _quoted(website.organisation.products, website.sources)
    headings = [
        Claim(text=name, sources=(source.id,), basis="stated")
        for source in website.sources
        if source.page == "products"
        for level, name in _headings(source.text)
        if level in (2, 3) and len(name) <= MAX_NAME and not _NO_NAME.search(name)
    ]
    return merge_claims(declared, headings)


def _values(sources: Sequence[ReadSource]) -> tuple[Claim, ...]:
    """The headings below a heading such as "Our values", up to the end of its section."""
    found: list[Claim] = []
    for source in sources:
        inside: int | None = None
        for level, name in _headings(source.text):
            if inside is not None and level > inside and len(name) <= MAX_NAME:
                found.append(Claim(text=name, sources=(source.id,), basis="stated"))
                continue
            inside = level if _VALUES.search(name) else None
    return merge_claims(found)


def _headings(text: str) -> list[tuple[int, str]]:
    matches = (_HEADING.match(line) for line in text.split("\n"))
    return [(len(match[1]), match[2].rstrip().strip("*_ ")) for match in matches if match]


def _quoted(texts: Sequence[str], sources: Sequence[ReadSource]) -> tuple[Claim, ...]:
    """The texts that one of the sources contains, each cited from the first such source."""
    claims = []
    for text in texts:
        source = next((one for one in sources if is_quoted(text[:500], one.text)), None)
        if source is not None:
            claims.append(Claim(text=text, sources=(source.id,), basis="stated"))
    return tuple(claims)
