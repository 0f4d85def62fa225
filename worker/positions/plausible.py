"""Checks that a posting states a model's fact about its own job, and not only somewhere.

A quote proves only that its words are in the posting: "our clients in Leeds" states no place of
work. A true fact in an unusual place is lost, which is better than to show a false one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice

from worker.pages.draft import FieldName
from worker.pages.hosts import is_somebody_elses, platform
from worker.pages.quotes import flat, standing
from worker.pages.salary import find_salary
from worker.positions.labels import field_of_label

HEAD_LINES = 12
"""How many lines at the top may state a title, an employer or a place without a label or an
introduction. Empty lines and items of lists are not counted."""
NEAR = 60
"""How many characters beside a value are searched for words that introduce it."""
MOST_WORDS: Mapping[FieldName, int] = {"job_title": 14, "company_name": 8, "location": 14}
SHORT_LINE = 5
"""A line of at most so many words, such as "Full-time", needs no word about the field."""
SHORT_ITEM = 3
"""The same for an item of a list, which is usually a duty or a wish."""
MOST_LINES = 2_000
MOST_PLACES = 50
"""The most occurrences of a value that are examined, so that a hostile text costs little time."""

_ITEM = re.compile(r"(?:[-*+•·\u2013]|\d{1,2}[.)])\s")
_AMOUNT = re.compile(r"[$€£¥₹]|\d{4,}|\d[.,]\d{3}")
_SENTENCE = re.compile(r"[!?;]|[.:](?:\s|$)|\n")
_SHORT_FORM = re.compile(r"\b\w{1,4}\.")
# Words that are frequent in sentences and seldom in a title, a name or a place.
_SPEAKS = re.compile(
    r"\b(?:we|you|your|our|ours|us|they|their|i|is|are|was|were|will|would|must|should|have|has"
    r"|wir|uns|unsere?[mnrs]?|sie|ihre?[mnrs]?|du|dein\w*|ist|sind|wird|werden|hat|haben"
    r"|nous|notre|nos|vous|votre|vos|est|sont|sera|serez|avez"
    r"|nosotros|nuestr[oa]s?|usted|eres|somos|será|tienes|buscamos"
    r"|noi|nostr[aoie]|sei|siamo|abbiamo|hai|nós|nosso|nossa|você|somos|temos"
    r"|wij|ons|onze|jij|jouw|zijn|hebt|jesteśmy|nasz\w*|twoj\w*|vi|vår|du|din|har"
    r"|мы|вы|наш\w*|ваш\w*|biz|siz)\b",
    re.IGNORECASE,
)

_HIRING = (
    r"hiring|looking for|seek(?:ing|s)?|searching for|recruiting|in search of|need(?:s|ed)?|join\w*"
    r"(?: \w+){0,4}? as|work(?:ing)? as|role (?:of|as)|position (?:of|as)|post of|job (?:of|as)"
    r"|such(?:en|t)|als|stelle|zur verstärkung|cherch\w+|recrut\w+|recherch\w+|poste de|en tant que"
    r"|busca\w*|selecciona\w*|puesto de|como|cerca\w*|cerchiamo|ricerca\w*|posizione di|procura\w*"
    r"|contrata\w*|vaga de|zoek\w*|functie van|szuka\w*|poszukuj\w*|zatrudni\w*|stanowisk\w*"
    r"|hled[áa]\w*|přijme\w*|söker|søger|søker|haemme|ищ\w+|требуется|вакансия|aran\w*|募集|招聘"
)
_EMPLOYS = (
    r"join(?:ing)?|at|with|about|company|employer|welcome to|work(?:ing)? (?:for|at)|on behalf of"
    r"|part of|bei|für|firma|unternehmen|über|chez|entreprise|société|rejoi\w+|en|empresa|presso"
    r"|azienda|na|firm\w*|bij|bedrijf|hos|на|компани\w+|株式会社"
)
_EMPLOYS_AFTER = (
    r"(?:is|are) (?:hiring|looking|seeking|recruiting)|is (?:an?|the)\s"
    r"|seeks|needs|(?:gmbh|ag|inc|llc|ltd|plc|s\.?a\.?|s\.?r\.?l|b\.?v|oy|ab|a/s|s\.?r\.?o)\b|sucht"
    r"|such(?:en|t)|recrute|cherche|recherche|busca|cerca|ricerca|procura|zoekt|szuka|hled|söker"
    r"|søger|ищет"
)
_CLAUSE_END = re.compile(r"[.!?\n]")
_SOMEBODY_ELSES = re.compile(
    r"\b(?:clients?|customers?|partners?|competitors?|suppliers?|vendors?|investors?|formerly"
    r"|founded by|backed by|funded by|acquired|such as|like|including|e\.g\.|kunden?|clientes?"
    r"|clienti|powered by|posted (?:on|by|via)|privacy|cookies?|awards?|ranked|travel\w*"
    r"|visit(?:s|ing)?|reise\w*|relocat\w*|born|citizens?|degree|universit\w+)\b",
    re.IGNORECASE,
)
_PLACED = (
    r"in|at|near|from|based in|located in|office in|location|site|headquarters|around|within"
    r"|bei|am standort|standort|arbeitsort|raum|à|a|au|aux|en|dans|lieu|sede|ubicación|local|te"
    r"|w|v|ve|i|в|город|勤務地|地点"
)
_KIND_OF_WORK = (
    r"job|role|position|post|contract(?! out)|employment|basis|schedule|opportunity|hours|permanent"
    r"|stelle|anstellung|vertrag|beschäftigung|festanstellung|unbefristet|poste"
    r"|contrat|cdi|cdd|emploi|puesto|contrato|trabajo|empleo|jornada|contratto|vaga"
    r"|emprego|baan|functie|dienstverband|umowa|praca|etat|úvazek|anställning|tjänst|stilling"
    r"|работа|занятость|график"
)
_WAY_OF_WORK = (
    r"|works?|working|office|days?|home|team|location|arbeiten|büro|tage?|bureau|jours?|oficina"
    r"|días?|ufficio|giorni|kantoor|dagen|biuro|dni|kancelář|dny|kontor|dagar|dage|офис\w*|дн\w+"
)
_POSTED = (
    r"posted|published|publication|listed|added|date|opened|since|veröffentlicht|eingestellt|online"
    r"|publi\w+|publicad\w*|pubblicat\w*|geplaatst|dodan\w*|opublikowan\w*|zveřejněn\w*|publicerad"
    r"|опубликован\w*|размещен\w*"
)
_CLOSES = (
    r"apply|applications?|deadline|clos(?:es|ing|e)|until|by|before|expire\w*|valid|through|bewerb\w*"
    r"|frist|bis|candidat\w*|avant|jusqu\w*|limite|clôture|hasta|antes|plazo|entro|scadenza|até"
    r"|prazo|solliciteer|tot|uiterlijk|aplikuj|termin|do|přihl\w*|ansök\w*|senast|frist|до"
)
_APPLYING = (
    r"appl\w+|submit|send|candidat\w*|postul\w*|bewerb\w*|solicit\w*|inscr[ií]\w*|sollicit\w*"
    r"|aplikuj\w*|ansök\w*|ansøg\w*|søk\w*|hakemu\w*|отклик\w*|応募|apply here"
)
_VISITING = (
    r"websites?|web ?page|home ?page|visit|see|learn more|find out more|more (?:about|information)"
    r"|about us|website|webseite|site|sitio|sito|mehr (?:über|infos?)|en savoir plus|www"
)


def is_plausible(field: FieldName, value: str, quote: str, text: str) -> bool:
    """Whether the posting `text` seems to state this value as its own `field`.

    The caller has already checked that the quote is in the text and supports the value.
    """
    if field in MOST_WORDS:
        return _is_named(field, value, text)
    if field == "salary_range":
        # `find_salary` ignores money other than pay, such as a budget or a bonus.
        return find_salary(quote) is not None
    if field in ("company_website", "apply_url"):
        return _is_own_address(field, value, quote)
    said = _BESIDE.get(field)
    return said is None or said.search(quote) is not None or _is_short_line(quote, text)


def _is_short_line(quote: str, text: str) -> bool:
    """Whether a short quote is about all of its line, and not a part of "full-time students"."""
    if len(quote.split()) > SHORT_LINE:
        return False
    return any(
        _is_line_of(quote, flat(line))
        for line in text.splitlines()[:MOST_LINES]
        if not _ITEM.match(line.lstrip()) or len(flat(line).split()) <= SHORT_ITEM
    )


def _is_named(field: FieldName, value: str, text: str) -> bool:
    """Whether a title, an employer or a place looks like one and stands where postings state it.

    A list item needs a label, because it is usually a duty or a wish.
    """
    if not is_a_name(value, MOST_WORDS[field]):
        return False
    lines = [line for line in text.splitlines() if line.strip()]
    told = [flat(line) for line in lines if not _ITEM.match(line.lstrip())]
    if any(_is_line_of(value, line) for line in told[:HEAD_LINES]):
        return True
    is_labelled = any(
        _is_labelled(field, line) and _stands(value, flat(line)) for line in lines[:MOST_LINES]
    )
    # The lines are joined: an introduction and its value may stand on two lines.
    return is_labelled or _is_introduced(field, value, " ".join(told))


def is_a_name(value: str, most_words: int) -> bool:
    """Whether the value can be a title or a name: short, and no sentence, list item or amount.

    It needs a capital letter, unless its script has none.
    """
    words = flat(value).split()
    if not 1 <= len(words) <= most_words or not any(sign.isalpha() for sign in value):
        return False
    has_case = any(sign.islower() or sign.isupper() for sign in value)
    if has_case and not any(sign.isupper() for sign in value):
        return False
    return not _ITEM.match(value.lstrip()) and not _AMOUNT.search(value) and not _is_sentence(value)


def _is_sentence(text: str) -> bool:
    return bool(_SENTENCE.search(_SHORT_FORM.sub(" ", text)) or _SPEAKS.search(text))


def _stands(value: str, line: str) -> bool:
    return next(standing(flat(value), line), None) is not None


def _is_line_of(value: str, line: str) -> bool:
    """Whether the line is the value and at most little more, as "Leeds (hybrid)" is for "Leeds"."""
    is_short = len(line) <= 2 * len(flat(value)) + 20
    return is_short and _stands(value, line) and not _is_sentence(line)


def _is_introduced(field: FieldName, value: str, told: str) -> bool:
    wanted = flat(value)
    for place in islice(standing(wanted, told), MOST_PLACES):
        before = told[max(0, place - NEAR) : place].rstrip("\"'(*, ")
        behind = told[place + len(wanted) :][:NEAR].lstrip("\"')*, ")
        if _is_beside(field, before, behind):
            return True
    return False


def _is_beside(field: FieldName, before: str, behind: str) -> bool:
    if field != "job_title" and _SOMEBODY_ELSES.search(_CLAUSE_END.split(before)[-1]):
        return False
    is_after = _BEFORE[field].search(before) is not None
    if field != "company_name":
        return is_after
    is_before = _BEHIND.match(behind) is not None
    return (is_after or is_before) and not _is_part_of_a_name(before, behind, is_before=is_before)


def _is_part_of_a_name(before: str, behind: str, *, is_before: bool) -> bool:
    """Whether the name seems to go on to the left or to the right, as "Sons" in "Miller & Sons"."""
    if _CAPITAL_AHEAD.match(behind) and not is_before:
        return True
    last = before.split()[-1:]
    return last == ["&"] or bool(
        last and last[0][0].isupper() and not _EMPLOYING.fullmatch(last[0])
    )


def _is_labelled(field: FieldName, line: str) -> bool:
    """Whether the line begins with a label of this field and a colon, as "Location: Leeds" does."""
    label, colon, _ = line.partition(":")
    return bool(colon) and field_of_label(label) == field


def _is_own_address(field: FieldName, value: str, quote: str) -> bool:
    if field == "apply_url":
        return platform(value) is not None or _APPLIES.search(quote) is not None
    return not is_somebody_elses(value) and _VISITS.search(quote) is not None


_ARTICLE = r"an?|the|our|their|eine[nrm]?|den|die|das|une?|le|la|l'|el|los|un[ao]?|il|lo|o|een|et"
# What may stand between an introducing word and the value: a colon or a dash, an article, up to two
# words.
_LAST = rf"(?:\s?[:\u2013-])?(?:\s(?:{_ARTICLE}))?(?:\s[\w-]{{1,40}}){{0,2}}$"
_BEFORE: Mapping[FieldName, re.Pattern[str]] = {
    "job_title": re.compile(rf"(?<!\w)(?:{_HIRING}){_LAST}", re.IGNORECASE),
    "company_name": re.compile(rf"(?<!\w)(?:{_EMPLOYS}){_LAST}", re.IGNORECASE),
    "location": re.compile(rf"(?<!\w)(?:{_PLACED}){_LAST}", re.IGNORECASE),
}
_EMPLOYING = re.compile(_EMPLOYS, re.IGNORECASE)
_CAPITAL_AHEAD = re.compile(r"(?:& )?[A-Z\u00c0-\u00de]")
_BEHIND = re.compile(rf",?\s?(?:{_EMPLOYS_AFTER})", re.IGNORECASE)
_BESIDE: Mapping[FieldName, re.Pattern[str]] = {
    "employment_type": re.compile(rf"(?<!\w)(?:{_KIND_OF_WORK})(?!\w)", re.IGNORECASE),
    "workplace_type": re.compile(rf"(?<!\w)(?:{_KIND_OF_WORK}{_WAY_OF_WORK})(?!\w)", re.IGNORECASE),
    "posted_at": re.compile(rf"(?<!\w)(?:{_POSTED})(?!\w)", re.IGNORECASE),
    "valid_through": re.compile(rf"(?<!\w)(?:{_CLOSES})(?!\w)", re.IGNORECASE),
}
_APPLIES = re.compile(rf"(?<!\w)(?:{_APPLYING})(?!\w)", re.IGNORECASE)
_VISITS = re.compile(rf"(?<!\w)(?:{_VISITING})(?!\w)", re.IGNORECASE)
