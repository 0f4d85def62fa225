"""Settings fit their template and are parsed; a mistake is reported in one clear line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import AliasChoices, SecretStr

from liverows.base.errors import SetupError
from liverows.base.settings import OUTDATED_NAMES, Settings, load_settings, outdated_names
from worker.settings import ServiceSettings, load_service_settings

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / ".env.template"
LINE = re.compile(r"#([A-Z][A-Z0-9_]*)=(.*)")


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*variables(), *OUTDATED_NAMES.values()]:
        monkeypatch.delenv(name, raising=False)


def variables() -> dict[str, object]:
    """Each variable that is read, with the default of its field, but without outdated names."""
    found: dict[str, object] = {}
    fields = {**Settings.model_fields, **ServiceSettings.model_fields}
    for name, field in fields.items():
        alias = field.validation_alias
        names = alias.choices if isinstance(alias, AliasChoices) else [name.upper()]
        found.update(dict.fromkeys((str(each) for each in names), field.default))
    return {name: found[name] for name in found.keys() - set(OUTDATED_NAMES.values())}


def template() -> dict[str, str]:
    """Each variable of the template, with the value that the template shows."""
    lines = TEMPLATE.read_text().splitlines()
    return {match[1]: match[2] for line in lines if (match := LINE.fullmatch(line))}


def test_the_template_has_every_setting_and_no_other() -> None:
    assert sorted(template()) == sorted(variables())


def test_the_template_shows_the_defaults() -> None:
    shown = {name: value for name, value in template().items() if value}
    defaults = {name: value for name, value in variables().items() if value not in {None, ()}}
    assert shown == {name: str(value) for name, value in defaults.items()}


def test_the_template_and_the_page_name_the_variables_of_the_test_kit() -> None:
    kit = "".join(path.read_text() for path in (ROOT / "liverows" / "testing").rglob("*.py"))
    names = set(re.findall(r"\bTEST_[A-Z_]+\b", kit))
    assert "TEST_DATABASE_URL" in names
    for page in (TEMPLATE, ROOT / "docs" / "testing.md"):
        assert names - set(re.findall(r"\bTEST_[A-Z_]+\b", page.read_text())) == set(), page


def test_the_template_sets_nothing_by_itself() -> None:
    assert all(line.startswith("#") or not line for line in TEMPLATE.read_text().splitlines())
    assert load_settings(str(TEMPLATE)) == load_settings(None)
    assert load_service_settings(str(TEMPLATE)) == load_service_settings(None)


def test_an_uncommented_template_is_valid(tmp_path: Path) -> None:
    filled = tmp_path / ".env"
    filled.write_text("".join(f"{name}={value}\n" for name, value in template().items()))
    assert load_settings(str(filled)) == load_settings(None)
    assert load_service_settings(str(filled)) == load_service_settings(None)


def test_lists_are_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FETCH_ALLOW", " 127.0.0.1:8000, localhost:9000 ,")
    monkeypatch.setenv("WORKER_PIPELINES", "enrich-job-position")
    assert load_service_settings(None).fetch_allow == ("127.0.0.1:8000", "localhost:9000")
    assert load_settings(None).pipelines == ("enrich-job-position",)


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
        ("LIVEROWS_CONCURRENCY", "many"),
        ("LIVEROWS_HEARTBEAT_SECONDS", "60"),
        ("LIVEROWS_HEALTH_PORT", "70000"),
        ("OPENAI_API_STYLE", "telepathy"),
        ("LOG_LEVEL", "loud"),
        ("LIVEROWS_HISTORY_DAYS", "inf"),
        ("LIVEROWS_HISTORY_DAYS", "1e9"),
    ],
)
def test_a_malformed_setting_is_named_in_one_line(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SetupError) as caught:
        (load_settings(None), load_service_settings(None))
    assert variable in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.code == "malformed_settings"
    assert ".env.template" in caught.value.cure


def test_every_malformed_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVEROWS_CONCURRENCY", "0")
    monkeypatch.setenv("LOG_FORMAT", "xml")
    with pytest.raises(SetupError, match=r"LIVEROWS_CONCURRENCY: .*; LOG_FORMAT: "):
        load_settings(None)


def test_a_secret_is_not_shown() -> None:
    shown = repr(ServiceSettings(_env_file=None, openai_api_key=SecretStr("sk-private")))
    assert "sk-private" not in shown


def test_an_earlier_name_of_a_setting_is_read_and_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WORKER_CONCURRENCY", "3")
    filled = tmp_path / ".env"
    filled.write_text("WORKER_HEALTH_PORT=9\nLIVEROWS_GRACE_SECONDS=4\nWORKER_GRACE_SECONDS=5\n")
    settings = load_settings(str(filled))
    assert (settings.concurrency, settings.health_port, settings.grace_seconds) == (3, 9, 4)
    assert outdated_names(str(filled)) == {
        "WORKER_CONCURRENCY": "LIVEROWS_CONCURRENCY",
        "WORKER_GRACE_SECONDS": "LIVEROWS_GRACE_SECONDS",
        "WORKER_HEALTH_PORT": "LIVEROWS_HEALTH_PORT",
    }
