"""Postings of small employers and plain pages beside them, each built as on found pages."""

from __future__ import annotations

import json

import pytest

from liverows.base.errors import Permanent
from tests.app.steps.pages import page
from worker.pages.draft import Draft
from worker.positions.extract import extract_structured

DUTIES = (
    "<h2>What you will do</h2><ul><li>Cut and fit oak frames</li><li>Plan the week</li></ul>"
    "<h2>Requirements</h2><ul><li>Two years at a bench</li><li>A driving licence</li></ul>"
)
TAKEN_AWAY = (
    "<p>We have built windows by the river for twenty years, and now somebody is missing at the "
    "big bench. We work without haste, we eat together at noon, and nobody works on a Sunday.</p>"
)


async def read(html: str, url: str) -> Draft:
    return await extract_structured(page(f"<!doctype html>{html}", url))


async def refusal(html: str, url: str) -> str | None:
    try:
        await read(html, url)
    except Permanent as error:
        return error.code
    return None


@pytest.mark.parametrize(
    ("title", "first", "second"),
    [
        (
            "Bench Joiner",
            "What you will do|Cut and fit oak frames|Plan the week",
            "Requirements|Two years at a bench|Patience",
        ),
        ("Asztalos", "Feladataid|Ablakok gyártása|Gépek ápolása", "Elvárás|Két év|Jogosítvány"),
        (
            "木工",
            "岗位职责|制作橡木窗框和家具|保养车间里的机器",
            "任职要求|两年工作经验|驾驶证和耐心",
        ),
        ("נגר", "תיאור התפקיד|בניית מסגרות|תחזוקת המכונות", "דרישות|ניסיון של שנתיים|רישיון נהיגה"),
    ],
)
async def test_a_posting_of_two_short_lists_is_read(title: str, first: str, second: str) -> None:
    lists = [each.split("|") for each in (first, second)]
    html = "".join(f"<h2>{h}</h2><ul><li>{a}</li><li>{b}</li></ul>" for h, a, b in lists)
    found = await read(
        f"<title>{title} - Tidewell</title><h1>{title}</h1><main>{html}</main>",
        "https://www.tidewell.example/p/7731",
    )
    assert found.value("job_title") == title


@pytest.mark.parametrize("last", ["vacature.html", "stellenangebot", "offre-emploi.php", "vaga/"])
async def test_the_only_opening_of_a_small_employer_is_read(last: str) -> None:
    html = (
        "<title>Cafe Miller - Leeds</title><h1>Bench Joiner</h1><p>In the heart of Leeds.</p>"
        f"{TAKEN_AWAY}{DUTIES.replace('Requirements', 'Hours')}<p>Send your CV to Ms Miller.</p>"
    )
    found = await read(html, f"https://www.cafemiller.example/{last}")
    assert found.value("job_title") == "Bench Joiner"
    assert found.value("company_name") in (None, "Cafe Miller")


@pytest.mark.parametrize("last", ["vacatures.html", "stellenangebote", "offres-emploi", "careers/"])
async def test_a_page_about_all_openings_needs_more(last: str) -> None:
    html = f"<title>Cafe Miller</title><h1>Work at the bench</h1>{TAKEN_AWAY}{TAKEN_AWAY}"
    assert await refusal(html, f"https://www.cafemiller.example/{last}") == "not_a_posting"


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("Jobs / Bench Joiner (f/m/d)", "Bench Joiner (f/m/d)"),
        ("Offene Stelle / Bauschreiner (m/w/d)", "Bauschreiner (m/w/d)"),
        ("Position: Bench Joiner", "Bench Joiner"),
        ("Oferta de empleo: Carpintero", "Carpintero"),
        ("Sales / Marketing Assistant", "Sales / Marketing Assistant"),
        ("Job Coach: Second Shift", "Job Coach: Second Shift"),
    ],
)
async def test_words_for_a_posting_before_a_title_are_left_out(said: str, title: str) -> None:
    html = f"<title>Tidewell | {said}</title><h2>{said}</h2>{TAKEN_AWAY}{DUTIES}"
    found = await read(html, "https://www.tidewell.example/jobs/bench.html")
    assert found.value("job_title") == title


async def test_a_role_is_found_where_only_the_name_of_the_page_has_it() -> None:
    html = (
        "<title>We're hiring: Bench Joiner (oak + ash) | Tidewell Careers</title>"
        f"{TAKEN_AWAY}<h2>Apply to this role</h2><p>Leave your name and we will call you.</p>"
    )
    found = await read(html, "https://www.tidewell.example/careers/bench.html")
    assert found.value("job_title") == "Bench Joiner (oak + ash)"


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("Bench Joiner Leeds", "Bench Joiner"),
        ("Bench Joiner <span>Leeds, UK</span>", "Bench Joiner"),
        ("Bench Joiner, oak and ash", "Bench Joiner, oak and ash"),
    ],
)
async def test_a_place_behind_the_title_is_left_out(heading: str, title: str) -> None:
    html = f"<title>Bench Joiner | Tidewell</title><h1>{heading}</h1>{TAKEN_AWAY}{DUTIES}"
    found = await read(html, "https://www.tidewell.example/jobs/41")
    assert found.value("job_title") == title


@pytest.mark.parametrize(
    ("name", "company"),
    [
        ("Timmerman bij Tidewell BV in Utrecht - Vacatureplein", "Tidewell BV"),
        ("Timmerman bij Women in Tech - Vacatureplein", "Women in Tech"),
    ],
)
async def test_the_place_behind_an_employer_is_no_part_of_its_name(name: str, company: str) -> None:
    html = f"<title>{name}</title><h1>Timmerman</h1>{TAKEN_AWAY}{DUTIES}"
    found = await read(html, "https://vacatureplein.example/v/99")
    assert found.value("company_name") == company


FIELDS = "".join(
    f"<p>{name} *</p>"
    for name in ("First Name", "Last Name", "Email", "Phone", "Address Line 1", "Desired pay")
)


@pytest.mark.parametrize(
    ("html", "last"),
    [
        (
            "<title>Driver - Tidewell</title><h2>Driver</h2><button>Apply now</button>"
            f"{FIELDS}<p>Full time, part time: what do you think you could offer us? Please tell "
            "us of your experience, of your licence, and of when you can start. Thank you!</p>",
            "careers/driverapp.html",
        ),
        (
            "<title>How to write a job posting</title><h1>How to write a job posting</h1><p>Name "
            "the responsibilities, the requirements and the benefits. Say what the salary is: "
            "nurses earn about $38 per hour. Tell people how to apply, and state the "
            "experience that you need. Full-time or part-time should be clear.</p>",
            "blog/writing",
        ),
        (
            "<title>Payments | Tidewell</title><h3>Introduction</h3><p>We connect the tills of "
            "your shop, whether you are looking for one account or for many, and we have years of "
            "experience.</p><h3>Requirements</h3><p>A till.</p><h3>Benefits</h3><ul><li>Less "
            "work</li><li>Fewer slips</li></ul><p>You have full control over every payment.</p>",
            "service/payments.html",
        ),
        (
            "<html lang=zxx><title>Our people</title><h5>Office:</h5><p>Olive Ross</p><h5>Sales:"
            "</h5><p>Paul Green</p><h5>Service:</h5><p>Cedric Rose</p><p>Adresse: Sfax</p><p>"
            "Appelez-nous au: 22 333 333</p><p>Nous sommes ravis de vous accueillir dans nos "
            "magasins, avec ou sans rendez-vous, et de vous montrer nos nouveaux meubles.</p>",
            "people.html",
        ),
        (
            "<title>Bench Joiner Course | Learn to work with oak</title><h1>Bench Joiner</h1><p>"
            "Responsible for frames that keep the wind out.</p><h5>Planes</h5><p>Tools to make "
            "wood smooth. View content</p><h5>Skills</h5><ul><li>Patience</li><li>A good eye</li>"
            "</ul><h5>Requirements</h5><p>Ability to plan time and to meet agreed deadlines, and "
            "to work with others.</p>",
            "careers/bench-joiner.html",
        ),
        (
            "<title>Tidewell - Carrers</title><h1>Careers</h1><h2>We're looking for those unafraid "
            "of oak.</h2><p>Open roles</p><p>Site Joiner</p><p>Open roles</p><p>Door Fitter</p>"
            "<h2>What to expect</h2><p>The process at Tidewell: send your CV, meet the team, and "
            "work with us for a day. Full-time and part-time, on site.</p><p>Tidewell</p>",
            "careers.html",
        ),
    ],
)
async def test_a_form_an_article_or_a_service_is_no_posting(html: str, last: str) -> None:
    assert await refusal(html, f"https://www.tidewell.example/{last}") == "not_a_posting"


@pytest.mark.parametrize(
    ("title", "expected"), [("Site Joiner", "not_a_posting"), ("Bench Joiner", None)]
)
async def test_data_of_one_of_several_openings_is_not_the_page(
    title: str, expected: str | None
) -> None:
    names = ("Bench Joiner", "Site Joiner", "Lead Joiner", "Door Fitter", "Cabinet Maker")
    cards = "".join(
        f'<a href="/jobs/{name.lower().replace(" ", "-")}"><h3>{name}</h3><p>Cut and fit oak '
        "frames in our workshop by the river, with two colleagues.</p></a>"
        for name in names
    )
    posting = {"@type": "JobPosting", "title": title, "description": "You cut oak frames."}
    script = f'<script type="application/ld+json">{json.dumps(posting)}</script>'
    html = f"<title>Bench Joiner and four more | Tidewell</title>{script}<h1>Join us</h1>{cards}"
    assert await refusal(html, "https://www.tidewell.example/jobs/") == expected


@pytest.mark.parametrize(
    "shown",
    [
        '<div id="app"><div class="spinner">Loading...</div></div>',
        "<main><p>Bitte warten …</p></main>",
        "<h1>Loading...</h1><h3>About the role</h3><h3>What you'll do</h3><button>Apply</button>",
        '<div class="ph-app"><div data-ph-widget="job-details"></div></div>',
    ],
)
async def test_a_page_that_is_still_loading_is_blocked(shown: str) -> None:
    words = "Press Contact Imprint Privacy Cookies Terms Company Products Prices Partners Maps"
    foot = " ".join(f'<a href="/{word.lower()}">{word}</a>' for word in words.split())
    html = (
        f"<title>Bench Joiner | Tidewell</title>{shown}<footer>{foot} © Tidewell Ltd. All rights "
        "reserved. Registered in England and Wales, company number 01234567, VAT number "
        "GB123456789, registered office 1 Quay Street, Leeds.</footer>"
        "<script>boot()</script>"
    )
    assert await refusal(html, "https://www.tidewell.example/p/81776") == "blocked"


async def test_a_role_below_the_heading_of_the_frame_is_read() -> None:
    html = (
        "<title>Werkstudent (w/m/d) | Lehmann &amp; Partner | Lehmann &amp; Partner</title><h1>"
        "Karriere</h1><section><h2>Werkstudent (w/m/d)</h2><p>Für unseren Standort in Berlin "
        "suchen wir zur Verstärkung unseres Teams ab sofort Werkstudenten (w/m/d).</p><p>Sie "
        "studieren und suchen eine Nebentätigkeit? Dann kommt eine Mitarbeit in Frage.</p><p>Wir "
        "erbitten Ihre Bewerbung per E-Mail.</p><a href='mailto:a@b.example'>Jetzt bewerben</a>"
        "</section>"
    )
    found = await read(html, "https://www.lehmann.example/karriere/werkstudent/")
    assert found.value("job_title") == "Werkstudent (w/m/d)"
