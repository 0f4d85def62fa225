"""Checks that the words of a claim stand in its quote in the same relations to one another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from worker.companies.bound_numbers import binds_alike, keeps_lists
from worker.companies.copulas import is_seat
from worker.companies.phrase_words import OWN
from worker.companies.phrases import Part, Phrases, is_year
from worker.companies.relation_words import AUXILIARIES, TIMES, is_staff, is_we_form
from worker.companies.sentence_words import FOLLOWING, WEIGHTY

_NOWHERE: frozenset[int] = frozenset()


class Cover:
    """The words of a claim and their places in the quote, given its verb there."""

    def __init__(self, claim: Phrases, given: Phrases, verb: int | None, place: int | None) -> None:
        family = claim.family
        self._verb, self._place = verb, place
        ends = frozenset() if verb is None else frozenset({verb})
        self.claim = Phrases(claim.reading, family, ends)
        ends = frozenset() if place is None else frozenset({place})
        self.given = Phrases(given.reading, family, ends)

    def holds(
        self,
        skipped: frozenset[int],
        *,
        loose: frozenset[int] = _NOWHERE,
        in_any_direction: bool = False,
    ) -> bool:
        """Whether all words but `skipped` stand so in the quote.

        Prepositions do not count for `loose` words. Unless `in_any_direction`, an object may stand
        before the verb only where the language lets it.
        """
        at: dict[int, list[int]] = {}
        for place, part in enumerate(self.claim.parts):
            if not part.is_content or place in skipped or self._is_own(part):
                continue
            if is_seat(self.claim, place, self.given):
                continue
            places = [
                there
                for there in range(len(self.given.parts))
                if self.claim.alike(place, self.given, there)
                and there != self._place
                and (place in loose or self._is_led_alike(place, there))
                and (in_any_direction or self._is_on_the_right_side(place, there))
            ]
            if not places:
                return False
            at[place] = places
        return (
            self._keeps_chunks(at)
            and self._binds_numbers(skipped)
            and keeps_lists(self.claim, self.given)
            and self._begins_its_members(at)
            and self._has_no_other_self(skipped)
        )

    def _is_own(self, part: Part) -> bool:
        """Whether it is "own", and the quote says "our": "in its own workshop"."""
        return part.word in OWN and any(one.is_our for one in self.given.parts)

    def has_subject(self) -> bool:
        """Whether the claim's words before its verb stand before the quote's verb too, and are its
        subject there."""
        if self._verb is None or self._place is None:
            return False
        ours = [at for at in range(self._verb) if self.claim.parts[at].is_content
                and not self.claim.parts[at].lead
                and self.claim.parts[at].word not in AUXILIARIES]  # fmt: skip
        ends = [
            max((there for there in range(self._place)
                 if self.claim.alike(at, self.given, there)
                 and not self.given.parts[there].lead), default=-1)
            for at in ours
        ]  # fmt: skip
        if not ours or min(ends) < 0 or ends != sorted(ends):
            return False
        return not any(
            (part.is_content and not part.lead) or part.is_self
            for part in self.given.parts[max(ends) + 1 : self._place]
        ) and not any(part.is_self for part in self.given.parts[: max(ends)])

    def has_subject_behind(self) -> bool:
        """Whether the quote's verb stands first and its subject behind it: "since 2019 run all our
        machines"."""
        if self._place is None or self._verb is None:
            return False
        if self.given.family not in ("german", "dutch", "nordic"):
            return False
        before = self.given.parts[: self._place]
        ours = [at for at in range(self._verb) if self.claim.parts[at].is_content
                and not self.claim.parts[at].lead]  # fmt: skip
        behind = [at for at in range(self._place + 1, len(self.given.parts))
                  if self.given.parts[at].is_content]  # fmt: skip
        near = behind[: len(ours) + 1]
        return (
            all(part.lead or not part.is_content for part in before)
            and bool(ours)
            and bool(near)
            and all(any(self.claim.alike(at, self.given, there) for there in near) for at in ours)
        )

    def _is_led_alike(self, place: int, there: int) -> bool:
        ours, theirs = self.claim.parts[place], self.given.parts[there]
        is_by = "b" in ours.lead and "b" not in theirs.lead
        if is_staff(ours.word) and is_staff(theirs.word) and not is_by:
            return True
        if not ours.lead and not theirs.lead:
            return True
        return bool(ours.lead & theirs.lead)

    def _is_on_the_right_side(self, place: int, there: int) -> bool:
        """Whether an object stands behind the verb, or before it where that is usual."""
        if self._place is None or self._verb is None or self.claim.parts[place].lead:
            return True
        part = self.claim.parts[place]
        if there > self._place and not part.lead and self._has_other_verb(there):
            return False
        if (
            there > self._place
            or part.token in WEIGHTY
            or part.word in TIMES
            or is_year(part.token)
        ):
            return True
        return self._may_follow_its_object()

    def _has_other_verb(self, there: int) -> bool:
        """Whether another verb stands between: "we build boats and repair yachts"."""
        assert self._place is not None
        is_object_found = False
        for part in self.given.parts[self._place + 1 : there]:
            if is_we_form(part.word, self.given.family):
                if is_object_found:
                    return True
            elif part.is_content and not part.lead:
                is_object_found = True
        return False

    def _may_follow_its_object(self) -> bool:
        assert self._place is not None
        near = self.given.parts[self._place : self._place + 3]
        return (
            self.given.family == "other"
            or any(is_we_form(part.word, self.given.family) for part in near)
            or any(part.word in FOLLOWING for part in near)
        )

    def _keeps_chunks(self, at: dict[int, list[int]]) -> bool:
        """Whether words that stand together in the claim stand together in the quote."""
        return all(
            any(self._stand_together(one, other) for one in at[first] for other in at[second])
            for first, second in self._neighbours(at)
        )

    def _neighbours(self, at: dict[int, list[int]]) -> Iterator[tuple[int, int]]:
        before: int | None = None
        for place in sorted(at):
            if is_year(self.claim.parts[place].token):
                continue
            if before is not None:
                same = self.claim.parts[before].chunk == self.claim.parts[place].chunk
                if same and place - before <= 2:
                    yield before, place
            before = place

    def _stand_together(self, one: int, other: int) -> bool:
        parts = self.given.parts
        if parts[one].chunk == parts[other].chunk:
            return one < other or self.given.family in ("other", "slavic")
        return self._is_free() and not parts[one].lead and not parts[other].lead

    def _is_free(self) -> bool:
        """Whether cases, and not places, tell what belongs to the verb."""
        return self.given.family in ("slavic", "other", "german") and self._place is not None

    def _binds_numbers(self, skipped: frozenset[int]) -> bool:
        return all(place in skipped or binds_alike(self.claim, place, self.given)
                   for place in range(len(self.claim.parts)))  # fmt: skip

    def _begins_its_members(self, at: dict[int, list[int]]) -> bool:
        """Whether no later member of a list is cut at its beginning, where it may have a verb of
        its own: "we design sensors and repair boats"."""
        if self.given.family not in ("english", "german", "dutch", "nordic"):
            return True
        found = {there for places in at.values() for there in places}
        chunks: dict[int, list[int]] = {}
        for there, part in enumerate(self.given.parts):
            if part.is_content and there != self._place:
                chunks.setdefault(part.chunk, []).append(there)
        return all(
            members[0] in found or found.isdisjoint(members) or not self._is_later(members[0])
            for members in chunks.values()
        )

    def _is_later(self, there: int) -> bool:
        """Whether another member of its list stands before a word of the quote."""
        part = self.given.parts[there]
        return any(
            one.is_content and one.phrase == part.phrase and one.chunk < part.chunk
            for at, one in enumerate(self.given.parts[:there])
            if at != self._place
        )

    def _has_no_other_self(self, skipped: frozenset[int]) -> bool:
        """Whether the company stands in no other role than that of the subject or owner."""
        return all(
            place in skipped or self._is_owner(place) or self._is_surname(place)
            for place, part in enumerate(self.claim.parts)
            if part.is_self
        )

    def _is_surname(self, place: int) -> bool:
        """Whether it is the name of a founder whose name the company has: "Karl Acme"."""
        if not place or not self.claim.reading.words[place - 1][0].isupper():
            return False
        first = self.claim.parts[place - 1]
        theirs = self.given.parts
        return first.is_content and any(
            one.token == first.token and other.is_self for one, other in pairwise(theirs)
        )

    def _is_owner(self, place: int) -> bool:
        part = self.claim.parts[place]
        if self.claim.is_oblique(place) or part.lead & frozenset("oih"):
            return any(one.is_our for one in self.given.parts) or any(
                one.is_self for one in self.given.parts
            )
        return False
