"""Keeps feedback about what was said; removes judgements about a person or their feelings."""

from __future__ import annotations

import re

# The prompts forbid this too; these patterns also catch models that do not obey.
_ABOUT_THE_PERSON = re.compile(
    r"\b(?:nervous\w*|anxious\w*|anxiety|insecur\w*|self-?confiden\w*|confident\w*|confidence|"
    r"arrogan\w*|"
    r"honest\w*|dishonest\w*|lying|liar|trustworth\w*|sincer\w*|insincer\w*|shy\w*|timid\w*|"
    r"personality|character|temperament|introvert\w*|extrovert\w*|intelligen\w*|stupid\w*|lazy|"
    r"laziness|"
    r"motivated|unmotivated|passionate|enthusias\w*|emotional\w*|stress(?:ed)|depress\w*|"
    r"accent|native speaker|gender|male|female|race|ethnic\w*|nationality|religio\w*|"
    r"too old|too young|your age|disab\w*|health|attractive|appearance|likab\w*|likeab\w*)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?]+(?:[.!?]+|$)")


def observable(text: str) -> str | None:
    """The text without sentences about a person's nature; None if nothing is left."""
    kept = [
        sentence.strip()
        for sentence in _SENTENCE.findall(text)
        if sentence.strip() and not _ABOUT_THE_PERSON.search(sentence)
    ]
    return " ".join(kept) or None
