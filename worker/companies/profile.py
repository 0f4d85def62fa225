"""The data classes of a company's profile and of the brief that a reader sees."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

PROFILE_VERSION = 4

SourceKind: TypeAlias = Literal["website", "github", "posting"]
WebsiteCoverage: TypeAlias = Literal["ok", "partial", "none"]
GitHubCoverage: TypeAlias = Literal["ok", "unverified", "none", "rate_limited"]
QuestionKind: TypeAlias = Literal["company", "technical", "product", "behavioral"]


class Shaped(BaseModel):
    """Base class for facts, advice and profile; in JSON its field names are in camelCase."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class Source(BaseModel):
    """Where and when something was read. `sha256` is the hash in hex of what was read."""

    model_config = ConfigDict(frozen=True)

    id: str
    url: str
    title: str
    kind: SourceKind
    retrieved_at: datetime
    sha256: str
    status: int


class ReadSource(Source):
    """A source with the text that claims are checked against."""

    text: str
    page: str = ""

    def cited(self) -> Source:
        """The source without its text, as readers see it."""
        return Source.model_validate(self.model_dump(include=set(Source.model_fields)))


class Claim(BaseModel):
    """One sentence or name about the company, and the ids of the sources that prove it.

    `basis` tells whether a source states the text, a model inferred it, or it is a sentence of the
    source, word by word, because what a model said of it could not be confirmed (`quoted`).
    """

    model_config = ConfigDict(frozen=True)

    text: str
    sources: tuple[str, ...]
    basis: Literal["stated", "inferred", "quoted"]


class Technology(BaseModel):
    """A technology of the company. `evidence` has the ids of the sources that name it."""

    model_config = ConfigDict(frozen=True)

    name: str
    evidence: tuple[str, ...]
    basis: Literal["github", "posting", "site"]


class SalaryRange(BaseModel):
    """The pay that a source states; a bound that the source does not state is None."""

    model_config = ConfigDict(frozen=True)

    text: str
    min: float | None
    max: float | None
    currency: str | None
    interval: str | None
    basis: Literal["posting", "web"]
    sources: tuple[str, ...]


class Question(BaseModel):
    """A question to expect. If `generic`, at least `why` would fit any company."""

    model_config = ConfigDict(frozen=True)

    text: str
    kind: QuestionKind
    why: str
    sources: tuple[str, ...] = ()
    generic: bool = False


class Facts(Shaped):
    """The factual part of a brief; a field is None or empty if it is unknown."""

    overview: Claim | None = None
    executive_summary: Claim | None = None
    products: tuple[Claim, ...] = ()
    tech_stack: tuple[Technology, ...] = ()
    salary_range: SalaryRange | None = None
    key_talking_points: tuple[Claim, ...] = ()
    top_challenges: tuple[Claim, ...] = ()
    culture_insights: Claim | None = None
    company_values: tuple[Claim, ...] = ()
    red_flags: tuple[Claim, ...] = ()


class Advice(Shaped):
    """How to prepare. Advice with an unknown fact about the company is left out."""

    interview_questions: tuple[Question, ...] = ()
    preparation_tips: tuple[str, ...] = ()
    smart_questions: tuple[str, ...] = ()
    key_topics: tuple[str, ...] = ()


class Coverage(BaseModel):
    """How much was found on the website and on GitHub."""

    model_config = ConfigDict(frozen=True)

    website: WebsiteCoverage = "none"
    github: GitHubCoverage = "none"


class Profile(Shaped):
    """What is known about a company and fits every role. It may be shared."""

    version: int = PROFILE_VERSION
    company_name: str | None = None
    facts: Facts = Facts()
    advice: Advice = Advice()
    sources: tuple[Source, ...] = ()
    coverage: Coverage = Coverage()
    warnings: tuple[str, ...] = ()
    model: str | None = None
    deep: bool = False
    researched_at: datetime | None = None


class ChecklistItem(BaseModel):
    """One thing to do before the interview."""

    model_config = ConfigDict(frozen=True)

    item: str
    done: bool = False
