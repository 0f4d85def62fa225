"""Tells an employer's own URL from that of a job board, a recruiting system or a network."""

from __future__ import annotations

import ipaddress
import re
from functools import cache, lru_cache
from urllib.parse import urljoin, urlsplit

import tldextract

from worker.services.web.addresses import is_overlong

# Registered domains that host postings of many employers, each with its system.
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
    "welcomekit.co": "welcomekit",
    "softgarden.io": "softgarden",
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
# Names of job boards with sites in several countries: `indeed.com`, `indeed.co.uk`.
_INTERNATIONAL = {
    "adzuna", "careerjet", "glassdoor", "indeed", "infojobs", "jobrapido", "jobstreet", "jooble",
    "jora", "monster", "neuvoo", "stepstone", "totaljobs", "trovit", "welcometothejungle",
    "ziprecruiter",
}  # fmt: skip
_NETWORKS = {
    "facebook.com", "twitter.com", "x.com", "instagram.com", "youtube.com", "tiktok.com",
    "github.com", "medium.com", "wikipedia.org", "wikidata.org", "crunchbase.com", "bit.ly",
    "google.com", "goo.gl", "linktr.ee", "t.co", "threads.net", "bsky.app", "vimeo.com",
    "pinterest.com", "yelp.com", "trustpilot.com", "kununu.com",
}  # fmt: skip


@cache
def _suffixes() -> tldextract.TLDExtract:
    # Use the suffix list inside the package: download nothing and write no cache.
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def registrable_domain(url: str) -> str | None:
    """The registered domain of a URL, such as `acme.co.uk` for `https://jobs.acme.co.uk/x`.

    A suffix such as `github.io` counts like `com`. None for an IP address, a host without a dot,
    and a malformed or overlong URL.
    """
    if is_overlong(url):
        return None
    try:
        host = (urlsplit(url).hostname or "").removesuffix(".")
    except ValueError:
        return None  # for example, the URL has an unmatched bracket
    if not host or "." not in host or ":" in host:
        return None
    try:
        ipaddress.ip_address(host)
        return None
    except ValueError:
        pass
    return _domain_of(host)


@lru_cache(maxsize=1_024)
def _domain_of(host: str) -> str:
    # The links of a page lead to few hosts.
    parts = _suffixes()(host, include_psl_private_domains=True)
    return parts.top_domain_under_public_suffix or host.removeprefix("www.")


def platform(url: str) -> str | None:
    """The name in `PLATFORMS` for this URL's registered domain, or None."""
    return PLATFORMS.get(registrable_domain(url) or "")


def is_somebody_elses(url: str) -> bool:
    """Whether the URL is on a recruiting system, job board or similar site that this module
    lists."""
    domain = registrable_domain(url)
    if domain is None:
        return False
    is_listed = domain in PLATFORMS or domain in _BOARDS or domain in _NETWORKS
    return is_listed or domain.partition(".")[0] in _INTERNATIONAL


def website(url: str) -> str | None:
    """The URL reduced to `https://` and its registered domain, if it may be an employer's website.

    Otherwise None (see `is_somebody_elses`).
    """
    domain = registrable_domain(url)
    if domain is None or is_somebody_elses(url) or urlsplit(url).scheme not in ("http", "https"):
        return None
    return f"https://{domain}"


def bears_name(url: str, company: str) -> bool:
    """Whether the first part of a URL's registered domain starts with the company's name.

    Only a-z and 0-9 count, and at least three are needed. Legal forms such as `Ltd` do not count,
    and a last word such as `Software` need not be in the domain.
    """
    domain = registrable_domain(url) or ""
    label = re.sub(r"[^a-z0-9]", "", domain.split(".")[0])
    words = re.sub(r"\b(?:inc|ltd|llc|gmbh|plc|co|corp|ag|sa|bv|limited)\b\.?", "", company.lower())
    name = re.sub(r"[^a-z0-9]", "", words)
    if len(name) < 3 or len(label) < 3:
        return False
    if label.startswith(name) or name == re.sub(r"[^a-z0-9]", "", domain):
        return True
    return label == re.sub(r"[^a-z0-9]", "", _TRADE.sub("", words.strip()))


_TRADE = re.compile(
    r"[\s-](?:ai|software|design|technolog(?:y|ies)|tech|group|labs?|studios?|solutions?|systems?|digital"
    r"|media|consulting|partners|industries|robotics|energy|capital|games|health|international|global"
    r"|holding|services?|gruppe|groupe|grupo|gruppo|technologie|informatik|technik|soluciones)$"
)
"""Matches a last word of a name that tells the trade, and is often not in the domain."""


def absolute(url: str | None, base: str) -> str | None:
    """A link as a complete http(s) URL, resolved against `base`.

    None if the link is empty, overlong or malformed, or if it leads elsewhere, as `mailto:` does.
    """
    if not url or not url.strip() or is_overlong(url):
        return None
    try:
        joined = urljoin(base, url.strip())
        parts = urlsplit(joined)
    except ValueError:
        return None
    return joined if parts.scheme in ("http", "https") and parts.hostname else None
