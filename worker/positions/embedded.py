"""Finds the posting in a recruiting system that an employer's page names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from liverows import Permanent
from worker.pages.draft import FetchedPage
from worker.pages.entities import unescape
from worker.pages.hosts import absolute
from worker.pages.tree import tree_of
from worker.positions.ats import Reference, recognise
from worker.positions.ats.adapter import name

_GREENHOUSE_TOKEN = re.compile(
    r"greenhouse\.io/(?:v1/boards/|embed/job_(?:board|app)(?:/js)?\?(?:[^\"'<>\s]{0,300}&(?:amp;)?)?for=)"
    r"([A-Za-z0-9][A-Za-z0-9_-]{0,80})"
)
_GREENHOUSE_EU = re.compile(r"(?:boards|job-boards|boards-api)\.eu\.greenhouse\.io")
# Words beside a company's name in a host: `acmehq.com`, `jobs-acme.io`.
_AFFIX = re.compile(
    r"^(?:careers?|jobs?|apply|work|join|get|go|www)-?|-?(?:careers?|jobs?|hq|inc|labs?|app)$"
)
_GENERIC = {"careers", "career", "jobs", "job", "www", "apply", "work", "join", "co", "com", ""}
# A URL anywhere in a page's source, also in scripts.
_ADDRESS = re.compile(r"https?://[^\s\"'<>\\`]{4,500}")
MAX_GUESSES = 4
MAX_ADDRESSES = 3_000
"""The most different URLs that are examined if a page is too complex to parse."""


def embedded_references(page: FetchedPage) -> list[Reference]:
    """The postings to ask recruiting systems for, most likely first.

    `gh_jid` in the URL is Greenhouse's number; the account may be guessed. Otherwise the only
    posting that the page names, or none. May raise `Permanent("too_large")`.
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
    return linked if len(linked) == 1 else []


def _greenhouse(page: FetchedPage, posting: str) -> Iterator[Reference]:
    where = "eu" if _GREENHOUSE_EU.search(page.html) else ""
    named = list(dict.fromkeys(_GREENHOUSE_TOKEN.findall(page.html)))
    for board in named[:MAX_GUESSES] or _boards_of_host(page.url):
        yield Reference("greenhouse", board, posting, where)


def _boards_of_host(url: str) -> list[str]:
    """At most four guesses at the employer's account, from the parts of the host."""
    words = (urlsplit(url).hostname or "").split(".")[:-1][::-1]
    guesses = [*words, *(_AFFIX.sub("", word) for word in words)]
    guesses += [guess.replace("-", "") for guess in guesses]
    known = [word for word in dict.fromkeys(guesses) if word not in _GENERIC and name(word)]
    return known[:MAX_GUESSES]


def _named_in_source(html: str) -> list[Reference]:
    """At most two of the postings named in a page's source; only one is useful."""
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
    tree = tree_of(page.html)
    for tag, attribute in (("iframe", "src"), ("link", "href"), ("a", "href")):
        for element in tree.iter(tag):
            if tag == "link" and "canonical" not in (element.get("rel") or "").split():
                continue
            reference = recognise(absolute(element.get(attribute), page.url) or "")
            if reference:
                yield reference
