"""A company's name without its legal form: `LL Regnskab` of `LL Regnskab ApS`."""

from __future__ import annotations

import re

_FORM = (
    r"(?:inc(?:orporated)?|l\.?l\.?c|l\.?l\.?p|ltd|limited|plc|corp(?:oration)?|co|pty|pte"
    r"|gmbh|mbh|ug(?: \(haftungsbeschränkt\))?|ag|kg|ohg|gbr|e\.\s?k|e\.\s?u|se"
    r"|s\.?\s?a\.?\s?s(?:\.?\s?u)?|s\.?\s?a\.?\s?r\.?\s?l|s\.?\s?a|eurl|s\.?\s?r\.?\s?l\.?\s?s?|s\.?\s?p\.?\s?a"
    r"|s\.?\s?n\.?\s?c|s\.?\s?a\.?\s?s|s\.?\s?l(?:\.?\s?u)?|ltda|lda|unipessoal|eireli|c\.\s?a"
    r"|s\.?\s?de r\.?\s?l|de c\.?\s?v"
    r"|b\.?v\.?b\.?a|b\.?\s?v|n\.?\s?v|v\.?o\.?f|oyj?|ab|a/?s|asa|aps|i/s|k/s|ehf|hf"
    r"|sp(?:ółka)?\.?\s?z\s?o\.?\s?o|s\.?\s?k(?:\.?\s?a)?|sp\.?\s?j|s\.?\s?r\.?\s?o|a\.?\s?s"
    r"|v\.?\s?o\.?\s?s|spol\.? s r\.?\s?o"
    r"|kft|zrt|nyrt|d\.?\s?o\.?\s?o|d\.?\s?d|j\.?\s?d\.?\s?o\.?\s?o|o\.?o\.?d|e\.?o\.?o\.?d|uab|sia|oü"
    r"|tic(?:aret)?|san(?:ayi)?|şti|a\.?\s?ş|ооо|оао|зао|пао|ао|тов|тоо|k\.?\s?k)"
)
_LEGAL = re.compile(rf"{_FORM}\.?,?", re.IGNORECASE)
_JOINS = frozenset({"&", "und", "and", "ve", "+"})
MOST_WORDS = 4
"""The most words of one form: "sp. z o. o."."""
_BEFORE = re.compile(
    r"^(?:ооо|оао|зао|пао|ао|ип|тов|тоо|pt|cv|株式会社|有限会社|合同会社|\(株\)|㈜|주식회사)\s*(?=\S)",
    re.IGNORECASE,
)
_BEHIND_ASIAN = re.compile(r"(?:株式会社|有限会社|合同会社|有限公司|股份有限公司|주식회사)$")
_MARKS = " ,.«»\"“”„'"
MAX_NAME = 200
LEAST_LETTERS = 4
"""A shorter word may be an ordinary one."""


def without_legal_form(name: str) -> str:
    """The name without "Ltd", "s.r.o." and the like; the whole name if nothing else is in it."""
    if len(name) > MAX_NAME:
        return name
    bare = _BEHIND_ASIAN.sub("", _BEFORE.sub("", name.strip()))
    words = bare.split()
    while length := _form_length(words):
        words = words[:-length]
        if words[-1:] and words[-1].lower() in _JOINS:
            words.pop()
    bare = " ".join(words).strip(_MARKS)
    is_name = len(bare.split()) > 1 or len(bare) >= LEAST_LETTERS or not bare.isascii()
    return bare if is_name and len(bare) > 1 else name


def _form_length(words: list[str]) -> int:
    """How many words of the end are one legal form; 0 if none is, or nothing else would be left."""
    for length in range(min(MOST_WORDS, len(words) - 1), 0, -1):
        if _LEGAL.fullmatch(" ".join(words[-length:])):
            return length
    return 0
