"""Selects the description of a posting from what a page shows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from itertools import islice
from urllib.parse import SplitResult, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from worker.pages.draft import one_line
from worker.pages.element_names import split_names
from worker.pages.markdown import to_markdown
from worker.pages.search import elements, first, iter_elements, links, whole_text
from worker.positions.cookie_notes import is_cookie_note
from worker.positions.headline import short_text
from worker.positions.prose import Prose
from worker.positions.trimming import trimmed

ENOUGH = 80
"""The fewest characters of prose for a block to be the description by its name."""
MIN_SHARES = {"job": 0.15, "description": 0.3, "content": 0.4}
"""The least share of the page's prose in a block named so; less for names that are more exact."""
MOST = 0.7
"""An element with a larger share of the page's prose is not removed as a part of the page's
frame."""
ALMOST_ALL = 0.95
_BLOCKS = [
    "div",
    "section",
    "article",
    "main",
    "table",
    "ul",
    "ol",
    "p",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
]
MAX_NOTE = 1_500
"""An element with this many characters or more is no cookie note and no survey for applicants."""
_WHOLE = {"p", "ul", "ol", "li", "table", "tbody", "tr", "dl", "a", "span", "pre", "blockquote"}
"""Elements into which `_dense` does not go."""

_OTHER_DESCRIPTIONS = {
    "company", "employer", "meta", "short", "category", "location", "benefit", "benefits", "salary",
    "site", "about", "card", "item", "teaser", "excerpt", "header", "list", "criteria", "footer",
    "organization", "profile", "image", "product",
}  # fmt: skip
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:application|apply|applying|candidate-form|eeo|eeoc|demographics?|voluntary"
    r"|self-?id(?:entification)?|share|sharing|sign-?in|log-?in|alerts?|job-alert|subscribe"
    r"|recommendations?|similar|related|similar-jobs|suggested|see-who|referrals?|report"
    r"|form-(?:done|fail|success|error|message)|(?:success|error|thank-?you)-message|response-output)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_JOB_PATH = re.compile(
    r"^(?:jobs?|remote-jobs|positions?|vacanc(?:y|ies)|openings?|offres?|emplois?|ofertas?|vagas?"
    r"|offert[ae]|vacatures?|stellen\w*|prace|praca|nabidk[ay]|rpd|requisitions?|careers?)$",
    re.IGNORECASE,
)
MAX_LINKS = 1_000
"""The most links of a page that are compared with the page's own address."""
_SURVEY = re.compile(
    r"voluntary self[- ]identification|public burden statement|form cc-305"
    r"|invitation for job applicants to self-identify|omb control number",
    re.IGNORECASE,
)
_SHARE_HOST = re.compile(
    r"facebook\.com/(?:sharer|dialog)|(?:twitter|x)\.com/(?:intent|share)|linkedin\.com/(?:share|cws)"
    r"|wa\.me/|whatsapp|t\.me/share|xing\.com/(?:spi|social)|reddit\.com/submit|pinterest\.\w+/pin",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"^(?:about|über|a propos|à propos|sobre|acerca|over|om|o|о|про|chi)\b", re.I)
_ABOUT_ROLE = re.compile(
    r"\b(?:role|job|position|opportunity|you|stelle|poste|puesto|vaga|functie|rollen|tjänsten"
    r"|stillingen|stanowisku|pozici|práci|вакансии|вакансію|роли)\b",
    re.IGNORECASE,
)


def description(soup: BeautifulSoup, page_url: str, title: str) -> str:
    """The description of a posting as Markdown, from a tree on which `strip` was called.

    It is the one element named so, or else the part with almost all of the page's prose. This
    changes the tree.
    """
    body = soup.body or soup
    prose = Prose(body)
    kept = {id(body), *(id(each) for each in body.parents)} | _around_main(body, title)
    _remove_furniture(body, prose, kept)
    _remove_other_postings(body, page_url, prose, kept)
    prose = Prose(body)
    block = _named(body, prose) or _dense(body, prose)
    return trimmed(to_markdown(block, page_url), title)


def _remove_furniture(body: Tag, prose: Prose, kept: set[int]) -> None:
    whole = prose.of(body) or 1
    for element in elements(body, "div", "section", "ul", "ol", "table", "p", "aside"):
        if "parent" not in vars(element) or id(element) in kept:
            continue  # already removed with an element around it, or to be kept
        if prose.of(element) <= MOST * whole and (
            _FURNITURE.search(split_names(element)) or _is_furniture(element, prose)
        ):
            element.decompose()


def _around_main(body: Tag, title: str) -> set[int]:
    """The `id()` of the `h1` with the title, of main content by name, and of all elements around
    them.
    """
    kept: set[int] = set()
    for element in iter_elements(body):
        if element.name != "h1" and not _is_main(element):
            continue
        if element.name != "h1" or title in short_text(element):
            kept |= {id(each) for each in (element, *element.parents)}
    return kept


def _is_main(element: Tag) -> bool:
    return _is_content(element) or _is_description(element)


def _is_furniture(element: Tag, prose: Prose) -> bool:
    linked, text = prose.linked(element), prose.text(element)
    if prose.links(element) >= 3 and linked > 0.6 * text:
        return True
    if prose.links(element) and text < 200:
        near = islice(iter_elements(element, "a"), 20)
        return any(_SHARE_HOST.search(str(link.get("href") or "")) for link in near)
    is_leaf = text < MAX_NOTE and first(element, *_BLOCKS) is None
    return is_leaf and _is_note(one_line(whole_text(element, " ")))


def _remove_other_postings(body: Tag, page_url: str, prose: Prose, kept: set[int]) -> None:
    """Remove lists of links to pages with addresses like this page's, except large ones and those
    in `kept`.
    """
    here = urlsplit(page_url)
    whole = prose.of(body) or 1
    others = [
        link for link in islice(links(body), MAX_LINKS) if _is_sibling(here, str(link["href"]))
    ]
    count = Counter(id(each) for link in others for each in link.parents)
    for link in others:
        group = next((each for each in link.parents if count[id(each)] > 1), None)
        if group is None or group.parent is None or id(group) in kept:
            continue
        kept.add(id(group))  # so that each list is judged once
        if prose.of(group) <= whole / 2:
            group.decompose()


def _is_sibling(here: SplitResult, href: str) -> bool:
    """Whether an address is built like the page's, as `/jobs/1` and `/jobs/2` are."""
    try:
        there = urlsplit(urljoin(here.geturl(), href))
    except ValueError:
        return False
    if there.netloc != here.netloc or there.path == here.path:
        return False
    left, right = here.path.strip("/").split("/"), there.path.strip("/").split("/")
    if len(left) != len(right) or len(left) < 2:
        return False
    pairs = list(zip(left, right, strict=True))
    return left[:-1] == right[:-1] or any(a == b and _JOB_PATH.search(a) for a, b in pairs)


def _is_note(text: str) -> bool:
    """Whether a text is a survey for applicants or a note on cookies."""
    return _SURVEY.search(text) is not None or is_cookie_note(text)


def _named(body: Tag, prose: Prose) -> Tag | None:
    """The main part of the only element named as the description; None with too little prose."""
    whole = prose.of(body)
    enough = [each for each in iter_elements(body) if prose.of(each) >= ENOUGH]
    for kind, share in MIN_SHARES.items():
        found = [each for each in enough if _IS[kind](each)]
        names = {id(each) for each in found}
        outer = [each for each in found if not any(id(up) in names for up in each.parents)]
        outer = [each for each in outer if not _is_about_employer(each)] if kind != "job" else outer
        if len(outer) == 1 and prose.of(outer[0]) >= share * whole:
            return _dense(_innermost(outer[0], found, prose), prose)
    return None


def _is_about_employer(block: Tag) -> bool:
    """Whether the heading above a block says that the block describes the employer."""
    heading = block.find_previous(["h1", "h2", "h3", "h4"])
    text = one_line(whole_text(heading, " ")) if isinstance(heading, Tag) else ""
    return bool(_ABOUT.match(text)) and not _ABOUT_ROLE.search(text)


def _innermost(block: Tag, found: list[Tag], prose: Prose) -> Tag:
    """The block or an inner one of `found`: the smallest with 80 % of the block's prose."""
    enough = 0.8 * prose.of(block)
    inner = [each for each in found if prose.of(each) >= enough]
    inner = [each for each in inner if any(up is block for up in (each, *each.parents))]
    return min(inner, key=prose.of, default=block)


_JOB_DESCRIPTION = re.compile(
    r"(?:^|[\s_-])(?:job|vacancy|posting|position|offer|role|opening|offre|vacature)[_-]?(?:detail[_-]?)?"
    r"description(?!s?[_-]?(?:header|title|label|list|criteria|footer))|stellenbeschreibung"
    r"|^description__text|show-more-less-html(?:__markup)?(?:$|\s)",
    re.IGNORECASE,
)


def _is_job_description(element: Tag) -> bool:
    if element.get("itemprop") == "description":
        return True
    return any(_JOB_DESCRIPTION.search(name) for name in split_names(element).split())


def _is_description(element: Tag) -> bool:
    if _is_job_description(element):
        return True
    for name in split_names(element).casefold().split():
        words = set(re.split(r"[_-]+", name))
        if words & {"description", "beschreibung", "descriptif"}:
            return not words & _OTHER_DESCRIPTIONS
    return False


def _is_content(element: Tag) -> bool:
    return (
        element.name in ("main", "article")
        or element.get("role") == "main"
        or element.get("id") in ("content", "main")
    )


_IS: dict[str, Callable[[Tag], bool]] = {
    "job": _is_job_description,
    "description": _is_description,
    "content": _is_content,
}


def _dense(block: Tag, prose: Prose) -> Tag:
    """The block, or the innermost element in it with almost all of its prose."""
    while True:
        children = [child for child in block.children if isinstance(child, Tag)]
        best = max(children, key=prose.of, default=None)
        if best is None or best.name in _WHOLE or prose.of(best) < ALMOST_ALL * prose.of(block):
            return block
        block = best
