"""Distinguishes a page about an employer's work and openings from one role's posting.

Both use the same words; the address, the page's name and the heading decide.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

from worker.pages.hosts import bears_name
from worker.positions.frame_words import is_frame, is_section
from worker.positions.headline import parts_of
from worker.positions.words.known import folded

_EXTENSION = re.compile(r"\.(?:html?|php|aspx?|jsp)$", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2})?", re.IGNORECASE)
_FILES = {"index", "default", "home"}
_POSTING = re.compile(
    r"(?:[a-z]{1,12}[-_])?(?:job|position|vacancy|posting|opening|requisition|req|offre|offer|oferta|vaga"
    r"|stelle|stellenangebot|vacature|jobad|ad)[-_]?(?:id|slug|name|title|ref|no|nr|number|key|code)?"
    r"|(?:[a-z]{1,12}[-_])?jid"
)
"""The keys of a query that name a posting."""
_OTHER_KEY = re.compile(
    r"(?:utm|mc|ml|mtm|pk|itm|oly|vero|ga|_ga|_gl|hs\w{0,20}|_hs\w{0,20}|trk|at|wt)_\w{0,40}|_g[al]|hs\w{3,20}"
    r"|\w{0,8}cl(?:k|ick)?id|trk\w{0,20}|(?:\w{1,20}[-_])?(?:src|source|ref|referr?er|medium|campaign)"
    r"|session|sid|nocache|cache|v|ver|version|ts|timestamp"
    r"|(?:current[-_]?)?(?:page|pg|paged|seite|pagina|página|strona|sivu|side|sida)"
    r"(?:[-_]?(?:no|nr|num|number|size|index))?|offset|start|from|skip|limit|per[-_]?page|size|rows"
    r"|sort\w{0,12}|order\w{0,12}|dir|lang\w{0,8}|locale|hl|lng|lc|lcid|culture|sprache|idioma|jazyk"
    r"|q|s|query|search\w{0,12}|keywords?|filters?(?:\[\w{0,20}\])?|departments?|teams?|locations?|office"
    r"|offices|city|country|region|category|categories|cat|radius|distance"
    r"|(?:job|employment)[-_]?(?:type|category|function|family)"
)
"""The keys of a query that count visits, turn pages, choose a language or filter a list."""
_UNSURE_KEY = re.compile(r"s|q|ref|id")
_NUMBER = re.compile(r"\d{3,}")
"""Matches a value that is a posting's number rather than a word to search for or a source."""
_PAGING = re.compile(r"/?(?:page|paged|seite|pagina|strona|sivu|side|sida|p)[-_/=]?\d{1,3}", re.I)
MAX_PAGE = 4
_SLOGAN = re.compile(r"[.!?:\u2026\u3002\uff01\uff1f]$")


def has_general_name(name: str) -> bool:
    """Whether the first part of a page's `title` names a page ("Careers"; see `is_frame`)."""
    first = next(iter(parts_of(name)), "")
    return bool(first) and is_frame(first)


def names_a_role(title: str, page_url: str) -> bool:
    """Whether a page's title can be that of a job.

    False for a sentence, a section's heading, or only the site's name and words such as "careers".
    """
    if not title or _SLOGAN.search(title.strip()) or is_section(title):
        return False
    rest = " ".join(word for word in title.split() if not is_frame(word))
    return bool(rest) and not bears_name(page_url, rest)


def has_general_address(page_url: str, heading: str = "") -> bool:
    """Whether the path's last part names at most a language or a page such as "careers".

    Usually False with a digit in the query or the fragment, which may name a posting. Keys for
    tracking, paging, languages and filters do not count. A value of other keys whose words stand in
    the page's `heading` names a posting too, as in "?pozice=kuchar".
    """
    parts = urlsplit(page_url)
    segments = [_EXTENSION.sub("", unquote(each)) for each in parts.path.split("/") if each]
    segments = [each for each in segments if each.lower() not in _FILES]
    if _PAGING.fullmatch("/".join(segments[-2:])):
        del segments[-2:]
    query = parse_qsl(parts.query)
    if any(_names_a_posting(key, value, has_path=bool(segments)) for key, value in query):
        return False
    values = [value for key, value in query if not _OTHER_KEY.fullmatch(key.casefold())]
    if any(_is_in_heading(value, heading, page_url) for value in values):
        return False
    fragment = parts.fragment.partition(":~:")[0]
    if not _PAGING.fullmatch(fragment) and ("/" in fragment or _has_digit(fragment)):
        return False
    last = segments[-1] if segments else ""
    if not last or _LANGUAGE.fullmatch(last):
        return True
    return not _has_digit(last) and is_frame(re.sub(r"[-_+ ]+", " ", last))


def is_of_one_posting(page_url: str) -> bool:
    """Whether an address ends with a word for one posting, as "/vacature.html" does.

    Small employers show their only opening there.
    """
    last = unquote(urlsplit(page_url).path.rstrip("/").rpartition("/")[2])
    return _ONE_POSTING.fullmatch(re.sub(r"[-_+ ]+", "-", _EXTENSION.sub("", last))) is not None


_ONE_POSTING = re.compile(
    r"vacancy|vacature|job-?(?:description|posting|ad|advert|offer|opening|opportunity|detail"
    r"|details)"
    r"|position|opening|stellen(?:angebot|anzeige|ausschreibung|beschreibung)|offre(?:-d-?emploi"
    r"|-emploi)?"
    r"|oferta(?:-(?:de-)?(?:empleo|trabajo|pracy))?|vaga|offerta(?:-di)?-lavoro|ogloszenie"
    r"|stilling(?:sopslag)?|ledig-stilling|jobopslag|platsannons|jobbannons|tyopaikkailmoitus"
    r"|nabidka-prace|ponuka-prace|allashirdetes|allasajanlat|vakansiya|wir-suchen(?:-dich)?"
    r"|recrutement-[a-z]+",
    re.IGNORECASE,
)


def _names_a_posting(key: str, value: str, *, has_path: bool) -> bool:
    """Whether a part of a query may name a posting, as in "?job=bench-joiner" or "?id=41"."""
    key = key.casefold()
    if _POSTING.fullmatch(key):
        return bool(value)
    if _UNSURE_KEY.fullmatch(key) and _NUMBER.fullmatch(value):
        return True
    # "/?p=41" is an article of a blog.
    if _OTHER_KEY.fullmatch(key) or (has_path and key == "p" and len(value) < MAX_PAGE):
        return False
    return _has_digit(value)


def _is_in_heading(value: str, heading: str, page_url: str) -> bool:
    """Whether all words of a value stand in the heading, and are not only the site's or a menu's
    name."""
    words, said = _words(value), _words(heading[:MAX_FOLDED])
    is_name = is_frame(" ".join(words)) or bears_name(page_url, " ".join(words))
    return sum(map(len, words)) >= MIN_VALUE and not is_name and set(words) <= set(said)


MIN_VALUE = 4
"""In characters. A shorter value is often a code, such as that of a language."""


def _words(text: str) -> list[str]:
    return folded(re.sub(r"[-_+/|,.:()]+", " ", text)).split()


MAX_FOLDED = 1_000
"""The most characters of a heading that are read."""


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))
