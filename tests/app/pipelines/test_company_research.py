"""The promises of `company-research` besides those of every pipeline: one crawl serves all."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from psycopg.types.json import Jsonb

import worker.companies.pipeline
from tests.app.pipelines.attached_table import Table
from tests.app.pipelines.case_company_research import (
    MAIN,
    check_brief,
    limit_github,
    refuse_token,
)
from tests.app.pipelines.workshop import Workshop, at_work
from tests.support.company_site import HOME, HOST, NAME, company_pages
from tests.support.company_world import REPORT, CompanyWorld, company_world
from tests.support.databases import Clock, Connections, Database
from tests.support.doorbells import until
from tests.support.fake_openai import Answer
from tests.support.own_functions import own_functions
from worker.companies.pipeline import pipeline
from worker.services import Services
from worker.services.company_cache import DatabaseCompanies
from worker.services.web.polite import PoliteWeb

DAY = 24 * 3600.0
WITHOUT_ROLE = {"company_name": NAME, "company_url": HOME}


@pytest.fixture
def desk(database: Database, connect: Connections) -> Table:
    return Table.of(database, connect, pipeline.slug)


def sharing(world: CompanyWorld, desk: Table, **more: Any) -> Services:
    """The world's providers with the companies' table, for one more worker."""
    site = PoliteWeb(world.providers.web, spacing=0)
    return replace(
        world.providers,
        companies=DatabaseCompanies(own_functions(desk.database)),
        site=site,
        **more,
    )


@asynccontextmanager
async def workers(desk: Table, world: CompanyWorld, count: int) -> AsyncIterator[list[Workshop]]:
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(at_work(desk, pipeline, sharing(world, desk)))
            for _ in range(count)
        ]


async def completed(desk: Table, insert: dict[str, Any]) -> dict[str, Any]:
    row = await desk.reaches(desk.insert(insert), "completed", "failed", deadline=60)
    assert row["processing_status"] == "completed", row["processing_error"]
    return row


def pages_asked(world: CompanyWorld) -> Counter[str]:
    return Counter(head.split(" ", 2)[1] for head in world.web.seen)


async def test_ten_requests_at_once_on_four_workers_are_one_crawl_and_one_analysis(
    desk: Table,
) -> None:
    spellings = [
        (NAME, HOME),
        ("brightwater instruments ltd", f"http://{HOST}/company/about"),
        ("Brightwater", f"http://{HOST}/careers/?utm_source=x"),
    ]
    async with company_world() as world, workers(desk, world, 4) as fleet:
        rows = [
            desk.insert({"company_name": name, "company_url": url})
            for name, url in [spellings[n % 3] for n in range(10)]
        ]
        for workshop in fleet:
            workshop.look()
        for row_id in rows:
            row = await desk.reaches(row_id, "completed", "failed", deadline=60)
            assert row["processing_status"] == "completed", row["processing_error"]
            check_brief(row)
            assert row["processing_attempts"] == 1
        asked = pages_asked(world)
        assert {
            path: count for path, count in asked.items() if path != "/robots.txt"
        } == dict.fromkeys(company_pages(), 1)
        assert len(world.openai.requests) == 1
        assert Counter(path for path, _ in world.github.seen).most_common(1)[0][1] == 1
    assert desk.read("select count(*) from public.company_research_history") == [(1,)]
    ids = desk.read("select distinct company_id from public.company_research")
    assert ids == desk.read("select id from public.companies")
    assert desk.read("select count(*) from public.company_flights") == [(0,)]


async def test_what_is_known_costs_no_request_at_all_until_it_is_a_week_old(
    desk: Table, clock: Clock
) -> None:
    async with company_world() as world, workers(desk, world, 1):
        first = await completed(desk, WITHOUT_ROLE)
        before = (len(world.web.seen), len(world.github.seen), len(world.openai.requests))
        second = await completed(desk, WITHOUT_ROLE)
        assert (len(world.web.seen), len(world.github.seen), len(world.openai.requests)) == before
        assert second["result"]["metadata"]["fromCache"] is True
        assert second["result"]["products"] == first["result"]["products"]
        assert second["result"]["sources"] == first["result"]["sources"]
        await completed(desk, MAIN)
        assert len(world.web.seen) == before[0]
        assert len(world.openai.requests) == before[2] + 1, "only the role is asked about"
        clock.advance(7 * DAY + 1)
        await completed(desk, WITHOUT_ROLE)
        assert len(world.web.seen) > before[0]
    assert desk.read("select count(*) from public.company_research_history") == [(2,)]


async def test_the_sites_pages_and_github_are_read_at_the_same_time(desk: Table) -> None:
    async with company_world() as world, workers(desk, world, 1):
        world.calls.hold("scrape-pages", "search-github")
        row_id = desk.insert(WITHOUT_ROLE)
        await until(lambda: sorted(world.calls.held()) == ["scrape-pages", "search-github"])
        world.calls.release("scrape-pages", "search-github")
        check_brief(await desk.reaches(row_id, "completed", "failed"))


def githubs_answers(desk: Table) -> list[tuple[str | None, bool]]:
    """The stored results of the search on GitHub: the organisation, and whether it is proven."""
    return desk.read(
        "select output ->> 'organisation', (output ->> 'verified')::boolean"
        " from processing.checkpoints where step = 'search-github' order by created_at"
    )


async def insert_while_the_site_is_slow(desk: Table, world: CompanyWorld) -> str:
    """Insert a row whose site answers only after GitHub was searched by name. The organisation
    with that name is not the company's."""
    world.github.organisation("brightwater", blog="https://other.example", languages={})
    world.calls.hold("scrape-website")
    row_id = desk.insert(WITHOUT_ROLE)
    await until(lambda: githubs_answers(desk) == [("brightwater", False)])
    world.calls.release("scrape-website")
    return row_id


async def test_what_github_said_while_the_site_was_slow_is_no_answer_for_a_later_run(
    desk: Table, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker.companies.pipeline, "LINKS_SECONDS", 0.05)
    async with company_world() as world, workers(desk, world, 1):
        world.model_answers(Answer.error(429, "rate_limit_exceeded", retry_after="3000"))
        row_id = await insert_while_the_site_is_slow(desk, world)
        await desk.reaches(row_id, "pending")
        clock.advance(3600)
        row = await desk.reaches(row_id, "completed", "failed", deadline=60)
        assert row["coverage"] == {"website": "ok", "github": "ok"}
        assert githubs_answers(desk) == [("brightwater", False), ("brightwater-instruments", True)]
        assert pages_asked(world)["/"] == 1


async def test_what_github_said_while_the_site_was_slow_is_shared_for_an_hour(
    desk: Table, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with company_world() as world, workers(desk, world, 1):
        with monkeypatch.context() as patch:
            patch.setattr(worker.companies.pipeline, "LINKS_SECONDS", 0.05)
            row_id = await insert_while_the_site_is_slow(desk, world)
            first = await desk.reaches(row_id, "completed", "failed", deadline=60)
        assert first["coverage"] == {"website": "ok", "github": "unverified"}
        second = await completed(desk, WITHOUT_ROLE)
        assert second["result"]["metadata"]["fromCache"] is True
        clock.advance(3601)
        third = await completed(desk, WITHOUT_ROLE)
        assert third["coverage"] == {"website": "ok", "github": "ok"}


async def test_when_the_one_at_work_dies_another_takes_over(desk: Table, clock: Clock) -> None:
    async with company_world() as world:
        async with at_work(desk, pipeline, sharing(world, desk)) as doomed:
            doomed.crash_after(1)
            first = desk.insert(WITHOUT_ROLE)
            doomed.look()
            await until(doomed.task.done)
        second = desk.insert(WITHOUT_ROLE)
        clock.advance(3600)
        async with workers(desk, world, 2):
            for row_id in (first, second):
                check_brief(await desk.reaches(row_id, "completed", "failed", deadline=60))
    assert desk.read("select count(*) from public.company_research_history") == [(1,)]


async def test_nothing_that_a_user_typed_gets_into_a_shared_row(desk: Table) -> None:
    typed = {
        "company_name": "Typedname Ltd",
        "company_url": f"http://{HOST}/typedpath?typedquery=1",
        "role": "Typedrole",
    }
    async with company_world() as world, workers(desk, world, 1):
        row = await completed(desk, typed)
        assert row["result"]["companyName"] == NAME
    shared = str(desk.read("select to_jsonb(c) from public.companies as c"))
    shared += str(desk.read("select to_jsonb(h) from public.company_research_history as h"))
    assert "yped" not in shared
    assert NAME in shared


async def test_a_domain_is_learned_from_a_search_and_never_from_a_users_pairing(
    desk: Table,
) -> None:
    async with company_world() as world, workers(desk, world, 1):
        await completed(desk, {"company_name": NAME, "company_url": HOME})
        await completed(desk, {"company_name": "Umbra", "company_url": HOME})
        assert desk.read("select known_names from public.companies") == [([],)]
        desk.read("delete from public.companies returning 1")
        await completed(desk, {"company_name": f"{NAME}, Ltd."})
        assert desk.read("select known_names from public.companies") == [
            (["brightwater instruments"],)
        ]
        world.search.hits = []
        row = await completed(desk, {"company_name": "brightwater instruments"})
        assert row["coverage"]["website"] == "ok"


async def test_a_result_made_poorer_by_a_failure_is_not_shared(desk: Table) -> None:
    async with company_world() as world, workers(desk, world, 1):
        world.model_answers(Answer.error(401, "invalid_api_key"), report=REPORT)
        poor = await completed(desk, WITHOUT_ROLE)
        assert poor["warnings"] == [
            "analyze_with_llm_degraded: provider_auth",
            "generic_preparation",
        ]
        assert poor["company_id"] is None
        assert desk.read("select count(*) from public.companies") == [(0,)]
        check_brief(await completed(desk, WITHOUT_ROLE))


@pytest.mark.parametrize(
    ("keep_out", "warning"),
    [(limit_github, "github_rate_limited"), (refuse_token, "github_refused")],
)
async def test_a_profile_from_a_time_when_github_kept_us_out_is_shared_for_an_hour(
    desk: Table, clock: Clock, keep_out: Callable[[CompanyWorld], None], warning: str
) -> None:
    async with company_world() as world, workers(desk, world, 1):
        keep_out(world)
        first = await completed(desk, WITHOUT_ROLE)
        assert warning in first["warnings"]
        second = await completed(desk, WITHOUT_ROLE)
        assert second["result"]["metadata"]["fromCache"] is True
        world.github.answers.clear()
        clock.advance(3601)
        third = await completed(desk, WITHOUT_ROLE)
        assert third["result"]["metadata"]["fromCache"] is False
        assert third["coverage"] == {"website": "ok", "github": "ok"}
        clock.advance(7 * DAY - 60)
        fourth = await completed(desk, WITHOUT_ROLE)
        assert fourth["result"]["metadata"]["fromCache"] is True


async def test_pay_and_technologies_of_the_posting_are_cited_from_it_and_stay_private(
    desk: Table,
) -> None:
    desk.alice.execute("insert into public.job_positions (raw_job_description) values ('Tester')")
    desk.read(
        "update public.job_positions set job_title = 'Rig Programmer', job_url = %s,"
        " job_description = 'You write tools in Kotlin.', salary_range = '£40,000 a year',"
        " salary_min = 40000, salary_max = 40000, salary_currency = 'GBP', salary_interval = 'year'"
        " returning id",
        f"{HOME}jobs/1",
    )
    ((position,),) = desk.read("select id from public.job_positions")
    async with company_world() as world, workers(desk, world, 1):
        row = await completed(desk, {**WITHOUT_ROLE, "job_position_id": position})
    salary = row["result"]["salaryRange"]
    assert (salary["min"], salary["currency"], salary["basis"], salary["sources"]) == (
        40000,
        "GBP",
        "posting",
        ["p1"],
    )
    stack = {one["name"]: one for one in row["result"]["techStack"]}
    assert (stack["Kotlin"]["basis"], stack["Kotlin"]["evidence"]) == ("posting", ["p1"])
    assert "Kotlin" not in str(desk.read("select profile from public.companies"))


@pytest.mark.parametrize("count", [30, pytest.param(100, marks=pytest.mark.thorough)])
async def test_a_large_batch_with_a_failure_of_each_ten_counts_right(
    desk: Table, count: int
) -> None:
    companies = [
        {"companyName": "—" if n % 10 == 0 else NAME, "companyUrl": HOME} for n in range(count)
    ]
    async with company_world() as world, workers(desk, world, 4):
        desk.alice.execute(
            "insert into public.batch_jobs (companies) values (%s)", [Jsonb(companies)]
        )

        def ended() -> bool:
            (exact,) = desk.read(
                "select b.completed = count(*) filter (where r.processing_status = 'completed')"
                " and b.failed = count(*) filter (where r.processing_status = 'failed'), b.status"
                " from public.batch_jobs as b join public.company_research as r"
                " on r.batch_id = b.id group by b.id"
            )
            assert exact[0] is True
            return bool(exact[1] == "completed")

        await until(ended, deadline=240)
        assert pages_asked(world)["/"] == 1
    counts = (count, count - count // 10, count // 10)
    assert desk.read("select total, completed, failed from public.batch_jobs") == [counts]


async def test_a_batch_counts_right_although_a_worker_dies_on_the_way(
    desk: Table, clock: Clock
) -> None:
    companies = [{"companyName": NAME, "companyUrl": HOME} for _ in range(5)] + ["—"]
    async with company_world() as world:
        desk.alice.execute(
            "insert into public.batch_jobs (companies) values (%s)", [Jsonb(companies)]
        )
        async with at_work(desk, pipeline, sharing(world, desk)) as doomed:
            doomed.crash_after(4)
            doomed.look()
            await until(doomed.task.done)
        clock.advance(3600)
        async with workers(desk, world, 2):
            status = "select status from public.batch_jobs"
            await until(lambda: desk.read(status) == [("completed",)], deadline=60)
    assert desk.read("select total, completed, failed from public.batch_jobs") == [(6, 5, 1)]
    assert desk.read("select count(*) from public.company_research_history") == [(1,)]


async def test_a_model_that_never_answers_costs_the_analysis_and_not_the_row(
    desk: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker.companies.pipeline, "TOTAL_SECONDS", 3.0)
    async with company_world() as world, workers(desk, world, 1):
        world.model_answers(Answer(hangs=True), Answer(hangs=True))
        row = await completed(desk, MAIN)
    steps = ("analyze_with_llm", "prepare_for_role")
    assert {f"{step}_degraded: timeout" for step in steps} <= set(row["warnings"])
    assert row["result"]["overview"]["sources"]
    assert desk.read("select count(*) from public.companies") == [(0,)], "the next one tries again"
