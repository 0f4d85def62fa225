"""Cuts out of a clause what, by the clause, was replaced or left for something else."""

from __future__ import annotations

import re

from worker.companies.technology_names import ANY_CASE, EXACT, WORDS

LEFT_TOOL = "\ufffc"
"""Stands for a technology that was cut out: what took its place is one too."""
_TOOLS = frozenset({*ANY_CASE, *EXACT, *WORDS})
_TOOL_WORD = re.compile(r"[\w.+#/-]{1,40}")

# A verb of replacing has two sides. What stands behind these words was left.
_FROM_TO = re.compile(
    r"\b(?:(?:mov(?:ed|ing|e)|migrat(?:ed|ing|e|ion)|switch(?:ed|ing)?|chang(?:ed|ing|e)|port(?:ed"
    r"|ing)|rewr(?:ote|itten|iting)|transition(?:ed|ing)?|went|came|upgrad(?:ed|ing|e)"
    r"|convert(?:ed|ing)?)\b.{0,40}?\bfrom"
    r"|replac(?:ed|ing|es?)|instead of|rather than|unlike|in place of|anstelle von|statt"
    r"|(?:gewechselt|umgestiegen|migriert|umgestellt|wechseln?|umstieg|migration|migrieren|steigen)\s(?:\w+\s)?von"
    r"|ersetz(?:en|ten?)|au lieu de|remplac\w*|en lugar de|en vez de|reemplaz\w*|invece di"
    r"|s[ou]stitu\w*|em vez de|substitu\w*|in plaats van|vervang\w*|i stället för|i stedet for"
    r"|ersatt\w*|erstatt\w*|zamiast|zastąpi\w*|místo|nahradi\w*|вместо|замени\w*|înlocui\w*"
    r"|în loc de|αντί για)\b(?P<left>.{1,160}?)"
    r"(?:\b(?:we|you|wir|nous|nosotros|noi|nós|wij|vi|my|мы|ми|biz|to|into|with|by|onto|towards|auf|nach|zu|durch|vers|par|à|a|hacia|por"
    r"|con|per|para|naar|door|til|till|med|av|af|na|do|på|на|к|cu|με)\b|[,.;]|$)",
    re.IGNORECASE,
)
_FROM_TO_GERMAN = re.compile(
    r"\bvon\b(?P<left>.{1,60}?)\b(?:auf|zu|nach)\b.{1,60}?"
    r"(?:umgestiegen|gewechselt|migriert|umgestellt|gegangen)\b",
    re.IGNORECASE,
)
_PARTICIPLE = (
    r"(?:replaced|superseded|swapped(?: out)?|remplacée?s?|s[ou]stituid[oa]s?|reemplazad[oa]s?"
    r"|sostituit[oaie]|substituíd[oa]s?|vervangen|ersatts?|erstattet|zastąpion\w+|nahrazen\w*"
    r"|заменен\w*|заменён\w*|înlocuit\w*)"
)
# "PHP was replaced with Go": the subject of the passive voice was left.
_PASSIVE = re.compile(
    r"(?:\b(?:we|wir|nous|nosotros|noi|nós|wij|vi)\s.{1,40}?\s(?:and|und|et|y|e|en|och|og)\s|^)"
    r"(?P<left>.{1,80}?)\s(?:was|were|is|are|been|being|be|got|(?:a|ont) été|fut|furent"
    r"|est|sont|fue(?:ron)?|ha(?:n)? sido|è|sono|(?:è|sono) stat[oaie]|foi|foram|is|zijn"
    r"|werd(?:en)?|wordt|blev|er blevet|ble|har (?:blitt|blivit)|została?|zostały|był[aoiy]?"
    r"|byl[aoiy]?|был[аиоы]?|a fost|au fost)\s(?:\w+\s){0,2}?" + rf"(?P<verb>{_PARTICIPLE})\b",
    re.IGNORECASE,
)
_PASSIVE_BY_FORM = re.compile(
    r"^(?P<left>.{1,160}?)\s(?P<verb>ersattes|erstattes|byttes ut)\b", re.I
)
# In these languages the verb ends the clause: "Wir haben Java durch Kotlin ersetzt".
_GERMAN_ENDS = r"(?:ersetzt|ersetzen|ausgetauscht|austauschen|abgelöst|ablösen)\b"
_GERMAN_PASSIVE = re.compile(
    r"(?:\b(?:we|wir|nous|nosotros|noi|nós|wij|vi)\s.{1,40}?\s(?:and|und|et|y|e|en|och|og)\s|^)"
    r"(?P<left>.{1,80}?)\s(?:wurden?|wird|werden|ist|sind)\s(?:\w+\s){0,3}?(?:durch|von|mit|gegen)\s"
    rf".{{1,80}}?\b(?P<verb>{_GERMAN_ENDS})",
    re.IGNORECASE,
)
_GERMAN_ACTIVE = re.compile(
    r"\b(?:haben|hat|hatten|werden|wollen|wird|können|hebben|heeft)\s(?P<left>.{1,80}?)\s"
    rf"(?:durch|mit|gegen|door)\s.{{1,80}}?\b(?P<verb>{_GERMAN_ENDS})"
    r"|\b(?:hebben|heeft)\s(?P<left_dutch>.{1,80}?)\s(?:vervangen|ingeruild)\s(?:door|voor)\b",
    re.IGNORECASE,
)
# What was left stands before these words. They are searched for alone, because a pattern that
# begins with what was left would try eighty lengths of it at each place.
_STANDS_AFTER_LEFT = re.compile(
    r"\s(?:yerine|helyett|sijaan|sijasta)\b|\s?(?:ではなく|でなく|じゃなく"
    r"|の代わり|に代わ|をやめ|を捨て|から(?=.{1,30}(?:移行|乗り換え|切り替え|置き換え))"
    r"|を(?=.{1,30}に(?:置き換え|リプレース))|\s?대신|이?가?\s?아니라|에서(?=.{1,30}(?:전환|옮|이전|바꾸))"
    r"|被(?=.{1,30}(?:取代|替换|替代)))",
    re.IGNORECASE,
)
_COMMA = re.compile(r"[,;、。，]")
_MOST_LEFT = 80
_LEFT_AFTER_CHINESE = re.compile(
    r"(?:取代了?|代替了?|替换了?|替代了?|而不是)(?P<left>[^，。、]{1,60})"
)
# Most clauses have none of these, and the patterns above are slow.
_SIGNS = re.compile(
    r"from|replac|superseded|swapped|instead of|rather than|unlike|in place of|anstelle|statt"
    r"|wechsel|umgest|umstieg|migri|migration|gegangen|ersetz|tausch|abgelös|ablös|ersatt|erstat|byttes"
    r"|au lieu|remplac|en lugar|e[nm] vez de|reemplaz|invece|stitu|plaats van|vervang|ingeruild"
    r"|i stället|i stedet|zamiast|zastąp|místo|nahra|вместо|замен|înloc|în loc|αντί|yerine|helyett"
    r"|prefer|rather|chose|choose|picked|favou?r|lasciat|abband|abandon|dropped|ditched|swapped|traded"
    r"|exchanged|gave up|retired|délaiss|troqu|échang|dejad|cambiad|verlaten|omgeruil|övergett"
    r"|porzuc|zrezygn|opustil|vyměnil|отказал"
    r"|\boff\b|away|in favou?r|\bfor\b|profit|pour|favor|gunste|förmån|fördel|fordel|\bmot\b"
    r"|\bmed\b|rzecz"
    r"|prospěch|prospech|польз|користь|\bde\b|\bd[ao]l?\b|\bvan\b|från|\bfra\b|\bze?\b|перешл|переход|переписал"
    r"|переехал|перейшл|перехід|променял|сменил"
    r"|sijaan|sijasta|なく|代わ|やめ|捨て|から|を|대신|아니라|에서|被|取代|代替|替换|替代|而不是",
    re.IGNORECASE,
)
# "Moved off Heroku to Render": the verb and its first side, in other languages.
_FROM_TO_ELSEWHERE = re.compile(
    r"\b(?:(?P<verb>(?:mov|migrat|switch|transition)\w* (?:off(?: of)?|away from|over from))"
    r"|(?:migr|pas[aeo]|pass[aeo]|passé|passá|cambi|mud|trasfer|transit)\w* (?:de|da|do|du|d['’]"
    r"|dal|dalla)"
    r"|(?:overgestapt|gemigreerd|overstap|migratie|verhuisd) van"
    r"|(?:gått|gick|bytt|bytte|flyttat|flyttade|migrerat|migrerade|gået|gik|skiftet|skiftede|skiftat|flyttet"
    r"|migreret|migrert|byttet) (?:\w+ )?(?:från|fra)"
    r"|(?:przeszliśmy|przesiedliśmy się|przejści\w+|migracj\w+|migrowaliśmy|przenieśliśmy się) z"
    r"|(?:přešli|přejeli|migrovali|prešli|migrácia|migrace|přechod\w*) (?:jsme |sme )?z(?:e|o)?"
    r"|(?:перешл\w+|переход\w*|мигрир\w+|миграци\w+|переписал\w+|переехал\w+|перейшл\w+|перехід|мігрув\w+)"
    r" (?:с|со|з|із))(?=\W)(?P<left>.{1,80}?)"
    r"\b(?:to|into|onto|a|à|al|hacia|para|vers|verso|per|naar|till|til|på|na|do|on|на|до|к)\b",
    re.IGNORECASE,
)
# What was given up for something else: the verb of leaving denies, so it goes too.
_GIVEN_UP = re.compile(
    r"(?P<verb>\b(?:(?:have|has|had|hebben|ha|har|haben|avons|ont|hemos|abbiamo|jsme|sme) "
    r"|['’]ve )?"
    r"(?:dropped|ditched|abandoned|swapped(?: out)?|traded(?: in)?|exchanged|left|gave up|retired"
    r"|abandonn?é\w*|délaissé\w*|troqué|échangé|abandonad[oa]|dejado|abandonamos|dejamos|cambiado"
    r"|abbandonato|lasciato|scambiato|abandonámos|trocámos|trocamos|ingeruild|verlaten|omgeruild"
    r"|bytt ut|bytte ut|byttet ut|byttede|byttet|skiftede|skiftet ud|övergett|övergivit"
    r"|porzuciliśmy"
    r"|zrezygnowaliśmy z|opustili|vyměnili|vymenili|отказались от|променяли|сменили"
    r"|відмовились від))"
    r"(?=\s)(?P<left>.{1,80}?)(?P<joint>\b(?:in favou?r of|for|au profit de|pour|contre"
    r"|en favor de|por|a favore di"
    r"|per|em favor de|ten gunste van|voor|till förmån för|till fördel för|til fordel for|mot"
    r"|ud med"
    r"|ut med|med|na rzecz|ve prospěch|za|v prospech|в пользу|на|на користь)\b)",
    re.IGNORECASE,
)
# "We prefer Go to Java".
_PREFERRED = re.compile(
    r"\b(?:prefer(?:s|red)?|rather (?:use|write)|chose|chosen|choose|picked"
    r"|favou?r(?:ed)?)\s(?!to\b).{1,60}?\b(?:to|over|than)"
    r"(?P<left>\s(?-i:[A-Z.])[^,.;]{0,60})",
    re.IGNORECASE,
)
_PATTERNS = (
    _PREFERRED,
    _GIVEN_UP,
    _FROM_TO_ELSEWHERE,
    _PASSIVE,
    _PASSIVE_BY_FORM,
    _GERMAN_PASSIVE,
    _GERMAN_ACTIVE,
    _FROM_TO,
    _FROM_TO_GERMAN,
)


def without_replaced(clause: str) -> str:
    """The clause without what was left: `Java` in "Java was replaced by Kotlin"."""
    if not _SIGNS.search(clause):
        return clause
    for pattern in _PATTERNS:
        clause = pattern.sub(_without_left, clause)
    return _LEFT_AFTER_CHINESE.sub(_without_left, _without_left_before(clause))


def _without_left_before(clause: str) -> str:
    """The clause without what was left before words such as `yerine`.

    What was left begins after the last comma before the word, at most `_MOST_LEFT` characters
    before it."""
    kept, place = "", 0
    for after in _STANDS_AFTER_LEFT.finditer(clause):
        left = _COMMA.split(clause[max(place, after.start() - _MOST_LEFT) : after.start()])[-1]
        if left:
            kept += f"{clause[place : after.start() - len(left)]} {_sign_of(left)} {after[0]}"
            place = after.end()
    return kept + clause[place:]


def _without_left(found: re.Match[str]) -> str:
    """The match without what was left, and without a verb such as `abgelöst` that denies."""
    text, offset = found[0], found.start()
    spans = [found.span(name) for name in found.re.groupindex if found[name]]
    for start, end in sorted(spans, reverse=True):
        cut = text[start - offset : end - offset]
        text = f"{text[: start - offset]} {_sign_of(cut)} {text[end - offset :]}"
    return text


def _sign_of(cut: str) -> str:
    """What stands in the clause for the words that were cut out."""
    return LEFT_TOOL if any(word in _TOOLS for word in _TOOL_WORD.findall(cut)) else ""
