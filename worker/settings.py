"""The settings of the application. Each field has a line in `.env.template`.

The library's own settings are in `liverows.base.settings`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import AliasChoices, Field, SecretStr

from liverows import CommaSeparated, EnvSettings, read_settings


class ServiceSettings(EnvSettings):
    """Settings of the outside services, settings for reading pages, and limits for rows."""

    # The library reads these three too. The application needs them for Storage and its SQL
    # functions.
    supabase_url: str | None = None
    supabase_secret_key: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("SUPABASE_SECRET_KEY", "SUPABASE_SERVICE_ROLE_KEY"),
    )
    supabase_db_url: SecretStr | None = None

    openai_api_key: SecretStr | None = None
    openai_base_url: str | None = None
    openai_model: str = "gpt-5-mini"
    openai_api_style: Literal["auto", "responses", "chat"] = "auto"
    openai_timeout_seconds: float = Field(default=120, gt=0)
    deepgram_api_key: SecretStr | None = None
    deepgram_base_url: str | None = None
    deepgram_model: str = "nova-3"
    deepgram_timeout_seconds: float = Field(default=600, gt=0)
    local_speech_model: str | None = None
    anthropic_api_key: SecretStr | None = None
    anthropic_base_url: str | None = None
    anthropic_model: str = "claude-haiku-4-5"
    anthropic_timeout_seconds: float = Field(default=120, gt=0)
    github_token: SecretStr | None = None
    github_api_url: str = "https://api.github.com"
    brave_search_api_key: SecretStr | None = None
    brave_search_url: str = "https://api.search.brave.com"
    web_scraping_token: SecretStr | None = None
    web_scraping_plain_token: SecretStr | None = None
    web_scraping_url: str = "https://api.crawlbase.com"

    fetch_allow: CommaSeparated = ()
    fetch_timeout_seconds: float = Field(default=15, gt=0)
    fetch_max_bytes: int = Field(default=5_000_000, gt=0)
    fetch_user_agent: str | None = None
    crawl_spacing_seconds: float = Field(default=1, ge=0)

    interview_max_audio_seconds: float = Field(default=10800, gt=0)
    interview_max_audio_bytes: int = Field(default=52_428_800, gt=0)
    interview_max_transcript_characters: int = Field(default=300_000, gt=0, le=400_000)
    interview_max_questions: int = Field(default=80, ge=0)
    interview_max_transcriptions: int = Field(default=3, ge=1)
    research_max_pages: int = Field(default=8, ge=0)
    research_max_deep_pages: int = Field(default=20, ge=0)
    research_max_second_opinions: int = Field(default=0, ge=0, le=20)
    row_max_model_calls: int = Field(default=100, ge=0)


def load_service_settings(env_file: str | None = ".env") -> ServiceSettings:
    """Read the application's settings from the environment and, if given, from `env_file`.

    Raises one `SetupError` that names all malformed variables.
    """
    return read_settings(ServiceSettings, env_file)
