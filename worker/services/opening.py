"""Creates the outside services that the settings ask for, and closes them at the end.

Some clients are imported only if needed: the import is slow and takes much memory.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import fields
from typing import Literal, TypedDict

from liverows import Database, SetupError, mask_secrets, open_database
from worker.services import Services
from worker.services.company_cache import DatabaseCompanies
from worker.services.content_limits import ContentLimits
from worker.services.crawlbase import Crawlbase
from worker.services.github import GitHub
from worker.services.models.language_model import LanguageModel
from worker.services.models.tool_agent import ToolAgent
from worker.services.recording_ledger import DatabaseRecordings
from worker.services.search import BraveSearch, WebSearch
from worker.services.speech.speech_to_text import SpeechToText
from worker.services.speech.whisper import WhisperSpeech
from worker.services.storage import SupabaseStorage
from worker.services.web.client import WebClient, WebLimits
from worker.services.web.polite import PoliteWeb
from worker.settings import ServiceSettings, load_service_settings


@asynccontextmanager
async def open_services(given: ServiceSettings | None = None) -> AsyncIterator[Services]:
    """Create the services that the settings ask for, and close them when the block ends.

    Without `given`, the settings are read from the environment and `.env`. Raises `SetupError` for
    malformed settings, or a setting whose extra is missing.
    """
    settings = given or load_service_settings()
    mask_secrets(settings)
    async with AsyncExitStack() as stack:
        web = WebClient(
            limits=WebLimits(
                total_seconds=settings.fetch_timeout_seconds,
                max_bytes=settings.fetch_max_bytes,
            ),
            user_agent=settings.fetch_user_agent,
            allow=settings.fetch_allow,
        )
        stack.push_async_callback(web.aclose)
        github = GitHub(token=settings.github_token, api_url=settings.github_api_url)
        stack.push_async_callback(github.aclose)
        database = await _database(settings, stack)
        yield Services(
            web=web,
            scraper=_scraper(settings, stack),
            language_model=_language_model(settings, stack),
            site=PoliteWeb(
                web,
                spacing=settings.crawl_spacing_seconds,
                user_agent=settings.fetch_user_agent,
            ),
            github=github,
            search=_search(settings, stack),
            agent=_agent(settings, stack),
            companies=DatabaseCompanies(database) if database else None,
            recordings=DatabaseRecordings(database) if database else None,
            limits=_limits(settings),
            speech=_speech(settings, stack),
            storage=_storage(settings, stack),
        )


def _speaks_openai(settings: ServiceSettings) -> bool:
    return settings.openai_api_key is not None or settings.openai_base_url is not None


class _OpenAI(TypedDict):
    api_key: str
    base_url: str | None
    model: str
    style: Literal["auto", "responses", "chat"]
    timeout_seconds: float


def _openai(settings: ServiceSettings) -> _OpenAI:
    key = settings.openai_api_key
    return {
        # A local server often needs no key, but the client requires some text here.
        "api_key": key.get_secret_value() if key else "none",
        "base_url": settings.openai_base_url,
        "model": settings.openai_model,
        "style": settings.openai_api_style,
        "timeout_seconds": settings.openai_timeout_seconds,
    }


def _language_model(settings: ServiceSettings, stack: AsyncExitStack) -> LanguageModel | None:
    if not _speaks_openai(settings):
        return _claude(settings, stack)
    from worker.services.models.openai_model import OpenAILanguageModel

    model = OpenAILanguageModel(**_openai(settings))
    stack.push_async_callback(model.aclose)
    return model


def _claude(settings: ServiceSettings, stack: AsyncExitStack) -> LanguageModel | None:
    if settings.anthropic_api_key is None:
        return None
    try:
        from worker.services.models.anthropic import AnthropicLanguageModel
    except ModuleNotFoundError:
        raise SetupError(
            "ANTHROPIC_API_KEY is set and the package anthropic is not installed",
            cure="install the worker with its extra anthropic, or unset the key",
            code="malformed_settings",
        ) from None
    model = AnthropicLanguageModel(
        api_key=settings.anthropic_api_key.get_secret_value(),
        base_url=settings.anthropic_base_url,
        model=settings.anthropic_model,
        timeout_seconds=settings.anthropic_timeout_seconds,
    )
    stack.push_async_callback(model.aclose)
    return model


def _scraper(settings: ServiceSettings, stack: AsyncExitStack) -> Crawlbase | None:
    if settings.web_scraping_token is None and settings.web_scraping_plain_token is None:
        return None
    scraper = Crawlbase(
        javascript_token=settings.web_scraping_token,
        plain_token=settings.web_scraping_plain_token,
        base_url=settings.web_scraping_url,
        max_bytes=settings.fetch_max_bytes,
    )
    stack.push_async_callback(scraper.aclose)
    return scraper


def _search(settings: ServiceSettings, stack: AsyncExitStack) -> WebSearch | None:
    if settings.brave_search_api_key is not None:
        brave = BraveSearch(
            api_key=settings.brave_search_api_key, base_url=settings.brave_search_url
        )
        stack.push_async_callback(brave.aclose)
        return brave
    if settings.openai_api_key is None or settings.openai_base_url is not None:
        return None  # another server than OpenAI's may not offer OpenAI's search
    from worker.services.models.openai_search import OpenAISearch

    key = settings.openai_api_key.get_secret_value()
    search = OpenAISearch(api_key=key, model=settings.openai_model)
    stack.push_async_callback(search.aclose)
    return search


def _agent(settings: ServiceSettings, stack: AsyncExitStack) -> ToolAgent | None:
    if not _speaks_openai(settings):
        return None
    from worker.services.models.pydantic_agent import PydanticAgent

    agent = PydanticAgent(**_openai(settings))
    stack.push_async_callback(agent.aclose)
    return agent


async def _database(settings: ServiceSettings, stack: AsyncExitStack) -> Database | None:
    has_key = settings.supabase_url is not None and settings.supabase_secret_key is not None
    if settings.supabase_db_url is None and not has_key:
        return None
    return await stack.enter_async_context(open_database(settings))


def _limits(settings: ServiceSettings) -> ContentLimits:
    names = [field.name for field in fields(ContentLimits)]
    return ContentLimits(**{name: getattr(settings, name) for name in names})


def _speech(settings: ServiceSettings, stack: AsyncExitStack) -> SpeechToText | None:
    if settings.deepgram_api_key is None:
        if settings.local_speech_model is None:
            return None
        local = WhisperSpeech(settings.local_speech_model)
        stack.push_async_callback(local.aclose)
        return local
    from worker.services.speech.deepgram import DeepgramSpeech

    speech = DeepgramSpeech(
        api_key=settings.deepgram_api_key,
        base_url=settings.deepgram_base_url,
        model=settings.deepgram_model,
        timeout_seconds=settings.deepgram_timeout_seconds,
    )
    stack.push_async_callback(speech.aclose)
    return speech


def _storage(settings: ServiceSettings, stack: AsyncExitStack) -> SupabaseStorage | None:
    if settings.supabase_url is None or settings.supabase_secret_key is None:
        return None
    storage = SupabaseStorage(settings.supabase_url, settings.supabase_secret_key)
    stack.push_async_callback(storage.aclose)
    return storage
