"""Finds amounts that can be pay in a text, by their size and the words around them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from worker.pages.amounts import Money, find_money
from worker.pages.counts import is_count
from worker.pages.currency_marks import currency_of
from worker.pages.numbers import NUMBER
from worker.pages.pay_cases import leads_on
from worker.pages.pay_lists import is_listed_as_pay, is_pay_of_a_place
from worker.pages.pay_size import is_filler, is_more_than_a_benefit, is_more_than_pay
from worker.pages.pay_words import (
    Subject,
    end_of_own,
    heads_benefits,
    is_only_a_bonus,
    joins,
    names_other,
    names_pay,
    next_item,
    starts_with_other,
    subject_after,
    subject_before,
)
from worker.pages.periods import Interval

Weight: TypeAlias = Literal["sure", "likely"]


@dataclass(frozen=True, slots=True)
class Place:
    """An amount, and what stands `before` and `after` it in its clause.

    `behind` is `after` up to a comma, a word such as "and" or the next label. `label` is an earlier
    clause, cell or line; it is empty if `before` has words.
    """

    money: Money
    before: str
    after: str
    behind: str
    label: str


_CLAUSE = re.compile(r"[.;!?](?=\s)|[\n|\u2022\u00b7\u3002\uff1b\u3001\u3010\u3011]|(?<=\s)-(?=\s)")
_NEXT = re.compile(
    r"[,+(\uff0c\u3001]|\b(?:plus|and|und|et|with|including|includes?|excluding|depending"
    r"|based|as well|along|but|which|that|in addition|sowie|zzgl|oraz|mais|when|after|while|if"
    r"|where|dependent|before|not including|inclusief|exclusief|inkl|incl|excl|compris)\b",
    re.IGNORECASE,
)
_BLANK = re.compile(r"[\s\d|#>.,:()\[\]\-\u2022\u00b7$€£]*")
_ABBREVIATED = re.compile(
    r"\b(?:p|a|alk|approx|ca|incl|min|max|maks|rs|fr|zzgl|tys|kr|p\.a)$", re.I
)
BEFORE, AFTER = 160, 100
MAX_AMOUNTS = 300


def places(plain: str, *, needs_mark: bool = True) -> list[Place]:
    """The first 300 amounts of a text that `plain_signs` returned.

    With `needs_mark`, an amount needs a currency mark or, shortly before it, a word for pay.
    """
    found: list[Place] = []
    for money in find_money(plain):
        if not needs_mark or money.marks or _is_labelled(plain, money):
            start = _start(plain, money, found[-1].money.end if found else 0)
            found.append(_place(plain, money, start, is_about_pay=not needs_mark))
        if len(found) == MAX_AMOUNTS:
            break
    return found


def _is_labelled(plain: str, money: Money) -> bool:
    """Whether an amount without a currency mark looks like pay and closely follows a word for
    pay."""
    if not (money.interval or money.is_scaled or money.is_range):
        return False
    number = NUMBER.match(plain, money.start)
    if number and is_count(plain, number.start(), number.end()):
        return False
    if not money.is_scaled and not money.interval and (money.low or 0) < 1_000:
        return False
    before = plain[max(0, money.start - 40) : money.start].rpartition("\n")[2]
    subject, distance = subject_before(before)
    return subject == "pay" and distance <= 16


_LABELS = re.compile(r"(?<=[^\W\d_]|[)\]])\s{0,2}:(?!//)")
"""Matches the colon of a label, but not that of a time or an address."""


def _start(plain: str, money: Money, previous: int) -> int:
    """Where the words before an amount begin; `previous` is the end of the amount before it.

    In "Pay: $20 Benefits: $500" the word "Pay" says nothing of the second amount.
    """
    start = max(0, money.start - BEFORE)
    between = plain[previous : money.start] if previous > start else ""
    if next_item(f" {between}") <= len(between) and not names_pay(between):
        return previous
    colons = [colon.end() for colon in _LABELS.finditer(plain, start, money.start)]
    if not colons:
        return start
    if between and colons[-1] > previous:
        return previous if names_other(between) and not names_pay(between) else start
    first = colons[-2] if len(colons) > 1 else start
    return first if heads_benefits(plain[first : colons[-1]]) else start


def _place(plain: str, money: Money, start: int, *, is_about_pay: bool) -> Place:
    parts = _CLAUSE.split(plain[start : money.start])
    before = parts.pop()
    if parts and _ABBREVIATED.search(parts[-1]):
        before = f"{parts.pop()}. {before}"
    before = _in_brackets(before)
    label = ""
    if _BLANK.fullmatch(before):
        label = next((part for part in reversed(parts) if not _BLANK.fullmatch(part)), "")
    after = _CLAUSE.split(plain[money.end : money.end + AFTER])[0]
    own = after
    if _says_pay(before, label, is_about_pay=is_about_pay):
        is_closed = money.interval is not None or money.is_range
        own = after[: min(_next_label(after, is_closed=is_closed), next_item(after))]
    own = own[: end_of_own(own, label if _BLANK.fullmatch(before) else before)]
    return Place(money, before, after, _NEXT.split(own)[0], label)


_OPENED = re.compile(r"\(([^()]{0,160})$")


def _in_brackets(before: str) -> str:
    """The words before an amount; in brackets that name other money, only those in them.

    In "月給25万円(固定残業代3万円)" the word for pay says nothing of the second amount.
    """
    opened = _OPENED.search(before)
    return opened[1] if opened and names_other(opened[1]) else before


MAX_WORDS_BEFORE = 3
"""The most words, such as "up to", between a word for pay and its amount."""
_WORD = re.compile(r"[^\W\d_]+")
_END_OF_WORD = re.compile(r"\A[^\W\d_]*[\s:]*")


def _says_pay(before: str, label: str, *, is_about_pay: bool) -> bool:
    """Whether a word for pay stands right before an amount, as in "Pay: up to $20".

    `is_about_pay` means that the whole text is about pay, so that no word is needed.
    """
    said = label if _BLANK.fullmatch(before) else before
    subject, distance = subject_before(said)
    if subject is None:
        return is_about_pay and not said.strip(" -:")
    # A word may be known by its beginning only.
    rest = said[len(said) - distance :]
    rest = _END_OF_WORD.sub("", rest, count=1)
    is_right_before = len(rest.split()) <= (MAX_WORDS_BEFORE if said is before else 0)
    return subject == "pay" and is_right_before and not joins(rest)


def _next_label(after: str, *, is_closed: bool) -> int:
    """Where the next label behind an amount begins; the length of the text if there is none.

    A label begins with a capital letter, if the script has them, or else is one word. With
    `is_closed`, behind the period or the range of the pay, the label needs no colon.
    """
    first = len(after) - len(after.lstrip())
    if is_closed and after[first : first + 1].isupper():
        return first
    colon = _LABELS.search(after)
    if colon is None:
        return len(after)
    words = after[: colon.start()]
    if words.lower() == words.upper():
        return 0
    capital = next((each.start() for each in _WORD.finditer(words) if each[0][0].isupper()), None)
    return words.rstrip().rfind(" ") + 1 if capital is None else capital


def is_other_money(place: Place) -> bool:
    """Whether an amount in a text about pay is for something else, such as tools."""
    subject, _ = subject_before(place.before)
    return subject == "not pay" or subject_after(place.behind[:40]) == "not pay"


def weight(
    plain: str, place: Place, previous: Place | None, beside: Sequence[Place] = ()
) -> Weight | None:
    """How sure it is that an amount is pay; None if it does not seem to be pay.

    `previous` is the nearest earlier amount whose weight was "sure", and `beside` are the amounts
    right before and behind.
    """
    if _is_no_size(place.money) or _is_added(plain, place, previous):
        return None
    before, _ = subject_before(place.before)
    behind = subject_after(_own(place.behind) if before == "pay" else place.behind)
    if starts_with_other(place.behind) or is_only_a_bonus(place.after):
        return None
    if behind == "not pay" or (before == "not pay" and behind != "pay"):
        return None
    if "pay" in (before, behind) or _is_below_a_label(place):
        return "sure"
    if before is None and (
        _is_next_to(plain, place, previous) or is_listed_as_pay(plain, place.money)
    ):
        return "sure"
    return "likely" if _is_likely(plain, place, before, behind, beside) else None


def _is_no_size(money: Money) -> bool:
    """Whether an amount only fills a form, or has a currency mark and is too large to be pay."""
    if money.low is not None and is_filler(float(money.low)):
        return True
    return bool(money.marks) and is_more_than_pay(float(money.low or 0), currency_of(money.marks))


def _is_added(plain: str, place: Place, previous: Place | None) -> bool:
    """Whether a "+" or a word such as "plus" joins the amount to `previous`."""
    if previous is None:
        return False
    return _PLUS.fullmatch(plain, previous.money.end, place.money.start) is not None


_PLUS = re.compile(r"[^\n]{0,12}(?:\+|\bplus|\bzzgl\.?|\bsowie)\s{0,3}", re.IGNORECASE)
MAX_LABEL = 140
_FOR = re.compile(r"\b(?:for|in|at|to|on)\b", re.IGNORECASE)


def _is_below_a_label(place: Place) -> bool:
    """Whether a short label names pay and no other money, and the amount is large enough."""
    label = place.label
    is_named = len(label) < MAX_LABEL and names_pay(label) and not names_other(label)
    return is_named and (_is_large(place) or _is_large(place, "month"))


def _own(behind: str) -> str:
    """The words behind an amount up to a word such as "for" or "in"."""
    return _FOR.split(behind)[0]


def _is_next_to(plain: str, place: Place, previous: Place | None) -> bool:
    """Whether an amount of similar size soon follows `previous`: "$50k in Leeds, $60k in York".

    In another sentence or line, the amount must have the same form, and only a place or a level may
    stand beside it.
    """
    if previous is None or not place.money.low or not previous.money.low:
        return False
    between = plain[_before_stop(plain, previous.money) : place.money.start]
    ratio = place.money.low / previous.money.low
    if len(between) >= MAX_BETWEEN or names_other(between):
        return False
    if not re.search(r"[\n;!?]|\.\s", between):
        return 0.4 < ratio < 2.5
    if not _has_form_of(place.money, previous.money) or not 0.2 < ratio < 5:
        return False
    after = "" if subject_after(place.behind) == "perhaps pay" else place.after
    return leads_on(between, _behind_the_word(previous), after)


def _before_stop(plain: str, money: Money) -> int:
    """The end of an amount, before a full stop that ends the sentence: "35 000 kr. The cars"."""
    has_stop = plain[money.end - 1] == "."
    return money.end - 1 if has_stop and _CAPITAL.match(plain, money.end) else money.end


_CAPITAL = re.compile(r"\s{1,4}(?=[^\W\d_])(?![a-z\u00df-\u00f6\u00f8-\u00ff])")


def _behind_the_word(place: Place) -> str:
    """What stands between the word for pay and its amount; all of it if there is no such word."""
    said = place.label if _BLANK.fullmatch(place.before) else place.before
    subject, distance = subject_before(said)
    return _END_OF_WORD.sub("", said[len(said) - distance :], count=1) if subject else said


MAX_BETWEEN = 60
"""The most characters between two amounts of which the first one says that the second is pay."""


def _has_form_of(money: Money, other: Money) -> bool:
    """Whether both amounts have the same marks, and both have a period or are ranges without."""
    if money.marks[:1] != other.marks[:1] or money.interval != other.interval:
        return False
    return money.interval is not None or (money.is_range and other.is_range)


def _is_likely(
    plain: str,
    place: Place,
    before: Subject | None,
    behind: Subject | None,
    beside: Sequence[Place],
) -> bool:
    """Whether an amount is likely pay, although no noun names it as pay."""
    is_alone = place.money.is_range and _is_alone(place)
    if not (place.money.interval or is_alone or "perhaps pay" in (before, behind)):
        is_alone = is_pay_of_a_place(plain, place.money, [each.money for each in beside])
        if not is_alone:
            return False
    label = "" if is_alone else place.label[-60:]
    said = _RELATIVE.split(place.after, maxsplit=1)
    if not _is_large(place) or any(
        map(names_other, (label, place.before, place.behind, *said[1:]))
    ):
        return False
    return not heads_benefits(heading_above(plain, place.money.start))


_RELATIVE = re.compile(
    r"\b(?:which|that|to be|towards?|to use|to spend|für|pour|para|på|na|op)\b", re.I
)
"""Words that say what other money is for: "up to $300 per month which can be applied towards"."""


def _is_alone(place: Place) -> bool:
    """Whether at most a place or a level stands before an amount, and at most one word behind."""
    is_first = _BLANK.fullmatch(place.before) or _PLACE_OR_LEVEL.fullmatch(place.before)
    return bool(is_first) and len(place.behind.split()) <= 1


_PLACE_OR_LEVEL = re.compile(
    r"\W{0,4}(?:[A-Z]{2,3}|U\.S\.|(?:Zone|Level|Tier|Band|Grade|Region) \w{1,3}"
    r"|[A-Z][a-z]+(?: [A-Z][a-z]+)?, [A-Z]{2}):\s{0,4}"
)
"""A place or a level before a range, as in "US: $116,000 - $166,000"."""


def _is_large(place: Place, otherwise: Interval = "year") -> bool:
    """Whether the size fits likely pay, not a benefit; `otherwise` is the period if none is
    stated."""
    money = place.money
    size = float(money.high or money.low or 0)
    return is_more_than_a_benefit(size, currency_of(money.marks), money.interval or otherwise)


MAX_ABOVE = 3_000
MAX_HEADING = 60
_SENTENCE = re.compile(r"[.!?;,]\s*$|\d")


def heading_above(plain: str, start: int) -> str:
    """The nearest line above `start` that looks like a heading; "" if none in 3,000 characters."""
    lines = plain[max(0, start - MAX_ABOVE) : start].split("\n")
    for line in reversed(lines[:-1]):
        text = line.strip()
        if text.startswith("#"):
            return text
        # `plain_signs` makes "* item" begin with two blanks, and "**Heading**" begin and end with
        # two.
        is_item = line.startswith("  ") and not line.endswith("  ")
        if not text or is_item or text[0] in "-+>|\u2022\u00b7":
            continue
        if len(text) <= MAX_HEADING and not _SENTENCE.search(text):
            return text
    return ""
