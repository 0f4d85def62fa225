"""Decides which addresses the worker may contact for a URL from a user, a page or a model.

URLs must not lead into the worker's private network. `transport` checks the addresses of names.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias
from urllib.parse import urlsplit, urlunsplit

import idna

from liverows import InvalidInput, SetupError
from worker.services.web.addresses import is_overlong

HostPort: TypeAlias = "tuple[str, int]"
Address: TypeAlias = "ipaddress.IPv4Address | ipaddress.IPv6Address"
RefusalKind: TypeAlias = Literal["private", "port", "credentials", "malformed"]

PORTS = {"http": 80, "https": 443}
MAX_URL_CHARACTERS = 4096

# Listed here, because `ipaddress.is_global` differed between patch releases of Python.
_REFUSED_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        # Azure's platform service: a public address that can be reached only inside Azure
        "168.63.129.16/32",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
# An IPv6 address outside of this network is not public; of a NAT64 address, its IPv4 part decides.
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_REFUSED_V6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments, including Teredo
        "2001:db8::/32",
        "2002::/16",  # 6to4: contains an IPv4 address, which may be a private one
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)
# Hosts without IPv4 reach IPv4 servers through these; the IPv4 address inside is checked.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

_ASCII_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")
_ENDS_IN_NUMBER = re.compile(r"(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$")
_INSIDE_ONLY = ("localhost", "localdomain", "local", "internal", "intranet", "lan", "home.arpa")


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that `parse_target` accepted. `exempt` is True if FETCH_ALLOW has its host and port."""

    url: str
    scheme: str
    host: str
    port: int
    exempt: bool

    @property
    def shown(self) -> str:
        """The URL without its query string, which may contain tokens."""
        return urlunsplit((*urlsplit(self.url)[:3], "", ""))


def refused(why: str, kind: RefusalKind | None = None) -> InvalidInput:
    """The error for a URL that the worker refuses to open; `kind` chooses the user's sentence."""
    return InvalidInput(
        f"This address cannot be opened: {why}.",
        code="url_refused",
        params={"kind": kind} if kind else None,
    )


def parse_allow(pairs: Iterable[str]) -> frozenset[HostPort]:
    """Read the `host:port` pairs of FETCH_ALLOW; raises `SetupError` for a malformed pair."""
    allowed = set()
    for pair in pairs:
        host, _, port = pair.rpartition(":")
        is_port = re.fullmatch("[0-9]{1,5}", port) is not None and 0 < int(port) < 65536
        if not host or not is_port or "/" in host:
            raise SetupError(
                f"FETCH_ALLOW: {pair!r} is not host:port",
                cure="list exact pairs such as 127.0.0.1:8000, separated by commas",
                code="malformed_settings",
            )
        allowed.add((host.strip("[]").lower(), int(port)))
    return frozenset(allowed)


def parse_target(url: str, allow: frozenset[HostPort] = frozenset()) -> Target:
    """Check the text of a URL; raises `InvalidInput` (`url_refused`) if it may not be opened.

    Unless `allow` has the host and port, private hosts and ports other than 80 and 443 are refused.
    """
    url = url.strip()
    if not url or len(url) > MAX_URL_CHARACTERS or is_overlong(url):
        raise refused("it is empty or too long", "malformed")
    if re.search(r"[\x00-\x20\x7f\\]", url):
        raise refused("it contains spaces, control characters or backslashes", "malformed")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise refused("it is not a well-formed URL", "malformed") from None
    if parts.scheme not in PORTS:
        raise refused("only http and https are supported", "malformed")
    if "@" in parts.netloc:
        raise refused("it carries a user name or password", "credentials")
    host = normal_host(parts.hostname or "")
    port = PORTS[parts.scheme] if port is None else port
    exempt = (host, port) in allow
    if not exempt:
        _check_host(host)
        if port not in PORTS.values():
            raise refused("only the ports 80 and 443 are supported", "port")
    netloc = f"[{host}]" if ":" in host else host
    if port != PORTS[parts.scheme]:
        netloc = f"{netloc}:{port}"
    normal = urlunsplit((parts.scheme, netloc, parts.path or "/", parts.query, ""))
    return Target(normal, parts.scheme, host, port, exempt)


def normal_host(host: str) -> str:
    """The host in lower-case ASCII (UTS 46) without a final dot; an IPv6 address in short form.

    Raises `InvalidInput` for an invalid host.
    """
    if "%" in host:
        raise refused("its host contains an escape or a zone", "malformed")
    if ":" in host:
        try:
            return str(ipaddress.IPv6Address(host))
        except ValueError:
            raise refused("its host is not a valid IPv6 address", "malformed") from None
    try:
        ascii_host = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise refused("its host is not a valid internet name", "malformed") from None
    ascii_host = ascii_host.lower().removesuffix(".")
    if len(ascii_host) > 253 or ".." in ascii_host or not _ASCII_NAME.fullmatch(ascii_host):
        raise refused("its host is not a valid internet name", "malformed")
    return ascii_host


def _check_host(host: str) -> None:
    literal = ip_literal(host)
    if literal is not None:
        if not is_public(literal):
            raise refused("it leads to a private or reserved network", "private")
    elif "." not in host or any(host == name or host.endswith(f".{name}") for name in _INSIDE_ONLY):
        raise refused("it names a host inside a private network", "private")


def ip_literal(host: str) -> Address | None:
    """The IP address that a normalised host spells out; None for a name.

    Raises `InvalidInput` for an unusual spelling, which a browser may read as an IPv4 address.
    """
    if ":" in host:
        return ipaddress.IPv6Address(host)
    if not _ENDS_IN_NUMBER.search(host):
        return None
    try:
        return ipaddress.IPv4Address(host)
    except ValueError:
        raise refused("its host is an IP address in an unusual spelling", "malformed") from None


def is_public(address: Address) -> bool:
    """Whether an address is public; for NAT64, the IPv4 address inside decides."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _REFUSED_V4)
    if address in _NAT64:
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    return address in _GLOBAL_V6 and not any(address in network for network in _REFUSED_V6)
