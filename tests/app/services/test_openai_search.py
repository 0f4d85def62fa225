"""OpenAI's own search: its sources are the results, and the model's text is ignored."""

from __future__ import annotations

import json
from typing import Any

import pytest

from liverows.base.errors import Permanent, RateLimited, Transient, WorkerError
from liverows.base.usage import collect_usage
from tests.support.fake_openai import Answer, FakeOpenAI, Request, fake_openai
from worker.services import prices
from worker.services.models.openai_search import MAX_SEARCHES, OpenAISearch
from worker.services.models.openai_wire import OPENAI_URL
from worker.services.search import MAX_RESULTS, Hit

CITED = {
    "type": "url_citation",
    "url": "https://acmepumps.com/",
    "title": "Acme Pumps",
    "start_index": 0,
    "end_index": 4,
}


def found(*sources: str, annotations: tuple[dict[str, Any], ...] = (CITED,)) -> Answer:
    """A complete answer with a search call, its sources, and a text that cites one of them."""
    request = Request("/v1/responses", {}, {"instructions": "", "input": []})
    body = json.loads(Answer(text="Acme makes rockets.").body_for(request))
    body["output"][-1]["content"][0]["annotations"] = list(annotations)
    body["output"][0] = {
        "type": "web_search_call",
        "id": "ws_1",
        "status": "completed",
        "action": {
            "type": "search",
            "query": "Acme Pumps",
            "sources": [{"type": "url", "url": url} for url in sources],
        },
    }
    return Answer(raw=json.dumps(body).encode())


async def search(fake: FakeOpenAI) -> list[Hit]:
    engine = OpenAISearch(api_key="k", model="m", base_url=fake.base_url)
    try:
        return await engine.search("Acme Pumps Leeds")
    finally:
        await engine.aclose()


async def test_searches_are_bounded_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[int] = []
    monkeypatch.setattr(prices, "cost_of", lambda *of: counted.append(of[4]))
    async with fake_openai(found("https://acmepumps.com/")) as fake:
        await search(fake)
        (request,) = fake.requests
    assert request.body["max_tool_calls"] == MAX_SEARCHES
    assert counted == [MAX_SEARCHES, 1]


def test_a_search_has_a_price_beside_that_of_the_tokens() -> None:
    without, once = (prices.cost_of("gpt-5-mini", 1000, 10, OPENAI_URL, n) for n in (0, 1))
    assert without is not None and once is not None
    assert once > 2 * without


async def test_cited_pages_come_first_then_the_other_sources_each_once() -> None:
    answer = found("https://acmepumps.com/", "https://leeds.example/pumps")
    async with fake_openai(answer) as fake:
        with collect_usage() as usage:
            hits = await search(fake)
        (request,) = fake.requests
    assert hits == [
        Hit(url="https://acmepumps.com/", title="Acme Pumps"),
        Hit(url="https://leeds.example/pumps", title=""),
    ]
    assert request.path == "/v1/responses"
    assert [tool["type"] for tool in request.body["tools"]] == ["web_search"]
    assert request.body["store"] is False
    assert [(each.input_tokens, each.output_tokens) for each in usage] == [(120, 30)]


async def test_what_is_no_address_is_no_hit_and_there_are_not_too_many() -> None:
    many = [f"https://a{number}.example/" for number in range(2 * MAX_RESULTS)]
    async with fake_openai(found("", "http://[broken", *many, annotations=())) as fake:
        hits = await search(fake)
    assert [hit.url for hit in hits] == many[:MAX_RESULTS]


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (Answer.error(429, "rate_limit_exceeded", retry_after="70"), RateLimited, None),
        (Answer.error(401, "invalid_api_key"), Permanent, "provider_auth"),
    ],
)
async def test_a_refusal_is_an_error_of_ours(
    answer: Answer, kind: type[WorkerError], code: str | None
) -> None:
    async with fake_openai(answer) as fake:
        with pytest.raises(kind) as caught:
            await search(fake)
    assert code is None or caught.value.code == code


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(raw=b"<html>", headers={"content-type": "text/html"}), Transient),
        (Answer(raw=b"{}"), Transient),
        (Answer(raw=b'{"error": {"code": "server_error"}, "output": []}'), Transient),
        (Answer(raw=b'{"error": {"code": "rate_limit_exceeded"}}'), RateLimited),
        (Answer.error(503, retry_after="5"), RateLimited),
    ],
)
async def test_what_is_no_answer_has_its_error(answer: Answer, kind: type[WorkerError]) -> None:
    async with fake_openai(answer) as fake:
        search = OpenAISearch(api_key="k", model="m", base_url=fake.base_url)
        with pytest.raises(WorkerError) as caught:
            await search.search("Acme")
        await search.aclose()
    assert type(caught.value) is kind


async def test_odd_items_cost_no_hits() -> None:
    body = json.loads(found("https://acmepumps.com/about").raw or b"")
    body["output"] += [None, {"content": [None, {"annotations": [None, 5]}], "action": "x"}]
    async with fake_openai(Answer(raw=json.dumps(body).encode())) as fake:
        search = OpenAISearch(api_key="k", model="m", base_url=fake.base_url)
        hits = await search.search("Acme")
        await search.aclose()
    assert [hit.url for hit in hits] == ["https://acmepumps.com/", "https://acmepumps.com/about"]
