"""A page's main text is read without menus and other surroundings, and nothing is invented."""

from __future__ import annotations

import pytest

from liverows.base.errors import Permanent
from tests.app.steps.pages import FILLER, page
from worker.pages.draft import Draft, Finding
from worker.pages.salary import find_salary
from worker.pages.vocabulary import day, workplace_type
from worker.positions.extract import extract_structured
from worker.positions.merge import merge
from worker.positions.result import finish


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Salary: $150k-$190k", ("$150k-$190k", 150000, 190000, None, None)),
        ("Pay: $32.50/hour", ("$32.50/hour", 32.5, 32.5, None, "hour")),
        (
            "USD$120,000 per year - USD$145,000 per year",
            ("USD$120,000 per year - USD$145,000 per year", 120000, 145000, "USD", "year"),
        ),
        (
            "CA$90,000 to CA$110,000 annually",
            ("CA$90,000 to CA$110,000 annually", 90000, 110000, "CAD", "year"),
        ),
        (
            "Gehalt: 55.000 € bis 65.000 € brutto pro Jahr",
            ("55.000 € bis 65.000 € brutto pro Jahr", 55000, 65000, "EUR", "year"),
        ),
        ("pay of up to £60,000 per annum", ("up to £60,000 per annum", None, 60000, "GBP", "year")),
        ("salary from £28,000 a year", ("from £28,000 a year", 28000, None, "GBP", "year")),
        ("a salary of 90-120k EUR", ("90-120k EUR", 90000, 120000, "EUR", None)),
        ("Gehalt CHF 110'000", ("CHF 110'000", 110000, 110000, "CHF", None)),
        ("Salary 60,000 - 50,000 EUR", ("60,000 - 50,000 EUR", None, None, "EUR", None)),
        (
            "OTE $200,000 with a base salary of $120,000",
            ("$120,000", 120000, 120000, None, None),
        ),
        (
            "Zone A: salary $100,000. Zone B: salary $90,000.",
            ("$100,000; $90,000", None, None, None, None),
        ),
        (
            "Salary: £31,000 a year, 28 days holiday and a £500 tool allowance",
            ("£31,000 a year", 31000, 31000, "GBP", "year"),
        ),
        ("We raised $150,000,000 in Series C.", None),
        ("An equity grant valued at $400,000", None),
        ("A sign-on bonus of $2,000", None),
        ("401k matching up to $5,000 per year", None),
        ("You manage a budget of $2 million", None),
        ("Competitive salary", None),
        ("100% remote, founded 2015, 500 customers", None),
    ],
)
def test_pay_is_told_from_other_money(text: str, expected: tuple[object, ...] | None) -> None:
    found = find_salary(text)
    if expected is None:
        assert found is None
    else:
        assert found is not None
        assert (
            found.text,
            found.minimum,
            found.maximum,
            found.currency,
            found.interval,
        ) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-03", "2026-11-03"),
        ("3 November 2026", "2026-11-03"),
        ("Nov. 3rd, 2026", "2026-11-03"),
        ("03.11.2026", "2026-11-03"),
        ("23/11/2026", "2026-11-23"),
        ("11/23/2026", "2026-11-23"),
        ("03/11/2026", None),
        ("31 February 2026", None),
        ("next Friday", None),
        ("3 days ago", None),
    ],
)
def test_a_day_is_read_only_without_doubt(text: str, expected: str | None) -> None:
    found = day(text)
    assert (found.isoformat() if found else None) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Remote (UK)", "remote"),
        ("Hybrid, two days in-office", "hybrid"),
        ("On-site", "on_site"),
        ("no remote", None),
        ("remote or on-site", None),
        ("Leeds", None),
    ],
)
def test_a_workplace_is_read_only_without_doubt(text: str, expected: str | None) -> None:
    assert workplace_type(text) == expected


async def test_opengraph_gives_title_and_company() -> None:
    head = (
        '<meta property="og:title" content="Pump Tester at Acme Pumps | Acme Careers">'
        '<meta property="og:site_name" content="Acme Careers">'
    )
    draft = await extract_structured(page(f"<head>{head}</head><body>{FILLER}</body>"))
    title, company = draft.get("job_title"), draft.get("company_name")
    assert title is not None
    assert company is not None
    assert (title.value, title.method) == ("Pump Tester", "opengraph")
    assert company.value == "Acme Pumps"


async def test_a_site_name_of_a_board_is_not_the_employer() -> None:
    head = '<meta property="og:site_name" content="LinkedIn"><title>Pump Tester - LinkedIn</title>'
    draft = await extract_structured(
        page(f"{head}<h1>Pump Tester</h1>{FILLER}", "https://www.linkedin.com/jobs/view/1")
    )
    assert draft.value("company_name") is None
    assert finish(draft).source_platform == "linkedin"


async def test_the_pages_own_address_is_the_employers_only_if_it_bears_the_name() -> None:
    body = f"<dl><dt>Company</dt><dd>Acme Pumps</dd></dl><h1>Tester</h1>{FILLER}"
    own = await extract_structured(page(body, "https://jobs.acme-pumps.com/1"))
    foreign = await extract_structured(page(body, "https://great-jobs.com/1"))
    assert own.value("company_website") == "https://acme-pumps.com"
    assert foreign.value("company_website") is None


@pytest.mark.parametrize(
    "around",
    [
        "<nav>Products SECRET</nav>",
        "<footer>SECRET</footer>",
        '<div class="cookie-banner">SECRET</div>',
        '<div id="newsletter">SECRET</div>',
        '<div role="dialog">SECRET</div>',
        "<form>SECRET <input></form>",
        "<button>SECRET</button>",
        '<p style="display: none">SECRET</p>',
        "<p hidden>SECRET</p>",
        "<!-- SECRET -->",
        "<script>SECRET</script>",
        "<template>SECRET</template>",
        '<section class="related"><h2>Jobs</h2>SECRET</section>',
        "<section><h2>Similar jobs</h2><p>SECRET</p></section>",
        "<h2>More open positions</h2><ul><li>SECRET</li></ul>",
    ],
)
async def test_what_is_around_a_posting_is_not_in_it(around: str) -> None:
    draft = await extract_structured(page(f"<h1>Pump Tester</h1>{FILLER}{around}"))
    assert "SECRET" not in str(draft.value("job_description"))
    assert "SECRET" not in draft.text
    assert "steady hand" in str(draft.value("job_description"))


async def test_a_form_around_the_whole_page_is_not_dropped() -> None:
    draft = await extract_structured(page(f"<form><h1>Pump Tester</h1>{FILLER}</form>"))
    assert "steady hand" in str(draft.value("job_description"))


GERMAN = (
    "<h1>Dreher</h1><p>Wir suchen für unsere Werkstatt in Köln einen Dreher mit ruhiger Hand.</p>"
    "<h2>Aufgaben</h2><p>Drehen, Fräsen, Messen und das Rüsten der Maschinen nach Zeichnung.</p>"
    "<h2>Dein Profil</h2><p>Eine Ausbildung als Zerspanungsmechaniker und Freude an der Arbeit.</p>"
)
ARTICLE = (
    "<h1>Ten ways to cook rice</h1><p>Rice is eaten by half of the world, and each kitchen has its "
    "own way with it. We asked ten cooks how they do it, and none of them agreed with another. "
    "Wash it first, says one. Never wash it, says the next. All of them own a lid.</p>"
)


async def test_a_plain_posting_passes_in_other_languages_and_at_other_addresses() -> None:
    for html, url in ((GERMAN, "https://example.com/x/17"), (FILLER, "https://example.com/x/18")):
        assert (await extract_structured(page(html, url))).value("job_description")


@pytest.mark.parametrize(
    ("html", "code"),
    [
        (ARTICLE, "not_a_posting"),
        ("<h1>Hello</h1>", "not_a_posting"),
        ("", "not_a_posting"),
        ("<div id=root></div><script src=/app.js></script>", "blocked"),
    ],
)
async def test_what_is_no_posting_is_refused(html: str, code: str) -> None:
    with pytest.raises(Permanent) as caught:
        await extract_structured(page(html, "https://example.com/rice"))
    assert caught.value.code == code


def finding(field: str, value: object, method: str) -> Draft:
    return Draft(
        findings=(Finding.model_validate({"field": field, "value": value, "method": method}),)
    )


def test_the_more_trusted_source_wins_and_the_other_is_kept() -> None:
    merged = merge(
        finding("job_title", "from basic", "basic"),
        finding("job_title", "from page", "html"),
        finding("job_title", "from data", "json_ld"),
        finding("company_name", "Acme", "llm"),
    )
    assert merged.value("job_title") == "from data"
    assert merged.value("company_name") == "Acme"
    assert [each.finding.value for each in merged.candidates] == ["from basic", "from page"]
    assert merge(merged, Draft()) == merged


def test_the_pay_of_two_sources_is_never_mixed() -> None:
    merged = merge(
        finding("salary_min", 50000, "json_ld"),
        finding("salary_currency", "EUR", "html"),
    )
    assert merged.value("salary_currency") is None


@pytest.mark.parametrize(
    ("read_at", "closes", "warned"),
    [
        ("2026-11-21T12:00:00+00:00", "2026-11-20", True),
        ("2026-11-21T12:00:00+00:00", "2026-11-21", False),
        # In Honolulu it is still the 20th, and one can apply.
        ("2026-11-21T09:59:00+00:00", "2026-11-20", False),
        ("2026-11-21T23:59:00+14:00", "2026-11-20", False),
    ],
)
def test_a_posting_has_expired_when_its_last_day_is_over_everywhere(
    read_at: str, closes: str, warned: bool
) -> None:
    read_on = page("").fetch.model_copy(update={"retrieved_at": read_at})
    draft = finding("valid_through", closes, "json_ld").model_copy(update={"fetch": read_on})
    assert ("posting_expired" in finish(draft).extraction.warnings) is warned
