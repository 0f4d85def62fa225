"""What a sentence does, such as ask, greet or say goodbye. Most patterns are English."""

from __future__ import annotations

import re

from worker.interviews.asking import LEAD, NAMED, PROMPT, SPEAKER_TELLS, has_question_order
from worker.interviews.asking_elsewhere import (
    asks_elsewhere,
    ends_like_marked,
    may_be_english,
    requests_elsewhere,
)
from worker.interviews.farewells import acknowledges
from worker.interviews.phrases_elsewhere import (
    greets_elsewhere,
    has_tag,
    invites,
    refers_back,
)
from worker.interviews.scripts import ends_with_question_mark, has_question_mark, is_unspaced
from worker.interviews.sentence_parts import sentences
from worker.interviews.transcript import tokens

_FLAGS = re.IGNORECASE
# No alternative may be a sequence of others, as "oh yeah" would be. Otherwise a failing match could
# take exponential time.
_TAG = re.compile(
    r"^\W*+(?:(?:right|ok|okay|yeah|really|yes|no|see|huh|hm+|you know|is it|is that so|did you|"
    r"were you|do you|are you|are they|isn't it|doesn't it|correct|wow|seriously|make sense|"
    r"makes sense|does that make sense|sounds good|got it|got that|you see|"
    r"know what i mean|all right|alright|good|fair enough|oh|ah|eh|so|and)\W*+)+$",
    _FLAGS,
)
# A tag with a question mark at the end of a sentence, such as ", right?".
_TAGGED = re.compile(
    r"(?:,|\s[\u2014\u2013-])\s*(?:right|okay|ok|yeah|yes|no|you know|you see|see|huh|eh|correct|"
    r"you know what i mean|if that makes sense|does that make sense|isn't it|isn\u2019t it)\s*\?"
    r"[\"'\u201d\u2019) ]*$",
    _FLAGS,
)
_META = re.compile(
    r"\b(?:(?:any|some|more|other|further|what|have|have any|the) questions? (?:for|of|about|from) "
    r"(?:me|us|the (?:team|role|company|position))|"
    r"(?:do|did|would|have) you (?:have |got )?(?:any |some |other |more |further )*questions|"
    r"questions (?:that )?you(?:'d|\u2019d| would)? (?:have|like|want)|"
    r"any(?:thing)?(?: else)? (?:that )?you(?:'d|\u2019d| would)? (?:like|want|wanted|"
    r"wish) to (?:ask|know)|"
    r"what (?:can|could) (?:i|we) (?:answer|tell you)|"
    r"what (?:would|do) you (?:like|want) to (?:ask|know)|your turn to ask|turn it over to you|"
    r"(?:any|anything) (?:other |more )?questions(?: at all)?\W*$|what questions do you have|"
    r"questions on your (?:side|end)|over to you|ask (?:me|us) (?:anything|whatever|any|some|your|"
    r"a few|what|questions)\b)",
    _FLAGS,
)
_FOLLOW_UP = re.compile(
    rf"{LEAD}(?:why(?: (?:not|so|that|then|exactly))?|how so|such as|like what|in what (?:way|"
    rf"sense)|"
    r"and then|and after that|for (?:example|instance)|meaning|what else|anything else|how come|"
    r"what do you mean.*+|"
    r"(?:can|could|would|will) you (?:please |maybe |just |also ){0,2}"
    r"(?:elaborate|expand|clarify|go on|continue|explain (?:that|this|it)|"
    r"be (?:a (?:little |bit |little bit )?|slightly |somewhat )?more \w+|"
    r"say (?:a (?:bit|little) )?more|go (?:a (?:bit|little) )?(?:into (?:more|"
    r"a bit more) detail|deeper)|"
    r"(?:tell (?:me|us)|share|talk) (?:a (?:bit|little) )?more\b(?: about (?:that|it|this))?).*+|"
    r"(?:elaborate|expand|go on|say more|tell (?:me|us) more)(?: (?:about|on) (?:that|it|this))?|"
    r"(?:can|could) you give (?:me|us) (?:an?|one) (?:\w+ )?example(?: of (?:that|this|it))?|"
    r"what happened (?:next|then|after(?: that| this)?|there|in the end)|"
    r"what (?:was|were) (?:the|your) (?:result|results|outcome|impact|role in (?:that|"
    r"it))(?: of (?:that|it))?|"
    r"what (?:was|were|is|are) (?:his|her|their|its|"
    r"the (?:\w+ )?\w+['\u2019]s) (?:first )?(?:reactions?|"
    r"response|answer|feedback|opinions?|reply|view)(?: (?:to|on|of) \w+)?|"
    r".{3,60} (?:that|this|these|those) ones?|"
    r"(?:and )?(?:what|how) about (?:that|it)|what came of it|"
    r"what would you (?:do|have done) differently(?! (?:in|at|with|here|for|as|on) ).*+|"
    r"what did you (?:learn|take away).*+|"
    r"how did (?:that|it|they|he|she|the team|people) (?:go|turn out|work out|end|react|respond|"
    r"feel|take).*+|(?:which|what) ones?\b.*+|how (?:big|long|many|much|often|large)(?: is| was|"
    r" of)? "
    r"(?:that|it|this|those|them|they)\b.*+)\W*$",
    _FLAGS,
)
# A beginning that a statement may have, such as "you", "it's" or "because".
_STATED = re.compile(
    rf"{LEAD}(?:(?:you(?:'re|\u2019re|'ve|\u2019ve|'d|\u2019d)?|it(?:'s|\u2019s)?|that(?:'s|"
    rf"\u2019s)?|"
    r"they(?:'re|\u2019re)?|he(?:'s|\u2019s)?|she(?:'s|\u2019s)?|we|this|those|these|there(?:'s|"
    r"\u2019s)?|the|your|not|even|only|still|because|by|with|without|in|on|at|from)\b)",
    _FLAGS,
)
_ANAPHOR = re.compile(
    r"\b(?:about|of|from|with|on|for|to|in|into|do|did|does|was|is|were|after|before|by|like|at|"
    r"handle|fix|solve|measure|test|build|learn|make|take|find|use|notice|change|improve|say)"
    r"\s+(?:that|it|this|those|them|these)\b"
    r"(?!\s+(?:role|job|company|position|team|industry|opportunity|kind|field|you|i|we|he|she|"
    r"they|it|"
    r"the|a|an|your|our|my|their|his|her|its|there|this|these|every|everything|all|some|people|"
    r"no|not|"
    r"was|is|were|are|has|have|had|would|could|can|will|did|does|do|needs?|makes?|led|might)\b)",
    _FLAGS,
)
# "What fails first?" is a whole question, "What else?" is none.
_SUBJECT_ASKED = re.compile(rf"{LEAD}(?:what|who) (?!else|about|for|if|exactly)\w+s \w", _FLAGS)
# "On your page I saw a boat. Tell me about it." brings up something new.
_NEW_TOPIC = re.compile(
    r"\b(?:on|in|from) your (?:\w+ ){0,2}(?:page|letter|resume|r\u00e9sum\u00e9|cv|profile|"
    r"application|portfolio|form|website|site|blog|papers?|list|bio|github|linkedin)\b|"
    r"\byou (?:wrote|write|listed?|put|noted)\b|\bit says\b|"
    r"\bi (?:saw|see|read|noticed?) (?:that|in|on|from|here|you|your|an?|some)\b|"
    r"\byour (?:first|second|third|last|next|current|previous|latest) \w+\b",
    _FLAGS,
)
_PAPERS = re.compile(
    r"\b(?:on|in|from) your (?:\w+ ){0,2}(?:letter|resume|r\u00e9sum\u00e9|cv|profile|application|"
    r"portfolio|form)\b.{0,60}\byou\b|\byou (?:also )?(?:wrote|write|listed?|put down)\b|"
    r"\bit says (?:here )?(?:that )?you\b|"
    r"\bi (?:see|saw|read|noticed?)(?: here| (?:in|on|from) \w+ \w+)?(?: that)? you"
    r"(?:['\u2019]ve)? (?:were|had|did|spent|left|speak|have|\w{3,}ed)\b",
    _FLAGS,
)
_STARTS = re.compile(
    r"\b(?:shall|should) we (?:start|begin|get (?:started|going))\b|"
    r"\blet(?:'s|\u2019s| us) (?:get (?:started|going)|start|begin)\b(?! with)",
    _FLAGS,
)
_QUESTION_WORD_FIRST = re.compile(
    rf"{LEAD}(?:(?:in|at|on|for|with|from|to|by|of|about) )?"
    r"(?:what|how|why|when|where|who|which)\b",
    _FLAGS,
)
# What may follow "how are you" in a greeting.
_TODAY = (
    r"(?:[\s,]+(?:doing|feeling|going|keeping|holding up|so far|all|both|guys|then|now|there|today|"
    r"well|okay|ok|good|this (?:morning|afternoon|evening|week)|by the way|my friend|"
    r"(?-i:[A-Z])\w+)){0,8}"
)
_GREETING = re.compile(
    rf"(?:^|[,.;!]\s*|{LEAD}|\b(?:and|so|hi|hello|hey)[\s,]+(?:\w+[\s,]+)?)"
    rf"(?:(?:how are (?:you|things)|how(?:'s|\u2019s| is) (?:it going|everything|life|"
    rf"your (?:day|week|"
    rf"morning|afternoon|evening)(?: (?:going|been|looking|treating you))?)|how (?:do you feel|"
    rf"have you been)){_TODAY}|"
    r"how (?:was|is) (?:your|the) (?:trip|journey|weekend|flight|commute|drive|vacation|"
    r"holidays?|weather)\b.{0,40}|"
    r"how (?:was|is) (?:your|the) (?:day|morning|week)(?: (?:going|so far|been|today|"
    r"yesterday)){0,2}|"
    r"(?:can|do|could) (?:you|every(?:body|one)) (?:all |still |also )?(?:hear|see|read) "
    r"(?:me|us|it|this|that|everything|(?:the|my|our|an|some) (?:echo|noise|shared |"
    r"screen|editor|slides?|document|code|window|board|whiteboard|video|chat|link|page|tab|"
    r"notebook|pad|file))\b.{0,40}|is (?:my|the) (?:screen|editor|sound|audio|video|link) .{0,40}|"
    r"(?:is|does) (?:it|that|this|my \w+|the (?:font|text|size|sound|volume|picture|image|table))"
    r"(?: \w+)? (?:readable|visible|audible|(?:big|large|clear|loud) enough|better)\b.{0,20}|"
    r"better(?: now)?|"
    r"did you find (?:us|the (?:office|place|building|way|room)|your way|it)\b.{0,40}|"
    r"how do you do|"
    r"is (?:now|this) (?:still )?a good time\b.{0,30}|"
    r"are you (?:(?:all )?(?:ready|set|comfortable|settled)|well|good|okay|ok|fine|"
    r"doing (?:well|okay|"
    r"ok|good|fine|alright))(?:[\s,]+(?:to (?:start|begin|go|get started|dive in|jump in)|today|"
    r"now|"
    r"there|so far|for (?:this|that|it|the (?:first|interview|exercise|questions?))|then|here|"
    r"(?-i:[A-Z])\w+)){0,8}|"
    r"(?:shall|should|can) we (?:start|begin|get started|get going|go ahead|dive in|"
    r"jump in)\b.{0,30}|"
    r"ready(?: (?:to (?:start|begin|go|get started)|for (?:it|this|the (?:first|next)\b.{0,20})))?|"
    r"would you like (?:some|a|any) (?:water|coffee|tea|glass|drink)\b.{0,30}|"
    r"where are you (?:calling|joining|dialing|dialling) (?:us )?(?:in )?(?:from|today)\b.{0,20}|"
    r"(?:is it |are you |would it be )?(?:ok|okay|alright|all right|fine) (?:if|that|with) "
    r"(?:i|we|us|me|being|you) .{0,20}record.{0,40})\W*$",
    _FLAGS,
)
GREETING_WORDS = 16
_CLARIFYING = re.compile(
    r"\b(?:sorry|pardon|excuse me|(?:can|could|would) you (?:please )?(?:repeat|rephrase|clarify|"
    r"say that)|"
    r"do you mean|you mean|what do you mean|did you (?:say|mean|ask)|should i|shall i|may i|"
    r"can i|could i|"
    r"would you (?:like|want|prefer) (?:me|us)|do you want (?:me|us)|is that (?:right|ok|okay|"
    r"what|clear|enough)|"
    r"(?:does|did) (?:that|this) (?:make|answer|help)|how (?:much|long) (?:time )?do (?:i|we) have|"
    r"where (?:should|do|shall) i (?:start|begin)|(?:can|do) you (?:hear|see) me|you know|"
    r"are you asking|is it (?:ok|okay)|in terms of|like a|how (?:should|do|can|would) (?:i|you) "
    r"(?:put|say|explain)|what(?:'s|\u2019s| is) the word)\b",
    _FLAGS,
)
_DIRECTED = re.compile(
    r"\b(?:you|your|the team|the company|this role|the role|this position|next steps|"
    r"the process)\b",
    _FLAGS,
)
_TAKEN_BACK = re.compile(
    r"\b(?:let(?:'s|\u2019s| us) (?:skip|leave|park|move on)|never mind|scratch that|we can skip|"
    r"actually,? (?:let|forget|skip))\b",
    _FLAGS,
)
BACK_CHANNEL_WORDS = 3
BACK_CHANNEL_CHARACTERS = 8
"""Instead of `BACK_CHANNEL_WORDS`, in a script without blanks between words."""
BACK_CHANNEL_SECONDS = 1.0
FOLLOW_UP_WORDS = 12
ELLIPSIS_WORDS = 3
ELLIPSIS_WORDS_ELSEWHERE = 2
"""Where one word says "did you leave", as in Armenian, three words are a whole question."""
NAME_PERSONS = frozenset({"de", "nl", "fr", "es", "pt", "it", "sv", "da", "no"})
"""In these languages a question of two words, such as "What happened?", is hardly a main one."""
WHOLE_WORDS = 6


def asks(sentence: str, language: str | None = None) -> bool:
    """Whether a sentence seems to expect an answer. A mere tag such as "Right?" does not.

    Only the patterns of `language`, the transcript's, are used; if it is None, those of all.
    """
    if _TAG.match(sentence):
        return False
    if ends_with_question_mark(sentence) or prompts(sentence, language):
        return True
    if asks_elsewhere(sentence, language):
        return True
    return _has_english_order(sentence, language, anywhere=not _ends_with(sentence, ".", "!", "…"))


def _has_english_order(sentence: str, language: str | None, *, anywhere: bool) -> bool:
    return (
        may_be_english(sentence, language)
        and not SPEAKER_TELLS.search(sentence)
        and has_question_order(sentence, anywhere=anywhere)
    )


def prompts(sentence: str, language: str | None = None) -> bool:
    """Whether a sentence asks with a phrase such as "tell me about", or invites questions.

    Only the patterns of `language`, the transcript's, are used; if it is None, those of all.
    """
    if requests_elsewhere(sentence, language) or (language != "en" and invites(sentence)):
        return True
    if not may_be_english(sentence, language) or SPEAKER_TELLS.search(sentence):
        return False
    return bool(PROMPT.search(sentence) or NAMED.match(sentence) or _META.search(sentence))


def _ends_with(sentence: str, *marks: str) -> bool:
    return sentence.rstrip("\"'\u201d\u2019) ").endswith(marks)


def has_mark(text: str, language: str | None = None) -> bool:
    """Whether any sentence of the text asks and has a question mark."""
    return any(has_question_mark(each) and asks(each, language) for each in sentences(text))


def is_marked(sentence: str, language: str | None = None) -> bool:
    """Whether a sentence has a question mark, or the ending that stands for one in East Asia."""
    return has_question_mark(sentence) or ends_like_marked(sentence, language)


def seeks_agreement(sentence: str, language: str | None = None) -> bool:
    """Whether a sentence is a statement with a tag, as "We split it, right?" is."""
    tag = _TAGGED.search(sentence) or (has_tag(sentence) if language != "en" else None)
    if tag is None:
        return False
    stated = f"{sentence[: tag.start()]}."
    return not (
        prompts(stated, language)
        or asks_elsewhere(stated, language)
        or has_question_order(stated, anywhere=False)
    )


def invites_questions(sentence: str) -> bool:
    """Whether a sentence invites questions, as "Do you have any questions?" does."""
    return bool(_META.search(sentence)) or invites(sentence)


def follows_up(sentence: str, language: str | None = None) -> bool:
    """Whether a short sentence sounds like a follow-up to an earlier question."""
    words = len(tokens(sentence))
    if words > FOLLOW_UP_WORDS or invites_questions(sentence):
        return False
    if _FOLLOW_UP.match(sentence) or _ANAPHOR.search(sentence):
        return True
    if language not in (None, "en") and refers_back(sentence, language):
        return True
    return ends_with_question_mark(sentence) and _is_statement(sentence, words, language)


def brings_topic(sentence: str) -> bool:
    """Whether a sentence brings up something from the candidate's papers or life."""
    return bool(_NEW_TOPIC.search(sentence))


def cites_papers(sentence: str) -> bool:
    """Whether a sentence says what is in the candidate's papers, as "You wrote that you left"."""
    return bool(_PAPERS.search(sentence))


def starts_the_interview(text: str) -> bool:
    """Whether a text says that the interview begins, as "Shall we get going?" does."""
    return bool(_STARTS.search(text))


def begins_with_question_word(sentence: str) -> bool:
    """Whether a sentence begins with a question word, perhaps behind "yes" or "so"."""
    return bool(_QUESTION_WORD_FIRST.match(sentence))


def stands_alone(sentence: str) -> bool:
    """Whether a sentence is a whole question with a question word, even if it refers back."""
    words = tokens(sentence)
    addresses = "you" in words or "your" in words
    return (
        len(words) >= (WHOLE_WORDS if addresses else WHOLE_WORDS + 2)
        and bool(_QUESTION_WORD_FIRST.match(sentence))
        and not _FOLLOW_UP.match(sentence)
        and has_question_order(sentence, anywhere=False)
    )


def _is_statement(sentence: str, words: int, language: str | None) -> bool:
    """Whether a sentence lacks the form of a question, and begins like a statement or is short."""
    if prompts(sentence, language) or has_question_order(sentence, anywhere=False):
        return False
    if language is not None and asks_elsewhere(sentence, language):
        return language in NAME_PERSONS and words <= ELLIPSIS_WORDS_ELSEWHERE
    if language in (None, "en") and _SUBJECT_ASKED.match(sentence):
        return False
    most = ELLIPSIS_WORDS if language in (None, "en") else ELLIPSIS_WORDS_ELSEWHERE
    return words <= most or bool(_STATED.match(sentence))


def greets(sentence: str) -> bool:
    """Whether a short sentence holds a phrase of small talk or a sound check."""
    if len(tokens(sentence)) > GREETING_WORDS:
        return False
    return bool(_GREETING.search(sentence)) or greets_elsewhere(sentence)


def clarifies(sentence: str) -> bool:
    """Whether a sentence has a phrase that often asks what is meant, such as "do you mean"."""
    return bool(_CLARIFYING.search(sentence))


def is_directed(sentence: str) -> bool:
    """Whether a sentence has a word such as "you" or "the team", by which it may address the other
    side."""
    return bool(_DIRECTED.search(sentence))


def takes_back(text: str) -> bool:
    """Whether a text contains a phrase that drops a question, such as "never mind"."""
    return bool(_TAKEN_BACK.search(text))


def is_back_channel(text: str, seconds: float | None, language: str | None = None) -> bool:
    """Whether a text is a mere sign of listening: it asks nothing, and is short or acknowledges."""
    words = tokens(text)
    if any(asks(sentence, language) for sentence in sentences(text)):
        return False
    if len(words) <= (BACK_CHANNEL_CHARACTERS if is_unspaced(words) else BACK_CHANNEL_WORDS):
        return True
    is_short = seconds is not None and seconds <= BACK_CHANNEL_SECONDS
    return is_short or acknowledges(text)
