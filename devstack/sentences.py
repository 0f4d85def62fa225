"""Writes the copies of the sentences for users that the page and the Edge Function need.

The sentences are in `worker/sentences`, and the English ones about the library's own errors in
`liverows/base/sentences.py`. Run `python -m devstack.sentences` after a change; a test compares the
copies.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from devstack.functions import find_deno
from devstack.project import ROOT
from liverows.base.sentences import SENTENCES
from worker.sentences import AGAIN, LANGUAGES, table

PAGE = ROOT / "examples" / "web" / "src" / "texts"
FUNCTION = ROOT / "supabase" / "functions" / "api" / "sentences.ts"
HEADER = (
    "// Written by `python -m devstack.sentences`; change worker/sentences/en.json instead.\n\n"
)


def page_sentences(language: str) -> str:
    """Return the sentences for the page, as JSON: those of the application and the library's.

    An error's sentence has `again` if that, and not the row, says whether another try may help.
    """
    sections: dict[str, Any] = dict(table(language))
    if language == "en":
        library = {code: said(*sentence) for code, sentence in SENTENCES.items()}
        sections["errors"] = dict(sorted((library | sections["errors"]).items()))
    for code, again in AGAIN.items():
        sections["errors"][code] = {**sections["errors"][code], "again": again}
    return json.dumps(sections, indent=2, ensure_ascii=False) + "\n"


def said(message: str, action: str) -> dict[str, str]:
    """Return a sentence of the library in the form of the application's."""
    return {"message": message, "action": action} if action else {"message": message}


def function_sentences() -> str:
    """Return the module of the Edge Function with the sentences for its refusals."""
    english = table("en")
    constants = "".join(
        f"export const {name} = {json.dumps(english[section])} as const;\n\n"
        for name, section in (("REFUSALS", "refusals"), ("FIELDS", "fields"))
    )
    formatter = [str(find_deno()), "fmt", "--ext", "ts", "--line-width", "100", "-"]
    text = HEADER + constants
    done = subprocess.run(formatter, input=text, capture_output=True, text=True, check=True)
    return done.stdout


def copies() -> dict[Path, str]:
    """Return what each copy should contain."""
    page = {PAGE / f"sentences.{language}.json": page_sentences(language) for language in LANGUAGES}
    return {**page, FUNCTION: function_sentences()}


def write() -> None:
    """Write all copies."""
    for path, text in copies().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
