"""The outside services, one per file, handed to pipelines as one frozen dataclass.

A provider raises only the errors of `worker.base.errors`: a vendor's error is
translated where it is caught.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from worker.base.settings import Settings
from worker.providers.llm import LanguageModel
from worker.providers.openai_model import OpenAILanguageModel
from worker.providers.web import WebClient, WebLimits

__all__ = ["Providers", "open_providers"]


@dataclass(frozen=True, slots=True)
class Providers:
    """What a pipeline may call. None means: no settings for it, not configured."""

    web: WebClient
    language_model: LanguageModel | None = None


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
        yield Providers(web=web, language_model=language_model)


def _language_model(settings: Settings) -> OpenAILanguageModel | None:
    if settings.openai_api_key is None and settings.openai_base_url is None:
        return None
    # Servers on one's own machine (Ollama, vLLM) often want no key, but the client wants one.
    key = settings.openai_api_key
    return OpenAILanguageModel(
        api_key=key.get_secret_value() if key else "none",
        base_url=settings.openai_base_url,
        model=settings.openai_model,
        style=settings.openai_api_style,
        timeout_seconds=settings.openai_timeout_seconds,
    )
