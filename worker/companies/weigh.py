"""Checks by code that each claim of a model is in the source that it names.

The id must exist, and the source must contain the quote word for word. A `stated` claim may not
say more than the quote, and an `inferred` claim may not say more than the source: each number
and each name of the claim must be there, and most of its words. A claim that fails is dropped;
it is not corrected.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from worker.companies.model_answer import Cited, CompanyReport
from worker.companies.profile import (
    Claim,
    Facts,
    ReadSource,
    SalaryRange,
    Technology,
)
from worker.pages.quotes import flat, is_quoted, standing
from worker.pages.salary import find_salary

MAX_TEXT = 600
MAX_NAME = 40
MAX_ITEMS = 12
STATED_SHARE = 0.6
INFERRED_SHARE = 0.6
MIN_QUOTE = 8
CLAUSE_CHARACTERS = 500
"""How many characters before a quote are searched for a word that denies it."""

_WORD = re.compile(r"[^\W_]++(?:[.+#'-][^\W_]++|[+#]++)*")
_DENIES = re.compile(
    r"\b(?:not|no|never|without|neither|nor|isn't|aren't|don't|doesn't|won't|can't|no longer"
    r"|instead of|rather than|moved away|stopped|discontinued)\b",
    re.IGNORECASE,
)
_PAY = re.compile(
    r"\b(?:salary|salaries|earns?|wages?|compensation|remuneration|(?:base|we) pay"
    r"|pay (?:range|scale|band)|gehalt|verg\u00fctung|salaire|salario)\b",
    re.IGNORECASE,
)
_EMPTY = frozenset({
    "the", "and", "for", "with", "that", "this", "from", "their", "they", "them", "its", "it's",
    "are", "was", "were", "been", "being", "have", "has", "had", "who", "what", "which", "when",
    "where", "how", "will", "would", "can", "could", "should", "may", "might", "into", "onto",
    "over", "under", "about", "also", "more", "most", "many", "much", "some", "any", "all", "each",
    "both", "than", "then", "there", "here", "such", "very", "our", "your", "you", "company",
    "companies", "team", "teams", "people", "work", "works", "working", "use", "uses", "used",
    "using", "make", "makes", "made", "provide", "provides", "offer", "offers", "help", "helps",
})  # fmt: skip


def weigh(report: CompanyReport, sources: Sequence[ReadSource], company: str) -> Facts:
    """The claims of a report that its sources prove."""
    by_id = {source.id: source for source in sources}

    def believed(items: Iterable[Cited | None], *, only_stated: bool = False) -> tuple[Claim, ...]:
        checked = (
            supported(item, by_id, company, only_stated=only_stated)
            for item in items
            if item is not None
        )
        claims = {claim.text.casefold(): claim for claim in checked if claim is not None}
        return tuple(claims.values())[:MAX_ITEMS]

    return Facts(
        overview=_first(believed([report.overview])),
        executive_summary=_first(believed([report.executive_summary])),
        products=believed(report.products, only_stated=True),
        tech_stack=_technologies(report.tech_stack, by_id),
        salary_range=_salary(report.salary, by_id),
        key_talking_points=believed(report.key_talking_points),
        top_challenges=believed(report.top_challenges),
        culture_insights=_first(believed([report.culture_insights])),
        company_values=believed(report.company_values),
        # A wrong guess about a company's problems is worse than no claim.
        red_flags=believed(report.red_flags, only_stated=True),
    )


def supported(
    item: Cited,
    sources: Mapping[str, ReadSource],
    company: str = "",
    *,
    only_stated: bool = False,
) -> Claim | None:
    """The claim, if the source that it names proves it; else None."""
    source = sources.get(item.source.strip())
    text = " ".join(item.text.split())
    if source is None or not text or len(text) > MAX_TEXT:
        return None
    if only_stated and item.basis != "stated":
        return None
    if not _carries(item.quote, source) or _denies(text) != _denies(item.quote):
        return None
    evidence = item.quote if item.basis == "stated" else source.text
    share = STATED_SHARE if item.basis == "stated" else INFERRED_SHARE
    if not says(text, evidence, known=company, share=share):
        return None
    return Claim(text=text, sources=(source.id,), basis=item.basis)


def says(text: str, evidence: str, *, known: str = "", share: float = STATED_SHARE) -> bool:
    """Whether a sentence has no number and no name that its evidence lacks, and shares enough
    of its words with the evidence."""
    given = _forms(f"{evidence} {known}")
    if any(not _is_given(word, given) for word in _hard_words(text)):
        return False
    content = _content(text)
    shared = [word for word in content if _is_given(word, given)]
    return bool(content) and len(shared) >= share * len(content)


_EVERYBODYS = "I I'd I'll I'm I've STAR CV HR API APIs SQL UX UI QA CI CD AI ML IT OK English"


def adds_nothing(text: str, known: str) -> bool:
    """Whether a piece of advice contains only numbers and names that are known.

    A product name that no source has is an invention, even in a tip. Abbreviations that every
    candidate knows are allowed.
    """
    given = _forms(f"{known} {_EVERYBODYS}")
    return all(_is_given(word, given) for word in _hard_words(text))


def _carries(quote: str, source: ReadSource) -> bool:
    is_there = len(quote.strip()) >= MIN_QUOTE and is_quoted(quote, source.text)
    return is_there and not _leaves_denial_out(quote, source.text)


def _leaves_denial_out(quote: str, text: str) -> bool:
    """Whether the words right before the quote, at any place where it stands, deny it: `We no
    longer | use COBOL`."""
    wanted = flat(quote)
    lines = [flat(line) for line in text.split("\n")]
    before = [
        line[max(0, place - CLAUSE_CHARACTERS) : place]
        for line in lines
        for place in standing(wanted, line)
    ]
    return bool(before) and all(_DENIES.search(re.split(r"[.!?;:,]", part)[-1]) for part in before)


def _denies(text: str) -> bool:
    return _DENIES.search(flat(text)) is not None


def _technologies(
    items: Sequence[Cited], sources: Mapping[str, ReadSource]
) -> tuple[Technology, ...]:
    found: dict[str, Technology] = {}
    for item in items:
        name, source = " ".join(item.text.split()), sources.get(item.source.strip())
        if (
            source is None
            or not 0 < len(name) <= MAX_NAME
            or not is_quoted(item.quote, source.text)
        ):
            continue
        is_denied = _denies(item.quote) or _leaves_denial_out(item.quote, source.text)
        if _names(item.quote, name) and not is_denied:
            basis = "github" if source.kind == "github" else "site"
            technology = Technology(name=name, evidence=(source.id,), basis=basis)
            found.setdefault(name.casefold(), technology)
    return tuple(found.values())[: 3 * MAX_ITEMS]


def _names(quote: str, name: str) -> bool:
    places = standing(flat(name).lower(), flat(quote).lower(), joined_by="_+#")
    return next(places, None) is not None


def _salary(item: Cited | None, sources: Mapping[str, ReadSource]) -> SalaryRange | None:
    """The pay, found by the same rules as in postings: funding, prices and bonuses do not
    count."""
    source = sources.get(item.source.strip()) if item else None
    if item is None or source is None or not is_quoted(item.quote, source.text):
        return None
    salary = find_salary(item.quote) if _speaks_of_pay(item.quote, source) else None
    if salary is None or (salary.minimum is None and salary.maximum is None):
        return None
    return SalaryRange(
        text=salary.text,
        min=salary.minimum,
        max=salary.maximum,
        currency=salary.currency,
        interval=salary.interval,
        basis="web",
        sources=(source.id,),
    )


def _speaks_of_pay(quote: str, source: ReadSource) -> bool:
    """Whether the quote is on a page about jobs, or in a line about pay. Other amounts may be
    prices of a shop."""
    lines = [line for line in source.text.split("\n") if is_quoted(quote, line)] or [quote]
    return source.page == "careers" or any(_PAY.search(line) for line in lines)


def _first(claims: tuple[Claim, ...]) -> Claim | None:
    return claims[0] if claims else None


def _words(text: str) -> list[str]:
    return _WORD.findall(flat(text))


def _hard_words(text: str) -> list[str]:
    """Numbers and names. A word with a capital letter is a name, unless it begins a sentence."""
    hard = []
    for sentence in re.split(r"(?<=[.!?:])\s+", flat(text)):
        words = _WORD.findall(sentence)
        hard += [word for word in words if any(letter.isdigit() for letter in word)]
        hard += [word for word in words[1:] if word[0].isupper()]
        hard += [word for word in words[:1] if any(letter.isupper() for letter in word[1:])]
    return hard


def _content(text: str) -> list[str]:
    return [word for word in _words(text) if len(word) > 2 and word.casefold() not in _EMPTY]


def _forms(text: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in _words(text))


def _is_given(word: str, given: frozenset[str]) -> bool:
    return _stem(word) in given


def _stem(word: str) -> str:
    """The stem of a word, so that `makes` and `making` are equal; numbers and short words are not
    cut."""
    plain = word.casefold().removesuffix("'s")
    if any(letter.isdigit() for letter in plain):
        return plain.replace(",", "")
    for ending in ("ing", "ers", "ies", "ed", "er", "es", "ly", "s", "e", "y"):
        if len(plain) - len(ending) >= 3 and plain.endswith(ending):
            return plain.removesuffix(ending)
    return plain
