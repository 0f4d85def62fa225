"""Every provider that has settings, built at start and closed at the end.

Clients of vendors are imported where they are built: each takes tens of megabytes and a
good part of a second, which a worker without that vendor's key need not spend.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import fields
from typing import Literal, TypedDict

from worker.base.content_limits import ContentLimits
from worker.base.errors import SetupError
from worker.base.settings import Settings
from worker.providers import Providers
from worker.providers.company_cache import DatabaseCompanies
from worker.providers.crawlbase import Crawlbase
from worker.providers.database_calls import DataApiCalls, DatabaseCalls, PostgresCalls
from worker.providers.github import GitHub
from worker.providers.llm import LanguageModel
from worker.providers.recording_ledger import DatabaseRecordings
from worker.providers.robots import PoliteWeb
from worker.providers.search import BraveSearch, WebSearch
from worker.providers.speech import SpeechToText
from worker.providers.storage import SupabaseStorage
from worker.providers.tool_agent import ToolAgent
from worker.providers.web import WebClient, WebLimits
from worker.providers.whisper_speech import WhisperSpeech


@asynccontextmanager
async def open_providers(settings: Settings) -> AsyncIterator[Providers]:
    """Build every provider that has settings and close them all at the end.

    Nothing is contacted yet. Raises `SetupError` for malformed settings.
    """
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
        calls = _calls(settings, stack)
        yield Providers(
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
            companies=DatabaseCompanies(calls) if calls else None,
            recordings=DatabaseRecordings(calls) if calls else None,
            limits=_limits(settings),
            speech=_speech(settings, stack),
            storage=_storage(settings, stack),
        )


def _speaks_openai(settings: Settings) -> bool:
    return settings.openai_api_key is not None or settings.openai_base_url is not None


class _OpenAI(TypedDict):
    api_key: str
    base_url: str | None
    model: str
    style: Literal["auto", "responses", "chat"]
    timeout_seconds: float


def _openai(settings: Settings) -> _OpenAI:
    key = settings.openai_api_key
    return {
        # Servers on one's own machine (Ollama, vLLM) often want no key, but the client wants one.
        "api_key": key.get_secret_value() if key else "none",
        "base_url": settings.openai_base_url,
        "model": settings.openai_model,
        "style": settings.openai_api_style,
        "timeout_seconds": settings.openai_timeout_seconds,
    }


def _language_model(settings: Settings, stack: AsyncExitStack) -> LanguageModel | None:
    if not _speaks_openai(settings):
        return _claude(settings, stack)
    from worker.providers.openai_model import OpenAILanguageModel

    model = OpenAILanguageModel(**_openai(settings))
    stack.push_async_callback(model.aclose)
    return model


def _claude(settings: Settings, stack: AsyncExitStack) -> LanguageModel | None:
    if settings.anthropic_api_key is None:
        return None
    try:
        from worker.providers.anthropic_model import AnthropicLanguageModel
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
        timeout_seconds=settings.openai_timeout_seconds,
    )
    stack.push_async_callback(model.aclose)
    return model


def _scraper(settings: Settings, stack: AsyncExitStack) -> Crawlbase | None:
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


def _search(settings: Settings, stack: AsyncExitStack) -> WebSearch | None:
    if settings.brave_search_api_key is not None:
        brave = BraveSearch(
            api_key=settings.brave_search_api_key, base_url=settings.brave_search_url
        )
        stack.push_async_callback(brave.aclose)
        return brave
    if settings.openai_api_key is None or settings.openai_base_url is not None:
        return None  # only OpenAI itself searches; servers that are compatible with it do not
    from worker.providers.openai_search import OpenAISearch

    key = settings.openai_api_key.get_secret_value()
    search = OpenAISearch(api_key=key, model=settings.openai_model)
    stack.push_async_callback(search.aclose)
    return search


def _agent(settings: Settings, stack: AsyncExitStack) -> ToolAgent | None:
    if not _speaks_openai(settings):
        return None
    from worker.providers.pydantic_agent import PydanticAgent

    agent = PydanticAgent(**_openai(settings))
    stack.push_async_callback(agent.aclose)
    return agent


def _calls(settings: Settings, stack: AsyncExitStack) -> DatabaseCalls | None:
    if settings.supabase_db_url is not None:
        return PostgresCalls(settings.supabase_db_url)
    if settings.supabase_url is None or settings.supabase_secret_key is None:
        return None
    calls = DataApiCalls(settings.supabase_url, settings.supabase_secret_key)
    stack.push_async_callback(calls.aclose)
    return calls


def _limits(settings: Settings) -> ContentLimits:
    names = [field.name for field in fields(ContentLimits)]
    return ContentLimits(**{name: getattr(settings, name) for name in names})


def _speech(settings: Settings, stack: AsyncExitStack) -> SpeechToText | None:
    if settings.deepgram_api_key is None:
        if settings.local_speech_model is None:
            return None
        local = WhisperSpeech(settings.local_speech_model)
        stack.push_async_callback(local.aclose)
        return local
    from worker.providers.deepgram_speech import DeepgramSpeech

    speech = DeepgramSpeech(
        api_key=settings.deepgram_api_key,
        base_url=settings.deepgram_base_url,
        model=settings.deepgram_model,
        timeout_seconds=settings.deepgram_timeout_seconds,
    )
    stack.push_async_callback(speech.aclose)
    return speech


def _storage(settings: Settings, stack: AsyncExitStack) -> SupabaseStorage | None:
    if settings.supabase_url is None or settings.supabase_secret_key is None:
        return None
    storage = SupabaseStorage(settings.supabase_url, settings.supabase_secret_key)
    stack.push_async_callback(storage.aclose)
    return storage
