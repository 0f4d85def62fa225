"""Tells an employer's own web address from that of a job board, recruiting system or network."""

from __future__ import annotations

import ipaddress
import re
from functools import cache
from urllib.parse import urljoin, urlsplit

import tldextract

from worker.services.web.addresses import is_overlong

# Domains that host postings for others; such an address is never the employer's own.
PLATFORMS = {
    "greenhouse.io": "greenhouse",
    "lever.co": "lever",
    "ashbyhq.com": "ashby",
    "myworkdayjobs.com": "workday",
    "myworkdaysite.com": "workday",
    "smartrecruiters.com": "smartrecruiters",
    "workable.com": "workable",
    "recruitee.com": "recruitee",
    "personio.de": "personio",
    "personio.com": "personio",
    "teamtailor.com": "teamtailor",
    "rippling.com": "rippling",
    "breezy.hr": "breezy",
    "bamboohr.com": "bamboohr",
    "icims.com": "icims",
    "jobvite.com": "jobvite",
    "taleo.net": "taleo",
    "successfactors.com": "successfactors",
    "successfactors.eu": "successfactors",
    "join.com": "join",
    "pinpointhq.com": "pinpoint",
    "linkedin.com": "linkedin",
}
_BOARDS = {
    "indeed.com", "glassdoor.com", "monster.com", "ziprecruiter.com", "stepstone.de", "xing.com",
    "totaljobs.com", "reed.co.uk", "cv-library.co.uk", "seek.com.au", "dice.com", "wellfound.com",
    "angel.co", "builtin.com", "weworkremotely.com", "remoteok.com", "remotive.com", "otta.com",
    "welcometothejungle.com", "jooble.org", "adzuna.com", "adzuna.co.uk", "simplyhired.com",
    "careerbuilder.com", "talent.com", "jobs.ch", "infojobs.net", "apec.fr", "naukri.com",
    "ycombinator.com", "himalayas.app", "flexjobs.com", "usajobs.gov", "jobindex.dk", "finn.no",
    "hh.ru", "pracuj.pl", "jobstreet.com", "theladders.com", "snagajob.com", "idealist.org",
}  # fmt: skip
_NETWORKS = {
    "facebook.com", "twitter.com", "x.com", "instagram.com", "youtube.com", "tiktok.com",
    "github.com", "medium.com", "wikipedia.org", "wikidata.org", "crunchbase.com", "bit.ly",
    "google.com", "goo.gl", "linktr.ee", "t.co", "threads.net", "bsky.app", "vimeo.com",
    "pinterest.com", "yelp.com", "trustpilot.com", "kununu.com",
}  # fmt: skip


@cache
def _suffixes() -> tldextract.TLDExtract:
    # Use only the suffix list inside the package: download nothing and write nothing.
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def registrable_domain(url: str) -> str | None:
    """The registered domain of a URL (`https://jobs.acme.co.uk/x` → `acme.co.uk`).

    If the suffix list names none, the host without `www.`. None for an IP address, a host without
    a dot, and a malformed or overlong URL.
    """
    if is_overlong(url):
        return None
    try:
        host = (urlsplit(url).hostname or "").removesuffix(".")
    except ValueError:
        return None  # an unmatched bracket, as models and pages sometimes write
    if not host or "." not in host or ":" in host:
        return None
    try:
        ipaddress.ip_address(host)
        return None
    except ValueError:
        pass
    parts = _suffixes()(host, include_psl_private_domains=True)
    return parts.top_domain_under_public_suffix or host.removeprefix("www.")


def platform(url: str) -> str | None:
    """The recruiting system or network that hosts this URL; None if it is none that we know."""
    return PLATFORMS.get(registrable_domain(url) or "")


def is_somebody_elses(url: str) -> bool:
    """Whether a URL belongs to a job board, a recruiting system or a network."""
    domain = registrable_domain(url)
    return domain in PLATFORMS or domain in _BOARDS or domain in _NETWORKS


def website(url: str) -> str | None:
    """An employer's URL in the form `https://registrable-domain`.

    None if the URL belongs to a job board, a recruiting system or a network, or is no web URL.
    """
    domain = registrable_domain(url)
    if domain is None or is_somebody_elses(url) or urlsplit(url).scheme not in ("http", "https"):
        return None
    return f"https://{domain}"


def bears_name(url: str, company: str) -> bool:
    """Whether the domain starts with the company's name, ignoring spaces and legal forms."""
    label = re.sub(r"[^a-z0-9]", "", (registrable_domain(url) or "").split(".")[0])
    words = re.sub(r"\b(?:inc|ltd|llc|gmbh|plc|co|corp|ag|sa|bv|limited)\b\.?", "", company.lower())
    name = re.sub(r"[^a-z0-9]", "", words)
    return len(name) >= 3 and len(label) >= 3 and (label == name or label.startswith(name))


def absolute(url: str | None, base: str) -> str | None:
    """A link as a complete http(s) URL; None for any other link (`javascript:`, `data:`)."""
    if not url or not url.strip() or is_overlong(url):
        return None
    try:
        joined = urljoin(base, url.strip())
        parts = urlsplit(joined)
    except ValueError:
        return None
    return joined if parts.scheme in ("http", "https") and parts.hostname else None
