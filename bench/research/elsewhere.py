"""A second generator of company sites: other layouts, phrases and languages than the first one's.

The languages have the shares of W3Techs for the web (September 2024). Each site lists its goods
with a sentence each, names three technologies in use, one of its customers and one that it left,
and breaks the lines of its paragraphs as an editor does.
"""

from __future__ import annotations

import random
import textwrap
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.research.sites import Company

WORDS = Path(__file__).with_name("elsewhere.toml")
_USED = (
    ("Django", "Grafana", "Odoo"),  # what an office works with
    ("PostgreSQL", "Kubernetes", "Linux"),  # what that runs on
    ("Python", "Rust", "LabVIEW"),  # what drives a test bench
)
_OTHER = ("Salesforce", "Oracle", "Perl", "Jenkins", "PHP", "MongoDB")


def composed_companies(count: int = 20, seed: int = 53) -> Iterator[Company]:
    """`count` companies; the same seed gives the same ones."""
    dice = random.Random(seed)
    languages = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    shares = [words["share"] for words in languages.values()]
    for number in range(count):
        language = dice.choices(list(languages), shares)[0]
        yield _company(number, language, languages[language], dice)


def _company(number: int, language: str, words: dict[str, Any], dice: random.Random) -> Company:
    firm = dice.choice(list(words["goods"]))
    goods = dice.sample(words["goods"][firm], k=dice.randint(2, 3))
    used = [dice.choice(kind) for kind in _USED]
    customers, left = dice.sample(_OTHER, k=2)
    about, about_name, range_, range_name, jobs, jobs_name = words["pages"]
    links = "".join(
        f'<li><a href="/{path}">{name}</a></li>'
        for path, name in ((about, about_name), (range_, range_name), (jobs, jobs_name))
    )
    stack = dice.choice(words["stack"]).format(a=used[0], b=used[1], c=used[2])
    decoy = dice.choice(words["decoy"]).format(x=customers, y=left)
    shown = "".join(
        f'<div class="tile"><img alt=""><h3>{name}</h3>{_paragraph(f"{said}.")}</div>'
        for name, said in goods
    )

    def page(title: str, body: str) -> str:
        return (
            f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
            f"<title>{title}</title></head><body><ul class=m>{links}</ul>{body}"
            f"<div class=f>© 2026 {firm}</div></body></html>"
        )

    return Company(
        firm,
        f"composed-{language}-{number}.example",
        {
            "/": page(firm, f"<h1>{firm}</h1>{_paragraph(words['lede'].format(firm=firm))}"),
            f"/{about}": page(about_name, f"<h1>{about_name}</h1>{_paragraph(words['story'])}"),
            f"/{range_}": page(range_name, f"<h1>{range_name}</h1>{shown}"),
            f"/{jobs}": page(
                jobs_name,
                f"<h1>{jobs_name}</h1><ul><li>{words['role']}</li></ul>"
                f"{_paragraph(stack)}{_paragraph(decoy)}",
            ),
        },
        frozenset(used),
        frozenset(name for name, _ in goods),
    )


def _paragraph(text: str) -> str:
    lines = textwrap.wrap(text, 60)
    inner = "\n            ".join(lines)
    return f"<p>\n            {inner}\n          </p>"
