"""In several languages, false claims with true quotes are dropped, and true ones and usual advice
are kept."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import pytest

from worker.companies.advice_check import adds_nothing
from worker.companies.generic_advice import suits
from worker.companies.model_answer import Cited
from worker.companies.profile import ReadSource
from worker.companies.weigh import supported

FILE = Path(__file__).with_name("claims_and_advice.toml")
COMPANIES: dict[str, dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))


def is_taken(company: dict[str, Any], claim: list[str]) -> bool:
    text, quote, *basis = claim
    source = ReadSource(
        id="s1",
        kind="website",
        url=f"https://{company['host']}/",
        title=company["name"],
        retrieved_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        sha256="0" * 64,
        status=200,
        text=company["text"],
    )
    item = Cited.model_validate(
        {"text": text, "source": "s1", "quote": quote, "basis": (basis or ["stated"])[0]}
    )
    names = [company["name"], company["host"].split(".")[0]]
    return supported(item, {"s1": source}, names) is not None


def is_kept(company: dict[str, Any], text: str) -> bool:
    known = f"{company['text']}\n{company['role']}"
    return adds_nothing(text, known, [company["name"]])


@pytest.mark.parametrize("company", COMPANIES.values(), ids=COMPANIES.keys())
def test_false_claims_are_dropped_and_true_ones_taken(company: dict[str, Any]) -> None:
    assert [claim for claim in company["false"] if is_taken(company, claim)] == []
    assert [claim for claim in company["true"] if not is_taken(company, claim)] == []


@pytest.mark.parametrize("company", COMPANIES.values(), ids=COMPANIES.keys())
def test_usual_advice_is_kept_and_advice_that_states_something_dropped(
    company: dict[str, Any],
) -> None:
    assert [text for text in company["advice"] if not is_kept(company, text)] == []
    assert [text for text in company["false_advice"] if is_kept(company, text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "Practise a live coding exercise in Python.",
        "Brush up on algorithms and data structures for the whiteboard round.",
        "Prepárate para una prueba de programación en Python.",
        "Wiederholen Sie Datenstrukturen für die Programmieraufgabe.",
    ],
)
def test_a_coding_exercise_is_advice_for_those_who_code(text: str) -> None:
    for role in ("Care Assistant", "Krankenpfleger", "Enfermera", "Truck Driver"):
        assert not suits(text, role, "")
    for coder in ("Backend Developer", "Data Scientist", "Embedded Software Engineer", None):
        assert suits(text, coder, "")
    assert suits("Read about the coding of diagnoses.", "Nurse", "You do the coding of diagnoses.")
