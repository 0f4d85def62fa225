"""A second opinion is one paid call of a row, and only where the operator wants it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import worker.companies.pipeline
from tests.app.pipelines.attached_table import Table
from tests.app.pipelines.test_company_research import sharing
from tests.app.pipelines.workshop import at_work
from tests.support.company_site import HOME, NAME
from tests.support.company_world import FOR_ROLE, REPORT, CompanyWorld, cited, company_world
from tests.support.databases import Connections, Database
from tests.support.fake_openai import Answer, Request
from worker.companies.pipeline import pipeline
from worker.services.content_limits import ContentLimits

QUOTE = "since 2009 every employee owns a share"
CLAIM = "Since 2009 every employee holds a share."


@pytest.fixture
def desk(database: Database, connect: Connections) -> Table:
    return Table.of(database, connect, pipeline.slug)


def script(world: CompanyWorld, opinion: Answer | None = None) -> list[str]:
    """Let the model paraphrase, and say yes to everything; the list fills with what is asked."""
    asked: list[str] = []
    report = REPORT | {"key_talking_points": [cited(CLAIM, "s2", QUOTE)]}

    def reply(request: Request) -> Answer:
        name = str(request.body["response_format"]["json_schema"]["name"])
        asked.append(name)
        if name == "RoleReport":
            return Answer.of(FOR_ROLE)
        if name == "Verdicts" and opinion is not None:
            return opinion
        yes = [{"number": number, "follows": True, "word": ""} for number in range(1, 30)]
        return Answer.of({"verdicts": yes} if name == "Verdicts" else report)

    world.openai.script(reply)
    return asked


async def researched(desk: Table, most: int) -> tuple[Any, list[str]]:
    async with company_world() as world:
        asked = script(world)
        limits = ContentLimits(research_max_second_opinions=most)
        async with at_work(desk, pipeline, replace(world.providers, limits=limits)) as workshop:
            row_id = desk.insert({"company_name": NAME, "company_url": HOME})
            workshop.look()
            row = await desk.reaches(row_id, "completed", "failed", deadline=60)
    assert row["processing_status"] == "completed", row["processing_error"]
    return row, asked


async def test_it_is_one_more_paid_call_and_yes_to_everything_gains_nothing(desk: Table) -> None:
    row, asked = await researched(desk, most=5)
    assert asked == ["CompanyReport", "Verdicts"]
    steps = desk.read("select step from processing.usage order by step")
    assert steps == [("analyze-with-llm",), ("second-opinion",)]
    assert CLAIM not in str(row["result"])
    assert "unproven_claims_dropped" in row["warnings"]


async def test_without_an_answer_the_role_is_prepared_and_nothing_poorer_is_shared(
    desk: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker.companies.pipeline, "OPINION_SHARE", 0.03)
    async with company_world() as world:
        asked = script(world, opinion=Answer(hangs=True))
        limits = ContentLimits(research_max_second_opinions=5)
        providers = replace(sharing(world, desk), limits=limits)
        async with at_work(desk, pipeline, providers) as workshop:
            row_id = desk.insert({"company_name": NAME, "company_url": HOME, "role": "Engineer"})
            workshop.look()
            row = await desk.reaches(row_id, "completed", "failed", deadline=60)
    assert asked == ["CompanyReport", "Verdicts", "RoleReport"]
    assert "second_opinion_degraded: timeout" in row["warnings"]
    assert not [one for one in row["warnings"] if one.startswith("prepare_for_role_degraded")]
    assert desk.read("select count(*) from public.companies") == [(0,)], "the next one asks again"


async def test_a_call_that_fails_is_tried_at_most_twice(desk: Table) -> None:
    async with company_world() as world:
        asked = script(world, opinion=Answer.error(500))
        limits = ContentLimits(research_max_second_opinions=5)
        async with at_work(desk, pipeline, replace(world.providers, limits=limits)) as workshop:
            row_id = desk.insert({"company_name": NAME, "company_url": HOME})
            workshop.look()
            row = await desk.reaches(row_id, "completed", "failed", deadline=60)
    assert asked == ["CompanyReport", "Verdicts", "Verdicts"]
    assert any(one.startswith("second_opinion_degraded") for one in row["warnings"])


async def test_it_is_not_asked_for_unless_the_operator_says_so(desk: Table) -> None:
    _, asked = await researched(desk, most=0)
    assert asked == ["CompanyReport"]
