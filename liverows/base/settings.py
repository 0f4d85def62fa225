"""The library's settings, read from the environment and from `.env`; the environment wins.

Each field has a line in `.env.template`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal, TypeAlias, TypeVar

from dotenv import dotenv_values
from pydantic import AliasChoices, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from liverows.base.errors import SetupError

ENV_FILE = ".env"
PREFIX = "LIVEROWS_"
OUTDATED_NAMES = {
    "LIVEROWS_PIPELINES": "WORKER_PIPELINES",
    "LIVEROWS_PACKAGES": "WORKER_PIPELINE_PACKAGES",
    "LIVEROWS_CONCURRENCY": "WORKER_CONCURRENCY",
    "LIVEROWS_RESERVED_SLOTS": "WORKER_RESERVED_SLOTS",
    "LIVEROWS_HEARTBEAT_SECONDS": "WORKER_HEARTBEAT_SECONDS",
    "LIVEROWS_SWEEP_SECONDS": "WORKER_SWEEP_SECONDS",
    "LIVEROWS_GRACE_SECONDS": "WORKER_GRACE_SECONDS",
    "LIVEROWS_HEALTH_HOST": "WORKER_HEALTH_HOST",
    "LIVEROWS_HEALTH_PORT": "WORKER_HEALTH_PORT",
}
"""By the new name of a setting, its old name, which is still read."""

SettingsT = TypeVar("SettingsT", bound=BaseSettings)


class EnvSettings(BaseSettings):
    """Base class of settings that come from the environment and `.env`; see `read_settings`.

    An empty variable counts as unset. A variable that no field names is ignored.
    """

    model_config = SettingsConfigDict(
        env_file=ENV_FILE, env_ignore_empty=True, extra="ignore", frozen=True, populate_by_name=True
    )


def _split_commas(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


CommaSeparated: TypeAlias = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split_commas)]
"""The type of a setting that is written as `a, b` and read as the tuple `("a", "b")`."""

LifecycleEvents: TypeAlias = Annotated[
    tuple[Literal["claimed", "completed", "failed"], ...], NoDecode, BeforeValidator(_split_commas)
]


def _named(field: str) -> AliasChoices:
    """Return the two variables of a field: the new name first, then the old one."""
    name = PREFIX + field.upper()
    return AliasChoices(name, OUTDATED_NAMES[name])


class Settings(EnvSettings):
    """The library's settings, for a worker process and for the commands."""

    supabase_url: str | None = None
    supabase_secret_key: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("SUPABASE_SECRET_KEY", "SUPABASE_SERVICE_ROLE_KEY"),
    )
    supabase_db_url: SecretStr | None = None

    pipelines: CommaSeparated = Field((), validation_alias=_named("pipelines"))
    packages: CommaSeparated = Field((), validation_alias=_named("packages"))
    concurrency: int = Field(10, ge=1, le=1000, validation_alias=_named("concurrency"))
    reserved_slots: int = Field(1, ge=0, le=1000, validation_alias=_named("reserved_slots"))
    heartbeat_seconds: float = Field(5, gt=0, le=10, validation_alias=_named("heartbeat_seconds"))
    sweep_seconds: float = Field(30, gt=0, validation_alias=_named("sweep_seconds"))
    history_days: float = Field(
        30, ge=1, le=1_000_000, validation_alias=AliasChoices("LIVEROWS_HISTORY_DAYS")
    )
    usage_days: float = Field(
        90, ge=1, le=1_000_000, validation_alias=AliasChoices("LIVEROWS_USAGE_DAYS")
    )
    answer_days: float | None = Field(
        None, ge=1, le=1_000_000, validation_alias=AliasChoices("LIVEROWS_ANSWER_DAYS")
    )
    grace_seconds: float = Field(20, ge=0, validation_alias=_named("grace_seconds"))
    health_host: str = Field("127.0.0.1", validation_alias=_named("health_host"))
    health_port: int = Field(8080, ge=0, le=65535, validation_alias=_named("health_port"))

    webhook_url: str | None = Field(None, validation_alias=AliasChoices("LIVEROWS_WEBHOOK_URL"))
    webhook_secret: SecretStr | None = Field(
        None, validation_alias=AliasChoices("LIVEROWS_WEBHOOK_SECRET")
    )
    webhook_events: LifecycleEvents = Field(
        (), validation_alias=AliasChoices("LIVEROWS_WEBHOOK_EVENTS")
    )

    alert_url: str | None = Field(None, validation_alias=AliasChoices("LIVEROWS_ALERT_URL"))
    alert_secret: SecretStr | None = Field(
        None, validation_alias=AliasChoices("LIVEROWS_ALERT_SECRET")
    )
    alert_format: Literal["signed", "slack"] = Field(
        "signed", validation_alias=AliasChoices("LIVEROWS_ALERT_FORMAT")
    )
    prices: str | None = Field(None, validation_alias=AliasChoices("LIVEROWS_PRICES"))
    trace_hosts: CommaSeparated = Field((), validation_alias=AliasChoices("LIVEROWS_TRACE_HOSTS"))
    otel_exporter_otlp_endpoint: str | None = None
    otel_exporter_otlp_headers: SecretStr | None = None
    otel_service_name: str | None = None
    otel_traces_sampler: str | None = None
    otel_traces_sampler_arg: str | None = None
    console_host: str = Field("127.0.0.1", validation_alias=AliasChoices("LIVEROWS_CONSOLE_HOST"))
    console_port: int = Field(
        8081, ge=0, le=65535, validation_alias=AliasChoices("LIVEROWS_CONSOLE_PORT")
    )
    console_url: str | None = Field(None, validation_alias=AliasChoices("LIVEROWS_CONSOLE_URL"))
    console_password: SecretStr | None = Field(
        None, validation_alias=AliasChoices("LIVEROWS_CONSOLE_PASSWORD")
    )
    console_roles: CommaSeparated = Field(
        (), validation_alias=AliasChoices("LIVEROWS_CONSOLE_ROLES")
    )

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "console", "json"] = "auto"


def load_settings(env_file: str | None = ENV_FILE) -> Settings:
    """Read the library's settings; `SetupError` names every malformed variable."""
    return read_settings(Settings, env_file)


def read_settings(model: type[SettingsT], env_file: str | None = ENV_FILE) -> SettingsT:
    """Read the settings of this model.

    Raises `SetupError`, which names each malformed or missing variable by its new name.
    """
    try:
        return model(_env_file=env_file)
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


def outdated_names(env_file: str | None = ENV_FILE) -> dict[str, str]:
    """Return the old setting names that the environment or the file sets, with their new names."""
    values = dict(dotenv_values(env_file)) if env_file and Path(env_file).is_file() else {}
    known = {name.upper() for name, value in {**values, **os.environ}.items() if value}
    return {old: new for new, old in OUTDATED_NAMES.items() if old in known}
