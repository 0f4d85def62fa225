"""Asks a model again about claims that the check by structure cannot decide.

Among them are controls, which no quote bears out. The answers count only if the model denies each
control and names a word that the control's quote lacks. So always saying yes gains nothing. A model
that sees through the controls gains nothing either: the source's own sentence is shown. For a claim
that the model does not bear out, not even that.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest

from pydantic import BaseModel, ConfigDict

from worker.companies.model_answer import CompanyReport
from worker.companies.profile import ReadSource
from worker.companies.reading import Reading, is_same
from worker.companies.sentence_words import EMPTY, SELF_NOUNS, SELF_WORDS
from worker.companies.undecided import missing_words
from worker.companies.weigh import is_undecided_claim
from worker.pages.enclosed import enclosed
from worker.pages.prompts import Prompt
from worker.pages.quotes import flat, with_word_replaced
from worker.services.models.language_model import LanguageModel

OPINION_PROMPT = Prompt("worker.companies", "opinion")
OPINION_VERSION = OPINION_PROMPT.version
MAX_OUTPUT_TOKENS = 2_000
LEAST_CONTROLS = 2
LEAST_LETTERS = 4
_WORD = re.compile(r"[^\W\d_]{4,40}")
_NO_CONTENT = EMPTY | SELF_WORDS | SELF_NOUNS


class Pair(BaseModel):
    """A quote and a claim. The quote of a control (`is_control`) does not bear out its claim."""

    model_config = ConfigDict(frozen=True)

    quote: str
    claim: str
    is_control: bool = False


class Verdict(BaseModel):
    """Whether the quote bears out the claim; if not, one word of the claim that it lacks."""

    number: int
    follows: bool
    word: str


class Verdicts(BaseModel):
    """A model's verdicts on numbered pairs."""

    verdicts: list[Verdict]


class Opinion(BaseModel):
    """The pairs that a model says are true; none if the model judged a control wrongly.

    `refused` are the other pairs that it was asked about.
    """

    model_config = ConfigDict(frozen=True)

    borne_out: tuple[Pair, ...] = ()
    refused: tuple[Pair, ...] = ()
    is_trusted: bool = True


def pairs_to_ask(
    report: CompanyReport, sources: Sequence[ReadSource], names: Sequence[str], most: int
) -> tuple[Pair, ...]:
    """The undecided claims of a report, at most `most`, mixed with controls.

    Empty if there are no undecided claims, or if too few controls can be made.
    """
    by_id = {source.id: source for source in sources}
    items = [
        report.overview, report.executive_summary, report.culture_insights,
        *report.key_talking_points, *report.company_values, *report.top_challenges,
    ]  # fmt: skip
    found = dict.fromkeys(
        Pair(quote=item.quote, claim=" ".join(item.text.split()))
        for item in items
        if item is not None and is_undecided_claim(item, by_id, names)
    )
    asked = list(found)[:most]
    controls = _controls(asked, sources, names)
    if not asked or len(controls) < LEAST_CONTROLS:
        return ()
    return tuple(sorted([*asked, *controls], key=_mixed))


async def ask_again(language_model: LanguageModel, pairs: tuple[Pair, ...]) -> Opinion:
    """Ask the model which claims their quotes bear out. Raises the errors of
    `LanguageModel.structured`."""
    told = [
        f"{number}.\n{enclosed('quote', flat(pair.quote))}\n{enclosed('claim', pair.claim)}"
        for number, pair in enumerate(pairs, 1)
    ]
    answer = await language_model.structured(
        system=OPINION_PROMPT.text,
        prompt="\n\n".join(told),
        output=Verdicts,
        max_output_tokens=MAX_OUTPUT_TOKENS,
    )
    return opinion_of(pairs, answer.value)


async def no_opinion(language_model: LanguageModel, pairs: tuple[Pair, ...]) -> Opinion:
    """Believe no further claim; the fallback of `ask_again`."""
    return Opinion()


def opinion_of(pairs: Sequence[Pair], answer: Verdicts) -> Opinion:
    """The pairs with a yes, if the verdicts on all controls are right."""
    said = {one.number: one for one in answer.verdicts}
    verdicts = [(pair, said.get(number)) for number, pair in enumerate(pairs, 1)]
    asked = tuple(pair for pair in pairs if not pair.is_control)
    if len(said) != len(answer.verdicts) or not all(
        verdict is not None and _sees_through(pair, verdict)
        for pair, verdict in verdicts
        if pair.is_control
    ):
        return Opinion(refused=asked, is_trusted=False)
    borne_out = tuple(
        pair
        for pair, verdict in verdicts
        if verdict is not None and verdict.follows and not pair.is_control
    )
    return Opinion(
        borne_out=borne_out, refused=tuple(pair for pair in asked if pair not in borne_out)
    )


def _sees_through(control: Pair, verdict: Verdict) -> bool:
    lacking = missing_words(Reading(control.claim), Reading(control.quote))
    named = verdict.word.strip(" .,;:!?\"'").casefold()
    return not verdict.follows and named in {word.casefold() for word in lacking}


def _controls(
    asked: Sequence[Pair], sources: Sequence[ReadSource], names: Sequence[str]
) -> list[Pair]:
    """Controls made in turn from a quote and from a claim, each with a word exchanged."""
    foreign = _foreign_words(sources)
    quotes = [_with_foreign_word(pair, flat(pair.quote), foreign) for pair in asked]
    claims = [_with_foreign_word(pair, pair.claim, foreign, names) for pair in asked]
    in_turn = chain.from_iterable(zip_longest(quotes, reversed(claims)))
    made = [pair for pair in in_turn if pair is not None]
    return made[: max(LEAST_CONTROLS, len(asked))]


def _with_foreign_word(
    pair: Pair, text: str, foreign: Sequence[str], names: Sequence[str] = ()
) -> Pair | None:
    """A control: `text` with one word exchanged for a word that the quote lacks."""
    given = Reading(pair.quote, names)
    own = [
        word
        for word in _WORD.findall(text)
        if word.islower() and word not in _NO_CONTENT and given.has(word)
    ]
    if not own:
        return None
    taken = max(own, key=len)
    start = int(_mixed(pair)[:8], 16) % max(1, len(foreign))
    other = next(
        (word for word in [*foreign[start:], *foreign[:start]] if _differs(word, given)), None
    )
    if other is None:
        return None
    changed = with_word_replaced(text, taken, other)
    return Pair(quote=pair.quote, claim=changed, is_control=True)


def _differs(word: str, given: Reading) -> bool:
    return not given.has(word) and not is_same(word, given.tokens)


def _foreign_words(sources: Sequence[ReadSource]) -> list[str]:
    """Words of the sources that may stand in for another word."""
    found: dict[str, None] = {}
    for word in _words_of(sources):
        if len(word) > LEAST_LETTERS and word not in _NO_CONTENT:
            found.setdefault(word)
    return list(found)[:400]


def _words_of(sources: Sequence[ReadSource]) -> Iterator[str]:
    for source in sources:
        yield from (word for word in _WORD.findall(source.text[:4_000]) if word.islower())


def _mixed(pair: Pair) -> str:
    """A hash that decides the order, so that a control's place shows nothing."""
    return hashlib.sha256(f"{pair.quote}\0{pair.claim}".encode()).hexdigest()
