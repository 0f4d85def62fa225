"""Fuzzes every parser for a while, and prints a table of parsers, inputs and findings.

    SECONDS=600 SEED=7 python -m tests.fuzz [part of a parser's name]

The same seed gives the same inputs. Ends with 1 if anything was found.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import structlog
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.parser import Parser
from tests.fuzz.parsers.registry import PARSERS

ROUND = 60
"""How many inputs each parser gets before it is the next one's turn."""
GROWTHS = 3
"""In how many ways its inputs grow then."""
LONGEST_SHOWN = 400


def main() -> int:
    """Fuzz the parsers whose name contains the argument; all without one."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    start = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
    seconds = float(os.environ.get("SECONDS") or 600)
    part = " ".join(sys.argv[1:])
    parsers = [parser for name, parser in PARSERS.items() if part in name]
    print(f"seed {start}, {seconds:g} s, {len(parsers)} parsers")
    found: dict[str, dict[str, str]] = {parser.name: {} for parser in parsers}
    inputs, number = Counter[str](), start
    end = time.monotonic() + seconds
    while parsers and time.monotonic() < end:
        for parser in parsers:
            inputs[parser.name] += examples(parser, number, found[parser.name])
            found[parser.name] |= costs(parser, number - start)
        number += 1
    for parser in parsers:
        told = len(found[parser.name])
        tried = f"{len(parser.growing):4} growths {inputs[parser.name]:7} inputs"
        print(f"{parser.name:42} {tried} {told:3} findings")
        for what, given_text in found[parser.name].items():
            print(f"    {what}\n        {given_text}")
    print(f"together {inputs.total()} inputs, {sum(map(len, found.values()))} findings")
    return int(any(found.values()))


def costs(parser: Parser, turn: int) -> dict[str, str]:
    """What is wrong with the time and the memory of longer inputs; in each turn other ones."""
    wrong = {}
    for growth in list(parser.growing)[turn * GROWTHS : (turn + 1) * GROWTHS]:
        for judged in (parser.slow, parser.large):
            told = judged(growth)
            if told:
                wrong[f"{growth}: {told}"] = "see `growing`"
    return wrong


def examples(parser: Parser, number: int, wrong: dict[str, str]) -> int:
    """Try inputs; add what is wrong with one of them, the shortest one of each kind."""
    tried = 0

    def one(value: Any) -> None:
        nonlocal tried
        tried += 1
        told = parser.crash(value)
        shown = repr(value)
        if told and len(shown) < len(wrong.get(told[:60], shown + " ")):
            wrong[told[:60]] = shown if len(shown) <= LONGEST_SHOWN else f"{shown[:LONGEST_SHOWN]}…"

    run: Callable[[], None] = seed(number)(_unhurried(given(parser.inputs)(one)))
    run()
    return tried


_unhurried = settings(
    max_examples=ROUND, deadline=None, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
