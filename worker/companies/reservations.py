"""Checks that a claim keeps the exceptions and conditions of its sentence, which side of a
comparison is more, and which company of a group is meant.

"We deliver everywhere except to Corsica" does not say that we deliver everywhere, and what the
parent company has is not ours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from worker.companies.reading import SELF, Reading
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
# Conditions without a word such as "if"; the others are in `modes.py`.
_IN_CASE = re.compile(
    r"\bs['’]ils?\b|\bbei (?:gute[mr]|schlechte[mr]|schöne[mr]|bedarf|ausreichend\w*"
    r"|entsprechend\w*)"
    r"|\b(?:(?:weather|health) permitting|in good weather|on (?:request|demand)|upon request"
    r"|auf (?:anfrage"
    r"|wunsch)|par (?:beau|mauvais) temps|sur demande|con buen tiempo|bajo (?:pedido|demanda)"
    r"|a petición"
    r"|(?:con|col) (?:il )?bel tempo|su richiesta|com bom tempo|sob (?:pedido|consulta)"
    r"|bij (?:goed|mooi) weer"
    r"|op (?:aanvraag|verzoek)|vid (?:fint|vackert) väder|på (?:begäran|forespørgsel"
    r"|forespørsel)|i godt vejr"
    r"|przy dobrej pogodzie|na (?:życzenie|zamówienie|vyžádání|požádání)|za pěkného počasí"
    r"|в хорошую погоду"
    r"|по (?:запросу|заказу)|istek üzerine|kérésre|la cerere)\b",
    re.IGNORECASE,
)
_OF_THE_GROUP = re.compile(
    r"\b(?:parent|mother|sister) (?:company|companies|firm|group)|\bparent\b|\bsubsidiar(?:y"
    r"|ies)\b|\baffiliates?\b"
    r"|\b(?:mutter|tochter|töchter|schwester)(?:gesellschaft|konzern|haus|firma|firmen|unternehmen|betrieb)?\w{0,2}\b"
    r"|\b(?:maison|société|entreprise)[- ](?:mère|sœur)|\bfiliales?\b|\b(?:empresa "
    r"|sociedad )?matriz\b|\bfilial(?:es)?\b"
    r"|\bempresa hermana|\bcapogruppo\b|\bcasa madre\b|\bconsorella\b|\bcontrollat[ae]\b"
    r"|\b(?:empresa|casa)-mãe"
    r"|\b(?:moeder|dochter|zuster)(?:bedrijf|maatschappij|concern|onderneming)\w{0,2}|\b(?:moder|dotter|syster)bolag\w*"
    r"|\b(?:moder|datter|søster)selskab\w*|\b(?:mor|datter|søster)selskap\w*|\b(?:emo|tytär)yhtiö\w*"
    r"|\bspółk\w+[ -](?:matk\w+|zależn\w+|dominując\w+|siostrzan\w+)|\b(?:mateřsk|dceřin"
    r"|sestersk|matersk|dcérsk)\w+"
    r"|материнск\w+|дочерн\w+|головн\w+ (?:компан|офис)\w*|\bana şirket\w*|\b(?:anya"
    r"|leány)(?:vállalat|cég)\w*"
    r"|\bsociet\w+[- ]mam\w+|親会社|子会社|姉妹会社|母公司|子公司|모회사|자회사",
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


def keeps_reservations(text: str, quote: str, around: str, names: Sequence[str] = ()) -> bool:
    """Whether the claim has the exceptions and conditions of its sentence, no "more" for a "less",
    and the same company of a group.

    `around` is the sentence of the source around the quote. `names` are the company's names.
    """
    claim, whole = flat(text), flat(around) or flat(quote)
    if _EXCEPT.search(whole) and not (_EXCEPT.search(claim) or _OR_BESIDES.search(claim)):
        return False
    if _OR_BESIDES.search(whole) and _ALL.search(claim) and not _OR_BESIDES.search(claim):
        return _EXCEPT.search(claim) is not None
    given = flat(quote)
    if _IN_CASE.search(whole) and not _IN_CASE.search(claim):
        return False
    return _keeps_group(claim, given, names) and not (
        _is_turned(claim, given, _MORE, _LESS) or _is_turned(claim, given, _LESS, _MORE)
    )


def _keeps_group(claim: str, given: str, names: Sequence[str]) -> bool:
    """Whether a parent company or subsidiary stands on the same side of the company in both."""
    ours, theirs = _OF_THE_GROUP.search(claim), _OF_THE_GROUP.search(given)
    if theirs is None:
        return True
    if ours is None:
        return False
    before = [SELF in Reading(text[: found.start()], names).tokens
              for text, found in ((claim, ours), (given, theirs))]  # fmt: skip
    return before[0] == before[1]


def _is_turned(claim: str, given: str, one: re.Pattern[str], other: re.Pattern[str]) -> bool:
    """Whether only the claim has the one direction, and only the quote the other."""
    return bool(
        one.search(claim) and not one.search(given)
        and other.search(given) and not other.search(claim)
    )  # fmt: skip
