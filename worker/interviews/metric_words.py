"""English patterns for the metrics of an answer, such as fillers, hedges and numbers."""

from __future__ import annotations

import re

# Not hesitations: sounds of listening such as "uh-huh", and the words "err" and "ER".
_LISTENING = (
    r"(?:u+h*m+[- ]h+m+|u+h+[- ]hu+h+|u+h+-u+h+|nu+h+-u+h+|h*m+[- ]h+m+|m+-m+|m+h+m+|a+h+[- ]ha+h*|"
    r"a+ha+h*)"
)
HESITATIONS = re.compile(
    rf"\b(?!{_LISTENING}\b)(?<!\bu-)(?<!\buh-)(?<!\bmm-)(?<!\bmm )(?<!\bmhm-)(?<!\bhm-)(?<!\bah-)"
    r"(?<!\bum-)(?<!\bumm-)(?:u+h*m+|u+h+|e+r+m+|e{2,}r+|(?-i:[eE]r)|a+h+m+|h+m+|mm+)\b(?!-\w{3})"
    # A hum that is a sentence of its own shows that somebody listens.
    r"(?!(?<=mm)(?:(?<=^mm)|(?<=[.!?] mm)|(?<=^mmm)|(?<=[.!?] mmm))[.!?])",
    re.IGNORECASE,
)

_ALWAYS = re.compile(r"\b(?:basically|actually)\b", re.IGNORECASE)
# For speed, the lookahead stands first: the lookbehinds then run at few words.
_KIND_OF = re.compile(
    r"\b(?=[ks])(?<!\bwhat )(?<!\bwhich )(?<!\bthat )(?<!\bthis )(?<!\bthe )(?<!\ba )(?<!\bany )"
    r"(?<!\bsome )(?<!\bevery )(?<!\bsame )(?<!\bnew )(?<!\bdifferent )(?<!\bone )(?<!\bright )"
    r"(?:kind|sort) of\b",
    re.IGNORECASE,
)
_YOU_KNOW = re.compile(
    r"\b(?=y)(?<!\bdo )(?<!\bdid )(?<!\bif )(?<!\bas )(?<!\bwhen )(?<!\bhow )(?<!\bwhat )"
    r"(?<!\bthat )(?<!\bwould )(?<!\bthan )(?<!\bpeople )you know\b"
    r"(?!\s+(?:what|how|why|who|where|when|which|about|that|it|me|if|the answer)\b)",
    re.IGNORECASE,
)
# "like" counts only next to a comma, "um" or "uh", so not in "I would like to".
_LIKE = re.compile(
    r",\s*like\s*,|\b(?:u+m+|u+h+)(?:\s*+,\s++|\s++)like\b|\blike\b(?=\s*,\s*(?:u+m+|u+h+)\b)"
    r"|\b(?:was|were|is|it's|i'm)\s*,\s*like\b|^\s*like\s*,",
    re.IGNORECASE,
)

HEDGES = re.compile(
    r"\b(?:maybe|perhaps|probably|possibly|i guess|i suppose|i think|i believe|somewhat|"
    r"a little bit|more or less|i'm not sure|not really sure)\b",
    re.IGNORECASE,
)
FIRST_PERSON_SINGULAR = re.compile(r"\bI(?:['\u2019](?:m|ve|d|ll))?\b|\b[Mm](?:y|e|yself)\b")
FIRST_PERSON_PLURAL = re.compile(
    r"\b(?:we(?:['\u2019](?:re|ve|d|ll))?|our|us|ourselves)\b", re.IGNORECASE
)

_NUMBER_WORD = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    "sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|"
    "hundred|thousand|million|billion|half|quarter|dozen|twice|double|tripled?|doubled|halved"
)
NUMBERS = re.compile(
    rf"[$€£]?\d+(?:[.,]\d+)*\s*%?|\b(?:{_NUMBER_WORD})(?:[\s-]+(?:and\s+)?(?:{_NUMBER_WORD}))*\b",
    re.IGNORECASE,
)

STORY = {
    "situation": re.compile(
        r"\b(?:last (?:year|month|week|spring|summer|fall|autumn|winter)|at the time|back then|"
        r"we had a|there was a|when i (?:was|worked|joined)|in my (?:last|previous|current))\b",
        re.IGNORECASE,
    ),
    "task": re.compile(
        r"\b(?:i was responsible|my (?:job|task|role|goal|responsibility) was|i had to|"
        r"i needed to|we needed to|the goal was|i was asked)\b",
        re.IGNORECASE,
    ),
    "action": re.compile(
        r"\b(?:first i|then i|so i|i (?:built|wrote|led|added|split|moved|decided|created|"
        r"introduced|organi[sz]ed|designed|called|set up|started|proposed|fixed|changed))\b",
        re.IGNORECASE,
    ),
    "result": re.compile(
        r"\b(?:as a result|in the end|the result was|resulted in|which (?:led to|reduced|saved|"
        r"increased|cut)|since then|went (?:from|down|up)|dropped|improved|we have had no)\b",
        re.IGNORECASE,
    ),
}


def fillers(text: str) -> list[str]:
    """The hesitations and fillers in a text, in lower case, each as often as it occurs."""
    found = [
        " ".join(match.group().casefold().replace(",", " ").split())
        for pattern in (HESITATIONS, _ALWAYS, _KIND_OF, _YOU_KNOW)
        for match in pattern.finditer(text)
    ]
    return found + ["like"] * len(_LIKE.findall(text))
