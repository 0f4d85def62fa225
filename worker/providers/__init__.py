"""The outside services, one per file, handed to pipelines as one frozen dataclass.

A provider raises only the errors of `worker.base.errors`: a vendor's error is
translated where it is caught.
"""

from __future__ import annotations

from dataclasses import dataclass

from worker.base.content_limits import DEFAULT_LIMITS, ContentLimits
from worker.providers.company_cache import CompanyCache
from worker.providers.crawlbase import Crawlbase
from worker.providers.github import GitHub
from worker.providers.llm import LanguageModel
from worker.providers.recording_ledger import RecordingLedger
from worker.providers.robots import PoliteWeb
from worker.providers.search import WebSearch
from worker.providers.speech import SpeechToText
from worker.providers.storage import Storage
from worker.providers.tool_agent import ToolAgent
from worker.providers.web import WebClient

__all__ = ["Providers"]


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
    recordings: RecordingLedger | None = None
    limits: ContentLimits = DEFAULT_LIMITS
