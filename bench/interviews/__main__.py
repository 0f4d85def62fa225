"""`make eval-interviews [DATA=folder]`: measures how well interviews are read without a model."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from bench.interviews.evaluate import Counts, evaluate
from bench.interviews.given import Passing, given_interviews
from bench.interviews.heard import word_errors
from bench.interviews.written import written_interviews

NAMES_SHOWN = 5


def main() -> int:
    """Print the figures; the exit code is 1 if a figure is worse than promised."""
    folder = os.environ.get("DATA")
    written = asyncio.run(evaluate(written_interviews()))
    report("interviews written by a program", written)
    if folder:
        passing = Passing()
        given = asyncio.run(evaluate(given_interviews(Path(folder), passing)))
        report(f"interviews in {folder}", given)
        report_passing(passing)
        for name, rate in word_errors(Path(folder)):
            print(f"  word error rate {rate:6.1%}  {name}")
    return int(written.f1 is None or written.f1 < 0.95 or bool(written.roles_wrong))


def report_passing(passing: Passing) -> None:
    """Print what was read, judged and left out, with each reason and the names of its files."""
    print(f"  files read             {passing.files}")
    print(f"  interviews judged      {passing.interviews}")
    print(f"  left out               {len(passing.left_out)}")
    for reason in dict.fromkeys(reason for _, reason in passing.left_out):
        names = [name for name, why in passing.left_out if why == reason]
        more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
        print(f"    {len(names)}: {reason}: {', '.join(names[:NAMES_SHOWN])}{more}")


def report(title: str, counts: Counts) -> None:
    """Print one block of figures."""
    print(f"{title}: {counts.interviews}")
    print(f"  roles right            {counts.roles_right}/{counts.interviews}")
    for name in counts.roles_wrong + counts.unreadable:
        print(f"    wrong or unreadable: {name}")
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
