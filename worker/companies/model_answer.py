"""The forms in which a model reports on a company, before its claims are checked."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from worker.companies.profile import QuestionKind


class Cited(BaseModel):
    """A sentence, the id of one source, and a quote of the words in that source that state it."""

    text: str
    source: str
    quote: str
    basis: Literal["stated", "inferred"]


class ExpectedQuestion(BaseModel):
    """A question that an interviewer may ask."""

    text: str
    kind: QuestionKind
    why: str


class CompanyReport(BaseModel):
    """What the sources say about a company, and how to prepare for it."""

    overview: Cited | None
    executive_summary: Cited | None
    products: list[Cited]
    tech_stack: list[Cited]
    salary: Cited | None
    key_talking_points: list[Cited]
    top_challenges: list[Cited]
    culture_insights: Cited | None
    company_values: list[Cited]
    red_flags: list[Cited]
    interview_questions: list[ExpectedQuestion]
    preparation_tips: list[str]
    smart_questions: list[str]
    key_topics: list[str]


class RoleReport(BaseModel):
    """How to prepare for one role at a company."""

    interview_questions: list[ExpectedQuestion]
    preparation_tips: list[str]
    smart_questions: list[str]
    key_topics: list[str]


class Analysis(BaseModel):
    """A model's report on a company, unchecked. `report` is None if there is none."""

    model_config = ConfigDict(frozen=True)

    report: CompanyReport | None = None
    model: str | None = None


class RoleAnalysis(BaseModel):
    """A model's advice for a role, unchecked. `report` is None if there is none."""

    model_config = ConfigDict(frozen=True)

    report: RoleReport | None = None
    model: str | None = None
