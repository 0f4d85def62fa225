"""The interface of an adapter: it recognises URLs of a recruiting system and reads its answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from liverows import Permanent
from worker.pages.draft import Draft
from worker.services.web.addresses import is_overlong

# Names are put into hosts and paths, so refuse characters that could redirect a request.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_NAME_WITH_SPACES = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]|%20| ){0,99}")


@dataclass(frozen=True, slots=True)
class Reference:
    """One posting of one employer in one recruiting system.

    `board` is the employer's account. `where` is anything else that the endpoint needs, such as a
    region or a data centre.
    """

    platform: str
    board: str
    posting: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of a posting's URL: host, path segments in order, and query values by name."""

    host: str
    segments: tuple[str, ...]
    query: dict[str, str]


class Adapter(Protocol):
    """One recruiting system. Each module of this package defines its own `ADAPTER`."""

    platform: str

    def recognise(self, address: Address) -> Reference | None:
        """The posting that a URL names; None if the URL is not one of this system."""

    def endpoint(self, reference: Reference) -> str:
        """The URL of this posting as data, or of a list that contains it."""

    def read(self, answer: str, reference: Reference) -> Draft:
        """The findings of the posting; raises `not_listed()` if the answer does not contain it.

        Raises `ValueError`, `KeyError`, `TypeError` or `AttributeError` if the answer has another
        form.
        """


def address_of(url: str) -> Address | None:
    """The parts of a URL; None if it is not a web URL."""
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
    """An account or posting name, or None if it holds characters that no such name has.

    With `spaces` it may hold spaces (`%20` is decoded), so quote it before it goes into a URL.
    """
    pattern = _NAME_WITH_SPACES if spaces else _NAME
    if text is None or not pattern.fullmatch(text) or ".." in text:
        return None
    return unquote(text) if spaces else text


def account_of_host(host: str, suffix: str) -> str | None:
    """The account in `account.suffix`; None for another host or a name with more parts."""
    if not host.endswith(f".{suffix}"):
        return None
    label = host.removesuffix(f".{suffix}")
    return name(label) if "." not in label and label not in ("www", "api", "app") else None


def not_listed() -> Permanent:
    """The error for a posting that the recruiting system no longer knows."""
    return Permanent("The posting is no longer published.", code="gone")
