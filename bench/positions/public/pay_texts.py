"""Texts of postings (`.csv`, `.tsv`, `.json`, `.jsonl`, `.txt`): which pay is found in them.

Such texts state no truth, so the pay that is found is listed for a person to judge, and the shares
with numbers and with a period are counted. A `.txt` file is one text.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.decoded import text_of
from bench.passing import Passing
from bench.positions.reading import read
from worker.positions.pasted import extract_from_text

TEXTS = (
    "text", "description", "job_description", "jobdescription", "posting", "body", "content",
    "comment_text", "comment", "raw_text", "full_text",
)  # fmt: skip
LEAST_CHARACTERS = 80


@dataclass
class Pay:
    """The pay found in all texts of a folder; `found` has the name of a text and its words, and
    `unread` the texts that were refused."""

    texts: int = 0
    with_numbers: int = 0
    with_period: int = 0
    found: list[tuple[str, str]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def report(self, most: int) -> None:
        """Print the counts, and the words of the first `most`."""
        share = len(self.found) / self.texts if self.texts else 0.0
        print(f"texts: {self.texts}, with pay {len(self.found)} ({share:.1%}),", end=" ")
        print(f"with numbers {self.with_numbers}, with a period {self.with_period}")
        for name, words in self.found[:most]:
            print(f"    {name}: {words}")
        for line in self.unread[:most]:
            print(f"    {line}")
        if len(self.found) > most:
            print(f"    and {len(self.found) - most} more (SHOW={len(self.found)} lists all)")


async def read_texts(name: str, texts: Iterable[str], pay: Pay, passing: Passing) -> None:
    """Read every text of one file; `name` is the file's."""
    number, told = 0, len(passing.left_out)
    for number, text in enumerate(texts, 1):
        if len(text.strip()) < LEAST_CHARACTERS:
            passing.leave_out(f"{name} {number}", f"has fewer than {LEAST_CHARACTERS} characters")
            continue
        pay.texts += 1
        passing.judged += 1
        outcome = await read(extract_from_text(text))
        if outcome.row is None:
            pay.unread.append(f"{name} {number}: {outcome.verdict}")
        elif outcome.row["salary_range"]:
            row = outcome.row
            pay.found.append((f"{name} {number}", _shown(row)))
            pay.with_numbers += row["salary_min"] is not None or row["salary_max"] is not None
            pay.with_period += row["salary_interval"] is not None
    if not number and len(passing.left_out) == told:
        passing.leave_out(name, "has no text under a name known here")


def texts_of(path: Path, passing: Passing) -> Iterator[str]:
    """The texts of a file: of the columns or keys named in `TEXTS`, or a whole `.txt`.

    A line of `.jsonl` that is no JSON is left out.
    """
    suffix = path.suffix.lower()
    if suffix == ".txt":
        yield text_of(path)
    elif suffix == ".jsonl":
        for number, line in enumerate(text_of(path).split("\n"), 1):
            if line.strip():
                with passing.reading(f"{path.name} line {number}"):
                    yield from list(texts_inside(json.loads(line)))
    else:
        csv.field_size_limit(sys.maxsize)
        table = io.StringIO(text_of(path), newline="")
        for row in csv.DictReader(table, delimiter="\t" if suffix == ".tsv" else ","):
            yield from texts_inside(row)


def texts_inside(content: Any) -> Iterator[str]:
    """The texts of parsed JSON, or of a row of a table, under the names in `TEXTS`."""
    if isinstance(content, list):
        for each in content:
            yield from texts_inside(each)
    elif isinstance(content, dict):
        named = {str(key).strip().lower(): value for key, value in content.items()}
        text = next((named[name] for name in TEXTS if named.get(name)), None)
        if isinstance(text, dict):
            text = text.get("text")
        if isinstance(text, str):
            yield text
        else:
            for value in content.values():
                yield from texts_inside(value) if isinstance(value, list | dict) else ()


def _shown(row: dict[str, Any]) -> str:
    numbers = " ".join(
        str(row[key])
        for key in ("salary_min", "salary_max", "salary_currency", "salary_interval")
        if row[key] is not None
    )
    return f"{row['salary_range']}  [{numbers}]"
