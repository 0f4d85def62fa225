"""Keeps the sentences of a model that tell nothing which was not said.

Whether an opinion is right cannot be checked. But a quotation, a number or a name can, and so can
the words that a sentence claims somebody said.
"""

from __future__ import annotations

import re
from functools import cached_property

from worker.interviews.english import is_word
from worker.interviews.observable import masked_sentences, quotations
from worker.interviews.transcript import tokens

LEAST_STEM = 4
LEAST_SHARE = 0.5
"""The least share of the longer words after "you say that" that were said, perhaps in another
form."""
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
# Some services and models write quotations with single marks.
_SINGLE = re.compile(r"(?<!\w)['\u2018]([^'\u2018\u2019\n]{2,300})['\u2019](?!\w)")
_OMISSION = re.compile(r"\.{3,}|\u2026|\[[^\[\]]*+\]")
_AS_SAID = re.compile(
    r"\b(?:you|the (?:candidate|applicant)|the interviewer|he|she|they)\s(?:\w+ly\s|also\s|then\s)?"
    r"(?:say|said|says|state|mention|claim|explain|describe|report|admit|tell|told|note|add|write"
    r"|recall|call|use)\w*\b",
    re.IGNORECASE,
)
_RETOLD = re.compile(
    r"\b(?:you|the (?:candidate|applicant)|he|she|they)\s(?:\w+ly\s|also\s|then\s)?"
    r"(?:say|said|says|state|mention|claim|explain|report|admit|tell|told|note|add|recall)\w*\s"
    r"(?:us\s|me\s|the interviewer\s)?that\s(?P<what>[^.;:!?]+)",
    re.IGNORECASE,
)
# A proposal may name a length: "in 2 minutes", "two to 3 sentences".
_LENGTH = re.compile(
    r"\b(?:\d{1,2}\s?(?:-|\u2013|to|or)\s?)?\d{1,3}[\s-](?:second|minute|sentence|word|example"
    r"|point|step|number|part|line|figure)s?\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\b(?:questions?|answers?|scores?|scored|dimensions?)\s"
    r"(?:(?:and|or|to|of|at|is|are|was)\s|\d{1,3}(?:\.\d)?,?\s)*\d{1,3}(?:\.\d)?\b"
    r"|\b\d{1,2}(?:\.\d)?\s(?:out of|of|/)\s10\b|\b\d{1,2}/10\b",
    re.IGNORECASE,
)
_LARGE = {
    "eleven": "11", "twelve": "12", "dozen": "12", "thirteen": "13", "fourteen": "14",
    "fifteen": "15", "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19",
    "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70",
    "eighty": "80", "ninety": "90", "hundred": "100", "thousand": "1000", "million": "1000000",
    "billion": "1000000000",
}  # fmt: skip
_FREE = frozenset({
    "i", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "star",
})  # fmt: skip
_EMPTY = frozenset({
    "that", "this", "with", "from", "have", "been", "were", "they", "them", "their", "your",
    "yours", "about", "which", "when", "what", "would", "could", "should", "will", "into", "also",
    "very", "then", "than", "there", "here", "more", "most", "some", "such", "only", "just",
    "because", "while", "where", "after", "before", "other", "others", "being", "does", "doing",
    "done",
})  # fmt: skip


class Said:
    """The words of an interview, or of a part of it, against which sentences are checked."""

    def __init__(self, *texts: str | None) -> None:
        self._tokens = [token for text in texts if text for token in tokens(text)]

    @cached_property
    def words(self) -> frozenset[str]:
        """The words, and the parts of words with a hyphen or an apostrophe."""
        parts = (part for word in self._tokens for part in re.split(r"['\u2019-]", word))
        return frozenset([*self._tokens, *filter(None, parts)])

    @cached_property
    def _in_a_row(self) -> str:
        return f" {' '.join(self._tokens)} "

    @cached_property
    def _starts(self) -> frozenset[str]:
        return frozenset(word[:LEAST_STEM] for word in self.words if len(word) >= LEAST_STEM)

    def has_quotation(self, quotation: str) -> bool:
        """Whether the quoted words were said in a row, apart from marked omissions."""
        parts = [" ".join(tokens(part)) for part in _OMISSION.split(quotation)]
        return all(f" {part} " in self._in_a_row for part in parts if part)

    def has_like(self, word: str) -> bool:
        """Whether a word that begins alike was said."""
        return word[:LEAST_STEM] in self._starts

    def has_number(self, word: str) -> bool:
        """Whether a number was said, in digits or in words."""
        bare = word.casefold()
        other = _LARGE.get(bare) or next((name for name, n in _LARGE.items() if n == bare), bare)
        return bool({bare, other, bare.replace(",", "")} & self.words)


def borne_out(text: str, said: Said, *, proposes: bool = False) -> str | None:
    """The text without sentences that tell what was not said. None if nothing is left.

    If `proposes`, the text proposes changes: it may quote what could be said instead, and name a
    length.
    """
    kept = [
        sentence
        for sentence, masked in masked_sentences(text)
        if _is_borne_out(sentence, masked, said, proposes=proposes)
    ]
    return "".join(kept).strip() or None


def _is_borne_out(sentence: str, masked: str, said: Said, *, proposes: bool) -> bool:
    quoted = [*quotations(sentence), *(found[1] for found in _SINGLE.finditer(sentence))]
    must_be_said = not proposes or _AS_SAID.search(masked) is not None
    if must_be_said and not all(map(said.has_quotation, quoted)):
        return False
    told = " ".join([masked, *quoted]) if proposes else masked
    plain = _COUNTED.sub(" ", _LENGTH.sub(" ", told) if proposes else told)
    words = _WORD.findall(plain)
    return (
        all(said.has_number(word) for word in words if _is_number(word))
        and not _names(words, said, proposes=proposes)
        and all(_is_told(found["what"], said) for found in _RETOLD.finditer(masked))
    )


def _is_number(word: str) -> bool:
    return any(sign.isdigit() for sign in word) or word.casefold() in _LARGE


def _names(words: list[str], said: Said, *, proposes: bool) -> list[str]:
    """The words that seem to be names and were not said. A proposal may use a short form."""
    names = []
    for place, word in enumerate(words):
        bare = re.sub(r"['\u2019]s?$", "", word)
        is_free = bare.casefold() in _FREE or (proposes and bare.isupper() and len(bare) <= 5)
        is_name = bare[:1].isupper() and (place > 0 or not is_word(bare))
        if is_name and not is_free and bare.casefold() not in said.words:
            names.append(bare)
    return names


def _is_told(what: str, said: Said) -> bool:
    longer = [word for word in tokens(what) if len(word) >= LEAST_STEM and word not in _EMPTY]
    return sum(map(said.has_like, longer)) >= LEAST_SHARE * len(longer)
