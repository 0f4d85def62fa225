"""Collects findings from a recruiting system's answer, alike for every adapter."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import JsonValue

from worker.pages.currency_marks import currency_code
from worker.pages.draft import Draft, FieldName, Findings, one_line
from worker.pages.hosts import website
from worker.pages.markdown import description_to_markdown, plain
from worker.pages.periods import Interval
from worker.pages.salary import worded
from worker.pages.vocabulary import day, employment_type, workplace_type


@dataclass(frozen=True, slots=True)
class Pay:
    """One pay range of the recruiting system, in units of the currency, not in cents."""

    low: float | None
    high: float | None
    currency: str | None
    interval: Interval | None
    words: str | None = None


class PostingFields:
    """Collects the findings of one answer; `url` is the endpoint that gave the answer."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._findings = Findings("ats_api", url)
        self._sections: list[str] = []

    def text(self, field: FieldName, value: Any, pointer: str) -> None:
        """Add a text or a whole number as one line of plain text; ignore other values."""
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            self._findings.add(field, plain(str(value)), pointer)

    def section(self, html: Any, heading: Any = None) -> None:
        """Add a part of the description in HTML, with its heading if there is one.

        Call this in the order in which readers see the parts. A part without text is ignored.
        """
        body = description_to_markdown(html, self._url) if isinstance(html, str) else ""
        if not body:
            return
        title = plain(heading) if isinstance(heading, str) else ""
        self._sections.append(f"## {title}\n\n{body}" if title else body)

    def employment(self, *stated: Any, pointer: str) -> None:
        """Add the employment type if its words are known; otherwise note them as dropped."""
        words = ", ".join(_spaced(each) for each in stated if isinstance(each, str) and each)
        known = employment_type(words) if words else None
        if known:
            self._findings.add("employment_type", known, f"{pointer} {words}")
        else:
            self._findings.drop("employment_type", words, pointer, "not a word we know")

    def workplace(self, stated: Any, pointer: str) -> None:
        """Add the workplace type that `workplace_type` finds in the words, if any."""
        words = _spaced(stated) if isinstance(stated, str) else ""
        self._findings.add("workplace_type", workplace_type(words), f"{pointer} {words}")

    def place(self, places: Iterable[dict[str, JsonValue] | None], pointer: str) -> None:
        """Add the places of work to `locations`, and their joined texts to `location`."""
        unique = {str(each["text"]): each for each in places if each and each.get("text")}
        known = list(unique.values())
        self._findings.add("location", "; ".join(unique), pointer)
        self._findings.add("locations", list[JsonValue](known), pointer)

    def date(self, field: FieldName, stated: Any, pointer: str) -> None:
        """Add a date from a text or from milliseconds since 1970 (UTC); nothing if `day` finds
        none.
        """
        if isinstance(stated, (int, float)) and not isinstance(stated, bool):
            stated = _day_of(stated)
        found = day(stated) if isinstance(stated, str) else None
        if found:
            self._findings.add(field, found.isoformat(), f"{pointer} {stated}")

    def link(self, field: FieldName, address: Any, pointer: str) -> None:
        """Add a URL if it begins with `http://` or `https://`; any other value is ignored."""
        if isinstance(address, str) and address.startswith(("https://", "http://")):
            self._findings.add(field, address, pointer)

    def employer_site(self, address: Any, pointer: str) -> None:
        """Add the URL's domain as the employer's website, unless `website` refuses it."""
        if isinstance(address, str):
            self._findings.add("company_website", website(address), f"{pointer} {address}")

    def pay(self, ranges: list[Pay], pointer: str) -> None:
        """Add the wording of all pay ranges, and numbers only if all ranges are equal.

        Different ranges, for example for several levels, are not one pair of numbers.
        """
        ranges = [each for each in ranges if each.low or each.high]
        if not ranges:
            return
        words = list(
            dict.fromkeys(
                each.words or worded(each.low, each.high, each.currency, each.interval)
                for each in ranges
            )
        )
        self._findings.add("salary_range", "; ".join(words), pointer)
        first = ranges[0]
        key = (first.low, first.high, first.currency, first.interval)
        if any((each.low, each.high, each.currency, each.interval) != key for each in ranges):
            return
        self._findings.add("salary_min", first.low or None, pointer)
        self._findings.add("salary_max", first.high or None, pointer)
        self._findings.add("salary_currency", first.currency, pointer)
        self._findings.add("salary_interval", first.interval, pointer)

    def draft(self) -> Draft:
        """Return all findings as a draft. Its `text` is the description."""
        text = "\n\n".join(self._sections)
        self._findings.add("job_description", text, None)
        return self._findings.draft(text=text)


def amount(value: Any) -> float | None:
    """A positive number below 10^12, possibly written as text; None for anything else.

    Also None for 0, which may mean "not stated".
    """
    if isinstance(value, str):
        try:
            value = float(value.replace(",", ""))
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if 0 < value < 1e12 else None


def currency(value: Any) -> str | None:
    """The code of the currency that a text names; None if it is unknown."""
    return currency_code(value) if isinstance(value, str) else None


def place(
    locality: Any = None, region: Any = None, country: Any = None, text: Any = None
) -> dict[str, JsonValue] | None:
    """A place in the form that is stored; None if nothing is known about it.

    Its `text` is the recruiting system's wording, or else its parts, joined by commas.
    """
    parts = {"locality": locality, "region": region, "country": country}
    known: dict[str, JsonValue] = {
        key: one_line(value) for key, value in parts.items() if isinstance(value, str) and value
    }
    words = plain(text) if isinstance(text, str) else ""
    words = words or ", ".join(dict.fromkeys(str(value) for value in known.values()))
    return {"text": words, **known} if words else None


_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def _spaced(word: str) -> str:
    """Write `FullTime` and `full_time` as people do, with spaces between the words."""
    return plain(_HUMP.sub(" ", word).replace("_", " "))


def _day_of(milliseconds: float) -> str | None:
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):  # NaN, or beyond the calendar
        return None
