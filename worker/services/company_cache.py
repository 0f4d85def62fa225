"""The shared database row of a company: already known, ours to research, or being researched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol
from uuid import UUID

from liverows import Database, JsonObject, Resource


@dataclass(frozen=True, slots=True)
class Leave:
    """The database's answer about a company.

    `known` comes with the company's profile. `yours` means that this row may research the company
    while it is processing. `busy` means that another row is researching it.
    """

    state: Literal["known", "yours", "busy"]
    profile: JsonObject | None = None


class CompanyCache(Resource, Protocol):
    """The SQL functions for company profiles. Raises only errors from `base.errors`."""

    async def take(self, key: str, research_id: UUID, *, deep: bool, with_model: bool) -> Leave:
        """Ask for a company's profile, or for the right to research the company.

        A stored profile is used only if it is as deep as wanted, and if a model made it when
        `with_model` is set.
        """
        ...

    async def domain_of(self, known_name: str) -> str | None:
        """The domain that a reliable source gave for this normalised name; None if unknown."""
        ...


class DatabaseCompanies:
    """`CompanyCache` stored in the project's database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, key: str, research_id: UUID, *, deep: bool, with_model: bool) -> Leave:
        """See `CompanyCache.take`."""
        answer: Any = await self._database.call(
            "take_company",
            key=key,
            research_id=str(research_id),
            deep=deep,
            with_model=with_model,
        )
        return Leave(answer["state"], answer.get("profile"))

    async def domain_of(self, known_name: str) -> str | None:
        """See `CompanyCache.domain_of`."""
        answer = await self._database.call("domain_of_company", known_name=known_name)
        return answer if isinstance(answer, str) else None
