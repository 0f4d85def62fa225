"""What a recruiting system's adapter is: it recognises addresses and reads one answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from liverows import Permanent
from worker.pages.draft import Draft
from worker.services.web.addresses import is_overlong

# Names go into hosts and paths, so anything that could change where a request leads is no name.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_NAME_WITH_SPACES = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]|%20| ){0,99}")


@dataclass(frozen=True, slots=True)
class Reference:
    """One posting of one employer in one recruiting system.

    `board` is the employer's account; `where` is what else the endpoint needs, such as a
    region or a data centre.
    """

    platform: str
    board: str
    posting: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """A posting's URL, taken apart: host and path segments in order, the query by name."""

    host: str
    segments: tuple[str, ...]
    query: dict[str, str]


class Adapter(Protocol):
    """One recruiting system. A module of this package names its own `ADAPTER`."""

    platform: str

    def recognise(self, address: Address) -> Reference | None:
        """The posting that a URL names, None if it is none of this system's."""

    def endpoint(self, reference: Reference) -> str:
        """Where the system publishes this posting, or the list that contains it, as data."""

    def read(self, answer: str, reference: Reference) -> Draft:
        """Findings of the posting; `not_listed()` if it is not there.

        Raises `ValueError`, `KeyError`, `TypeError` or `AttributeError` for another shape.
        """


def address_of(url: str) -> Address | None:
    """A URL taken apart, None if it is not one of the web."""
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
    """An account or posting name if it is safe to put into an address."""
    pattern = _NAME_WITH_SPACES if spaces else _NAME
    if text is None or not pattern.fullmatch(text) or ".." in text:
        return None
    return unquote(text) if spaces else text


def account_of_host(host: str, suffix: str) -> str | None:
    """The account in `account.suffix`, None for another host or a deeper name."""
    if not host.endswith(f".{suffix}"):
        return None
    label = host.removesuffix(f".{suffix}")
    return name(label) if "." not in label and label not in ("www", "api", "app") else None


def not_listed() -> Permanent:
    """The system answers, and knows no such posting any more."""
    return Permanent("The posting is no longer published.", code="gone")
