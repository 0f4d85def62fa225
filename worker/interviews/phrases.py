"""How interviewers ask and candidates answer: patterns over single sentences (English).

Everything here is deterministic. A language model may correct the result; without a model, these
patterns alone decide.
"""

from __future__ import annotations

import re

from worker.interviews.transcript import tokens

_FLAGS = re.IGNORECASE
_SENTENCE = re.compile(r"[^.?!\u2026]++[.?!\u2026]{0,20}+")
MAX_SENTENCE = 2_000
"""In characters. A longer sentence is split between words, and each piece is treated as a
sentence."""

# Words that may stand before the real beginning of a sentence.
_LEAD = (
    r"^\W*+(?:(?:so|and|okay|ok|great|good|now|well|alright|all right|right|then|but|um|uh|"
    r"thanks|thank you|perfect|cool|nice|yes|yeah|sure|also|maybe|first|next|finally|lastly|"
    r"actually|moving on|to start(?: with| off)?|to begin(?: with)?|let's start|for example|"
    r"i see|got it|excellent|interesting|wonderful|fantastic|fine|please)\b[\s,.;:-]*+)*"
)
_ASK_VERBS = (
    r"(?:tell (?:me|us)\b|walk (?:me|us)\b|talk (?:me|us) through|talk (?:a (?:bit|little) )?about|"
    r"take (?:me|us) through|describe|explain|give (?:me|us)\b|share|show (?:me|us)\b|"
    r"help (?:me|us) understand|outline|summari[sz]e|introduce yourself|elaborate|compare|imagine|"
    r"suppose|think (?:of|about) (?:a|the last) time|consider|pick|name (?:a|an|one|two|three)|"
    r"say (?:you|a bit|a little|more)|run (?:me|us) through|sketch|let me know|go deeper|"
    r"expand on|teach (?:me|us))"
)
_PROMPT = re.compile(
    rf"{_LEAD}(?:(?:can|could|would|will) you\s++)?"
    rf"(?:(?:please|just|briefly|maybe|quickly)\s++){{0,6}}{_ASK_VERBS}"
    r"|\b(?:tell (?:me|us) (?:about|a bit|a little|more|how|what|why|when|which|where)|"
    r"walk (?:me|us) through|talk (?:me|us) through|take (?:me|us) through|"
    r"give (?:me|us) (?:an? )?(?:\w+ )?(?:example|overview|sense|idea|picture|instance|time)|"
    r"help (?:me|us) understand|"
    r"i(?:'d|\u2019d| would) (?:like|love) (?:you )?to (?:hear|know|understand|learn|ask|tell|"
    r"talk)|"
    r"i(?:'d|\u2019d| would) (?:like|love) (?:to )?(?:for )?you to|"
    r"i(?:'m|\u2019m| am) (?:curious|wondering|interested in (?:how|what|why|hearing|your))|"
    r"i wonder (?:how|what|why|if|whether)|i want(?:ed)? to (?:hear|know|understand|ask)|"
    r"let(?:'s|\u2019s| us) (?:talk|hear|discuss|dig|go) (?:a bit |a little )?(?:about|into|"
    r"through|your)|"
    r"(?:next|first|second|last|final|another) question\b.{3,})",
    _FLAGS,
)
_SPEAKER_TELLS = re.compile(
    r"\b(?:let me|i(?:'ll|\u2019ll| will| can| could|'d like to|\u2019d like to) (?:just |"
    r"quickly |now )?"
    r"(?:tell|explain|describe|give|walk|share|introduce|show|talk|say|start by telling))\b",
    _FLAGS,
)
# A question without a question mark: inverted word order and "you".
_TURNED = re.compile(
    rf"{_LEAD}(?:(?:what|how|why|where|when|who|which)\b(?:\W++\w++){{0,4}}?\W++)?"
    r"(?:do|did|have|are|were|can|could|would|will|should) you\b",
    _FLAGS,
)
# No alternative may be a combination of others ("oh yeah" would be). Otherwise a text of n such
# phrases could be divided in 2^n ways, and all would be tried before the match fails.
_TAG = re.compile(
    r"^\W*+(?:(?:right|ok|okay|yeah|really|yes|no|see|huh|hm+|you know|is it|is that so|did you|"
    r"were you|do you|are you|are they|isn't it|doesn't it|correct|wow|seriously|make sense|"
    r"makes sense|does that make sense|sounds good|got it|got that|you see|"
    r"know what i mean|all right|alright|good|fair enough|oh|ah|eh|so|and)\W*+)+$",
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
    r"questions on your (?:side|end)|over to you)",
    _FLAGS,
)
_FOLLOW_UP = re.compile(
    rf"{_LEAD}(?:why(?: (?:not|so|that|then|exactly))?|how so|such as|like what|in what way|"
    r"and then|and after that|for (?:example|instance)|meaning|what else|anything else|how come|"
    r"what do you mean.*+|(?:can|could|would) you (?:please )?(?:elaborate|expand|"
    r"be more specific|clarify|say (?:a (?:bit|little) )?more|go into (?:more|a bit more) detail|"
    r"(?:tell (?:me|us)|share) (?:a (?:bit|little) )?more\b(?: about (?:that|it|this))?).*+|"
    r"(?:elaborate|expand|go on|say more|tell (?:me|us) more)(?: (?:about|on) (?:that|it|this))?|"
    r"(?:can|could) you give (?:me|us) (?:an?|one) (?:\w+ )?example(?: of (?:that|this|it))?|"
    r"what happened (?:next|then|after(?: that| this)?|there|in the end)|"
    r"what (?:was|were) (?:the|your) (?:result|results|outcome|impact|role in (?:that|"
    r"it))(?: of (?:that|it))?|"
    r"(?:and )?(?:what|how) about (?:that|it)|what came of it|"
    r"what would you (?:do|have done) differently.*+|what did you (?:learn|take away).*+|"
    r"how did (?:that|it|they|he|she|the team|people) (?:go|turn out|work out|end|react|respond|"
    r"feel|take).*+)\W*$",
    _FLAGS,
)
_ANAPHOR = re.compile(
    r"\b(?:about|of|from|with|on|for|to|in|into|do|did|does|was|is|were|after|before|by|like|at|"
    r"handle|fix|solve|measure|test|build|learn|make|take|find|use|notice|change|improve|say)"
    r"\s+(?:that|it|this|those|them|these)\b"
    r"(?!\s+(?:role|job|company|position|team|industry|opportunity|kind|field|you|i|we)\b)",
    _FLAGS,
)
_GREETING = re.compile(
    r"\b(?:how are you|how(?:'s|\u2019s| is) (?:it going|your (?:day|week|morning|afternoon)|"
    r"everything)|"
    r"how (?:was|is) (?:your|the) (?:trip|journey|weekend|flight|commute|day|morning|drive|week)|"
    r"(?:can|do) you (?:hear|see) (?:me|us)|did you find (?:us|the|your way)|how do you do|"
    r"(?:is|are) (?:now|this|you) (?:still )?(?:a )?(?:good time|ready|comfortable|all set)|"
    r"are you (?:well|good|doing)|shall we (?:start|begin|get started)|ready to (?:start|begin|go)|"
    r"would you like (?:some|a|any) (?:water|coffee|tea|glass|drink)|"
    r"where are you (?:calling|joining|dialing) (?:in )?from|(?:is|am) (?:my|the) (?:sound|audio|"
    r"video)|"
    r"(?:ok|okay|alright) (?:if|that|with) (?:i|we|us|me|being) (?:\w+ )?record)",
    _FLAGS,
)
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
_CLOSING = re.compile(
    r"\b(?:thank you (?:so much |very much )?for (?:your time|coming|joining|talking|speaking|"
    r"today)|"
    r"thanks (?:so much |a lot |again )?for (?:your time|coming|joining|talking|today)|"
    r"that(?:'s|\u2019s| is) (?:all|everything|it) (?:from|for|i|we|on)|we(?:'ll|\u2019ll|"
    r" will) be in touch|"
    r"we(?:'ll|\u2019ll| will) get back to you|(?:it was|nice|great|good|"
    r"pleasure) (?:\w+ ){0,2}(?:talking|meeting|"
    r"speaking) (?:to|with) you|have a (?:good|great|nice|lovely)|wrap(?:s|ping)? (?:it |"
    r"things )?up|"
    r"bye|goodbye|take care|we(?:'re|\u2019re| are) (?:out of|at) time)\b",
    _FLAGS,
)
_TAKEN_BACK = re.compile(
    r"\b(?:let(?:'s|\u2019s| us) (?:skip|leave|park|move on)|never mind|scratch that|we can skip|"
    r"actually,? (?:let|forget|skip))\b",
    _FLAGS,
)
_ACKNOWLEDGING = frozenset(
    tokens(
        "ok okay right yes yeah yep yup sure mm mhm hm hmm uh huh um ah oh i see got it great good "
        "nice perfect cool thanks thank you very much so wow interesting excellent fine alright all"
        " exactly absolutely understood wonderful fantastic awesome makes sense that's that is a "
        "lot for sharing the answer really fair enough then and well too helpful super lovely no "
        "problem of course will do sounds true indeed definitely totally brilliant amazing clear "
        "point example"
    )
)
ACKNOWLEDGING_WORDS = 10
BACK_CHANNEL_WORDS = 3
BACK_CHANNEL_SECONDS = 1.0
FOLLOW_UP_WORDS = 12


def sentences(text: str) -> list[str]:
    """The sentences of a text with their closing marks, each of at most 2,000 characters."""
    parts = (piece for part in _SENTENCE.findall(text) for piece in _pieces(part.strip()))
    return [piece for piece in parts if tokens(piece)]


def _pieces(sentence: str) -> list[str]:
    if len(sentence) <= MAX_SENTENCE:
        return [sentence]
    pieces = [""]
    for word in sentence.split():
        if len(pieces[-1]) + len(word) >= MAX_SENTENCE:
            pieces.append("")
        pieces[-1] = f"{pieces[-1]} {word[:MAX_SENTENCE]}".lstrip()
    return [piece for piece in pieces if piece]


def asks(sentence: str) -> bool:
    """Whether a sentence expects an answer.

    It does if it ends with a question mark, asks by its verb or word order, or invites
    questions. A tag such as "right?" does not count.
    """
    if _TAG.match(sentence):
        return False
    if sentence.rstrip("\"'\u201d\u2019) ").endswith("?"):
        return True
    if _SPEAKER_TELLS.search(sentence):
        return False
    return bool(_PROMPT.search(sentence) or _TURNED.match(sentence) or _META.search(sentence))


def has_mark(text: str) -> bool:
    """Whether a text asks with a question mark; tags like "right?" do not count."""
    return any(asks(sentence) and "?" in sentence for sentence in sentences(text))


def invites_questions(sentence: str) -> bool:
    """Whether it invites questions, as "Do you have any questions for us?" does."""
    return bool(_META.search(sentence))


def follows_up(sentence: str) -> bool:
    """Whether it is a short follow-up, which belongs to the question before it."""
    if len(tokens(sentence)) > FOLLOW_UP_WORDS or invites_questions(sentence):
        return False
    return bool(_FOLLOW_UP.match(sentence) or _ANAPHOR.search(sentence))


def greets(sentence: str) -> bool:
    """Whether it is small talk or a sound check."""
    return bool(_GREETING.search(sentence))


def clarifies(sentence: str) -> bool:
    """Whether a candidate asks only to understand the question."""
    return bool(_CLARIFYING.search(sentence))


def is_directed(sentence: str) -> bool:
    """Whether it is about the interviewer's side."""
    return bool(_DIRECTED.search(sentence))


def closes(text: str) -> bool:
    """Whether it ends the interview."""
    return bool(_CLOSING.search(text))


def takes_back(text: str) -> bool:
    """Whether an interviewer drops the question that was just asked."""
    return bool(_TAKEN_BACK.search(text))


def acknowledges(text: str) -> bool:
    """Whether it is only an acknowledgement, such as "Okay, great, thank you"."""
    words = tokens(text)
    return len(words) <= ACKNOWLEDGING_WORDS and all(word in _ACKNOWLEDGING for word in words)


def is_back_channel(text: str, seconds: float | None) -> bool:
    """Whether a text is only a sign of listening, which does not end the other's turn.

    It asks nothing, and it has at most 3 words, lasts at most 1.0 s, or only acknowledges.
    """
    words = tokens(text)
    if any(asks(sentence) for sentence in sentences(text)):
        return False
    if len(words) <= BACK_CHANNEL_WORDS:
        return True
    is_short = seconds is not None and seconds <= BACK_CHANNEL_SECONDS
    return is_short or acknowledges(text)
