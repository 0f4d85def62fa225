"""English patterns for a goodbye and for a mere acknowledgement."""

from __future__ import annotations

import re

from worker.interviews.asking import LEAD
from worker.interviews.sentence_parts import sentences
from worker.interviews.transcript import tokens

_FLAGS = re.IGNORECASE
# A whole sentence that says goodbye; "I have a good mix" only shares words with one.
_FAREWELL = re.compile(
    rf"{LEAD}(?:(?:thank you|thanks|thank you all|many thanks)\b(?: (?:so|very|again|a lot|much|"
    rf"really|"
    r"both|all|guys|everyone)){0,5}(?:,? \w+)?(?: for (?:your (?:time|interest|help|"
    r"patience|answers?|"
    r"questions?)|coming|joining|talking|speaking|today|having|taking|being|meeting|the (?:time|"
    r"opportunity|interview|chat|call|conversation|chance|invitation)|doing|making|this|that|"
    r"everything|all)\b.{0,80})|"
    r"(?:i )?(?:really |very much )?(?:appreciate|enjoyed) (?:it|your time|this|that|the (?:time|"
    r"conversation|opportunity|chat)|talking|speaking|meeting|you)\b.{0,60}|"
    r"(?:it(?:'s| was|\u2019s| has been|'s been|\u2019s been)|that was|this was|this has been) "
    r"(?:\w+ ){0,3}(?:nice|great|good|lovely|pleasure|fun|wonderful|"
    r"pleasant)(?: (?:to )?(?:talk|meet|"
    r"speak|chat|have|see|get)(?:ing)?\b.{0,60})?|"
    r"(?:a |my |so |very |really |it's ){0,5}(?:nice|great|good|lovely|pleasure|wonderful)(?: to)? "
    r"(?:talk|meet|speak|chat|see|know|hav)(?:ing)?\b.{0,40}|"
    r"(?:i |we |you |please )?(?:hope you |wish you |"
    r"you )?have (?:yourself )?an? (?:\w+ )?(?:good|great|"
    r"nice|lovely|wonderful|pleasant|safe|blessed|fantastic)(?: rest of (?:your|the))? (?:day|one|"
    r"evening|afternoon|morning|night|weekend|week|time|trip|holiday|life|summer|winter)\b.{0,40}|"
    r"you too|likewise|same to you|all the best|best of luck|good luck\b.{0,40}|cheers|"
    r"(?:good ?)?(?:bye|night)(?:[ -]?bye)?(?: now| everyone| all)?|"
    r"(?:i(?:'ll|\u2019ll| will) )?(?:see|talk to|speak to|catch) you(?: all)?(?: guys)?(?: again)?"
    r"(?: soon| later| then| next\b.{0,20}| around| tomorrow| on \w+)?|(?:talk|speak) soon|"
    r"take care(?: (?:of yourself|everyone|now|then|bye|guys|too|and .{0,30}))?|"
    r"(?:we|i|somebody|someone|hr|they|our \w+)(?:'ll|\u2019ll| will| are going to|"
    r" would) (?:be in "
    r"touch|get back to you|let you know|contact you|reach out|come back to you|follow up|call you|"
    r"send you|email you|inform you)\b.{0,80}|"
    r"(?:you(?:'ll|\u2019ll| will) (?:hear from|be hearing from) (?:us|me)|i(?:'m|\u2019m| am)? "
    r"?look(?:ing)? forward to|looking forward to)\b.{0,80}|"
    r"(?:i think |i guess |i believe )?(?:that(?:'s|\u2019s| is| was|'ll be|\u2019ll be| will be|"
    r" would be)|those (?:are|were)|this is) (?:about |pretty much |basically |really )?(?:all|"
    r"everything|"
    r"it)(?: (?:the questions |the time )?(?:from|for|on|i|we|that i|that we) ?(?:me|us|"
    r"my (?:side|end)|"
    r"our (?:side|end)|today|now|have|had|has|got|wanted|needed|the (?:interview|questions)|this "
    r"(?:interview|round)|your time)?\b.{0,30})?|"
    r"(?:we(?:'re|\u2019re| are)|i(?:'m|\u2019m| am)) (?:out of|at|up on|over|almost out of|"
    r"running out "
    r"of) time\b.{0,30}|"
    r"(?:(?:i think |i guess )?(?:we|i)(?: can| will|'ll|\u2019ll| should| have to| need to| could|"
    r" are going to|'re going to)?|let(?:'s|\u2019s| us|me| me)) (?:wrap|close|finish|end|stop)"
    r"(?: (?:it|this|things|up|here|there|off|the (?:interview|call|meeting|session)|now|today|for|"
    r"with)){0,5})[\s.!,\u2026-]*$",
    _FLAGS,
)
FAREWELL_WORDS = 30
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


def closes(text: str) -> bool:
    """Whether any sentence of the text says goodbye."""
    return any(_says_goodbye(sentence) for sentence in sentences(text))


def only_closes(text: str) -> bool:
    """Whether a text says goodbye, and each of its sentences says goodbye or acknowledges."""
    said = sentences(text)
    return closes(text) and all(_says_goodbye(each) or acknowledges(each) for each in said)


def _says_goodbye(sentence: str) -> bool:
    return len(tokens(sentence)) <= FAREWELL_WORDS and bool(_FAREWELL.match(sentence))


def acknowledges(text: str) -> bool:
    """Whether a short text has only acknowledging words, as "Okay, great, thank you"."""
    words = tokens(text)
    return len(words) <= ACKNOWLEDGING_WORDS and all(word in _ACKNOWLEDGING for word in words)
