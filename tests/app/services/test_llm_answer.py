"""A complete answer is found wherever a model puts it, and a draft is never used as the answer."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, RootModel

from worker.services.models.answer import read_answer, read_apart


class City(BaseModel):
    name: str
    people: int | None


class Cities(BaseModel):
    cities: list[City]


class Note(BaseModel):
    """Every field may be missing, so almost any object would fit."""

    title: str | None = None
    tags: list[str] = []


class Reason(BaseModel):
    """Its fields have the names that wrappers have."""

    answer: str
    result: int


class Node(BaseModel):
    name: str
    child: Node | None = None


LEEDS = City(name="Leeds", people=800_000)
GOOD = '{"name": "Leeds", "people": 800000}'
DRAFT = '{"name": "York", "people": 1}'
WRITTEN = json.dumps(GOOD)

OTHER_THINKING = [
    f"{opens}{DRAFT}{closes}\n{GOOD}"
    for opens, closes in (
        ("<cot>", "</cot>"),
        ("<scratch_pad>", "</scratch_pad>"),
        ("<chain_of_thought>", "</chain_of_thought>"),
        ("<internal_monologue>", "</internal_monologue>"),
        ("<|thinking|>", "<|/thinking|>"),
        ("<unused94>thought\n", "<unused95>"),
    )
]

COMPLETE = [
    *OTHER_THINKING,
    # A tag that usually contains thinking may contain the answer too.
    f"Here it is: <analysis>{GOOD}</analysis>",
    f"<cot>{GOOD}</cot>",
    GOOD,
    f"\ufeff{GOOD}",
    f"\u200b\n {GOOD}\n",
    GOOD.replace(" ", "\u00a0"),
    # Fences in any spelling.
    f"```json\n{GOOD}\n```",
    f"```JSON\r\n{GOOD}\r\n```",
    f"```json5\n{GOOD}\n```",
    f"```JSON5{GOOD}```",
    f"```{GOOD}```",
    f"~~~\n{GOOD}\n~~~",
    f"~~~json\n{GOOD}\n~~~\n",
    f"```json\n{GOOD}",
    f"{GOOD}\n```",
    f"````json\n{GOOD}\n````",
    f"Here is the JSON you asked for:\n```json\n{GOOD}\n```\nLet me know!",
    # A text that itself contains braces.
    f"The answer for {{city}} and \\frac{{1}}{{2}} [see 1]: {GOOD}, as {{asked}}.",
    f"I fill {{'name': str, 'people': int}} in.\n{GOOD}",
    f'I fill {{"name": str, "people": int}} in.\n{GOOD}',
    f'The schema {{"type": "object", "properties": {{"name": {{}}}}}} gives {GOOD}',
    f'{GOOD} It follows [1], [2] and {{"source": "a page"}}.',
    f"{GOOD}\n{GOOD}",
    f"<answer>{GOOD}</answer>",
    f"<|begin_of_box|>{GOOD}<|end_of_box|>",
    # Thinking, as several models write it.
    f'<think>\nThe text says {{"name": 1}}? No.\n</think>\n\n{GOOD}',
    f"<think>{DRAFT}</think>{GOOD}",
    f"<think>{DRAFT}</think><think>or [{DRAFT}</think>```json\n{GOOD}\n```",
    f"<thinking>{DRAFT}</thinking>{GOOD}",
    f"<THINK>{DRAFT}</THINK>{GOOD}",
    f'<reasoning effort="high">{DRAFT}</reasoning>{GOOD}',
    f"<seed:think>{DRAFT}</seed:think>{GOOD}",
    f"<thought>{DRAFT}</thought>{GOOD}",
    f"[THINK]{DRAFT}[/THINK]{GOOD}",
    f"◁think▷{DRAFT}◁/think▷{GOOD}",
    f"<|begin_of_thought|>{DRAFT}<|end_of_thought|>{GOOD}",
    f"<|channel|>analysis<|message|>{DRAFT}<|end|><|start|>assistant<|channel|>final<|message|>{GOOD}",
    f"<think>{DRAFT}</thinking>{GOOD}",
    f"<think>use <reasoning> or </reasoning>? {DRAFT}</think>{GOOD}",
    # The start of the thinking is missing, because it was a part of the prompt.
    f"{DRAFT}? No.\n</think>\n{GOOD}",
    f'so "{{" it is {DRAFT}\n</think>\n{GOOD}',
    f'a "{{" and "}}" in {DRAFT}\n</think>\n{GOOD}',
    f"analysisThe text says {DRAFT}? No.assistantfinal{GOOD}",
    f"Thinking...\nIs it {DRAFT}?\n...done thinking.\n\n{GOOD}",
    # From public bug reports: text before the thinking, an extra brace, the end of a call.
    f"Hm. <think>{DRAFT}</think>{GOOD}",
    f"{{\n\n{GOOD}\n\n  ",
    f'</think>\n{{"name": "answer", "arguments": {GOOD}}}\n</tool_call>',
    # The end of the thinking is missing, and the answer comes last.
    f"<think>not {DRAFT}, but\n{GOOD}",
    f"<think>not {DRAFT}, but\n```json\n{GOOD}\n```",
    f"<think>{GOOD}</think>",
    f"{GOOD}\n</think>",
    f"{GOOD}<think>Is that right?",
    # Encoded as JSON twice.
    WRITTEN,
    f"```\n{WRITTEN}\n```",
    json.dumps(WRITTEN),
    GOOD.replace('"', '\\"'),
    # Lists of one, wrappers, calls.
    f"[{GOOD}]",
    f"[[{GOOD}]]",
    f'{{"result": {GOOD}}}',
    f'{{"answer": {GOOD}, "confidence": 0.9, "sources": ["a"]}}',
    f'{{"status": "ok", "data": {{"City": {GOOD}}}}}',
    f'{{"result": {WRITTEN}}}',
    f'{{"type": "object", "properties": {GOOD}}}',
    f'{{"name": "City", "arguments": {GOOD}}}',
    f'{{"name": "City", "arguments": {WRITTEN}}}',
    f'{{"type": "function", "function": {{"name": "City", "parameters": {GOOD}}}}}',
    f'[{{"name": "City", "arguments": {GOOD}}}]',
    f'{{"action": "City", "action_input": {GOOD}}}',
    # JSON5 that can be read without guessing.
    '{"name": "Leeds", "people": 800000,}',
    '{\n  // the city\n  "name": "Leeds", /* in England */\n  "people": 800000\n}',
]

INCOMPLETE = [
    "",
    "I cannot say.",
    "null",
    "[]",
    "{}",
    '{"city": "Leeds"}',
    '{"name": 5, "people": 1}',
    f"<think>{GOOD}</think>I cannot say.",
    f"<think>maybe {GOOD}? No, wait.",
    f"maybe {GOOD}? No.</think>",
    f"{GOOD} or {DRAFT}",
    f"[{GOOD}, {DRAFT}]",
    f'{{"first": {GOOD}, "second": {DRAFT}}}',
    # A part of a broken answer is not an answer.
    f'{{"name": "Leeds", "near": {DRAFT}, people: 3}}',
    f'{{"name": "Leeds", "near": {DRAFT}',
    f'{{"near": {DRAFT}, "name": "Lee',
    '{"name": "Leeds", "people": 1' + "0" * 5_000 + "}",
    "[" * 100_000 + GOOD + "]" * 100_000,
]


@pytest.mark.parametrize("text", COMPLETE)
def test_a_complete_answer_is_found(text: str) -> None:
    assert read_answer(City, text=text).value == LEEDS


@pytest.mark.parametrize("text", INCOMPLETE)
def test_what_is_no_answer_is_not_taken_for_one(text: str) -> None:
    fit = read_answer(City, text=text)
    assert fit.value is None
    assert fit.problem


@pytest.mark.parametrize(
    "thought",
    [
        GOOD,
        f"The text says {DRAFT}? No: {GOOD}.",
        f"{DRAFT}\n</think>\n{GOOD}",
        f"```\n{GOOD}\n```",
    ],
)
def test_thinking_beside_an_empty_text_may_end_with_the_answer(thought: str) -> None:
    assert read_answer(City, text="\n", thought=thought).value == LEEDS


def test_thinking_beside_a_text_is_no_answer() -> None:
    assert read_answer(City, text="I cannot say.", thought=GOOD).value is None
    assert read_answer(City, text=GOOD, thought=DRAFT).value == LEEDS
    assert read_answer(City, thought=f"Is it {GOOD}? No, wait.").value is None


@pytest.mark.parametrize("call", [GOOD, json.loads(GOOD), WRITTEN, {"answer": json.loads(GOOD)}])
def test_the_arguments_of_a_call_are_an_answer(call: Any) -> None:
    assert read_answer(City, text="I call the tool.", calls=[call]).value == LEEDS


@pytest.mark.parametrize(
    ("form", "text", "value"),
    [
        (Cities, f"[{GOOD}, {GOOD}]", Cities(cities=[LEEDS, LEEDS])),
        (Cities, f'{{"data": [{GOOD}]}}', Cities(cities=[LEEDS])),
        (Cities, f'{{"cities": {json.dumps(f"[{GOOD}]")}}}', Cities(cities=[LEEDS])),
        (Cities, "[]", Cities(cities=[])),
        (Note, '{"result": {"title": "a"}}', Note(title="a")),
        (Note, '{"tags": ["<think>", "a\nb"]}', Note(tags=["<think>", "a\nb"])),
        (Note, "{}", Note()),
        (Note, "```json\n{}\n```", Note()),
        (Note, 'The set {} and {"title": "a"}, in short {"title": "a", "tags": ["b"]}.',
         Note(title="a", tags=["b"])),
        (Note, '{"note": "x"}', None),
        (Note, "The set {} is empty.", None),
        (Reason, '{"answer": {"answer": "yes", "result": 3}}', Reason(answer="yes", result=3)),
        (Reason, '{"result": {"answer": "yes", "result": 3}}', Reason(answer="yes", result=3)),
        # The whole answer has no name. Its child has the right form, but is not the answer.
        (Node, '{"child": {"name": "a"}}', None),
        (RootModel[list[int]], "It is [1, 2].", RootModel[list[int]]([1, 2])),
    ],
)  # fmt: skip
def test_the_form_decides_what_a_wrapper_is(
    form: type[BaseModel], text: str, value: BaseModel | None
) -> None:
    assert read_answer(form, text=text).value == value


class Measured(BaseModel):
    note: str
    value: float | None


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "null"])
def test_what_is_no_number_is_unknown(number: str) -> None:
    fit = read_answer(Measured, text=f'{{"note": "a", "value": {number}}}')
    assert fit.value == Measured(note="a", value=None)


def test_half_a_character_costs_no_answer() -> None:
    fit = read_answer(Measured, text='{"note": "a\\ud83d b", "value": 1}')
    assert fit.value == Measured(note="a? b", value=1)


def test_the_model_is_told_what_does_not_fit() -> None:
    told = read_answer(City, text=f'So: {{"name": 5}} <think>{DRAFT}').problem
    assert "name: Input should be a valid string" in told
    assert "people: Field required" in told


@pytest.mark.parametrize(
    ("text", "is_shapeless"),
    [("no json", True), ('{"city": "Leeds"}', True), ('{"name": "a"}', True),
     ('{"name": 5, "people": 1}', False)],
)  # fmt: skip
def test_an_answer_without_the_forms_fields_is_told_from_one_with_a_wrong_value(
    text: str, is_shapeless: bool
) -> None:
    assert read_answer(City, text=text).is_shapeless is is_shapeless


PIECES = ["{", "[", '{"a":', '{"', "<think>", "</think>", "<think></think>", "< ", "{ ", "{/*",
          "{} ", "```", "<|channel|>analysis", '{"a" x}', "[1 ", '{"name": 1}', "\\", '{"a": [',
          "<think ", "x:", "}", '"', "[[", "<a:", "//", "~~~json"]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_the_time_grows_with_the_length_and_not_faster(piece: str) -> None:
    def seconds(text: str) -> float:
        return min(_timed(lambda: read_answer(City, text=text, thought=text)) for _ in range(3))

    short, long = piece * (15_000 // len(piece)), piece * (150_000 // len(piece))
    assert seconds(long) < 40 * seconds(short) + 0.05


def _timed(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return time.thread_time() - began


MIXED = st.lists(st.sampled_from([*PIECES, GOOD, DRAFT, " so ", "\n", "]"]), max_size=12)


@given(MIXED, MIXED)
def test_no_text_is_a_crash_and_what_follows_the_thinking_is_found(
    thinking: list[str], around: list[str]
) -> None:
    read_answer(City, text="".join(around), thought="".join(thinking))
    closed = "".join(piece for piece in thinking if "think" not in piece)
    assert read_answer(City, text=f"<think>{closed}</think>\n{GOOD}").value == LEEDS


async def test_a_long_answer_leaves_the_event_loop_to_others() -> None:
    """Reading it takes seconds of processor time, which a child process spends."""
    text = "[[],[]," * (100_000 // 7) + GOOD
    spent = time.thread_time()
    fit = await read_apart(City, text=text)
    spent = time.thread_time() - spent
    assert fit == read_answer(City, text=text)
    assert spent < _timed(lambda: read_answer(City, text=text)) / 2
