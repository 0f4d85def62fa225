"""Tells whether a claim says in other words, or in another order, what its quote says.

The claim may leave out parts of the quote and may move phrases. Each of its words must be in the
quote, behind the same kind of preposition; what the company does must be done by the company there;
and "gets", "has" and "at … work" stand for "we offer", "our" and "we employ".
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from worker.companies.copulas import (
    copula_of,
    is_team_of,
    is_told_of_others,
    is_told_to_lie,
    is_with_what_we_are,
    lies_there,
    names_what_it_is,
)
from worker.companies.covering import Cover
from worker.companies.deeds import (
    auxiliaries,
    is_in_same_tense,
    is_own_deed,
    subject_of,
    verbs_after,
)
from worker.companies.modes import FUTURE, PLANNING
from worker.companies.phrase_words import NUMBERS
from worker.companies.phrases import Phrases
from worker.companies.reading import Reading
from worker.companies.relation_words import (
    AUXILIARIES,
    BE_VERBS,
    CLASS_OF,
    COPULAS,
    HAVE_FORMS,
    PEOPLE,
    classes_of,
    family_of,
    is_same_place_or_staff,
    is_site,
    is_staff,
    is_we_form,
)
from worker.companies.sentence_words import NOW

MOST_WORDS = 80
"""Longer sentences are not compared, because the time grows with the square of their length."""
MOST_PLACES = 3
_FAR_OWNER = 3


def is_paraphrase(claim: Reading, given: Reading) -> bool:
    """Whether `claim` says no more than `given`, by the relations between their words.

    Denials, plans, doubts and amounts are not judged here.
    """
    if max(len(claim.words), len(given.words)) > MOST_WORDS:
        return False
    family = family_of(claim.words, given.words)
    ours, theirs = Phrases(claim, family), Phrases(given, family)
    subject = subject_of(ours)
    if subject is None:
        owner = next((at for at, part in enumerate(ours.parts) if part.is_self), None)
        return (
            _others_do(ours, theirs)
            or _consists(ours, theirs)
            or _staff_gets(ours, theirs)
            or _people_work(ours, theirs)
            or (owner is not None and _has(ours, theirs, owner))
        )
    return (
        _does(ours, theirs, subject)
        or _is(ours, theirs, subject)
        or lies_there(ours, theirs, subject)
        or _consists(ours, theirs)
        or _has(ours, theirs, subject)
        or _gives(ours, theirs, subject)
        or _people_work(ours, theirs)
    )


def is_called_so(claim: Reading, given: Reading) -> bool:
    """Whether the quote calls something what the claim says that the company is.

    "We buy from a family firm" does not say that Acme is a family firm.
    """
    family = family_of(claim.words, given.words)
    ours, theirs = Phrases(claim, family), Phrases(given, family)
    subject = subject_of(ours)
    after = range(0 if subject is None else subject + 1, len(ours.parts))
    if not after or subject is None or ours.parts[after[0]].word not in BE_VERBS - HAVE_FORMS:
        return True
    what = next((at for at in after[1:] if ours.parts[at].is_content), None)
    if what is None or ours.parts[what].lead:
        return True
    there = [part for at, part in enumerate(theirs.parts) if ours.alike(what, theirs, at)]
    return not there or any(not part.lead for part in there)


def has_what_it_claims(claim: Phrases, given: Phrases) -> bool:
    """Whether the quote says at all that the company has what a claim says that it has.

    True if the claim says something else than that the company has, or employs, something.
    """
    subject = subject_of(claim)
    if subject is None or subject + 1 >= len(claim.parts):
        return True
    for deed in islice(verbs_after(claim, subject), 1):
        there = [at for at in range(len(given.parts)) if claim.alike(deed, given, at)]
        if there and all(is_told_of_others(given, at) and not is_own_deed(given, at)
                         for at in there):  # fmt: skip
            return False
    verb = subject + 1
    kinds = {"have", "employ"}
    after = claim.parts[verb + 1].word if verb + 1 < len(claim.parts) else ""
    if claim.parts[verb].word not in {"has", "have"} or after in AUXILIARIES:
        return True
    if any(classes_of(part.word, given.family) & {*kinds, "get", "give"} for part in given.parts):
        return True
    things = _first_phrase(claim, verb)
    return any(
        claim.alike(what, given, place) and (_is_had(given, place) or _is_after_us(given, place))
        for what in things
        for place in range(len(given.parts))
    )


def _is_after_us(given: Phrases, place: int) -> bool:
    """Whether it is a verb right behind "we", as for "has built" in "we built"."""
    before = [part for part in given.parts[:place] if part.token not in NOW]
    return bool(before) and before[-1].is_self


def _does(claim: Phrases, given: Phrases, subject: int) -> bool:
    """The company does it there too: "Acme sells pumps", "pumps for farms is what we sell"."""
    for verb in verbs_after(claim, subject):
        for place in _places(claim, verb, given):
            if not is_own_deed(given, place) or not is_in_same_tense(claim, verb, given, place):
                continue
            skipped = _before(claim, verb, subject) | _plans(claim, verb, given)
            if Cover(claim, given, verb, place).holds(skipped):
                return True
    return False


def _is(claim: Phrases, given: Phrases, subject: int) -> bool:
    """The quote says "we are …": "Acme is a bakery in Ghent"."""
    verb, place = subject + 1, copula_of(given)
    if place is None or verb >= len(claim.parts) or claim.parts[verb].word not in COPULAS:
        return False
    firms = {at for at, part in enumerate(claim.parts) if part.is_self and not part.lead}
    skipped = frozenset({subject, verb, *firms})
    return names_what_it_is(claim, given, verb) and Cover(claim, given, verb, place).holds(skipped)


def _before(claim: Phrases, verb: int, subject: int) -> frozenset[int]:
    """The subject, the verb and its auxiliary verbs, which need no word in the quote."""
    return frozenset({subject, verb, *auxiliaries(claim, verb)})


def _plans(claim: Phrases, verb: int, given: Phrases) -> frozenset[int]:
    """The places of "plans" before a verb, if the quote says "we will"."""
    is_ahead = any(part.token in FUTURE for part in given.parts)
    return frozenset(at for at in range(verb) if is_ahead and claim.parts[at].token in PLANNING)


def _others_do(claim: Phrases, given: Phrases) -> bool:
    """Somebody or something of the company does it: "the team of Acme repairs pumps"."""
    for verb in _verbs_of_others(claim):
        for place in _places(claim, verb, given):
            cover = Cover(claim, given, verb, place)
            is_active = not is_we_form(given.parts[place].word, given.family) and is_in_same_tense(
                claim, verb, given, place
            )
            is_passive = is_own_deed(given, place) and _is_passive(claim, verb)
            is_led = cover.has_subject() or cover.has_subject_behind()
            if (is_active and is_led) or is_passive:
                skipped = frozenset({verb, *auxiliaries(claim, verb)})
                if cover.holds(skipped, in_any_direction=True):
                    return True
    return False


def _verbs_of_others(claim: Phrases) -> Iterator[int]:
    content = [place for place, part in enumerate(claim.parts) if part.is_content]
    yield from (
        place
        for place in content[1:]
        if not claim.parts[place].lead and not claim.parts[place].word[0].isdigit()
    )


def _is_passive(claim: Phrases, verb: int) -> bool:
    return any(part.word in BE_VERBS for part in claim.parts[max(0, verb - 2) : verb])


def _gives(claim: Phrases, given: Phrases, subject: int) -> bool:
    """The quote says that the staff gets it."""
    return _exchanged(claim, given, subject, "give", "get")


def _staff_gets(claim: Phrases, given: Phrases) -> bool:
    """The quote says that the company gives it to the staff."""
    first = next((part for part in claim.parts if part.is_content), None)
    if first is None or not is_staff(first.word):
        return False
    verb = _of_class(claim, "get")
    staff = [place for place, part in enumerate(claim.parts) if is_staff(part.word)]
    if verb is None or not staff or staff[0] > verb:
        return False
    for place, part in enumerate(given.parts):
        if "give" in CLASS_OF.get(part.word, ()) and is_own_deed(given, place):
            if not any(is_staff(one.word) for one in given.parts):
                return False
            cover = Cover(claim, given, verb, place)
            return cover.holds(frozenset({verb, *staff}), in_any_direction=True)
    return False


def _consists(claim: Phrases, given: Phrases) -> bool:
    """The quote says "our team of 18 glaziers"."""
    staff = next(
        (at for at, part in enumerate(claim.parts) if part.is_content or part.is_self), None
    )
    if staff is None or not is_staff(claim.parts[staff].word) or staff + 1 >= len(claim.parts):
        return False
    kinds = CLASS_OF.get(claim.parts[staff + 1].word, frozenset())
    places = [at for at, part in enumerate(given.parts)
              if is_same_place_or_staff(claim.parts[staff].word, part.word)]  # fmt: skip
    after = [at + 1 for at in places if at + 1 < len(given.parts)]
    if not kinds & {"consist", "have"} or not any(
        given.parts[at].lead & frozenset("orw") for at in after
    ):
        return False
    rest = frozenset(range(staff + 2, len(claim.parts)))
    return Cover(claim, given, staff + 1, None).holds(frozenset({staff, staff + 1}), loose=rest)


def _exchanged(claim: Phrases, given: Phrases, subject: int, ours: str, theirs: str) -> bool:
    verb = _of_class(claim, ours)
    if verb is None or not any(verb == one for one in verbs_after(claim, subject)):
        return False
    staff = {place for place, part in enumerate(claim.parts) if is_staff(part.word)}
    for place, part in enumerate(given.parts):
        before = [one for one in given.parts[:place] if one.is_content and not one.lead]
        if theirs not in CLASS_OF.get(part.word, ()) or not before:
            continue
        is_led_by_staff = is_staff(before[-1].word)
        named = {p for p in range(len(claim.parts)) if _is_named(claim, p, given, place)}
        if is_led_by_staff or named:
            skipped = _before(claim, verb, subject) | staff | named
            return Cover(claim, given, verb, place).holds(skipped)
    return False


def _is_named(claim: Phrases, place: int, given: Phrases, end: int) -> bool:
    """Whether a word of the claim is the subject before `end`, and our own: "our fitters get"."""
    ours = [at for at, part in enumerate(given.parts[:end]) if part.is_our]
    return bool(ours) and any(
        claim.parts[place].is_content and claim.alike(place, given, at)
        for at in range(ours[-1] + 1, min(end, ours[-1] + 3))
    )


def _has(claim: Phrases, given: Phrases, subject: int) -> bool:
    """The quote says "our …", or tells of people or places that the company works with."""
    verb = next(
        (
            one
            for one in range(subject + 1, min(subject + 3, len(claim.parts)))
            if CLASS_OF.get(claim.parts[one].word, frozenset()) & {"have", "employ"}
        ),
        None,
    )
    verb = _last_word_of_possession(claim) if verb is None else verb
    if verb is None:
        return False
    cover = Cover(claim, given, verb, None)
    things = _first_phrase(cover.claim, verb)
    return any(
        claim.alike(what, given, place) and _is_had(cover.given, place)
        for what in things
        for place in range(len(given.parts))
    ) and cover.holds(frozenset({subject, verb}), loose=things)


def _first_phrase(claim: Phrases, verb: int) -> frozenset[int]:
    """The places of what the company has: "two shops" of "has two shops in Ghent"."""
    content = [at for at, part in enumerate(claim.parts) if part.is_content and at != verb]
    behind = [at for at in content if at > verb] or content[-1:]
    return frozenset(
        at for at in content if behind and claim.parts[at].phrase == claim.parts[behind[0]].phrase
    )


def _last_word_of_possession(claim: Phrases) -> int | None:
    """ "var" and "van", which stand last or first."""
    places = [place for place, part in enumerate(claim.parts)
              if part.word in {"var", "vardır", "van"}]  # fmt: skip
    return places[-1] if places else None


def _is_had(given: Phrases, place: int) -> bool:
    """Whether the quote shows that the company has what the word at this place names."""
    part = given.parts[place]
    around = [one for one in given.parts if one.chunk == part.chunk]
    ours = [at for at in range(max(0, place - _FAR_OWNER), place + 1) if given.parts[at].is_our
            and given.parts[at].chunk == part.chunk]  # fmt: skip
    if ours and not any(one.word in AUXILIARIES for one in given.parts[ours[-1] : place]):
        return True
    if is_with_what_we_are(given, place) or is_team_of(given, place):
        return True
    works = any(CLASS_OF.get(one.word, frozenset()) & {"work", "employ"} for one in given.parts)
    if is_site(part.word) and is_told_to_lie(given, place):
        return True
    if is_site(part.word) and part.lead & frozenset("irh"):
        return works or any("our" for one in around if one.is_our)
    counted = any(one.word[0].isdigit() or one.word in NUMBERS for one in around)
    people = part.word in PEOPLE or is_staff(part.word)
    if (people or counted) and "w" in part.lead and part.phrase <= 1:
        return any(one.is_self for one in given.parts[place:])
    composed = any("consist" in CLASS_OF.get(one.word, ()) for one in given.parts[:place])
    team = any(is_staff(one.word) for one in given.parts[:place])
    return counted and composed and team


def _people_work(claim: Phrases, given: Phrases) -> bool:
    """So many people work there: "Acme employs 30 people", "30 people work at Acme"."""
    number = next((place for place, part in enumerate(claim.parts)
                   if part.word[0].isdigit() and _counts_people(claim, place)), None)  # fmt: skip
    if number is None:
        return False
    work = {"work", "employ", "have"}
    verbs = {place for place, part in enumerate(claim.parts)
             if CLASS_OF.get(part.word, frozenset()) & work}  # fmt: skip
    there = [place for place, part in enumerate(given.parts)
             if part.word == claim.parts[number].word and _counts_people(given, place)]  # fmt: skip
    is_ours = any(one.is_self or one.is_our for one in given.parts) or _is_we(given)
    works = any(classes_of(part.word, given.family) & work for part in given.parts) or any(
        is_team_of(given, at) for at in there
    )
    if not (verbs and there and is_ours and works):
        return False
    names = {place for place, part in enumerate(claim.parts) if part.is_self}
    people = {place for place, part in enumerate(claim.parts) if part.word in PEOPLE}
    return Cover(claim, given, None, None).holds(
        frozenset({number, *verbs, *names, *people}),
        loose=frozenset(at for at, part in enumerate(claim.parts) if not part.lead),
    )


def _is_we(given: Phrases) -> bool:
    return any(is_own_deed(given, place) for place in range(len(given.parts)))


def _counts_people(phrases: Phrases, place: int) -> bool:
    after = [part for part in phrases.parts[place + 1 : place + 3] if part.is_content]
    before = phrases.parts[:place]
    if before and before[-1].word in COPULAS:
        return any(is_staff(part.word) and not part.lead for part in before[:-1])
    return bool(after) and (after[0].word in PEOPLE or is_staff(after[0].word))


def _of_class(phrases: Phrases, name: str) -> int | None:
    return next(
        (at for at, part in enumerate(phrases.parts) if name in CLASS_OF.get(part.word, ())), None
    )


def _places(claim: Phrases, verb: int, given: Phrases) -> Iterator[int]:
    there = (place for place in range(len(given.parts)) if claim.alike(verb, given, place))
    return islice(there, MOST_PLACES)
