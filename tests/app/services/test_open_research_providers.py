"""Which settings open which provider of company research."""

from __future__ import annotations

from typing import Any

import pytest

from worker.services.company_cache import DatabaseCompanies
from worker.services.models.anthropic import AnthropicLanguageModel
from worker.services.models.openai_model import OpenAILanguageModel
from worker.services.opening import open_services
from worker.services.recording_ledger import DatabaseRecordings
from worker.services.search import BraveSearch
from worker.settings import ServiceSettings

SUPABASE = {"supabase_url": "http://127.0.0.1:1", "supabase_secret_key": "sb_secret_made_up"}


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ServiceSettings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def settings(**given: Any) -> ServiceSettings:
    return ServiceSettings(_env_file=None, **given)


async def test_without_any_setting_site_and_github_can_be_read() -> None:
    async with open_services(settings()) as providers:
        assert providers.site is not None
        assert providers.github is not None
        assert providers.github.has_token is False
        assert (providers.search, providers.companies, providers.language_model) == (
            None,
            None,
            None,
        )


async def test_claude_answers_where_no_openai_is_set() -> None:
    async with open_services(settings(anthropic_api_key="made-up")) as providers:
        assert isinstance(providers.language_model, AnthropicLanguageModel)
    both = settings(anthropic_api_key="made-up", openai_api_key="made-up")
    async with open_services(both) as providers:
        assert isinstance(providers.language_model, OpenAILanguageModel)


async def test_keys_bring_search_and_a_higher_limit() -> None:
    given = settings(brave_search_api_key="made-up", github_token="ghp_made_up")
    async with open_services(given) as providers:
        assert isinstance(providers.search, BraveSearch)
        assert providers.github is not None
        assert providers.github.has_token is True


async def test_the_companies_are_asked_where_a_database_is_named() -> None:
    url = "postgresql://postgres@127.0.0.1:1/postgres"
    for given in (SUPABASE, {"supabase_db_url": url}, {**SUPABASE, "supabase_db_url": url}):
        async with open_services(settings(**given)) as providers:
            assert isinstance(providers.companies, DatabaseCompanies)
            assert isinstance(providers.recordings, DatabaseRecordings)
