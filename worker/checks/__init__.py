"""Checks of the outside services for the command `worker doctor`."""

from __future__ import annotations

from typing import Literal

import httpx
from pydantic import SecretStr

from liverows import Finding
from worker.checks.model import check_model
from worker.services.opening import open_services
from worker.settings import ServiceSettings, load_service_settings

__all__ = ["check_services"]

_OPENAI_URL = "https://api.openai.com/v1"
_ANSWER_SECONDS = 5.0


async def check_services() -> list[Finding]:
    """Check service settings, the OpenAI-compatible server and the language model.

    Raises `SetupError` for malformed settings, or a setting whose extra is not installed.
    """
    settings = load_service_settings()
    findings = [_keys(settings), *_fetch_allow(settings)]
    # Create the clients too, because some malformed settings are found only then.
    async with open_services(settings) as services:
        answers = await _check_openai(settings)
        if answers.state == "problem":
            return [*findings, answers]
        return [*findings, answers, await check_model(settings, services)]


def _keys(settings: ServiceSettings) -> Finding:
    keys = _present(
        settings,
        "openai_api_key",
        "deepgram_api_key",
        "anthropic_api_key",
        "github_token",
        "brave_search_api_key",
        "web_scraping_token",
        "web_scraping_plain_token",
    )
    return Finding("settings: services", "ok", keys)


def _present(settings: ServiceSettings, *names: str) -> str:
    return ", ".join(
        f"{name.upper()} {'no' if getattr(settings, name) is None else 'yes'}" for name in names
    )


def _fetch_allow(settings: ServiceSettings) -> list[Finding]:
    if not settings.fetch_allow:
        return []
    pairs = ", ".join(settings.fetch_allow)
    return [
        Finding(
            "settings: FETCH_ALLOW",
            "warning",
            f"a user's URL may reach {pairs} although that is not public",
            "leave FETCH_ALLOW empty in production",
        )
    ]


async def _check_openai(settings: ServiceSettings) -> Finding:
    check = "provider: OpenAI"
    if settings.openai_api_key is None and settings.openai_base_url is None:
        instead = (
            "enrichment keeps to plain fields"
            if settings.anthropic_api_key is None
            else "ANTHROPIC_API_KEY is used"
        )
        return Finding(check, "skipped", f"OPENAI_API_KEY is not set: {instead}")
    url = f"{(settings.openai_base_url or _OPENAI_URL).rstrip('/')}/models"
    status = await _status(url, settings.openai_api_key)
    if status == 200:
        return Finding(check, "ok", f"{url} answers")
    state: Literal["problem", "warning"] = "problem" if status in {401, 403} else "warning"
    cure = (
        "set OPENAI_API_KEY to a key that is valid and may list models"
        if state == "problem"
        else "check OPENAI_BASE_URL and the way to it; rows wait and are tried again"
    )
    return Finding(check, state, f"{url} answered {status or 'nothing'}", cure)


async def _status(url: str, key: SecretStr | None) -> int | None:
    headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
    try:
        async with httpx.AsyncClient(timeout=_ANSWER_SECONDS) as client:
            return (await client.get(url, headers=headers)).status_code
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return None
