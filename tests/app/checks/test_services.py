"""`worker doctor` says whether the services behind the settings answer."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TypeAlias

import pytest

from liverows import Finding
from tests.support.fake_openai import Answer, Request, Script, fake_openai
from worker.checks import check_services
from worker.services.models.openai_forms import FORMS
from worker.settings import ServiceSettings

Setting: TypeAlias = Callable[..., Awaitable[dict[str, Finding]]]


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Setting:
    """The findings by check, with only these settings."""
    for name in ServiceSettings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)

    async def examined(**variables: str) -> dict[str, Finding]:
        for name, value in variables.items():
            monkeypatch.setenv(name.upper(), value)
        return {finding.check: finding for finding in await check_services()}

    return examined


class ModelList(BaseHTTPRequestHandler):
    """A server that returns OpenAI's list of models, but only for one key."""

    def do_GET(self) -> None:
        known = self.headers["Authorization"] == "Bearer sk-known"
        self.send_response(200 if known and self.path == "/v1/models" else 401)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def openai_url() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), ModelList)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()
    thread.join()


async def test_without_a_key_the_model_is_skipped(there: Setting) -> None:
    found = await there()
    assert {finding.state for finding in found.values()} == {"ok", "skipped"}
    assert "OPENAI_API_KEY no" in found["settings: services"].detail
    assert found["provider: OpenAI"].state == "skipped"


async def test_another_models_key_is_said_to_be_used(there: Setting) -> None:
    found = await there(anthropic_api_key="sk", anthropic_base_url="http://127.0.0.1:9")
    assert "ANTHROPIC_API_KEY is used" in found["provider: OpenAI"].detail


async def test_every_services_key_is_named(there: Setting) -> None:
    found = await there(brave_search_api_key="b", web_scraping_plain_token="w")
    keys = found["settings: services"].detail
    assert "BRAVE_SEARCH_API_KEY yes" in keys
    assert "WEB_SCRAPING_PLAIN_TOKEN yes" in keys


async def test_an_open_fetch_guard_is_a_warning(there: Setting) -> None:
    found = await there(fetch_allow="127.0.0.1:8000")
    assert found["settings: FETCH_ALLOW"].state == "warning"


@pytest.mark.parametrize(("key", "state"), [("sk-known", "ok"), ("sk-unknown", "problem")])
async def test_a_provider_is_asked_with_its_key(
    there: Setting, openai_url: str, key: str, state: str
) -> None:
    found = await there(openai_base_url=openai_url, openai_api_key=key)
    assert found["provider: OpenAI"].state == state


async def test_a_provider_that_does_not_answer_is_a_warning(there: Setting) -> None:
    found = await there(openai_base_url="http://127.0.0.1:9/v1")
    assert found["provider: OpenAI"].state == "warning"


def only_json_object(request: Request) -> Answer:
    kind = request.body.get("response_format", {}).get("type")
    return Answer.of({"works": True}) if kind == "json_object" else Answer.error(400, "bad_request")


@pytest.mark.parametrize(
    ("script", "state", "detail"),
    [
        (Answer.of({"works": True}), "ok", "in the form json_schema"),
        (only_json_object, "ok", "in the form json_object+schema, the schema in the question"),
        (Answer(text="Yes, I do."), "warning", "llm_invalid_output"),
        (Answer.error(503), "warning", "provider_error"),
    ],
)
async def test_the_model_is_asked_for_one_small_answer(
    there: Setting, script: Script, state: str, detail: str
) -> None:
    FORMS.forget()
    async with fake_openai(script) as fake:
        found = await there(openai_base_url=fake.base_url, openai_model="m")
    assert found["language model"].state == state
    assert detail in found["language model"].detail
    assert (found["language model"].cure is None) == (state == "ok")
