"""Checks that a claim keeps the exceptions of its sentence, and which side of a comparison is more.

"We deliver everywhere except to Corsica" does not say that we deliver everywhere.
"""

from __future__ import annotations

import re

from worker.pages.quotes import flat

_EXCEPT = re.compile(
    r"\b(?:except(?:ing)?|with the exception|unless|save for|but not|ausgenommen|mit ausnahme|außer"
    r"|es sei denn|sauf|excepté|hormis|à l['’]exception|à moins|excepto|salvo|a excepción|exceto"
    r"|com exceção|eccetto|tranne|fatta eccezione|ad eccezione|behalve|uitgezonderd"
    r"|met uitzondering"
    r"|tenzij|utom|med undantag|undtagen|med undtagelse|unntatt|med unntak|paitsi|lukuun ottamatta"
    r"|z wyjątkiem|chyba że|s výjimkou|s výnimkou|vyjma|за исключением|за винятком|hariç|kivéve"
    r"|cu excepția|εκτός|με εξαίρεση)\b|以外|を除[いき]|除外|除了|제외",
    re.IGNORECASE,
)
# These words may also mean "besides", so they count only beside a word such as "all".
_OR_BESIDES = re.compile(
    r"\b(?:apart from|other than|aside from|abgesehen von|bis auf|à part|en dehors de|aparte de"
    r"|a parte|à parte|afgezien van|förutom|bortset fra|bortsett fra|oprócz|poza|kromě|okrem|кроме"
    r"|крім|dışında|haricinde|în afară de)\b",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"\b(?:all|every\w*|each|always|only|alle[nrs]?|jede[nrs]?|überall|immer|tou(?:t|te|s|tes)"
    r"|chaque|partout|toujours|tod[oa]s?|cada|siempre|tutt[oiae]|ogni|sempre|sempre|elke?|altijd"
    r"|overal|alla|varje|överallt|hver|overalt|kaikki|wszystk\w+|każd\w+|wszędzie|všech\w+|každ\w+"
    r"|všude|все|всех|кажд\w+|везде|tüm|bütün|her|minden\w*|toate|toți)\b",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"\b(?:more|mehr|plus|más|mais|più|meer|mera?|mere|enemmän|bardziej|więcej|více|viac|более"
    r"|больше|більше|több|mai mult\w*|περισσότερ\w+)\b",
    re.IGNORECASE,
)
_LESS = re.compile(
    r"\b(?:less|fewer|weniger|moins|menos|meno|minder|mindre|färre|færre|vähemmän|mniej|méně|menej"
    r"|менее|меньше|менше|kevesebb|kevésbé|mai puțin\w*|λιγότερ\w+)\b",
    re.IGNORECASE,
)


def keeps_reservations(text: str, quote: str, around: str) -> bool:
    """Whether the claim has the exceptions of its sentence, and no "more" for a "less".

    `around` is the sentence of the source around the quote.
    """
    claim, whole = flat(text), flat(around) or flat(quote)
    if _EXCEPT.search(whole) and not (_EXCEPT.search(claim) or _OR_BESIDES.search(claim)):
        return False
    if _OR_BESIDES.search(whole) and _ALL.search(claim) and not _OR_BESIDES.search(claim):
        return _EXCEPT.search(claim) is not None
    given = flat(quote)
    return not (_is_turned(claim, given, _MORE, _LESS) or _is_turned(claim, given, _LESS, _MORE))


def _is_turned(claim: str, given: str, one: re.Pattern[str], other: re.Pattern[str]) -> bool:
    """Whether only the claim has the one direction, and only the quote the other."""
    return bool(
        one.search(claim) and not one.search(given)
        and other.search(given) and not other.search(claim)
    )  # fmt: skip
