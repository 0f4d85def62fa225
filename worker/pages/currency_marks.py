"""Finds the marks of a currency beside a number: codes, signs and names.

A mark that several currencies share, such as "$", often leaves the currency open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from worker.pages.currencies import CODES, NAMES, SIGNS

_ALSO_WORDS = "ALL TOP TRY CUP GEL PEN MAD SOS MOP BAM ANG LAK PHP ERN STN"
"""Codes that are also words; they usually count only beside a number of four or more digits."""

# Codes that are found also in small letters.
_COMMON_CODES = (
    "usd|eur|gbp|chf|cad|aud|nzd|sgd|hkd|jpy|cny|inr|pln|czk|sek|nok|dkk|huf|ron|brl|mxn|zar|ils"
    "|rub|vnd|aed|sar|uah|rmb|rsd|mkd|bgn"
)
_AFTER_ONLY = (
    "р won rand lev leu lei real lira yen dram manat lari дин ден сом сум лев dinara birr Ks"
    " dollars dollar pesos peso din dinar dinari динар динари maraka марака kn kune KM"
)
"""Marks that count only behind a number; elsewhere they may mean something else."""

_SOUTH_SLAVIC = (
    r"(?i:neto\b|bruto\b|mj?ese[cčć]\w*|mj\.|mes\.|godi[sš]nj\w*|nedeljno|sedmi[cč]no|tjedno|dnevno"
    r"|(?:na|po|za)\s(?:sat\w?|dan\w?|mj?ese[cč]\w?|godin\w)\b|/\s?(?:sat|h|dan|mj?es\w*|mj)\b)"
)
_IF_MONEY = {
    "din": re.compile(rf"\.|\s{{0,3}}(?:$|[,;)\n]|{_SOUTH_SLAVIC})"),
    "kn": re.compile(rf"\.?\s{{0,3}}{_SOUTH_SLAVIC}"),
    "KM": re.compile(rf"\s{{0,3}}{_SOUTH_SLAVIC}"),
}
"""What follows marks that are also words, where they are money. "din" is Romanian for "from"."""

LETTERS = "A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u04ff\u1e00-\u1eff"
NO_LETTER_BEFORE = rf"(?<![{LETTERS}])"
NO_LETTER_AFTER = rf"(?![{LETTERS}])"


def _any_of(signs: Iterable[str]) -> str:
    return "|".join(re.escape(sign) for sign in sorted(signs, key=len, reverse=True))


def _pattern(*, before: bool) -> str:
    exact = [sign for sign in SIGNS if not (before and sign in _AFTER_ONLY.split())]
    words = [word for word in NAMES if not (before and word in _AFTER_ONLY.split())]
    return (
        rf"(?:[A-Z]{{2,3}}\$|{_any_of(exact)}|(?i:{_any_of(words)}|{_COMMON_CODES})"
        rf"|{'|'.join(sorted(CODES))})"
    )


_ANY_MARK = _pattern(before=False)
_BEFORE = re.compile(
    rf"{NO_LETTER_BEFORE}(?:{_pattern(before=True)}|Fr|R)\.?[:\s]{{0,4}}(?:[$€£]\s?)?$"
)
_AFTER = re.compile(
    rf"\s{{0,4}}(?P<opened>\()?(?P<mark>{_ANY_MARK}|e(?=/(?:kk|kuu|h|t|tunti)\b)){NO_LETTER_AFTER}\.?"
    rf"(?:\s?\(?(?P<code>[A-Z]{{3}})\)?{NO_LETTER_AFTER})?"
)
_MARK = re.compile(_ANY_MARK)
_WIDTH = 24
_GAP = " \t\r\n\f\v\u00a0\u2007\u2009\u202f:."
_DOLLARS = "USD|CAD|AUD|NZD|SGD|HKD|TWD|MXN|COP|CLP|ARS|JMD"
_DOLLAR_CODE = re.compile(
    rf"(?:[(/]\s?|\bin )(?P<led>{_DOLLARS})\b|\b(?P<ending>{_DOLLARS})(?=\s?[:$)]|\s*$)"
    r"|\b(?P<sure>USD)\b"
)
"""Matches a code for the currency of a "$". USD counts in any place; CAD, also software, does
not."""
_DOLLAR_CODE_BEHIND = re.compile(rf"\s?({_DOLLARS})\b")


def marks_before(text: str, place: int, number: str) -> tuple[int, tuple[str, ...]]:
    """Where the currency marks before a number start, and the marks; `place` and () if none."""
    window = text[max(0, place - _WIDTH) : place]
    # No mark ends in a digit. This test spares lists of numbers the slow search.
    if not (before := window.rstrip(_GAP)) or before[-1].isdigit():
        return place, ()
    match = _BEFORE.search(window)
    if match is None or "\n" in match[0]:
        return place, ()
    found = match[0].strip(" .:")
    marks = tuple(_MARK.findall(found)) or (found,)
    if _is_only_a_word(found, number):
        return place, ()
    return place - len(match[0]), marks


def _is_only_a_word(mark: str, number: str) -> bool:
    """Whether a mark such as "TRY" is taken for a word, because the number has fewer than 4
    digits."""
    large = sum(sign.isdigit() for sign in number) >= 4
    return not large and (mark in _ALSO_WORDS.split() or mark in ("R", "Fr"))


_PAY_BEFORE = re.compile(
    r"(?i:(?:pla[tćc]|zarad|satnic|primanj|naknad|honorar|iznos)\w{0,20}|nudimo|do|od)"
    r"[\s:]++(?:[^\W\d]++[\s:]++){0,3}[\d.,\s–-]*+$"
)
_NETTO = re.compile(r"\s{0,3}(?i:neto|bruto)\b")
_SPEED = re.compile(r"(?i)\b(?:brzin|vo[zž]nj|pre[lđ]|relacij|udaljen|kilometr|autom)\w*")


def _can_be_money(mark: str, text: str, place: int, end: int) -> bool:
    """Whether what stands around a mark such as "din" lets it be money; True for most marks.

    `place` is where the number ends, and `end` where the mark does.
    """
    needed = _IF_MONEY.get(mark if mark == "KM" else mark.lower())
    if needed is None or needed.match(text, end) is None:
        return needed is None
    if mark != "KM" or _NETTO.match(text, end):
        return True
    # Kilometres have periods too: "120 KM na sat".
    before = re.split(r"[.!?;\n]\s", text[max(0, place - 100) : place])[-1]
    return _PAY_BEFORE.search(before) is not None and _SPEED.search(before) is None


def marks_after(text: str, place: int, number: str) -> tuple[int, tuple[str, ...]]:
    """Where the currency marks after a number end, and the marks; `place` and () if none."""
    match = _AFTER.match(text, place)
    if match is None or "\n" in match[0]:
        return place, ()
    mark, end = match["mark"], match.end("mark")
    is_word = mark in _ALSO_WORDS.split() and _is_only_a_word(mark, number)
    if is_word or not _can_be_money(mark, text, place, end):
        return place, ()
    # In "Level 2 $25" the mark stands right before the next number.
    if match.start("mark") > place and not mark.isalpha() and text[end : end + 1].isdigit():
        return place, ()
    if match["opened"]:
        return (end + 1, (mark,)) if text[end : end + 1] == ")" else (place, ())
    if match["code"] in CODES:
        return match.end(), (mark, match["code"])
    # A full stop right behind an abbreviation such as "kr" belongs to the mark.
    if mark.isalpha() and len(mark) < 5 and mark not in CODES and text[end : end + 1] == ".":
        end += 1
    return end, (mark,)


def currency_code(text: str) -> str | None:
    """The currency code for a text such as "€" or "euros"; None if it means no single known
    currency."""
    word = text.strip().rstrip(".")
    if word.upper() in CODES:
        return word.upper()
    for known in (SIGNS.get(word), NAMES.get(word.lower()), SIGNS.get(word.upper())):
        if known is not None:
            return known or None
    if len(word) > 1 and word.endswith("$"):
        return currency_code(word[:-1])
    return {"Fr": "CHF", "R": "ZAR", "e": "EUR"}.get(word)


def currency_of(
    marks: Iterable[str], *, before: str = "", behind: str = "", wide: str = ""
) -> str | None:
    """The one currency that the marks of an amount mean; None if they mean none or several.

    The text around the amount (`before`, `behind`, and the larger `wide`) may decide, as for "$".
    """
    words = list(marks)
    codes = {code for word in words if (code := _meaning(word, wide))}
    if not codes and "$" in words:
        found = [*_DOLLAR_CODE.finditer(before), *_DOLLAR_CODE.finditer(behind)]
        codes = {str(match[match.lastgroup or 0]) for match in found}
        if match := _DOLLAR_CODE_BEHIND.match(behind):
            codes.add(match[1])
    return codes.pop() if len(codes) == 1 else None


_KRONA = (
    ("SEK", re.compile(r"\b(?:och|är|för|lön|lönen|månadslön|timlön|årslön|månaden|månad|mån)\b")),
    ("NOK", re.compile(r"\b(?:lønn|årslønn|månedslønn|timelønn|av|arbeid\w*|søknad)\b")),
    ("DKK", re.compile(r"\b(?:løn|lønnen|månedsløn|timeløn|årsløn|af|arbejd\w*|ansøg\w*)\b")),
    ("ISK", re.compile(r"\b(?:laun|mánuði|mánaðarlaun|starf\w*|það|við)\b")),
)
_KANA = re.compile("[\u3040-\u30ff円]")
_HAN = re.compile("[\u4e00-\u9fff]")
_TRADITIONAL = re.compile("[資萬個經驗職務學歷時業將會為]")
"""Characters of traditional Chinese. Where it is written, as in Taiwan, 元 is not the yuan."""


def _meaning(mark: str, around: str) -> str | None:
    """The currency of one mark, or None; the language around the mark may decide."""
    if mark.lower() in ("kr", "kroner", "krone"):
        around = around.lower()
        found = [code for code, words in _KRONA if words.search(around)]
        return found[0] if len(found) == 1 else None
    if mark == "¥" and _KANA.search(around):
        return "JPY"
    if mark in ("¥", "元"):
        is_chinese = mark == "元" or _HAN.search(around)
        return "CNY" if is_chinese and not _TRADITIONAL.search(around) else None
    return currency_code(mark)
