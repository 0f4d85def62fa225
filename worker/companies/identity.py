"""Which company is meant, and which results all users may share.

A site is identified by its host. What a site says is shared with all users only if the site is
the front of a registrable domain (the domain itself or its `www`). Below a registrable domain
the site may be anybody's: `anyone.zendesk.com` says nothing about `zendesk.com`. Two companies
may have the same name, so a name is only used to find a domain, and results about a company
without a site are not shared.
"""

from __future__ import annotations

import re
from itertools import accumulate, takewhile
from urllib.parse import urlsplit

from liverows import InvalidInput
from worker.pages.hosts import bears_name, is_somebody_elses, registrable_domain
from worker.pages.nfkc import nfkc
from worker.services.web.addresses import is_overlong
from worker.services.web.guard import PORTS, ip_literal, normal_host

_LEGAL = {
    "inc", "incorporated", "llc", "llp", "lp", "ltd", "limited", "plc", "corp", "corporation",
    "co", "company", "gmbh", "ag", "kg", "ug", "se", "sa", "sas", "sarl", "srl", "spa", "bv", "nv",
    "oy", "oyj", "ab", "as", "asa", "aps", "pty", "pte", "kk",
}  # fmt: skip


def normalised_name(name: str) -> str:
    """The form in which names are compared: without case, punctuation and legal forms.

    `Stripe, Inc.` and `stripe` become equal. Raises `InvalidInput` for a name without letters
    or digits.
    """
    plain = nfkc(name).casefold().replace("&", " and ")
    plain = plain.replace(".", "").replace("'", "").replace("\u2019", "")
    words = re.findall(r"\w+", plain)
    while len(words) > 1 and words[-1] in _LEGAL:
        words.pop()
    if not words:
        raise InvalidInput("The name of the company has neither letters nor digits.")
    return " ".join(words)


def site_key(url: str) -> str:
    """The host of a site, which all its addresses share; "" if the address has none.

    The host is written as for a connection (lower case, IDNA, no root dot), with its port if that
    is not the usual one. `www` of a registrable domain counts as the domain itself; any other
    subdomain is a site of its own.
    """
    parts = _taken_apart(url)
    if parts is None:
        return ""
    scheme, host, port = parts
    domain = registrable_domain(f"https://{host}/")
    name = domain if domain and host == f"www.{domain}" else host
    return _with_port(name, None if port == PORTS[scheme] else port)


def shared_key(home: str) -> str | None:
    """The key under which all users share what a site says; None if the site is not shared.

    A site is shared if it is the front of a registrable domain at its usual port. Private suffixes
    count (`acme.github.io` is a registrable domain, `anyone.zendesk.com` is not). A site that was
    asked for without TLS has a key of its own, because another server may answer at that port.
    """
    parts = _taken_apart(home)
    if parts is None:
        return None
    scheme, host, port = parts
    domain = registrable_domain(f"https://{host}/")
    if domain is None or host not in (domain, f"www.{domain}") or port != PORTS[scheme]:
        return None
    return domain if scheme == "https" else f"http://{domain}"


def home_of(url: str | None) -> str | None:
    """The front page of the company's own site; None for a job board, a social network, or no
    address."""
    parts = _taken_apart(url or "")
    if parts is None:
        return None
    scheme, host, port = parts
    home = f"{scheme}://{_with_port(host, None if port == PORTS[scheme] else port)}/"
    return None if is_somebody_elses(home) else home


def _taken_apart(url: str) -> tuple[str, str, int] | None:
    """Scheme, host (as for a connection) and port; None if it is not a plain web address."""
    if is_overlong(url):
        return None
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in PORTS or "@" in parts.netloc:
        return None
    try:
        host = normal_host(parts.hostname or "")
        ip_literal(host)
    except InvalidInput:
        return None
    return parts.scheme, host, PORTS[parts.scheme] if port is None else port


def _with_port(host: str, port: int | None) -> str:
    name = f"[{host}]" if ":" in host else host
    return name if port is None else f"{name}:{port}"


def is_named_after(url: str, name: str) -> bool:
    """Whether the domain's first label is the company's name or the first words of it."""
    domain = registrable_domain(url) or site_key(url)
    label = re.sub(r"[^a-z0-9]", "", domain.split(".")[0])
    words = re.findall(r"[a-z0-9]+", normalised_name(name))
    # acme.com may belong to Acme Pumps. Its own pages must then say whether it does.
    starts = takewhile(lambda start: len(start) <= len(label), accumulate(words))
    is_start = any(label == start and len(start) >= 4 for start in starts)
    return is_start or label == "".join(words) or bears_name(url, normalised_name(name))
