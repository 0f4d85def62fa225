"""Asks a language model for a report about a company, and for advice for one role."""

from __future__ import annotations

from collections.abc import Sequence

from worker.companies.model_answer import (
    Analysis,
    CompanyReport,
    RoleAnalysis,
    RoleReport,
)
from worker.companies.profile import Profile, ReadSource
from worker.pages.enclosed import enclosed
from worker.pages.prompts import Prompt
from worker.services.models.language_model import LanguageModel

FACTS_PROMPT = Prompt("worker.companies", "facts")
ROLE_PROMPT = Prompt("worker.companies", "role")
FACTS_VERSION = FACTS_PROMPT.version
ROLE_VERSION = ROLE_PROMPT.version
MAX_CHARACTERS = 60_000
MAX_PER_SOURCE = 8_000
MAX_POSTING = 8_000
POSTING_CUT = "posting_cut"
"""The warning that the model saw only the beginning of the posting."""
PAGES_CUT = "pages_cut"
"""The warning that some page was not read, or not shown to the model, in full."""
MAX_OUTPUT_TOKENS = 6_000
MAX_ROLE_TOKENS = 3_000


async def analyse(
    language_model: LanguageModel, company: str | None, sources: tuple[ReadSource, ...]
) -> Analysis:
    """Ask what the sources say about the company. The answer is not checked here.

    Raises the errors of `LanguageModel.structured`.
    """
    answer = await language_model.structured(
        system=FACTS_PROMPT.text,
        prompt=_question(company, sources),
        output=CompanyReport,
        max_output_tokens=MAX_OUTPUT_TOKENS,
    )
    return Analysis(report=answer.value, model=answer.model)


async def no_analysis(
    language_model: LanguageModel, company: str | None, sources: tuple[ReadSource, ...]
) -> Analysis:
    """Return no report; the fallback of `analyse`."""
    return Analysis()


async def prepare_for_role(
    language_model: LanguageModel, profile: Profile, role: str, posting: str
) -> RoleAnalysis:
    """Ask how to prepare for a role. `posting` may be empty; a long one is cut.

    Raises the errors of `LanguageModel.structured`.
    """
    answer = await language_model.structured(
        system=ROLE_PROMPT.text,
        prompt="\n\n".join(
            [
                enclosed("known", profile.model_dump_json(include={"company_name", "facts"})),
                enclosed("role", role),
                enclosed("posting", posting[:MAX_POSTING]),
            ]
        ),
        output=RoleReport,
        max_output_tokens=MAX_ROLE_TOKENS,
    )
    return RoleAnalysis(report=answer.value, model=answer.model)


async def no_preparation(
    language_model: LanguageModel, profile: Profile, role: str, posting: str
) -> RoleAnalysis:
    """Return no advice; the fallback of `prepare_for_role`."""
    return RoleAnalysis()


def shows_all(sources: Sequence[ReadSource]) -> bool:
    """Whether the model is shown the full text of all sources."""
    lengths = [len(source.text) for source in sources]
    return max(lengths, default=0) <= MAX_PER_SOURCE and sum(lengths) <= MAX_CHARACTERS


def _question(company: str | None, sources: Sequence[ReadSource]) -> str:
    room = MAX_CHARACTERS
    parts = [f"The company calls itself: {company or 'it does not say'}."]
    for source in sources:
        text = source.text[: min(MAX_PER_SOURCE, room)]
        room -= len(text)
        if text:
            parts.append(f"Source {source.id}, {source.url}\n{enclosed(source.id, text)}")
    return "\n\n".join(parts)
