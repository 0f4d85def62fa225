"""A posting of a known recruiting system is read from that system's data, exactly."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from liverows.base.errors import Permanent, Transient
from tests.app.steps.ats_answer import BODY, AtsAnswer
from tests.app.steps.ats_answers import ANSWERS, ASHBY, GREENHOUSE, LEVER
from tests.support.local_web import LocalWeb, answer, local_web
from worker.pages.tree import MAX_DEPTH
from worker.positions.ats import adapters, recognise
from worker.positions.embedded import MAX_ADDRESSES
from worker.positions.ladder import read_posting
from worker.positions.result import EnrichedPosition, finish
from worker.services.web.client import WebClient

PAGE = (
    "<title>Pump Tester</title><h1>Pump Tester</h1>"
    f"<main>{BODY}<h2>Requirements</h2><p>Two years of experience with rotating machines, and a "
    "steady hand. Apply now: we are looking for somebody who stays. Salary on request.</p></main>"
)


@pytest.fixture
async def net() -> AsyncIterator[LocalWeb]:
    async with local_web() as net:
        yield net


@pytest.fixture
async def web(net: LocalWeb) -> AsyncIterator[WebClient]:
    async with net.client() as client:
        yield client


def publish(net: LocalWeb, ats: AtsAnswer) -> None:
    net.routes[ats.endpoint] = answer(ats.body, content_type=ats.content_type)


def publish_titled(net: LocalWeb, title: str) -> None:
    """Greenhouse's posting under another title."""
    body = GREENHOUSE.body.replace("Pump Tester &amp; Fitter", title)
    net.routes[GREENHOUSE.endpoint] = answer(body, content_type=GREENHOUSE.content_type)


async def enrich(web: WebClient, url: str) -> EnrichedPosition:
    return finish(await read_posting(web, url))


@pytest.mark.parametrize("ats", ANSWERS, ids=lambda ats: f"{ats.platform}-{len(ats.body)}")
async def test_every_field_that_the_system_states_is_exact(
    net: LocalWeb, web: WebClient, ats: AtsAnswer
) -> None:
    publish(net, ats)
    found = await enrich(web, ats.url)
    columns = found.model_dump(mode="json")
    assert {name: columns[name] for name in ats.expected} == ats.expected
    assert found.source_platform == ats.platform
    assert found.extraction.fields["job_title"].method == "ats_api"
    description = found.job_description or ""
    assert all(part in description for part in ats.described), description
    assert not [mark for mark in ats.absent if mark in description]


def test_each_system_has_an_answer_here() -> None:
    assert {ats.platform for ats in ANSWERS} == set(adapters())


@pytest.mark.parametrize(
    "url",
    [
        "https://boards.greenhouse.io/acme",
        "https://boards.greenhouse.io/acme/jobs/41x",
        "https://boards.greenhouse.io/..%2f..%2fv1/jobs/41",
        "https://boards.greenhouse.io/a@evil.example/jobs/41",
        "https://jobs.lever.co/acme",
        "https://jobs.lever.co/acme/not-a-uuid",
        "https://jobs.ashbyhq.com/acme%2F..%2Fx/7c1de2f3-1111-4222-8333-944455566677",
        "https://evil.example.wd3.myworkdayjobs.com.evil.example/Careers/job/x/y",
        "https://acme.wd3.myworkdayjobs.com/Careers/job/../../../admin",
        "https://acme.wd3.myworkdayjobs.com/Careers/job/%2e%2e?x/y#z",
        "https://jobs.smartrecruiters.com/Acme",
        "https://apply.workable.com/j/ABC123DEF4",
        "https://a.b.recruitee.com/o/slug",
        "https://recruitee.com/o/slug",
        "https://acme.jobs.personio.de/job/12a",
        "https://acme.teamtailor.com/people/12-x",
        "https://ats.rippling.com/acme/jobs/12",
        "ftp://boards.greenhouse.io/acme/jobs/41",
        "https://boards.greenhouse.io.evil.example/acme/jobs/41",
        "not an address",
    ],
)
def test_an_address_that_names_no_posting_reaches_no_system(url: str) -> None:
    reference = recognise(url)
    if reference is not None:  # a strange path may still be a valid name
        endpoint = adapters()[reference.platform].endpoint(reference)
        assert ".." not in endpoint
        assert "evil" not in endpoint
        assert "%2e" not in endpoint.lower()


async def test_a_posting_that_the_system_lists_no_more_is_gone(
    net: LocalWeb, web: WebClient
) -> None:
    publish(net, ASHBY)
    other = ASHBY.url.replace("7c1de2f3", "00000000")
    with pytest.raises(Permanent) as caught:
        await read_posting(web, other)
    assert caught.value.code == "gone"


async def test_an_unlisted_posting_counts_as_gone(net: LocalWeb, web: WebClient) -> None:
    net.routes[ASHBY.endpoint] = answer(
        ASHBY.body.replace(
            '"title": "Pump Tester", "isListed": true', '"title": "Pump Tester", "isListed": false'
        ),
        content_type="application/json",
    )
    with pytest.raises(Permanent) as caught:
        await read_posting(web, ASHBY.url)
    assert caught.value.code == "gone"


@pytest.mark.parametrize("moment", ["1e300", "9" * 30, "-1e18", "1e18"])
async def test_a_date_beyond_the_calendar_is_left_out_and_the_rest_is_read(
    net: LocalWeb, web: WebClient, moment: str
) -> None:
    body = LEVER.body.replace("1791000000000", moment)
    net.routes[LEVER.endpoint] = answer(body, content_type="application/json")
    found = await enrich(web, LEVER.url)
    assert (found.job_title, found.posted_at) == ("Pump Tester", None)


async def test_the_page_answers_where_the_system_does_not(net: LocalWeb, web: WebClient) -> None:
    net.routes[GREENHOUSE.endpoint] = answer("[]", content_type="application/json")
    net.routes["boards.greenhouse.io/acmepumps/jobs/4012345"] = answer(PAGE)
    found = await enrich(web, GREENHOUSE.url)
    assert found.job_title == "Pump Tester"
    assert found.extraction.fields["job_title"].method != "ats_api"
    assert "ats_api_unavailable" in found.extraction.warnings
    assert found.source_platform == "greenhouse"


async def test_a_failure_that_may_pass_is_tried_again(net: LocalWeb, web: WebClient) -> None:
    net.routes[GREENHOUSE.endpoint] = answer("", 503)
    net.routes["boards.greenhouse.io/acmepumps/jobs/4012345"] = answer("", 503)
    with pytest.raises(Transient):
        await read_posting(web, GREENHOUSE.url)


async def test_the_page_adds_what_the_system_leaves_out(net: LocalWeb, web: WebClient) -> None:
    publish(net, LEVER)
    page = (
        '<script type="application/ld+json">{"@type": "JobPosting", "title": "Another wording",'
        '"hiringOrganization": {"name": "Acme Pumps", "sameAs": "https://acmepumps.example"}}'
        f"</script>{PAGE}"
    )
    net.routes[LEVER.url.removeprefix("https://").partition("?")[0]] = answer(page)
    found = await enrich(web, LEVER.url)
    assert (found.job_title, found.company_name) == ("Pump Tester", "Acme Pumps")
    assert found.company_website == "https://acmepumps.example"
    dropped = [each.value for each in found.extraction.candidates if each.field == "job_title"]
    assert "Another wording" in dropped


EMBED = '<script src="https://boards.greenhouse.io/embed/job_board/js?for=acmepumps"></script>'


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("https://www.acme.example/careers?gh_jid=4012345", EMBED + PAGE),
        ("https://careers.acmepumps.example/open?gh_jid=4012345", PAGE),
        (
            "https://www.acme.example/jobs/tester",
            f'<iframe src="https://boards.greenhouse.io/embed/job_app?for=acmepumps&token=4012345">'
            f"</iframe>{PAGE}",
        ),
    ],
)
async def test_an_embedded_posting_is_read_from_its_system(
    net: LocalWeb, web: WebClient, url: str, source: str
) -> None:
    publish_titled(net, "Pump Tester")
    net.routes[url.removeprefix("https://").partition("?")[0]] = answer(source)
    found = await enrich(web, url)
    assert found.source_platform == "greenhouse"
    assert found.salary_min == 34_000


async def test_a_guessed_account_of_somebody_else_is_not_taken(
    net: LocalWeb, web: WebClient
) -> None:
    publish_titled(net, "Rocket Surgeon")
    net.routes["careers.acmepumps.example/open"] = answer(PAGE)
    found = await enrich(web, "https://careers.acmepumps.example/open?gh_jid=4012345")
    assert found.job_title == "Pump Tester"
    assert found.salary_min is None


async def test_a_list_of_postings_takes_none_of_its_links(net: LocalWeb, web: WebClient) -> None:
    links = f'<a href="{GREENHOUSE.url}">one</a><a href="{LEVER.url}">two</a>'
    publish(net, GREENHOUSE)
    net.routes["acme.example/jobs/tester"] = answer(PAGE + links)
    found = await enrich(web, "https://acme.example/jobs/tester")
    assert found.source_platform != "greenhouse"


TOO_COMPLEX = PAGE + "<div>" * (MAX_DEPTH + 1)
LINK = f'<a href="{GREENHOUSE.url}?a=1&amp;b=2">Apply</a>'


async def test_the_one_posting_that_a_page_too_complex_to_be_read_names_is_read_from_its_system(
    net: LocalWeb, web: WebClient
) -> None:
    publish_titled(net, "Pump Tester")
    net.routes["acme.example/jobs/tester"] = answer(LINK + TOO_COMPLEX + LINK)
    found = await enrich(web, "https://acme.example/jobs/tester")
    assert (found.source_platform, found.salary_min) == ("greenhouse", 34_000)


@pytest.mark.parametrize(
    "source",
    [
        "",
        f'{LINK}<a href="{LEVER.url}">two</a>',
        LINK + "<script>{'url': '" + LEVER.url.replace("/", "\\/") + "'}</script>",
        LINK + "".join(f"https://acme.example/{n} " for n in range(MAX_ADDRESSES + 1)),
    ],
    ids=["none", "two", "a second one in a script", "full of addresses"],
)
async def test_of_a_page_too_complex_to_be_read_that_does_not_name_one_posting_none_is_read(
    net: LocalWeb, web: WebClient, source: str
) -> None:
    publish_titled(net, "Pump Tester")
    net.routes["acme.example/jobs/tester"] = answer(source + TOO_COMPLEX)
    with pytest.raises(Permanent) as refused:
        await enrich(web, "https://acme.example/jobs/tester")
    assert refused.value.code == "too_large"


async def test_a_page_too_complex_to_be_read_that_names_somebody_elses_posting_is_refused(
    net: LocalWeb, web: WebClient
) -> None:
    publish_titled(net, "Rocket Surgeon")
    net.routes["acme.example/jobs/tester"] = answer(LINK + TOO_COMPLEX)
    with pytest.raises(Permanent) as refused:
        await enrich(web, "https://acme.example/jobs/tester")
    assert refused.value.code == "too_large"
