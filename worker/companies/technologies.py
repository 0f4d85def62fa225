"""Finds the technologies that a page names, without a model.

Only pages about careers or engineering, and postings, are read: elsewhere the same words may mean
other things.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from worker.companies.clauses import own_present_clauses
from worker.companies.profile import ReadSource, Technology
from worker.companies.replaced import LEFT_TOOL
from worker.companies.technology_names import ANY_CASE, EXACT, SPELLINGS, WORDS

PAGES = frozenset({"careers", "engineering", "posting"})
_ADDRESS = re.compile(r"\]\([^()\s]*+\)|\bhttps?://\S++|\b[\w.+-]{1,64}@[\w.-]{1,255}")
# A digit, an underscore, or a letter of a script with spaces between words. No name may touch one.
_LETTER = r"[A-Za-z0-9_\u00c0-\u024f\u0370-\u05ff\u0620-\u06ff]"
_VERSION = rf"(?:[ -]?v?\d{{1,4}}(?:\.(?:\d{{1,3}}|x)){{0,3}}(?![.]?{_LETTER}|%))?"
_BEFORE = rf"(?<!{_LETTER})(?<![+#&.@$-])"
_LETTERS_END = r"(?:\.?[jJ][sS]|\.(?:NET|Net))?"
_AFTER = rf"(?!{_LETTER}|[+#]|\.{_LETTER})"
# A hyphen may follow `Java` (`Java-Entwickler`), but not `Go` (`Go-to`).
_AFTER_WORD = rf"(?!{_LETTER}|[+#&@'’-]|\.{_LETTER})"


def _any_of(names: Iterable[str]) -> str:
    longest_first = sorted(names, key=len, reverse=True)
    return "|".join(re.escape(name).replace(r"\ ", r"[ -]") for name in longest_first)


# One pattern for all names: in `Ruby on Rails`, `Rails` is not found too.
_NAME = re.compile(
    rf"{_BEFORE}(?:(?P<sure>(?:(?i:{_any_of(ANY_CASE)})|(?:{_any_of(EXACT)})){_LETTERS_END})"
    rf"{_VERSION}{_AFTER}"
    rf"|(?P<word>(?:{_any_of(WORDS)}){_LETTERS_END}){_VERSION}{_AFTER_WORD})"
)
_JOINT = re.compile(
    r"\s{0,4}(?:[,/|&+;·•、，]|,?\s(?:and|or|und|oder|sowie|et|ou|y|o|e|ed|en|of|og|eller|och|ja|tai|i"
    r"|lub|oraz|a|nebo|alebo|и|или|та|або|ve|veya|és|vagy|și|sau|και|ή|和|或|及|と)\s)\s{0,4}"
)
_ABOUT_CODE = re.compile(
    r"\b(?:schreib(?:en|t)|écri(?:vons|t|re)|escrib(?:imos|e)|scriv(?:iamo|e|ono)|escrev(?:emos|e)|schrijven"
    r"|skriver|kirjoitamme|pisz(?:emy|e)|píšeme|пишем|пише(?:т|мо)|yazıyoruz|írunk|scriem"
    r"|writ(?:e|es|ing|ten)|cod(?:e|es|ed|ing)|programm\w*|develop\w*|engineers?|stack"
    r"|languages?|back-?end|front-?end|full-?stack|frameworks?|librar(?:y|ies)|software"
    r"|(?:services?|apps?|applications?|apis?|platforms?|servers?|site"
    r"|backend) (?:\w+ ){0,2}?(?:runs?|run on"
    r"|is built|are built|is based|are based)"
    r"|experience (?:with|in)|proficien\w+|knowledge of|skills?|built (?:in|with|on)|tech\w*"
    r"|entwickl\w*|sprachen?|kenntniss\w*|erfahrung (?:mit|in)|d[ée]velopp\w*|langages?"
    r"|exp[ée]rience (?:avec|en)|desarroll\w*|lenguajes?|conocimientos?|experiencia (?:con|en|com)"
    r"|svilupp\w*|linguagg\w*|esperienza (?:con|in)|desenvolv\w*|linguagens?|ontwikkel\w*|talen"
    r"|ervaring met|utveckl\w*|udvikl\w*|utvikl\w*|ohjelm\w*|programist\w*|języ\w*|vývoj\w*"
    r"|jazy[kc]\w*|разработ\w*|язык\w*|опыт\w*|geliştir\w*|yazılım\w*|fejleszt\w*|dezvolt\w*)\b"
    r"|開発|言語|开发|语言|编程|개발",
    re.IGNORECASE,
)
_LATER = re.compile(r"\s(?:to|for|your|our|us|up|on|into|over|with|beyond)\b")
_WITH = re.compile(
    r"\b(?:by|with|using|on|via|mit|auf|avec|sur|con|sobre|com|met|op|med|på|med|z|na|s|на|с|cu|pe)\s$",
    re.IGNORECASE,
)
_ENDS = re.compile(r"\s?(?:[,.;:)]|$)")
_USUAL = {name.casefold(): name for name in (*EXACT, *WORDS, *ANY_CASE)}


def technologies_named(sources: Iterable[ReadSource]) -> tuple[Technology, ...]:
    """Each technology that counts in the sources, with the ids of the sources where it does."""
    found: dict[str, dict[str, None]] = {}
    kinds: dict[str, str] = {}
    for source in sources:
        if source.page not in PAGES:
            continue
        for name in technologies_in(source.text):
            found.setdefault(name, {}).setdefault(source.id)
            kinds.setdefault(name, "posting" if source.kind == "posting" else "site")
    return tuple(
        Technology(
            name=name,
            evidence=tuple(ids),
            basis="posting" if kinds[name] == "posting" else "site",
        )
        for name, ids in found.items()
    )


def technologies_in(text: str) -> list[str]:
    """The technologies that count in a text, each once, in the usual spelling if known."""
    names: dict[str, None] = {}
    for clause in own_present_clauses(_ADDRESS.sub(" ", text)):
        matches = list(_NAME.finditer(clause))
        counted = _counted(clause, matches) if matches else []
        names.update(dict.fromkeys(map(_usual, counted)))
    return list(names)


def _counted(clause: str, matches: list[re.Match[str]]) -> list[str]:
    """The certain names of a clause, and the others that `_is_technical` accepts."""
    chains: list[list[re.Match[str]]] = []
    for match in matches:
        is_joined = chains and _JOINT.fullmatch(clause, chains[-1][-1].end(), match.start())
        if is_joined:
            chains[-1].append(match)
        else:
            chains.append([match])
    is_about_code = LEFT_TOOL in clause or _ABOUT_CODE.search(clause) is not None
    has_sure = any(match["sure"] for match in matches)
    counted: list[str] = []
    for chain in chains:
        if _is_technical(clause, chain, is_about_code) or (has_sure and _is_tool(clause, chain)):
            counted += [match["sure"] or match["word"] for match in chain]
        else:
            counted += [match["sure"] for match in chain if match["sure"]]
    return counted


def _is_technical(clause: str, chain: list[re.Match[str]], is_about_code: bool) -> bool:
    """Whether the ordinary words in a list such as "Go, Rust and C" count as technologies."""
    if any(match["sure"] for match in chain):
        return True
    start, end = chain[0].start(), chain[-1].end()
    if len(chain) == 1 and (start == 0 or len(chain[0][0]) == 1) and not _is_labelled(clause, end):
        return False
    is_whole = not clause[:start].strip(" -*•") and not clause[end:].strip(" .")
    if _LATER.match(clause, end):
        return False
    return is_about_code or (len(chain) > 1 and is_whole)


def _is_tool(clause: str, chain: list[re.Match[str]]) -> bool:
    """Whether a list ends its part of a sentence after a word such as "with", as tools do."""
    start, end = chain[0].start(), chain[-1].end()
    is_letter = len(chain) == 1 and len(chain[0][0]) == 1
    return not is_letter and bool(_WITH.search(clause[:start]) and _ENDS.match(clause, end))


def _is_labelled(clause: str, end: int) -> bool:
    """Whether a word about programming begins one character after `end`."""
    return _ABOUT_CODE.match(clause, end + 1) is not None


def _usual(name: str) -> str:
    plain = name.casefold().replace("-", " ") if " " in name else name.casefold()
    if plain in SPELLINGS:
        return SPELLINGS[plain]
    bare = plain.removesuffix(".net").removesuffix("js").removesuffix(".")
    return _USUAL.get(plain) or SPELLINGS.get(bare) or _USUAL.get(bare) or name
