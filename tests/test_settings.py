"""The settings: their template, their parsing, and one clear line for a mistake."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import AliasChoices, SecretStr

from worker.base.errors import SetupError
from worker.base.settings import Settings, load_settings

TEMPLATE = Path(__file__).parent.parent / ".env.template"
LINE = re.compile(r"#([A-Z][A-Z0-9_]*)=(.*)")


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in variables():
        monkeypatch.delenv(name, raising=False)


def variables() -> dict[str, object]:
    """Each variable that `Settings` reads, with the default of its field."""
    found: dict[str, object] = {}
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        names = alias.choices if isinstance(alias, AliasChoices) else [name.upper()]
        found.update(dict.fromkeys((str(each) for each in names), field.default))
    return found


def template() -> dict[str, str]:
    """Each variable of the template with the value it shows."""
    lines = TEMPLATE.read_text().splitlines()
    return {match[1]: match[2] for line in lines if (match := LINE.fullmatch(line))}


def test_the_template_has_every_setting_and_no_other() -> None:
    assert sorted(template()) == sorted(variables())


def test_the_template_shows_the_defaults() -> None:
    shown = {name: value for name, value in template().items() if value}
    defaults = {name: value for name, value in variables().items() if value not in {None, ()}}
    assert shown == {name: str(value) for name, value in defaults.items()}


def test_the_template_sets_nothing_by_itself() -> None:
    assert all(line.startswith("#") or not line for line in TEMPLATE.read_text().splitlines())
    assert load_settings(str(TEMPLATE)) == load_settings(None)


def test_an_uncommented_template_is_valid(tmp_path: Path) -> None:
    filled = tmp_path / ".env"
    filled.write_text("".join(f"{name}={value}\n" for name, value in template().items()))
    assert load_settings(str(filled)) == load_settings(None)


def test_lists_are_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FETCH_ALLOW", " 127.0.0.1:8000, localhost:9000 ,")
    monkeypatch.setenv("WORKER_PIPELINES", "enrich-job-position")
    settings = load_settings(None)
    assert settings.fetch_allow == ("127.0.0.1:8000", "localhost:9000")
    assert settings.worker_pipelines == ("enrich-job-position",)


def test_the_service_role_key_is_read_where_there_is_no_secret_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SUPABASE_SERVICE_ROLE_KEY", "older")
    assert load_settings(None).supabase_secret_key == SecretStr("older")
    monkeypatch.setenv("SUPABASE_SECRET_KEY", "newer")
    assert load_settings(None).supabase_secret_key == SecretStr("newer")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("WORKER_CONCURRENCY", "many"),
        ("WORKER_HEARTBEAT_SECONDS", "60"),
        ("WORKER_HEALTH_PORT", "70000"),
        ("OPENAI_API_STYLE", "telepathy"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_malformed_setting_is_named_in_one_line(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SetupError) as caught:
        load_settings(None)
    assert variable in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.code == "malformed_settings"
    assert ".env.template" in caught.value.cure


def test_every_malformed_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKER_CONCURRENCY", "0")
    monkeypatch.setenv("LOG_FORMAT", "xml")
    with pytest.raises(SetupError, match=r"WORKER_CONCURRENCY: .*; LOG_FORMAT: "):
        load_settings(None)


def test_a_secret_is_not_shown() -> None:
    shown = repr(Settings(_env_file=None, openai_api_key=SecretStr("sk-private")))
    assert "sk-private" not in shown
