"""Finds open roles in lists of cards, by names of occupations in several languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from urllib.parse import urlsplit

from bs4 import NavigableString, Tag

from worker.companies.alike import groups_alike
from worker.companies.elements import beginning, short_text
from worker.companies.occupations import names_a_person
from worker.companies.telling_pages import bare_address, kind_of
from worker.pages.draft import one_line
from worker.pages.hosts import absolute
from worker.pages.page_index import PageIndex
from worker.pages.search import iter_elements, links, nodes

LEAST_CARDS = 2
MAX_CARD = 2_500
MAX_NAME = 80
MAX_LINKS = 4
MAX_WORDS = 8
"""The most words of a fact that begins with a word such as "full-time"."""
_HEADINGS = ["h2", "h3", "h4", "h5", "h6"]
_OFFER = re.compile(
    r"\b(?:apply|full[- ]?time|part[- ]?time|permanent|remote|hybrid|on-?site|intern(?:ship)?|jetzt"
    r" bewerben|bewerben|vollzeit|teilzeit|unbefristet|cdi|cdd|postuler|temps (?:plein|partiel)"
    r"|jornada|tiempo completo|indefinido|aplicar|postular|candidat\w*|tempo pieno"
    r"|tempo indeterminato|período integral|tempo integral|voltijd|deeltijd|solliciteer|heltid"
    r"|deltid|ansök\w*|ansøg\w*"
    r"|kokoaikainen|pełny etat|aplikuj|plný úvazek|hlavní pracovní|tam zamanlı|başvur\w*|teljes"
    r" munkaidő|з/п|зарплата|руб|полная занятость|откликнуться|повна зайнятість)\b"
    r"|正社員|応募|全职|投递|정규직|지원",
    re.IGNORECASE,
)
# A notice that the role is no longer open.
_CLOSED = re.compile(
    r"\b(?:(?:position|role|job|vacancy|post)\s(?:(?:is|has been|was|now|already|currently)\s){0,3}"
    r"(?:filled|closed|taken)|no longer (?:available|open|accepting)|(?:applications?|hiring)"
    r" (?:are |is )?(?:now )?closed|(?:bereits|schon|leider) (?:besetzt|vergeben)"
    r"|(?:stelle|position) (?:ist )?besetzt"
    r"|nicht mehr (?:verfügbar|offen)|(?:poste|offre) (?:est )?(?:déjà )?(?:pourvue?|clos\w*)"
    r"|(?:puesto|vacante|oferta) (?:ya )?(?:está )?(?:cubiert[oa]|cerrad[oa])"
    r"|posizione (?:già )?(?:coperta|chiusa)|vaga (?:já )?(?:preenchida|encerrada)"
    r"|vacature (?:is )?(?:reeds )?(?:vervuld|gesloten)|tjänsten är (?:redan )?tillsatt"
    r"|stillingen er (?:allerede )?besat|rekrutacja zakończona|pozice (?:je )?(?:již )?obsazena"
    r"|вакансия закрыта|ilan kapandı|betöltve)\b|募集終了|募集は終了"
    r"|已招满|已关闭|채용 ?마감|모집 ?마감",
    re.IGNORECASE,
)
_FACT_END = re.compile(r"[.!?]\s|[.!?]$|[,;|·•/]|\s[–—-]\s|[。、]")
_SINCE = re.compile(
    r"\b(?:since|seit|depuis|desde|da|dal|sinds|sedan|siden|od|с|in|en|im)\s(?:19|20)\d\d\b"
)
_TELLING_END = re.compile(r"(?:た|ます|です|다|요)$")
MAX_FACT = 14
"""The most characters of a fact in a script without spaces."""
_INSIDE_A_LINE = ["b", "strong", "i", "em", "u", "mark"]

# Words in addresses of pages about people and what they did.
_TELLS = re.compile(
    r"(?:^|[/_-])(?:stor(?:y|ies)|people|person(?:en)?|portr(?:ait|aet|ät)s?|interviews?|meet|voices?"
    r"|testimonials?|geschichten?|menschen|stimmen|mitarbeiter(?:innen)?|histoires?|temoignages?"
    r"|historias?|testimonios?|storie|testimonianze|historie|verhalen|berattelser|blog|news)(?:$|[/_-])",
    re.IGNORECASE,
)


def listed_roles(page: PageIndex, url: str) -> list[str]:
    """The names on cards of one form, if the cards offer work and most name an occupation.

    `url` is the page's address.
    """
    groups = groups_alike(page, LEAST_CARDS)
    return list(dict.fromkeys(name for group in groups for name in _roles_of(group, url)))


def _roles_of(group: Sequence[Tag], url: str) -> list[str]:
    named = [(name, card) for card in group if (name := _name_of(card))]
    roles = [name for name, card in named if names_a_person(name) and _offers(name, card, url)]
    return roles if len(roles) >= LEAST_CARDS and 2 * len(roles) > len(named) else []


def _name_of(card: Tag) -> str:
    """The only heading of a card, else the text of its first link, else its first text."""
    if short_text(card, MAX_CARD) is None:
        return ""
    headings = list(islice(iter_elements(card, *_HEADINGS), 2))
    if len(headings) > 1:
        return ""
    part = headings[0] if headings else next(links(card), None)
    name = beginning(part, 2 * MAX_NAME) if part is not None else _first_text(card)
    return name if len(name) <= MAX_NAME else ""


def _first_text(card: Tag) -> str:
    return one_line(next(card.stripped_strings, "")[: 2 * MAX_NAME])


def _offers(name: str, card: Tag, url: str) -> bool:
    """Whether a card has a fact such as "Full-time", or its name leads to a page of its own.

    A link alone offers nothing: a card about an employee may lead to the employee's story. Nor does
    a card that says that the role is filled.
    """
    text = beginning(card, MAX_CARD)
    if len(text) <= len(name):
        return False
    lines = [line for line in _lines_of(card) if line != name]
    if any(_CLOSED.search(line) for line in lines):
        return False
    return any(map(_is_fact_of_work, lines)) or _leads_to_an_offer(name, card, url)


def _lines_of(card: Tag) -> list[str]:
    """The texts of a card's elements; bold words are part of the line around them."""
    lines: list[str] = []
    last: tuple[Tag | None, bool] = (None, False)
    for string in nodes(card):
        if type(string) is not NavigableString:
            continue
        block, is_inside = string.parent, False
        while block is not None and block.name in _INSIDE_A_LINE:
            block, is_inside = block.parent, True
        if lines and block is last[0] and (is_inside or last[1]):
            lines[-1] += string
        else:
            lines.append(str(string))
        last = block, is_inside
    return [line for line in map(one_line, lines) if line]


def _is_fact_of_work(line: str) -> bool:
    """Whether a part of a line is such a fact; in a sentence, "full-time" tells of a person."""
    return any(_is_fact(part.strip()) for part in _FACT_END.split(line) if part)


def _is_fact(part: str) -> bool:
    found = _OFFER.search(part)
    if found is None or _SINCE.search(part):
        return False
    if not found[0].isascii() and found[0][0] >= "\u3040":
        return len(part) <= MAX_FACT and not _TELLING_END.search(part)
    return len(part.split()) <= (MAX_WORDS if found.start() == 0 else 2)


def _leads_to_an_offer(name: str, card: Tag, url: str) -> bool:
    anchors = [*islice(links(card), MAX_LINKS), *([card] if card.name == "a" else [])]
    for anchor in anchors:
        target = absolute(str(anchor.get("href") or ""), url)
        if not target or bare_address(target) == bare_address(url):
            continue
        about = kind_of(target)
        if about == "careers":
            return True
        is_label = beginning(anchor, 2 * MAX_NAME) == name
        if is_label and about is None and not _TELLS.search(urlsplit(target).path):
            return True
    return False
