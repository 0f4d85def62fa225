"""A place or a time stays with its word, and a past is not told as the present."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.app.steps.companies.test_weigh import source
from tests.support.company_world import cited
from worker.companies.legal_forms import without_legal_form
from worker.companies.model_answer import Cited
from worker.companies.weigh import supported

CLAIMS: dict[str, list[list[str]]] = tomllib.loads(
    Path(__file__).with_name("attachments.toml").read_text(encoding="utf-8")
)


def is_taken(quote: str, text: str, name: str = "Orla Foods") -> bool:
    item = Cited.model_validate(cited(text, "s1", quote))
    return supported(item, {"s1": source(quote)}, [name]) is not None


def test_a_claim_that_moves_a_place_or_a_time_is_dropped() -> None:
    assert [claim for claim in CLAIMS["false"] if is_taken(*claim)] == []


def test_a_claim_that_leaves_them_with_their_words_is_taken() -> None:
    assert [claim for claim in CLAIMS["true"] if not is_taken(*claim)] == []


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("LL Regnskab ApS", "LL Regnskab"),
        ("Mont-Stav s.r.o.", "Mont-Stav"),
        ("ООО «Пост Нева»", "Пост Нева"),
        ("Kai & Neun GmbH & Co. KG", "Kai & Neun"),
        ("株式会社クエイ", "クエイ"),
        ("Deniz San. ve Tic. Ltd. Şti.", "Deniz"),
        ("Lund A/S", "Lund"),
        ("Tea Ltd", "Tea Ltd"),
        ("Casa de Me", "Casa de Me"),
        ("Santa Ana", "Santa Ana"),
    ],
)
def test_a_name_is_known_without_its_legal_form_too(name: str, bare: str) -> None:
    assert without_legal_form(name) == bare


def test_a_claim_may_leave_the_legal_form_out() -> None:
    claim = "LL Regnskab blev grundlagt i 2017."
    assert is_taken("Virksomheden blev grundlagt i 2017.", claim, name="LL Regnskab ApS")
