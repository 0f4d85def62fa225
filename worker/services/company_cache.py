"""The shared row of a company in the database: known already, ours to research, or busy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol
from uuid import UUID

from liverows import Database, JsonObject, Resource


@dataclass(frozen=True, slots=True)
class Leave:
    """What the database says about a company.

    `known` brings its profile, `yours` the right to research it for as long as the row
    is processing, `busy` that another row has this right.
    """

    state: Literal["known", "yours", "busy"]
    profile: JsonObject | None = None


class CompanyCache(Resource, Protocol):
    """The SQL functions of the companies' migration. Raises only `base.errors`."""

    async def take(self, key: str, research_id: UUID, *, deep: bool, with_model: bool) -> Leave:
        """Ask for a company's profile, or for the leave to research it.

        A profile counts only if it is as deep as wanted, and made by a model if one is at hand.
        """
        ...

    async def domain_of(self, known_name: str) -> str | None:
        """The domain that a proven source has named for a normalised name."""
        ...


class DatabaseCompanies:
    """`CompanyCache` in the project's database."""

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
