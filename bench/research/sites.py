"""Companies with a site, some with a GitHub organisation, and the truth about both."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.decoded import text_of
from bench.passing import Passing

EXAMPLE = Path(__file__).parents[2] / "examples" / "site" / "pages"
INVENTED = 24
TRUTH = "truth.json"
_FIRST = (
    "Amber", "Birch", "Cobalt", "Delta", "Ember", "Fjord", "Granite", "Harbour", "Iris", "Juniper",
    "Kestrel", "Larch",
)  # fmt: skip
_SECOND = ("Analytics", "Bikes", "Clinics", "Dairy", "Energy", "Freight")
_USED = (
    "Python", "TypeScript", "Kotlin", "PostgreSQL", "Redis", "Kafka", "Kubernetes", "Docker",
    "Terraform", "AWS", "Django", "Elixir", "GraphQL", "Grafana", "PyTorch", "C++",
)  # fmt: skip
_SOLD = ("Salesforce", "SAP", "Tableau", "Snowflake")
_LEFT = ("PHP", "Perl", "COBOL", "Jenkins")


@dataclass(frozen=True)
class Company:
    """One company: its HTML pages by path, its languages by repository, and the truth."""

    name: str
    host: str
    pages: Mapping[str, str]
    technologies: frozenset[str]
    products: frozenset[str]
    github: str | None = None
    languages: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    is_judged: bool = True
    """False for a given site without `truth.json`: its brief is printed for a person to judge."""

    @property
    def home(self) -> str:
        return f"http://{self.host}/"


def example_company() -> Company:
    """The company of `examples/site`."""
    pages = {
        f"/company/{file.stem}": file.read_text()
        for file in sorted((EXAMPLE / "company").iterdir())
    }
    stack = "Rust C++ Python FastAPI PostgreSQL TypeScript Linux Docker Grafana"
    return Company(
        "Brightwater Instruments",
        "brightwater.example",
        {"/": (EXAMPLE / "index.html").read_text(), **pages},
        frozenset(stack.split()) | {"C"},
        frozenset({"Lune Flow Meter", "Kent Turbidity Probe", "Wyre Logger"}),
        "brightwater-instruments",
        {"firmware": {"Rust": 9000, "C": 400}, "dashboard": {"TypeScript": 2600, "CSS": 20}},
    )


def invented_companies(seed: int = 20261122) -> list[Company]:
    """Companies invented by a program. The same seed gives the same companies."""
    dice = random.Random(seed)
    return [_invented(number, dice) for number in range(INVENTED)]


def given_companies(folder: Path, passing: Passing | None = None) -> list[Company]:
    """One company for each folder inside `folder`, with its saved pages as .html or .htm.

    `truth.json` has `name`, `technologies` and `products`; also `github` and `languages` if the
    company is on GitHub. Without it the company's name is the folder's.
    """
    passing = passing if passing is not None else Passing()
    companies: list[Company] = []
    for site in sorted(path for path in folder.iterdir() if path.is_dir()):
        files = sorted(path for path in site.rglob("*.htm*") if path.is_file())
        passing.files += len(files)
        if not (site / "index.html").exists():
            passing.leave_out(site.name, "has no index.html")
            continue
        with passing.reading(f"{site.name}/{TRUTH}"):
            companies.append(_given(site, files))
    passing.judged += len(companies)
    return companies


def _given(site: Path, files: list[Path]) -> Company:
    noted = site / TRUTH
    truth = json.loads(text_of(noted)) if noted.exists() else {}
    return Company(
        truth.get("name", site.name),
        f"{site.name.lower().replace('_', '-')}.example",
        dict(_addresses(site, files)),
        frozenset(truth.get("technologies", ())),
        frozenset(truth.get("products", ())),
        truth.get("github"),
        truth.get("languages", {}),
        bool(truth),
    )


def _addresses(site: Path, files: list[Path]) -> Iterator[tuple[str, str]]:
    """Each page under the addresses that a static server gives it, with and without `.html`."""
    for file in files:
        html = text_of(file)
        path = "/" + file.relative_to(site).as_posix()
        yield path, html
        yield path.removesuffix(".htm").removesuffix(".html"), html
        if file.stem == "index":
            parent = path[: -len(file.name)]
            yield parent, html
            yield parent.rstrip("/") or "/", html


def _invented(number: int, dice: random.Random) -> Company:
    name = f"{_FIRST[number % len(_FIRST)]} {_SECOND[number % len(_SECOND)]}"
    label = f"{name.lower().replace(' ', '-')}{number}"
    used = dice.sample(_USED, 5)
    sold, left = dice.choice(_SOLD), dice.choice(_LEFT)
    products = [
        f"{word} {dice.choice(('One', 'Cloud', 'Desk'))}" for word in dice.sample(_FIRST, 3)
    ]
    has_github = number % 3 == 0
    link = f'<a href="https://github.com/{label}">GitHub</a>' if has_github else ""
    facts = json.dumps(
        {"@context": "https://schema.org", "@type": "Organization", "name": name,
         "description": f"{name} makes {products[0]} for people who need it.",
         "foundingDate": str(1970 + number)}
    )  # fmt: skip
    home = (
        f'<script type="application/ld+json">{facts}</script></head><body><nav>'
        '<a href="/about">About</a> <a href="/products">Products</a> <a href="/careers">Jobs</a>'
        f" {link}</nav><main><h1>{name}</h1><p>We make {', '.join(products)}.</p></main>"
    )
    catalogue = "".join(f"<h2>{one}</h2><p>It works with {sold}.</p>" for one in products)
    about = f"<main><h1>About</h1><p>{name} began in {1970 + number}.</p></main>"
    pages = {
        "/": _page(name, home),
        "/about": _page("About", f"</head><body>{about}"),
        "/products": _page("Products", f"</head><body><main><h1>Products</h1>{catalogue}</main>"),
        "/careers": _page("Jobs", f"</head><body>{_careers(number, used, left)}"),
    }
    languages = {"main": {"Go": 8000, "Shell": 10}} if has_github else {}
    return Company(
        name,
        f"{label}.example",
        pages,
        frozenset([*used, *(["Go"] if has_github else [])]),
        frozenset(products),
        label if has_github else None,
        languages,
    )


def _careers(number: int, used: list[str], left: str) -> str:
    """A careers page that names technologies: those asked for, in a list or in a sentence, those
    in use, and those that are not used any more."""
    asked = used[:3]
    skills = (
        "".join(f"<li>Experience with {one}</li>" for one in asked)
        if number % 2
        else f"<li>We work with {', '.join(asked[:-1])} and {asked[-1]} every day.</li>"
    )
    return (
        f"<main><h1>Jobs</h1><ul>{skills}<li>Our services run on {used[3]} and {used[4]}</li>"
        f"</ul><p>We no longer use {left}.</p></main>"
    )


def _page(title: str, rest: str) -> str:
    return f"<!doctype html><html><head><title>{title}</title>{rest}</body></html>"
