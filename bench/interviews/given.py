"""Interviews from a folder: transcripts with known roles, in the file formats people use.

A file has one interview or several, as `.json`, `.jsonl`, `.csv`, `.tsv`, `.txt` or `.md`. JSON
is a list of utterances, or an object that has such a list under a name like `utterances` or
`turns`; it may have true questions `[{first, last}]` under `questions`. An utterance has its
text (`text`, `sentence` …), its speaker (`role`, `speaker` …) and perhaps `start` and `end` in
seconds. Text files have lines `Interviewer: …`. The roles may also be in the same object as the
utterances (`"candidate": "B"`, `"roles": {"A": "interviewer"}`), in a file `<name>.roles.json`
or `<name>.truth.json`, or, for all files by their names, in `roles.json` or `truth.json`.
In a file of roles a name may be a pattern (`{"*": {"TOI*": "candidate", "TOR*": "interviewer"}}`).
Other forms are in `formats.py`. Before an interview is read its labels are replaced by numbers, so
that they reveal no roles. `questions.txt` in the folder has a regular expression on each line: an
interviewer's line that matches one is a main question.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from bench.decoded import text_of
from bench.interviews.layouts import (
    CANDIDATES,
    INTERVIEWERS,
    READERS,
    SPEAKERS,
    TEXTS,
    Found,
    Row,
    first_of,
    interviews_in,
    named_roles,
)
from bench.interviews.script import Line, Script, TrueSpan
from bench.passing import Passing
from worker.interviews.transcript import tokens

STARTS = ("start", "start_time", "begin", "start_s")
ENDS = ("end", "end_time", "stop", "end_s")
TRUTHS = ("roles", "truth")
QUESTIONS = "questions.txt"
UNKNOWN = "nothing tells which speaker is the candidate"
MOST_SECONDS_A_WORD = 20.0


def given_interviews(
    folder: Path, passing: Passing | None = None, unknown: list[Script] | None = None
) -> Iterator[Script]:
    """Every interview whose candidate is known; the others are noted in `passing`.

    Those whose candidate nothing tells are added to `unknown`, with -1 as their candidate.
    """
    passing = passing if passing is not None else Passing()
    main = _main_questions(folder, passing)
    for path in sorted(each for each in folder.rglob("*") if each.suffix.lower() in READERS):
        if path.name.split(".")[-2] in TRUTHS or path.name == QUESTIONS:
            continue
        passing.files += 1
        known: list[Script] = []
        with passing.reading(path.name):
            for script in _scripts(path, folder, passing):
                if script.candidate >= 0:
                    known.append(replace(script, main=_matching(script, main)))
                elif unknown is not None:
                    unknown.append(script)
        passing.judged += len(known)
        yield from known


def _scripts(path: Path, folder: Path, passing: Passing) -> Iterator[Script]:
    """The interviews of a file; those that cannot be judged are noted."""
    found = interviews_in(path)
    if not found:
        passing.leave_out(path.name, "holds no utterances in a form known here")
    noted = _noted(path, folder)
    for number, interview in enumerate(found, 1):
        name = path.name if len(found) == 1 else f"{path.name} {number}"
        labels = _labels(interview)
        script = _script(name, interview, labels, _for_labels(labels, noted))
        if isinstance(script, str) or script.candidate < 0:
            reason = script if isinstance(script, str) else UNKNOWN
            passing.leave_out(f"{name} ({', '.join(labels[:4])})", reason)
        if isinstance(script, Script):
            yield script


def _noted(path: Path, folder: Path) -> dict[str, str]:
    """The roles for this file that another file states."""
    for truth in TRUTHS:
        beside = named_roles(_loaded(path.with_name(f"{path.stem}.{truth}.json")))
        if beside:
            return beside
        for shared in (path.with_name(f"{truth}.json"), folder / f"{truth}.json"):
            by_name = _loaded(shared)
            pattern = next((key for key in by_name if fnmatchcase(path.name, key)), "")
            mine = by_name.get(path.name, by_name.get(path.stem, by_name.get(pattern)))
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
    return list(dict.fromkeys(_label(row) for row in found.rows))


def _label(row: Row) -> str:
    return str(first_of(row, SPEAKERS)).rstrip(": ")


def _script(name: str, found: Found, labels: list[str], noted: dict[str, str]) -> Script | str:
    """The interview with its truth, or the reason why it cannot be used."""
    rows = [row for row in found.rows if first_of(row, TEXTS) is not None]
    if not found.questions:
        rows = [row for row in rows if tokens(str(first_of(row, TEXTS)))]
    if len(labels) < 2:
        return "fewer than two speakers are told apart"
    candidate = _candidate(labels, found.roles | noted)
    # In a random order, so that the numbers do not reveal the roles.
    numbers = list(range(len(labels)))
    random.Random(name).shuffle(numbers)
    number_of = dict(zip(labels, numbers, strict=True))
    script = Script(name, random.Random(name), candidate=number_of.get(candidate or "", -1))
    script.labels = {number: label for label, number in number_of.items()}
    times = _times(rows)
    script.timed = all(start is not None and end is not None for start, end in times)
    for row, (start, end) in zip(rows, times, strict=True):
        text, speaker = str(first_of(row, TEXTS)), number_of[_label(row)]
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
    # A speech service names speakers A, B and C; there a C is no candidate.
    is_lettered = {"A", "B"} <= set(labels)
    named = [label for label in labels if CANDIDATES.match(label) and not is_lettered]
    for candidates in (told, named):
        if len(candidates) == 1:
            return candidates[0]
    is_known = {label for label in labels if noted.get(label) == "interviewer"}
    others = [label for label in labels if not (label in is_known or INTERVIEWERS.match(label))]
    return others[0] if len(others) == 1 else None


def _times(rows: Sequence[Row]) -> list[tuple[float | None, float | None]]:
    """The start and end of each row, in seconds; some services write milliseconds."""
    times = [(_seconds(first_of(row, STARTS)), _seconds(first_of(row, ENDS))) for row in rows]
    last = max((end for _, end in times if end is not None), default=0.0)
    words = sum(len(str(first_of(row, TEXTS)).split()) for row in rows)
    scale = 1000 if last > MOST_SECONDS_A_WORD * words else 1
    return [
        (start if start is None else start / scale, end if end is None else end / scale)
        for start, end in times
    ]


def _for_labels(labels: list[str], noted: dict[str, str]) -> dict[str, str]:
    """The noted roles, with each pattern replaced by the labels that match it."""
    patterns = {key: role for key, role in noted.items() if "*" in key}
    matched = {
        label: role for label in labels for key, role in patterns.items() if fnmatchcase(label, key)
    }
    return {key: role for key, role in noted.items() if "*" not in key} | matched


def _main_questions(folder: Path, passing: Passing) -> list[re.Pattern[str]]:
    path = folder / QUESTIONS
    lines = text_of(path).splitlines() if path.exists() else []
    rules: list[re.Pattern[str]] = []
    for number, line in enumerate(lines, 1):
        with passing.reading(f"{QUESTIONS} line {number}"):
            rules += [re.compile(line, re.IGNORECASE)] if line.strip() else []
    return rules


def _matching(script: Script, main: list[re.Pattern[str]]) -> tuple[int, ...]:
    return tuple(
        number
        for number, line in enumerate(script.lines)
        if line.speaker != script.candidate and any(rule.search(line.text) for rule in main)
    )


def _seconds(value: Any) -> float | None:
    """A time in seconds; it may also be written as `1:02:03.5`."""
    try:
        seconds = 0.0
        for part in str(value).split(":"):
            seconds = 60 * seconds + float(part)
    except ValueError:
        return None
    return seconds
