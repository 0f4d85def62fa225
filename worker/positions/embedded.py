"""Postings of a recruiting system that an employer's own page shows or leads to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from liverows import Permanent
from worker.pages.draft import FetchedPage
from worker.pages.entities import unescape
from worker.pages.hosts import absolute
from worker.pages.tree import soup_of
from worker.positions.ats import Reference, recognise
from worker.positions.ats.adapter import name

_GREENHOUSE_TOKEN = re.compile(
    r"greenhouse\.io/(?:v1/boards/|embed/job_(?:board|app)(?:/js)?\?(?:[^\"'<>\s]{0,300}&(?:amp;)?)?for=)"
    r"([A-Za-z0-9][A-Za-z0-9_-]{0,80})"
)
_GREENHOUSE_EU = re.compile(r"(?:boards|job-boards|boards-api)\.eu\.greenhouse\.io")
# What stands around a company's name in a host: `careers.acmehq.com`, `jobs-acme.io`.
_AFFIX = re.compile(
    r"^(?:careers?|jobs?|apply|work|join|get|go|www)-?|-?(?:careers?|jobs?|hq|inc|labs?|app)$"
)
_GENERIC = {"careers", "career", "jobs", "job", "www", "apply", "work", "join", "co", "com", ""}
# Ends where an address in an attribute, a script or a text can end.
_ADDRESS = re.compile(r"https?://[^\s\"'<>\\`]{4,500}")
MAX_GUESSES = 4
MAX_ADDRESSES = 3_000
"""Different ones that are looked at in a page too complex to be read: a second's work or two."""


def embedded_references(page: FetchedPage) -> list[Reference]:
    """The postings to ask for, the surest first.

    An iframe, a canonical link or the one link of its kind on the page is sure; for a
    `gh_jid` address without a board in the page's source the host's own labels are tried.
    Raises `Permanent("too_large")` for a page that is too complex to be read, unless its
    source names one posting and no other.
    """
    posting = (parse_qs(urlsplit(page.requested_url).query).get("gh_jid") or [""])[0]
    posting = posting or (parse_qs(urlsplit(page.url).query).get("gh_jid") or [""])[0]
    if re.fullmatch("[0-9]{1,20}", posting):
        return list(_greenhouse(page, posting))
    try:
        linked = list(dict.fromkeys(_linked(page)))
    except Permanent:
        linked = _named_in_source(page.html)
        if len(linked) != 1:
            raise
    # Several are a list of postings, and none of them is this page's own.
    return linked if len(linked) == 1 else []


def _greenhouse(page: FetchedPage, posting: str) -> Iterator[Reference]:
    where = "eu" if _GREENHOUSE_EU.search(page.html) else ""
    named = list(dict.fromkeys(_GREENHOUSE_TOKEN.findall(page.html)))
    for board in named[:MAX_GUESSES] or _boards_of_host(page.url):
        yield Reference("greenhouse", board, posting, where)


def _boards_of_host(url: str) -> list[str]:
    """Accounts that the employer of this host may have, from the host's own words."""
    words = (urlsplit(url).hostname or "").split(".")[:-1][::-1]
    guesses = [*words, *(_AFFIX.sub("", word) for word in words)]
    guesses += [guess.replace("-", "") for guess in guesses]
    known = [word for word in dict.fromkeys(guesses) if word not in _GENERIC and name(word)]
    return known[:MAX_GUESSES]


def _named_in_source(html: str) -> list[Reference]:
    """The postings that a page names anywhere, scripts and all, which is more than it links to.

    Two are as good as many, so no more are looked for; none, if it is full of addresses.
    """
    found: set[Reference] = set()
    asked: set[str] = set()
    for match in _ADDRESS.finditer(html.replace("\\/", "/")):
        if match[0] in asked:
            continue
        asked.add(match[0])
        reference = recognise(unescape(match[0]))
        found |= {reference} if reference else set()
        if len(found) > 1:
            break
        if len(asked) > MAX_ADDRESSES:
            return []
    return list(found)


def _linked(page: FetchedPage) -> Iterator[Reference]:
    soup = soup_of(page.html)
    for tag, attribute in (("iframe", "src"), ("link", "href"), ("a", "href")):
        for element in soup.find_all(tag, attrs={attribute: True}):
            if tag == "link" and "canonical" not in (element.get("rel") or []):
                continue
            reference = recognise(absolute(str(element[attribute]), page.url) or "")
            if reference:
                yield reference
