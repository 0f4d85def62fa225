"""Decides whether a page without structured data is a job posting, mostly by its words.

To refuse a real posting is worse than to read another page. So in a language without known words,
one sign can be enough. Most single words in the text do not count, because articles have them too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain, islice
from urllib.parse import urlsplit

import lxml.html

from worker.pages.draft import one_line
from worker.pages.salary import find_salary
from worker.positions.headline import TITLE_NAME, parts_of
from worker.positions.notices import role_sought
from worker.positions.occupation_guides import is_course, tells_of_an_occupation
from worker.positions.overviews import (
    has_general_address,
    has_general_name,
    is_of_one_posting,
    names_a_role,
)
from worker.positions.posting_lists import FOR_ALL, own_characters, without_addresses
from worker.positions.words.known import first_in, folded, groups, starts_with
from worker.positions.words.languages import is_in_unknown_language

_ADDRESS = re.compile(
    r"job|career|position|vacanc|opening|stelle|karriere|emploi|offre|empleo|vacature|recruit|hiring"
    r"|opportunit|gh_jid|oferta|praca|prace|vaga|lavoro|trabaj|vakan|stilling|tyopaik|nabidk|pozic"
    r"|recrut|requisition|ponuk|allas|rabota|ledig|kariera|carriere|karriar|joboffer|anzeige",
    re.IGNORECASE,
)
_IN_A_FOLDER = re.compile(
    r"/(?:jobs?|careers?|vacanc(?:y|ies)|positions?|openings?|stellen\w{0,12}|karriere|emplois?|offres?"
    r"|empleos?|ofertas?|vagas?|lavoro|vacatures?|praca|prace|oferty|jobb|stillinger|tyopaikat|allas\w{0,8}"
    r"|rabota|vakansii|ilanlar)/[^/]{3,}",
    re.IGNORECASE,
)
_CV = re.compile(r"\bcv\b|_cv|cv_|resume|lebenslauf|curriculum|\.pdf|\.docx?|msword", re.IGNORECASE)
_ARTICLE_ADDRESS = re.compile(
    r"/(?:blog|news|articles?|magazine?|advice|guides?|press|stories|story|wiki|forum|ratgeber"
    r"|actualites|noticias|conseils?|tips|resources)s?(?:[-_/]|$)"
    r"|/(?:19|20)[0-9]{2}/[0-9]{1,2}/",
    re.IGNORECASE,
)
_OTHER_KINDS = {
    "Article", "NewsArticle", "BlogPosting", "Product", "Recipe", "VideoObject", "Event",
    "Movie", "Book", "Restaurant", "Hotel", "RealEstateListing",
}  # fmt: skip
_MIN_NOTICE, _MAX_NOTICE = 80, 3_000
_MAX_SOUGHT = 200
_MAX_SPEECH = 200_000
_MAX_HEADING = 60
_MAX_LABEL = 45
_MAX_BUTTON = 42
_MAX_HEADINGS = 4
_MAX_STRUCTURED = 12_000
"""In characters. The structure of a longer text is no sign: it may be another document with
sections."""
_MAX_LABELS = 12
_BULLETS = ("- ", "* ", "+ ", "\u2022", "\u2013 ", "\u00b7", "\u25cf", "\u25aa", "\u2713", "\u2714")
_SECTIONED = 2
"""The signs of a text with sections that have lists (see `_looks_structured`)."""
_MAX_POSTING = 20_000
NEEDED = 3


@dataclass(frozen=True, slots=True)
class PageFrame:
    """What a page says outside of its main content.

    `heading` is the page's title and first `h1` headings, `name` only the page's title, and `title`
    the job title. `sought` is the role in a heading such as "We are hiring a cook". `is_titled`:
    one heading has a class such as `job-title`. `applies`: the page has a button, a link or a form
    for applying. `is_signed`: a link names an author.
    """

    heading: str = ""
    name: str = ""
    title: str = ""
    sought: str = ""
    is_titled: bool = False
    applies: bool = False
    is_article: bool = False
    is_signed: bool = False
    language: str = ""


def frame_of(tree: lxml.html.HtmlElement, language: str = "", title: str = "") -> PageFrame:
    """The frame of a page, from its whole tree, its stated language and its job title."""
    headings = islice(tree.iter("title", "h1"), _MAX_HEADINGS)
    return PageFrame(
        heading="\n".join(one_line(element.text_content()) for element in headings),
        name=next((one_line(each.text_content()) for each in tree.iter("title")), ""),
        title=title,
        sought=_sought(tree),
        is_titled=sum(map(_is_job_title, tree.iter("h1", "h2"))) == 1,
        applies=any(_applies(element) for element in tree.iter("a", "button", "input")),
        is_article=any(_is_article(meta) for meta in tree.iter("meta")),
        is_signed=any(
            "author" in (link.get("rel") or "").split() for link in tree.iter("a", "link")
        ),
        language=re.split("[-_]", language.strip().lower())[0],
    )


def _sought(tree: lxml.html.HtmlElement) -> str:
    """The role in the page's name or first headings, if one says that somebody is sought."""
    headings = [*islice(tree.iter("title", "h1"), _MAX_HEADINGS), *islice(tree.iter("h2"), 1)]
    texts = [one_line(each.text_content())[:_MAX_SOUGHT] for each in headings]
    # The site's name may follow: "We are hiring: Cook | Tidewell".
    first = (parts_of(text)[:1] for text in texts)
    found = (role_sought(text) for text in [*texts, *chain.from_iterable(first)])
    return next((role for role in found if role), "")


def is_posting(
    text: str,
    page_url: str,
    types: set[str],
    frame: PageFrame | None = None,
    *,
    needed: int = NEEDED,
) -> bool:
    """Whether a page without JobPosting data reads like a posting.

    `text` is the main content, and `types` are the page's schema.org types. A higher `needed` asks
    for more signs, for example for a page like a list.
    """
    frame = frame or PageFrame()
    structured = _looks_structured(text) if needed == NEEDED else 0
    text = without_addresses(text)
    found, around = _found_in(text), _signs_around(page_url, frame)
    signs = around + sum(_WEIGHTS[kind] for kind in found)
    signs -= _signs_of_an_article(text, page_url, types, frame)
    if _is_guide(text, page_url, frame) or (not found & _ROLE and _is_form(text)):
        return False
    if needed == NEEDED and is_in_unknown_language(text, frame.language):
        is_built = structured == _SECTIONED or (structured and names_a_role(frame.title, page_url))
        return signs >= 0 and bool(is_built or around)
    if needed == NEEDED and signs >= 0 and is_notice(text, page_url, frame):
        return True
    # A long page without a job title that looks like a list is a board's.
    is_boards = needed > NEEDED and len(text) > _MAX_POSTING
    may_have_one = bool(around and found & _ROLE and not is_boards)
    has_one = may_have_one or _has_title(page_url, frame, is_told=bool(around))
    if not has_one or not _is_of_one_role(found, page_url, frame):
        return False
    if not around:
        # Pages about an employer use the same words, and may also have sections.
        structured = max(structured - 1, 0)
        needed += 2 * (len(found & _SECTIONS) < 2)
    is_about_work = bool(
        found & _ABOUT_WORK
        or found >= _LOOKING
        or FOR_ALL.search(frame.heading)
        or (frame.sought and "applying" in found)
    )
    if frame.is_titled and frame.applies:
        signs, is_about_work = signs + 1, True
    return signs + structured >= needed and (is_about_work or structured == _SECTIONED)


def _has_title(page_url: str, frame: PageFrame, *, is_told: bool) -> bool:
    """Whether a page may have a job title; True for a page without a name.

    `is_told`: there is another sign of a posting around the text, so that a heading or the page's
    name is enough.
    """
    if not frame.name or names_a_role(frame.title, page_url) or FOR_ALL.search(frame.heading):
        return True
    first = next(iter(parts_of(frame.name)), "")
    return is_told and (bool(frame.title) or names_a_role(first, page_url))


def is_short_posting(text: str, page_url: str, types: set[str], frame: PageFrame) -> bool:
    """Whether a text with fewer characters than most postings is one all the same: it has a job
    title, and sections with lists or labels before what to do or to bring.
    """
    if own_characters(text) < _MIN_NOTICE or not names_a_role(frame.title, page_url):
        return False
    is_built = _looks_structured(text) == _SECTIONED or bool(_found_in(text) & _ROLE)
    return is_built and is_posting(text, page_url, types, frame)


def _is_job_title(element: lxml.html.HtmlElement) -> bool:
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return TITLE_NAME.search(names) is not None


def is_notice(text: str, page_url: str, frame: PageFrame) -> bool:
    """Whether a short text seeks somebody for one role, and speaks of employment: of a CV, of hours
    and contracts, or of pay.
    """
    if not _MIN_NOTICE <= len(text) <= _MAX_NOTICE:
        return False
    if not frame.sought and not names_a_role(frame.title, page_url):
        return False
    words, speech = groups("posting"), folded(text)
    if not frame.sought and not _seeks(speech, folded(frame.title)):
        return False
    said = any(first_in(speech, words[kind]) for kind in ("says_applying", "terms", "cv"))
    return said or find_salary(text) is not None


def _seeks(speech: str, title: str) -> bool:
    """Whether the title follows a word of seeking: "We have an opening for a studio assistant"."""
    if len(title) < _SHORTEST_ROLE:
        return False
    words = (*groups("posting")["says_looking"], *groups("posting")["one_opening"])
    place = speech.find(title)
    for _ in range(_MAX_NAMED):
        if place < 0:
            return False
        if first_in(speech[max(0, place - _MAX_SEEKING) : place + 1], words):
            return True
        place = speech.find(title, place + 1)
    return False


_SHORTEST_ROLE = 6
_MAX_SEEKING = 60
_MAX_NAMED = 5


def _is_of_one_role(found: set[str], page_url: str, frame: PageFrame) -> bool:
    """False for a page whose address or name is about openings in general, unless it tells of one
    role.
    """
    if FOR_ALL.search(f"{frame.heading}\n{frame.title}"):
        return True
    if has_general_address(page_url, frame.heading):
        is_enough = found & _ROLE if is_of_one_posting(page_url) else found >= _ROLE
        return bool(is_enough) and names_a_role(frame.title, page_url)
    return bool(found & _ROLE) or not has_general_name(frame.name)


_WEIGHTS = {
    "duties": 2, "requirements": 2, "applying": 2, "offer": 1, "terms": 1,
    "says_looking": 1, "says_applying": 1, "says_having": 1,
}  # fmt: skip
# One of these signs is usually needed: pages about an employer may have the others too.
_ABOUT_WORK = {"duties", "requirements", "says_having"}
_SECTIONS = {"duties", "requirements", "offer"}
_ROLE = {"duties", "requirements"}
_LOOKING = {"says_looking", "says_applying"}


def _found_in(text: str) -> set[str]:
    words = groups("posting")
    labels = "\n".join(folded(label) for label in labels_in(text))
    speech = folded(text[:_MAX_SPEECH])
    return {
        kind
        for kind in _WEIGHTS
        if first_in(speech if kind.startswith("says_") else labels, words[kind])
    }


def tells_of_a_role(text: str) -> bool:
    """Whether a Markdown text has sections with lists, one of them about duties or requirements."""
    return _looks_structured(text) == _SECTIONED and bool(_found_in(text) & _ROLE)


def _signs_around(page_url: str, frame: PageFrame) -> int:
    parts = urlsplit(page_url)
    signs = 2 * frame.applies
    signs += bool(_ADDRESS.search(f"{parts.netloc}{parts.path}?{parts.query}"))
    signs += first_in(folded(frame.heading), groups("posting")["vacancy"]) is not None
    return signs + 2 * bool(FOR_ALL.search(frame.heading))


def _signs_of_an_article(text: str, page_url: str, types: set[str], frame: PageFrame) -> int:
    path = urlsplit(page_url).path
    # Some systems mark each page as an article, also those in a folder of postings.
    is_marked = frame.is_article and not _IN_A_FOLDER.search(path)
    if is_marked or types & _OTHER_KINDS:
        return 2
    asks = any(line.endswith("?") for line in frame.heading.splitlines())
    is_told = frame.is_signed or _ARTICLE_ADDRESS.search(path) is not None
    return is_told + (asks or _explains(frame)) + (len(text) > _MAX_POSTING)


def _explains(frame: PageFrame) -> bool:
    return folded(frame.heading).startswith(groups("posting")["explaining"])


def _is_guide(text: str, page_url: str, frame: PageFrame) -> bool:
    """Whether a page tells of an occupation, or is an article whose heading promises to explain, as
    "How to write a job posting" does.
    """
    if tells_of_an_occupation(labels_in(text), text, frame.heading, applies=frame.applies):
        return True
    if not frame.applies and is_course(frame.name, frame.title):
        return True
    return _explains(frame) and _ARTICLE_ADDRESS.search(urlsplit(page_url).path) is not None


def _is_form(text: str) -> bool:
    """Whether a text has many lines that are names of fields with the mark of a required one."""
    lines = (line.strip(" *_:\\") for line in text.splitlines() if line.rstrip(" _").endswith("*"))
    return sum(0 < len(line) <= _MAX_LABEL for line in islice(lines, _MAX_LINES)) >= _MANY_FIELDS


_MANY_FIELDS = 6
_MAX_LINES = 5_000


def labels_in(text: str) -> list[str]:
    """The headings and labels of a Markdown text: short lines, and texts before a colon."""
    found: list[str] = []
    for line in text.splitlines():
        shown = line.strip(" \t#>*_-+|\u2022\u00b7")
        if not shown:
            continue
        plain = shown.rstrip(":*_ ")
        stripped = line.strip()
        is_item = stripped.startswith(("- ", "* ", "+ "))
        is_heading = stripped.startswith("#") or stripped.rstrip(": ").endswith(("**", ":**"))
        is_short = len(plain) <= _MAX_HEADING
        ends_open = not is_item and plain[-1:] not in (".", "!", ",", "\u2026", "\u3002")
        if is_short and (is_heading or shown.endswith(":") or stripped.endswith(":") or ends_open):
            found.append(plain)
        found += _labels_in_sentences(shown)
    return found


def _labels_in_sentences(line: str) -> list[str]:
    """The labels before colons: "Requirements: two years. Pay: £30,000" has two."""
    if ":" not in line and "\uff1a" not in line:
        return []
    before = line.replace("\uff1a", ":").split(":")[:-1]
    starts = (part.replace("! ", ". ").replace("? ", ". ").rpartition(". ")[2] for part in before)
    return [start for start in starts if 2 < len(start) <= _MAX_LABEL]


def _looks_structured(text: str) -> int:
    """How much a Markdown text is built as postings are, in any language: 2, 1 or 0 signs. 2 for
    sections with lists, and 1 for labels before text in lines.
    """
    if len(text) > _MAX_STRUCTURED:
        return 0
    sections = items = 0
    labels: set[str] = set()
    is_labelled = False
    for line in filter(None, map(str.strip, text.splitlines())):
        is_link = "](" in line
        if line.startswith(_BULLETS):
            items = 0 if is_link else items + 1
            is_labelled = is_labelled and not is_link
            sections += is_labelled and items == 2
        else:
            items = 0
            is_labelled = len(line) <= _MAX_HEADING + 10 and not is_link
            labels.update(_labels_in_sentences(line)[:1])
    return _SECTIONED if sections >= 2 else int(3 <= len(labels) <= _MAX_LABELS)


def _applies(element: lxml.html.HtmlElement) -> bool:
    if element.tag == "input":
        if element.get("type") == "file":
            names = (str(element.get(name) or "") for name in ("name", "id", "accept"))
            return _CV.search(" ".join(names)) is not None
        label = str(element.get("value") or "") if element.get("type") == "submit" else ""
    else:
        label = element.text_content()
    words = groups("posting")
    if not 2 <= len(label.strip()) <= _MAX_BUTTON:
        return False
    said = folded(label)
    return starts_with(said, words["applying"]) and not first_in(said, words["other_applying"])


def _is_article(meta: lxml.html.HtmlElement) -> bool:
    name = str(meta.get("property") or meta.get("name") or "").lower()
    content = str(meta.get("content") or "").lower()
    return name == "article:published_time" or (name == "og:type" and content == "article")
