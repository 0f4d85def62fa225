"""In the Markdown of a transcript, whatever was said is shown as text."""

from __future__ import annotations

import html
import re

import pytest
from markdown_it import MarkdownIt

from tests.app.steps.interviews.talk import talk
from worker.interviews.transcript import markdown

SAID = [
    "# we start again",
    "- I bought a pump",
    "+ one more",
    "* and a seal",
    "1. we looked, 2. we mended",
    "12) is my number",
    "> is the sign for more",
    "``` is a fence and ~~~ too",
    "---",
    "=== is equal",
    ":-:",
    "| a | b |",
    "I said *never*, __never__ and ~~never~~ in snake_case",
    "write <b>bold</b>, <script>x()</script>, <https://a.example> or <!-- this -->",
    "see [our page](https://a.example), ![a picture](x.png), [1:05] and [^1]",
    "[1:05]: https://a.example",
    "2 < 3 & 4 > 3, AT&T, &lt; &amp; &#65; &copy;",
    "a path C:\\new\\*, and a line that ends with \\",
    "`code` and ``more` of it",
    "    indented",
]


@pytest.mark.parametrize("dialect", ["commonmark", "js-default"])
@pytest.mark.parametrize("said", SAID)
def test_what_is_said_is_shown_as_it_was_said(said: str, dialect: str) -> None:
    shown = MarkdownIt(dialect).render(markdown(talk((0, said), (0, said), (1, "Yes.")), {}))
    first, second = re.findall(r"<p>(.*?)</p>", shown, re.DOTALL)
    text = " ".join(said.split())
    assert first.startswith("<strong>Speaker 0 [0:00]</strong>\n")
    assert html.unescape(first.partition("\n")[2]) == f"{text} {text}"
    assert "<" not in first.partition("\n")[2]
    assert second.endswith("\nYes.")
    assert shown.count("<p>") == shown.count("<strong>") == 2
