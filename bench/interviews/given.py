"""Interviews from a folder: transcripts with known roles, in the file formats people use.

A file has one interview or several, as `.json`, `.jsonl`, `.csv`, `.tsv`, `.txt` or `.md`. JSON
is a list of utterances, or an object that has such a list under a name like `utterances` or
`turns`; it may have true questions `[{first, last}]` under `questions`. An utterance has its
text (`text`, `sentence` …), its speaker (`role`, `speaker` …) and perhaps `start` and `end` in
seconds. Text files have lines `Interviewer: …`. The roles may also be in the same object as the
utterances (`"candidate": "B"`, `"roles": {"A": "interviewer"}`), in a file `<name>.roles.json`
or `<name>.truth.json`, or, for all files by their names, in `roles.json` or `truth.json`.
Before an interview is read its labels are replaced by numbers, so that they reveal no roles.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.interviews.layouts import (
    CANDIDATES,
    INTERVIEWERS,
    READERS,
    SPEAKERS,
    TEXTS,
    Found,
    first_of,
    interviews_in,
    named_roles,
)
from bench.interviews.script import Line, Script, TrueSpan

STARTS = ("start", "start_time", "begin", "start_s")
ENDS = ("end", "end_time", "stop", "end_s")
TRUTHS = ("roles", "truth")


@dataclass
class Passing:
    """How much of a folder was read, and what was left out, as pairs of name and reason."""

    files: int = 0
    interviews: int = 0
    left_out: list[tuple[str, str]] = field(default_factory=list)


def given_interviews(folder: Path, passing: Passing | None = None) -> Iterator[Script]:
    """Every interview whose candidate is known; the others are noted in `passing`."""
    passing = passing if passing is not None else Passing()
    for path in sorted(each for each in folder.rglob("*") if each.suffix.lower() in READERS):
        if path.name.split(".")[-2] in TRUTHS:
            continue
        passing.files += 1
        found = _read(path, passing)
        noted = _noted(path, folder)
        for number, interview in enumerate(found, 1):
            name = path.name if len(found) == 1 else f"{path.name} {number}"
            labels = _labels(interview)
            script = _script(name, interview, labels, noted)
            if isinstance(script, Script):
                passing.interviews += 1
                yield script
            else:
                passing.left_out.append((f"{name} ({', '.join(labels[:4])})", script))


def _read(path: Path, passing: Passing) -> list[Found]:
    try:
        found = interviews_in(path)
    except (OSError, ValueError, csv.Error, RecursionError) as error:
        passing.left_out.append((path.name, f"cannot be read ({type(error).__name__})"))
        return []
    if not found:
        passing.left_out.append((path.name, "holds no utterances in a form known here"))
    return found


def _noted(path: Path, folder: Path) -> dict[str, str]:
    """The roles for this file that another file states."""
    for truth in TRUTHS:
        beside = named_roles(_loaded(path.with_name(f"{path.stem}.{truth}.json")))
        if beside:
            return beside
        for shared in (path.with_name(f"{truth}.json"), folder / f"{truth}.json"):
            by_name = _loaded(shared)
            mine = by_name.get(path.name, by_name.get(path.stem))
            if mine is not None:
                return named_roles(mine)
    return {}


def _loaded(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _labels(found: Found) -> list[str]:
    return list(dict.fromkeys(str(first_of(row, SPEAKERS)) for row in found.rows))


def _script(name: str, found: Found, labels: list[str], noted: dict[str, str]) -> Script | str:
    """The interview with its truth, or the reason why it cannot be used."""
    rows = [row for row in found.rows if first_of(row, TEXTS) is not None]
    if len(labels) < 2:
        return "fewer than two speakers are told apart"
    candidate = _candidate(labels, found.roles | noted)
    if candidate is None:
        return "nothing tells which speaker is the candidate"
    # In a random order, so that the numbers do not reveal the roles.
    numbers = list(range(len(labels)))
    random.Random(name).shuffle(numbers)
    number_of = dict(zip(labels, numbers, strict=True))
    script = Script(name, random.Random(name), candidate=number_of[candidate])
    times = [(_seconds(first_of(row, STARTS)), _seconds(first_of(row, ENDS))) for row in rows]
    script.timed = all(start is not None and end is not None for start, end in times)
    for row, (start, end) in zip(rows, times, strict=True):
        text, speaker = str(first_of(row, TEXTS)), number_of[str(first_of(row, SPEAKERS))]
        script.lines.append(Line(speaker, text, start or 0.0, end or 0.0))
    spans = [(each.get("first"), each.get("last")) for each in found.questions]
    script.spans = [
        TrueSpan(first, last)
        for first, last in spans
        if isinstance(first, int) and isinstance(last, int)
    ]
    return script


def _candidate(labels: list[str], noted: dict[str, str]) -> str | None:
    """The candidate's label: the one that the roles name, or a label such as "Candidate", or the
    only label that is not an interviewer's."""
    told = [label for label in labels if noted.get(label) == "candidate"]
    named = [label for label in labels if CANDIDATES.match(label)]
    for candidates in (told, named):
        if len(candidates) == 1:
            return candidates[0]
    is_known = {label for label in labels if noted.get(label) == "interviewer"}
    others = [label for label in labels if not (label in is_known or INTERVIEWERS.match(label))]
    return others[0] if len(others) == 1 else None


def _seconds(value: Any) -> float | None:
    """A time in seconds; it may also be written as `1:02:03.5`."""
    try:
        seconds = 0.0
        for part in str(value).split(":"):
            seconds = 60 * seconds + float(part)
    except ValueError:
        return None
    return seconds
