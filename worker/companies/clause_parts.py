"""Cuts out of a sentence the parts that say something by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from worker.companies.clauses import clauses_of, is_denied
from worker.companies.reading import SELF, WORD, Reading
from worker.pages.quotes import flat

LEAD_WORDS = 2
_HELD = re.compile(
    r"^(?:with|mit|avec|con|com|med|met|cu|z|ze|s|se|с|со)\s[^,;:]{3,120},\s", re.IGNORECASE
)
"""What the subject has: "With over two decades of experience, we …"."""
_DOING = re.compile(
    r",\s(?=(?!(?:be|br|dur|includ|k|r|th|spr|str|morn|even)ing\b)[a-z]{2,20}ing\s[a-z])"
)
_OVER = re.compile(r"^(?:was|were|had|did|[a-z]{2,20}ed)$")
_ENGLISH = re.compile(
    r"\b(?:the|and|of|to|we|our|is|are|for|with|in|on|at|from|an?)\b", re.IGNORECASE
)


def parts_of(sentence: str, names: Sequence[str]) -> list[str]:
    """The parts of a sentence that do not depend on the rest; empty if it has one part only.

    "Before we used SAP, today we use Odoo" has two clauses. "With 20 years of experience, we plan
    roofs, using drones" says that the writer has them, and "we using drones". `names` are the
    company's names.
    """
    clauses = _whole_clauses(flat(sentence))
    found = clauses if len(clauses) > 1 else []
    return [*found, *_held(sentence, names), *_done_besides(sentence, names)]


def _held(sentence: str, names: Sequence[str]) -> Iterator[str]:
    lead = _HELD.match(sentence)
    rest = sentence[lead.end() :] if lead else ""
    if lead and SELF in Reading(" ".join(rest.split()[:1]), names).tokens:
        yield f"{lead[0]}{rest.split()[0]}"


def _done_besides(sentence: str, names: Sequence[str]) -> Iterator[str]:
    """The participle that ends an English sentence whose subject is the company."""
    start = _HELD.match(sentence)
    main = sentence[start.end() :] if start else sentence
    words = main.split()
    if len(words) < 3 or len(_ENGLISH.findall(main)) < 2:
        return
    leads = SELF in Reading(words[0], names).tokens
    if not leads or _OVER.match(words[1]) or _OVER.match(words[2]):
        return
    for mark in _DOING.finditer(main):
        yield f"{words[0]} {main[mark.end() :]}"


_LACKING = re.compile(
    r",?\s(?:without|ohne|sans|sin|senza|sem|zonder|utan|uden|uten|ilman|bez|без|fără|χωρίς)"
    r"\s[^,;:]*",
    re.IGNORECASE,
)


def without_what_lacks(quote: str, text: str) -> list[str]:
    """The quote without a phrase such as "without a break", unless it or the claim denies more."""
    rest = _LACKING.sub("", quote)
    return [] if rest == quote or is_denied(flat(rest)) or is_denied(flat(text)) else [rest]


def _whole_clauses(sentence: str) -> list[str]:
    """The clauses of a sentence. A lead of one or two words, as "Before, we …", stays with its
    clause."""
    whole: list[str] = []
    lead = ""
    for clause in clauses_of(sentence):
        joined = f"{lead}, {clause}" if lead else clause
        if len(WORD.findall(joined)) <= LEAD_WORDS:
            lead = joined
        else:
            whole.append(joined)
            lead = ""
    return whole
