"""The description of a plain page is the posting without what the page shows around it."""

from __future__ import annotations

import pytest

from tests.app.steps.pages import page
from worker.pages.draft import Draft
from worker.pages.markdown import description_to_markdown
from worker.positions.extract import extract_structured

URL = "https://careers.tidewell.example/jobs/123"
DUTIES = (
    "<p>You fit oak frames in our workshop by the river.</p>"
    "<p>Requirements: two years of experience at a bench, a driving licence.</p>"
    "<p>We offer full-time work, thirty days off and a canteen that the whole town likes.</p>"
)
WANTED = (
    "You fit oak frames in our workshop by the river.\n\n"
    "Requirements: two years of experience at a bench, a driving licence.\n\n"
    "We offer full-time work, thirty days off and a canteen that the whole town likes."
)
SURVEY = (
    "<p>Voluntary Self-Identification of Disability. Completing this form is voluntary, but we hope"
    " that you will choose to fill it out. Public burden statement: no persons are required to"
    " respond to a collection of information. This survey takes about 5 minutes.</p>"
)


async def read(body: str, url: str = URL, title: str = "Bench Joiner - Tidewell") -> Draft:
    html = f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    return await extract_structured(page(html, url))


@pytest.mark.parametrize(
    "after",
    [
        f'<div id="application"><div>School</div><div>Degree</div>{SURVEY}</div>',
        f'<div class="eeoc-fields">{SURVEY}</div>',
        f"<div>{SURVEY}</div>",
        '<div class="cc-banner">Our site uses files. Dalším používáním souhlasíte s používáním'
        " souborů cookie.</div>",
        "<div>Diese Website verwendet Cookies. Mit der Nutzung sind Sie einverstanden.</div>",
        "<div>Ce site utilise des cookies. En continuant, vous les acceptez.</div>",
        "<div>Utilizamos cookies en este sitio. Si continúa, las acepta.</div>",
        "<div>Ta strona używa plików cookies. Zgadzasz się na to.</div>",
        "<div>Vi använder cookies. Du godkänner det genom att fortsätta.</div>",
        "<div>Мы используем файлы cookie. Продолжая, вы соглашаетесь.</div>",
        "<div>このサイトはクッキーを使用します。同意してください。</div>",
        '<div class="reveal-modal"><h1>Sign in to JobHarbour</h1><p>New here?</p></div>',
        "<p>Share this job:</p><p>Is this job not remote? Let us know!</p>",
        '<div>Teilen: <a href="https://www.facebook.com/sharer/x">f</a></div>',
        '<div><a href="/jobs/7">Glazier at Ovalle</a><a href="/jobs/8">Roofer at Ovalle</a></div>',
        '<ul><li><a href="/a">Privacy</a></li><li><a href="/b">Terms</a></li>'
        '<li><a href="/c">Imprint</a></li></ul>',
        '<div class="siteFooter">Tidewell, 4 River Street, Lancaster</div>',
        "<h2>Offres similaires</h2><p>Un offre d'emploi</p>",
        "<section><h3>Podobné nabídky</h3><p>Tesař v Ovalle</p></section>",
    ],
)  # fmt: skip
async def test_what_follows_the_posting_is_not_in_it(after: str) -> None:
    body = f'<h1>Bench Joiner</h1><div id="content">{DUTIES}{after}</div>'
    outside = f'<h1>Bench Joiner</h1><div id="content">{DUTIES}</div>{after}'
    for html in (body, outside):
        assert (await read(html)).value("job_description") == WANTED


LONG = "<p>Every Friday the workshop cleans its machines and eats together at the long table.</p>"


@pytest.mark.parametrize(
    "name",
    [
        "job-description", "jobDescription", "show-more-less-html__markup", "description__text",
        "posting-description", "vacancy_description", "stellenbeschreibung", "description",
    ],
)  # fmt: skip
async def test_a_part_that_is_named_so_is_the_whole_description(name: str) -> None:
    html = (
        f'<h1>Bench Joiner</h1><p>Three days ago</p><div class="{name}">{DUTIES}</div>'
        "<p>Referrals increase your chances of an interview by two.</p>"
    )
    assert (await read(html)).value("job_description") == WANTED


@pytest.mark.parametrize(
    "kept",
    [
        "<p>You bake cookies for our cafe every morning.</p>",
        "<p>We are an equal opportunity employer and welcome every applicant.</p>",
        '<p>Apply by writing to <a href="mailto:jobs@tidewell.example">our office</a> by May.</p>',
        "<h2>How to apply</h2><p>Send us your drawings and two sentences about you.</p>",
        '<p>We share what we earn: <a href="https://tidewell.example/pay">see our report</a>.</p>',
        '<ul><li><a href="https://go.dev">Go</a> and its tools</li><li>SQL</li></ul>',
        "<p>Remote is fine.</p><p>So is Leeds.</p>",
    ],
)
async def test_what_belongs_to_the_posting_stays(kept: str) -> None:
    draft = await read(f'<h1>Bench Joiner</h1><div id="content">{DUTIES}{kept}{LONG}</div>')
    text = str(draft.value("job_description"))
    for words in description_to_markdown(kept, URL).split("\n\n"):
        assert words in text
    assert "Every Friday" in text


async def test_the_text_about_the_employer_is_not_taken_for_the_description() -> None:
    about = "<h2>About Tidewell</h2><div class='description'><p>We have been building windows and"
    about += " doors since 1911, in three towns and with forty people.</p></div>"
    draft = await read(f"<h1>Bench Joiner</h1><section>{DUTIES}{LONG}</section>{about}")
    assert "Every Friday" in str(draft.value("job_description"))


LINKEDIN = (
    '<h1>Bench Joiner</h1><h4><a href="https://www.linkedin.com/company/tidewell">Tidewell</a>'
    " <span>Lancaster, England, United Kingdom</span> <span>3 days ago</span></h4>"
    "<div>No longer accepting applications</div>"
    '<a href="/login">See who Tidewell has hired for this role</a>'
    '<section class="show-more-less-html"><div class="show-more-less-html__markup"><p>You fit oak'
    " frames in our workshop by the river and keep the machines in order. We are looking for two"
    " years of experience at a bench, a driving licence and patience with paperwork.</p></div>"
    "</section><ul><li><h3>Seniority level</h3><span>Entry level</span></li>"
    "<li><h3>Employment type</h3><span>Full-time</span></li></ul>"
    "<p>Referrals increase your chances of interviewing at Tidewell by 2x</p>"
    '<a href="/login">Sign in to create job alert</a><h2>Explore collaborative articles</h2>'
    "<p>Experts add insights directly into each article.</p>"
)


async def test_a_page_like_linkedins_is_read_whole() -> None:
    name = "Tidewell hiring Bench Joiner in Lancaster, England, United Kingdom | LinkedIn"
    draft = await read(LINKEDIN, "https://www.linkedin.com/jobs/view/4051241378/", name)
    assert draft.value("job_title") == "Bench Joiner"
    assert draft.value("company_name") == "Tidewell"
    assert draft.value("location") == "Lancaster, England, United Kingdom"
    assert draft.value("employment_type") == "full_time"
    description = str(draft.value("job_description"))
    assert description.startswith("You fit oak frames")
    assert description.endswith("patience with paperwork.")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (
            '<p>By the river.</p><p>&lt;span style="font-family:"Arial",sans-serif"&gt;#TW-KK1'
            "&lt;/span&gt;</p>",
            "By the river.\n\n#TW-KK1",
        ),
        ("<p>By the&lt;br&gt;river</p>", "By the river"),
        ("<p>&lt;p class=x&gt;By the river&lt;/p&gt;</p>", "By the river"),
        ("<p>By the &lt;b&gt;river&lt;/b&gt;</p>", "By the river"),
        ("<p>List&lt;T&gt; and 3 &lt; 5</p>", "List<T> and 3 < 5"),
        ("<p>Code: <code>&lt;span&gt;</code></p>", "Code: `<span>`"),
    ],
)
def test_a_tag_that_is_shown_as_text_is_left_out(html: str, text: str) -> None:
    assert description_to_markdown(html, URL) == text
