"""A brief without a model, a brief with one, and what must not be in either."""

from __future__ import annotations

from typing import Any

import pytest

from tests.app.steps.companies.test_weigh import source
from tests.support.company_world import FOR_ROLE, NOTHING, REPORT
from worker.companies.brief import (
    GENERIC_PREPARATION,
    UNPROVEN_DROPPED,
    Found,
    Request,
    profile_of,
    proven_names,
    settle,
)
from worker.companies.generic_advice import checklist, generic_questions, role_family
from worker.companies.model_answer import Analysis, CompanyReport, RoleAnalysis, RoleReport
from worker.companies.posting import Posting
from worker.companies.profile import Profile
from worker.companies.site_page import Organisation
from worker.companies.website import Website

NAMED = Website(
    home="https://acme.example/",
    organisation=Organisation(name="Acme Pumps Ltd"),
    sources=(source(),),
    coverage="ok",
)


def report(**items: Any) -> Analysis:
    return Analysis(report=CompanyReport.model_validate(NOTHING | items), model="m")


async def brief(found: Found, role: str | None = None, **more: Any) -> dict[str, Any]:
    request = Request(company_name="acme", role=role, **more)
    return dict((await settle(request, found, None, RoleAnalysis())).result)


async def test_with_no_source_and_no_model_everything_factual_is_unknown() -> None:
    result = await brief(Found())
    assert result["companyName"] == "acme"
    assert {name: value for name, value in result.items() if value in (None, [])} == {
        "overview": None,
        "executiveSummary": None,
        "products": [],
        "techStack": [],
        "salaryRange": None,
        "averageSalary": None,
        "keyTalkingPoints": [],
        "topChallenges": [],
        "cultureInsights": None,
        "companyValues": [],
        "redFlags": [],
        "keyTopics": [],
        "sources": [],
    }
    assert result["coverage"] == {"website": "none", "github": "none"}
    assert GENERIC_PREPARATION in result["warnings"]


async def test_a_model_with_no_sources_is_not_believed() -> None:
    result = await brief(Found(analysis=Analysis(report=CompanyReport.model_validate(REPORT))))
    assert (result["overview"], result["techStack"], result["topChallenges"]) == (None, [], [])
    assert UNPROVEN_DROPPED in result["warnings"]


async def test_too_little_advice_is_filled_up_and_says_so() -> None:
    analysis = report(preparation_tips=["Read about pumps.", "They pay £90,000."])
    result = await brief(Found(website=NAMED, analysis=analysis))
    assert result["preparationTips"][0] == "Read about pumps."
    assert len(result["preparationTips"]) == 4
    assert "90,000" not in str(result)
    assert set(result["metadata"]["generic"]) == {
        "interviewQuestions",
        "preparationTips",
        "smartQuestions",
    }


async def test_advice_for_the_role_takes_the_place_of_that_for_the_company() -> None:
    found = Found(website=NAMED, analysis=report(preparation_tips=["Read about pumps."] * 3))
    role = RoleAnalysis(report=RoleReport.model_validate(FOR_ROLE), model="r")
    settled = await settle(Request(company_name="acme", role="Engineer"), found, None, role)
    result: Any = settled.result
    assert result["preparationTips"] == FOR_ROLE["preparation_tips"]
    assert result["metadata"]["generic"] == []
    assert settled.profile == profile_of(found), "the shared part knows nothing of the role"


async def test_a_posting_adds_to_the_brief_and_not_to_the_profile() -> None:
    posting = Posting(
        title="Tester", description="You know Kotlin.", salary_min=31000, salary_currency="GBP"
    )
    found = Found(website=NAMED)
    settled = await settle(
        Request(company_name="acme", posting=posting), found, None, RoleAnalysis()
    )
    result: Any = settled.result
    assert result["salaryRange"]["sources"] == ["p1"]
    assert [one["name"] for one in result["techStack"]] == ["Kotlin"]
    assert settled.profile.facts.salary_range is None
    assert settled.profile.facts.tech_stack == ()


def test_a_profile_comes_out_the_same_each_time_and_survives_the_database() -> None:
    profile = profile_of(Found(website=NAMED))
    assert profile == profile_of(Found(website=NAMED))
    shared = profile.model_dump(mode="json", by_alias=True)
    assert Profile.model_validate(shared) == profile
    assert "text" not in shared["sources"][0]


def test_a_name_is_learned_only_if_the_site_calls_itself_so() -> None:
    assert proven_names(NAMED, "acme pumps") == ["acme pumps"]
    assert proven_names(NAMED, "Umbra") == []
    assert proven_names(Website(), "Acme Pumps") == []


@pytest.mark.parametrize(
    ("role", "family"),
    [
        ("Senior Backend Engineer", "software engineer"),
        ("iOS Developer", "software engineer"),
        ("Group Product Manager", "product manager"),
        ("UX Designer", "designer"),
        ("Data Scientist", "data"),
        ("Nurse", "any role"),
        (None, "any role"),
    ],
)
def test_a_role_has_its_own_preparation(role: str | None, family: str) -> None:
    assert role_family(role) == family
    assert len(checklist(role)) == 10
    questions = generic_questions(role)
    assert len({question.text for question in questions}) == 6
    assert all(question.generic for question in questions)
