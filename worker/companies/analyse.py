"""Ask a language model for a brief about a company. `weigh.py` checks what it says.

Some descriptions of this project call the step `analyze-with-claude`; here a setting says which
model answers.
"""

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
"""The warning that the advice is based only on the beginning of a posting."""
PAGES_CUT = "pages_cut"
"""The warning that of some page only the beginning was read or shown to the model."""
MAX_OUTPUT_TOKENS = 6_000
MAX_ROLE_TOKENS = 3_000


async def analyse(
    language_model: LanguageModel, company: str | None, sources: tuple[ReadSource, ...]
) -> Analysis:
    """Ask what the sources say about the company. Raises what the provider raises.

    The answer is paid for. It is returned unchanged, so that it can be stored before it is
    checked.
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
    """Replaces `analyse` when the model fails: the brief then quotes the sources only."""
    return Analysis()


async def prepare_for_role(
    language_model: LanguageModel, profile: Profile, role: str, posting: str
) -> RoleAnalysis:
    """Ask how to prepare for a role, given the company's profile. Raises what the provider
    raises."""
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
    """Replaces `prepare_for_role` when the model fails."""
    return RoleAnalysis()


def shows_all(sources: Sequence[ReadSource]) -> bool:
    """Whether the model gets the full text of all sources."""
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
