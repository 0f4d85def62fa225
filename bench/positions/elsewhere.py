"""A second generator of postings: other layouts, phrases and languages than the first one's.

Languages are drawn with the shares that W3Techs gives for the web (September 2024), and pay is
stated as often as Indeed reports it for the country of the language where it does (United Kingdom
71 %, United States about half, Germany 16 %); the other shares are guesses. The words are in
`elsewhere.toml` and were written without the readers' lists of words.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.positions.layouts import LAYOUTS, Job, Language
from bench.positions.posting import Posting
from bench.positions.truth import Truth, columns, only

WORDS = Path(__file__).with_name("elsewhere.toml")
_PERIOD = {"GBP": "year", "EUR": "year", "JPY": "month", "RUB": "month"}
_KINDS = ("full_time", "part_time")
_STATED = ("job_title", "company_name", "location", "employment_type", "salary")


@dataclass(frozen=True)
class Advert:
    """One page, the values it states, the words of its description, words beside them that may be
    read as description, and phrases around it that may not."""

    name: str
    html: str
    truth: Truth
    words: list[str]
    beside: list[str]
    around: tuple[str, ...]


def adverts(count: int, seed: int = 29) -> Iterator[Advert]:
    """`count` pages; the same seed gives the same pages."""
    dice = random.Random(seed)
    languages = list(_languages().values())
    names = list(LAYOUTS)
    for number in range(count):
        language = dice.choices(languages, [each["share"] for each in languages])[0]
        job, truth = _job(dice, language)
        layout = names[number % len(names)]
        yield _advert(f"{layout} {language['lang']} {number}", layout, job, truth)


def renderings(postings: Sequence[Posting]) -> Iterator[Advert]:
    """The postings in every layout, with labels and surroundings in English."""
    language = _languages()["en"]
    for posting in postings:
        kinds = dict(zip(_KINDS, language["kinds"], strict=True))
        job = Job(
            language,
            posting.title,
            posting.company,
            posting.place.locality if posting.place else None,
            kinds.get(posting.employment or ""),
            posting.salary.text if posting.salary else None,
            tuple(
                part
                for section in posting.sections
                for part in (("", section.paragraphs), (section.heading or "", section.items))
            ),
        )
        names = _STATED if job.kind else [each for each in _STATED if each != "employment_type"]
        truth = only(columns(posting), *names)
        stated = {name: truth[name] for name in _STATED}
        for layout in LAYOUTS:
            yield _advert(f"{layout} {posting.id}", layout, job, stated)


def _languages() -> dict[str, Language]:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


def _advert(name: str, layout: str, job: Job, truth: Truth) -> Advert:
    texts = [text for head, items in job.parts for text in (head, *items)]
    return Advert(
        name,
        LAYOUTS[layout].html(job),
        truth,
        " ".join(texts).split(),
        LAYOUTS[layout].beside(job).split(),
        tuple(job.language["around"]),
    )


def _job(dice: random.Random, language: Language) -> tuple[Job, Truth]:
    title, firm, town = (dice.choice(language[key]) for key in ("titles", "firms", "towns"))
    kind = dice.randrange(2)
    symbol, currency, least, most = language["money"]
    pay = dice.choice(language["periods"]) if dice.random() < language["pays"] else None
    money = (float(least), float(most), currency, _PERIOD.get(currency, "month")) if pay else None
    low, high = (f"{each:,}".replace(",", language["thousands"]) for each in (least, most))
    told = pay.format(symbol=symbol, low=low, high=high) if pay else None
    duties, needs, offers = (
        tuple(dice.sample(language[key], k=3)) for key in ("duties", "needs", "offers")
    )
    heads = language["heads"]
    parts = (
        ("", (language["intro"].format(firm=firm, town=town),)),
        (heads[0], duties),
        (heads[1], needs),
        (heads[2], offers),
        ("", (language["apply"],)),
    )
    job = Job(language, title, firm, town, language["kinds"][kind], told, parts)
    truth = {
        "job_title": title,
        "company_name": firm,
        "location": town,
        "employment_type": _KINDS[kind],
        "salary": money,
    }
    return job, truth
