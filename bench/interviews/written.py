"""Sixty interviews written by a program: each kind of difficulty, and mixtures of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

from bench.interviews import blocks
from bench.interviews.blocks import Block
from bench.interviews.script import Script

SEED = 20261122

ASKING: tuple[Block, ...] = (
    blocks.plain,
    blocks.unmarked,
    blocks.thanks_first,
    blocks.thanks_inside,
    blocks.with_context,
    blocks.thanks_and_context,
    blocks.two_parts,
    blocks.interrupted_question,
    blocks.listening,
    blocks.comment,
    blocks.follow_up,
    blocks.two_follow_ups,
    blocks.clarified,
    blocks.short_answer,
    blocks.rhetorical,
    blocks.quoted,
    blocks.agreed,
    blocks.taken_back,
    blocks.hanging,
    blocks.long_answer,
    blocks.by_second_interviewer,
    blocks.panel_follow_up,
    blocks.panel_adds,
    blocks.unasked,
)
BEGINNING: tuple[Block, ...] = (blocks.small_talk, blocks.pitch)
ENDING: tuple[Block, ...] = (
    blocks.invited,
    blocks.invited_twice,
    blocks.invited_slowly,
    blocks.not_taken_up,
)
MIXTURES = 24


def written_interviews() -> Iterator[Script]:
    """About sixty interviews, the same ones every time."""
    for block in ASKING:
        yield _interview(block.__name__, [blocks.plain, block, block, blocks.plain, block])
    for block in ENDING:
        yield _interview(block.__name__, [blocks.plain, blocks.unmarked, blocks.plain], block)
    for number in range(MIXTURES):
        yield _mixture(number)
    yield from _told_differently()


def _interview(name: str, middle: list[Block], ending: Block | None = None) -> Script:
    script = Script(name, random.Random(f"{SEED}-{name}"))
    for block in [blocks.small_talk, *middle]:
        block(script)
    if ending is not None:
        ending(script)
    blocks.closing(script)
    return script


def _mixture(number: int) -> Script:
    chance = random.Random(f"{SEED}-order-{number}")
    script = Script(f"mixture {number}", random.Random(f"{SEED}-mixture-{number}"))
    chance.choice(BEGINNING)(script)
    for block in chance.sample(ASKING, 8):
        block(script)
    chance.choice(ENDING)(script)
    blocks.closing(script)
    return script


def _told_differently() -> Iterator[Script]:
    """Interviews in the forms in which other sources write them down."""
    ways: dict[str, Callable[[Script], Script]] = {
        "without times": _without_times,
        "speakers swapped": _swapped,
        "without capitals and marks": _bare,
        "talkative interviewer": _talkative,
        "overlapping speech": _overlapping,
        "candidate speaks first": _candidate_first,
    }
    for number, (name, change) in enumerate(ways.items()):
        script = change(_mixture(100 + number))
        script.name = name
        yield script


def _without_times(script: Script) -> Script:
    script.timed = False
    return script


def _swapped(script: Script) -> Script:
    other = {0: 1, 1: 0}
    script.lines = [
        replace(line, speaker=other.get(line.speaker, line.speaker)) for line in script.lines
    ]
    script.candidate = 0
    return script


def _bare(script: Script) -> Script:
    """The interview without capitals and commas. Question marks stay, because speech services
    write them."""
    script.lines = [replace(line, text=_lowered(line.text)) for line in script.lines]
    return script


def _lowered(text: str) -> str:
    return text.lower().replace(",", "").replace(";", "")


def _talkative(script: Script) -> Script:
    """The interviewer begins with a long speech, and so says most of the words."""
    speech = " ".join(
        f"Our {place} has {count} people and a story of its own."
        for place, count in (("office", 20), ("workshop", 35), ("warehouse", 80), ("depot", 12))
        * 12
    )
    longer = Script(script.name, script.chance)
    longer.say(0, speech)
    shift = longer.clock
    longer.lines += [
        replace(line, start=line.start + shift, end=line.end + shift) for line in script.lines
    ]
    longer.spans = [
        replace(span, first=span.first + 1, last=span.last + 1) for span in script.spans
    ]
    return longer


def _overlapping(script: Script) -> Script:
    script.lines = [
        replace(line, start=round(max(0.0, line.start - 0.9), 2)) for line in script.lines
    ]
    return script


def _candidate_first(script: Script) -> Script:
    longer = Script(script.name, script.chance)
    longer.answer("Good morning, here I am, sorry for the delay.")
    longer.lines += [replace(line, start=line.start + 4, end=line.end + 4) for line in script.lines]
    longer.spans = [
        replace(span, first=span.first + 1, last=span.last + 1) for span in script.spans
    ]
    return longer
