"""Reads the file formats in which people keep transcripts into rows of speaker and text."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from bench.decoded import text_of
from bench.interviews.formats import (
    labelled_lines,
    of_speech_service,
    of_subtitles,
    of_word_processor,
)

Row: TypeAlias = "Mapping[str, Any]"

LISTS = (
    "utterances", "paragraphs", "transcript", "turns", "segments", "lines", "dialogue",
    "conversation", "messages", "interview", "interviews", "data",
)  # fmt: skip
TEXTS = ("text", "sentence", "utterance", "content", "value", "line", "message")
SPEAKERS = ("role", "speaker", "name", "from", "speaker_id", "who")
GROUPS = ("interview_id", "interview", "conversation_id", "dialogue_id", "session_id", "file")
NOTES = ("roles", "speakers", "labels", "truth", "metadata")
CANDIDATES = re.compile(
    r"^(?:c|candidate|interviewee|applicant|answerer|guest|respondent|participant|subject)"
    r"(?![a-z])",
    re.IGNORECASE,
)
INTERVIEWERS = re.compile(
    r"^(?:i|q|int|interviewer\w*|recruiter|questioner|host|moderator)(?![a-z])", re.IGNORECASE
)
LEAST_TURNS = 4
_SAID = re.compile(
    r"^\s*(?:[\[(][\d:., >-]+[\])]\s*)?[*_]*[\[(]?([^\W\d_][\w .'-]{0,40}?)[\])]?[*_]*"
    r"\s*(?:[\[(][\d:.]+[\])])?\s*:[*_]*\s+(.+)$"
)


@dataclass
class Found:
    """One interview as the file has it; `roles` are roles that are stated outside the rows."""

    rows: list[Row]
    questions: list[Row] = field(default_factory=list)
    roles: dict[str, str] = field(default_factory=dict)


def interviews_in(path: Path) -> list[Found]:
    """The interviews of a file. Raises what its reader raises if the file has another form."""
    reader = READERS.get(path.suffix.lower())
    return [found for found in reader(path) if found.rows] if reader else []


def named_roles(noted: Any) -> dict[str, str]:
    """The roles `candidate` or `interviewer` by label, from several ways of writing them."""
    if isinstance(noted, str | int):
        return {str(noted): "candidate"}
    roles: dict[str, str] = {}
    if isinstance(noted, list):
        for each in rows_of(noted):
            label = first_of(each, ("id", "label", "speaker", "name"))
            roles |= _role(str(label), each.get("role"))
    for key, value in noted.items() if isinstance(noted, dict) else ():
        if key in NOTES:
            roles |= named_roles(value) if isinstance(value, dict | list) else {}
        elif isinstance(value, str | int) and (role := _role(str(value), key)):
            roles |= role
        else:
            roles |= _role(str(key), value)
    return roles


def first_of(row: Row, names: Iterable[str]) -> Any:
    """The value of the first of these columns that has one."""
    return next((row[name] for name in names if row.get(name) is not None), None)


def rows_of(values: Any) -> list[Row]:
    """Utterances from objects, from pairs of speaker and text, or from questions with answers."""
    rows: list[Row] = []
    for value in values if isinstance(values, list) else []:
        if isinstance(value, dict):
            rows += _of_object({str(key).strip().lower(): each for key, each in value.items()})
        elif isinstance(value, list) and len(value) == 2 and all(isinstance(v, str) for v in value):
            rows.append({"speaker": value[0], "text": value[1]})
        elif isinstance(value, str):
            rows += _turns(value)
    return rows


def _role(label: str, said: Any) -> dict[str, str]:
    if isinstance(said, str) and CANDIDATES.match(said):
        return {label: "candidate"}
    return {label: "interviewer"} if isinstance(said, str) and INTERVIEWERS.match(said) else {}


def _of_object(row: dict[str, Any]) -> list[Row]:
    asked, answered = row.get("question"), row.get("answer")
    if isinstance(asked, str) and isinstance(answered, str) and not first_of(row, SPEAKERS):
        return [{"role": "interviewer", "text": asked}, {"role": "candidate", "text": answered}]
    return [row]


def _interviews(content: Any) -> list[Found]:
    """One interview; or several of them, in a list or in an object by name."""
    if isinstance(content, str):
        turns = _turns(content)
        return [Found(list(turns))] if len(turns) >= LEAST_TURNS else []
    if isinstance(content, dict):
        return _of_document({str(key).strip().lower(): each for key, each in content.items()})
    rows = rows_of(content)
    if rows and all(first_of(row, SPEAKERS) is None or _text(row) is None for row in rows):
        return [found for row in rows for found in _interviews(dict(row))]
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(str(first_of(row, GROUPS)), []).append(row)
    return [Found(own) for own in groups.values()]


def _of_document(content: dict[str, Any]) -> list[Found]:
    for name in (*LISTS, *TEXTS):
        inner = _interviews(content[name]) if name in content else []
        if inner:
            questions = rows_of(content.get("questions"))
            roles = named_roles({key: each for key, each in content.items() if key != name})
            return [
                Found(each.rows, questions or each.questions, roles | each.roles) for each in inner
            ]
    nested = [each for key, each in content.items() if key not in (*NOTES, "questions")]
    return [
        found for each in nested if isinstance(each, dict | list) for found in _interviews(each)
    ]


def _text(row: Row) -> Any:
    return first_of(row, TEXTS)


def _json(path: Path) -> list[Found]:
    content = json.loads(text_of(path))
    heard = of_speech_service(content)
    return [Found(list(heard))] if heard else _interviews(content)


def _jsonl(path: Path) -> list[Found]:
    lines = text_of(path).split("\n")
    return _interviews([json.loads(line) for line in lines if line.strip()])


def _csv(path: Path) -> list[Found]:
    table = io.StringIO(text_of(path), newline="")
    rows = list(csv.reader(table, delimiter="\t" if path.suffix.lower() == ".tsv" else ","))
    header = [name.strip().lower() for name in rows[0]] if rows else []
    if "words" in header and "text" not in header:
        header[header.index("words")] = "text"
    if set(header) & {*TEXTS, *LISTS, "question"}:
        return _interviews(_said_on([dict(zip(header, row, strict=False)) for row in rows[1:]]))
    return [found for row in rows for cell in row for found in _interviews(cell)]


def _said_on(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows of a table; a row without a speaker is said by the one before it."""
    column = next((name for name in SPEAKERS if rows and name in rows[0]), None)
    if column is None:
        return rows
    said: list[dict[str, str]] = []
    for row in rows:
        speaker = row.get(column, "").strip() or (said[-1][column] if said else "")
        said += [{**row, column: speaker}] if speaker else []
    return said


def _plain(path: Path) -> list[Found]:
    return _of_text(text_of(path))


def _document(path: Path) -> list[Found]:
    return _of_text(of_word_processor(path))


def _subtitles(path: Path) -> list[Found]:
    return [Found(list(of_subtitles(path)))]


def _of_text(text: str) -> list[Found]:
    rows = labelled_lines(text)
    return [Found(list(rows))] if rows else _interviews(text)


def _turns(text: str) -> list[dict[str, str]]:
    """The turns in lines `Interviewer: …`, which `|` may separate too. A line without a label
    continues the last turn."""
    turns: list[dict[str, str]] = []
    for line in re.split(r"[\n|]", text):
        said = _SAID.match(line)
        if said:
            turns.append({"speaker": said[1], "text": said[2]})
        elif turns and line.strip():
            turns[-1]["text"] += f" {line.strip()}"
    return turns


READERS: dict[str, Callable[[Path], list[Found]]] = {
    ".json": _json, ".jsonl": _jsonl, ".csv": _csv, ".tsv": _csv, ".txt": _plain, ".md": _plain,
    ".srt": _subtitles, ".vtt": _subtitles, ".docx": _document,
}  # fmt: skip
