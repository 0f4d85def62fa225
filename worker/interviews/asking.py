"""Patterns which show that an English sentence asks something, by its verb or its word order.

A transcript may lack question marks.
"""

from __future__ import annotations

import re

from worker.interviews.transcript import tokens

_FLAGS = re.IGNORECASE
LEAD = (
    r"^\W*+(?:(?:so|and|okay|ok|great|good|now|well|alright|all right|right|then|but|um|uh|uhm|or|"
    r"thanks|thank you|perfect|cool|nice|yes|yeah|yep|sure|also|maybe|first|next|finally|lastly|"
    r"actually|moving on|to start(?: with| off)?|to begin(?: with)?|let's start|for example|"
    r"i see|got it|excellent|interesting|wonderful|fantastic|awesome|amazing|fine|please|like|just|"
    r"i guess|i mean|you know|oh|ah|hm+|mm+|no|hey|hi|hello|again|basically|anyway|because|cause|"
    r"kind of|sort of|out of curiosity|in general|in your (?:opinion|view|case|experience))\b"
    r"[\s,.;:!\u2026\u2014\u2013-]*+)*"
)
"""Words and marks that may stand before the real beginning of a sentence."""

_ASK_VERBS = (
    r"(?:tell (?:me|us)\b|walk (?:me|us)\b|talk (?:me|us) through|talk to (?:me|us) (?:about|"
    r"through)|"
    r"talk (?:a (?:bit|little) )?(?:more )?about|take (?:me|us) (?:through|back)|describe|explain|"
    r"give (?:(?:me|us)\b|(?:an?|one|two|some|three) (?:\w+ ){0,2}(?:examples?|instances?|"
    r"overview|reasons?|summary)\b)|discuss\b|provide (?:an?|some|one)\b|recall (?:an?|the|one)\b|"
    r"state (?:your|the)\b|reflect on\b|"
    r"(?:decide|figure out|work out|predict) (?:which|what|how|who|whether|when|where)\b|share|"
    r"show (?:me|us)\b|help (?:me|us) (?:to )?understand|outline|"
    r"summari[sz]e|introduce yourself|elaborate|compare|imagine|suppose|assume you|"
    r"think (?:of|about) (?:a|the last) time|consider|pick|choose|"
    r"name (?:a|an|one|two|three|some|your)|list (?:a|some|the|your|all|three|two)|"
    r"say (?:you|a bit|a little|more)|run (?:me|us) through|bring (?:me|us) (?:through|to|back)|"
    r"sketch|let (?:me|us) know|go deeper|expand on|teach (?:me|us)|rate (?:your|yourself|the|how)|"
    r"rank|speak (?:a (?:bit|little) )?(?:more )?(?:to|about)|unpack|paint (?:me|us)|"
    r"convince (?:me|us)|"
    r"sell (?:me|us)|pitch (?:me|us)|persuade (?:me|us)|define|estimate|guess|spell|"
    r"read (?:me|us)|remind (?:me|us))"
)
# The name of something that a program works on, as "word" in "find the longest word".
_COMPUTED = (
    r"(?:arrays?|lists?|strings?|substrings?|numbers?|integers?|digits?|trees?|graphs?|nodes?|"
    r"char(?:acter)?s?|words?|functions?|methods?|class(?:es)?|quer(?:y|ies)|tables?|rows?|"
    r"columns?|matri(?:x|ces)|programs?|scripts?|algorithms?|code|pseudo ?code|sql|regex|loops?|"
    r"queues?|stacks?|caches?|heaps?|hash\w*|maps?|dictionar(?:y|ies)|pointers?|sequences?|"
    r"palindromes?|anagrams?|primes?|duplicates?|schemas?|databases?|apis?|endpoints?|"
    r"components?|parsers?|servers?|services?|systems?|(?:unit )?tests?|complexity|median|"
    r"occurrences?|elements?|"
    r"intervals?|json|csv|files?|logs?|urls?|shortener|limiter|crawler|scheduler|iterator|"
    r"calculator|parking lot|elevator|vending machine|data (?:model|structure)|diagram|interface)"
)
_EXERCISE = (
    r"(?:(?:write|implement|code|design|build|create|draw|define|sketch|develop|model|program)"
    r"(?: (?:me|us|down|up|out))? (?:a|an|the|some|your|two|one|code|pseudo ?code|sql|tests?)\b|"
    r"(?:return|compute|calculate|count|find|sort|reverse|merge|print|detect|determine|remove|"
    r"solve|"
    r"check (?:if|whether)|convert|parse|traverse|debug|refactor|fix|optimi[sz]e|translate|"
    r"normali[sz]e)"
    r" (?:a|an|the|all|every|each|how many|whether|this|two|duplicates?|if)\b|"
    r"given (?:a|an|the|two|some|any|this|n)\b(?=[^.?!]{0,400}?\b(?:return|find|write|compute|"
    r"calculate|count|determine|implement|design|print|output|decide|how|what|which|tell|say|"
    r"sort|merge|check|build|give|show|list)\b))"
    rf"(?=[^.?!]{{0,80}}\b{_COMPUTED}\b|(?<=code)|(?<=sql)|(?<=tests)|(?<=duplicates)|"
    r"\s(?:largest|smallest|longest|shortest|nearest|minimum|maximum)\b)"
)
PROMPT = re.compile(
    rf"{LEAD}(?:(?:can|could|would|will) you\s++)?"
    rf"(?:(?:please|just|briefly|maybe|quickly|kindly)\s++){{0,6}}(?:{_ASK_VERBS}|{_EXERCISE})"
    r"|\b(?:tell (?:me|us) (?:about|a bit|a little|more|how|what|why|when|which|where|a time|who|"
    r"one|the|your|something|two|three|everything|in)|"
    r"walk (?:me|us) through|talk (?:me|us) through|take (?:me|us) through|run (?:me|us) through|"
    r"talk to (?:me|us) about|"
    r"give (?:me|us) (?:an? |some |one |your )?(?:\w+ )?(?:example|overview|sense|idea|picture|"
    r"instance|time|summary|background|insight|rundown|context)s?|"
    r"help (?:me|us) (?:to )?understand|"
    r"i(?:'d|\u2019d| would)(?: really| just| also)? (?:like|love|be curious|be interested)"
    r" (?:for you to |you to |to )"
    r"(?:hear|know|understand|learn|ask|tell|talk|get|see|discuss|explain|describe|walk|share|"
    r"give)|"
    r"i(?:'d|\u2019d| would) (?:like|love) (?:to )?(?:for )?you to|"
    r"i(?:'m|\u2019m| am)(?: really| just| also| very| always| so)? (?:curious|wondering|"
    r"interested (?:in|to) (?:how|what|why|hear|hearing|your|know|knowing|if|whether))|"
    r"i(?: was| am|'m|\u2019m|'ve been)? ?(?:just )?wonder(?:ing)? (?:how|what|why|if|whether|"
    r"about)|"
    r"i (?:just |also )?want(?:ed)? to (?:hear|know|understand|ask)|"
    r"let (?:me|us) ask|(?:my|one|a|the) (?:\w+ )?question (?:is|for you|would be|i have|"
    r"that i have)|"
    r"let(?:'s|\u2019s| us) (?:talk|hear|discuss|dig|go|dive|switch|jump) (?:a bit |a little )?"
    r"(?:more )?(?:about|into|through|your|to)|"
    r"(?:next|first|second|last|final|another) question\b.{3,}|"
    r"i (?:noticed?|see|saw) .{0,80}\b(?:gap|your (?:resume|r\u00e9sum\u00e9|cv|profile|"
    r"application|"
    r"letter))\b|"
    r"(?:any|some) (?:other )?(?:thoughts|advice|tips|lessons|experience) (?:on|about|for|with|"
    r"there|"
    r"you)|i(?:'ll|\u2019ll| will) (?:paste|give you|share|show you) (?:\w+ ){0,2}(?:exercise|"
    r"problem|"
    r"task|challenge)\b.{20,})|"
    # Behind a colon: "Your time at the mill: talk about that one."
    r"(?<=[;:])\s(?:then |and |please )?(?:(?:talk about|tell (?:me|us)|describe|explain|"
    r"walk (?:me|us) through)\b|(?:decide|figure out|work out|say|find out|compute|determine) "
    r"(?:which|what|how|who|whether|when|where)\b)",
    _FLAGS,
)
# "Your biggest weakness." and "Three things you would change." ask without a verb.
NAMED = re.compile(
    rf"{LEAD}(?:(?:what|how) about )?(?:(?:the )?last (?:one|question)[\s,:]+)?"
    r"(?:your (?:\w+ ){0,2}(?:strengths?|weakness(?:es)?|salary|expectations?|notice period|"
    r"hobbies|"
    r"goals?|availability|motivation|achievements?|failures?|education|qualifications?|references?|"
    r"start(?:ing)? date)(?: (?:then|please|now|in \w+|for this \w+|as an? \w+)){0,2}|"
    r"(?:an?|one|two|three|the) (?:\w+ ){0,2}(?:words?|things?|adjectives?|reasons?|qualit(?:y|"
    r"ies)|"
    r"moments?|books?|persons?|examples?) (?:that |which |who )?"
    r"(?:you(?:'d|\u2019d| would)|describes? you|about you(?:rself)?)\b.{0,60})\W*$",
    _FLAGS,
)
SPEAKER_TELLS = re.compile(
    r"\b(?:let me (?!ask)|i(?:'ll|\u2019ll| will| can| could|'d like to|\u2019d like to) (?:just |"
    r"quickly |now )?"
    r"(?:tell|explain|describe|give|walk|share|introduce|show|talk|say|start by telling)\b)",
    _FLAGS,
)

_WORD = re.compile(r"\w+(?:['\u2019]\w+)*|[,;:.!?\u2026\u2014\u2013]")
_BREAKS = frozenset(",;:.!?\u2026\u2014\u2013")
_QUESTION_WORDS = frozenset(tokens("what how why where when whose which who"))
_CONTRACTED = frozenset(
    tokens(
        "what's how's who's where's when's why's how'd what'd why'd where'd who'd what're how're "
        "who're where're"
    )
)
_AUXILIARIES = frozenset(
    tokens(
        "do does did don't doesn't didn't have has had haven't hasn't hadn't are is was were "
        "aren't "
        "isn't wasn't weren't am can can't could couldn't would wouldn't will won't should "
        "shouldn't "
        "shall may might must"
    )
)
_SUBJECTS = frozenset(
    tokens(
        "you your we our they their he his she her it its that this these those there the i my one "
        "people somebody someone anybody anyone everybody everyone a an some other most things "
        "users "
        "customers companies teams y'all folks"
    )
)
_RELATIVE = frozenset({"which", "who"})
""""Who is the" and "which is the" may begin a relative clause: "my boss, who is the owner"."""
_RELATIVE_AUXILIARIES = _AUXILIARIES - {"is", "was", "has", "had", "am"}
_PERSONS = frozenset(tokens("you we they your he she i people"))
_SKIPPED = frozenset(tokens("not also then all ever really even just still usually actually"))
# One of these between question word and auxiliary shows a statement's order: "what you would".
_NOT_BETWEEN = frozenset(
    tokens(
        "i you we they he she it that this there who which what the my your our their his her "
        "people "
        "and but so because if when how i'm you're we're they're he's she's it's that's"
    )
)
# Directly after "how", "why" or "where", these auxiliaries may have any subject.
_FREE_QUESTION_WORDS = frozenset({"how", "why", "where"})
_FREE_AUXILIARIES = frozenset(tokens("do does did can could would should is are"))
_SUPPORTS = frozenset({"do", "does", "did"})
_MOST_BETWEEN = 5
# One of these right after a question word at the start makes a question: "what made you leave".
_SUBJECT_VERBS = frozenset(
    tokens(
        "made makes brings brought happened happens led motivated motivates attracted attracts "
        "drew "
        "interests interested excites excited drives drove inspired triggered got gives gave "
        "keeps kept "
        "stands stood came comes changed helped wrote taught worked works goes went caused "
        "surprised "
        "should would could might ended turned else about if come so were was is are"
    )
)
_WHY = frozenset(tokens("not this that now us the our your leave"))
_JOINS = frozenset(
    tokens(
        "and but or so then now well okay ok like because right also yeah yes curious wondering "
        "um uh "
        "just again great good cool alright sorry no oh hmm mm anyway wow perfect nice sure"
    )
)
_NOT_ASKED = frozenset(tokens("know see so as than nor neither i we they he she that who which"))
_WHO_STATES = frozenset(tokens("knows cares am i'm"))
_WHICH_STATES = frozenset(
    tokens(
        "why how where what when because also not very so quite really a an good great nice fine"
    )
)
""""Which is why I left" is a clause of a statement."""
_ANYTHING = frozenset(
    tokens(
        "experience thoughts advice questions idea ideas tips plans concerns feedback hobbies "
        "lessons "
        "examples example other more chance reason particular specific favorite favourite"
    )
)
_ARTICLES = frozenset({"a", "an"})
_ANYTHING_THERE = frozenset(tokens("any anything anyone anybody something a one other"))


def _words_of(sentence: str) -> list[str]:
    return [match.casefold().replace("\u2019", "'") for match in _WORD.findall(sentence)]


def _begins_clause(words: list[str], place: int) -> bool:
    return place == 0 or words[place - 1] in _BREAKS or words[place - 1] in _JOINS


def _is_inverted_after(words: list[str], place: int) -> bool:
    is_relative = words[place] in _RELATIVE
    for at in range(place + 1, min(place + 2 + _MOST_BETWEEN, len(words) - 1)):
        word = words[at]
        if word in _AUXILIARIES:
            after = at + 2 if words[at + 1] in _SKIPPED and at + 2 < len(words) else at + 1
            if is_relative:
                return word in _RELATIVE_AUXILIARIES and words[after] in _PERSONS
            is_free = at == place + 1 and (
                word in _SUPPORTS
                or (words[place] in _FREE_QUESTION_WORDS and word in _FREE_AUXILIARIES)
            )
            return (is_free and words[after] not in _BREAKS) or words[after] in _SUBJECTS
        if word in _NOT_BETWEEN or word in _BREAKS:
            return False
    return False


def _is_led(words: list[str], place: int) -> bool:
    """Whether only words such as "and", "so" and "okay" stand before `place`."""
    return all(word in _JOINS or word in _BREAKS for word in words[:place])


def _asks_with_question_word(words: list[str], place: int) -> bool:
    word = words[place]
    following = words[place + 1] if place + 1 < len(words) else ""
    begins = _begins_clause(words, place)
    if word in _CONTRACTED:
        return following in _SUBJECTS or (begins and bool(following))
    return _is_inverted_after(words, place) or (begins and _begins_question(words, place))


def _begins_question(words: list[str], place: int) -> bool:
    """Whether a question without inversion begins at `place`, as "What made you leave" does."""
    word, following, third = (*words[place : place + 3], "", "")[:3]
    if word == "who" and following and _is_led(words, place):
        return following not in _NOT_BETWEEN and following not in _WHO_STATES
    if word == "why":
        return following in _WHY or following in _SUBJECT_VERBS
    if word == "which" and third in _WHICH_STATES:
        return False
    return following in _SUBJECT_VERBS or (word == "which" and third in _SUBJECT_VERBS)


def _asks_with_auxiliary(words: list[str], place: int, *, anywhere: bool) -> bool:
    """Whether a yes-or-no question begins at `place`."""
    if place + 2 >= len(words) or words[place + 1] in _BREAKS:
        return False
    if words[place] == "have" and words[place + 1] in _ARTICLES:
        return False  # "Have a nice day", "have a look".
    begins = _begins_clause(words, place)
    subject, following = words[place + 1], words[place + 2]
    if not begins and not (anywhere and words[place - 1] not in _NOT_ASKED):
        return False
    if subject == "you":
        return following not in _NOT_ASKED
    if words[place] in _SUPPORTS:
        return subject in _SUBJECTS
    is_there = subject == "there" and following in _ANYTHING_THERE
    return is_there or (begins and (subject in _SUBJECTS or place == 0))


def has_question_order(sentence: str, *, anywhere: bool) -> bool:
    """Whether the order of the words is a question's, or a clause begins like "any advice".

    With `anywhere`, a yes-or-no question may begin inside a clause.
    """
    words = _words_of(sentence)
    for place, word in enumerate(words):
        if word in _QUESTION_WORDS or word in _CONTRACTED:
            if _asks_with_question_word(words, place):
                return True
        elif word in _AUXILIARIES:
            if _asks_with_auxiliary(words, place, anywhere=anywhere):
                return True
        elif (
            word == "any" and _begins_clause(words, place) and _ANYTHING & {*words[place + 1 :][:1]}
        ):
            return True
    return False
