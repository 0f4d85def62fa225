"""The form in which a model reports facts about a posting."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from pydantic import BaseModel

AskedField: TypeAlias = Literal[
    "job_title",
    "company_name",
    "company_website",
    "salary_range",
    "location",
    "workplace_type",
    "employment_type",
    "posted_at",
    "valid_through",
    "apply_url",
]
ASKED: tuple[AskedField, ...] = get_args(AskedField)
"""What a model may be asked for. Never the description: it is quoted, not rewritten."""


class PostingFact(BaseModel):
    """One fact and the words of the posting that state it."""

    field: AskedField
    value: str
    quote: str


class PostingFacts(BaseModel):
    """All facts that the posting states, out of those asked for."""

    facts: list[PostingFact]
