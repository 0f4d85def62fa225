"""Reads a description that a user pasted: only facts that it states unambiguously."""

from __future__ import annotations

import re

from liverows import InvalidInput, run_in_child
from worker.pages.draft import Draft, Findings, Method, one_line
from worker.pages.markdown import description_to_markdown
from worker.pages.salary import find_salary, note_salary
from worker.positions.labels import add_labelled, labelled_in_text

MIN_CHARACTERS = 40
MAX_CHARACTERS = 200_000

_HEADING = re.compile(r"^#{1,3}\s++(.{3,100})$")
_NOT_A_TITLE = re.compile(
    r"^(?:about|job description|description|overview|the role|role|we|our|join|welcome|who|what|why"
    r"|responsibilities|requirements|company|summary|introduction|stellenbeschreibung)\b",
    re.IGNORECASE,
)
# A name's words have a limited length: a sentence may start at every full stop, and an endless word
# would be read again from each full stop inside it.
_NAME_WORD = r"[A-Z0-9][\w&.'\u2019-]{0,60}+"
_NAME = rf"{_NAME_WORD}(?: (?:&|and|of|the|de|van|von|{_NAME_WORD})){{0,5}}"
# A full stop is part of the word in ".NET" and "Sr. Engineer"; elsewhere it ends the title.
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
    """The facts of a pasted description; `InvalidInput` if it is too short or far too long.

    The description itself is kept unchanged. Title and company are taken only from a label, a
    heading or a sentence such as "Acme is hiring a Baker". Everything else is left to a model or
    stays unknown.
    """
    if len(text.strip()) < MIN_CHARACTERS:
        raise InvalidInput("The description is too short to be a job posting.")
    if len(text) > MAX_CHARACTERS:
        raise InvalidInput(
            f"The description is longer than {MAX_CHARACTERS:,} characters.", code="too_large"
        )
    return await run_in_child(read_text, text)


def read_text(text: str, *, method: Method = "html", source_url: str | None = None) -> Draft:
    """See `extract_from_text`. The method is `html`, because the rules are those for page text."""
    markdown = description_to_markdown(text, source_url or "")
    findings = Findings(method, source_url)
    add_labelled(findings, labelled_in_text(markdown))
    _add_heading(findings, markdown)
    match = _HIRES.search(markdown)
    if match and match["company"] not in _PRONOUNS:
        findings.add("company_name", match["company"], one_line(match[0]), 0.8)
        findings.add("job_title", match["title"].rstrip(" .,"), one_line(match[0]), 0.8)
    salary = find_salary(markdown)
    if salary and not any(found.field == "salary_range" for found in findings.found):
        note_salary(findings, salary, salary.text, 0.7)
    findings.add("job_description", markdown, None, 1.0)
    return findings.draft(text=markdown)


def _add_heading(findings: Findings, markdown: str) -> None:
    """Take a Markdown heading on the first line as the title, unless it names a section."""
    match = _HEADING.match(markdown.partition("\n")[0])
    if match and not _NOT_A_TITLE.match(match[1]):
        findings.add("job_title", match[1].strip("*_ "), match[0], 0.7)
