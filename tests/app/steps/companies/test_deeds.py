"""What others do, did or may do is not taken for what a company does, in fifteen languages."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

import pytest

from worker.companies.entailment import entails
from worker.companies.model_answer import Cited
from worker.companies.profile import ReadSource
from worker.companies.reading import Reading
from worker.companies.subjects import is_subject
from worker.companies.weigh import supported

CLAIMS: dict[str, list[list[str]]] = tomllib.loads(
    Path(__file__).with_name("deeds.toml").read_text(encoding="utf-8")
)


def is_taken(name: str, sentence: str, claim: str) -> bool:
    source = ReadSource(
        id="s1",
        kind="website",
        url="https://site.example/",
        title=name,
        retrieved_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        sha256="0" * 64,
        status=200,
        text=f"Something else. {sentence}",
    )
    item = Cited.model_validate(
        {"text": claim, "source": "s1", "quote": sentence.rstrip("."), "basis": "stated"}
    )
    return supported(item, {"s1": source}, [name]) is not None


def test_a_claim_about_somebody_elses_deed_another_time_or_all_is_dropped() -> None:
    assert [claim for claim in CLAIMS["false"] if is_taken(*claim)] == []


def test_a_claim_in_another_order_of_words_is_taken() -> None:
    assert [claim for claim in CLAIMS["true"] if not is_taken(*claim)] == []


@pytest.mark.parametrize(
    ("sentence", "word", "may_be"),
    [
        ("Nous avons ouvert un atelier", "Nous", True),
        ("La mairie nous a ouvert une porte", "nous", False),
        ("El banco nos ha ayudado", "nos", False),
        ("Nos dedicamos a la madera", "Nos", True),
        ("They bought tools from us", "us", False),
        ("Da noi lavorano 33 persone", "noi", False),
        ("Our drivers own the vans", "Our", False),
        ("We own the vans", "We", True),
    ],
)
def test_only_a_word_that_can_be_the_subject_is_one(sentence: str, word: str, may_be: bool) -> None:
    reading = Reading(sentence)
    assert is_subject(reading, reading.words.index(word)) is may_be


def test_a_phrase_of_place_or_time_may_move_but_not_to_another_year() -> None:
    said = "We built arms in Ghent in 2016 and in Liège in 2019"
    assert entails(said, "We built arms in Ghent in 2016")
    assert not entails(said, "We built arms in Ghent in 2019")
