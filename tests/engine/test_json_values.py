"""The quick JSON says what the standard library's would."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.engine.json_values import decoded, encoded, storable

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
