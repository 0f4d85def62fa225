"""Judges a brief by counting."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.research.liar import MARKS
from bench.research.sites import Company
from worker.companies.brief import Brief, Found
from worker.companies.weigh import says
from worker.pages.quotes import flat

_LETTER = r"[0-9A-Za-z_\u00c0-\u024f\u0370-\u05ff\u0620-\u06ff]"
_PART = re.compile(r"[^\W\d_]+|\d+|[^\w\s]+|_+")


@dataclass
class Marks:
    """Counts over all companies of one run."""

    companies: int = 0
    claims: int = 0
    cited: int = 0
    supported: int = 0
    invented: int = 0
    requests: int = 0
    requests_when_known: int = 0
    hits: int = 0
    in_part: int = 0
    """Websites of which a page was not read, such as one that took too long on a busy machine."""
    technologies: list[int] = field(default_factory=lambda: [0, 0, 0])
    products: list[int] = field(default_factory=lambda: [0, 0, 0])
    wrong: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    """Companies that were refused, or at which a reader failed."""
    briefs: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    """The names and results of companies whose truth is not known."""

    def add(self, company: Company, found: Found, brief: Brief) -> None:
        """Count one brief."""
        self.companies += 1
        coverage: Any = brief.result["coverage"]
        self.in_part += coverage["website"] == "partial"
        texts = {source.id: source.text for source in found.sources}
        for claim in claims(brief.result):
            self.claims += 1
            known = [texts[one] for one in claim["sources"] if one in texts]
            self.cited += bool(known) and len(known) == len(claim["sources"])
            is_supported = any(bears_out(text, claim["text"]) for text in known)
            self.supported += is_supported
            if not is_supported:
                self.wrong.append(f"{company.name}: {claim['text']}")
        self.invented += sum(mark in str(brief.result) for mark in MARKS)
        if not company.is_judged:
            self.briefs.append((company.name, brief.result))
            return
        stack: Any = brief.result["techStack"]
        _compare(self.technologies, company.technologies, {one["name"] for one in stack})
        products: Any = brief.result["products"]
        _compare(self.products, company.products, {one["text"] for one in products})


def claims(result: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every factual item of a brief, with its text and its sources."""
    for name in ("overview", "executiveSummary", "cultureInsights", "salaryRange"):
        if result[name]:
            yield result[name]
    for name in ("products", "keyTalkingPoints", "topChallenges", "companyValues", "redFlags"):
        yield from result[name]
    for one in result["techStack"]:
        yield {"text": one["name"], "sources": one["evidence"]}


def ratio(part: int, whole: int) -> str:
    """A share in percent, or a dash if the whole is zero."""
    return f"{part / whole:7.1%} ({part}/{whole})" if whole else "      -"


def bears_out(text: str, claim: str) -> bool:
    """A claim is in its source as whole words, or the source says it in other words.

    Case and the blanks inside the claim do not count ("ROS 2" is written "ROS2" as well).
    """
    return _as_words(claim).search(flat(text)) is not None or says(claim, text)


def _as_words(claim: str) -> re.Pattern[str]:
    """A pattern for the claim that no letter of a script with spaces between words may touch."""
    parts = r"\s*".join(map(re.escape, _PART.findall(flat(claim))))
    return re.compile(rf"(?<!{_LETTER})(?:{parts})(?!{_LETTER}|[+#])", re.IGNORECASE)


def _compare(counts: list[int], truth: frozenset[str], given: set[str]) -> None:
    counts[0] += len(truth & given)
    counts[1] += len(given)
    counts[2] += len(truth)
