"""A row's owner reads plain sentences, and what only an operator understands is kept apart."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from liverows import Context
from liverows.base.errors import (
    InvalidInput,
    NotConfigured,
    Permanent,
    RateLimited,
    SetupError,
    Transient,
    WorkerError,
)
from liverows.base.sentences import SENTENCES, in_one
from liverows.running.owner_message import operator_detail, owner_message
from tests.support.databases import Database
from tests.support.doorbells import until
from tests.support.runners import Said, Thing, plain_things, working

OWN = {
    "too_hot": "It is hotter than {degrees} degrees. Let it cool.",
    "provider_not_configured.oven": "There is no oven here. Eat it cold.",
}


def said(error: WorkerError) -> Any:
    return owner_message(error, OWN)["message"]


def test_a_missing_setting_is_told_to_operators_only() -> None:
    error = NotConfigured("No press is configured: set PRESS_KEY.", setting="PRESS_KEY")
    assert said(error) == in_one(SENTENCES["provider_not_configured"])
    assert operator_detail(error, OWN) == "No press is configured: set PRESS_KEY."


def test_a_setting_that_the_message_leaves_out_is_added_for_operators() -> None:
    error = NotConfigured("No press is configured.", setting="PRESS_KEY")
    assert operator_detail(error, OWN) == "No press is configured.; PRESS_KEY is not set"


def test_the_sentence_of_the_pipeline_comes_before_that_of_the_library() -> None:
    error = NotConfigured("No oven.", setting="OVEN_URL", params={"kind": "oven"})
    assert owner_message(error, OWN) == {
        "code": "provider_not_configured",
        "message": "There is no oven here. Eat it cold.",
        "params": {"kind": "oven"},
    }


def test_values_stand_in_the_sentence_and_beside_it() -> None:
    error = InvalidInput("1,200 > 1,000", code="too_hot", params={"degrees": 1000})
    assert said(error) == "It is hotter than 1,000 degrees. Let it cool."
    assert owner_message(error, OWN)["params"] == {"degrees": 1000}
    assert operator_detail(error, OWN) == "1,200 > 1,000"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(2.5, "2.5"), (date(2026, 3, 1), "2026-03-01"), (None, "None"), (float("inf"), "inf")],
)
def test_a_value_of_any_type_can_stand_in_the_sentence_and_beside_it(
    value: Any, shown: str
) -> None:
    error = InvalidInput("It is too hot.", code="too_hot", params={"degrees": value})
    assert said(error) == f"It is hotter than {shown} degrees. Let it cool."
    assert isinstance(error.params["degrees"], str | int | float)
    json.dumps(owner_message(error, OWN), allow_nan=False)


def texts_of(error: WorkerError, own: Mapping[str, str] = OWN) -> list[str]:
    """Each text of the error that is stored: the message, the values, and the detail."""
    shown: Any = owner_message(error, own)
    detail = operator_detail(error, own)
    return [shown["message"], *shown.get("params", {}).values(), *filter(None, [detail])]


def anywhere(text: str) -> list[WorkerError]:
    """Errors with the text in the message, in a value, in a sentence, or in the detail."""
    return [
        Permanent(text),
        RateLimited(text, retry_after=1),
        Transient("It is busy.", params={"from": text}),
        InvalidInput("It is too hot.", code="too_hot", params={"degrees": text}),
        Transient("It is busy.", detail=text),
    ]


@pytest.mark.parametrize("place", range(len(anywhere(""))))
def test_a_secret_is_masked_before_anything_is_stored(place: int) -> None:
    error = anywhere("no answer from https://press.example/print?key=abcdefgh")[place]
    texts = " ".join(texts_of(error))
    assert "https://press.example/print?" in texts
    assert "abcdefgh" not in texts


@pytest.mark.parametrize("place", range(len(anywhere(""))))
def test_no_text_is_longer_than_a_line_of_the_log_can_be(place: int) -> None:
    assert max(map(len, texts_of(anywhere("x" * 1_000_000)[place]))) == 2_000


@pytest.mark.parametrize("place", range(len(anywhere(""))))
async def test_a_text_that_cannot_be_stored_does_not_change_what_becomes_of_the_row(
    database: Database, place: int
) -> None:
    error = anywhere("half a letter \ud800, and \0")[place]
    things = plain_things(database)
    key = things.add_one()

    async def fails(_context: Context[Any], _thing: Thing) -> Said:
        raise error

    async with working(things, fails):
        await until(lambda: (things.look(key)["error"] or {}).get("code") == error.code)
    kinds = {event["kind"] for event in things.events(key=key)}
    assert kinds & {"failed", "retry", "waiting"}
    assert all("exception" not in event["data"] for event in things.events(key=key))


def test_a_sentence_without_its_value_is_not_shown_with_a_hole() -> None:
    assert said(InvalidInput("It is too hot.", code="too_hot")) == "It is too hot."


@pytest.mark.parametrize(
    "error",
    [
        InvalidInput("The headline is empty.", detail="0 characters"),
        Transient("The press is out of paper.", detail="0 characters"),
        RateLimited("The press is busy.", detail="0 characters"),
        Permanent("It has no headline.", code="no_headline", detail="0 characters"),
    ],
)
def test_a_message_that_a_pipeline_wrote_for_the_owner_is_shown(error: WorkerError) -> None:
    assert said(error) == error.message
    assert operator_detail(error, {}) == "0 characters"


@pytest.mark.parametrize("code", ["malformed_settings", "unknown_pipeline", None])
def test_any_trouble_with_the_setup_is_one_sentence_and_one_code(code: str | None) -> None:
    error = SetupError("X_URL is no URL", cure="correct X_URL", code=code)
    assert owner_message(error, {}) == {"code": "setup", "message": in_one(SENTENCES["setup"])}
    assert operator_detail(error, {}) == "X_URL is no URL"


def test_no_error_of_the_tree_lacks_a_sentence() -> None:
    never_on_a_row = {"lease_lost", "cancelled"}
    kinds = [WorkerError]
    for kind in kinds:
        kinds.extend(kind.__subclasses__())
    library = [kind for kind in kinds if kind.__module__ == "liverows.base.errors"]
    assert len(library) > 10
    assert {kind.default_code for kind in library} - never_on_a_row <= SENTENCES.keys()


@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence_of_the_library_has_no_word_for_operators(code: str) -> None:
    said = in_one(SENTENCES[code])
    assert (
        re.search(r"[A-Z]{3,}_|\w(Error|Exception)\b|SQLSTATE|worker|\blease\b|\w_\w", said) is None
    )
    assert all(part[0].isupper() and part[-1] == "." for part in SENTENCES[code])


async def test_the_reason_of_a_wait_is_in_the_history_and_not_on_the_row(
    database: Database,
) -> None:
    async def asks(_context: Context[Any], _thing: Thing) -> Said:
        raise RateLimited(
            "The press is busy.", detail="HTTP 429", retry_after=600, provider="press"
        )

    things = plain_things(database)
    key = things.add_one()
    async with working(things, asks):
        await until(lambda: things.kinds(key) == ["waiting"])
    row = things.look(key)
    assert row["error"]["message"] == "The press is busy."
    (event,) = things.events("waiting", key)
    assert event["data"]["reason"] == "HTTP 429"
    assert things.run("select reason from processing.providers") == [{"reason": "HTTP 429"}]
