"""Splits text into clauses, and picks those that may say what a company does now."""

from __future__ import annotations

import re

from worker.companies.clause_words import SOMEBODY_ELSE, is_past
from worker.companies.replaced import without_replaced

MAX_SENTENCE = 1_000
"""Longer sentences are cut into pieces of at most this many characters."""

_SENTENCE_END = re.compile(r"\n|(?<=[.!?])\s|(?<=[。！？])")
_CLAUSE_END = re.compile(
    r"[;()\u2013\u2014]|\s-\s"
    r"|,?\s(?:but|however|whereas|while|although|aber|sondern|während|mais|tandis que|pero|sino"
    r"|aunque|ma|mentre|mas|porém|maar|terwijl|men|mutta|ale|lecz|jednak|но|однако|ama|fakat|dar"
    r"|însă|αλλά)\s"
    r"|,\s(?=(?:(?:and|und|et|y|e|en|och|og|ja|i|a|и|і|та|ve|és|și)\s)?(?:we|you|our|they|it|i|he"
    r"|she|wir|ihr|nous|vous|nosotros|nosotras|noi|nós|wij|vi|my|мы|ми|biz|mi|noi)\s)"
    r"|,\s(?=(?:now|today|jetzt|heute|maintenant|aujourd['’]hui|ahora|hoy|oggi|agora|hoje|nu|nyní|dnes)\s)"
    r"|,\s(?=(?:раньше|прежде|früher|avant|antes|prima|vroeger|tidigare|dawniej|dříve"
    r"|before that)\s)"
    r"|:\s(?=(?:everything|all|now|today|we|alles|heute|wir|tout|todo|tutto|tudo)\b)|,\s(?=wel\s)"
    r"|,\s(?=\w{2,20}(?:emy|imy|amy|áme|íme|eme)\s)"
    # "We used Perl and now write Go" tells of two times.
    r"|\s(?:and|und|et|y|e|en|och|og|ja|i|a|и|ve|és|și)\s(?=(?:now|today|jetzt|heute|nun|maintenant"
    r"|aujourd['’]hui|ahora|hoy|adesso|oggi|agora|hoje|nu|nå|nyt|teraz|dziś|nyní|dnes|теперь|сейчас"
    r"|şimdi|ma|most|acum)\s)"
    r"|[，；、]?(?:但|而是|しかし|하지만)",
    re.IGNORECASE,
)
_NOT_ONLY = re.compile(
    r"\b(?:no (?:matter|doubt|problem|wonder)|whether or not|not least|not (?:only|just)"
    r"|nicht nur|pas seulement|non seulement|no s[oó]lo|no solamente"
    r"|non solo|não (?:só|apenas)|niet alleen|nie tylko|nejen|nielen|не только|inte bara"
    r"|ikke (?:kun|bare)|ei vain|sadece değil|nu numai|nem csak)\b|不仅|だけでなく"
    r"|間もな[いく]|まもな[いく]",
    re.IGNORECASE,
)
_PORTUGUESE = re.compile(r"[ãõ]|\b(?:em|uma|ao|aos|dos|das|pelo|pela)\b", re.IGNORECASE)
# "No Douro" is "in the Douro".
_IN_THE = re.compile(r"\bno\b", re.IGNORECASE)
# "Pas" is no denial in Dutch ("pas sinds 2018"), nor "sin" in Nordic languages ("sin fabrikk").
_DUTCH = re.compile(r"\b(?:het|een|sinds|wij|voor|van|ook|naar|bij|wordt|worden|onze)\b", re.I)
_NORDIC = re.compile(r"[åäøæ]|\b(?:och|og|på|til|till|har|med|av)\b", re.IGNORECASE)
_TURKISH = re.compile(r"[ğışİ]")
# In Turkish an ending denies: "geliştirmiyor", "yapmaz", "sertifikasız".
_DENIES_IN_TURKISH = re.compile(
    r"\b(?!(?:eksik|benzer|kusur|vazgeçil)[ms])[a-zçğıöşü]\w{1,40}?(?:m[ıiuü]yor\w{0,12}|m[ae]z(?:l[ae]r)?"
    r"|m[ae]d[ıi](?:m|n|k|l[ae]r|n[ıi]z)?|m[ae]m[ıi]ş\w{0,6}"
    r"|m[ae]m[ae]kt[ae]\w{0,4}|m[ae]y[ae]c[ae]\w{1,6}|(?<=\w\w\w)s[ıiuü]z)\b"
)
_ONLY_FRENCH = re.compile(r"\bpas\b", re.IGNORECASE)
_NO_SPANISH = re.compile(r"\bsin\b", re.IGNORECASE)
_DENIES = re.compile(
    r"\b(?:no|not|never|without|neither|nor|none|nobody|cannot|hardly|n't"
    r"|(?:yet|failed|fails?|unable) to|niemand\w{0,2}|nadie|ninguém"
    r"|inget|intet|nikdo|nikt|никто|kimse|hiçbir\w*|kullanm\w+|ne\w{2,}(?:áme|íme|eme)|nepoužívá\w*"
    r"|ne(?:prodáv|vyráb|dodáv|nabíz)\w+"
    r"|nicht|kein\w{0,2}|ohne|nie|niemals|weder|pas|sans|jamais|aucune?|sin|nunca|ningún|tampoco"
    r"|nada de|rien de|niente|non|senza|nessun\w?|não|sem|nenhum\w?|niet|geen|zonder"
    r"|nooit|inte|inga|aldrig|utan"
    r"|ikke|ingen|uden|uten|aldri|ei|eivät|emme|ilman|bez|nigdy|žádn\w{1,3}|žiadn\w{1,3}|ne|není"
    r"|neużywamy|nepoužíváme|nepoužívame|не|ні|без|никогда|değil|yok|olmadan|hayır|nem|nincs"
    r"|nélkül|fără|δεν|χωρίς|όχι|لا|بدون|לא|ללא)\b"
    r"|\b(?:do|does|did|is|are|was|were|has|have|wo|ca|would|should|could)n['’]t\b"
    r"|ない|ません|なし|不(?:是|用|使用|需要|再)|没有|无需|無し|않|없이|아니",
    re.IGNORECASE,
)
_LEFT_BEHIND = re.compile(
    r"\bn(?:e\s|['’])\w+\s(?:\w+\s)?(?:plus|pas|jamais)\b|\b(?:no longer|any ?more|used"
    r" to|formerly|previously|once used|stopped using|dropped"
    r"|abandoned|discontinued|retired|sunset|phas(?:ed|ing) out|got rid of|away from|left behind"
    r"|nicht mehr|früher|ehemals|abgelöst|verabschiedet|auparavant|autrefois"
    r"|ya no|antes|anteriormente|non più|in passato|já não|antigamente|niet meer|vroeger"
    r"|inte längre|tidigare|ikke længere|tidligere|już nie|dawniej|wcześniej|už ne|dříve"
    r"|больше не|раньше|artık|eskiden|nu mai|már nem)\b|以前|不再|かつて|예전",
    re.IGNORECASE,
)
# A denial of a name reaches from its own word to the next joint: "Python, not Java, runs here".
_BEFORE_A_DENIAL = re.compile(
    r"(?:,|,?\s(?:and|und|et|y|e|en|och|og|ja|i|a|и|ve|és|și))\s(?=(?:not|no|never|nicht|kein\w{0,2}"
    r"|pas(?: de)?|rien de|nada de|no|nunca|non|niente|não|niet|geen|inte|inga|ikke|ingen|ei|nie"
    r"|żadn\w+|ne|nic|не|ні|nu|nem|δεν|όχι)\s(?:\w{1,5}\s)?(?-i:[^\W\d_a-z]|\.NET))"
    r"|,?\s(?=(?:without|ohne|sans|sin|senza|sem|zonder|utan|uden|uten|ilman|bez|без|fără|χωρίς)\s)"
    r"|,\s(?=(?:just|only|solely|nur|ausschließlich|seulement|juste|s[oó]lo|solamente|solo|apenas|alleen"
    r"|bara|endast|kun|vain|tylko|jen|len|только|sadece|csak|doar|instead|stattdessen)\s)",
    re.IGNORECASE,
)
# Words of notices about the page itself, such as those about cookies.
_OF_THE_PAGE = re.compile(
    r"cookies?\b|куки|çerez|ciastecz|クッキー|\bnoscript\b|\bcaptcha|your browser|ihr\w? browser"
    r"|votre navigateur|tu navegador|su navegador|il tuo browser|seu navegador|je browser"
    r"|(?:enabl|disabl|activ|aktiv|habilit|abilit|attiv|inschakel|włącz|povol|включ|aç)\w{0,20}\s"
    r"(?:\w{1,20}\s){0,2}?javascript|javascript (?:is|must|needs?|ist|est|debe|deve|muss|aktiv"
    r"|einschalt|is vereist|を)|powered by|hosted (?:on|by|with)|protected by|privacy policy"
    r"|google analytics"
    r"|this (?:web)?site (?:uses|is built)",
    re.IGNORECASE,
)


def sentences_of(text: str) -> list[str]:
    """The sentences of a text. Line breaks end sentences; a very long sentence is cut."""
    found = []
    for sentence in _SENTENCE_END.split(text):
        pieces = range(0, len(sentence), MAX_SENTENCE)
        found += [sentence[start : start + MAX_SENTENCE].strip() for start in pieces]
    return [sentence for sentence in found if sentence]


def clauses_of(sentence: str) -> list[str]:
    """The clauses of one sentence, in order."""
    return [clause.strip() for clause in _CLAUSE_END.split(sentence) if clause and clause.strip()]


def own_present_clauses(text: str) -> list[str]:
    """The clauses that may say what the writer does now.

    Clauses with words of denial, of the past or about others are left out, and so is what was
    replaced by something else.
    """
    clauses = [
        without_replaced(clause)
        for sentence in sentences_of(text)
        if not _OF_THE_PAGE.search(sentence)
        for clause in clauses_of(sentence)
        if not SOMEBODY_ELSE.search(clause)
    ]
    parts = [part.strip() for clause in clauses for part in _BEFORE_A_DENIAL.split(clause)]
    return [part for part in parts if part and not is_denied(part) and not is_past(part)]


def is_denied(clause: str) -> bool:
    """Whether a clause has a word of denial, or one like "no longer"."""
    plain = _NOT_ONLY.sub(" ", clause)
    if _PORTUGUESE.search(plain):
        plain = _IN_THE.sub(" ", plain)
    if _DUTCH.search(plain):
        plain = _ONLY_FRENCH.sub(" ", plain)
    if _NORDIC.search(plain):
        plain = _NO_SPANISH.sub(" ", plain)
    if _TURKISH.search(plain) and _DENIES_IN_TURKISH.search(plain):
        return True
    return bool(_DENIES.search(plain) or _LEFT_BEHIND.search(plain))


def is_somebody_elses(clause: str) -> bool:
    """Whether a clause has words about others, such as "our customers"."""
    return SOMEBODY_ELSE.search(clause) is not None
