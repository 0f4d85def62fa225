"""Finds who does what in a sentence: whether a deed is the company's own, and of which time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from worker.companies.clauses import is_denied
from worker.companies.copulas import RELATIVE, is_done_by_what_we_are
from worker.companies.phrases import Phrases, is_year
from worker.companies.relation_words import (
    AUXILIARIES,
    BE_VERBS,
    CLASS_OF,
    HAVE_FORMS,
    TIMES,
    is_joint,
    is_site,
    is_staff,
    is_we_form,
)
from worker.companies.sentence_words import EMPTY, FOLLOWING, MODAL, NOW
from worker.companies.subjects import is_done_alike

_HAVE = {"romance": frozenset({"a"}), "other": frozenset({"on"})}
"""Forms of "has" that are small words in other languages."""
_IMPERFECT = re.compile(r"(?:ábamos|íamos|ávamos|áramos|avamo|evamo|ivamo|[^t]ions|tions)$")
_WAS = re.compile(r"(?:aba|aban|ía|ían|ava|avam|iam|ia|eva|iva|avano|evano|ivano|ait|aient)$")
_NORDIC_PAST = re.compile(r"\w\w[dt]e$")
_PAST_OF = {
    "slavic": re.compile(r"(?:l|la|li|ly|lo|ł|ła|li|ły|ło|л|ла|ли|ло|liśmy|łyśmy|в)$"),
    "other": re.compile(r"(?:[dt][ıiuü]k?(?:lar|ler)?|tunk|tünk|ott|ett|ött)$"),
}


def subject_of(claim: Phrases) -> int | None:
    """The place of the company's name if the company is the subject of the claim."""
    for place, part in enumerate(claim.parts):
        if part.is_self and not claim.is_oblique(place) and not part.lead:
            before = claim.parts[:place]
            is_first = all(
                not one.is_content or one.lead or is_year(one.token) or one.token in NOW
                for one in before
            )
            stands_behind_verb = place > 0 and bool(before) and before[-1].is_content
            return place if is_first or stands_behind_verb else None
    return None


def verbs_after(claim: Phrases, subject: int) -> Iterator[int]:
    """The places of words that may be what the company does, best first."""
    if subject and claim.parts[subject - 1].is_content:
        yield subject - 1
    found = 0
    for place in range(subject + 1, len(claim.parts)):
        part = claim.parts[place]
        is_verb_of_a_kind = CLASS_OF.get(part.word) is not None
        if part.is_self or (not part.is_content and not is_verb_of_a_kind):
            continue
        if part.word[0].isdigit() or (part.lead and part.word in TIMES):
            continue
        if part.token in MODAL or part.word in AUXILIARIES or is_denied(part.word):
            yield place
            continue
        yield place
        found += 1
        if found == 1 and not _is_last_language(claim):
            return


def _is_last_language(claim: Phrases) -> bool:
    """Whether the verb may stand last, or behind other phrases."""
    return claim.family in ("other", "german", "dutch")


def is_own_deed(given: Phrases, place: int) -> bool:
    """Whether the writer, or the company, does what the word at this place says."""
    if place + 1 < len(given.parts):
        after = given.parts[place + 1]
        if after.word in FOLLOWING or (after.is_self and place > 0 and given.may_lead(place + 1)):
            return True
    return (
        _follows_self(given, place)
        or _follows_own_people(given, place)
        or _is_of_us(given, place)
        or _begins_before_the_subject(given, place)
        or is_done_by_what_we_are(given, place)
    )


def _follows_self(given: Phrases, place: int) -> bool:
    """Behind the subject, or joined to a word behind it: "we design and build"."""
    parts = given.parts
    selves = [at for at in range(place) if parts[at].is_self and not parts[at].lead
              and given.may_lead(at)]  # fmt: skip
    if selves and given.has_comma(selves[-1] + 1) and given.has_comma(place):
        return True  # "Acme, founded in 1988, sells".
    if not selves or (parts[place].lead and not is_joint(parts[place - 1].word, given.family)):
        return False
    between = range(selves[-1] + 1, place)
    if any(parts[at].is_our or parts[at].word in RELATIVE for at in between):
        return False
    return _is_joined(given, place, between)


def _follows_own_people(given: Phrases, place: int) -> bool:
    """Behind people or places of its own: "our team builds", "our shop in Ghent sells"."""
    parts = given.parts
    ours = [at for at in range(place) if parts[at].is_our and not parts[at].lead]
    if not ours:
        return False
    noun = next(
        (at for at in range(ours[0] + 1, min(place, ours[0] + 4))
         if is_staff(parts[at].word) or is_site(parts[at].word)), None,
    )  # fmt: skip
    if noun is None or any(parts[at].is_content and not parts[at].lead for at in range(ours[0])):
        return False
    if given.has_comma(noun + 1) and given.has_comma(place):
        return True  # "Our bakery, founded in 1988, sells".
    between = [at for at in range(noun + 1, place) if not parts[at].lead]
    is_adjective = given.family == "romance" or (bool(between) and is_staff(parts[between[0]].word))
    if is_adjective and between and parts[between[0]].chunk == parts[noun].chunk:
        between = between[1:]  # An adjective: "nuestro equipo técnico atiende".
    if any(parts[at].word in RELATIVE for at in between):
        return False
    return _is_joined(given, place, between)


def _is_joined(given: Phrases, place: int, between: Sequence[int]) -> bool:
    """Whether only small words stand between, or a word that joins this one to others."""
    parts = given.parts
    last = next((at for at in reversed(between) if not _is_slight(given, at)), None)
    return last is None or is_joint(parts[last].word, given.family) or given.has_comma(last + 1)


def _is_slight(given: Phrases, place: int) -> bool:
    part = given.parts[place]
    if is_joint(part.word, given.family):
        return False
    is_small = part.word in EMPTY or part.token in NOW or part.word in AUXILIARIES
    return is_small or part.token in MODAL or part.word in ("also", "auch", "aussi", "även", "også")


def _is_of_us(given: Phrases, place: int) -> bool:
    """Whether its ending, or that of a word beside it, says that "we" do it."""
    parts = given.parts
    if is_we_form(parts[place].word, given.family):
        return True
    near = [
        at for at in range(max(0, place - 3), place) if is_we_form(parts[at].word, given.family)
    ]
    if near and all(_is_slight(given, at) for at in range(near[-1] + 1, place)):
        return True
    joined = place + 2 < len(parts) and is_joint(parts[place + 1].word, given.family)
    return joined and is_we_form(parts[place + 2].word, given.family)


def _begins_before_the_subject(given: Phrases, place: int) -> bool:
    """Whether it is a participle before the subject: "Founded in 2004, our firm has …"."""
    if place or not given.parts[0].is_content:
        return False
    marks = [at for at in range(1, len(given.parts)) if given.has_comma(at)]
    is_asked = len(given.parts) > 1 and given.parts[1].word in AUXILIARIES
    if not marks and not is_asked:
        return False
    start = marks[0] if marks else 1
    after = given.parts[start : start + 3]
    return any(part.is_self for part in after)


def is_in_same_tense(claim: Phrases, verb: int, given: Phrases, place: int) -> bool:
    """Whether neither of the two verbs is of a past that the other is not of."""
    ours, theirs = claim.parts[verb].word, given.parts[place].word
    if not is_done_alike(claim.reading, verb, given.reading, place):
        return False
    if not _has_same_ending(claim.family, ours, theirs):
        return False
    is_present = is_we_form(theirs, claim.family) or theirs.endswith("ons")
    if claim.family == "romance" and is_present:
        return not _is_perfect(claim, verb) or _is_passive(claim, verb)
    return _is_perfect(given, place) <= _is_perfect(claim, verb)


def _has_same_ending(family: str, ours: str, theirs: str) -> bool:
    """Whether both verbs have the ending of a past, or neither, as far as endings tell."""
    if family == "romance":
        return not _IMPERFECT.search(theirs) or _WAS.search(ours) is not None
    if family in _PAST_OF:
        past = _PAST_OF[family]
        return bool(past.search(theirs)) == bool(past.search(ours))
    if family == "nordic":
        return not (theirs.endswith(("de", "te")) and ours.endswith("r"))
    # "Liefert", "lieferten".
    return not (family in ("german", "dutch") and theirs == f"{ours}en" and ours.endswith("t"))


def keeps_agents(claim: Phrases, given: Phrases) -> bool:
    """Whether "by …" belongs to the same verb: not in "founded in 1991 and run by her family"."""
    for at, part in enumerate(claim.parts):
        if not part.is_content or not _is_agent(claim, at):
            continue
        verb = next((one for one in range(at - 1, -1, -1) if claim.parts[one].is_content
                     and not claim.parts[one].lead), None)  # fmt: skip
        if verb is None:
            continue
        verbs = [there for there in range(len(given.parts)) if claim.alike(verb, given, there)]
        agents = [there for there in range(len(given.parts)) if claim.alike(at, given, there)]
        if verbs and agents and not any(
            _is_one_clause(given, one, other) for one in verbs for other in agents
        ):  # fmt: skip
            return False
    return True


def _is_agent(phrases: Phrases, place: int) -> bool:
    lead = phrases.parts[place].lead
    return "b" in lead or (phrases.family == "nordic" and lead == frozenset("o"))


def _is_one_clause(given: Phrases, verb: int, agent: int) -> bool:
    """Whether nothing is joined between a verb and the phrase of who does it."""
    start, end = min(verb, agent), max(verb, agent)
    return not any(
        is_joint(given.parts[at].word, given.family)
        and given.parts[at].phrase != given.parts[agent].phrase
        for at in range(start + 2, end)
    )


def keeps_tense(claim: Phrases, given: Phrases) -> bool:
    """Whether no verb of the claim is of another time than in the quote, by its ending.

    Of Slavic verbs, "otworzymy" tells of the future, and "otworzył" of the past.
    """
    if claim.family in ("nordic", "german"):
        return not any(_is_told_as_present(claim, at, given) for at in range(len(claim.parts)))
    if claim.family != "slavic":
        return True
    past = _PAST_OF["slavic"]
    for at, part in enumerate(claim.parts):
        if not past.search(part.word):
            continue
        words = [one.word for there, one in enumerate(given.parts) if claim.alike(at, given, there)]
        if words and all(is_we_form(one, "slavic") and not past.search(one) for one in words):
            return False
    return True


def _is_told_as_present(claim: Phrases, at: int, given: Phrases) -> bool:
    """Whether a verb such as "leverer" or "liefert" is "leverede" or "lieferten" in the quote."""
    word = claim.parts[at].word
    words = [one.word for there, one in enumerate(given.parts) if claim.alike(at, given, there)]
    if claim.family == "nordic":
        return bool(words) and word.endswith("r") and all(_NORDIC_PAST.search(one) for one in words)
    is_participle = any(part.word in AUXILIARIES for part in claim.parts)
    past = (f"{word}e", f"{word}en")
    return (
        bool(words)
        and word.endswith("t")
        and not is_participle
        and all(one in past for one in words)
    )


def _is_passive(claim: Phrases, verb: int) -> bool:
    return any(part.word in BE_VERBS - HAVE_FORMS for part in claim.parts[max(0, verb - 2) : verb])


def auxiliaries(phrases: Phrases, verb: int) -> Iterator[int]:
    """The places of the auxiliary verbs close before a verb, or anywhere before one that stands
    last in German and Dutch."""
    is_bracket = phrases.family in ("german", "dutch") and verb == len(phrases.parts) - 1
    for place in range(0 if is_bracket else max(0, verb - 4), verb):
        if phrases.parts[place].word in AUXILIARIES:
            yield place


def _is_perfect(phrases: Phrases, place: int) -> bool:
    """Whether an auxiliary verb stands close before, as in "have built"."""
    near = phrases.parts[max(0, place - 3) : place]
    starts = [at for at, part in enumerate(near) if part.is_self]
    near = near[starts[-1] + 1 :] if starts else near  # "A" may be an article: "A Vouga fabrica".
    words = AUXILIARIES - (EMPTY - _HAVE.get(phrases.family, frozenset())) - {"se", "si"}
    return any(
        part.word in words and not (part.word == "a" and any(one.is_content for one in near[at:]))
        for at, part in enumerate(near, 1)
    )  # In "a Cagliari e impiega", "a" is a preposition.
