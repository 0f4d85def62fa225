"""Reads interviews whose truth is known, and counts what was read correctly."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field

from bench.interviews.script import Script, TrueSpan
from bench.passing import fault_of
from worker.interviews.given import read_given
from worker.interviews.metrics import measure
from worker.interviews.quotes import Quotable
from worker.interviews.roles import find_roles
from worker.interviews.segment import find_questions
from worker.interviews.spans import Span, broken
from worker.interviews.transcript import Transcript, tokens

OVERLAP = 0.5
"""A found span counts as the true one if intersection over union is at least this."""


@dataclass
class Counts:
    """Totals over many interviews."""

    interviews: int = 0
    unreadable: list[str] = field(default_factory=list)
    roles_right: int = 0
    roles_wrong: list[str] = field(default_factory=list)
    sure_and_wrong: list[str] = field(default_factory=list)
    without_questions: int = 0
    main_asked: int = 0
    main_found: int = 0
    found: int = 0
    missed: int = 0
    invented: int = 0
    border_errors: list[int] = field(default_factory=list)
    rules_broken: int = 0
    wpm_errors: list[float] = field(default_factory=list)
    share_errors: list[float] = field(default_factory=list)
    quotes_taken: int = 0
    quotes_lost: int = 0
    forgeries_taken: int = 0
    forgeries_rejected: int = 0

    @property
    def f1(self) -> float | None:
        """The F1 score of questions; None if there is no true question."""
        total = 2 * self.found + self.missed + self.invented
        return 2 * self.found / total if self.found + self.missed else None

    @property
    def border_error(self) -> float | None:
        """The mean distance, in utterances, between true and found borders."""
        return sum(self.border_errors) / len(self.border_errors) if self.border_errors else None


async def evaluate(scripts: Iterable[Script]) -> Counts:
    """Read every interview as the pipeline does without a model."""
    counts = Counts()
    for script in scripts:
        counts.interviews += 1
        try:
            await _evaluate(script, counts)
        except Exception as error:  # one interview ends no run
            counts.unreadable.append(f"{script.name}: {fault_of(error)}")
    return counts


async def _evaluate(script: Script, counts: Counts) -> None:
    transcript = await read_given(script.paragraphs())
    roles = await find_roles(transcript, None)
    if roles.candidate == script.candidate:
        counts.roles_right += 1
    else:
        counts.roles_wrong.append(script.name)
        counts.sure_and_wrong += [script.name] if roles.is_sure else []
    spans = await find_questions(transcript, roles)
    language = transcript.spoken_language()
    rule = broken(spans, transcript.utterances, roles.roles, language)
    counts.rules_broken += rule is not None
    counts.without_questions += not spans
    counts.main_asked += len(script.main)
    counts.main_found += sum(
        any(span.first <= line <= span.question_last for span in spans) for line in script.main
    )
    if script.spans:
        _compare(script.spans, spans, counts)
    if script.timed and roles.candidate == script.candidate:
        metrics = measure(transcript, roles.roles, spans)
        _measure(script, metrics.wpm, metrics.talk_share.get("candidate", 0.0), counts)
    _quote(script, transcript, counts)


def _compare(truth: list[TrueSpan], spans: list[Span], counts: Counts) -> None:
    left = list(spans)
    matched = 0
    for true in truth:
        best = max(left, key=lambda span: _shared(true, span), default=None)
        if best is not None and _shared(true, best) >= OVERLAP:
            left.remove(best)
            matched += 1
            counts.border_errors += [abs(true.first - best.first), abs(true.last - best.last)]
    counts.found += matched
    counts.missed += len(truth) - matched
    counts.invented += len(spans) - matched


def _shared(true: TrueSpan, span: Span) -> float:
    both = min(true.last, span.last) - max(true.first, span.first) + 1
    either = max(true.last, span.last) - min(true.first, span.first) + 1
    return max(0, both) / either


def _measure(script: Script, wpm: float | None, share: float, counts: Counts) -> None:
    own = [line for line in script.lines if line.speaker == script.candidate]
    seconds = sum(line.end - line.start for line in own)
    everybody = sum(line.end - line.start for line in script.lines)
    if not seconds or wpm is None:
        return
    true = sum(len(tokens(line.text)) for line in own) / seconds * 60
    counts.wpm_errors.append(abs(wpm - true) / true)
    counts.share_errors.append(abs(share - seconds / everybody))


def _quote(script: Script, transcript: Transcript, counts: Counts) -> None:
    """Check quotes that were really said, and the same quotes with one word changed."""
    chance = random.Random(script.name)
    own = [said for said in transcript.utterances if said.speaker == script.candidate]
    quotable = Quotable(own)
    for said in [one for one in own if len(one.text.split()) >= 6][:5]:
        words = said.text.split()
        start = chance.randrange(len(words) - 5)
        quote = words[start : start + 5]
        true = quotable.find(" ".join(quote)) is not None
        counts.quotes_taken += true
        counts.quotes_lost += not true
        quote[chance.randrange(5)] = "marmalade"
        forged = quotable.find(" ".join(quote)) is not None
        counts.forgeries_taken += forged
        counts.forgeries_rejected += not forged
