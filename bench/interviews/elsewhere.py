"""A second generator of interviews: questions and answers composed from other parts, in five
languages.

How interviewers ask is drawn from counts over the 137 transcripts of the MIT interview corpus:
62 % of the turns that ask begin with a word like "so" or "okay", 72 % end with a question mark,
the openings have the weights in `elsewhere.toml` (those of English in every language), and 38 % of
an interviewer's turns have one or two words, mostly sounds of listening. The languages have the
shares of W3Techs for the web (September 2024). The words were written without the readers' phrases.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from bench.interviews.script import Script

LEADS = 0.62
MARKED = 0.72
LISTENS = 0.38
QUESTIONS = 6


WORDS = Path(__file__).with_name("elsewhere.toml")
Speech: TypeAlias = "dict[str, Any]"


def composed_interviews(count: int = 60, seed: int = 41) -> Iterator[Script]:
    """`count` interviews; the same seed gives the same ones."""
    dice = random.Random(seed)
    speeches = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    shares = [speech["share"] for speech in speeches.values()]
    for number in range(count):
        language = dice.choices(list(speeches), shares)[0]
        yield _interview(f"composed {language} {number}", speeches[language], dice)


def _interview(name: str, speech: Speech, dice: random.Random) -> Script:
    script = Script(name, dice)
    script.ask(speech["hello"][0])
    script.answer(speech["hello"][1])
    asked: set[str] = set()
    while len(asked) < min(QUESTIONS, sum(len(each["topics"]) for each in speech["asks"])):
        question = _question(speech, dice)
        if question in asked:
            continue
        asked.add(question)
        first = script.ask(_said(question, speech, dice))
        script.span(first, _answered(script, speech, dice))
    script.ask(speech["goodbye"][0])
    script.answer(speech["goodbye"][1])
    return script


def _question(speech: Speech, dice: random.Random) -> str:
    ask = dice.choices(speech["asks"], [each["weight"] for each in speech["asks"]])[0]
    return f"{ask['opening']} {dice.choice(ask['topics'])}"


def _said(question: str, speech: Speech, dice: random.Random) -> str:
    if dice.random() < LEADS:
        text = f"{dice.choice(speech['leads'])}, {question}"
    else:
        text = f"{question[0].upper()}{question[1:]}"
    return f"{text}?" if dice.random() < MARKED else f"{text.replace('¿', '')}."


def _answered(script: Script, speech: Speech, dice: random.Random) -> int:
    """The candidate's answer, with sounds of listening in between; the number of its last line."""
    last = -1
    for sentence in range(dice.randint(1, 4)):
        parts = (speech["starts"], speech["middles"], speech["ends"])
        start, middle, end = (dice.choice(part) for part in parts)
        last = script.answer(f"{start} {middle}, {end}")
        if sentence and dice.random() < LISTENS:
            script.ask(dice.choice(speech["sounds"]))
            last = script.answer(
                f"{dice.choice(speech['starts'])} {dice.choice(speech['middles'])}."
            )
    return last
