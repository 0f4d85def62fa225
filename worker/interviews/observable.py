"""Removes from feedback the sentences about a person's nature, feelings or group.

Most words count only in some contexts. The words are English: a sentence in another language cannot
be checked, so that it is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from worker.interviews.english import is_english

_FLAGS = re.IGNORECASE
_PERSON = (
    r"(?:you|he|she|they|(?:the |this |our )?(?:candidate|applicant|speaker|interviewee|person))"
)
_OWNED_BY = (
    r"(?:your|his|her|their|(?:the |this )?(?:candidate|applicant|speaker|interviewee)['\u2019]s)"
)
# Words for what a person is, seems or feels.
_TRAIT = (
    r"(?:(?:over|un|self-?|in|dis|hyper)?(?:confident|secure|honest|sincere|motivated|interested|"
    r"trustworthy|friendly|emotional|intelligent|assured|comfortable|enthusiastic|attractive|"
    r"likeable|likable|passionate|sure of (?:your|him|her|them)sel(?:f|ves)|certain of "
    r"(?:your|him|her|them)sel(?:f|ves)|energetic|inspired|charismatic|mature|reliable|pleasant|"
    r"sympathetic|relaxed|happy|stable)(?:ly)?|"
    r"(?:natural|born|gifted|talented|charismatic|inspiring) (?:leader|talent|speaker|communicator|"
    r"salesperson|storyteller)|"
    r"nervous\w*|anxious\w*|tense|uneasy|timid|shy|arrogant|cocky|conceited|smug|humble|modest|"
    r"lazy|"
    r"stupid|dumb|smart|bright|clever|brilliant|slow-witted|dull|boring|bored|tired|exhausted|"
    r"sleepy|stressed(?: out)?|depressed|sad|angry|annoyed|irritated|frustrated|desperate|scared|"
    r"afraid|frightened|worried|embarrassed|ashamed|ill|sick|unwell|unhealthy|aggressive|rude|cold|"
    r"distant|aloof|warm|kind|nice|charming|likeable|likable|naive|immature|childish|weak|"
    r"introvert(?:ed)?|extrovert(?:ed)?|extraverted|eccentric|weird|strange|odd|awkward|robotic|"
    r"monotonous|monotone|careless|reckless|lying|a liar|liar|fake|evasive|defensive|hostile|"
    r"apathetic|indifferent|uninterested|disinterested|unmotivated|"
    r"old|older|young|younger|elderly|pregnant|disabled|handicapped|foreign|overweight|"
    r"(?:fe)?male|a (?:wo)?man|a (?:native|foreign) speaker|native|religious|beautiful|handsome|"
    r"ugly)"
)
_HOW = (
    r"(?:\s+(?:a|an|the|bit|little|very|too|quite|rather|so|not|slightly|less|more|somewhat|"
    r"extremely|"
    r"really|clearly|visibly|still|also|often|sometimes|always|at times|overly|fairly|pretty|just|"
    r"simply|obviously|perhaps|maybe|probably|generally|particularly|genuinely|of|and|as|like|"
    r"to be|"
    r"be|being|being so|person|someone who is|somebody who is|most|least|even|kind|sort|lot|be a|"
    r"n['\u2019]t)){0,6}"
)
_IS = (
    r"(?:['\u2019](?:re|s)|\s+(?:are|is|was|were|aren['\u2019]t|isn['\u2019]t|weren['\u2019]t|"
    r"wasn['\u2019]t|am|seem(?:s|ed)?|sound(?:s|ed)?|look(?:s|ed)?|appear(?:s|ed)?|feel(?:s)?|felt|"
    r"act(?:s|ed)?|become|became|get|got|remain(?:s|ed)?|stay(?:s|ed)?|come(?:s)? (?:across|"
    r"over|off)|"
    r"came (?:across|over|off)|"
    r"(?:may|might|can|could|should|must|would|will)(?: (?:also|still|sometimes|just|come))?"
    r"(?: (?:be|seem|sound|look|appear|feel|come across|come off|act|across))?|"
    r"(?:do|does|did)(?:n['\u2019]t| not) (?:seem|sound|look|appear|feel|come across|act)))"
)
# Nouns for a person's nature, feelings, looks, speech or private life.
_NATURE = (
    r"(?:(?:self-?)?(?:confidence|assurance|esteem|doubts?)|nervousness|nerves|anxiety|insecurity|"
    r"shyness|timidity|arrogance|honesty|dishonesty|sincerity|integrity|personality|temperament|"
    r"character|attitude|enthusiasm|passion|motivation|drive|emotions?|feelings?|mood|maturity|"
    r"intelligence|stupidity|laziness|stress|body language|posture|demeanou?r|eye contact|smile|"
    r"appearance|looks|clothes|outfit|face|charisma|charm|energy|accent|dialect|pronunciation|"
    r"english|grammar|vocabulary|voice|intonation|tone(?: of voice)?|mother tongue|native language|"
    r"age|gender|sex|race|skin colou?r|ethnicity|origins?|nationality|religion|faith|beliefs?|"
    r"disability|handicap|health|pregnancy|weight|marital status|family status|children)"
)
# One of these must follow most of the nouns. "Health" in "your health check is" does not count.
_ITSELF = (
    r"(?=\s*(?:[.,;:!?)\u2014\u2013-]|$)|\s+(?:is|are|was|were|seems?|seemed|sounds?|sounded|"
    r"looks?|looked|"
    r"makes?|made|needs?|comes?|came|shows?|showed|will|would|can|could|may|might|should|and|or|"
    r"but|"
    r"in|at|on|to|when|while|as|with|during|through|throughout|gets?|got|hurts?|affects?|affected|"
    r"helps?|lets?|has|had|does|did|doesn['\u2019]t|didn['\u2019]t|isn['\u2019]t|wasn['\u2019]t|"
    r"drops?|dropped|falls?|fell|grows?|grew|trembles?|trembled|shakes?|shook|suffers?|suffered|"
    r"stands?|stood|about|a bit|here|there|than|that|which|more|over|under|so)\b)"
)
_SHOWN = (
    r"(?:lack(?:s|ed|ing)?(?: of)?|with(?:out)?|show(?:s|ed|ing)?|display(?:s|ed|ing)?|"
    r"express(?:es|ed)?|convey(?:s|ed)?|project(?:s|ed)?|radiat(?:e|es|ed|ing)|exud(?:e|es|ed|ing)|"
    r"gain|build|boost|work on|miss(?:es|ing)?|have|has|had|need|needs|keep|maintain|control|hide|"
    r"betray(?:s|ed)?|reveal(?:s|ed)?|reduce|soften|improve|lose|lost|sense|feel)"
)
_GROUP = (
    r"(?:(?:wo)?m[ae]n|mothers?|fathers?|parents?|mums?|moms?|dads?|girls?|boys?|lad(?:y|ies)|"
    r"foreigners?|immigrants?|migrants?|refugees?|muslims?|christians?|jews?|jewish|hindus?|"
    r"(?:non-?)?native(?: speakers?)?|seniors?|pensioners?|elderly|millennials?|boomers?|"
    r"(?:old|older|young|younger|fe?male|foreign|black|white|asian|african|indian|arab|disabled|"
    r"pregnant|married|single|gay|religious|middle-aged|attractive|non-?native)"
    r"(?: \w+)? (?:candidate|applicant|person|people|speaker|employee|worker|professional|"
    r"colleague|"
    r"engineer|developer|nurse|manager|adult|mother|father|man|woman|one|team member)s?)"
)
_ABOUT_THE_PERSON = re.compile(
    rf"\b{_PERSON}{_IS}{_HOW}\s+(?!confident (?:that|about the|in the)\b){_TRAIT}\b"
    r"(?!\s+(?:that|the|in the|of the)\b)|"
    # A note without its subject: "Seemed nervous.", "Nervous, arrogant."
    rf"^\W*+(?:(?:(?:seem|sound|look|appear|act|feel)(?:s|ed)?|felt|c[ao]mes? across(?: as)?)\s++)?"
    r"(?:(?:an?|bit|little|very|too|quite|rather|so|not|somewhat|really|overly|fairly)\s++){0,4}"
    rf"{_TRAIT}\b(?:\W++(?:(?:and|or|very|too|quite|not)\s++){{0,2}}{_TRAIT}\b){{0,5}}\W*+$|"
    rf"\b{_OWNED_BY}(?:\s+(?!own\s+team)\w+){{0,2}}?\s+{_NATURE}\b{_ITSELF}|"
    rf"\b{_SHOWN}(?:\s+(?:a|an|any|some|more|much|little|great|greater|real|no|enough|your|his|her|"
    rf"their|the|lot|of|less|strong|genuine|true|such|good|low|high)){{0,4}}\s+(?:self-?)?"
    r"(?:confidence|assurance|enthusiasm|passion|nervousness|nerves|anxiety|motivation|honesty|"
    r"sincerity|integrity|maturity|charisma|arrogance|insecurity|shyness|self-?esteem|emotions?|"
    rf"conviction|eye contact|body language|positive attitude|attitude)\b{_ITSELF}|"
    r"\b(?:self-?confiden\w+|self-?esteem|native speakers?|mother tongue|body language|"
    r"eye contact)\b|\b(?:a|an|your|such) (?:\w+ )?(?:charismatic|charming|likeable|likable|"
    r"magnetic|"
    r"commanding|warm|pleasant|strong|engaging) (?:presence|personality|aura|character)\b|"
    rf"\b(?:be|sound|seem|appear|look|act|feel|stay|try to be|come across as|being)\s+"
    rf"(?:a\s+)?(?:bit\s+|little\s+)?(?:more|less|so|too|very|not so)\s+{_TRAIT}\b|"
    r"\b(?:stay|remain|keep|be) calm\b|\btry to relax\b|\brelax more\b|\bsmile\b|"
    rf"\b(?:as|for|being|like)\s+(?:a|an|the|one of the)?\s*{_GROUP}\b|"
    rf"\b{_GROUP}\s+(?:are|is|tend|often|usually|should|may|might|can|cannot|have|like you)\b|"
    rf"\b(?:too|so) (?:old|young)\b(?!\s+(?:to|for) (?:the )?(?:cache|entry|entries|record|data))|"
    rf"\b(?:at|for|considering|given) {_OWNED_BY} age\b|"
    rf"\b{_OWNED_BY}(?:\s+\w+)?\s+(?:nervous|anxious|shy|timid|insecure|arrogant|lazy|sad|angry|"
    rf"tired|"
    r"confident|unconfident|depressed|broken|poor|bad) (?:voice|manner|way|english|tone|answer|"
    r"nature|"
    r"attitude|smile|look|state)\b|"
    rf"\b(?:nervous|anxious|shy|timid|insecure|arrogant|lazy|nerves|nervousness|anxiety)\b"
    rf"(?=[^.!?]{{0,60}}\b{_PERSON}\b)(?<!what )(?!\s+(?:load|eval|init|system|breakdown|object|"
    rf"seq|"
    r"import|fetch|learn|delet|propert|list|stream|valu|thread|batch|map|quer))|"
    rf"\b{_PERSON}\s+(?:\w+ly\s+)?(?:stutter|mumble|tremble|sweat|blush|panic|giggle|lie|lied|lies)"
    r"(?:s|ed|d|red)?\b(?! (?:in|on|at|with|down)\b)",
    _FLAGS,
)
# Quotations are not checked: that somebody said the quoted words is a fact.
_QUOTED = re.compile(
    r"[\"\u201c\u201e][^\"\u201c\u201d\u201e]{0,400}[\"\u201d\u201c]|"
    r"\u00ab[^\u00ab\u00bb]{0,400}\u00bb|"
    r"[\u300c\u300e][^\u300c-\u300f]{0,400}[\u300d\u300f]"
)
_ABBREVIATED = (
    r"(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!\bapprox)(?<!\bincl)(?<!\.[A-Za-z])(?<!\b[A-Z])(?<!\bDr)(?<!\bMrs)"
    r"(?<!\bMr)(?<!\bMs)(?<!\bSt)"
)
_SENTENCE_END = re.compile(
    rf"(?:{_ABBREVIATED}\.(?<!\betc\.)(?<!\bno\.)|[.!?\u2026]{{2,20}}|[!?\u2026])(?=\s)|"
    # After a quotation, "etc." or "no.", a small letter shows that the sentence goes on.
    r"(?:\b(?:etc|no)\.|[.!?\u2026]{1,20}[\"'\u201d\u2019\u00bb)\]]{1,3})"
    r"(?=\s++[^\sa-z])|[\u3002\uff01\uff1f]|\n|(?<=[a-z]{2})[.!?](?=[A-Z][a-z])"
)


def observable(text: str) -> str | None:
    """The text without sentences that are not English, or about a person's nature or group.

    The rest is as written, also its blanks. None if nothing is left.
    """
    is_around = is_english(_QUOTED.sub(_mask, text).replace("_", " "))
    kept = [
        sentence
        for sentence, masked in masked_sentences(text)
        if _is_shown(masked, is_around is True)
    ]
    return "".join(kept).strip() or None


def masked_sentences(text: str) -> Iterator[tuple[str, str]]:
    """Each sentence with the blanks around it, as written and with blanks for quoted words."""
    masked = _QUOTED.sub(_mask, text)
    ends = [match.end() for match in _SENTENCE_END.finditer(masked)]
    for start, end in pairwise([0, *ends, len(text)]):
        yield text[start:end], masked[start:end].replace("_", " ")


def quotations(text: str) -> list[str]:
    """The quoted parts of a text, without their marks."""
    return [found.group()[1:-1] for found in _QUOTED.finditer(text)]


def _mask(quoted: re.Match[str]) -> str:
    """A quotation with "_" for its words. A mark at its end may end the sentence around it."""
    words = quoted.group()
    return "_" * (len(words) - 2) + words[-2:]


def _is_shown(sentence: str, is_around: bool) -> bool:
    """Whether a sentence can be checked and is not about a person.

    One without a word that tells its language is like the text around it.
    """
    is_checked = is_english(sentence)
    if is_checked is None:
        is_checked = is_around or not any(map(str.isalpha, sentence))
    return is_checked and not _ABOUT_THE_PERSON.search(sentence)
