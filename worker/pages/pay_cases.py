"""Tells whether words beside an amount only name a place or a level for which it is paid."""

from __future__ import annotations

import re

_LEVEL = (
    r"(?i:(?:zone|level|tier|band|grade|region|step|stufe|niveau|nivel|nível|livello|poziom|úroveň"
    r"|nivå|taso|уровень|рівень|seviye) ?\w{1,3}"
    r"|junior|mid(?:dle)?|senior|lead|staff|principal|expert|trainee|apprentice|entry)"
    r"(?:[- ](?i:level))?(?![^\W_])"
)
_IN = (
    r"(?i:for|in|at|für|fuer|bei|im|à|au|en|pour|para|em|no|na|per|a|w|we|dla|v|ve|pro|i|på|för"
    r"|hos|voor|te|în|в|на|для|у|με|di|pada|tại)"
)
_THE = r"(?:(?i:the|der|die|das|den|la|le|les|el|los|las|o|os|as|il|lo|gli|de|het)\s)?"
_IT_IS = (
    r"(?:\s?(?i:it is|it's|that is|is|sind es|ist es|c'est|est|es|é|è|to|je|jest|är det|är"
    r"|er det|er|это))?"
)
_SHORT = 8
"""In characters. In scripts without capital letters, a longer word may be a whole sentence."""
_NAME = r"[^\W\d_][\w.'-]{0,20}"
_NAMES = rf"{_NAME}(?:,?\s{_NAME}){{0,2}}?"
_KNOWN = re.compile(rf"\W{{0,8}}(?:{_IN}\s)?{_THE}{_LEVEL}\W{{0,8}}{_IT_IS}\W{{0,8}}")
_IN_PLACE = re.compile(rf"\W{{0,8}}{_IN}\s{_THE}(?P<names>{_NAMES}),?{_IT_IS}\W{{0,8}}")
_LABEL = re.compile(rf"\W{{0,8}}(?P<names>{_NAMES})\W{{0,8}}")
_ENDS = re.compile(r"[\n;!?。；！？|•·]|\.(?=\s)")


def names_level(text: str) -> bool:
    """Whether a text only names a level, such as "For Zone B it is"."""
    return _KNOWN.fullmatch(text) is not None


def names_case(text: str) -> bool:
    """Whether a text only names a level, or seems to name only a place: "In Maine it is", "York:".

    A place begins with a capital letter, if the script has them; a verb may not follow it.
    """
    if names_level(text):
        return True
    match = _IN_PLACE.fullmatch(text) or _LABEL.fullmatch(text)
    return match is not None and all(map(_is_name, re.split(r"[\s,]+", match["names"])))


def _is_name(word: str) -> bool:
    has_capitals = word.lower() != word.upper()
    return word[0].isupper() if has_capitals else len(word) <= _SHORT


def names_place(text: str, name: str) -> bool:
    """Whether the text names a place so, as in "in Austin", "Austin, TX" and "Location: Austin"."""
    name = name[:1].upper() + name[1:]
    place = text.find(name)
    for _ in range(MAX_NAMED):
        if place < 0:
            return False
        before, after = text[max(0, place - 16) : place], text[place + len(name) :][:8]
        is_label = after.lstrip(" ").startswith(":")
        if not is_label and (_BEFORE_PLACE.search(before) or _STATE.match(after)):
            return True
        place = text.find(name, place + 1)
    return False


MAX_NAMED = 50
_BEFORE_PLACE = re.compile(rf"(?:(?<![^\W_]){_IN}\s|[^\W\d_]:\s{{0,4}}|[(,/]\s?)$")
_STATE = re.compile(r",\s[A-Z]{2}(?![^\W_])")


def leads_on(between: str, before: str, after: str) -> bool:
    """Whether an amount in another sentence or line is pay as the amount before it.

    `between` stands between both, `before` between the word for pay and the first amount, and
    `after` behind the second one. A place counts only if the first amount has a place or level too,
    because "Deals: $50,000" says as little of pay as "Deals are $50,000".
    """
    first, *clauses = _ENDS.split(between)
    said = [clause for clause in clauses if re.search(r"\w", clause)]
    if not _is_blank(after) and not names_case(after):
        return False
    if all(map(names_level, said)):
        return True
    has_case = names_case(before) or names_case(first)
    return has_case and all(map(names_case, said))


def _is_blank(text: str) -> bool:
    return re.search(r"[^\W\d_]", text) is None
