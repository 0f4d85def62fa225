"""Interviews from a folder: transcripts with known roles in the forms people keep them in.

One interview or several per file, `.json`, `.jsonl`, `.csv` or `.txt`. JSON is a list of
utterances, or an object with one under `utterances`, `paragraphs`, `transcript`, `turns`,
`segments` or `lines`, and perhaps true questions `[{first, last}]` under `questions`. An
utterance has its text (`text`, `sentence`, `utterance`, `content`), who says it (`role`,
`speaker`, `name`) and perhaps `start` and `end` in seconds. Text files have lines
`Interviewer: …`. Labels become numbers before anything is read, so they give nothing away.
"""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from bench.interviews.script import Line, Script, TrueSpan

LISTS = ("utterances", "paragraphs", "transcript", "turns", "segments", "lines", "dialogue", "data")
TEXTS = ("text", "sentence", "utterance", "content", "value", "line")
SPEAKERS = ("role", "speaker", "name", "from", "speaker_id", "who")
STARTS = ("start", "start_time", "begin", "start_s")
ENDS = ("end", "end_time", "stop", "end_s")
CANDIDATES = re.compile(
    r"^(?:c|candidate|interviewee|applicant|answerer|guest|respondent|subject)\b",
    re.IGNORECASE,
)
INTERVIEWERS = re.compile(
    r"^(?:i|q|interviewer\w*|recruiter|questioner|host|moderator)\b", re.IGNORECASE
)
_SAID = re.compile(r"^\s*[\[(]?([A-Za-z][\w .'-]{0,40}?)[\])]?\s*(?:\[[\d:.]+\])?\s*:\s+(.+)$")
SECONDS_PER_WORD = 0.4


Rows: TypeAlias = "list[Mapping[str, Any]]"
Read: TypeAlias = "list[tuple[Rows, Rows]]"


def given_interviews(folder: Path) -> Iterator[Script]:
    """Every interview with a known candidate; what holds none is passed over."""
    readers = {".json": _json, ".jsonl": _jsonl, ".csv": _csv, ".txt": _text}
    for path in sorted(folder.rglob("*")):
        reader = readers.get(path.suffix.lower())
        found = reader(path) if reader is not None else []
        for number, (rows, questions) in enumerate(found, 1):
            name = path.name if len(found) == 1 else f"{path.name} {number}"
            script = _script(name, rows, questions)
            if script is not None:
                yield script


def _json(path: Path) -> Read:
    return _interviews(json.loads(path.read_text()))


def _jsonl(path: Path) -> Read:
    return _interviews([json.loads(line) for line in path.read_text().splitlines() if line.strip()])


def _interviews(content: Any) -> Read:
    """One interview, or a list of several."""
    if isinstance(content, dict):
        for name in (*LISTS, "interviews"):
            if isinstance(content.get(name), list):
                inner = _interviews(content[name])
                questions = _objects(content.get("questions") or [])
                return [(rows, questions or own) for rows, own in inner]
        return []
    rows = _objects(content if isinstance(content, list) else [])
    if rows and all(_first(row, TEXTS) is None for row in rows):
        return [each for row in rows for each in _interviews(row)]
    return [(rows, [])]


def _csv(path: Path) -> Read:
    with path.open(newline="") as file:
        return [([dict(row) for row in csv.DictReader(file)], [])]


def _text(path: Path) -> Read:
    rows: list[dict[str, Any]] = []
    for line in path.read_text().splitlines():
        said = _SAID.match(line)
        if said:
            rows.append({"speaker": said[1], "text": said[2]})
        elif rows and line.strip():
            rows[-1]["text"] += f" {line.strip()}"
    return [(list(rows), [])]


def _objects(values: list[Any]) -> Rows:
    return [value for value in values if isinstance(value, dict)]


def _script(name: str, rows: Rows, questions: Rows) -> Script | None:
    labels = list(dict.fromkeys(str(_first(row, SPEAKERS)) for row in rows))
    candidate = _candidate(labels)
    if candidate is None or len(labels) < 2:
        return None
    # In an order that tells nothing about who is who.
    numbers = list(range(len(labels)))
    random.Random(name).shuffle(numbers)
    number_of = dict(zip(labels, numbers, strict=True))
    script = Script(name, random.Random(name), candidate=number_of[candidate])
    times = [(_seconds(_first(row, STARTS)), _seconds(_first(row, ENDS))) for row in rows]
    script.timed = all(start is not None and end is not None for start, end in times)
    for row, (start, end) in zip(rows, times, strict=True):
        text = str(_first(row, TEXTS) or "")
        script.lines.append(
            Line(number_of[str(_first(row, SPEAKERS))], text, start or 0.0, end or 0.0)
        )
    script.spans = [TrueSpan(int(each["first"]), int(each["last"])) for each in questions]
    return script


def _candidate(labels: list[str]) -> str | None:
    """The label that says so, or the only one left beside interviewers."""
    named = [label for label in labels if CANDIDATES.match(label)]
    if len(named) == 1:
        return named[0]
    others = [label for label in labels if not INTERVIEWERS.match(label)]
    return others[0] if len(others) == 1 else None


def _first(row: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((row[name] for name in names if row.get(name) is not None), None)


def _seconds(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
