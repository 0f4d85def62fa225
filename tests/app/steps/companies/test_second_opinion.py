"""A second opinion keeps true claims in other words, and a model that lies gains nothing by it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from liverows import Usage
from tests.app.steps.companies.test_weigh import source
from tests.support.company_world import NOTHING, cited
from worker.companies.brief import Found, profile_of
from worker.companies.model_answer import Analysis, CompanyReport
from worker.companies.reading import Reading
from worker.companies.second_opinion import (
    Opinion,
    Pair,
    Verdict,
    Verdicts,
    ask_again,
    opinion_of,
    pairs_to_ask,
)
from worker.companies.undecided import is_undecided, missing_words
from worker.companies.website import Website
from worker.services.models.language_model import BaseModelT, Structured

TEXT = (
    "We make buoys and lamps for small ports. We lend boats to schools in eleven towns. We repair "
    "before we replace. Our engineers answer support calls themselves. Everyone on the team owns "
    "shares in the company. Every Friday we write down what went wrong. The harbour office funds "
    "our research on quiet propellers. We plan to open an office in Lagos. It employs 120 people."
)
SOURCES = (source(TEXT),)
TRUE = (
    ("They produce buoys and lights for small ports.", "We make buoys and lamps for small ports"),
    ("The company gives boats to schools in eleven towns.",
     "We lend boats to schools in eleven towns"),
    ("They fix before they replace.", "We repair before we replace"),
    ("Their engineers answer support phones themselves.",
     "Our engineers answer support calls themselves"),
    ("Everyone holds shares in the company.", "Everyone on the team owns shares in the company"),
    ("Every Friday they note down what went badly.", "Every Friday we write down what went wrong"),
)  # fmt: skip
FALSE = (
    ("They import buoys and lamps for small ports.", "We make buoys and lamps for small ports"),
    ("The company sells boats to schools in eleven towns.",
     "We lend boats to schools in eleven towns"),
    ("They ignore before they replace.", "We repair before we replace"),
    ("Their engineers dread support calls themselves.",
     "Our engineers answer support calls themselves"),
    ("Everyone wants shares in the company.", "Everyone on the team owns shares in the company"),
    ("The harbour office blocks their research on quiet propellers.",
     "The harbour office funds our research on quiet propellers"),
)  # fmt: skip
FINAL = (
    ("another number", "It employs 500 workers.", "It employs 120 people"),
    ("a new name", "They produce buoys and lights for Hamburg ports.",
     "We make buoys and lamps for small ports"),
    ("a name at the start", "Stormdesk answer support calls themselves.",
     "Our engineers answer support calls themselves"),
    ("denied", "They never fix before they replace.", "We repair before we replace"),
    ("no longer a plan", "They run an office in Lagos.", "We plan to open an office in Lagos"),
    ("praise", "They are the leading producer of buoys and lamps for small ports.",
     "We make buoys and lamps for small ports"),
    ("an event", "Everyone on the team lost shares in the company.",
     "Everyone on the team owns shares in the company"),
    ("more than half is new", "They quietly rent expensive yachts to schools.",
     "We lend boats to schools in eleven towns"),
    ("exchanged", "Schools lend boats to the company in eleven towns.",
     "We lend boats to schools in eleven towns"),
)  # fmt: skip


def report(claims: tuple[tuple[str, str], ...]) -> CompanyReport:
    items = [cited(text, "s1", quote) for text, quote in claims]
    return CompanyReport.model_validate(NOTHING | {"key_talking_points": items})


def pairs(*claims: tuple[str, str], most: int = 20) -> tuple[Pair, ...]:
    return pairs_to_ask(report(claims), SOURCES, ["Quayside"], most)


def shown(*claims: tuple[str, str], opinion: Opinion) -> list[str]:
    analysis = Analysis(report=report(claims), model="m")
    website = Website(home="https://quayside.example/", sources=SOURCES, coverage="ok")
    found = Found(website=website, analysis=analysis, opinion=opinion)
    return [claim.text for claim in profile_of(found).facts.key_talking_points]


def shown_as_challenges(*claims: tuple[str, str], opinion: Opinion) -> list[str]:
    """What is shown in a list in which not every true sentence fits."""
    items = [cited(text, "s1", quote) for text, quote in claims]
    told = CompanyReport.model_validate(NOTHING | {"top_challenges": items})
    website = Website(home="https://quayside.example/", sources=SOURCES, coverage="ok")
    found = Found(website=website, analysis=Analysis(report=told, model="m"), opinion=opinion)
    return [claim.text for claim in profile_of(found).facts.top_challenges]


Says = Callable[[Pair], tuple[bool, str]]


def lacking(pair: Pair) -> list[str]:
    return missing_words(Reading(pair.claim), Reading(pair.quote))


def honest(pair: Pair) -> tuple[bool, str]:
    is_true = (pair.claim, pair.quote) in TRUE
    return is_true, "" if is_true else lacking(pair)[-1]


def judged(asked: tuple[Pair, ...], says: Says) -> Opinion:
    verdicts = [
        Verdict(number=number, follows=follows, word=word)
        for number, (follows, word) in enumerate(map(says, asked), 1)
    ]
    return opinion_of(asked, Verdicts(verdicts=verdicts))


def test_for_true_claims_in_other_words_the_words_of_the_source_are_shown() -> None:
    assert shown_as_challenges(*TRUE, *FALSE, opinion=Opinion()) == []
    opinion = judged(pairs(*TRUE, *FALSE), honest)
    # The first is the overview already, and is not shown twice.
    told = [f"{TRUE[0][1]}.", *shown(*TRUE, *FALSE, opinion=opinion)]
    assert len(told) == len(TRUE)
    for sentence, (_, quote) in zip(told, TRUE, strict=True):
        assert quote in sentence
        assert any(sentence in source.text for source in SOURCES)
    found = Found(
        website=Website(sources=SOURCES), analysis=Analysis(report=report(TRUE)), opinion=opinion
    )
    assert {one.basis for one in profile_of(found).facts.key_talking_points} == {"quoted"}


def test_a_model_that_knows_the_controls_shows_nothing_but_words_of_the_source() -> None:
    opinion = judged(pairs(*FALSE), lambda pair: (not pair.is_control, lacking(pair)[0]))
    for sentence in shown(*FALSE, opinion=opinion):
        assert any(sentence in source.text for source in SOURCES)


LIARS: dict[str, Says] = {
    "yes to everything": lambda pair: (True, ""),
    "yes, with a word": lambda pair: (True, lacking(pair)[0]),
    "no without a word": lambda pair: (not pair.is_control, ""),
    "no with a word of the quote": lambda pair: (not pair.is_control, pair.quote.split()[1]),
    "yes if one word is new": lambda pair: (len(lacking(pair)) == 1, lacking(pair)[0]),
    "yes if two words are new": lambda pair: (len(lacking(pair)) > 1, lacking(pair)[0]),
    "yes if most words are the quote's": lambda pair: (
        3 * len(lacking(pair)) < len(pair.claim.split()), lacking(pair)[0]
    ),
    "yes to long claims": lambda pair: (len(pair.claim) > 40, lacking(pair)[0]),
}  # fmt: skip


@pytest.mark.parametrize("liar", LIARS)
def test_a_model_that_lies_twice_gains_nothing(liar: str) -> None:
    opinion = judged(pairs(*FALSE), LIARS[liar])
    assert shown(*FALSE, opinion=opinion) == []
    for claim in FALSE:
        assert shown(claim, opinion=judged(pairs(claim), LIARS[liar])) == []


@pytest.mark.parametrize(("why", "text", "quote"), FINAL)
def test_the_no_of_the_structure_is_final(why: str, text: str, quote: str) -> None:
    assert not is_undecided(quote, text, around=quote, names=["Quayside"]), why
    assert pairs((text, quote)) == ()
    agreed = Opinion(borne_out=(Pair(quote=quote, claim=text),))
    assert shown_as_challenges((text, quote), opinion=agreed) == [], why
    assert text not in shown((text, quote), opinion=agreed), why


def test_at_most_so_many_claims_are_asked_about_among_as_many_controls() -> None:
    asked = pairs(*TRUE, *FALSE, most=3)
    assert [pair.is_control for pair in asked].count(False) == 3
    assert [pair.is_control for pair in asked].count(True) == 3
    assert pairs(*TRUE, most=0) == ()
    assert pairs(("They fix.", "We repair before we replace")) == ()


def test_products_and_red_flags_are_not_asked_about() -> None:
    claims = [cited(text, "s1", quote) for text, quote in TRUE]
    risky = NOTHING | {"products": claims, "red_flags": claims}
    assert pairs_to_ask(CompanyReport.model_validate(risky), SOURCES, [], 20) == ()


@pytest.mark.parametrize(
    "verdicts",
    [
        [],
        [Verdict(number=1, follows=True, word="")] * 2,
        [Verdict(number=99, follows=False, word="x")],
    ],
)
def test_verdicts_that_leave_a_control_out_do_not_count(verdicts: list[Verdict]) -> None:
    asked = pairs(*TRUE)
    opinion = opinion_of(asked, Verdicts(verdicts=verdicts))
    assert not opinion.is_trusted
    assert opinion.borne_out == ()
    assert opinion.refused == tuple(pair for pair in asked if not pair.is_control)


class Recorder:
    """A model that notes what it is shown."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    async def structured(
        self, *, system: str, prompt: str, output: type[BaseModelT], max_output_tokens: int
    ) -> Structured[BaseModelT]:
        self.shown.append(prompt)
        return Structured(output.model_validate({"verdicts": []}), (Usage("recorder"),))


async def test_one_call_shows_quotes_and_claims_and_nothing_else() -> None:
    model, asked = Recorder(), pairs(*TRUE[:2])
    assert not (await ask_again(model, asked)).borne_out
    (prompt,) = model.shown
    assert all(pair.quote in prompt and pair.claim in prompt for pair in asked)
    assert "120 people" not in prompt
    assert "control" not in prompt
