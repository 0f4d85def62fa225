"""For a claim in other words than its quote, the source's own sentence is shown; for one that
contradicts its quote, nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.app.steps.companies.test_weigh import source
from tests.support.company_world import NOTHING, cited
from worker.companies.model_answer import CompanyReport
from worker.companies.profile import Claim, Facts
from worker.companies.said_instead import is_refuted, may_stand_for
from worker.companies.weigh import weigh

NAME = "Corran Glass"
RAISED = "Corran Glass, a start-up from Oban, has secured 40 million pounds."
MADE = "Our windows are blown, cut and fitted without plastic in our own yard."
PLAN = "In the future, we will have added a second kiln to work without gas."
TEXT = "\n".join([
    RAISED, MADE, PLAN, "Why do we still blow glass by hand?",
    "\u201cCorran Glass saved our shop.\u201d",
    "We use cookies on this website to improve your visit.",
    "Welcome to the website of Corran Glass!",
    "glass and more glass for every house and shop.",
    "Lamps for small gardens.", "\u00a9 2026 Corran Glass, Oban, all rights are reserved by us.",
    "Gull Ferries bought Harbour Union from Pierline.",
])  # fmt: skip


def facts(section: str, text: str, quote: str, **more: Any) -> Facts:
    item: Any = cited(text, "s1", quote)
    if section in ("key_talking_points", "top_challenges", "company_values", "products"):
        item = [item]
    report = CompanyReport.model_validate(NOTHING | {section: item})
    return weigh(report, [source(TEXT)], [NAME], **more)


def points(text: str, quote: str, **more: Any) -> list[str]:
    return [
        claim.text for claim in facts("key_talking_points", text, quote, **more).key_talking_points
    ]


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("Corran Glass raised 40 million pounds.", RAISED),
        ("The start-up from Oban was bought for 40 million pounds.", RAISED),
        ("Corran Glass blows, cuts and fits its windows itself.", MADE),
        ("Corran Glass aims to work with a second kiln in future.", PLAN),
    ],
)
def test_the_sentence_of_the_source_is_shown_word_by_word(text: str, quote: str) -> None:
    assert points(text, quote) == [quote]
    assert points(text, quote.rsplit(" ", 2)[0]) == [quote]


def test_a_claim_in_the_words_of_its_quote_is_shown_itself() -> None:
    assert points("Corran Glass is a start-up from Oban.", RAISED) == [
        "Corran Glass is a start-up from Oban."
    ]


@pytest.mark.parametrize(
    ("why", "text", "quote"),
    [
        ("another number", "Corran Glass raised 400 million pounds.", RAISED),
        ("a number of its own", "Corran Glass secured 40 million pounds from 7 banks.", RAISED),
        ("a new name", "Corran Glass from Oban secured millions for Glasgow.", RAISED),
        ("denied", "Corran Glass never secured 40 million pounds.", RAISED),
        ("praise", "Corran Glass is an award-winning start-up from Oban.", RAISED),
        ("an event", "Corran Glass, a start-up from Oban, dismissed half of its staff.", RAISED),
        ("another subject", "Stormdesk secured 40 million pounds from Oban.", RAISED),
        ("names exchanged", "Pierline bought Gull Ferries from Harbour Union.",
         "Gull Ferries bought Harbour Union from Pierline"),
        ("about something else", "Corran Glass trains young sailors for regattas.", RAISED),
        ("a question", "Corran Glass still blows its glass by hand.",
         "do we still blow glass by hand"),
        ("words of a customer", "Corran Glass saved a shop of theirs lately.",
         "Corran Glass saved our shop"),
        ("a notice", "Corran Glass uses cookies to improve visits.",
         "We use cookies on this website"),
        ("a greeting", "Corran Glass says welcome on its website.", "Welcome to the website"),
        ("a piece of a sentence", "Corran Glass has more glass for a house.",
         "glass for every house and shop"),
        ("a tile", "Corran Glass has lamps for gardens.", "Lamps for small gardens"),
        ("an imprint", "Corran Glass reserves rights of 2026.", "2026 Corran Glass"),
        ("no quote", "Corran Glass raised 40 million pounds.", "has raised 40 million pounds"),
    ],
)  # fmt: skip
def test_nothing_is_shown_for_a_claim_that_its_quote_contradicts(
    why: str, text: str, quote: str
) -> None:
    assert points(text, quote) == [], why


def test_only_where_any_true_sentence_fits() -> None:
    text = "Corran Glass raised 40 million pounds."
    assert facts("executive_summary", text, RAISED).executive_summary is not None
    assert facts("culture_insights", text, RAISED).culture_insights is not None
    assert facts("top_challenges", text, RAISED).top_challenges == ()
    assert facts("company_values", text, RAISED).company_values == ()
    assert facts("products", text, RAISED).products == ()


def test_an_overview_of_the_site_itself_comes_first() -> None:
    text = "Corran Glass raised 40 million pounds."
    said = Claim(text=RAISED, sources=("s1",), basis="quoted")
    assert facts("overview", text, RAISED).overview == said
    assert facts("overview", text, RAISED, needs_overview=False).overview is None


def test_what_a_second_opinion_refuses_is_not_shown() -> None:
    text = "Corran Glass raised 40 million pounds."
    assert points(text, RAISED, refused={(RAISED, text)}) == []


@pytest.mark.parametrize(
    ("said", "text", "is_false"),
    [
        ("Hunaja lingotaan ja pakataan omalla tilallamme, ilman lisäaineita.",
         "Corran linkoaa ja pakkaa hunajan omalla tilallaan.", False),
        ("Hunaja lingotaan ja pakataan omalla tilallamme.",
         "Corran ei linkoa eikä pakkaa hunajaa omalla tilallaan.", True),
        ("10 yılı aşkın deneyimimizle kaliteli ürünler sunuyoruz.",
         "Corran'ın 10 yılı aşkın deneyimi var.", False),
        ("10 yılı aşkın deneyimimizle kaliteli ürünler sunuyoruz.",
         "Corran'ın 40 yılı aşkın deneyimi var.", True),
        ("Мы строим сети электроснабжения.",
         "Corran занимается строительством сетей электроснабжения.", False),
        ("植物工場向けの収穫ロボットの開発および販売を行っています。",
         "Corranは収穫ロボットを開発し販売しています。", False),
        ("植物工場向けの収穫ロボットの開発および販売を行っています。",
         "Corranは海外に支店を持つ。", True),
    ],
)  # fmt: skip
def test_it_holds_in_languages_with_long_endings_and_without_spaces(
    said: str, text: str, *, is_false: bool
) -> None:
    assert is_refuted(said, text, ["Corran"]) == is_false
    assert may_stand_for(said, text, names=["Corran"]) != is_false
