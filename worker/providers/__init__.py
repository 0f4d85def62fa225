"""The outside services, one per file, handed to pipelines as one frozen dataclass.

A provider raises only the errors of `worker.base.errors`: a vendor's error is
translated where it is caught.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from worker.base.errors import SetupError
from worker.base.settings import Settings
from worker.providers.company_cache import CompanyCache, DataApiCompanies, PostgresCompanies
from worker.providers.crawlbase import Crawlbase
from worker.providers.deepgram_speech import DeepgramSpeech
from worker.providers.github import GitHub
from worker.providers.llm import LanguageModel
from worker.providers.openai_model import OpenAILanguageModel
from worker.providers.openai_search import OpenAISearch
from worker.providers.robots import PoliteWeb
from worker.providers.search import BraveSearch, WebSearch
from worker.providers.speech import SpeechToText
from worker.providers.storage import Storage, SupabaseStorage
from worker.providers.tool_agent import ToolAgent
from worker.providers.web import WebClient, WebLimits
from worker.providers.whisper_speech import WhisperSpeech

if TYPE_CHECKING:
    from worker.providers.anthropic_model import AnthropicLanguageModel

__all__ = ["Providers", "open_providers"]


@dataclass(frozen=True, slots=True)
class Providers:
    """What a pipeline may call. None means: no settings for it, not configured."""

    web: WebClient
    scraper: Crawlbase | None = None
    language_model: LanguageModel | None = None
    speech: SpeechToText | None = None
    storage: Storage | None = None
    site: PoliteWeb | None = None
    github: GitHub | None = None
    search: WebSearch | None = None
    agent: ToolAgent | None = None
    companies: CompanyCache | None = None


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
        language_model = _language_model(settings)
        if language_model is not None:
            stack.push_async_callback(language_model.aclose)
        github = GitHub(token=settings.github_token, api_url=settings.github_api_url)
        stack.push_async_callback(github.aclose)
        yield Providers(
            web=web,
            scraper=_scraper(settings, stack),
            language_model=language_model,
            site=PoliteWeb(
                web,
                spacing=settings.crawl_spacing_seconds,
                user_agent=settings.fetch_user_agent,
            ),
            github=github,
            search=_search(settings, stack),
            agent=_agent(settings, stack),
            companies=_companies(settings, stack),
            speech=_speech(settings, stack),
            storage=_storage(settings, stack),
        )


def _language_model(
    settings: Settings,
) -> OpenAILanguageModel | AnthropicLanguageModel | None:
    if settings.openai_api_key is None and settings.openai_base_url is None:
        return _claude(settings)
    # Servers on one's own machine (Ollama, vLLM) often want no key, but the client wants one.
    key = settings.openai_api_key
    return OpenAILanguageModel(
        api_key=key.get_secret_value() if key else "none",
        base_url=settings.openai_base_url,
        model=settings.openai_model,
        style=settings.openai_api_style,
        timeout_seconds=settings.openai_timeout_seconds,
    )


def _claude(settings: Settings) -> AnthropicLanguageModel | None:
    if settings.anthropic_api_key is None:
        return None
    try:
        # Here, because it is an extra.
        from worker.providers.anthropic_model import AnthropicLanguageModel
    except ModuleNotFoundError:
        raise SetupError(
            "ANTHROPIC_API_KEY is set and the package anthropic is not installed",
            cure="install the worker with its extra anthropic, or unset the key",
            code="malformed_settings",
        ) from None
    return AnthropicLanguageModel(
        api_key=settings.anthropic_api_key.get_secret_value(),
        base_url=settings.anthropic_base_url,
        model=settings.anthropic_model,
        timeout_seconds=settings.openai_timeout_seconds,
    )


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
    search: BraveSearch | OpenAISearch
    if settings.brave_search_api_key is not None:
        search = BraveSearch(
            api_key=settings.brave_search_api_key, base_url=settings.brave_search_url
        )
    elif settings.openai_api_key is not None and settings.openai_base_url is None:
        # Only OpenAI itself searches; servers that are compatible with it do not.
        search = OpenAISearch(
            api_key=settings.openai_api_key.get_secret_value(),
            base_url=None,
            model=settings.openai_model,
        )
    else:
        return None
    stack.push_async_callback(search.aclose)
    return search


def _agent(settings: Settings, stack: AsyncExitStack) -> ToolAgent | None:
    if settings.openai_api_key is None and settings.openai_base_url is None:
        return None
    # Here, because it takes a second and 25 MB that a worker without a model need not spend.
    from worker.providers.pydantic_agent import PydanticAgent

    key = settings.openai_api_key
    agent = PydanticAgent(
        api_key=key.get_secret_value() if key else "none",
        base_url=settings.openai_base_url,
        model=settings.openai_model,
        style=settings.openai_api_style,
        timeout_seconds=settings.openai_timeout_seconds,
    )
    stack.push_async_callback(agent.aclose)
    return agent


def _companies(settings: Settings, stack: AsyncExitStack) -> CompanyCache | None:
    if settings.supabase_db_url is not None:
        return PostgresCompanies(settings.supabase_db_url)
    if settings.supabase_url is None or settings.supabase_secret_key is None:
        return None
    companies = DataApiCompanies(settings.supabase_url, settings.supabase_secret_key)
    stack.push_async_callback(companies.aclose)
    return companies


def _speech(settings: Settings, stack: AsyncExitStack) -> SpeechToText | None:
    if settings.deepgram_api_key is None:
        model = settings.local_speech_model
        return WhisperSpeech(model) if model is not None else None
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
