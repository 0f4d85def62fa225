"""Finds events in a piece of advice that nobody told of: "ask about the fire last winter"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from worker.companies.had_by_all import HAD_BY_ALL
from worker.companies.reading import WORD
from worker.companies.sentence_words import EMPTY, SELF_WORDS

_LEAST_LETTERS = 4
# Beginnings of words that mean such an event in any sentence. English words need an article, since
# "how would you handle a layoff?" is a usual question.
_EVENTS = re.compile(
    r"\b(?:kündigungen|insolvenz|insolvens|entlassungen|konkurs|uppsägning|fyring|nedbemanning"
    r"|irtisanom|konkurssi|ontslagronde|het ontslag\b|faillissement|licenciement|plan social"
    r"|dépôt de bilan"
    r"|despidos|bancarrota|falência|despediment|demissões|fallimento|licenziament|sciopero|zwolnie[nń]"
    r"|incendi|explosi[oó]n|inondation|inundación|alluvione|hochwasser|überschwemmung|powódź|pożar"
    r"|požár|пожар|yangın|upadłoś|propouštěn|prepúšťan|konkurz|банкрот|увольнен|забастовк"
    r"|звільнен|iflas|işten çıkar"
    r"|csőd|elbocsát|faliment|concedier|фалит|stečaj|otpuštan)\w*",
    re.IGNORECASE,
)
_CONGRATULATIONS = re.compile(
    r"\b\w{0,20}(?:gratul|gratuler|felicit|félicit|complimenti|parabéns|поздрав|вітайте|kutla"
    r"|feliciteer|blahopř)\w*+",
    re.IGNORECASE,
)
# "Why did you resign?" is asked of everybody.
_OF_YOU = re.compile(
    r"\b(?:вы|вас|ваш\w*|sie|ihr\w*|vous|votre|você|seu|sua|usted|tu|lei|suo|je|jij|uw|du|din|ditt"
    r"|pan\w*|vy|vás|váš\w*|siz\w*)\b",
    re.IGNORECASE,
)
_THEN = r"(?:last|this past)\s(?:year|month|week|spring|summer|autumn|fall|winter|quarter)"
_LATELY = re.compile(
    rf"\b(?:the|their|its|that)\s(?P<what>(?:[\w-]+\s){{1,3}}?)(?:(?:of|at|in|from|on|with)\s"
    rf"(?:[\w-]+\s){{1,4}}?)??(?:of\s|from\s)?{_THEN}\b",
    re.IGNORECASE,
)


def told_events(sentence: str) -> Iterator[str]:
    """The words by which a sentence takes an event for granted. Each must be known."""
    if "?" not in sentence or not _OF_YOU.search(sentence):
        yield from (found[0] for found in _EVENTS.finditer(sentence))
    lately = _LATELY.search(sentence)
    if lately and not {"you", "your"} & set(lately[0].casefold().split()):
        yield from _telling(lately["what"])
    if _CONGRATULATIONS.search(sentence):
        yield from _telling(_CONGRATULATIONS.sub(" ", sentence))


def _telling(text: str) -> Iterator[str]:
    for word in WORD.findall(text.casefold()):
        is_small = word in EMPTY or word in SELF_WORDS or word in HAD_BY_ALL
        if len(word) >= _LEAST_LETTERS and not is_small:
            yield word
