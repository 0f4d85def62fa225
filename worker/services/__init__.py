"""The outside services, which a recipe gets in one object, `Services`."""

from __future__ import annotations

from dataclasses import dataclass

from worker.services.company_cache import CompanyCache
from worker.services.content_limits import DEFAULT_LIMITS, ContentLimits
from worker.services.crawlbase import Crawlbase
from worker.services.github import GitHub
from worker.services.models.language_model import LanguageModel
from worker.services.models.tool_agent import ToolAgent
from worker.services.recording_ledger import RecordingLedger
from worker.services.search import WebSearch
from worker.services.speech.speech_to_text import SpeechToText
from worker.services.storage import Storage
from worker.services.web.client import WebClient
from worker.services.web.polite import PoliteWeb

__all__ = ["Services"]


@dataclass(frozen=True, slots=True)
class Services:
    """What a recipe gets as `context.services`. A service that is not set up is None."""

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
    recordings: RecordingLedger | None = None
    limits: ContentLimits = DEFAULT_LIMITS

    def available(self) -> dict[str, bool]:
        """Which services are set up, as the worker's heartbeats tell it."""
        return {
            "language_model": self.language_model is not None,
            "speech_to_text": self.speech is not None and self.storage is not None,
            "web_search": self.search is not None,
        }
