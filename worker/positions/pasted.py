"""Reads a description that a user pasted: only the facts that the text clearly states."""

from __future__ import annotations

import re

from liverows import InvalidInput, run_in_child
from worker.pages.draft import Draft, Findings, Method, one_line
from worker.pages.markdown import description_to_markdown
from worker.pages.salary import find_salary, note_salary
from worker.positions.frame_words import is_frame, is_section
from worker.positions.labels import add_labelled, labelled_in_text

MIN_CHARACTERS = 40
MAX_CHARACTERS = 200_000

_HEADING = re.compile(r"^(?P<level>#{1,6})\s++(?P<text>.{3,100})$")
MAX_FACT = 60
"""A line with more characters is running text. A shorter one below a title may state a fact, such
as the place."""
# The words of a name have a limited length. Otherwise an endless word would be read again from each
# full stop inside, because a sentence may start there.
_NAME_WORD = r"[A-Z0-9][\w&.'\u2019-]{0,60}+"
_NAME = rf"{_NAME_WORD}(?: (?:&|and|of|the|de|van|von|{_NAME_WORD})){{0,5}}"
# A full stop is part of a title before a letter, as in ".NET", and in "Sr. Engineer"; otherwise it
# ends the title.
_TITLE_WORD = r"(?:(?:[SJD]r)\.|[A-Z(.](?:[\w/&+')\u2019-]|\.(?=\w))*)"
_HIRES = re.compile(
    rf"(?:^|[.!?\n]\s{{0,20}})(?:At )?(?P<company>{_NAME})"
    r"(?:,? (?:Inc|Ltd|LLC|GmbH|plc|Limited)\.?)?,? "
    r"(?:is|are) (?:now |currently )?(?:hiring|looking for|seeking|recruiting)(?: for)?"
    rf" an? (?P<title>{_TITLE_WORD}(?: (?:{_TITLE_WORD}|of|and|for|&)){{0,7}})"
)
_PRONOUNS = {
    "We",
    "They",
    "Our",
    "It",
    "This",
    "The",
    "Our Client",
    "The Client",
    "Client",
    "Company",
}


async def extract_from_text(text: str) -> Draft:
    """Return the facts of a pasted description; the description itself is kept as Markdown.

    The title is taken from a label, from a heading on the first line, or from a sentence such as
    "Acme is hiring a Baker"; the company from a label or such a sentence; pay from a label or the
    text; other facts only from labels. Raises `InvalidInput` for fewer than 40 characters or more
    than 200,000, and `Permanent("too_large")` if the HTML is too complex.
    """
    if len(text.strip()) < MIN_CHARACTERS:
        raise InvalidInput(
            "The description is too short to be a job posting.",
            params={"kind": "description_too_short"},
        )
    if len(text) > MAX_CHARACTERS:
        raise InvalidInput(
            f"The description is longer than {MAX_CHARACTERS:,} characters.",
            code="too_large",
            params={"kind": "description", "characters": MAX_CHARACTERS},
        )
    return await run_in_child(read_text, text)


def read_text(text: str, *, method: Method = "html", source_url: str | None = None) -> Draft:
    """Return the facts of a description of any length, by the rules of `extract_from_text`.

    The text is trusted as much as the text of a page (`html`), unless `method` says otherwise.
    Raises `Permanent("too_large")` if the HTML is too complex.
    """
    markdown = description_to_markdown(text, source_url or "")
    findings = Findings(method, source_url)
    add_labelled(findings, labelled_in_text(markdown))
    _add_heading(findings, markdown)
    match = _HIRES.search(markdown)
    if match and match["company"] not in _PRONOUNS:
        findings.add("company_name", match["company"], one_line(match[0]), 0.8)
        findings.add("job_title", match["title"].rstrip(" .,"), one_line(match[0]), 0.8)
    salary = find_salary(markdown, findings.stated("job_title", "location"))
    if salary and not any(found.field == "salary_range" for found in findings.found):
        note_salary(findings, salary, salary.text, 0.7)
    findings.add("job_description", markdown, None, 1.0)
    return findings.draft(text=markdown)


def _add_heading(findings: Findings, markdown: str) -> None:
    """Take a Markdown heading on the first line as the title, unless it is that of a section.

    It is that of a section if it reads so ("About the role"), or if running text stands between
    this heading and the next one of the same or a higher level.
    """
    first, _, rest = markdown.partition("\n")
    match = _HEADING.match(first)
    title = match["text"].strip("*_ #:") if match else ""
    is_name = len(title) >= 3 and not (is_section(title) or is_frame(title))
    if match and is_name and not _has_equal(rest, match["level"]):
        findings.add("job_title", title, first, 0.7)


def _has_equal(rest: str, level: str) -> bool:
    """Whether running text stands between a heading and the next one of its level or higher."""
    is_text_between = False
    for line in rest.splitlines():
        match = _HEADING.match(line)
        if match is None:
            is_text_between = is_text_between or len(line.strip()) > MAX_FACT
        elif len(match["level"]) <= len(level):
            return is_text_between
    return False
