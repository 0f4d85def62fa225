"""Every setting, read once from the environment and `.env`.

Each field has its line in `.env.template`; a test keeps the two equal.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from worker.base.errors import SetupError


class Settings(BaseSettings):
    """What a worker process is told from outside. Empty variables count as unset."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
    )

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
    github_token: SecretStr | None = None
    github_api_url: str = "https://api.github.com"
    brave_search_api_key: SecretStr | None = None
    brave_search_url: str = "https://api.search.brave.com"
    web_scraping_token: SecretStr | None = None
    web_scraping_plain_token: SecretStr | None = None
    web_scraping_url: str = "https://api.crawlbase.com"

    fetch_allow: Annotated[tuple[str, ...], NoDecode] = ()
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
    row_max_model_calls: int = Field(default=120, ge=0)

    worker_pipelines: Annotated[tuple[str, ...], NoDecode] = ()
    worker_pipeline_packages: Annotated[tuple[str, ...], NoDecode] = ()
    worker_concurrency: int = Field(default=10, ge=1, le=1000)
    worker_reserved_slots: int = Field(default=1, ge=0, le=1000)
    worker_heartbeat_seconds: float = Field(default=5, gt=0, le=10)
    worker_sweep_seconds: float = Field(default=30, gt=0)
    worker_grace_seconds: float = Field(default=20, ge=0)
    worker_health_host: str = "127.0.0.1"
    worker_health_port: int = Field(default=8080, ge=0, le=65535)

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "console", "json"] = "auto"

    @field_validator("fetch_allow", "worker_pipelines", "worker_pipeline_packages", mode="before")
    @classmethod
    def _split_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value


def load_settings(env_file: str | None = ".env") -> Settings:
    """Read the settings; `SetupError` names each malformed variable in one line."""
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(str(part) for part in item['loc']).upper()}: {item['msg']}"
            for item in error.errors(include_input=False, include_url=False)
        )
        raise SetupError(
            f"malformed settings: {wrong}",
            cure="correct these variables in the environment or in .env (see .env.template)",
            code="malformed_settings",
        ) from None
