"""An answer of another shape is always a `ContractMismatch`, never another error."""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from liverows.base.errors import ContractMismatch
from liverows.base.types import Json, JsonObject
from liverows.database.client import Asked, ContractClient
from liverows.database.messages import BudgetReached, PaidCall, RunKey

KEY = RunKey("public.samples", "7", 1, "nonce")
RUN: JsonObject = {"table": "public.samples", "id": "7", "run": 1, "nonce": "nonce"}
REFUSED: JsonObject = {"sqlstate": "23514", "constraint": "c", "column": None, "outputs": ["title"]}
CHECKPOINT: JsonObject = {"step": "s", "version": "1", "input_hash": "h", "output": "[1]"}
ROW: JsonObject = {
    "id": "7",
    "run": 1,
    "nonce": "nonce",
    "attempt": 1,
    "edited": ["title"],
    "late_ms": 0.5,
    "inputs": {"url": "u", "data": '{"a": 1}'},
    "checkpoints": [CHECKPOINT],
}
BATCH: JsonObject = {
    "table": "public.samples",
    "pipeline": "p",
    "max_attempts": 5,
    "timeout_seconds": 600,
    "json_inputs": ["data"],
    "rows": [ROW],
}
CLAIM: JsonObject = {
    "batches": [BATCH],
    "next_due_seconds": 1.5,
    "closed": {"openai": 3},
    "slow": False,
    "others": False,
    "finished": [{**RUN, **REFUSED, "outcome": "refused"}],
    "set_aside": [{"pipeline": "p", "table": "public.samples", "id": "8", **REFUSED}],
}
ATTACHED: JsonObject = {
    "pipeline": "p",
    "table": "public.samples",
    "key": "id",
    "paused": False,
    "published": True,
}


class Told:
    """A transport that gives the same answer to every call."""

    kind = "told"

    def __init__(self, answer: Json) -> None:
        self.answer = answer

    async def call(self, function: str, arguments: JsonObject) -> Json:
        return self.answer

    async def close(self) -> None:
        """There is nothing to close."""


Ask = Callable[[ContractClient], Awaitable[Any]]


def claim(store: ContractClient) -> Awaitable[Any]:
    return store.claim(Asked(["p"]), 5, sweep=True, woken_by="sweep")


def finish_and_claim(store: ContractClient) -> Awaitable[Any]:
    return store.finish_and_claim([], Asked(["p"]), 5, sweep=True, woken_by="sweep")


def heartbeat(store: ContractClient) -> Awaitable[Any]:
    return store.heartbeat([], {}, claim_timeout_seconds=30)


BUDGET: dict[str, Any] = {
    "measure": "calls", "period": "day", "per": "owner", "limit": 5, "used": 5, "reserved": 0,
    "busy": False, "wait_seconds": 60.5, "fails": False,
}  # fmt: skip


def begin_call(store: ContractClient) -> Awaitable[Any]:
    return store.begin_call(KEY, "s", "1", "h")


def await_rows(store: ContractClient) -> Awaitable[Any]:
    return store.await_rows(KEY, "public.t", ["1"], wait="w", stage="s", timeout_seconds=None)


CALLS: dict[str, tuple[Ask, Json]] = {
    "claim": (claim, CLAIM),
    "finish_and_claim": (finish_and_claim, CLAIM),
    "list_pipelines": (lambda store: store.attached(), [ATTACHED]),
    "finish": (lambda store: store.finish([]), [{**RUN, "outcome": "done"}]),
    "heartbeat": (
        heartbeat,
        {
            "lost": [{**RUN, "reason": "lost"}],
            "others_hold": True,
            "closed": {"openai": 0.5},
            "troubles": [{"pipeline": "p"}],
        },
    ),
    "take_back": (lambda store: store.take_back(), {"taken_back": 1, "others_hold": False}),
    "await_rows": (
        await_rows,
        {
            "waits": False,
            "rows": [{"id": "1", "status": "failed", "error_code": "boom", "set_aside": False}],
        },
    ),
    "begin_call": (begin_call, {"key": "k", "maybe_paid": False, "reservation": "r"}),
    "begin_call, refused": (
        begin_call,
        {"refused": BUDGET},
    ),
    "shared_checkpoint": (lambda store: store.shared_checkpoint("p", "s", "1", "h"), CHECKPOINT),
}
OF_ANY_SHAPE = ("inputs",)
"""The values below these names come from users, so they may have any shape."""
MAY_BE_LEFT_OUT = frozenset(
    {
        "finished",
        "set_aside",
        "others",
        "slow",
        "json_inputs",
        "troubles",
        "sqlstate",
        "constraint",
        "column",
        "outputs",
        "reservation",
    }
)


def places(value: Json, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to each value inside, except to values that come from users."""
    yield path
    if path[-1:] == OF_ANY_SHAPE or path[-1:] == ("troubles",):
        return
    if isinstance(value, dict):
        for name, item in value.items():
            yield from places(item, (*path, name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from places(item, (*path, number))


def changed(answer: Json, path: tuple[Any, ...], put: Any) -> Json:
    """A copy of the answer with another value at the end of that path."""
    if not path:
        return put  # type: ignore[no-any-return]
    copied = copy.deepcopy(answer)
    inner: Any = copied
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = put
    return copied


def without(answer: Json, path: tuple[Any, ...]) -> Json:
    copied = copy.deepcopy(answer)
    inner: Any = copied
    for part in path[:-1]:
        inner = inner[part]
    del inner[path[-1]]
    return copied


async def is_mismatch(ask: Ask, answer: Json) -> bool:
    """Whether the answer raises `ContractMismatch`; any other error fails the test."""
    try:
        await ask(ContractClient(Told(answer), patience_seconds=0))
    except ContractMismatch as error:
        assert "another shape" in error.message
        assert "liverows migrate" in error.cure
        assert error.__cause__ is None
        return True
    return False


@pytest.mark.parametrize("name", CALLS)
async def test_an_answer_as_promised_is_read(name: str) -> None:
    ask, answer = CALLS[name]
    assert not await is_mismatch(ask, answer)


@pytest.mark.parametrize("name", CALLS)
async def test_more_fields_than_this_worker_knows_change_nothing(name: str) -> None:
    ask, answer = CALLS[name]
    more: Any = copy.deepcopy(answer)
    for item in more if isinstance(more, list) else [more]:
        item["of_a_later_release"] = {"any": ["thing"]}
    assert not await is_mismatch(ask, more)


@pytest.mark.parametrize("name", CALLS)
async def test_a_value_of_another_type_is_a_mismatch_wherever_it_stands(name: str) -> None:
    ask, answer = CALLS[name]
    for path in places(answer):
        if path[-3:-1] == ("checkpoints", 0):
            continue  # an output that Python cannot hold only makes its step run again
        assert await is_mismatch(ask, changed(answer, path, object())), path


@pytest.mark.parametrize("put", [None, "text", "", 7, 0.5, True, [], {}, [None], [7], {"a": 1}])
@pytest.mark.parametrize("name", CALLS)
async def test_no_json_value_ends_in_any_other_error(name: str, put: Json) -> None:
    ask, answer = CALLS[name]
    for path in places(answer):
        await is_mismatch(ask, changed(answer, path, put))


@pytest.mark.parametrize("name", CALLS)
async def test_a_field_that_is_missing_is_a_mismatch(name: str) -> None:
    ask, answer = CALLS[name]
    for path in places(answer):
        if path and isinstance(path[-1], str):
            optional = path[-1] in MAY_BE_LEFT_OUT or path[-2:-1] == ("closed",)
            assert await is_mismatch(ask, without(answer, path)) is not optional, path


async def test_a_mismatch_names_the_place_and_quotes_no_value() -> None:
    answer = changed(CLAIM, ("batches", 0, "max_attempts"), "a secret of the row")
    with pytest.raises(ContractMismatch) as caught:
        await claim(ContractClient(Told(answer), patience_seconds=0))
    assert "batches.0.max_attempts" in caught.value.message
    assert "secret" not in caught.value.message


async def test_a_checkpoint_that_python_cannot_hold_costs_its_step_alone() -> None:
    too_large = changed(CLAIM, ("batches", 0, "rows", 0, "checkpoints", 0, "output"), "1e999")
    claimed = await ContractClient(Told(too_large)).claim(
        Asked(["p"]), 5, sweep=True, woken_by="sweep"
    )
    [job] = claimed.jobs
    assert job.checkpoints == ()
    assert job.key == KEY


async def test_a_json_input_that_is_missing_is_a_mismatch() -> None:
    answer = changed(CLAIM, ("batches", 0, "rows", 0, "inputs"), {"url": "u"})
    assert await is_mismatch(claim, answer)


async def test_a_paid_call_is_named_or_refused() -> None:
    _, noted = CALLS["begin_call"]
    _, refused = CALLS["begin_call, refused"]
    assert await begin_call(ContractClient(Told(noted))) == PaidCall("k", False, "r")
    assert await begin_call(ContractClient(Told(refused))) == BudgetReached(**BUDGET)
