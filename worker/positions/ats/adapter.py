"""An adapter recognises the URLs of a recruiting system and reads its answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from lxml import etree

from liverows import Permanent
from worker.pages.draft import Draft
from worker.services.web.addresses import is_overlong

UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""A pattern for a UUID in small letters."""
_UUID = re.compile(UUID, re.IGNORECASE)
# Names become parts of URLs: refuse characters that could lead a request elsewhere.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_NAME_WITH_SPACES = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]|%20| ){0,99}")


@dataclass(frozen=True, slots=True)
class Reference:
    """One posting of one employer in one recruiting system.

    `board` is the employer's account. `where` is what else the endpoint needs, such as a region.
    """

    platform: str
    board: str
    posting: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of a URL: host, path segments in order, and the first query value of each name."""

    host: str
    segments: tuple[str, ...]
    query: dict[str, str]


class Adapter(Protocol):
    """Reads postings of one recruiting system; its module defines one as `ADAPTER`."""

    platform: str

    def recognise(self, address: Address) -> Reference | None:
        """The posting that a URL names; None if it names no posting of this system."""

    def endpoint(self, reference: Reference) -> str:
        """The URL of the posting's data, or of a list of postings that should contain it."""

    def read(self, answer: str, reference: Reference) -> Draft:
        """Return the findings of the posting.

        Raises `not_listed()` for a list without the posting, or `Permanent("too_large")`. An answer
        in another form may raise `ValueError`, `KeyError`, `TypeError`, `AttributeError` or
        `RecursionError`.
        """


def address_of(url: str) -> Address | None:
    """The parts of a URL; None if it is no web URL, or is malformed or overlong."""
    if is_overlong(url):
        return None
    try:
        parts: SplitResult = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    segments = tuple(segment for segment in parts.path.split("/") if segment)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return Address(host.removesuffix("."), segments, query)


def name(text: str | None, *, spaces: bool = False) -> str | None:
    """The text if it can be the name of an account or a posting; otherwise None.

    With `spaces` it may contain spaces, so the caller must quote it in a URL.
    """
    pattern = _NAME_WITH_SPACES if spaces else _NAME
    if text is None or not pattern.fullmatch(text) or ".." in text:
        return None
    return unquote(text) if spaces else text


def is_uuid(text: str) -> bool:
    """Whether a text is a UUID and nothing else."""
    return _UUID.fullmatch(text) is not None


def account_of_host(host: str, suffix: str) -> str | None:
    """The account in the host `account.suffix`; None for `www.suffix` or another host."""
    if not host.endswith(f".{suffix}"):
        return None
    label = host.removesuffix(f".{suffix}")
    return name(label) if "." not in label and label not in ("www", "api", "app") else None


def feed_of(text: str) -> etree._Element:
    """The root of an XML feed, which may be damaged; raises `ValueError` if nothing is left."""
    # The feed is untrusted: the parser may not use the network or replace entities.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)
    try:
        root: etree._Element | None = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError:  # an empty feed, which the parser cannot recover
        root = None
    if root is None:
        raise ValueError("not XML")
    return root


def not_listed() -> Permanent:
    """Return the error for a posting that is missing in its recruiting system's list."""
    return Permanent("The posting is no longer published.", code="gone")
