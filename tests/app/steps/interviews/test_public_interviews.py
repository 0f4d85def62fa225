"""Transcripts of speech services, subtitles, documents and corpora, and their four variants."""

from __future__ import annotations

import json
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest

from bench.interviews.evaluate import evaluate
from bench.interviews.given import UNKNOWN, given_interviews
from bench.interviews.script import Script
from bench.interviews.variants import VARIANTS
from bench.passing import Passing

SAID = [
    ("I", "Tell me about yourself."),
    ("C", "I repair pumps in a small works."),
    ("I", "Why do you want to leave?"),
    ("C", "I want to lead a shift."),
]
NUMBERED = [(0 if who == "I" else 1, text) for who, text in SAID]
ROLES = {"*": {"0": "interviewer", "1": "candidate", "TOR*": "interviewer", "TOI*": "candidate"}}


def words(marked: bool) -> list[dict[str, Any]]:
    said = [(who, word) for who, text in NUMBERED for word in text.split()]
    key = "punctuated_word" if marked else "word"
    return [
        {key: word, "speaker": who, "start": number, "end": number + 0.4}
        for number, (who, word) in enumerate(said)
    ]


def deepgram(**alternative: Any) -> str:
    return json.dumps({"results": {"channels": [{"alternatives": [alternative]}]}})


def document(path: Path, lines: list[str]) -> None:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{space}">{body}</w:document>')


def subtitles(mark: str) -> str:
    cues = [
        f"{n}\n00:00:0{n}{mark}000 --> 00:00:0{n}{mark}900\n{who}: {text}"
        for n, (who, text) in enumerate(SAID, 1)
    ]
    return "\n\n".join(cues)


FILES = {
    "a.json": json.dumps(
        {
            "results": {
                "utterances": [
                    {"speaker": who, "transcript": text, "start": n, "end": n + 1}
                    for n, (who, text) in enumerate(NUMBERED)
                ]
            }
        }
    ),
    "b.json": deepgram(words=words(marked=True)),
    "c.json": deepgram(
        paragraphs={
            "paragraphs": [
                {"speaker": who, "sentences": [{"text": text, "start": n, "end": n + 1}]}
                for n, (who, text) in enumerate(NUMBERED)
            ]
        }
    ),
    "d.json": json.dumps(
        {
            "utterances": [
                {"speaker": str(who), "text": text, "start": 4000 * n, "end": 4000 * n + 3000}
                for n, (who, text) in enumerate(NUMBERED)
            ]
        }
    ),
    "e.srt": subtitles(","),
    "f.vtt": "WEBVTT\n\n" + subtitles("."),
    "g.txt": "\n".join(f"TO{'R' if who == 'I' else 'I'}001\t{text}" for who, text in SAID),
    "h.md": "\n\n".join(f"**{'Q' if who == 'I' else 'Guest'}:**\n\n{text}" for who, text in SAID),
    "i.csv": "timestamp,speaker,words\n" + "\n".join(f',{who}:,"{text}"' for who, text in SAID),
}


@pytest.mark.parametrize("name", FILES)
async def test_each_form_gives_the_interview(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(FILES[name])
    (tmp_path / "roles.json").write_text(json.dumps(ROLES))
    (script,) = given_interviews(tmp_path)
    assert [line.text for line in script.lines] == [text for _, text in SAID]
    assert [line.speaker == script.candidate for line in script.lines] == [
        who == "C" for who, _ in SAID
    ]
    assert not script.timed or script.lines[-1].end < 60


async def test_a_document_with_labels_on_lines_of_their_own_is_read(tmp_path: Path) -> None:
    names = {"I": "Chercheur", "C": "Interviewee"}
    lines = [line for who, text in SAID for line in (f"[{names[who]}] (0:01 - 0:09)", text)]
    document(tmp_path / "a.docx", lines)
    counts = await evaluate(given_interviews(tmp_path))
    assert (counts.interviews, counts.roles_right) == (1, 1)


def test_an_interview_whose_candidate_nothing_tells_is_handed_on_to_be_judged(
    tmp_path: Path,
) -> None:
    rows = [{"speaker": "B" if who == "C" else who.replace("I", "A"), "text": t} for who, t in SAID]
    (tmp_path / "a.json").write_text(json.dumps([*rows, {"speaker": "C", "text": "Hello."}]))
    passing, unknown = Passing(), list[Script]()
    assert list(given_interviews(tmp_path, passing, unknown)) == []
    assert passing.left_out == [("a.json (A, B, C)", UNKNOWN)]
    assert [script.name for script in unknown] == ["a.json"]


async def test_main_questions_are_the_lines_that_a_file_names(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\n".join(f"{who}: {text}" for who, text in SAID))
    (tmp_path / "questions.txt").write_text("about yourself\nlead a shift\nwant to leave")
    (script,) = given_interviews(tmp_path)
    assert script.main == (0, 2)
    counts = await evaluate([script])
    assert (counts.main_found, counts.main_asked) == (2, 2)


def test_the_variants_change_only_what_they_say() -> None:
    script = Script("x", random.Random(1))
    script.ask("So, why do YOU want to leave?")
    script.answer("I'd lead a shift; is that ok?")
    told = {name: [line.text for line in change(script).lines] for name, change in VARIANTS.items()}
    assert told == {
        "as written": ["So, why do YOU want to leave?", "I'd lead a shift; is that ok?"],
        "no question marks": ["So, why do YOU want to leave.", "I'd lead a shift; is that ok."],
        "lower case, no marks": ["so why do you want to leave", "i'd lead a shift is that ok"],
        "last word slipped": ["So, why do YOU want to", "leave? I'd lead a shift; is that ok?"],
    }
