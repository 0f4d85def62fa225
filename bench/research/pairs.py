"""`python -m bench.research.pairs FOLDER`: how the check of claims judges sentence pairs of others.

Each `.tsv` file of the folder has lines of a sentence, a second one and a label, as PAWS-X and XNLI
have them: 1 or "entailment" if the first bears out the second, anything else if it does not. With
EVERY=n each n-th line is read; SHOW=1 prints what is taken although it is not borne out.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from worker.companies.entailment import entails

_BORNE_OUT = frozenset({"1", "entailment"})
_OTHERWISE = frozenset({"0", "neutral", "contradiction", "contradictory"})
_LEAST_LETTERS = 10


def pairs_in(file: Path) -> Iterator[tuple[str, str, bool]]:
    """The pairs of one file, and whether the first sentence bears out the second."""
    for line in file.read_text(encoding="utf-8").split("\n"):
        fields = [field.strip() for field in line.split("\t")]
        label = fields[-1].lower()
        is_pair = len(fields) >= 3 and label in _BORNE_OUT | _OTHERWISE
        if is_pair and min(map(len, fields[-3:-1])) >= _LEAST_LETTERS:
            yield fields[-3], fields[-2], label in _BORNE_OUT


def judge(folder: Path, every: int = 1) -> dict[str, Counter[str]]:
    """For each file, how many pairs there are, and how many are taken, by whether they are true."""
    found: dict[str, Counter[str]] = {}
    for file in sorted(folder.glob("*.tsv")):
        counts = found.setdefault(file.name, Counter())
        for quote, claim, is_true in list(pairs_in(file))[::every]:
            kind = "true" if is_true else "false"
            is_taken = entails(quote, claim)
            counts.update({kind: 1, f"{kind} taken": int(is_taken)})
            if is_taken and not is_true and os.environ.get("SHOW"):
                print(f"taken: {claim} | {quote}")
    return found


def main() -> int:
    """Print the counts of each file."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        print(__doc__)
        return 2
    for name, counts in judge(Path(sys.argv[1]), int(os.environ.get("EVERY", "1"))).items():
        true, false = counts["true"], counts["false"]
        print(f"{name}: {counts['true taken']} of {true} true ones taken in their own words, "
              f"{counts['false taken']} of {false} false ones")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
