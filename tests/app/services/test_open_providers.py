"""A provider exists exactly when its settings do."""

from __future__ import annotations

import pytest

from liverows.base.errors import SetupError
from tests.support.fake_openai import Answer, fake_openai
from worker.positions.model_answer import PostingFacts
from worker.services.opening import open_services
from worker.settings import ServiceSettings


def settings(**values: object) -> ServiceSettings:
    return ServiceSettings(_env_file=None, **values)  # type: ignore[arg-type]  # as the environment does


async def test_without_a_key_there_is_no_language_model() -> None:
    async with open_services(settings(openai_api_key=None, openai_base_url=None)) as providers:
        assert providers.language_model is None


async def test_a_server_of_ones_own_needs_no_key() -> None:
    async with (
        fake_openai(Answer.of({"facts": []})) as fake,
        open_services(settings(openai_base_url=fake.base_url)) as providers,
    ):
        assert providers.language_model is not None
        answer = await providers.language_model.structured(
            system="s", prompt="p", output=PostingFacts, max_output_tokens=10
        )
    assert answer.value.facts == []


async def test_a_malformed_setting_stops_the_start() -> None:
    with pytest.raises(SetupError):
        async with open_services(settings(fetch_allow="nonsense")):
            pass
