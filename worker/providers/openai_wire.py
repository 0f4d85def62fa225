"""One question in OpenAI's two request shapes, and one reply out of either."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, TypeVar
from urllib.parse import urlsplit

from openai import AsyncOpenAI
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam
from openai.types.responses import Response, ResponseInputParam

from worker.providers.llm import Usage

AnswerT = TypeVar("AnswerT")

OPENAI_URL = "https://api.openai.com/v1"
Style: TypeAlias = Literal["auto", "responses", "chat"]


def is_openai(url: str) -> bool:
    """Whether an API's address is OpenAI's own and not that of a compatible server."""
    return urlsplit(url).hostname == "api.openai.com"


def wire_style(url: str, style: Style) -> Literal["responses", "chat"]:
    """What `auto` means: a compatible server's support of the newer API is uneven."""
    if style != "auto":
        return style
    return "responses" if is_openai(url) else "chat"


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation after the system message."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Ask:
    """A question whose answer must fit a strict JSON schema."""

    model: str
    system: str
    turns: tuple[Turn, ...]
    schema_name: str
    schema: dict[str, Any]
    max_output_tokens: int

    def then(self, answer: str, request: str) -> Ask:
        """The same question with the model's answer and a further request behind it."""
        return replace(self, turns=(*self.turns, Turn("assistant", answer), Turn("user", request)))


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, before anyone looked at the text."""

    text: str
    refused: bool
    truncated: bool
    usage: Usage


async def ask_responses(client: AsyncOpenAI, ask: Ask) -> Reply:
    """Ask through `/responses`. Nothing is stored at the vendor."""
    turns: ResponseInputParam = [{"role": turn.role, "content": turn.text} for turn in ask.turns]
    response = await client.responses.create(
        model=ask.model,
        instructions=ask.system,
        input=turns,
        text={
            "format": {
                "type": "json_schema",
                "name": ask.schema_name,
                "schema": ask.schema,
                "strict": True,
            }
        },
        max_output_tokens=ask.max_output_tokens,
        store=False,
    )
    return _from_response(_parsed(response), ask.model)


async def ask_chat(client: AsyncOpenAI, ask: Ask, *, is_openai: bool) -> Reply:
    """Ask through `/chat/completions`, the shape that other servers know best."""
    messages: list[ChatCompletionMessageParam] = [{"role": "system", "content": ask.system}]
    for turn in ask.turns:
        if turn.role == "user":
            messages.append({"role": "user", "content": turn.text})
        else:
            messages.append({"role": "assistant", "content": turn.text})
    # OpenAI's reasoning models refuse the old name; many other servers know only that one.
    limit = "max_completion_tokens" if is_openai else "max_tokens"
    completion = await client.chat.completions.create(
        model=ask.model,
        messages=messages,
        response_format={
            "type": "json_schema",
            "json_schema": {"name": ask.schema_name, "schema": ask.schema, "strict": True},
        },
        extra_body={limit: ask.max_output_tokens},
    )
    return _from_completion(_parsed(completion), ask.model)


def _parsed(answer: AnswerT) -> AnswerT:
    """The client hands out the bare text of a 200 that is not JSON."""
    if isinstance(answer, str):
        raise ValueError("the answer is not JSON")
    return answer


def _from_response(response: Response, model: str) -> Reply:
    reason = response.incomplete_details.reason if response.incomplete_details else None
    texts: list[str] = []
    refused = reason == "content_filter"
    for item in response.output or []:
        if item.type != "message" or item.phase == "commentary":
            continue
        for part in item.content:
            if part.type == "refusal":
                refused = True
            elif part.type == "output_text":
                texts.append(part.text)
    usage = response.usage
    return Reply(
        text="".join(texts),
        refused=refused,
        truncated=response.status == "incomplete" and not refused,
        usage=Usage(
            response.model or model,
            usage.input_tokens if usage else 0,
            usage.output_tokens if usage else 0,
        ),
    )


def _from_completion(completion: ChatCompletion, model: str) -> Reply:
    if not completion.choices:
        raise ValueError("no choices in the completion")
    choice = completion.choices[0]
    usage = completion.usage
    return Reply(
        text=choice.message.content or "",
        refused=bool(choice.message.refusal) or choice.finish_reason == "content_filter",
        truncated=choice.finish_reason == "length",
        usage=Usage(
            completion.model or model,
            usage.prompt_tokens if usage else 0,
            usage.completion_tokens if usage else 0,
        ),
    )
