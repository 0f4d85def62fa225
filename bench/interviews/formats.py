"""Transcripts as speech services, subtitle files, word processors and corpora keep them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import lxml.etree

from bench.decoded import text_of

Row: TypeAlias = "dict[str, Any]"

_TIME = r"(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}"
_CUE = re.compile(rf"^\s*({_TIME})\s*-->\s*({_TIME})")
_VOICE = re.compile(r"^<v(?:\.[\w.]+)? ([^>]+)>")
_NAMED = re.compile(r"^\s*(?:>>\s*)?([^\W\d_][\w .'-]{0,40}?):\s+(.+)$", re.DOTALL)
# A line that is only a label: `Q1:`, `**Q:**`, `[Chercheur] (0:01 - 0:11)`.
_OWN_LINE = re.compile(
    r"^\s*(?:\*\*|__)?(?:\[([^\]\n]{1,40})\]|([^\W\d_][^:\n]{0,40}):)(?:\*\*|__)?"
    r"\s*(?:\([\d:.,\s\u2013-]+\))?\s*$"
)
_CODED = re.compile(r"^\s*(\S{1,20})\t(.*\S.*)$")
CODED_SHARE = 0.9
"""A text is lines of a code, a tab and the words if at least this share of its lines is so."""
LEAST_LABELS = 4
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def of_speech_service(content: Any) -> list[Row]:
    """The utterances of a Deepgram answer: its utterances, else its paragraphs, else its words."""
    results = content.get("results") if isinstance(content, dict) else None
    if not isinstance(results, dict):
        return []
    spoken = results.get("utterances")
    if spoken:
        return [{**each, "text": each.get("transcript")} for each in spoken]
    rows: list[Row] = []
    for channel in results.get("channels") or []:
        best = (channel.get("alternatives") or [{}])[0]
        rows += list(_paragraphs(best)) or _by_speaker(best.get("words") or [])
    return rows


def of_subtitles(path: Path) -> list[Row]:
    """The cues of a subtitle file.

    A cue without a name is said by the last one who was named; cues before the first name are left
    out.
    """
    rows: list[Row] = []
    speaker = None
    for block in re.split(r"\n\s*\n", text_of(path)):
        lines = block.strip().split("\n")
        place = next((n for n, line in enumerate(lines) if _CUE.match(line)), None)
        if place is None:
            continue
        cue = _CUE.match(lines[place])
        text = " ".join(lines[place + 1 :]).strip()
        named = _VOICE.match(text) or _NAMED.match(text)
        if named:
            speaker = named[1]
            text = named[2] if named.re is _NAMED else text[named.end() :]
        if speaker and text and cue:
            rows.append(_cue(rows, speaker, text, cue))
    return rows


def of_word_processor(path: Path) -> str:
    """The text of a `.docx`, one line a paragraph. Raises `ValueError` if it is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            tree = lxml.etree.fromstring(archive.read("word/document.xml"))
    except (zipfile.BadZipFile, KeyError, lxml.etree.XMLSyntaxError) as error:
        raise ValueError("not a document") from error
    return "\n".join(
        "".join(text.text or "" for text in paragraph.iter(f"{_WORD}t"))
        for paragraph in tree.iter(f"{_WORD}p")
    )


def labelled_lines(text: str) -> list[Row]:
    """Turns whose label stands on a line of its own, or in a column before a tab; else nothing.

    Of labels on lines of their own there must be four, and two different ones that are repeated.
    """
    lines = [line for line in text.split("\n") if line.strip()]
    coded = [match for line in lines if (match := _CODED.match(line))]
    if lines and len(coded) >= CODED_SHARE * len(lines):
        return [{"speaker": match[1], "text": match[2]} for match in coded]
    labels = [match for line in lines if (match := _OWN_LINE.match(line))]
    names = [_name(match) for match in labels]
    often = {name for name in names if names.count(name) >= 2}
    if len(labels) < LEAST_LABELS or len(often) < 2:
        return []
    return list(_after_labels(lines, often))


def _after_labels(lines: list[str], names: set[str]) -> Iterator[Row]:
    speaker = None
    for line in lines:
        label = _OWN_LINE.match(line)
        if label and _name(label) in names:
            speaker = _name(label)
        elif speaker and not line.lstrip().startswith(("#", "---")):
            yield {"speaker": speaker, "text": line.strip()}


def _name(match: re.Match[str]) -> str:
    return (match[1] or match[2]).strip()


def _paragraphs(best: Row) -> Iterator[Row]:
    for paragraph in (best.get("paragraphs") or {}).get("paragraphs") or []:
        for sentence in paragraph.get("sentences") or []:
            yield {**sentence, "speaker": paragraph.get("speaker")}


def _by_speaker(words: list[Row]) -> list[Row]:
    rows: list[Row] = []
    for word in words:
        text = str(word.get("punctuated_word") or word.get("word"))
        if rows and rows[-1]["speaker"] == word.get("speaker"):
            rows[-1] |= {"text": f"{rows[-1]['text']} {text}", "end": word.get("end")}
        else:
            rows.append({**word, "speaker": word.get("speaker"), "text": text})
    return rows


def _cue(rows: list[Row], speaker: str, text: str, cue: re.Match[str]) -> Row:
    """The cue; it continues the last row of the same speaker until a sentence ends."""
    start, end = (time.replace(",", ".") for time in (cue[1], cue[2]))
    if rows and rows[-1]["speaker"] == speaker and not re.search(r"[.?!\u2026]$", rows[-1]["text"]):
        before = rows.pop()
        return {**before, "text": f"{before['text']} {text}", "end": end}
    return {"speaker": speaker, "text": text, "start": start, "end": end}
