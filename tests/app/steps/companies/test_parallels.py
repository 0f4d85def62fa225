"""What a sentence tells of one thing is not taken for another one of which it also tells."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.app.steps.companies.test_deeds import is_taken
from worker.companies.clause_parts import parts_of
from worker.companies.clauses import is_denied
from worker.companies.reading import SELF, Reading, stem

CLAIMS: dict[str, list[list[str]]] = tomllib.loads(
    Path(__file__).with_name("parallels.toml").read_text(encoding="utf-8")
)


def test_a_claim_that_mixes_two_things_is_dropped() -> None:
    assert [claim for claim in CLAIMS["false"] if is_taken(*claim)] == []


def test_a_claim_that_keeps_them_apart_is_taken() -> None:
    assert [claim for claim in CLAIMS["true"] if not is_taken(*claim)] == []


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        ("With 20 years of experience, we plan roofs in the north, using drones for it.",
         ["With 20 years of experience", "we plan roofs in the north, using drones for it.",
          "With 20 years of experience, we", "we using drones for it."]),
        ("We build roofs in the hills, using drones for it.", ["We using drones for it."]),
        ("We worked in the hills, using drones for it.", []),
        ("Growers work in the hills, using drones for it.", []),
        ("With the snow of winter, growers plan roofs.", []),
    ],
)  # fmt: skip
def test_what_a_sentence_says_besides_is_a_part_of_it(sentence: str, parts: list[str]) -> None:
    assert parts_of(sentence, ["Acme"]) == parts


@pytest.mark.parametrize(
    ("one", "other"),
    [("supplies", "supplying"), ("supplied", "supply"), ("plans", "planning"), ("ships", "shipped"),
     ("sells", "selling"), ("makes", "making")],
)  # fmt: skip
def test_forms_of_a_verb_have_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("sentence", "denied"),
    [
        ("Pas sinds 2018 wordt de melk op het erf verwerkt.", False),
        ("Nous ne vendons pas en ligne.", True),
        ("Trä Team har fördubblat sin omsättning.", False),
        ("Vendemos pan sin gluten.", True),
        ("Limapack çevreye duyarlı ürünler geliştirmiyor.", True),
        ("Ürünlerimizi şehirde satmayız, üretim yapmaz.", True),
        ("Hizmetler sertifikasız kişilerce yürütülmektedir.", True),
        ("Şirket çevreye duyarlı ürünler geliştiriyor.", False),
        ("Yılmaz ailesi değirmeni işletiyor.", False),
        ("We answer immediately, in all media.", False),
        ("終戦間もない昭和21年に設立。", False),
    ],
)
def test_a_word_denies_only_in_its_language(sentence: str, *, denied: bool) -> None:
    assert is_denied(sentence) == denied


def test_the_legal_form_of_another_company_is_not_the_company() -> None:
    tokens = Reading("Konekallio Oy founded Puula Oy", ["Puula"]).tokens
    assert [token == SELF for token in tokens] == [False, False, False, True, True]
