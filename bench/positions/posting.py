"""The truth about a posting, and a generator of invented postings.

A folder given as DATA has JSON files. Each file is one posting or a list of postings, in the
shape of `Posting`; see bench/README.md.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from bench.decoded import text_of
from bench.passing import Passing

Interval = Literal["hour", "day", "week", "month", "year"]


class Salary(BaseModel):
    """The pay in the posting's words, and the values that the words mean."""

    model_config = ConfigDict(frozen=True)

    text: str
    minimum: float | None = None
    maximum: float | None = None
    currency: str | None = None
    interval: Interval | None = None


class Section(BaseModel):
    """A part of the description: a heading, paragraphs, and a list."""

    model_config = ConfigDict(frozen=True)

    heading: str | None = None
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


class Place(BaseModel):
    """The place of work."""

    model_config = ConfigDict(frozen=True)

    locality: str
    region: str | None = None
    country: str | None = None


class Posting(BaseModel):
    """The values that a careful reader would note. None means that the posting does not say."""

    model_config = ConfigDict(frozen=True)

    id: str
    title: str
    company: str
    website: str | None = None
    sections: tuple[Section, ...]
    place: Place | None = None
    workplace: Literal["on_site", "hybrid", "remote"] | None = None
    employment: Literal["full_time", "part_time", "contractor", "temporary", "intern"] | None = None
    salary: Salary | None = None
    posted: date | None = None
    closes: date | None = None


_TITLES = (
    "Calibration Engineer", "Senior Data Engineer (f/m/x)", "Bench Joiner", "Ward Nurse, Nights",
    "Head of People & Culture", "C++ Developer", "Payroll Specialist - UK",
    "Site Reliability Engineer", "Trainee Pastry Chef", "Vertriebsmitarbeiter (m/w/d)",
    "Customer Success Manager, DACH", "Machine Learning Researcher", "Chargé de projet",
    "Warehouse Operative", "Research Fellow in Optics",
)  # fmt: skip
_COMPANIES = (
    ("Brightwater Instruments", "brightwater-instruments.com"),
    ("Acme Pumps", "acmepumps.co.uk"),
    ("Nordlicht GmbH", "nordlicht.de"),
    ("Müller & Söhne", "mueller-soehne.de"),
    ("Ovalle", "ovalle.io"),
    ("St. Bride's Hospital", "stbrides.org"),
    ("Kite&Key", "kiteandkey.com"),
    ("Tidewell", "tidewell.com"),
    ("Étoile Pâtisserie", "etoile.fr"),
    ("42 Lanes", "42lanes.dev"),
)
_PLACES = (
    Place(locality="Lancaster", region="England", country="GB"),
    Place(locality="Berlin", country="DE"),
    Place(locality="Austin", region="TX", country="US"),
    Place(locality="Lyon", region="Auvergne-Rhône-Alpes", country="FR"),
    Place(locality="Zürich", country="CH"),
)
_DUTIES = (
    "Keep the test benches of our smallest instruments within their limits",
    "Write down what you see so that the next shift can go on",
    "Talk to the people who use what we make, and change what annoys them",
    "Plan the week's deliveries with two colleagues",
    "Review other people's work kindly and in writing",
    "Own the on-call handbook & its examples (<= 20 pages)",
    "Measure, cut and fit to a tolerance of 0.5 mm",
    "Train apprentices in their first year",
)
_NEEDS = (
    "Two years of experience with rotating machines",
    "Fluent English; German helps",
    "A steady hand and patience with paperwork",
    "SQL, and one of Python, Go or Rust",
    "A driving licence (category B)",
    "Experience with 401(k) administration",
    "Comfort with budgets of up to $2,000,000",
)
_OFFERS = (
    "30 days of holiday and a warm canteen",
    "A learning budget of €1,500 a year",
    "An annual bonus of up to 10%",
    "A sign-on bonus of $2,000",
    "Private health insurance from the first day",
)
_ABOUT = (
    "{company} has made instruments for weather stations since 1902, in one building by the river.",
    "{company} is a team of 140 people who ship software for hospitals in nine countries.",
    "Last spring {company} raised $150,000,000 in Series C funding to build a second line.",
    "At {company} we bake at four in the morning and close at noon. Our customers save £3m a year.",
)
_PAY: tuple[tuple[str, float | None, float | None, str, Interval], ...] = (
    ("£34,000 to £41,000 per year", 34_000, 41_000, "GBP", "year"),
    ("US$120,000 - US$145,000 per year", 120_000, 145_000, "USD", "year"),
    ("€18.50 per hour", 18.5, 18.5, "EUR", "hour"),
    ("CHF 90'000 - 110'000 per year", 90_000, 110_000, "CHF", "year"),
    ("€2.800 - €3.200 per month", 2_800, 3_200, "EUR", "month"),
    ("USD 55 - 70 per hour", 55, 70, "USD", "hour"),
    ("up to £90k per year", None, 90_000, "GBP", "year"),
)
_SALARIES = tuple(
    Salary(text=text, minimum=low, maximum=high, currency=currency, interval=interval)
    for text, low, high, currency, interval in _PAY
)


def invented(count: int, seed: int = 7) -> Iterator[Posting]:
    """Postings made of the words above. The same seed gives the same postings."""
    dice = random.Random(seed)
    for number in range(count):
        company, domain = dice.choice(_COMPANIES)
        salary = dice.choice(_SALARIES) if dice.random() < 0.6 else None
        posted = date(2026, 8, 1) + timedelta(days=dice.randrange(90))
        yield Posting(
            id=str(4_000_000 + number),
            title=dice.choice(_TITLES),
            company=company,
            website=f"https://{domain}",
            sections=tuple(_sections(dice, company, salary)),
            place=dice.choice(_PLACES),
            workplace=dice.choice(("on_site", "hybrid", "remote", None)),
            employment=dice.choice(("full_time", "part_time", "contractor", "temporary", None)),
            salary=salary,
            posted=posted if dice.random() < 0.8 else None,
            closes=posted + timedelta(days=120) if dice.random() < 0.4 else None,
        )


def _sections(dice: random.Random, company: str, salary: Salary | None) -> Iterator[Section]:
    yield Section(paragraphs=(dice.choice(_ABOUT).format(company=company),))
    yield Section(
        heading=dice.choice(("What you will do", "Responsibilities", "Your tasks")),
        items=tuple(dice.sample(_DUTIES, k=dice.randint(3, 5))),
    )
    yield Section(
        heading=dice.choice(("What you bring", "Requirements", "Your profile")),
        paragraphs=("We are looking for somebody who stays a while.",),
        items=tuple(dice.sample(_NEEDS, k=dice.randint(2, 4))),
    )
    pay = (f"Salary: {salary.text}.",) if salary else ()
    yield Section(
        heading=dice.choice(("What we offer", "Benefits")),
        paragraphs=pay,
        items=tuple(dice.sample(_OFFERS, k=dice.randint(2, 3))),
    )


def load(folder: Path, passing: Passing) -> dict[Path, list[Posting]]:
    """The postings in a folder of JSON files, by file; files without any are not in it.

    An entry of another shape beside postings is left out.
    """
    found: dict[Path, list[Posting]] = {}
    for file in sorted(folder.rglob("*.json")):
        postings, others = _postings(file)
        if postings:
            found[file] = postings
            for number, reason in others:
                passing.leave_out(f"{file.name} {number}", reason)
    return found


def _postings(file: Path) -> tuple[list[Posting], list[tuple[int, str]]]:
    """The postings of a file, and the numbers of its other entries with the first fault."""
    try:
        content = json.loads(text_of(file))
    except (OSError, ValueError, RecursionError):
        return [], []  # the reader of the other files tells why
    postings: list[Posting] = []
    others: list[tuple[int, str]] = []
    for number, each in enumerate(content if isinstance(content, list) else [content], 1):
        try:
            postings.append(Posting.model_validate(each))
        except ValidationError as error:
            fault = error.errors()[0]
            where = ".".join(map(str, fault["loc"])) or "it"
            others.append((number, f"is no posting ({where}: {fault['msg']})"))
    return postings, others
