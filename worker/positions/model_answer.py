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
"""The fields to ask a model for; not the description, which must be word for word the posting's."""


class PostingFact(BaseModel):
    """One fact and the words of the posting that state it."""

    field: AskedField
    value: str
    quote: str


class PostingFacts(BaseModel):
    """All facts that the posting states, out of those asked for."""

    facts: list[PostingFact]
