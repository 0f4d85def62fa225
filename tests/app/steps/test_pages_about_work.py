"""A page about work at an employer in general is no posting, though it uses a posting's words."""

from __future__ import annotations

import pytest

from liverows.base.errors import Permanent
from tests.app.steps.pages import page
from worker.positions.extract import extract_structured

OUR_PROCESS = (
    "<p>We are a team of joiners, engineers and teachers, and we are looking for people who care "
    "about one another and about tools that stay sharp.</p><h2>Our benefits</h2><ul><li>Health "
    "insurance for you and your family</li><li>Flexible and remote work</li><li>A budget for "
    "books and thirty days of holiday</li></ul><h2>Our hiring process</h2><ul><li>Apply online"
    "</li><li>Interview with the hiring manager</li></ul><h2>What we look for</h2><p>Curiosity, "
    "years of experience in a craft, and a letter with your CV. All qualified applicants will "
    "receive consideration.</p><a href='/board'>Apply now</a>"
)
ROLE = (
    "<p>We fit oak frames in a workshop by the river.</p><h2>What you will do</h2><ul><li>Measure "
    "and cut oak to half a millimetre</li><li>Plan the week with two colleagues</li></ul>"
    "<h2>Requirements</h2><ul><li>Two years of experience at a bench</li><li>A licence</li></ul>"
    "<p>Full-time, thirty days of holiday. Apply with a letter.</p>"
)
ADDRESSES = [
    "/", "/careers", "/careers/", "/en/careers.html", "/karriere/index.html", "/de/",
    "/lavora-con-noi.html", "/trabaja-con-nosotros", "/jobs?utm_source=x1", "/about-us/careers",
    "/careers/how-we-hire", "/o-nas.html", "/vakansii.html", "/jobs?page=2", "/jobs/page/2",
    "/careers?lang=en2&gclid=1a", "/jobs?offset=20&limit=10", "/jobs/it", "/careers?p=2",
    "/jobs?hl=en-419&gh_src=a1b2", "/jobs?department=12&sort=date1", "/jobs#page-2",
    "/jobs#:~:text=2%20joiners", "/jobs?trk=public1&_ga=2.1",
]  # fmt: skip


async def read(url: str, name: str, heading: str, body: str) -> object:
    html = f"<title>{name}</title><h1>{heading}</h1>{body}"
    draft = await extract_structured(page(html, f"https://tidewell.example{url}"))
    return draft.value("job_title")


@pytest.mark.parametrize("address", ADDRESSES)
async def test_a_general_address_with_a_slogan_is_no_posting(address: str) -> None:
    with pytest.raises(Permanent) as caught:
        await read(address, "Tidewell", "Do work that matters", OUR_PROCESS)
    assert caught.value.code == "not_a_posting"


@pytest.mark.parametrize(
    "name",
    [
        "Careers | Tidewell", "Careers at Tidewell", "Karriere – Tidewell", "Kariéra — Tidewell",
        "Trabajá con nosotros | Tidewell", "How we hire | Tidewell", "採用情報｜Tidewell",
    ],
)  # fmt: skip
async def test_a_general_name_without_duties_or_requirements_is_no_posting(name: str) -> None:
    body = OUR_PROCESS.replace("What we look for", "Who should write to us")
    with pytest.raises(Permanent) as caught:
        await read("/x/1", name, "Join our mission", body)
    assert caught.value.code == "not_a_posting"


@pytest.mark.parametrize("heading", ["Tidewell Careers", "Tidewell", "Join us!", "About us"])
async def test_the_name_of_the_site_is_no_role(heading: str) -> None:
    with pytest.raises(Permanent) as caught:
        await read("/careers", "Tidewell", heading, ROLE)
    assert caught.value.code == "not_a_posting"


@pytest.mark.parametrize("address", ADDRESSES)
async def test_one_role_at_a_general_address_is_read(address: str) -> None:
    assert await read(address, "Tidewell", "Bench Joiner", ROLE) == "Bench Joiner"
    title = "Bench Joiner (m/w/d)"
    assert await read(address, title, title, OUR_PROCESS) == title


@pytest.mark.parametrize(
    "address",
    [
        "/careers?id=41", "/jobs#/41", "/careers/bench-joiner", "/jobs/41", "/#job-41", "/?p=41",
        "/jobs?job=bench-joiner&lang=en", "/jobs?utm_source=x&jobId=abc", "/jobs?page=2&gh_jid=41",
        "/careers?posting-slug=bench-joiner", "/jobs/page/4123", "/careers?p=41235",
    ],
)  # fmt: skip
async def test_an_address_that_names_something_is_not_general(address: str) -> None:
    assert await read(address, "Bench Joiner", "Bench Joiner", OUR_PROCESS) == "Bench Joiner"


SLOGANS = [
    "Join our mission",
    "Join the team",
    "Work with us",
    "Unser Team",
    "Rejoignez-nous",
]


@pytest.mark.parametrize("slogan", SLOGANS)
async def test_data_with_a_slogan_on_a_page_about_work_makes_no_posting(slogan: str) -> None:
    data = f'{{"@type":"JobPosting","title":"{slogan}","description":"We care for one another."}}'
    script = f'<script type="application/ld+json">{data}</script>'
    with pytest.raises(Permanent):
        await read("/careers", "Careers", slogan, f"{script}{OUR_PROCESS}")
    posting = script.replace(slogan, "Bench Joiner")
    assert await read("/careers", "Careers", "Join us", f"{posting}{ROLE}") == "Bench Joiner"
