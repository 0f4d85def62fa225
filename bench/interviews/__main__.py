"""`make eval-interviews [DATA=folder]`: measures how well interviews are read without a model."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from bench.interviews.elsewhere import composed_interviews
from bench.interviews.evaluate import Counts, evaluate
from bench.interviews.given import given_interviews
from bench.interviews.heard import word_errors
from bench.interviews.script import Script
from bench.interviews.variants import VARIANTS
from bench.interviews.written import written_interviews
from bench.passing import Passing, fault_of, given_folder
from worker.interviews.given import read_given
from worker.interviews.roles import find_roles
from worker.interviews.segment import find_questions

SHOWN = 10
QUESTIONS_SHOWN = 3


def main() -> int:
    """Print the figures; the exit code is 1 if a figure is worse than promised."""
    folder = given_folder()
    if folder:
        given(folder, int(os.environ.get("SHOW") or SHOWN))
        return 0
    written = asyncio.run(evaluate(written_interviews()))
    report("interviews written by a program", written)
    composed = asyncio.run(evaluate(composed_interviews()))
    report("interviews of a second program, whose rules the readers do not share", composed)
    is_worse = written.f1 is None or written.f1 < 0.95
    return int(is_worse or bool(written.roles_wrong or written.unreadable))


def given(folder: Path, shown: int) -> None:
    """Print how the interviews of a folder are read, in each variant."""
    passing, unknown = Passing(), list[Script]()
    scripts = list(given_interviews(folder, passing, unknown))
    for name, change in VARIANTS.items():
        counts = asyncio.run(evaluate(change(script) for script in scripts))
        report(f"interviews in {folder}, {name}", counts)
    for script in unknown[:shown]:
        try:
            asyncio.run(show(script))
        except Exception as error:  # one interview ends no run
            print(f"to judge: {script.name}: {fault_of(error)}")
    if len(unknown) > shown:
        print(f"  and {len(unknown) - shown} more without labels (SHOW={len(unknown)} shows all)")
    passing.report("interviews")
    for name, rate in word_errors(folder):
        print(f"  word error rate {rate:6.1%}  {name}")


async def show(script: Script) -> None:
    """Print the roles and the first questions that are found, for a person to judge."""
    transcript = await read_given(script.paragraphs())
    roles = await find_roles(transcript, None)
    spans = await find_questions(transcript, roles)
    guess = script.labels.get(roles.candidate if roles.candidate is not None else -1)
    sure = "sure" if roles.is_sure else "uncertain"
    print(f"to judge: {script.name}: candidate {guess} ({sure}), {len(spans)} questions")
    for span in spans[:QUESTIONS_SHOWN]:
        asked = " ".join(said.text for said in transcript.utterances[span.first : span.first + 1])
        print(f"    {span.first}-{span.last} {asked[:100]}")


def report(title: str, counts: Counts) -> None:
    """Print one block of figures."""
    print(f"{title}: {counts.interviews}")
    print(f"  roles right            {counts.roles_right}/{counts.interviews}")
    for name in (counts.roles_wrong + counts.unreadable)[:SHOWN]:
        print(f"    wrong or unreadable: {name}")
    print(f"  sure of wrong roles    {len(counts.sure_and_wrong)}")
    print(f"  without a question     {counts.without_questions}")
    if counts.main_asked:
        recall = counts.main_found / counts.main_asked
        print(f"  main questions found   {counts.main_found}/{counts.main_asked} ({recall:.3f})")
    if counts.f1 is not None:
        print(f"  question F1            {counts.f1:.3f}  (overlap of at least one half)")
        print(f"    found {counts.found}, missed {counts.missed}, invented {counts.invented}")
    if counts.border_error is not None:
        print(f"  mean border error      {counts.border_error:.3f} utterances")
    print(f"  rules of spans broken  {counts.rules_broken}")
    if counts.wpm_errors:
        print(f"  largest error of pace  {max(counts.wpm_errors):.2%}")
        print(f"  largest error of share {max(counts.share_errors) * 100:.2f} points")
    print(f"  quotes that were said  {counts.quotes_taken} taken, {counts.quotes_lost} lost")
    print(
        f"  quotes that were not   {counts.forgeries_rejected} rejected,"
        f" {counts.forgeries_taken} taken"
    )


if __name__ == "__main__":
    sys.exit(main())
