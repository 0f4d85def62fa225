"""Chooses the job title of a page from its headings, `title` and link preview."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from urllib.parse import unquote, urlsplit

from bs4 import NavigableString, Tag

from worker.pages.draft import one_line
from worker.pages.element_names import names_of
from worker.pages.page_index import PageIndex
from worker.pages.search import shown_strings
from worker.positions.form_fields import heads_fields
from worker.positions.frame_words import is_frame, is_section, without_frame
from worker.positions.notices import role_sought
from worker.positions.words.known import folded

MAX_TITLE = 150
MIN_TITLE = 3
MAX_PARTS = 4
"""The most separators in a page's name before which a sentence may end."""
MAX_HEADINGS = 200
"""The most headings of a page that are examined."""

LEVELS = ["h1", "h2", "h3", "h4"]
# Headings that the next heading goes on: "About" above "Tidewell".
_OPEN_HEADING = re.compile(
    r"^\W*+(?:about|über|[àa] propos(?: de)?|sobre|acerca de|chi è|over|om|o|о|про|meet|why|join"
    r"|(?:life|working) (?:at|with)|leben bei|arbeiten bei|travailler chez)\W*+",
    re.IGNORECASE,
)
# A comma or a single colon may belong to a job title, so neither separates the parts of a name.
_SEPARATOR = re.compile(r"(?<!\s)\s+(?:[|\u2013\u2014·•»›-]|::)\s+|[｜]")
# Words before the title in a page's name: "Vacancy Bench Joiner", "Job: Joiner".
_LEAD = re.compile(
    r"^(?:(?:job|vacancy|vacature|stelle(?:nangebot|nanzeige)?|position|emploi|offre d'emploi"
    r"|oferta(?: de (?:empleo|trabajo))?|vaga|offerta di lavoro|praca|práce|pozice"
    r"|ledig stilling|jobb"
    r"|вакансия|вакансія)\b(?: ?[:\u2013-])? )",
    re.IGNORECASE,
)
_AT = r"(?:at|@|bei|chez|hos|presso|bij)"
_HIRING = r"(?:is hiring|hiring|sucht|recrute|contrata|rekrutuje|zoekt|cerca|söker|søger)"
# Sentences in the names of pages: "Tidewell is looking for a Bench Joiner".
_SENTENCES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^(?P<company>[^|]{{2,80}}?)\s{_HIRING}(?:\s(?:a|an|for a|for an))?"
        r"\s(?P<title>[^|]{3,120}?)"
        r"\s(?:in|dans|à|en|em|i)\s(?P<place>[^|]{2,100})$",
        r"^(?P<company>[^|]{2,80}?)\sis (?:now )?(?:looking for|seeking|hiring)\s(?:a|an)\s"
        r"(?:great |talented |new )?(?P<title>[^|]{3,120}?)\.?$",
        rf"^(?P<title>[^|@]{{3,120}}?)\s{_AT}\s(?P<company>[^|@]{{2,80}})$",
    )
)


@dataclass(frozen=True, slots=True)
class Named:
    """The parts of a sentence in a page's `title` or `og:title`, as "Bench Joiner at Tidewell"."""

    title: str
    company: str | None = None
    place: str | None = None
    is_whole: bool = True
    """Whether the sentence has a verb; "Bench Joiner at Tidewell" has none."""


@dataclass(frozen=True, slots=True)
class Headline:
    """The job title of a page. `agrees` means that the page's `title` or `og:title` contains it."""

    title: str
    evidence: str
    agrees: bool


def page_names(page: PageIndex) -> list[str]:
    """The page's `og:title` and `title` without repetition, if not over 400 characters."""
    names = [page.meta("og:title") or "", page.title]
    return [name for name in dict.fromkeys(names) if name and len(name) <= 400]


def parts_of(name: str) -> list[str]:
    """The parts of a page's name: "Joiner | Tidewell" has "Joiner" and "Tidewell"."""
    return [part for each in _SEPARATOR.split(name) if (part := each.strip(" |-\u2013\u2014·•,:"))]


def sentence(name: str) -> Named | None:
    """The parts of a page's name if it is a sentence, such as "Tidewell hiring Joiner in Leeds"."""
    # The title may have a separator: "Tidewell hiring Joiner - Nights in Leeds | Net".
    ends = [match.start() for match in islice(_SEPARATOR.finditer(name), MAX_PARTS)]
    for text in (name[:end].strip(" |-\u2013\u2014·•,:") for end in (*ends, len(name))):
        for pattern in _SENTENCES:
            match = pattern.match(text)
            if match and not is_frame(match["title"]):
                found = match.groupdict()
                is_whole = pattern is not _SENTENCES[-1]
                return Named(found["title"], found["company"], found.get("place"), is_whole)
    return None


def headline(page: PageIndex, page_url: str = "") -> Headline | None:
    """A page's job title, without words such as "の求人情報" behind it or "Careers -" before it."""
    found = _sought(page) or _found(page, page_url)
    short = without_frame(found.title) if found else ""
    first, *rest = parts_of(short) or [""]
    if rest and is_frame(first):
        short = short[short.find(rest[0]) :]
    return replace(found, title=short) if found and _is_title(short) else found


def _sought(page: PageIndex) -> Headline | None:
    """The role in the page's first heading, or in the name of a page without `h1`, if it says that
    somebody is sought.
    """
    h1 = page.first("h1")
    heading = h1 or page.first("h2")
    texts = [short_text(heading)] if heading else []
    if h1 is None:
        texts += [part for name in page_names(page) for part in parts_of(name)[:1]]
    for text in texts:
        role = role_sought(text)
        if role and _is_title(role):
            return Headline(role, text, agrees=False)
    return None


def _found(page: PageIndex, page_url: str) -> Headline | None:
    names = page_names(page)
    headings = list(_headings(page))
    addressed = _by_address(page, page_url)
    return (
        _agreeing(headings, names)
        or _unlike(addressed, _only(headings, names), headings)
        or addressed
        or _shown_part(page, names)
        or _named_title(page)
        or _above_sections(headings)
        or _told(names)
    )


def _headings(page: PageIndex) -> Iterator[Tag]:
    before: Tag | None = None
    for heading in page.named(*LEVELS)[:MAX_HEADINGS]:
        led, before = before, heading
        if page.around.contain(heading) or heads_fields(heading) or _completes(led, heading):
            continue
        yield heading


def _completes(led: Tag | None, heading: Tag) -> bool:
    """Whether a heading ends the one right above it: "About" and "Tidewell" head one section."""
    if led is None or _next(led, *LEVELS, "p", "li") is not heading:
        return False
    return _OPEN_HEADING.fullmatch(short_text(led)) is not None


def _next(element: Tag, *names: str) -> Tag | None:
    """The first element behind the start tag of another that has one of the names."""
    node = element.next_element
    while node is not None and not (isinstance(node, Tag) and node.name in names):
        node = node.next_element
    return node


def _is_title(text: str) -> bool:
    # Two Chinese or Korean letters are a word: "木工" is a joiner.
    least = MIN_TITLE - 1 if text[:1] >= "\u3040" else MIN_TITLE
    return least <= len(text) <= MAX_TITLE and any(map(str.isalpha, text)) and not is_frame(text)


def short_text(element: Tag) -> str:
    """The text of an element as one line; empty if it is longer than 300 characters."""
    pieces: list[str] = []
    size = 0
    for piece in shown_strings(element):
        pieces.append(piece)
        size += len(piece.strip())
        if size > 2 * MAX_TITLE:
            return ""
    return one_line(" ".join(pieces).replace("\xad", ""))


def _readings(heading: Tag) -> list[str]:
    """The text of a heading, and its text before a `small`, `br`, `div` or `p` inside."""
    whole = short_text(heading)
    if not whole:
        return []
    lead: list[str] = []
    for child in heading.children:
        if isinstance(child, NavigableString):
            lead.append(str(child))
        elif isinstance(child, Tag) and (child.name in ("small", "br", "div", "p") and lead):
            break
        elif isinstance(child, Tag):
            lead.append(short_text(child))
    return list(
        dict.fromkeys(
            text for text in (whole, one_line(" ".join(lead).replace("\xad", ""))) if text
        )
    )


def _folded(text: str) -> str:
    return " ".join(text.replace("\xad", "").casefold().split())


def contains(whole: str, part: str) -> bool:
    """Whether a text contains another as whole words; False if the other is empty."""
    start = whole.find(part) if part else -1
    while start >= 0:
        end = start + len(part)
        starts = not (whole[start - 1 : start].isalnum() and part[0].isalnum())
        ends = not (whole[end : end + 1].isalnum() and part[-1].isalnum())
        if starts and ends:
            return True
        start = whole.find(part, end)
    return False


def _stands_in(text: str, name: str) -> bool:
    return contains(_folded(name), _folded(text))


def _agreeing(headings: list[Tag], names: list[str]) -> Headline | None:
    for level in ("h1", "h2", "h3", "h4"):
        found: list[str] = []
        for heading in headings:
            if heading.name != level:
                continue
            found += [
                text
                for text in _readings(heading)
                if _is_title(text) and any(_stands_in(text, name) for name in names)
            ][:1]
        best = _best(list(dict.fromkeys(found)), names)
        if best:
            return Headline(best, next(n for n in names if _stands_in(best, n)), agrees=True)
    return None


def _best(found: list[str], names: list[str]) -> str | None:
    """The job title among the headings in the page's name; None without headings."""
    if len(found) <= 1:
        return found[0] if found else None
    for name in names:
        said = sentence(name)
        for text in found:
            if said and _folded(text) == _folded(said.title):
                return text
            if _stands_in(f": {text}", name) and any(_stands_in(f"{o}:", name) for o in found):
                return text
    name = _folded(names[0])
    return min(found, key=lambda text: (name.find(_folded(text)) % 1_000, -len(text)))


def _only(headings: list[Tag], names: list[str]) -> Headline | None:
    top = "h1" if any(heading.name == "h1" for heading in headings) else "h2"
    texts = [text for each in headings if each.name == top for text in _readings(each)[:1]]
    found = list(dict.fromkeys(t for t in texts if _is_title(t) and not is_section(t)))
    if len(found) != 1 or (top == "h2" and _readings(headings[0])[:1] != found):
        return None
    h1 = found[0]
    for part in [_LEAD.sub("", part) for name in names for part in parts_of(name)]:
        rest = h1[len(part) :]
        # If the page's name has only "Bench Joiner" of the heading "Bench Joiner Leeds", "Leeds" is
        # taken for a place.
        is_start = _is_title(part) and _folded(h1).startswith(f"{_folded(part)} ")
        if is_start and _is_like_place(rest):
            return Headline(part, h1, agrees=True)
    return Headline(h1, h1, agrees=False)


def _is_like_place(rest: str) -> bool:
    """Names of places mostly consist of a few words that begin with capitals."""
    words = rest.replace(",", " ").split()
    return 1 <= len(words) <= 3 and all(
        word[0].isupper() and word.replace("-", "").isalpha() for word in words
    )


def _told(names: list[str]) -> Headline | None:
    """The title in a sentence with a verb ("Tidewell is looking for a Bench Joiner")."""
    for name in names:
        said = sentence(name)
        if said and said.is_whole and _is_title(said.title):
            return Headline(said.title, name, agrees=True)
    return None


def _shown_part(page: PageIndex, names: list[str]) -> Headline | None:
    """The first text outside of menus that equals a job title in `names`."""
    wanted: dict[str, str] = {}
    for name in names:
        said = sentence(name)
        for part in ([said.title] if said else []) + [_LEAD.sub("", p) for p in parts_of(name)[:1]]:
            if _is_title(part) and not is_section(part):
                wanted.setdefault(_folded(part), name)
    if not wanted:
        return None
    for string in page.body_strings:
        text = _folded(str(string))
        if text in wanted and string.parent and not page.around.contain(string.parent):
            return Headline(one_line(str(string)), wanted[text], agrees=True)
    return None


def _unlike(
    addressed: Headline | None, only: Headline | None, headings: list[Tag]
) -> Headline | None:
    """The only heading of its level, or the other heading with the words of the address: "Equal
    Opportunity" may be the only `h1` below the `h4` "Bench Joiner".
    """
    if only is None or addressed is None or contains(_folded(only.title), _folded(addressed.title)):
        return only
    is_heading = any(addressed.title in _readings(heading) for heading in headings)
    return addressed if is_heading else only


def _by_address(page: PageIndex, page_url: str) -> Headline | None:
    """The first text outside of menus with the words of the address's end: "/jobs/bench-joiner"."""
    end = unquote(urlsplit(page_url).path.rstrip("/").rpartition("/")[2])
    wanted = folded(re.sub(r"[-_+]+", " ", re.sub(r"\.\w{2,5}$", "", end)))
    if len(wanted) < MIN_ADDRESS or is_frame(wanted):
        return None
    for string in page.body_strings:
        text = one_line(str(string)) if len(string) <= 2 * MAX_TITLE else ""
        if not text or folded(text.replace("-", " ")) != wanted or string.parent is None:
            continue
        if _is_title(text) and not page.around.contain(string.parent):
            return Headline(text, end, agrees=True)
    return None


MIN_ADDRESS = 7
"""In characters, with a blank before and behind. A shorter end of an address may be a code."""
TITLE_NAME = re.compile(
    r"(?:^|[\s_-])(?:job|posting|position|vacancy|requisition|opening)[\s_-]?"
    r"(?:title|name|headline|heading)(?:$|[\s_-])|^jobPostingHeader$",
    re.IGNORECASE,
)


def _named_title(page: PageIndex) -> Headline | None:
    """The text of elements with a class or id such as `job-title`; None unless exactly one text is
    found.
    """
    texts: dict[str, str] = {}
    for element in filter(_is_named_title, page.elements):
        text = short_text(element)
        if _is_title(text) and not is_section(text) and not page.around.contain(element):
            texts.setdefault(_folded(text), text)
    if len(texts) != 1:
        return None
    title = next(iter(texts.values()))
    return Headline(title, title, agrees=False)


def _is_named_title(element: Tag) -> bool:
    return any(map(TITLE_NAME.search, names_of(element, "id", "data-automation-id")))


def _above_sections(headings: list[Tag]) -> Headline | None:
    """The first heading below `h1` that names no page and no section, if a section's heading
    follows next.
    """
    shown = [heading for heading in headings if heading.name != "h1"]
    for heading, following in pairwise(shown):
        text = _readings(heading)[0] if _readings(heading) else ""
        if not _is_title(text) or is_section(text):
            continue
        after = short_text(following)
        is_above = _next(heading, "h2", "h3", "h4", "p", "li") is following
        return Headline(text, text, agrees=False) if is_above and is_section(after) else None
    return None
