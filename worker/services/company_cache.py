"""The company profiles that the rows of all users share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol
from uuid import UUID

from liverows import Database, JsonObject, Resource


@dataclass(frozen=True, slots=True)
class Leave:
    """The answer to `CompanyCache.take`.

    `known`: `profile` is usable. `yours`: the asking row may research the company. `busy`: another
    row may.
    """

    state: Literal["known", "yours", "busy"]
    profile: JsonObject | None = None


class CompanyCache(Resource, Protocol):
    """The shared company profiles. Methods must raise only errors of `liverows.base.errors`."""

    async def take(
        self, key: str, research_id: UUID, *, deep: bool, with_model: bool, version: int
    ) -> Leave:
        """Ask for a usable profile of a company, or else for the right to research the company.

        With `deep`, a shallow profile is not usable. With `with_model`, nor is one made without a
        model. A profile of another `version` is not usable either.
        """
        ...

    async def domain_of(self, known_name: str) -> str | None:
        """The domain stored for a normalised company name; None if there is not exactly one."""
        ...


class DatabaseCompanies:
    """`CompanyCache` over SQL functions in the project's database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(
        self, key: str, research_id: UUID, *, deep: bool, with_model: bool, version: int
    ) -> Leave:
        """Call the SQL function `take_company`; see `CompanyCache.take`."""
        answer: Any = await self._database.call(
            "take_company",
            key=key,
            research_id=str(research_id),
            deep=deep,
            with_model=with_model,
            profile_version=version,
        )
        return Leave(answer["state"], answer.get("profile"))

    async def domain_of(self, known_name: str) -> str | None:
        """Call the SQL function `domain_of_company`; see `CompanyCache.domain_of`."""
        answer = await self._database.call("domain_of_company", known_name=known_name)
        return answer if isinstance(answer, str) else None
