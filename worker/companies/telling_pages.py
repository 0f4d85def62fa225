"""Finds the pages of a site that tell about its company, by their addresses and labels."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from worker.companies.identity import site_key

MAX_DEPTH = 2
_NOT_A_PAGE = re.compile(
    r"\.(?:pdf|zip|png|jpe?g|gif|svg|webp|mp4|mp3|docx?|xlsx?|pptx?|ics|xml|rss|css|js)$",
    re.IGNORECASE,
)
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"(?:^|[/\s_-])(?:{words})(?:$|[/\s_.-])", re.IGNORECASE))
    for kind, words in (
        ("about", r"about|about-?us|company|who-we-are|our-story|mission|ueber-uns|%C3%BCber-uns"),
        ("products", r"products?|platform|solutions?|features|services|produkte"),
        ("engineering", r"engineering|technology|tech|stack|developers?|how-we-build"),
        ("careers", r"careers?|jobs?|join(?:-us)?|hiring|work-(?:with|at|for).*|karriere"),
        ("values", r"values|culture|principles|life-at.*|handbook|kultur"),
        ("team", r"team|people|leadership|management"),
        ("customers", r"customers?|case-stud(?:y|ies)|clients?"),
        ("press", r"press|news(?:room)?|media"),
        ("security", r"security|trust"),
        ("blog", r"blog|articles|insights"),
    )
)
_NEVER = re.compile(r"(?:^|[/\s_-])(?:login|sign-?in|sign-?up|cart|privacy|terms|legal|cookies?)\b")
# Addresses where a site shows texts of its users.
_OF_USERS = re.compile(r"^(?:[@~]|(?:u|users?|members?|profiles?|authors?|forum|community)(?:/|$))")


def kind_of(url: str, label: str = "") -> str | None:
    """The subject of a page, judged by address and label; None if it tells nothing about the
    company."""
    path = urlsplit(url).path.strip("/")
    if path.count("/") >= MAX_DEPTH or _NEVER.search(path.lower()) or _NOT_A_PAGE.search(path):
        return None
    if _OF_USERS.match(path.lower()):
        return None
    # The last part of the path says most: /company/careers is about careers.
    for text in (path.rpartition("/")[2], label.strip().replace(" ", "-"), path):
        for kind, words in _KINDS:
            if text and words.search(text):
                return kind
    return None


def telling_pages(
    links: Iterable[tuple[str, str]], home: str, without: Iterable[str] = ()
) -> list[tuple[str, str]]:
    """Pairs of address and kind, for pages of the same host: first one page of each kind, then
    the others."""
    site, seen = site_key(home), {_bare(url) for url in (home, *without)}
    by_kind: dict[str, list[str]] = {kind: [] for kind, _ in _KINDS}
    for url, label in links:
        kind = kind_of(url, label)
        if kind and site_key(url) == site and _bare(url) not in seen:
            seen.add(_bare(url))
            by_kind[kind].append(url)
    for urls in by_kind.values():
        urls.sort(key=lambda url: urlsplit(url).path.count("/"))
    rounds = max(map(len, by_kind.values()))
    return [
        (urls[turn], kind)
        for turn in range(rounds)
        for kind, urls in by_kind.items()
        if turn < len(urls)
    ]


def _bare(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}"
