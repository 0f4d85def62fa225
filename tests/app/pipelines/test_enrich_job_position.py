"""The promises of `enrich-job-position` besides those of every pipeline."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.app.pipelines.attached_table import Table
from tests.app.pipelines.case_enrich_job_position import (
    MAIN,
    PASTED,
    REFUSED,
    TEXT,
    URL,
    job_site,
)
from tests.app.pipelines.workshop import at_work
from tests.support.databases import Clock, Connections, Database
from tests.support.doorbells import until
from tests.support.fake_openai import MODEL, Answer
from tests.support.local_web import answer
from worker.positions.pipeline import pipeline


@pytest.fixture
def desk(database: Database, connect: Connections) -> Table:
    return Table.of(database, connect, pipeline.slug)


async def test_title_and_company_are_shown_before_the_model_has_answered(
    desk: Table,
) -> None:
    async with job_site() as site, at_work(desk, pipeline, site.providers) as workshop:
        site.calls.hold("ask-model", "find-logo")
        row_id = desk.insert(MAIN)
        workshop.look()
        await until(lambda: sorted(site.calls.held()) == ["ask-model", "find-logo"])
        row = desk.row(row_id)
        assert row["processing_status"] == "processing"
        assert desk.result(row_id) == {"job_title": "Pump Tester", "company_name": "Acme Pumps"}
        site.calls.release("ask-model", "find-logo")
        await desk.reaches(row_id, "completed")


async def test_what_an_earlier_round_knew_is_not_lost_to_a_poorer_one(desk: Table) -> None:
    async with job_site() as site, at_work(desk, pipeline, site.providers) as workshop:
        row_id = desk.insert(MAIN)
        workshop.look()
        assert (await desk.reaches(row_id, "completed"))["location"] == "Leeds"
        site.model_answers(Answer.error(401, "invalid_api_key"))
        desk.read("select processing.retry(%s, %s, fresh => true)", desk.table, row_id)
        workshop.look()
        await until(lambda: desk.row(row_id)["processing_run"] > 2)
        row = await desk.reaches(row_id, "completed")
    assert (row["location"], row["job_title"]) == ("Leeds", "Pump Tester")
    assert row["extraction"]["warnings"] == ["ask_model_degraded: provider_auth"]


async def test_a_description_given_by_the_user_wins_over_the_page(desk: Table) -> None:
    async with job_site() as site, at_work(desk, pipeline, site.providers) as workshop:
        row_id = desk.insert({"job_url": URL, "raw_job_description": PASTED})
        workshop.look()
        row = await desk.reaches(row_id, "completed")
    assert row["source_platform"] == "text"
    assert site.calls.counts.keys() == {"ask-model"}


async def test_the_model_is_asked_only_for_what_is_missing_and_its_use_is_accounted(
    desk: Table,
) -> None:
    async with job_site() as site, at_work(desk, pipeline, site.providers) as workshop:
        row_id = desk.insert(MAIN)
        workshop.look()
        await desk.reaches(row_id, "completed")
    (request,) = site.openai.requests
    wanted = request.prompt.partition("\n")[0]
    assert "location" in wanted
    assert "job_title" not in wanted
    assert desk.read("select step, model, input_tokens, output_tokens from processing.usage") == [
        ("ask-model", MODEL, 120, 30)
    ]


async def test_answers_of_no_use_are_accounted_too(desk: Table) -> None:
    async with job_site() as site, at_work(desk, pipeline, site.providers) as workshop:
        site.model_answers(Answer(text="Sure!"), Answer.of({"facts": []}))
        row_id = desk.insert(MAIN)
        workshop.look()
        await desk.reaches(row_id, "completed")
    assert desk.read("select input_tokens, output_tokens from processing.usage") == [(120, 30)] * 2


async def test_the_same_address_within_the_hour_costs_no_second_fetch_and_no_second_answer(
    desk: Table,
) -> None:
    async with job_site() as site, at_work(desk, pipeline, site.providers) as workshop:
        first = desk.insert(MAIN)
        workshop.look()
        earlier = await desk.reaches(first, "completed")
        before = dict(site.calls.counts)
        second = desk.insert(MAIN)
        workshop.look()
        row = await desk.reaches(second, "completed")
        asked = {step for step in before if site.calls.counts[step] > before[step]}
    assert asked <= {"find-logo"}
    assert desk.result(second) == desk.result(first)
    assert row["extraction"]["fetch"] == earlier["extraction"]["fetch"]


async def test_a_page_that_refuses_is_read_through_the_scraping_service_once(
    desk: Table, clock: Clock
) -> None:
    async with job_site() as site:
        row_id = desk.insert({"job_url": REFUSED})
        async with at_work(desk, pipeline, site.providers) as doomed:
            doomed.crash_after(1)
            await asyncio.wait({doomed.task})
        assert desk.checkpointed(row_id) == {"scrape-page"}
        clock.advance(3600)
        async with at_work(desk, pipeline, site.providers):
            row = await desk.reaches(row_id, "completed")
    assert row["job_title"] == "Pump Tester"
    assert row["extraction"]["fetch"]["via"] == "crawlbase"
    assert site.scraped == [("plain", REFUSED)]
    assert desk.read("select step from processing.usage where step = 'scrape-page'")


async def test_without_a_scraping_service_a_page_that_refuses_fails_and_says_so(
    desk: Table,
) -> None:
    async with job_site() as site, at_work(desk, pipeline, site.keyless) as workshop:
        row_id = desk.insert({"job_url": REFUSED})
        workshop.look()
        row = await desk.reaches(row_id, "failed")
    assert row["processing_error"]["code"] == "blocked"
    assert "Paste the text of the posting" in row["processing_error"]["message"]


async def test_a_site_that_always_asks_for_more_time_ends_the_row(
    desk: Table, clock: Clock
) -> None:
    async with job_site() as site, at_work(desk, pipeline, site.keyless) as workshop:
        site.page_answers(answer("", 429, retry_after="600"))
        row_id = desk.insert(MAIN)
        for attempt in (1, 2):
            workshop.look()
            await until(lambda attempt=attempt: desk.row(row_id)["processing_attempts"] == attempt)  # type: ignore[misc] # bound now
            await desk.reaches(row_id, "pending")
            clock.advance(601)
        workshop.look()
        row = await desk.reaches(row_id, "failed")
    assert row["processing_error"]["code"] == "provider_rate_limited"


def with_title(title: str, **more: str) -> bytes:
    posting = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": title,
        "hiringOrganization": {"name": "Acme"},
        "description": f"<p>{TEXT}</p>",
        **more,
    }
    data = f'<script type="application/ld+json">{json.dumps(posting)}</script>'
    return answer(f"<!doctype html><html><head>{data}</head><body><p>{TEXT}</p></body></html>")


async def test_a_title_that_its_column_does_not_take_costs_the_title_and_not_the_row(
    desk: Table,
) -> None:
    async with job_site() as site, at_work(desk, pipeline, site.keyless) as workshop:
        site.page_answers(with_title("T" * 2001))
        row_id = desk.insert({"job_url": URL})
        workshop.look()
        row = await desk.reaches(row_id, "completed")
    assert row["job_title"] is None
    assert row["company_name"] == "Acme" and TEXT in row["job_description"]
    assert "job_title_refused" in row["extraction"]["warnings"]
    assert "job_title" not in row["extraction"]["fields"]
    (candidate,) = [one for one in row["extraction"]["candidates"] if one["field"] == "job_title"]
    assert candidate["value"] == "T" * 500 + "\u2026"


@pytest.mark.parametrize("is_long", [False, True])
async def test_a_posting_of_which_the_model_sees_the_beginning_says_so(
    desk: Table, is_long: bool
) -> None:
    text = (
        "We look for a baker in the town of Leeds.\n\n" + "Bread is made here. " * 1_300 * is_long
    )
    async with job_site() as site, at_work(desk, pipeline, site.providers) as workshop:
        row_id = desk.insert({"raw_job_description": text})
        workshop.look()
        row = await desk.reaches(row_id, "completed")
    assert ("posting_cut" in row["extraction"]["warnings"]) == is_long
