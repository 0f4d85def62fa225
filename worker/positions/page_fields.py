"""Reads facts outside of structured data: title, OpenGraph, headings, labels, links."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag

from worker.pages.draft import Draft, Findings, one_line
from worker.pages.hosts import absolute, bears_name, is_somebody_elses, website
from worker.pages.salary import find_salary, note_salary
from worker.positions.labels import add_labelled, labelled_in_text, labelled_in_tree

_SEPARATOR = re.compile(r"(?<!\s)\s+[|\u2013\u2014·•-]\s+")
_AT = re.compile(
    r"^(?P<title>.{3,100}?)(?<!\s)\s++(?:at|@|bei|chez)\s++(?P<company>[^|@]{2,80})$", re.IGNORECASE
)
_CAREERS = re.compile(
    r"(?:(?<!\s)\s++)?(?:[-|\u2013]\s*+)?"
    r"\b(?:careers?|jobs?|karriere|vacancies|recruitment|job board)\b.*",
    re.IGNORECASE | re.DOTALL,
)
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
MAX_TITLE = 150


def heading(soup: BeautifulSoup) -> str:
    """The text of the only first-level heading; empty if there is none or several."""
    headings = [text for h1 in soup("h1") if (text := one_line(h1.get_text(" ")))]
    return headings[0] if len(set(headings)) == 1 and len(headings[0]) <= MAX_TITLE else ""


def read_opengraph(soup: BeautifulSoup, page_url: str) -> Draft:
    """What the page tells link previews about itself."""
    findings = Findings("opengraph", page_url)
    title, site = _meta(soup, "og:title"), _meta(soup, "og:site_name")
    if title:
        _add_titles(findings, title, site, heading(soup))
    if site and not is_somebody_elses(page_url):
        findings.add("company_name", _CAREERS.sub("", site), f"og:site_name {site}", 0.5)
    return findings.draft()


def _meta(soup: BeautifulSoup, name: str) -> str | None:
    for attribute in ("property", "name"):
        element = soup.find("meta", attrs={attribute: name})
        if isinstance(element, Tag) and element.get("content"):
            return one_line(str(element["content"]))
    return None


def _add_titles(findings: Findings, title: str, site: str | None, h1: str) -> None:
    evidence = f"og:title {title}"
    parts = [part for part in _SEPARATOR.split(title) if part and part != site]
    first = parts[0] if parts else title
    match = _AT.match(first)
    if match:
        findings.add("company_name", match["company"].strip(), evidence, 0.6)
        first = match["title"]
    # If the heading says the same, use it, because it has fewer additions.
    same = h1 and h1.casefold() in title.casefold()
    findings.add("job_title", (h1 if same else first)[:MAX_TITLE], evidence, 0.8 if same else 0.6)


def read_html(soup: BeautifulSoup, text: str, page_url: str, all_text: str) -> Draft:
    """What the page shows to readers. `text` is its main content, `all_text` all of its text."""
    findings = Findings("html", page_url)
    h1 = heading(soup)
    add_labelled(findings, [*labelled_in_tree(soup), *labelled_in_text(text)])
    findings.add("job_title", h1, h1, 0.8)
    _add_company(findings, soup, h1, all_text, page_url)
    findings.add("job_description", _after_heading(text, h1), None, 0.7)
    salary = find_salary(text)
    if salary and not any(found.field == "salary_range" for found in findings.found):
        note_salary(findings, salary, salary.text, 0.6)
    return findings.draft()


def _after_heading(text: str, h1: str) -> str:
    """The text after the title if the title is near the top; otherwise the whole text.

    The title has its own column, so the description need not repeat it.
    """
    before, found, after = text.partition(f"# {h1}\n")
    near_the_top = found and "\n# " not in before and len(before) < len(after) / 4
    return after.strip() if h1 and near_the_top else text


def _add_company(
    findings: Findings, soup: BeautifulSoup, h1: str, all_text: str, page_url: str
) -> None:
    """Add a company that is in the page's title and at least once more in the page's text."""
    title = one_line(soup.title.get_text(" ")) if soup.title else ""
    if not h1 or not title.casefold().startswith(h1.casefold()):
        return
    rest = re.sub(
        r"^(?:at|@|bei|chez)\s+", "", title[len(h1) :].strip(" |-\u2013\u2014·•,"), flags=re.I
    )
    parts = [_CAREERS.sub("", part).strip() for part in _SEPARATOR.split(rest)]
    for part in reversed([part for part in parts if 2 <= len(part) <= 80]):
        if all_text.count(part) >= 2 and not is_somebody_elses(page_url):
            findings.add("company_name", part, title, 0.7)
            return


def read_links(soup: BeautifulSoup, page_url: str, company: str | None) -> Draft:
    """The application link, the employer's website and its logo, if the page shows them.

    The page's own URL counts as the website only if it contains the employer's name.
    """
    findings = Findings("html", page_url)
    for link in soup.find_all("a", href=True):
        label = one_line(link.get_text(" "))
        target = absolute(str(link["href"]), page_url)
        if target and _APPLY.match(label) and target.partition("#")[0] != page_url:
            findings.add("apply_url", target, label, 0.8)
            break
    if company and bears_name(page_url, company):
        findings.add("company_website", website(page_url), page_url, 0.8)
    for link in soup.find_all("a", href=True):
        label = one_line(link.get_text(" "))
        if _SITE.match(label):
            target = absolute(str(link["href"]), page_url)
            findings.add("company_website", website(target) if target else None, label, 0.6)
    for image in soup.find_all("img", src=True):
        alt = one_line(str(image.get("alt") or ""))
        if company and company.casefold() in alt.casefold() and _LOGO_WORDS.search(alt):
            findings.add("company_logo", absolute(str(image["src"]), page_url), alt, 0.6)
            break
    return findings.draft()
