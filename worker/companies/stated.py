"""The facts that are taken from the sources in their own words, without a model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from worker.companies.entailment import speaks_of_itself
from worker.companies.names import normalised, own_names
from worker.companies.open_source import OpenSource
from worker.companies.own_words import (
    first_sentence,
    is_about_applying,
    shortened,
    telling_sentences,
    told_part,
    values_in,
)
from worker.companies.product_names import calls, is_name, is_titled, written_alike
from worker.companies.profile import Claim, Facts, ReadSource, Technology
from worker.companies.site_page import Organisation
from worker.companies.technologies import technologies_named
from worker.companies.telling_pages import slug
from worker.companies.website import Website
from worker.pages.quotes import is_quoted

MAX_ITEMS = 12
SMALL_SHARE = 0.01
"""Languages whose mean share of a repository is smaller are left out."""
_HEADING = re.compile(r"^(#{1,6})\s++(\S.*)")


def stated_facts(website: Website, open_source: OpenSource) -> Facts:
    """Facts in the sources' own words, such as the description, products and values."""
    sources = website.sources
    return Facts(
        overview=_overview(website),
        products=_products(website),
        tech_stack=merge_technologies(languages_of(open_source), technologies_named(sources)),
        key_talking_points=_talking_points(website),
        culture_insights=_culture(website),
        company_values=_values(sources),
    )


def languages_of(open_source: OpenSource) -> tuple[Technology, ...]:
    """The languages of a verified organisation by mean share of a repository, largest first."""
    if not open_source.verified or open_source.source is None:
        return ()
    return tuple(
        Technology(name=name, evidence=(open_source.source.id,), basis="github")
        for name, share in open_source.shares
        if share >= SMALL_SHARE
    )[:MAX_ITEMS]


def merge_technologies(*lists: Sequence[Technology]) -> tuple[Technology, ...]:
    """The technologies of all lists, one for each name, with all evidence for it."""
    merged: dict[str, Technology] = {}
    for technology in (one for several in lists for one in several):
        known = merged.get(technology.name.casefold())
        evidence = (*known.evidence, *technology.evidence) if known else technology.evidence
        merged[technology.name.casefold()] = (known or technology).model_copy(
            update={"evidence": tuple(dict.fromkeys(evidence))}
        )
    return tuple(merged.values())


def merge_claims(*lists: Sequence[Claim]) -> tuple[Claim, ...]:
    """The claims of all lists, at most twelve, without those that begin with an earlier one."""
    merged: list[Claim] = []
    for claim in (one for several in lists for one in several):
        text = claim.text.casefold()
        if not any(text.startswith(known.text.casefold()) for known in merged):
            merged.append(claim)
    return tuple(merged[:MAX_ITEMS])


def _overview(website: Website) -> Claim | None:
    """The site's description of itself if it says something, else a first sentence of a page."""
    sources = website.sources
    if not sources:
        return None
    names = " ".join(own_names(website))
    for text in (website.description, website.organisation.description):
        if text and (told := told_part(text, names)):
            return next(iter(_quoted((shortened(told),), sources[:1])), None)
    telling = [sources[0], *(source for source in sources if source.page == "about")]
    found = [claim for source in telling for claim in _first_sentence(source, website)]
    # The first paragraph of a front page may tell of a customer instead of the company.
    of_itself = [claim for claim in found if speaks_of_itself(claim.text, own_names(website))]
    return next(iter([*of_itself, *found]), None)


def _first_sentence(source: ReadSource, website: Website) -> tuple[Claim, ...]:
    said = website.organisation
    # These lines stand above the page's own text, see `site_page.py`; they are no sentences of it.
    above = {source.title, website.description, said.description, *said.facts}
    above |= {f"Open role: {role}" for role in said.roles}
    lines = [
        line
        for line in source.text.split("\n")
        if line not in above and not any(_is_mostly(place, line) for place in said.places)
    ]
    sentence = first_sentence("\n".join(lines), " ".join(own_names(website)))
    return _quoted((sentence,), (source,)) if sentence else ()


def _is_mostly(place: str, line: str) -> bool:
    """Whether an address is at least half of a line. "Bldg." may look like a sentence's end."""
    return place in line and 2 * len(place) >= len(line)


def _products(website: Website) -> tuple[Claim, ...]:
    """The products for which a page has evidence, and mentioned headings about products."""
    own = {normalised(name) for name in own_names(website)}
    is_group = _groups(website.organisation)
    declared = _quoted(website.organisation.products, website.sources)
    headings = [
        Claim(text=name, sources=(source.id,), basis="stated")
        for source in website.sources
        if source.page == "products"
        for level, name in _headings(source.text)
        if level in (2, 3) and is_name(name) and not calls(name) and is_titled(name)
        if any(_is_mentioned(name, other.text) for other in website.sources)
    ]
    found = {
        written_alike(claim.text): claim
        for claim in (*headings, *declared)
        if normalised(claim.text) not in own and not is_group(claim.text)
    }
    return tuple(found.values())[:MAX_ITEMS]


def _groups(said: Organisation) -> Callable[[str], bool]:
    """Tells whether a name is that of a group of products, or a longer one for it.

    A menu may say "Plastic washing lines" for the group "Washing lines".
    """
    products = {normalised(name) for name in said.grouped_products}
    groups = [stems for name in said.product_groups if (stems := _stems(name))]

    def is_group(name: str) -> bool:
        words = _stems(name)
        is_named = any(stems == words or (len(stems) > 1 and stems < words) for stems in groups)
        return is_named and normalised(name) not in products

    return is_group


def _stems(name: str) -> frozenset[str]:
    return frozenset(word.removesuffix("s") for word in slug(name).split("-") if word)


def _is_mentioned(name: str, text: str) -> bool:
    """Whether a name stands after a small letter or a comma, as inside a sentence."""
    place = text.find(name)
    while place >= 0:
        before = text[max(0, place - 2) : place]
        after = text[place + len(name) : place + len(name) + 1]
        is_inside = before[1:] == " " and (before[0].islower() or before[0] == ",")
        if is_inside and not after.isalnum():
            return True
        place = text.find(name, place + 1)
    return False


def _talking_points(website: Website) -> tuple[Claim, ...]:
    """Facts in structured data, open roles, and addresses unless a fact says "Based in"."""
    said = website.organisation
    lines = [*said.facts, *(f"Open role: {role}" for role in said.roles[:5])]
    if not any(fact.startswith("Based in") for fact in said.facts):
        lines += [f"Address: {place}" for place in said.places[:2]]
    return _quoted(lines, website.sources)[:MAX_ITEMS]


def _values(sources: Sequence[ReadSource]) -> tuple[Claim, ...]:
    """What the pages name below a heading such as "Our values"."""
    found = [
        Claim(text=name, sources=(source.id,), basis="stated")
        for source in sources
        for name in values_in(source.text)
        if is_quoted(name, source.text)
    ]
    return merge_claims(found)


def _culture(website: Website) -> Claim | None:
    """A sentence about the company on a page about values or careers, or else a quotation there."""
    return next(_statements(website), None)


def _statements(website: Website) -> Iterator[Claim]:
    pages = [one for kind in ("values", "careers") for one in website.sources
             if one.page == kind]  # fmt: skip
    names = own_names(website)
    for source in pages:
        text = source.text.replace(source.title, "", 1)
        for sentence in telling_sentences(text, " ".join(names)):
            if sentence in (website.description or "") or sentence.endswith(("!", "?")):
                continue
            if speaks_of_itself(sentence, names) and not is_about_applying(sentence):
                yield from _quoted((sentence,), (source,))
    quoted = [(line[1:].strip(), one) for one in pages for line in one.text.split("\n")
              if line.startswith(">")]  # fmt: skip
    for line, source in quoted:
        quotation = first_sentence(line, " ".join(names))
        yield from _quoted((quotation,) if quotation else (), (source,))


def _headings(text: str) -> list[tuple[int, str]]:
    matches = (_HEADING.match(line) for line in text.split("\n"))
    return [(len(match[1]), match[2].rstrip().strip("*_ ")) for match in matches if match]


def _bare(text: str) -> str:
    """The beginning of a text, without Chinese or Japanese marks at its end.

    In a source, no space may follow such a mark, and then `is_quoted` would not find the text.
    """
    return text[:500].rstrip("。！？")


def _quoted(texts: Sequence[str], sources: Sequence[ReadSource]) -> tuple[Claim, ...]:
    """The texts whose beginning is in a source, as claims that cite this source."""
    claims = []
    for text in texts:
        source = next((one for one in sources if is_quoted(_bare(text), one.text)), None)
        if source is not None:
            claims.append(Claim(text=text, sources=(source.id,), basis="stated"))
    return tuple(claims)
