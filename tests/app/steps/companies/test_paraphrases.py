"""A claim in other words than its quote is taken if the quote bears it out (19 languages)."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.app.steps.companies.test_deeds import is_taken
from worker.companies.canonical import canonical
from worker.companies.japanese import says_no_more
from worker.companies.phrases import Phrases
from worker.companies.reading import Reading
from worker.companies.relation_words import family_of

CLAIMS: dict[str, list[list[str]]] = tomllib.loads(
    Path(__file__).with_name("paraphrases.toml").read_text(encoding="utf-8")
)


def test_a_claim_that_the_quote_does_not_bear_out_is_dropped() -> None:
    assert [claim for claim in CLAIMS["false"] if is_taken(*claim)] == []


def test_a_claim_in_other_words_is_taken() -> None:
    assert [claim for claim in CLAIMS["true"] if not is_taken(*claim)] == []


@pytest.mark.parametrize(
    ("text", "canonical_text"),
    [
        ("mehr als 40 Anlagen im Jahr", "over 40 Anlagen annually"),
        ("im Jahr 2019 gegründet", "im Jahr 2019 gegründet"),
        ("15 000 čerpadel", "15000 čerpadel"),
        ("8.000 metros cuadrados", "8.000 m²"),
        ("Drewmetu", "\u00a7 Drewmet"),
    ],
)
def test_amounts_and_inflected_names_have_one_form(text: str, canonical_text: str) -> None:
    assert canonical(text, ["Drewmet"]) == canonical_text


@pytest.mark.parametrize(
    ("sentence", "family"),
    [
        ("We build boats for schools", "english"),
        ("Wij bouwen boten voor scholen", "dutch"),
        ("Budujemy łodzie dla szkół", "slavic"),
        ("Rakennamme veneitä kouluille", "other"),
        ("Construimos barcos para escuelas", "romance"),
    ],
)
def test_small_words_and_letters_tell_the_family_of_languages(sentence: str, family: str) -> None:
    assert family_of(sentence.split()) == family


def test_a_word_knows_the_preposition_before_it() -> None:
    reading = Reading("We build pumps for farms and mills in Ghent")
    parts = Phrases(reading, "english").parts
    leads = {part.word: "".join(part.lead) for part in parts if part.is_content}
    assert leads["pumps"] == ""
    assert leads["farms"] == leads["mills"] == "f"
    assert leads["ghent"] == "i"


def test_in_japanese_a_word_keeps_its_particle() -> None:
    quote = "当社は病院や研究所に計測機器を販売しています"
    assert says_no_more(quote, "北浜は計測機器を販売している。", ["北浜"])
    assert not says_no_more(quote, "北浜は病院を販売している。", ["北浜"])
    assert not says_no_more(quote, "北浜は計測機器を販売していません。", ["北浜"])
