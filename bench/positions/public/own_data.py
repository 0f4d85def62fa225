"""What a saved page says about its posting in its own JSON-LD, read without the worker's readers.

Only values in an unmistakable form become truth: a date as YYYY-MM-DD, one employment type of the
vocabulary, one place, numbers as numbers. The other values are not judged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

import lxml.html
from lxml.etree import strip_elements

from bench.positions.truth import Truth

_JSON_LD = re.compile(
    r"<script[^>]*application/ld\+json[^>]*>(.*?)</script>", re.IGNORECASE | re.DOTALL
)
_TAG = re.compile(r"<[a-zA-Z][^>]*>")
_MARKED = re.compile(
    r"""\s(?:itemscope|itemtype|itemprop|itemid|itemref|typeof|vocab)"""
    r"""(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+))?""",
    re.IGNORECASE,
)
_DATE = re.compile(r"^(?:19[89]\d|20\d\d)-\d\d-\d\d(?:$|[T ])")
_EMPLOYMENT = {
    "FULL_TIME": "full_time",
    "PART_TIME": "part_time",
    "CONTRACTOR": "contractor",
    "TEMPORARY": "temporary",
    "INTERN": "intern",
}
_UNITS = {"HOUR": "hour", "DAY": "day", "WEEK": "week", "MONTH": "month", "YEAR": "year"}
_PARSER = lxml.html.HTMLParser(encoding="utf-8")
WIDEST_RANGE = 20
"""A range of pay with wider ends, such as 1 to 1,000,000, is a placeholder and no truth."""
LEAST_WORDS = 40
SHOWN_SHARE = 0.8
"""A page shows its description if that has at least `LEAST_WORDS` words, and the page's text has at
least this share of its different words."""


@dataclass(frozen=True)
class OwnData:
    """The JobPosting nodes of a page's JSON-LD, how many scripts it has, and how many are no
    JSON."""

    nodes: list[dict[str, Any]]
    scripts: int
    broken: int

    @property
    def unjudged(self) -> str | None:
        """Why the page has no known truth; None if it has exactly one node."""
        if len(self.nodes) == 1:
            return None
        if self.nodes:
            return "its JSON-LD has several postings"
        if not self.scripts:
            return "has no JSON-LD"
        return "its JSON-LD is no JSON" if self.broken else "its JSON-LD has no JobPosting"


def own_data(html: str) -> OwnData:
    """The nodes at the top of the page's JSON-LD, in its lists and in `@graph`."""
    scripts = _JSON_LD.findall(html)
    found: list[dict[str, Any]] = []
    broken = 0
    for script in scripts:
        try:
            content = json.loads(script.strip(), strict=False)
        except (ValueError, RecursionError):
            broken += 1
            continue
        found += [node for node in _inside(content) if "JobPosting" in _listed(node.get("@type"))]
    return OwnData(found, len(scripts), broken)


def without_data(html: str) -> str:
    """The page without its JSON-LD and without the attributes of microdata and RDFa."""
    return _TAG.sub(lambda tag: _MARKED.sub("", tag[0]), _JSON_LD.sub("", html))


def truth_of(node: dict[str, Any]) -> Truth:
    """The values that the node states in an unmistakable form."""
    employer = node.get("hiringOrganization")
    name = employer.get("name") if isinstance(employer, dict) else employer
    kinds = _listed(node.get("employmentType"))
    stated: Truth = {
        "job_title": _text(node.get("title")),
        "company_name": _text(name),
        "posted_at": _day(node.get("datePosted")),
        "valid_through": _day(node.get("validThrough")),
        "employment_type": _EMPLOYMENT.get(str(kinds[0])) if len(kinds) == 1 else None,
        "location": _town(node.get("jobLocation")),
        "salary": _pay(node.get("baseSalary")),
    }
    return {key: value for key, value in stated.items() if value is not None}


def description_of(node: dict[str, Any]) -> list[str]:
    """The words of the description, without markup."""
    return plain_words(unescape(str(node.get("description") or "")))


def plain_words(html: str) -> list[str]:
    """The words that a reader of this HTML sees."""
    if not html.strip():
        return []
    tree = lxml.html.fromstring(f"<div>{html}</div>".encode(), parser=_PARSER)
    strip_elements(tree, "script", "style", "noscript", "template", with_tail=False)
    return " ".join(text for text in tree.itertext() if isinstance(text, str)).split()


def is_shown(description: list[str], page: list[str]) -> bool:
    """Whether the page itself shows the description of its data.

    A description that ends with dots may be the beginning of a longer one, and does not count.
    """
    wanted, seen = set(description), set(page)
    if description and description[-1].endswith(("...", "\u2026")):
        return False
    return len(description) >= LEAST_WORDS and len(wanted & seen) >= SHOWN_SHARE * len(wanted)


def _inside(content: Any) -> Iterator[dict[str, Any]]:
    for each in content if isinstance(content, list) else [content]:
        if isinstance(each, dict):
            yield each
            yield from _inside(each.get("@graph") or [])


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: Any) -> str | None:
    plain = " ".join(plain_words(unescape(value))) if isinstance(value, str) else ""
    return plain or None


def _day(value: Any) -> str | None:
    return value[:10] if isinstance(value, str) and _DATE.match(value) else None


def _town(value: Any) -> str | None:
    places = _listed(value)
    address = places[0].get("address") if len(places) == 1 and isinstance(places[0], dict) else None
    return _text(address.get("addressLocality")) if isinstance(address, dict) else None


def _pay(value: Any) -> tuple[float, float, str, str] | None:
    amount = value.get("value") if isinstance(value, dict) else None
    if not isinstance(amount, dict):
        return None
    low, high = (_number(amount, name) for name in ("minValue", "maxValue"))
    currency, unit = value.get("currency"), _UNITS.get(str(amount.get("unitText")).upper())
    if low is None or high is None or unit is None or not isinstance(currency, str):
        return None
    if not low <= high <= WIDEST_RANGE * low:
        return None
    return low, high, currency.upper(), unit


def _number(amount: dict[str, Any], name: str) -> float | None:
    number = amount.get("value") if amount.get(name) is None else amount[name]
    return float(number) if isinstance(number, int | float) and number > 0 else None
