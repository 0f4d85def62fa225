"""What the settings alone can tell, and whether the providers behind them answer."""

from __future__ import annotations

from typing import Literal

import httpx
from pydantic import SecretStr

from worker.base.settings import Settings
from worker.cli.findings import Finding

_OPENAI_URL = "https://api.openai.com/v1"
_ANSWER_SECONDS = 5.0


def check_settings(settings: Settings) -> list[Finding]:
    """Which keys are set, without their values, and what is set but should not be."""
    return [_database_keys(settings), _provider_keys(settings), *_fetch_allow(settings)]


def _database_keys(settings: Settings) -> Finding:
    keys = _present(settings, "supabase_db_url", "supabase_url", "supabase_secret_key")
    api = settings.supabase_url is not None and settings.supabase_secret_key is not None
    if settings.supabase_db_url is not None or api:
        return Finding("settings: database", "ok", keys)
    return Finding(
        "settings: database",
        "problem",
        keys,
        "set SUPABASE_DB_URL, or SUPABASE_URL and SUPABASE_SECRET_KEY (see .env.template)",
    )


def _provider_keys(settings: Settings) -> Finding:
    keys = _present(
        settings,
        "openai_api_key",
        "deepgram_api_key",
        "anthropic_api_key",
        "github_token",
        "web_scraping_token",
    )
    return Finding("settings: providers", "ok", keys)


def _present(settings: Settings, *names: str) -> str:
    return ", ".join(
        f"{name.upper()} {'no' if getattr(settings, name) is None else 'yes'}" for name in names
    )


def _fetch_allow(settings: Settings) -> list[Finding]:
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


async def check_providers(settings: Settings) -> list[Finding]:
    """Whether each provider that has settings answers, and the model in the form it is asked in."""
    from worker.cli.check_model import check_model
    from worker.providers.build import open_providers

    # Builds every client, so that a malformed setting shows here as it would in `run`.
    async with open_providers(settings) as providers:
        answers = await _check_openai(settings)
        if answers.state == "problem":
            return [answers]
        return [answers, await check_model(settings, providers)]


async def _check_openai(settings: Settings) -> Finding:
    check = "provider: OpenAI"
    if settings.openai_api_key is None and settings.openai_base_url is None:
        return Finding(
            check, "skipped", "OPENAI_API_KEY is not set: enrichment keeps to plain fields"
        )
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
