"""Tells which company is meant, and which results all users may share.

What a site says is shared only if the site is the front of a registrable domain: below that, a site
may be anybody's. Companies may have equal names, so a name only serves to find a domain.
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
    """The form in which names are compared: `Stripe, Inc.` and `stripe` become equal.

    Raises `InvalidInput` for a name without letters or digits.
    """
    plain = nfkc(name).casefold().replace("&", " and ")
    plain = plain.replace(".", "").replace("'", "").replace("\u2019", "")
    words = re.findall(r"\w+", plain)
    while len(words) > 1 and words[-1] in _LEGAL:
        words.pop()
    if not words:
        raise InvalidInput(
            "The name of the company has neither letters nor digits.",
            params={"kind": "company_name"},
        )
    return " ".join(words)


def site_key(url: str) -> str:
    """The host of a site; "" if `url` is no plain web address.

    `www` of a registrable domain counts as the domain itself. Any other subdomain is a site of its
    own.
    """
    parts = _taken_apart(url)
    if parts is None:
        return ""
    scheme, host, port = parts
    domain = registrable_domain(f"https://{host}/") if host.startswith("www.") else None
    name = domain if domain and host == f"www.{domain}" else host
    return _with_port(name, None if port == PORTS[scheme] else port)


def shared_key(home: str) -> str | None:
    """The key under which all users share what a site says; None if the site is not shared.

    An `http` site has a key of its own, because another server may answer there than for `https`.
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
    """The front page of the site of a URL; None if this cannot be a company's own site."""
    parts = _taken_apart(url or "")
    if parts is None:
        return None
    scheme, host, port = parts
    home = f"{scheme}://{_with_port(host, None if port == PORTS[scheme] else port)}/"
    return None if is_somebody_elses(home) else home


def _taken_apart(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port; None if `url` is no plain web address."""
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
    """Whether the domain is named after the company, as `acme.com` is after "Acme"."""
    domain = registrable_domain(url) or site_key(url)
    label = re.sub(r"[^a-z0-9]", "", domain.split(".")[0])
    words = re.findall(r"[a-z0-9]+", normalised_name(name))
    # acme.com may belong to Acme Pumps. `proven_names` checks the name that the site states.
    starts = takewhile(lambda start: len(start) <= len(label), accumulate(words))
    is_start = any(label == start and len(start) >= 4 for start in starts)
    return is_start or label == "".join(words) or bears_name(url, normalised_name(name))
