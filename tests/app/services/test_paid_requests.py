"""Each client of a paid service reserves before each of its requests, and makes none if refused."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, BinaryIO, TypeAlias

import httpx
import pytest
from pydantic import BaseModel, SecretStr

from liverows import BudgetExceeded, Payment, RateLimited, Usage, WorkerError
from liverows.base.paying import Bound, open_till
from liverows.base.usage import collect_usage
from liverows.testing.ports import free_port
from tests.support.fake_deepgram import Line, SpeechReply, fake_deepgram
from tests.support.fake_http import Reply, fake_http
from tests.support.fake_openai import MODEL, Answer, fake_openai
from worker.companies.find_site import find_site
from worker.services.crawlbase import Crawlbase
from worker.services.models.anthropic import AnthropicLanguageModel
from worker.services.models.openai_model import OpenAILanguageModel
from worker.services.models.openai_search import OpenAISearch
from worker.services.models.openai_wire import OPENAI_URL
from worker.services.models.pydantic_agent import PydanticAgent
from worker.services.models.tool_agent import AgentBudget
from worker.services.prices import cost_of
from worker.services.search import BraveSearch
from worker.services.speech.deepgram import DeepgramSpeech
from worker.services.speech.speech_to_text import Sound, SpeechHints
from worker.services.unsent import unbilled_if_unsent

SECONDS = 4.0
MOST_OUTPUT = 100


class Name(BaseModel):
    """What the model is asked for."""

    name: str


@dataclass
class Client:
    """A client whose `ask` makes two requests; `requests` has those that arrived."""

    ask: Callable[[], Awaitable[object]]
    requests: Sequence[object]


@dataclass
class Till:
    """Notes what is reserved, and how many requests had arrived then; refuses after `allowed`."""

    requests: Sequence[object]
    allowed: int = 9
    bounds: list[Bound] = field(default_factory=list)
    arrived: list[int] = field(default_factory=list)
    ended: dict[str, bool] = field(default_factory=dict)

    async def reserve(self, bound: Bound) -> str:
        if len(self.bounds) == self.allowed:
            raise BudgetExceeded("no", code="budget_reached", retry_after=60)
        self.bounds.append(bound)
        self.arrived.append(len(self.requests))
        return str(len(self.bounds))

    def settle(self, reservation: str, *, in_full: bool) -> None:
        self.ended[reservation] = in_full

    def request_ended(self) -> None:
        return None


Opened: TypeAlias = Callable[[], Any]
SAID = {"content": '{"name": "Leeds"}'}
WRONG, GOOD = Answer.of({"nick": "Leeds"}), Answer.of({"name": "Leeds"})


def structured(model: Any) -> Callable[[], Awaitable[object]]:
    return lambda: model.structured(
        system="Be brief.", prompt="Which city?", output=Name, max_output_tokens=MOST_OUTPUT
    )


@asynccontextmanager
async def openai_model(style: Any, *script: Answer) -> AsyncIterator[Client]:
    async with fake_openai(*(script or (WRONG, GOOD))) as fake:
        model = OpenAILanguageModel(api_key="k", base_url=fake.base_url, model=MODEL, style=style)
        yield Client(structured(model), fake.requests)
        await model.aclose()


def said_by_claude(usage: dict[str, int] | None = None, /, **answer: str) -> Reply:
    used = {"type": "tool_use", "id": "toolu_1", "name": "answer", "input": answer}
    return Reply(
        {
            "type": "message",
            "model": "claude-haiku-4-5",
            "content": [used],
            "stop_reason": "tool_use",
            "usage": usage or {"input_tokens": 120, "output_tokens": 30},
        }
    )


@asynccontextmanager
async def claude(usage: dict[str, int] | None = None) -> AsyncIterator[Client]:
    async with fake_http() as fake:
        fake.script(said_by_claude(usage, nick="Leeds"), said_by_claude(usage, name="Leeds"))
        model = AnthropicLanguageModel(api_key="k", base_url=fake.url, model="claude-haiku-4-5")
        yield Client(structured(model), fake.heard)
        await model.aclose()


@asynccontextmanager
async def agent(*script: Answer) -> AsyncIterator[Client]:
    async def look(word: str) -> str:
        """Look a word up."""
        return word

    asked = script or (Answer.call("look", word="Leeds"), Answer.call("final_result", name="Leeds"))
    async with fake_openai(*asked) as fake:
        model = PydanticAgent(api_key="k", base_url=fake.base_url, model=MODEL, style="chat")
        budget = AgentBudget(turns=4, answer_tokens=MOST_OUTPUT)
        yield Client(
            lambda: model.run(system="s", prompt="p", tools=[look], output=Name, budget=budget),
            fake.requests,
        )
        await model.aclose()


MODELS: dict[str, Opened] = {
    "responses": lambda: openai_model("responses"),
    "chat": lambda: openai_model("chat"),
    "claude": claude,
    "agent": agent,
}


@pytest.mark.parametrize("opened", MODELS.values(), ids=MODELS)
async def test_each_request_is_bounded_before_it_is_made_and_reports_its_own_use(
    opened: Opened,
) -> None:
    async with opened() as client:
        till = Till(client.requests)
        with open_till(till), collect_usage() as usage:
            await client.ask()
    assert till.arrived == [0, 1]
    assert [one.reservation for one in usage] == ["1", "2"]
    for bound, used in zip(till.bounds, usage, strict=True):
        assert (bound.input_tokens or 0) >= (used.input_tokens or 0) > 0
        assert (bound.output_tokens or 0) >= (used.output_tokens or 0) > 0
    assert till.ended == {}


def uncounted(body: dict[str, Any]) -> Answer:
    return Answer(raw=json.dumps({"model": MODEL, **body}).encode())


UNCOUNTED: dict[str, Opened] = {
    "no usage": lambda: openai_model("chat", uncounted({"choices": [{"message": SAID}]})),
    "nulls": lambda: openai_model(
        "chat", uncounted({"choices": [{"message": SAID}], "usage": {"prompt_tokens": None}})
    ),
    "below zero": lambda: claude(usage={"input_tokens": -120, "output_tokens": -30}),
}


@pytest.mark.parametrize("opened", UNCOUNTED.values(), ids=UNCOUNTED)
async def test_an_answer_that_counts_no_tokens_counts_with_its_bound(opened: Opened) -> None:
    async with opened() as client:
        till = Till(client.requests)
        with open_till(till), collect_usage() as usage:
            await client.ask()
    assert usage
    for bound, used in zip(till.bounds, usage, strict=True):
        assert (used.input_tokens, used.output_tokens) == (bound.input_tokens, bound.output_tokens)


async def test_a_count_below_zero_is_none_and_costs_no_answer() -> None:
    async with claude(usage={"input_tokens": -120, "output_tokens": 30}) as client:
        with open_till(Till(client.requests)), collect_usage() as usage:
            await client.ask()
    assert [(one.input_tokens, one.output_tokens) for one in usage] == [(0, 30)] * 2


@pytest.mark.parametrize("allowed", [0, 1])
@pytest.mark.parametrize("opened", MODELS.values(), ids=MODELS)
async def test_the_request_that_a_budget_refuses_is_not_made(opened: Opened, allowed: int) -> None:
    async with opened() as client:
        with open_till(Till(client.requests, allowed)), pytest.raises(BudgetExceeded) as caught:
            await client.ask()
        assert len(client.requests) == allowed
    assert caught.value.retry_after == 60


REFUSING: dict[str, Opened] = {
    "chat": lambda: openai_model("chat", Answer.error(500)),
    "agent": lambda: agent(Answer.error(500)),
}


@pytest.mark.parametrize("opened", REFUSING.values(), ids=REFUSING)
async def test_a_request_that_fails_with_a_status_is_not_billed(opened: Opened) -> None:
    async with opened() as client:
        till = Till(client.requests)
        with open_till(till), pytest.raises(WorkerError):
            await client.ask()
    assert till.ended == {"1": False}


def nowhere(name: str) -> Callable[[], Awaitable[object]]:
    """A question of this client to an address where nobody listens."""
    url, key = f"http://127.0.0.1:{free_port()}", SecretStr("k")
    questions: dict[str, Callable[[], Callable[[], Awaitable[object]]]] = {
        "deepgram": lambda: partial(
            DeepgramSpeech(api_key=key, base_url=url).transcribe,
            Sound(copy, SECONDS), SpeechHints(),
        ),
        "crawlbase": lambda: partial(
            Crawlbase(javascript_token=None, plain_token=key, base_url=url).page,
            "https://example.com/", javascript=False,
        ),
        "brave": lambda: partial(BraveSearch(api_key=key, base_url=url).search, "Acme"),
        "agent": lambda: partial(
            PydanticAgent(api_key="k", base_url=url, model=MODEL, style="chat").run,
            system="s", prompt="p", tools=[], output=Name,
            budget=AgentBudget(turns=4, answer_tokens=MOST_OUTPUT),
        ),
        "search": lambda: partial(
            OpenAISearch(api_key="k", model=MODEL, base_url=url).search, "Acme"
        ),
        "claude": lambda: structured(
            AnthropicLanguageModel(api_key="k", base_url=url, model=MODEL)
        ),
        "chat": lambda: structured(OpenAILanguageModel(api_key="k", base_url=url, model=MODEL)),
    }  # fmt: skip
    return questions[name]()


@pytest.mark.parametrize(
    "name", ["chat", "claude", "agent", "search", "brave", "deepgram", "crawlbase"]
)
async def test_a_service_that_cannot_be_reached_uses_no_budget(name: str) -> None:
    till = Till([])
    with open_till(till), pytest.raises(WorkerError):
        await nowhere(name)()
    assert till.ended == {"1": False}


def test_a_request_is_not_taken_for_unsent_because_one_before_it_was() -> None:
    first, second = Payment("a", None), Payment("b", None)
    try:
        with unbilled_if_unsent(first):
            raise httpx.ConnectError("nobody listens")
    except httpx.ConnectError:
        with pytest.raises(httpx.ReadTimeout), unbilled_if_unsent(second):
            raise httpx.ReadTimeout("no answer")  # noqa: B904 - a later request, not this one
    assert (first.in_full, second.in_full) == (False, True)


async def test_a_search_reserves_more_than_its_question_because_pages_are_added() -> None:
    async with fake_openai(Answer(text="x")) as fake:
        search = OpenAISearch(api_key="k", model=MODEL, base_url=fake.base_url)
        till = Till(fake.requests)
        with open_till(till):
            await search.search("Acme")
        await search.aclose()
    (bound,) = till.bounds
    assert (bound.input_tokens or 0) > 10_000


@pytest.mark.parametrize(("status", "ended"), [(200, {}), (429, {"1": False})])
async def test_a_web_search_is_a_paid_call_unless_it_is_refused(
    status: int, ended: dict[str, bool]
) -> None:
    async with fake_http() as fake:
        fake.script(Reply({}, status))
        search, till = BraveSearch(api_key=SecretStr("k"), base_url=fake.url), Till(fake.heard, 1)
        with open_till(till), collect_usage() as usage:
            with suppress(RateLimited):
                await search.search("Acme")
            # Who finds no site for another reason goes on without one.
            with pytest.raises(BudgetExceeded):
                await find_site(search, "Acme")
        await search.aclose()
        assert len(fake.heard) == 1
    assert till.ended == ended
    assert usage == ([] if ended else [Usage("brave-search", reservation="1")])


async def copy(file: BinaryIO) -> None:
    file.write(b"sound")


@pytest.mark.parametrize("allowed", [0, 1])
async def test_a_transcription_reserves_the_seconds_of_the_recording(allowed: int) -> None:
    async with fake_deepgram(SpeechReply.of([Line(0, "Why?", 0.5, 2.0)])) as fake:
        speech = DeepgramSpeech(api_key=SecretStr("k"), base_url=fake.base_url)
        till = Till(fake.requests, allowed)
        with open_till(till), collect_usage() as usage:
            if allowed:
                await speech.transcribe(Sound(copy, SECONDS), SpeechHints())
            else:
                with pytest.raises(BudgetExceeded):
                    await speech.transcribe(Sound(copy, SECONDS), SpeechHints())
        await speech.aclose()
        assert len(fake.requests) == allowed
    assert till.bounds == [Bound("nova-3", audio_seconds=SECONDS)] * allowed
    assert usage == [Usage("nova-3", audio_seconds=SECONDS, reservation="1")] * allowed


def test_tokens_have_the_price_of_the_service_that_is_asked() -> None:
    asked = cost_of("gpt-5-mini", 1_000_000, 0, OPENAI_URL)
    answered = cost_of("gpt-5-mini", 0, 1_000_000, OPENAI_URL)
    assert asked is not None
    assert answered is not None
    assert 0 < asked < answered
    assert cost_of("gpt-5-mini", 1_000_000, 0, "http://127.0.0.1:8080/v1") is None
