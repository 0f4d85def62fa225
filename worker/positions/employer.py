"""Finds the employer that a page names, and does not take the job board that shows the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal
from urllib.parse import urlsplit

from bs4 import Tag

from worker.pages.draft import one_line
from worker.pages.element_names import names_of
from worker.pages.hosts import absolute, bears_name, is_somebody_elses
from worker.pages.page_index import PageIndex
from worker.pages.search import whole_text
from worker.pages.vocabulary import employment_type, workplace_type
from worker.positions.frame_words import is_frame, is_section
from worker.positions.headline import (
    Headline,
    contains,
    page_names,
    parts_of,
    sentence,
    short_text,
)

MAX_NAME = 80
MAX_WORDS = 8
OFTEN = 2
"""The fewest mentions in the main content for a name in the middle of the page's name, which may be
a place."""
MAX_LINKS = 500
"""The most links that are examined, and the most elements with a name such as `company-name`."""

_CAREERS = re.compile(
    r"(?:(?<!\s)\s++)?(?:[-|\u2013]\s*+)?"
    r"\b(?:careers?|jobs?|karriere|vacancies|recruitment|job board)\b.*",
    re.IGNORECASE | re.DOTALL,
)
# Words in a site's name that suggest a job board.
_BOARD_WORD = re.compile(
    r"jobs?|career|karrier|carri[èe]r|emploi|empleo|trabajo|vagas?\b|emprego|lavoro|prac[aeu]"
    r"|práce|vacatur|stellen|arbeit|rabota|работа|hiring|recruit|\bhire\b|\bremote|求人|転職|招聘|채용",
    re.IGNORECASE,
)
_LEGAL_FORM = re.compile(
    r"\b(?:inc|ltd|llc|gmbh|plc|corp|ag|se|kg|s\.?\s?r\.?\s?o|a\.?\s?s|sp\. z o\.?\s?o|s\.?a"
    r"|s\.?r\.?l|s\.?p\.?a|b\.?v|n\.?v|a/?b|oy|aps|kft|zrt|pty|limited)\.?$|株式会社|有限公司",
    re.IGNORECASE,
)
_EMPLOYER_BEFORE = set(
    [
        "at",
        "join",
        "joining",
        "@",
        "bei",
        "chez",
        "hos",
        "presso",
        "bij",
        "about",
        "über",
        "rejoindre",
    ]
)
_PLACE_BEFORE = set(
    [
        "in",
        "near",
        "around",
        "à",
        "en",
        "em",
        "a",
        "nel",
        "i",
        "w",
        "we",
        "v",
        "ve",
        "в",
        "у",
        "із",
        "ved",
        "naby",
        "près",
        "nahe",
        "de",
        "em:",
    ]
)
_IN_A_PLACE = re.compile(r"(?P<name>\S.{0,70}?),? (?:in|à|en|em|a|i|w|v|te) (?=[A-ZÀ-Þ])")
_DOMAIN = re.compile(r"^[\w-]+(?:\.[\w-]+)*\.[a-z]{2,12}$", re.IGNORECASE)
_COMPANY_NAME = re.compile(
    r"(?:^|[_-])(?:company|employer|advertiser|hiring-?organi[sz]ation)[_-]?name$"
    r"|(?-i:(?:^|[a-z_-])(?:company|Company|employer|Employer|advertiser|Advertiser)Name$)",
    re.IGNORECASE,
)
_COMPANY_PATH = re.compile(
    r"/(?:company|companies|employers?|cmp|firm[aey]?|firmy|entreprises?|soci[ée]t[ée]s?|unternehmen"
    r"|arbeitgeber|empresas?|aziend[ae]|bedrijf|bedrijven|zamestnavatel|pracodawca|company-profile"
    r"|remote-companies|organi[sz]ations?)/(?P<slug>[^/?#]{2,80})/?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Employer:
    """The name of an employer, and the text of the page that names it."""

    name: str
    evidence: str
    confidence: float


@dataclass(frozen=True, slots=True)
class _Candidate:
    name: str
    evidence: str
    where: Literal["sentence", "link", "edge", "middle", "site"]
    """Where the name stands: "edge" and "middle" mean in the page's name, "site" is the site's
    name."""


def employer(
    shown: PageIndex, head: Headline | None, page_url: str, text: str, places: set[str]
) -> Employer | None:
    """The employer whose name the page states; None if it is uncertain.

    A known job board's own name does not count. `text` is the main content, and `places` are places
    of work, which are no employers.
    """
    page = _Page(shown, head, page_url, text, places)
    candidates = [each for each in page.candidates() if page.may_be_name(each.name)]
    others = [each for each in candidates if not page.is_own(each.name)]
    for each in sorted(others, key=lambda one: one.where != "sentence"):
        if page.is_employer(each):
            return Employer(each.name, each.evidence, 0.7)
    if is_somebody_elses(page_url):
        return None
    for each in candidates:
        if page.is_own(each.name) and page.is_self(each, alone=not others):
            return Employer(each.name, each.evidence, 0.5)
    return None


class _Page:
    def __init__(
        self,
        shown: PageIndex,
        head: Headline | None,
        url: str,
        text: str,
        places: set[str],
    ) -> None:
        self._page = shown
        self._title = head.title if head else ""
        self._url = url
        self._text = text
        self._places = {place.casefold() for place in places}
        self._site = shown.meta("og:site_name")
        self._texts: dict[str, int] | None = None

    def candidates(self) -> Iterator[_Candidate]:
        """Yield names that may be the employer's, usually the most certain first."""
        names = page_names(self._page)
        for name in names:
            said = sentence(name)
            if said and said.company and self._is_title(said.title):
                company = self._without_place(_CAREERS.sub("", said.company).strip(" ,"))
                yield _Candidate(company, name, "sentence")
        yield from self._linked()
        yield from self._labelled()
        for name in names:
            parts = self._beside_title(name)
            for part in reversed(parts):
                at_edge = name.startswith(part) or name.endswith(part)
                short = _CAREERS.sub("", part).strip(" ,")
                yield _Candidate(short, name, "edge" if at_edge else "middle")
        if self._site:
            site = _CAREERS.sub("", self._site).strip()
            yield _Candidate(site, f"og:site_name {self._site}", "site")

    def _without_place(self, company: str) -> str:
        """The name before "in Leeds", unless that seems to belong to it: "Women in Tech"."""
        match = _IN_A_PLACE.match(company)
        if match is None or self.mentions(company):
            return company
        is_sure = _LEGAL_FORM.search(match["name"]) or self.mentions(match["name"])
        return match["name"] if is_sure else company

    def _is_title(self, said: str) -> bool:
        title = self._title.casefold()
        return not title or title in said.casefold() or said.casefold() in title

    def _beside_title(self, name: str) -> list[str]:
        """The parts of the page's `name` beside the job title; empty without a job title."""
        title = self._title
        if not title:
            return []
        start = name.casefold().find(title.casefold())
        if start < 0:
            parts = [part for part in parts_of(name) if not _is_shared(part, title)]
            # Beside the site's own name stands a place or a slogan: "Cafe Miller - Leeds".
            return [part for part in parts if self.is_own(part)] or parts
        before, after = name[:start].strip(), name[start + len(title) :].strip()
        found = [part.removesuffix(":") for part in parts_of(before)]
        return [*found, *parts_of(after.lstrip(",|-\u2013\u2014·• "))]

    def _linked(self) -> Iterator[_Candidate]:
        for link in self._page.links[:MAX_LINKS]:
            match = _COMPANY_PATH.search(
                urlsplit(absolute(str(link["href"]), self._url) or "").path
            )
            if match is None:
                continue
            name = one_line(whole_text(link, " "))
            # The last part of the address of a company's page usually begins with the link's text;
            # that of a menu item does not.
            if _same_start(match["slug"], name) and not self._page.around.contain(link):
                yield _Candidate(name, f"{name}: {link['href']}", "link")

    def _labelled(self) -> Iterator[_Candidate]:
        """Yield the text of elements named like `company-name`, if their texts are equal."""
        named = filter(_is_name_element, self._page.elements)
        found = [
            name
            for element in islice(named, MAX_LINKS)
            if (name := short_text(element)) and not self._page.around.contain(element)
        ]
        if len(set(found)) == 1:
            yield _Candidate(found[0], found[0], "link")

    def may_be_name(self, name: str) -> bool:
        """Whether a text can be a name, and not the job title, a place of work or a menu word, for
        example.
        """
        if len(name.split()) > MAX_WORDS or name.endswith(("!", "?")):
            return False
        if not 2 <= len(name) <= MAX_NAME or name.casefold() in self._places:
            return False
        if name.casefold() == self._title.casefold() or is_frame(name) or is_section(name):
            return False
        if employment_type(name) or workplace_type(name) or not any(map(str.isalpha, name)):
            return False
        return not _DOMAIN.match(name)

    def is_own(self, name: str) -> bool:
        """Whether a name contains or is part of the site's name, or `bears_name` is true for the
        page's URL.
        """
        site = self._site or ""
        same = bool(site) and (name in site or site in name)
        return same or bears_name(self._url, name)

    def is_employer(self, candidate: _Candidate) -> bool:
        """Whether there is a sign that a name is the employer's.

        A place beside the title is not enough, because places of work stand there too.
        """
        name = candidate.name
        if candidate.where in ("sentence", "link") or _LEGAL_FORM.search(name):
            return True
        before = self._words_before(name)
        if before & _EMPLOYER_BEFORE:
            return True
        if before & _PLACE_BEFORE or contains(self._title, name):
            return False
        if candidate.evidence.count(name) > 1:
            return False
        if candidate.where == "middle":
            return self._text.count(name) >= OFTEN
        return self.mentions(name) or name.casefold() in self._shown_texts()

    def is_self(self, candidate: _Candidate, *, alone: bool) -> bool:
        """Whether the site of this name seems to be the employer's own and no job board.

        `alone` means that no name other than the site's was found.
        """
        name = candidate.name
        if _BOARD_WORD.search(name):
            return False
        if candidate.where == "sentence" or self.mentions(name):
            return True
        is_named = alone and candidate.where == "edge" and bears_name(self._url, name)
        return is_named and name.casefold() in self._shown_texts()

    def _words_before(self, name: str) -> set[str]:
        """The words that stand directly before a name in the main content."""
        words: set[str] = set()
        start = self._text.find(name)
        while start >= 0:
            words |= {
                each.casefold() for each in self._text[max(0, start - 20) : start].split()[-1:]
            }
            start = self._text.find(name, start + len(name))
        return words

    def mentions(self, name: str) -> bool:
        """Whether the main content contains the name as words."""
        return contains(self._text, name)

    def _shown_texts(self) -> dict[str, int]:
        if self._texts is None:
            self._texts = {}
            has_body = self._page.first("body") is not None
            for string in self._page.body_strings if has_body else self._page.strings:
                text = one_line(str(string)).casefold() if len(string) <= 2 * MAX_NAME else ""
                parent = string.parent
                if text and isinstance(parent, Tag) and not self._page.around.contain(parent):
                    self._texts[text] = self._texts.get(text, 0) + 1
        return self._texts


def _is_name_element(element: Tag) -> bool:
    names = names_of(element, "id", "data-automation", "data-testid")
    return any(map(_COMPANY_NAME.search, names))


def _same_start(slug: str, name: str) -> bool:
    """Whether an address part such as `tidewell-ltd` begins with a name's first word."""
    words = re.split(r"[\W_]+", name.casefold().lstrip())
    folded = re.sub(r"[\W_]+", "", slug.casefold())
    return len(words[0]) >= 2 and not is_frame(words[0]) and folded.startswith(words[0])


def _is_shared(part: str, title: str) -> bool:
    """Whether a part of the page's name contains the title, or the title begins with it."""
    part, title = part.casefold(), title.casefold()
    return title in part or title.startswith(part)
