"""The layouts of the second generator of postings; each is seen on pages of small employers.

A page states facts in one place and the text in another. In two layouts some facts stand in the
text itself, where they may be read as part of the description or not; `beside` names their words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any, TypeAlias

Language: TypeAlias = "dict[str, Any]"


@dataclass(frozen=True)
class Job:
    """What a page states. `town`, `kind` and `pay` are None if it does not state them."""

    language: Language
    title: str
    firm: str
    town: str | None
    kind: str | None
    pay: str | None
    parts: tuple[tuple[str, tuple[str, ...]], ...]
    """Headings with their items; what has no heading has an empty one, and is paragraphs."""

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Labels with their values."""
        values = zip(self.language["labels"], (self.town, self.kind, self.pay), strict=True)
        return [(label, value) for label, value in values if value]


@dataclass(frozen=True)
class Layout:
    """A way to build the page; `beside` gives the words in its text that are no description."""

    html: Callable[[Job], str]
    beside: Callable[[Job], str]


def _page(job: Job, body: str) -> str:
    language = job.language
    cookies, related, other, alerts, foot = (escape(each) for each in language["around"])
    return (
        f'<!doctype html><html lang="{language["lang"]}"><head><meta charset="utf-8">'
        f"<title>{escape(job.title)} - {escape(job.firm)}</title></head><body>"
        f'<div class="gdpr-layer" role="dialog"><p>{cookies}</p></div>{body}'
        f'<div class="reco"><h3>{related}</h3><a href="/j/77">{other}</a></div>'
        f'<form class="alert"><label>{alerts}</label><input name="mail"></form>'
        f"<footer><small>{foot}</small></footer></body></html>"
    )


def _bold_paragraphs(job: Job) -> str:
    """Facts in a table on top; headings are bold paragraphs."""
    rows = "".join(
        f"<tr><th>{escape(label)}</th><td>{escape(value)}</td></tr>" for label, value in job.facts
    )
    text = "".join(
        (f"<p><strong>{escape(head)}</strong></p>" if head else "")
        + "".join(
            f"<p>- {escape(item)}</p>" if head else f"<p>{escape(item)}</p>" for item in items
        )
        for head, items in job.parts
    )
    return _page(
        job,
        f'<div id="w"><h1>{escape(job.title)}</h1><div class="by">{escape(job.firm)}</div>'
        f'<table class="facts">{rows}</table><div class="txt">{text}</div></div>',
    )


def _chips(job: Job) -> str:
    """Facts without labels in short spans under the title; sections of an app."""
    chips = "".join(f'<span class="chip">{escape(value)}</span>' for _, value in job.facts)
    text = "".join(
        (f"<h4>{escape(head)}</h4>" if head else "")
        + ("<ul>" if head else "")
        + "".join(f"<li>{escape(i)}</li>" if head else f"<p>{escape(i)}</p>" for i in items)
        + ("</ul>" if head else "")
        for head, items in job.parts
    )
    return _page(
        job,
        f'<div id="root"><div class="card"><h1>{escape(job.title)}</h1><a href="/c/1">'
        f'{escape(job.firm)}</a><div class="chips">{chips}</div></div>'
        f'<div class="body">{text}</div></div>',
    )


def _definition_list(job: Job) -> str:
    """Facts in a definition list beside the text; the text is one cell with line breaks."""
    facts = "".join(f"<dt>{escape(k)}:</dt><dd>{escape(v)}</dd>" for k, v in job.facts)
    lines = [
        line
        for head, items in job.parts
        for line in (
            *((f"<b>{escape(head)}:</b>",) if head else ()),
            *(f"&bull; {escape(item)}" if head else escape(item) for item in items),
        )
    ]
    return _page(
        job,
        f"<table width=100%><tr><td><h2>{escape(job.title)}</h2>{'<br>'.join(lines)}</td>"
        f'<td class="side"><b>{escape(job.firm)}</b><dl>{facts}</dl></td></tr></table>',
    )


def _pasted_from_word(job: Job) -> str:
    """A document of a word processor, pasted whole into the editor of a site."""
    facts = "".join(
        f'<p class="MsoNormal"><span style="font-size:11.0pt">{escape(label)}: {escape(value)}'
        "</span></p>"
        for label, value in job.facts
    )
    text = "".join(
        (f'<p class="MsoNormal"><b><u>{escape(head)}</u></b></p>' if head else "")
        + "".join(
            f'<p class="MsoListParagraph">&middot;&nbsp;&nbsp;{escape(item)}</p>'
            if head
            else f'<p class="MsoNormal">{escape(item)}</p>'
            for item in items
        )
        for head, items in job.parts
    )
    return _page(
        job,
        f'<div class="entry-content"><p class="MsoTitle">{escape(job.firm)}</p>'
        f"<h1>{escape(job.title)}</h1>{facts}{text}</div>",
    )


def _folded(job: Job) -> str:
    """Sections that fold."""
    text = "".join(
        f"<details open><summary>{escape(head)}</summary><ul>"
        + "".join(f"<li>{escape(item)}</li>" for item in items)
        + "</ul></details>"
        if head
        else "".join(f"<p>{escape(item)}</p>" for item in items)
        for head, items in job.parts
    )
    facts = "".join(
        f'<div class="row"><div>{escape(label)}</div><div>{escape(value)}</div></div>'
        for label, value in job.facts
    )
    return _page(
        job,
        f'<section class="hero"><p>{escape(job.firm)}</p><h1>{escape(job.title)}</h1></section>'
        f'<section>{facts}</section><section class="c">{text}</section>',
    )


def _nothing(_: Job) -> str:
    return ""


def _title(job: Job) -> str:
    return job.title


def _letterhead(job: Job) -> str:
    facts = (f"{label}: {value}" for label, value in job.facts)
    return " ".join([job.firm, job.title, *facts])


LAYOUTS: dict[str, Layout] = {
    "bold paragraphs": Layout(_bold_paragraphs, _nothing),
    "chips": Layout(_chips, _nothing),
    "definition list": Layout(_definition_list, _title),
    "pasted from Word": Layout(_pasted_from_word, _letterhead),
    "folded": Layout(_folded, _nothing),
}
