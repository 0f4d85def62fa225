"""Decides which addresses the worker may contact for a URL from a user, a page or a model.

A worker runs in a private network and holds secrets, so such a URL may only lead to the public
internet (server-side request forgery, OWASP A10). The host is checked twice: its text here, and its
resolved addresses in `transport` when connecting, because a name can resolve differently later.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit, urlunsplit

import idna

from liverows import InvalidInput, SetupError
from worker.services.web.addresses import is_overlong

HostPort: TypeAlias = "tuple[str, int]"
Address: TypeAlias = "ipaddress.IPv4Address | ipaddress.IPv6Address"

PORTS = {"http": 80, "https": 443}
MAX_URL_CHARACTERS = 4096

# IANA IPv4 special-purpose registry, multicast and reserved space. Listed here because
# `ipaddress.is_global` gave different answers in different patch releases of Python.
_REFUSED_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        # Azure's platform service: a public address that is reachable only from inside
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
# Global unicast is 2000::/3. Everything outside it is loopback, local, multicast or mapped.
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_REFUSED_V6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments, including Teredo
        "2001:db8::/32",
        "2002::/16",  # 6to4 contains an IPv4 address that the sender chose
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)
# Hosts without IPv4 reach IPv4 through these addresses, so check the embedded IPv4 address.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

_ASCII_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")
_ENDS_IN_NUMBER = re.compile(r"(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$")
_INSIDE_ONLY = ("localhost", "localdomain", "local", "internal", "intranet", "lan", "home.arpa")


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that passed the text check; `url` is its normal form without the fragment."""

    url: str
    scheme: str
    host: str
    port: int
    exempt: bool

    @property
    def shown(self) -> str:
        """The URL without its query string, for logs and messages."""
        return urlunsplit((*urlsplit(self.url)[:3], "", ""))


def refused(why: str) -> InvalidInput:
    """The error for every URL that the worker refuses to open."""
    return InvalidInput(f"This address cannot be opened: {why}.", code="url_refused")


def parse_allow(pairs: Iterable[str]) -> frozenset[HostPort]:
    """Read FETCH_ALLOW: exact `host:port` pairs, IPv6 in brackets; `SetupError` if malformed."""
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
    """Check the text of a URL; `InvalidInput` with code `url_refused` says what is wrong.

    Refused are: schemes other than http and https, credentials, ports other than 80 and 443, IP
    addresses in unusual spellings (decimal, octal, hexadecimal, shortened), non-public IP
    addresses, and names that exist only inside a network.
    """
    url = url.strip()
    if not url or len(url) > MAX_URL_CHARACTERS or is_overlong(url):
        raise refused("it is empty or too long")
    if re.search(r"[\x00-\x20\x7f\\]", url):
        raise refused("it contains spaces, control characters or backslashes")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise refused("it is not a well-formed URL") from None
    if parts.scheme not in PORTS:
        raise refused("only http and https are supported")
    if "@" in parts.netloc:
        raise refused("it carries a user name or password")
    host = normal_host(parts.hostname or "")
    port = PORTS[parts.scheme] if port is None else port
    exempt = (host, port) in allow
    if not exempt:
        _check_host(host)
        if port not in PORTS.values():
            raise refused("only the ports 80 and 443 are supported")
    netloc = f"[{host}]" if ":" in host else host
    if port != PORTS[parts.scheme]:
        netloc = f"{netloc}:{port}"
    normal = urlunsplit((parts.scheme, netloc, parts.path or "/", parts.query, ""))
    return Target(normal, parts.scheme, host, port, exempt)


def normal_host(host: str) -> str:
    """The host in lower-case ASCII (UTS 46) without the root dot; `url_refused` if invalid."""
    if "%" in host:
        raise refused("its host contains an escape or a zone")
    if ":" in host:
        try:
            return str(ipaddress.IPv6Address(host))
        except ValueError:
            raise refused("its host is not a valid IPv6 address") from None
    try:
        ascii_host = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise refused("its host is not a valid internet name") from None
    ascii_host = ascii_host.lower().removesuffix(".")
    if len(ascii_host) > 253 or ".." in ascii_host or not _ASCII_NAME.fullmatch(ascii_host):
        raise refused("its host is not a valid internet name")
    return ascii_host


def _check_host(host: str) -> None:
    literal = ip_literal(host)
    if literal is not None:
        if not is_public(literal):
            raise refused("it leads to a private or reserved network")
    elif "." not in host or any(host == name or host.endswith(f".{name}") for name in _INSIDE_ONLY):
        raise refused("it names a host inside a private network")


def ip_literal(host: str) -> Address | None:
    """The IP address that a normalised host spells out; None for a name.

    Every browser reads a host whose last label is a number as an IPv4 address (WHATWG URL, "ends in
    a number"). So any spelling other than the usual one is refused.
    """
    if ":" in host:
        return ipaddress.IPv6Address(host)
    if not _ENDS_IN_NUMBER.search(host):
        return None
    try:
        return ipaddress.IPv4Address(host)
    except ValueError:
        raise refused("its host is an IP address in an unusual spelling") from None


def is_public(address: Address) -> bool:
    """Whether an address is on the public internet; for NAT64 the embedded IPv4 address counts."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _REFUSED_V4)
    if address in _NAT64:
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    return address in _GLOBAL_V6 and not any(address in network for network in _REFUSED_V6)
