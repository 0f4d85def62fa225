"""A logo is kept only if its address answers with an image."""

from __future__ import annotations

import structlog
from pydantic import BaseModel, ConfigDict

from worker.base.errors import Permanent, RateLimited
from worker.providers.web import WebClient
from worker.steps.positions.draft import Draft, Dropped

log = structlog.get_logger(__name__)

LOGO_UNREACHABLE = "logo_unreachable"


class LogoCheck(BaseModel):
    """Where the image really is, or the word for why there is none."""

    model_config = ConfigDict(frozen=True)

    final_url: str | None = None
    reason: str | None = None


def logo_of(draft: Draft) -> str | None:
    """The address that the draft believes to be the logo's."""
    logo = draft.value("company_logo")
    return logo if isinstance(logo, str) else None


async def verify_logo(web: WebClient, url: str) -> LogoCheck:
    """Whether there is an image behind the address. Raises `Transient` where that may pass.

    A logo is not worth waiting for, so a site that asks us to come back later has none.
    """
    try:
        image = await web.image(url)
    except (Permanent, RateLimited) as error:
        log.info("logo_unreachable", code=error.code)
        return LogoCheck(reason=error.code)
    return LogoCheck(final_url=image.final_url)


async def unverified_logo(web: WebClient, url: str) -> LogoCheck:
    """Stands in for `verify_logo` where the address does not answer now."""
    return LogoCheck(reason="no_answer")


def with_verified_logo(draft: Draft, check: LogoCheck) -> Draft:
    """The draft with its logo's final address, or without a logo and with a warning."""
    logo = draft.get("company_logo")
    if logo is None:
        return draft
    others = tuple(finding for finding in draft.findings if finding is not logo)
    if check.final_url is not None:
        checked = logo.model_copy(update={"value": check.final_url})
        return draft.model_copy(update={"findings": (*others, checked)})
    dropped = Dropped(finding=logo, reason=check.reason or "unverified")
    return draft.model_copy(
        update={
            "findings": others,
            "candidates": (*draft.candidates, dropped),
            "warnings": (*draft.warnings, LOGO_UNREACHABLE),
        }
    )
