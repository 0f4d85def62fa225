"""The fast JSON functions give the same results as the standard library's."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liverows.base.json_values import decoded, encoded, fingerprint, storable

DEEP: list[Any] = []
for _ in range(400):
    DEEP = [DEEP]

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_written_reads_as_it_was(value: Any) -> None:
    assert json.loads(encoded(value)) == value
    assert decoded(json.dumps(value)) == value


@pytest.mark.parametrize(
    "value",
    [DEEP, "\ud800", [float("inf")], 10**5000 // 10**1000, {"a": "\ud83d\ude00"}],
    ids=["deep", "lone surrogate", "infinity", "large number", "surrogate pair"],
)
def test_what_the_quick_way_refuses_goes_the_standard_way(value: Any) -> None:
    assert json.loads(encoded(value)) == json.loads(json.dumps(value))
    assert decoded(json.dumps(value)) == json.loads(json.dumps(value))


@pytest.mark.parametrize(
    ("text", "stored"),
    [("plain", "plain"), ("né 😀", "né 😀"), ("a\x00b", "ab"), ("é\x00", "é"), ("\ud800", "?")],
)
def test_text_is_kept_but_for_what_jsonb_refuses(text: str, stored: str) -> None:
    assert storable(text) == stored


LONG = "é" * 70_000


STAND_IN = "\x00sha256:" + hashlib.sha256(LONG.encode()).hexdigest()
TEXTS = st.sampled_from(["", "a", LONG, STAND_IN]) | st.none()
SMALL = st.recursive(
    TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.just("a"), inner),
    max_leaves=3,
)


@given(SMALL, SMALL)
def test_values_have_the_same_fingerprint_only_if_they_are_equal(one: Any, other: Any) -> None:
    assert (fingerprint(one) == fingerprint(other)) == (one == other)


def test_a_text_and_what_stands_for_it_in_a_fingerprint_differ() -> None:
    assert fingerprint(LONG) != fingerprint(STAND_IN)
    assert fingerprint([LONG, STAND_IN]) != fingerprint([STAND_IN, LONG])
    assert fingerprint("\ud800" * 70_000) != fingerprint("?" * 70_000)
