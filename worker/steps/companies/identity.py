"""Which company is meant: by its registrable domain alone.

Two companies may share a name, so a name only leads to a domain, and what is found out about
one without a site is shared with nobody.
"""

from __future__ import annotations

import re
from itertools import accumulate, takewhile
from urllib.parse import urlsplit

from worker.base.addresses import is_overlong
from worker.base.errors import InvalidInput
from worker.base.nfkc import nfkc
from worker.steps.positions.hosts import bears_name, is_somebody_elses, registrable_domain

_LEGAL = {
    "inc", "incorporated", "llc", "llp", "lp", "ltd", "limited", "plc", "corp", "corporation",
    "co", "company", "gmbh", "ag", "kg", "ug", "se", "sa", "sas", "sarl", "srl", "spa", "bv", "nv",
    "oy", "oyj", "ab", "as", "asa", "aps", "pty", "pte", "kk",
}  # fmt: skip


def normalised_name(name: str) -> str:
    """A name as it is compared: case, punctuation and legal forms aside.

    `Stripe, Inc.` and `stripe` are one. Raises `InvalidInput` for a name without letters
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
    """What addresses of one site share: the registrable domain, private suffixes counted.

    `jobs.acme.co.uk` belongs to `acme.co.uk`, and `acme.github.io` to nobody else. A host
    that has none, such as an IP address, stands for itself with its port.
    """
    if is_overlong(url):
        return ""
    try:
        return registrable_domain(url) or urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def home_of(url: str | None) -> str | None:
    """The front page of the company's own site; None for boards, networks and no address."""
    if not url or is_overlong(url):
        return None
    try:
        parts = urlsplit(url.strip())
        is_web = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
        if not is_web or is_somebody_elses(url):
            return None
    except ValueError:
        return None
    return f"{parts.scheme.lower()}://{parts.netloc}/"


def is_named_after(url: str, name: str) -> bool:
    """Whether a domain's own label is the company's name, or how that begins."""
    label = re.sub(r"[^a-z0-9]", "", site_key(url).split(".")[0])
    words = re.findall(r"[a-z0-9]+", normalised_name(name))
    # acme.com may be that of Acme Pumps; whether it is, its own pages must tell.
    starts = takewhile(lambda start: len(start) <= len(label), accumulate(words))
    is_start = any(label == start and len(start) >= 4 for start in starts)
    return is_start or label == "".join(words) or bears_name(url, normalised_name(name))
