"""Checks by patterns that a piece of advice states nothing unknown about the company.

A reason ("since they …") or a question ("why they sold …") may hide a statement. A known sentence
must entail it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain

from worker.companies.clauses import sentences_of
from worker.companies.entailment import entails
from worker.companies.events import told_events
from worker.companies.german_nouns import german_nouns
from worker.companies.had_by_all import HAD_BY_ALL, PHRASE_ENDS
from worker.companies.public_names import COMMON, PUBLIC
from worker.companies.reading import WORD, Reading, stem
from worker.companies.sentence_words import EMPTY, SELF_WORDS
from worker.companies.technology_names import ANY_CASE, EXACT, WORDS
from worker.companies.word_count import words_of
from worker.pages.quotes import flat, with_word_replaced

MAX_KNOWN_SENTENCES = 2_000
LEAST_WORDS = 3
PIECE_WORDS = 5
MOST_WORDS_BEFORE_THEIR = 5
"""Later in a sentence, "their" may belong to somebody else: "a guest who forgot their key"."""
_SELF = (
    r"(?:they|it|we|(?:the|this) (?:company|firm|business|organi[sz]ation|start-?up|employer"
    r"|founders?|management|ceo|staff|employees)|(?:das|ihr) unternehmen|die firma|l['’]entreprise"
    r"|la société|la empresa|l['’]azienda|a empresa|het bedrijf|företaget|virksomheden|yritys"
    r"|firma|spółka|společnost|компания|şirket)"
)
_OWN_NOUN = r"(?:(?:their|its|our|the company['’]s)\s\w+(?:\s\w+)?)"
_STARTS = re.compile(
    rf"^(?:(?:remember|note|know|keep in mind|mention|say|tell them|be aware)\s(?:that\s)?"
    rf"|(?:as you know|also|however|and|but|so|today|now)[, ]+)?(?P<subject>{_SELF}|{_OWN_NOUN})"
    r"(?P<rest>['’]\w+|\s+\w+.*)",
    re.IGNORECASE | re.DOTALL,
)
_BECAUSE = re.compile(
    r"\b(?:that|since|because|given that|now that|although|even though|as|where|while"
    rf"|considering(?: that)?|after|weil|da|parce que|puisque|porque|perché)\s"
    rf"(?P<claim>(?P<subject>{_SELF}|{_OWN_NOUN})(?P<rest>['’]\w+|\s+\w+.*))",
    re.IGNORECASE | re.DOTALL,
)
_PAST = (
    r"(?:\w{2,}ed|sold|bought|lost|left|won|grew|fell|made|built|shut|cut|went|became|began|chose"
    r"|did|had|hit|led|let|met|moved|paid|put|ran|rose|saw|sent|spent|split|stood|took|was|were"
    r"|laid|broke|got|quit|sank)"
)
_TAKEN_FOR_GRANTED = re.compile(
    rf"\b(?:why|when|how|after|before|who|what)\s(?P<claim>(?P<subject>{_SELF}|{_OWN_NOUN})"
    rf"(?P<rest>\s+(?:\w+ly\s)?{_PAST}\b.*))"
    r"|\bdid (?!you \w+ (?:your|school|university)\b)"
    rf"(?P<claim2>(?P<subject2>they|you|it|we|the company)(?P<rest2>\s+(?:lay|sell|fire|lose"
    r"|close|cut|buy|leave|shut|merge|acquire|drop|cancel)\b.*))",
    re.IGNORECASE | re.DOTALL,
)
_NAMED = re.compile(
    r"\b(?:why|when|how|after|since)\s"
    r"(?P<claim>(?P<subject>(?-i:[A-Z][\w'-]++(?:\s[A-Z][\w'-]++){0,9}))"
    rf"(?P<rest>\s{_PAST}\b.*))",
    re.IGNORECASE | re.DOTALL,
)
# "Why so many managers left" takes for granted that they did.
_LEFT = re.compile(
    r"\b(?:why|how come|after)\s(?:so )?(?:many|several|some|most|two|three|half|your|their"
    r"|our)\s(?:\w+\s){1,3}?"
    r"(?:left|quit|resigned|walked out|(?:was|were|got) (?:fired|laid off|sacked))\b",
    re.IGNORECASE,
)
_IS = re.compile(
    r"(?<!what )(?<!how )(?<!why )(?<!who )(?<!where )(?<!when )(?<!whether )(?<!if )(?<!is )"
    r"(?<!are )(?<!do )(?<!does )(?<!did )(?<!was )(?<!were )(?<!which )(?<!until )(?<!as )"
    r"\b(?P<claim>(?P<subject>(?:they|we|it|the company|the firm))"
    r"(?P<rest>(?:['’](?:re|ve)|(?<=it)['’]s|\s(?:is|are|was|were|has|have|had))\b.*))",
    re.IGNORECASE | re.DOTALL,
)
_DEFINITE = re.compile(
    r"^(?:the|their|its|our|this)\s(?:[\w-]+\s){1,4}?(?:is|are|was|were|has|have|had)\b",
    re.IGNORECASE,
)
_OF_AN_INTERVIEW = re.compile(
    r"^(?:the|this)\s(?:[\w-]+\s){0,3}?(?:interviewers?|panel|recruiters?|hiring managers?"
    r"|questions?|answers?|goal|aim|key|point|method|interviews?|conversation|call|story|stories"
    r"|examples?|trick|rule|idea|best|reason|format|process|purpose|way|star)\b",
    re.IGNORECASE,
)
# What may follow "it", "they" or "we" in a sentence about the interview: "will likely ask".
_HARMLESS = re.compile(
    r"^(?:['’]ll)?\s*(?:(?:also|often|usually|likely|probably|really|simply|may|might|will|would|can"
    r"|could|should|do|does|to|be|are|is|want|wants|like|love|tend|going|n['’]t|not)\s)*"
    r"(?:likely|asks?|asking|want|wants|expects?|expecting|look|looks|looking|checks?|tests?|see"
    r"|hear|probes?|appreciate|notice|judge|assess(?:es)?|know|shows?|helps?|demonstrates?|gives?"
    r"|matters?|tells?|proves?|reveals?|fits?|reflects?|signals?|lets?|allows?|leaves?|keeps?"
    r"|explores?|covers?|invites?|measures?|highlights?|evaluates?|gauges?|relates?|comes?|feels?"
    r"|sounds?|depends?|understand|learn|find out|interested|opens?|connects?)\b",
    re.IGNORECASE,
)
_ABOUT_THE_ADVICE = re.compile(
    r"^(?:['’]s|\s(?:is|was))\s(?:\w+\s)?(?:fine|ok|okay|good|important|best|better|common|normal"
    r"|useful|hard|easy|worth|likely|possible|helpful|natural|asked|often|usual|typical|standard"
    r"|a (?:common|usual|typical|standard|good|frequent|classic|core|key|basic)|central|relevant"
    r"|part of|about|how|what|where)\b",
    re.IGNORECASE,
)
_PRAISE = (
    r"pioneer\w*|leading (?:supplier|provider|company|maker|manufacturer|position|player|brand|firm"
    r"|producer|role in)|(?:market|industry|world|global) leaders?|award\w*|renowned|prestigious"
    r"|world-class|first-class|cutting-edge|state-of-the-art|fast(?:est)?-growing|number one"
    r"|reputable|well-known|best-in-class|unrival\w+|acclaimed|top-rated|top-tier|groundbreaking"
    r"|revolutionary|führend\w*|pionier\w*|marktführer\w*|preisgekrönt\w*|leader mondial"
    r"|pionnier\w*|líder\w*|pioner\w*|premiad\w*|voorloper|marktleider"
)
# "Europe's largest weaver", but not "the firm's biggest challenge".
_RANKED = re.compile(
    r"\b[A-Z][\w-]{1,40}['’]s (?:second[- ])?(?P<rank>largest|biggest|oldest|best-known|fastest"
    r"|top)\s"
    r"(?!(?:\w+\s)?(?:challenge|competit|strength|risk|priorit|customer|client|problem|goal|project"
    r"|weakness|opportunit|market|concern|need|achievement|success|issue|question))"
)
_PRAISED = re.compile(rf"\b(?:{_PRAISE})\b", re.IGNORECASE)
_EVENTS = (
    r"lay-?offs?|merger|acquisition|takeover|ipo|bankruptcy|insolvency|lawsuit|scandal|award|prize"
    r"|restructuring|strike|breach|buyout|bailout|fine|investigation|recall|funding round"
    r"|resignation|stepping down|cyber-?attack|data leak|boycott|penalty|downsizing|delisting"
    r"|rücktritt"
    r"|börsengang|entrée en bourse|salida a bolsa|quotazione in borsa|beursgang|börsintroduktion"
    r"|démission|dimisión|dimissioni|demissão|aftreden"
    r"|series [a-f]|expansion into|turnover|pay cuts?|hiring freeze|closure|fraud|trial"
    r"|insolvenz|entlassung(?:en|swelle)?|übernahme durch|fusion|streik|skandal|kurzarbeit|rückruf"
    r"|licenciements?|rachat|grève|faillite|scandale|amende|redressement"
    r"|huelga|despidos|adquisición|fusión|quiebra|escándalo|multa|premio"
    r"|sciopero|licenziamenti|fusione|acquisizione|fallimento|scandalo"
    r"|greve|demissões|fusão|aquisição|falência|prêmio|prémio|escândalo"
    r"|staking|ontslagen|overname|fusie|faillissement|schandaal|strajk|zwolnienia|fuzja|skandal"
)
_EVENT = re.compile(
    r"\b(?:the|their|its|our|recent|this|last|company['’]s|die|der|den|dem|das|zur|zum|vom|ihre[mnrs]?"
    r"|unser\w{0,2}|notre|nos|nuestr[oa]s?|nostr[oaie]|noss[oa]s?|onze"
    r"|la|el|los|las|su|sus|del|al|le|les|leurs?|il|lo|gli|o|os|as|seu|sua|het|de|hun)\s"
    rf"(?:[\w'’-]+\s){{0,2}}?(?P<event>{_EVENTS})\b",
    re.IGNORECASE,
)
_ANY_EVENT = re.compile(
    rf"\b(?:{_EVENTS}|bankrupt\w*|insolvent|dismiss\w*|fir(?:e[sd]?|ing)|sack\w*|laid|lost|lose[s]?"
    r"|losing|fail\w*|stole\w*|steal\w*|fraud\w*|illegal\w*|sued|sues?|died?|quit\w*|debts?"
    r"|entlass\w*|insolven\w*|pleite|licenci\w*|faillite|despid\w*|quiebra|licenzia\w*"
    r"|fallimento|demit\w*|falência|ontslag\w*|failliet)\b",
    re.IGNORECASE,
)
_POSSESSION = re.compile(
    r"\b(?:their|its|our|the company['’]s)\s(?P<what>[\w'’-]++(?:\s[\w'’-]++){0,3}+)", re.IGNORECASE
)
_CONGRATULATES = re.compile(
    r"\b(?:congratulat\w+|compliment|gratulier\w*|f[eé]licit\w+|complimentati)\b[\w-]*"
    r"(?:\s(?:them|sie|ihnen|les|a ellos|on|for|zu|zum|zur|pour|por|per|su|sus|le|la|el|den|die|das"
    r"|their|her|his))*\s(?P<what>.+)",
    re.IGNORECASE,
)
_MENTIONS = re.compile(
    rf"\b(?:{_SELF}|their|them|its|our|us|ours|company['’]?s?|here|your|you['’]re|you are)\b",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"[$€£¥₹]|%|\b(?:percent|per cent|million|billion|thousand|prozent|millionen|euros?|dollars?"
    r"|pounds?|usd|eur|gbp)\b|\d[.,]?\d{3}\b",
    re.IGNORECASE,
)
_OWN_NUMBER = re.compile(
    r"\b(?:their|its|our|the company['’]s|with(?=\s\d+\s\w+,?\s(?:they|it|the company)\b)"
    r"|your)\s(?:\w+\s)?(?P<number>\d[\d.,]*)\b(?!\s?(?:minute|day"
    r"|month|week|year|hour|example|stor|question|point|reason))",
    re.IGNORECASE,
)
_TECHNOLOGY_WORDS = frozenset(
    part.casefold() for name in (*ANY_CASE, *EXACT, *WORDS) for part in re.split(r"[ /-]", name)
)
_FLATTERY = re.compile(
    r"\byou(?:['’]re| are)\s(?:(?:one of|among)\s)?(?:the|an?|our)\s", re.IGNORECASE
)


class _Known:
    """The known text: the stems of its words, and its first 2,000 sentences."""

    def __init__(self, text: str) -> None:
        self._words = frozenset(word.casefold() for word in WORD.findall(flat(text)))
        self.stems = frozenset(map(stem, self._words))
        self.sentences = sentences_of(text)[:MAX_KNOWN_SENTENCES]
        self._stems: list[frozenset[str]] | None = None

    def has(self, word: str) -> bool:
        parts = [word, *re.split(r"[/'’-]", word)]
        return stem(word) in self.stems or all(stem(part) in self.stems for part in parts[1:])

    def tells_of(self, event: str) -> bool:
        """Whether the text has the first word of an event. To merge code is no merger."""
        word = event.split(maxsplit=1)[0].casefold()
        return bool({word, f"{word}s", word.removesuffix("s")} & self._words)

    def bears_out(self, claim: str, names: Sequence[str]) -> bool:
        """Whether one of the known sentences with similar words entails the claim."""
        wanted = {stem(word) for word in Reading(claim, names).content}
        if self._stems is None:
            self._stems = [
                frozenset(stem(word) for word in WORD.findall(one)) for one in self.sentences
            ]
        near = [
            sentence
            for sentence, stems in zip(self.sentences, self._stems, strict=True)
            if 2 * len(wanted & stems) >= len(wanted)
        ]
        return any(entails(one, claim, around=one, names=names) for one in near[:50])


@lru_cache(maxsize=8)
def _known(text: str) -> _Known:
    return _Known(text)


def adds_nothing(text: str, known: str, names: Sequence[str] = ()) -> bool:
    """Whether, by the patterns, a piece of advice states nothing about the company beyond the known
    text.

    `names` are the company's names.
    """
    facts = _known(known)
    return all(_is_harmless(one, facts, names) for one in sentences_of(text))


def has_new_praise_or_event(text: str, known: str) -> bool:
    """Whether a text praises, or tells of an event such as a lay-off, with words that are not
    known."""
    facts, plain = _known(known), flat(text)
    praise = [word for found in _PRAISED.findall(plain) for word in found.split()]
    events = [word for found in _ANY_EVENT.findall(plain) for word in found.split()]
    return not all(map(facts.has, [*praise, *events]))


def is_question(text: str, names: Sequence[str] = ()) -> bool:
    """Whether a text has a question mark, or does not end like a statement.

    One of a word or two, as a small model gives, asks nothing: "Acme Pumps".
    """
    sentences = sentences_of(text)
    if words_of(_neutral(text, names)) < LEAST_WORDS:
        return False
    last = _neutral(sentences[-1], names) if sentences else ""
    if any(sign in text for sign in "?？؟"):
        return True
    return bool(last) and not (_STARTS.match(last) or _DEFINITE.match(last))


def is_reason(text: str, known: str, names: Sequence[str] = ()) -> bool:
    """Whether a text may be the reason for a question: it passes `adds_nothing` and does not
    flatter. A few words without a capital are a piece of a sentence."""
    words = words_of(text)
    if words < LEAST_WORDS or (text[:1].islower() and words <= PIECE_WORDS):
        return False
    return not _FLATTERY.search(flat(text)) and adds_nothing(text, known, names)


def _neutral(sentence: str, names: Sequence[str]) -> str:
    """A sentence with "the company" in place of each company name of three or more characters."""
    plain = flat(sentence)
    for name in sorted([*names, *_short_names(names)], key=len, reverse=True):
        if len(name) > 2:
            plain = with_word_replaced(plain, flat(name), "the company")
    return plain.replace("the the company", "the company")


def _short_names(names: Sequence[str]) -> Iterator[str]:
    """The longer words of names of two words: `Kant` of `Weberei Kant`.

    Only a claim about the company is found by them, so a word too many drops a piece of advice.
    """
    for name in names:
        words = name.split()
        if len(words) == 2:
            yield from (word for word in words if len(word) > 3 and word[0].isupper())


def _is_harmless(sentence: str, known: _Known, names: Sequence[str]) -> bool:
    plain = _neutral(sentence, names)
    if not (_has_only_known_names(plain, known) and _has_only_usual_numbers(plain, known)):
        return False
    praise = [word for found in _PRAISED.findall(plain) for word in found.split()]
    if _MENTIONS.search(plain) and not all(map(known.has, praise)):
        return False
    ranks = [found["rank"] for found in _RANKED.finditer(sentence)]
    left = ["left"] if _LEFT.search(plain) else []
    if any(not known.tells_of(found["event"]) for found in _EVENT.finditer(plain)):
        return False
    if not all(map(known.has, chain(ranks, left, _possessed(plain), told_events(plain)))):
        return False
    return all(known.bears_out(claim, ("the company", *names)) for claim in _claims(plain))


def _claims(sentence: str) -> Iterator[str]:
    """The parts of a sentence that seem to state something about the company."""
    asks = sentence.rstrip().endswith(("?", "？"))
    patterns = [_BECAUSE, _TAKEN_FOR_GRANTED, _NAMED]
    if not asks:
        patterns += [_IS]
        begins = _STARTS.match(sentence)
        if (begins and not _states_nothing(begins["subject"], begins["rest"])) or (
            not begins and _DEFINITE.match(sentence) and not _OF_AN_INTERVIEW.match(sentence)
        ):
            yield sentence
    for pattern in patterns:
        for found in pattern.finditer(sentence):
            parts = found.groupdict()
            claim = parts.get("claim") or parts.get("claim2") or ""
            subject = parts.get("subject") or parts.get("subject2") or ""
            rest = parts.get("rest") or parts.get("rest2") or ""
            if not _states_nothing(subject, rest):
                yield re.split(r"[,;]", claim)[0]


def _states_nothing(subject: str, rest: str) -> bool:
    """Whether the words after a subject seem to state nothing about the company."""
    first = re.match(r"([\w'’]+)", rest.lstrip())
    if first and first[1].casefold() in _NO_VERB:
        return True
    if _PRAISED.search(rest):
        return False
    if subject.casefold() in ("it", "they", "we") and _HARMLESS.match(rest):
        return True
    return subject.casefold() == "it" and _ABOUT_THE_ADVICE.match(rest) is not None


_NO_VERB = frozenset({
    "in", "on", "at", "by", "for", "from", "with", "to", "of", "and", "or", "as", "into", "before",
    "after", "during", "if", "when", "while", "about", "like", "aloud", "again", "well", "first",
    "briefly", "there", "here", "out", "down", "up", "than",
})  # fmt: skip


def _possessed(sentence: str) -> Iterator[str]:
    """The words for what a sentence says the company has, without what every company has."""
    for found in chain(_POSSESSION.finditer(sentence), _CONGRATULATES.finditer(sentence)):
        before = len(WORD.findall(sentence[: found.start()]))
        if found[0][:5].casefold() == "their" and before > MOST_WORDS_BEFORE_THEIR:
            continue
        for word in WORD.findall(found["what"].casefold()):
            if word in PHRASE_ENDS:
                break
            if word not in HAD_BY_ALL and word not in EMPTY and word not in SELF_WORDS:
                yield word


def _has_only_known_names(sentence: str, known: _Known) -> bool:
    words = WORD.findall(sentence)
    nouns = german_nouns(words)
    for place, word in enumerate(words):
        is_inner = any(letter.isupper() for letter in word[1:])
        if not (word[0].isupper() and (place or is_inner)) and not is_inner:
            continue
        if not (place in nouns or known.has(word) or _is_everybodys(word)):
            return False
    return True


def _is_everybodys(word: str) -> bool:
    """Whether a capitalised word needs no source, as a widely known name or short abbreviation."""
    bare = re.sub(r"['’]s$|['’]$", "", word)
    if bare.isupper() and len(bare) <= 5 and bare.isalpha():
        return True
    parts = [part.casefold() for part in re.split(r"[/.-]", bare) if part]
    return all(
        part in COMMON or part in PUBLIC or part in _TECHNOLOGY_WORDS or len(part) == 1
        or (part.endswith("s") and part[:-1] in COMMON | PUBLIC)
        for part in [*parts, *([] if parts else [bare])]
    ) or bare.casefold() in PUBLIC | _TECHNOLOGY_WORDS  # fmt: skip


def _has_only_usual_numbers(sentence: str, known: _Known) -> bool:
    """Whether each number is known, or small and no amount ("your first 90 days")."""
    numbers = [word for word in WORD.findall(sentence) if any(one.isdigit() for one in word)]
    own = {found["number"] for found in _OWN_NUMBER.finditer(sentence)}
    is_amount = _AMOUNT.search(sentence) is not None
    for number in numbers:
        if known.has(number):
            continue
        digits = re.findall(r"\d+", number)
        is_small = all(len(one) <= 3 for one in digits)
        if not is_small or is_amount or number in own:
            return False
    return True
