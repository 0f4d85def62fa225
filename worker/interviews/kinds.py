"""Recognises the kind of a question by its words (English)."""

from __future__ import annotations

import re

from worker.interviews.phrases import greets, invites_questions
from worker.interviews.spans import QuestionType

_BEHAVIORAL = re.compile(
    r"\b(?:a time (?:when|where|that|you)|time you (?:had|were|have)|"
    r"(?:an? )?(?:\w+ )?(?:example|instance|situation) "
    r"(?:of|when|where|in which)|have you ever|describe a (?:situation|time|conflict|challenge|"
    r"project)|"
    r"a (?:conflict|disagreement|mistake|failure|challenge) (?:you|that|with)|"
    r"how do you (?:handle|deal|"
    r"cope|prioriti[sz]e|manage|react|respond)|biggest (?:mistake|failure|challenge|accomplishment|"
    r"achievement)|most (?:difficult|challenging)|proud(?:est)? of|worked under pressure|"
    r"disagreed? with|difficult (?:colleague|customer|coworker|client|decision|situation))\b",
    re.IGNORECASE,
)
_TECHNICAL = re.compile(
    r"\b(?:what is the difference|difference between|how would you (?:design|implement|build|"
    r"debug|test|scale|"
    r"optimi[sz]e|measure|model|store|secure|deploy|monitor|migrate)|how does (?:\w+ ){1,4}work|"
    r"explain how|"
    r"time complexity|algorithm|database|index(?:es|ing)?|sql|api|cache|caching|latency|"
    r"thread|concurren\w+|architecture|debug|kubernetes|docker|unit tests?|regression|statistic\w+|"
    r"hash ?(?:map|table)|linked list|locking|transactions?|http|tcp|what happens when)\b",
    re.IGNORECASE,
)
_BACKGROUND = re.compile(
    r"\b(?:about yourself|your (?:current|previous|last|present) (?:role|job|position|company|"
    r"team|work)|"
    r"your (?:background|experience|career|resume|cv|education|studies|degree|strengths?|"
    r"weakness(?:es)?|"
    r"motivation)|introduce yourself|walk (?:me|us) through your|why (?:do you want|"
    r"did you (?:apply|leave|"
    r"choose|study|decide to (?:apply|leave|join))|are you (?:leaving|interested|looking)|this|us)|"
    r"what (?:do you know about|attracted|interests you|brings you|made you)|"
    r"where do you see yourself|"
    r"salary expectation|notice period|how long have you|how many years|experience (?:with|in)|"
    r"what did you (?:study|major)|what are you looking for)\b",
    re.IGNORECASE,
)


def kind_of(question: str) -> QuestionType | None:
    """The kind of a question; None if its words do not show the kind."""
    if greets(question) or invites_questions(question):
        return "GREETING_OR_CHIT_CHAT"
    if _BEHAVIORAL.search(question):
        return "BEHAVIORAL"
    if _BACKGROUND.search(question):
        return "BACKGROUND_EXPERIENCE"
    if _TECHNICAL.search(question):
        return "TECHNICAL"
    return None
