"""The title of a plain page is the posting's, and its employer is never a board or a menu word."""

from __future__ import annotations

import pytest

from tests.app.steps.pages import page
from worker.pages.draft import Draft
from worker.positions.extract import extract_structured

OWN = "https://careers.tidewell.example/jobs/123"
BOARD = "https://www.jobharbour.example/remote-jobs/bench-joiner"
MAIN = (
    "<main><h2>What you will do</h2><ul><li>Measure, cut and fit oak frames to half a millimetre"
    "</li><li>Plan the week with two colleagues</li></ul><h2>Requirements</h2><ul><li>Two years of"
    " experience at a bench</li><li>A driving licence</li></ul><p>We are looking for a calm hand."
    " Apply now for full-time work in our workshop by the river.</p></main>"
)


async def read(title: str, body: str, url: str = OWN, head: str = "") -> Draft:
    html = f"<html><head><title>{title}</title>{head}</head><body>{body}{MAIN}</body></html>"
    return await extract_structured(page(html, url))


def og(title: str, site: str = "") -> str:
    name = f'<meta property="og:site_name" content="{site}">' if site else ""
    return f'<meta property="og:title" content="{title}">{name}'


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("Tidewell: Bench Joiner", "<h1>Bench Joiner</h1>"),
        (
            "Tidewell: Bench Joiner",
            '<div class="reveal-modal"><h1>Sign in to JobHarbour</h1></div><h1>Bench Joiner</h1>',
        ),
        ("Remote Bench Joiner at Tidewell", "<h1>Bench Joiner</h1>"),
        ("Remote Bench Joiner", "<h1>JobHarbour</h1><h1>find a job</h1><h2>Bench Joiner</h2>"),
        ("Tidewell is looking for a great Bench Joiner.", "<h1>Bench Joiner</h1>"),
        ("Tidewell is looking for a great Bench Joiner.", "<h1>Careers</h1>"),
        ("Bench Joiner at U+", "<h1>Bench Joiner</h1><h2>U+</h2>"),
        ("Tidewell hiring Bench Joiner in Leeds | Net", "<h1>Bench Joiner</h1>"),
        ("Tidewell sucht Bench Joiner in Leeds | Net", "<h1>Bench Joiner</h1>"),
        ("Bench Joiner | JobHarbour", "<h1>Bench Joiner <small>Lancaster</small></h1>"),
        ("Bench Joiner | JobHarbour", "<h1>Bench Joiner<div>Lancaster</div></h1>"),
        ("Vacancy Bench Joiner | JobHarbour", "<h1>Bench Joiner Lancaster</h1>"),
        ("Práce Bench Joiner | JobHarbour", "<h1>Bench Joiner České Budějovice</h1>"),
        ("Tidewell.com :: Careers - CCC", "<h1>Careers</h1><h2>Bench Joiner</h2>"),
        ("Karriere", "<h1>Offene Stellen</h1><h2>Bench Joiner</h2>"),
        ("Detail pozice", "<h1>Detail pozice</h1><h2>Bench Joiner</h2>"),
        ("Bench Joiner - Tidewell", '<div class="t">Bench Joiner</div>'),
        ("Job details", '<span class="jobTitle">Bench Joiner</span>'),
        ("Bench Joiner", "<dialog><h1>Forgot your password?</h1></dialog><h1>Bench Joiner</h1>"),
        ("Bench Joiner", '<div role="dialog"><h1>Cookies</h1></div><h1>Bench Joiner</h1>'),
        ("Bench Joiner", '<div style="display:none"><h1>Save it</h1></div><h1>Bench Joiner</h1>'),
    ],
)
async def test_the_title_is_the_heading_that_the_pages_name_contains(name: str, body: str) -> None:
    for head in ("", og(name)):
        draft = await read(name, body, BOARD, head)
        assert draft.value("job_title") == "Bench Joiner"


@pytest.mark.parametrize(
    ("name", "body", "title"),
    [
        ("Jobs", "<h1>Bench Joiner, Windows (m/w/d)</h1>", "Bench Joiner, Windows (m/w/d)"),
        ("Bench Joiner | Tidewell", "<h1>Bench Joiner, Nights</h1>", "Bench Joiner, Nights"),
        (
            "Bench Joiner | Tidewell",
            "<h1>Bench Joiner (Lancaster)</h1>",
            "Bench Joiner (Lancaster)",
        ),
        ("Job Coach | Tidewell", "<h1>Job Coach</h1>", "Job Coach"),
        ("Benefits Manager", "<h1>Benefits Manager</h1>", "Benefits Manager"),
        ("Tidewell", "<h1>Team Lead</h1>", "Team Lead"),
    ],
)
async def test_a_title_is_kept_whole(name: str, body: str, title: str) -> None:
    assert (await read(name, body)).value("job_title") == title


@pytest.mark.parametrize(
    "heading",
    [
        "Careers", "Career Opportunities", "Job detail", "Job Posting Details",
        "Careers at Tidewell",
        "Current openings at Tidewell", "Karriere", "Offene Stellen", "Arbeiten bei Tidewell",
        "Offres d'emploi", "Ofertas de empleo", "Trabaja con nosotros", "Vagas abertas",
        "Lavora con noi", "Werken bij Tidewell", "Oferty pracy", "Kariéra", "Volná místa",
        "Lediga jobb", "Ledige stillinger", "Avoimet työpaikat", "Вакансии", "Açık pozisyonlar",
        "採用情報", "招聘信息", "채용 공고",
    ],
)  # fmt: skip
async def test_the_name_of_the_page_is_no_title(heading: str) -> None:
    for head in ("", og(heading)):
        draft = await read(heading, f"<h1>{heading}</h1>", head=head)
        assert draft.value("job_title") is None


@pytest.mark.parametrize(
    ("name", "body", "site"),
    [
        ("Tidewell: Bench Joiner", "<p>Tidewell</p>", "JobHarbour"),
        ("Bench Joiner at Tidewell", "", "JobHarbour"),
        ("Bench Joiner - Tidewell Ltd | JobHarbour", "", "JobHarbour"),
        ("Bench Joiner - Tidewell | Harbourly", "<main>At Tidewell we rest.</main>", "Harbourly"),
        ("Tidewell - Bench Joiner", "<b>Tidewell</b>", "JobHarbour"),
        ("Bench Joiner | Harbourly", '<a href="/company/tidewell">Tidewell</a>', "Harbourly"),
        ("Bench Joiner | JobHarbour", '<a href="/firmy/tidewell">Tidewell</a>', ""),
        ("Tidewell hiring Bench Joiner in Leeds | Harbourly", "", "Harbourly"),
        ("Bench Joiner", '<span data-automation="advertiser-name">Tidewell</span>', "Harbourly"),
        ("Bench Joiner", '<div class="companyName">Tidewell</div>', "Harbourly"),
        ("Bench Joiner", '<div class="job_company_name">Tidewell</div>', "Harbourly"),
    ],
)
async def test_the_employer_is_named_beside_the_title_or_by_a_link(
    name: str, body: str, site: str
) -> None:
    draft = await read(name, f"<h1>Bench Joiner</h1>{body}", BOARD, og(name, site))
    assert str(draft.value("company_name")).removesuffix(" Ltd") == "Tidewell"


async def test_the_employer_stands_in_the_pages_name_where_the_heading_says_more() -> None:
    name = "Tidewell | Bench Joiner"
    draft = await read(name, "<h1>Bench Joiner Lancaster</h1><p>Tidewell</p>", BOARD, og(name, ""))
    assert draft.value("company_name") == "Tidewell"


@pytest.mark.parametrize(
    ("name", "body", "site", "url"),
    [
        ("Bench Joiner", "", "JobHarbour", BOARD),
        ("Bench Joiner | JobHarbour", "<p>JobHarbour</p>", "", BOARD),
        ("Bench Joiner - JobHarbour.com", "", "", BOARD),
        ("Bench Joiner", "", "Monster", "https://www.monster.co.uk/jobs/1"),
        ("Bench Joiner", "", "Indeed", "https://au.indeed.com/viewjob?jk=1"),
        (
            "Bench Joiner | Stellenhafen",
            "<p>Stellenhafen</p>",
            "",
            "https://stellenhafen.example/1",
        ),
        (
            "Bench Joiner - About us - TIDEWELL.com",
            '<nav><a href="/">About us</a> <a href="/careers">About us</a></nav>',
            "",
            "https://www.tidewell.example/aboutus/careers/job/59511302/",
        ),
        ("Bench Joiner - Über uns", "<p>Über uns</p><p>Über uns</p>", "", OWN),
        ("Bench Joiner - Contact", "<p>Contact</p><p>Contact</p>", "", OWN),
        ("Bench Joiner - Full-time", "<p>Full-time</p>", "", OWN),
        ("Bench Joiner - Leeds | JobHarbour", "<p>Leeds</p>", "JobHarbour", BOARD),
        ("Bench Joiner - Leeds", "<main><p>You work in Leeds.</p></main><p>Leeds</p>", "", OWN),
        ("Bench Joiner Leeds - Leeds", "<p>Leeds</p>", "", OWN),
        ("Bench Joiner - Leeds", "<dl><dt>Location</dt><dd>Leeds</dd></dl>", "", OWN),
    ],
)
async def test_a_board_a_menu_word_or_a_place_is_no_employer(
    name: str, body: str, site: str, url: str
) -> None:
    draft = await read(name, f"<h1>Bench Joiner</h1>{body}", url, og(name, site))
    assert draft.value("company_name") is None
    assert draft.value("company_website") is None


async def test_a_title_in_a_sentence_may_contain_a_separator() -> None:
    name = "Tidewell hiring Bench Joiner - Nights in Leeds, England | Harbourly"
    body = "<h1>Bench Joiner - Nights</h1><p>Leeds, England</p>"
    draft = await read(name, body, BOARD, og(name, "Harbourly"))
    found = [draft.value(field) for field in ("job_title", "company_name", "location")]
    assert found == ["Bench Joiner - Nights", "Tidewell", "Leeds, England"]


async def test_an_employers_own_host_and_name_are_enough() -> None:
    body = "<h1>Bench Joiner</h1><p>Tidewell</p>"
    draft = await read("Bench Joiner - Tidewell", body, "https://tidewell.example/jobs/1")
    assert draft.value("company_name") == "Tidewell"
    name = "Bench Joiner - Ovalle Windows | Tidewell"
    other = await read(name, body, "https://tidewell.example/jobs/1")
    assert other.value("company_name") is None


async def test_several_names_of_companies_name_no_employer() -> None:
    body = '<h1>Bench Joiner</h1><b class="company-name">Ovalle</b><b class="company-name">Rio</b>'
    assert (await read("Bench Joiner", body, BOARD)).value("company_name") is None


async def test_an_employers_own_site_names_the_employer() -> None:
    said = "<p>At Tidewell we build windows that last for a century.</p>"
    body = f"<h1>Bench Joiner</h1>{MAIN.replace('<main>', f'<main>{said}')}"
    html = f"<html><head>{og('Bench Joiner', 'Tidewell Careers')}</head><body>{body}</body></html>"
    draft = await extract_structured(page(html, OWN))
    assert draft.value("company_name") == "Tidewell"


@pytest.mark.parametrize(
    ("name", "company"),
    [
        ("tidewell01P2", None),
        ("tidewellT1", None),
        ("harbour2024", None),
        ("C0001234567P", None),
        ("tidewellprod", None),
        ("TIDEWELL_PROD", None),
        ("CX_1", None),
        ("tdw-ext-2", None),
        ("careers-tidewell", None),
        ("Careers-Net", "Careers-Net"),
        ("e-prod", "e-prod"),
        ("U-Haul", "U-Haul"),
        ("Tidewell", "Tidewell"),
        ("3M", "3M"),
        ("Auth0", "Auth0"),
        ("7-Eleven", "7-Eleven"),
        ("tidewell", "tidewell"),
        ("tidewell24", "tidewell24"),
    ],
)
async def test_an_account_of_a_recruiting_system_is_no_employer(
    name: str, company: str | None
) -> None:
    data = (
        '<div itemscope itemtype="http://schema.org/JobPosting"><h1 itemprop="title">Bench Joiner'
        f'</h1><meta itemprop="hiringOrganization" content="{name}"></div>'
    )
    draft = await read("Bench Joiner Job Details", data, "https://tidewell24.example/job/1/")
    assert draft.value("company_name") == company


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://tidewell.example/careers/bench-joiner/", "Bench Joiner"),
        ("https://tidewell.example/karriere/leitende-bankraumtischlerin.html",
         "Leitende Bankraumtischlerin"),
        ("https://tidewell.example/emplois/menuisier_d_atelier", "Menuisier d'atelier"),
        ("https://tidewell.example/prace/technik-udrzby", "Technik \u00fadr\u017eby"),
    ],
)  # fmt: skip
async def test_the_title_of_a_page_without_headings_is_the_text_that_its_address_names(
    url: str, shown: str
) -> None:
    draft = await read(
        "Tidewell", f"<nav>Joinery</nav><div><p>{shown}</p><p>Tidewell</p></div>", url
    )
    assert draft.value("job_title") == shown


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("Careers - Bench Joiner, Core", "Bench Joiner, Core"),
        ("Karriere | Tischler (m/w/d)", "Tischler (m/w/d)"),
        ("Job details \u2013 Bench Joiner - Nights", "Bench Joiner - Nights"),
        ("Bench Joiner - Nights", "Bench Joiner - Nights"),
    ],
)
async def test_the_name_of_a_page_before_the_title_is_left_out(heading: str, title: str) -> None:
    draft = await read(f"Tidewell - {heading}", f"<h1>{heading}</h1>")
    assert draft.value("job_title") == title


ABOUT = "<h2>About</h2><h2>Tidewell</h2><p>We fit frames.</p>"


@pytest.mark.parametrize(
    "body",
    [
        f"<h4>Bench Joiner</h4>{ABOUT}",
        f"<h4>Bench Joiner</h4>{ABOUT.replace('About', 'Über')}",
        f"<h3>Bench Joiner</h3>{ABOUT.replace('About', 'À propos de')}",
        f"<h4>Bench Joiner</h4>{ABOUT}<h1>Equal</h1><h4>Opportunity</h4><p>For all.</p>",
    ],
)
async def test_a_heading_that_goes_on_in_the_next_one_names_no_job(body: str) -> None:
    draft = await read("Tidewell Windows", body, BOARD)
    assert draft.value("job_title") == "Bench Joiner"


FIELDS = '<label>Name</label><input name="n"><label>City</label><span>(required)</span><input>'


@pytest.mark.parametrize(
    "heading", ["Personal information", "Persönliche Angaben", "Dati anagrafici", "個人情報の入力"]
)
async def test_a_heading_above_the_fields_of_a_form_is_no_title(heading: str) -> None:
    draft = await read("Apply", f"<form><h2>{heading}</h2>{FIELDS}</form>")
    assert draft.value("job_title") is None
    draft = await read("Apply", f"<form><h1>Bench Joiner</h1>{FIELDS}</form>")
    assert draft.value("job_title") == "Bench Joiner"


@pytest.mark.parametrize("remark", ["(required)", "*", "(erforderlich)", "(facultatif)", "必須"])
async def test_a_remark_on_a_field_is_no_value(remark: str) -> None:
    draft = await read("Bench Joiner", f"<h1>Bench Joiner</h1><p><b>City:</b> {remark}</p>")
    assert draft.value("location") is None


async def test_a_heading_in_a_form_around_the_whole_page_may_be_the_title() -> None:
    body = """<form action="/view"><main><h2>Night Porter</h2><input type="checkbox" name="save">
    <label>Save this job</label><p>We are looking for a porter who knows the house at night and the
    trains in the morning. You work in a team of six, four nights a week, and have 28 days off a
    year. To apply, send your CV.</p>
    <h3>Your tasks</h3><ul><li>Mind the desk</li><li>Carry bags</li></ul>
    <h3>Your profile</h3><ul><li>Two years in a hotel</li><li>Good English</li></ul></main>
    </form>"""
    html = f"<html><head><title>Careers | Hotel Brae</title></head><body>{body}</body></html>"
    draft = await extract_structured(page(html, "https://brae.example/jobs/view?id=3"))
    assert draft.value("job_title") == "Night Porter"
