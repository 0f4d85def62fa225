"""Reads facts from what a page shows, and from its OpenGraph tag and title."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bs4 import BeautifulSoup

from worker.pages.draft import Draft, Findings, one_line
from worker.pages.hosts import absolute, bears_name, website
from worker.pages.page_index import PageIndex
from worker.pages.salary import find_salary, note_salary
from worker.pages.search import whole_text
from worker.positions.employer import employer
from worker.positions.frame_words import is_frame, is_section
from worker.positions.headline import (
    MAX_TITLE,
    Headline,
    headline,
    page_names,
    parts_of,
    sentence,
)
from worker.positions.labels import add_labelled, labelled_in_text, labelled_in_tree
from worker.positions.main_text import description
from worker.positions.named_facts import named_facts

_APPLY = re.compile(
    r"^(?:apply\b.{0,30}|jetzt bewerben|bewerben|postuler\b.{0,20}|solliciteer\b.{0,20})$",
    re.IGNORECASE,
)
_SITE = re.compile(
    r"^(?:(?:visit|view)\b.{0,30}\b)?(?:company|corporate|our|employer)?\s?(?:web\s?site|homepage)$"
    r"|^(?:zur )?(?:unternehmens|firmen)?website$|^site web$",
    re.IGNORECASE,
)
_LOGO_WORDS = re.compile(r"\blogo\b", re.IGNORECASE)


def read_opengraph(page: PageIndex, page_url: str, found: Headline | None) -> Draft:
    """The job title from the page's `og:title`; none if `headline` has found another title.

    The title of `headline`, `found`, is preferred: the tag often adds the employer's name.
    """
    findings = Findings("opengraph", page_url)
    title = page.meta("og:title")
    if not title:
        return findings.draft()
    if found and found.title.casefold() in title.casefold():
        findings.add("job_title", found.title, f"og:title {title}", 0.8)
    elif not found:
        said = sentence(title)
        first = said.title if said else (parts_of(title) or [""])[0]
        if not is_frame(first) and not is_section(first):
            findings.add("job_title", first[:MAX_TITLE], f"og:title {title}", 0.6)
    return findings.draft()


def read_html(soup: BeautifulSoup, text: str, page_url: str, all_text: str) -> Draft:
    """Return the findings in what the page shows to readers.

    `text` is the main content as Markdown, and `all_text` all text of the page.
    """
    findings = Findings("html", page_url)
    page = PageIndex(soup)
    found = headline(page, page_url)
    if found:
        findings.add("job_title", found.title, found.evidence, 0.8)
    labelled = [*labelled_in_tree(page), *labelled_in_text(text), *named_facts(page)]
    add_labelled(findings, labelled)
    _add_place(findings, page, all_text)
    places = {
        str(found.value) for found in findings.found if found.field == "location" and found.value
    }
    named = employer(page, found, page_url, text, places)
    if named:
        findings.add("company_name", named.name, named.evidence, named.confidence)
    title = found.title if found else ""
    described = description(soup, page_url, title)
    findings.add("job_description", described or text, None, 0.7)
    own = findings.stated("job_title", "location")
    salary = find_salary(_without_others(text, described), own)
    if salary and not any(found.field == "salary_range" for found in findings.found):
        note_salary(findings, salary, salary.text, 0.6)
    return findings.draft()


_LINK = re.compile(r"\[[^\[\]]{0,300}\]\([^()\s]{1,500}\)")
LEAST_END = 12
"""The fewest characters of a line that tells where the description ends in the page's text."""


def _without_others(text: str, described: str) -> str:
    """The page's text up to the end of its description, without the words of links.

    A link with an amount, and an amount behind the description, are usually those of another
    posting.
    """
    lines = [line for line in described.splitlines() if len(line) >= LEAST_END]
    place = text.rfind(lines[-1]) if lines else -1
    return _LINK.sub(" ", text[: place + len(lines[-1])] if place >= 0 else text)


def _add_place(findings: Findings, page: PageIndex, all_text: str) -> None:
    """Add the place in a sentence in the page's name, if the page's text has the place more than
    once.
    """
    for name in page_names(page):
        said = sentence(name)
        if said and said.place and all_text.count(said.place) > 1:
            findings.add("location", said.place, name, 0.7)
            findings.add("locations", [{"text": said.place}], name, 0.7)


@dataclass(frozen=True, slots=True)
class Shown:
    """The links of a page, each with its text and address, and its pictures, each with its text and
    address.
    """

    links: tuple[tuple[str, str], ...]
    pictures: tuple[tuple[str, str], ...]


def shown_on(page: PageIndex) -> Shown:
    """The links for applying and to other sites, and the pictures, of a page's whole tree.

    Call it before `strip`, which removes elements such as buttons.
    """
    labelled = ((one_line(whole_text(link, " ")), str(link["href"])) for link in page.links)
    return Shown(
        tuple(each for each in labelled if _APPLY.match(each[0]) or _SITE.match(each[0])),
        tuple(
            (one_line(str(image.get("alt") or "")), str(image["src"]))
            for image in page.named("img")
            if image.get("src") is not None
        ),
    )


def read_links(shown: Shown, page_url: str, company: str | None) -> Draft:
    """The link to apply, the employer's website and its logo, if the page shows them.

    The page's own site is the employer's only if `bears_name` is true for its URL.
    """
    findings = Findings("html", page_url)
    for label, address in shown.links:
        target = absolute(address, page_url)
        if target and _APPLY.match(label) and target.partition("#")[0] != page_url:
            findings.add("apply_url", target, label, 0.8)
            break
    if company and bears_name(page_url, company):
        findings.add("company_website", website(page_url), page_url, 0.8)
    for label, address in shown.links:
        if _SITE.match(label):
            target = absolute(address, page_url)
            findings.add("company_website", website(target) if target else None, label, 0.6)
    for alt, address in shown.pictures:
        if company and company.casefold() in alt.casefold() and _LOGO_WORDS.search(alt):
            findings.add("company_logo", absolute(address, page_url), alt, 0.6)
            break
    return findings.draft()
