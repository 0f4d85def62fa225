"""Checks by code that each claim of a model is proven by the source that it names.

The source must contain the quote, and a `stated` claim may not say more. A claim that fails is
not corrected. In the lists where any true sentence fits, the source's own sentence is shown for it,
unless the check refutes it; elsewhere only if a second opinion bears it out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from worker.companies.advice_check import adds_nothing
from worker.companies.clauses import is_denied, is_somebody_elses, sentences_of
from worker.companies.entailment import entails, follows
from worker.companies.legal_forms import without_legal_form
from worker.companies.model_answer import Cited, CompanyReport
from worker.companies.profile import (
    Claim,
    Facts,
    ReadSource,
    SalaryRange,
    Technology,
)
from worker.companies.reading import stem
from worker.companies.said_instead import may_stand_for
from worker.companies.standing_alone import sentence_alone
from worker.companies.technologies import technologies_in
from worker.companies.undecided import is_undecided
from worker.pages.quotes import flat, is_quoted, standing
from worker.pages.salary import find_salary

__all__ = ["adds_nothing", "says", "supported", "weigh"]

MAX_TEXT = 600
MAX_NAME = 40
MAX_ITEMS = 12
STATED_SHARE = 0.6
MIN_QUOTE = 8
CLAUSE_CHARACTERS = 500
"""How many characters before a quote are searched for a word that denies it."""

_ARTICLES = (
    "the ", "der ", "die ", "das ", "le ", "la ", "l'", "el ", "il ", "lo ", "o ", "a ", "de ",
    "het ",
)  # fmt: skip
_WORD = re.compile(r"[^\W_]++(?:[.+#'-][^\W_]++|[+#]++)*")
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


def weigh(
    report: CompanyReport,
    sources: Sequence[ReadSource],
    company: str | Sequence[str],
    borne_out: Collection[tuple[str, str]] = (),
    refused: Collection[tuple[str, str]] = (),
    *,
    needs_overview: bool = True,
    shown: Collection[str] = (),
) -> Facts:
    """The claims of a report that its sources prove. `company` is the company's name, or all its
    names.

    `borne_out` and `refused` have the quotes and claims that a second opinion says are true, and
    those that it does not. In place of a claim that is borne out, or that only has other words than
    its quote and is not refused, its source's sentence is shown; for the latter as overview only if
    it `needs_overview`. No such sentence is shown twice, or if it is one of the texts that are
    `shown` anyway.
    """
    by_id = {source.id: source for source in sources}
    told = {text.casefold() for text in shown}

    def believed(
        items: Iterable[Cited | None], *, only_stated: bool = False, or_said: bool = False
    ) -> tuple[Claim, ...]:
        checked = (
            supported(item, by_id, company, only_stated=only_stated)
            or (None if only_stated else _by_opinion(item, by_id, company, borne_out))
            or (_said_instead(item, by_id, company, refused) if or_said else None)
            for item in items
            if item is not None
        )
        return _untold(checked, told)

    # In this order, because a sentence is shown only where it is told first.
    return Facts(
        overview=_first(believed([report.overview], or_said=needs_overview)),
        executive_summary=_first(believed([report.executive_summary], or_said=True)),
        culture_insights=_first(believed([report.culture_insights], or_said=True)),
        products=believed(report.products, only_stated=True),
        tech_stack=_technologies(report.tech_stack, by_id),
        salary_range=_salary(report.salary, by_id),
        key_talking_points=believed(report.key_talking_points, or_said=True),
        # A sentence under "challenges" or "values" must tell of one, which its words do not show.
        top_challenges=believed(report.top_challenges),
        company_values=believed(report.company_values),
        # Red flags must be stated: a wrong guess is worse than no claim.
        red_flags=believed(report.red_flags, only_stated=True),
    )


def _untold(checked: Iterable[Claim | None], told: set[str]) -> tuple[Claim, ...]:
    """The first claims, each text once; no sentence of a source that is in `told`, which grows."""
    claims = {
        claim.text.casefold(): claim
        for claim in checked
        if claim is not None and not (claim.basis == "quoted" and claim.text.casefold() in told)
    }
    taken = dict(list(claims.items())[:MAX_ITEMS])
    told.update(taken)
    return tuple(taken.values())


def supported(
    item: Cited,
    sources: Mapping[str, ReadSource],
    company: str | Sequence[str] = "",
    *,
    only_stated: bool = False,
) -> Claim | None:
    """The claim, if the source that it names proves it; else None.

    `company` is the company's name, or all its names.
    """
    source = sources.get(item.source.strip())
    text = " ".join(item.text.split())
    if source is None or not text or len(text) > MAX_TEXT:
        return None
    if (only_stated and item.basis != "stated") or not _carries(item.quote, source):
        return None
    names = tuple(_with_short_forms(company))
    if item.basis == "stated":
        around = _sentence_around(item.quote, source.text)
        is_proven = entails(item.quote, text, around=around, names=names)
    else:
        is_proven = follows(item.quote, source.text, text, names=names)
    return Claim(text=text, sources=(source.id,), basis=item.basis) if is_proven else None


def is_undecided_claim(
    item: Cited, sources: Mapping[str, ReadSource], company: str | Sequence[str]
) -> bool:
    """Whether the check by structure cannot decide a claim of a model."""
    source = sources.get(item.source.strip())
    text = " ".join(item.text.split())
    if source is None or item.basis != "stated" or not 0 < len(text) <= MAX_TEXT:
        return False
    if not _carries(item.quote, source):
        return False
    around, names = _sentence_around(item.quote, source.text), tuple(_with_short_forms(company))
    return is_undecided(item.quote, text, around=around, names=names)


def _by_opinion(
    item: Cited,
    sources: Mapping[str, ReadSource],
    company: str | Sequence[str],
    borne_out: Collection[tuple[str, str]],
) -> Claim | None:
    """What the source says, if a second opinion says that it bears out the claim.

    The claim itself is not shown: whoever made it up may be wrong twice.
    """
    if (item.quote, " ".join(item.text.split())) not in borne_out:
        return None
    if not is_undecided_claim(item, sources, company):
        return None
    source = sources[item.source.strip()]
    said = sentence_alone(item.quote, source.text)
    return _quoted(said, source)


def _said_instead(
    item: Cited,
    sources: Mapping[str, ReadSource],
    company: str | Sequence[str],
    refused: Collection[tuple[str, str]],
) -> Claim | None:
    """What the source says where a claim uses other words; None if the claim is refuted."""
    source = sources.get(item.source.strip())
    text = " ".join(item.text.split())
    if source is None or not 0 < len(text) <= MAX_TEXT or not _carries(item.quote, source):
        return None
    if (item.quote, text) in refused:
        return None
    said, names = sentence_alone(item.quote, source.text), tuple(_with_short_forms(company))
    if said is None or not may_stand_for(said, text, names=names):
        return None
    return _quoted(said, source)


def _quoted(said: str | None, source: ReadSource) -> Claim | None:
    if said is None or not 0 < len(said) <= MAX_TEXT:
        return None
    return Claim(text=said, sources=(source.id,), basis="quoted")


def _with_short_forms(company: str | Sequence[str]) -> list[str]:
    """The names, those without a legal form, and the first word of some short names.

    `Acme` of `Acme Pumps Ltd`. With an article it may have a small letter: "la clínica" of
    `Clínica Roble`.
    """
    given = [company] if isinstance(company, str) else list(company)
    names = [name for name in given if name.strip()]
    names = list(dict.fromkeys([*names, *map(without_legal_form, names)]))
    words = [name.split()[0] for name in names if len(name.split()) in (2, 3)]
    starts = [word for word in words if len(word) > 3]
    with_article = [f"{one}{start.lower()}" for start in starts for one in _ARTICLES]
    return list(dict.fromkeys([*names, *starts, *with_article]))


def _sentence_around(quote: str, text: str) -> str:
    wanted = flat(quote)
    return next((one for one in sentences_of(text) if wanted in flat(one)), "")


def says(text: str, evidence: str, *, known: str = "", share: float = STATED_SHARE) -> bool:
    """Whether the evidence supports a sentence.

    Its numbers and names, and `share` of its content words, must be in the evidence or in `known`.
    """
    given = _forms(f"{evidence} {known}")
    if any(not _is_given(word, given) for word in _hard_words(text)):
        return False
    content = _content(text)
    shared = [word for word in content if _is_given(word, given)]
    return bool(content) and len(shared) >= share * len(content)


def _carries(quote: str, source: ReadSource) -> bool:
    is_there = len(quote.strip()) >= MIN_QUOTE and is_quoted(quote, source.text)
    return is_there and not _leaves_denial_out(quote, source.text)


def _leaves_denial_out(quote: str, text: str) -> bool:
    """Whether the words right before the quote deny it, as in `We no longer | use COBOL`."""
    wanted = flat(quote)
    lines = [flat(line) for line in text.split("\n")]
    before = [
        line[max(0, place - CLAUSE_CHARACTERS) : place]
        for line in lines
        for place in standing(wanted, line)
    ]
    parts = [re.split(r"[.!?;:,]", part)[-1] for part in before]
    return bool(before) and all(is_denied(part) for part in parts)


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
        if _names(item.quote, name) and not _is_not_its_own(name, item.quote, source.text):
            basis = "github" if source.kind == "github" else "site"
            technology = Technology(name=name, evidence=(source.id,), basis=basis)
            found.setdefault(name.casefold(), technology)
    return tuple(found.values())[: 3 * MAX_ITEMS]


def _is_not_its_own(name: str, quote: str, text: str) -> bool:
    """Whether the technology seems to be denied, left behind or somebody else's."""
    around = _sentence_around(quote, text) or quote
    if technologies_in(name) and not technologies_in(around):
        return True
    return (
        is_denied(flat(quote)) or is_somebody_elses(flat(quote)) or _leaves_denial_out(quote, text)
    )


def _names(quote: str, name: str) -> bool:
    places = standing(flat(name).lower(), flat(quote).lower(), joined_by="_+#")
    return next(places, None) is not None


def _salary(item: Cited | None, sources: Mapping[str, ReadSource]) -> SalaryRange | None:
    """The pay that a quote states; None if it states none or may tell a price."""
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
    """Whether the quote is on a page about jobs or in a line about pay. Elsewhere an amount may be
    a price."""
    lines = [line for line in source.text.split("\n") if is_quoted(quote, line)] or [quote]
    return source.page == "careers" or any(_PAY.search(line) for line in lines)


def _first(claims: tuple[Claim, ...]) -> Claim | None:
    return claims[0] if claims else None


def _words(text: str) -> list[str]:
    return _WORD.findall(flat(text))


def _hard_words(text: str) -> list[str]:
    """The numbers and names in a text, that is, words with a digit and most words with a capital
    letter."""
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
    return frozenset(stem(word) for word in _words(text))


def _is_given(word: str, given: frozenset[str]) -> bool:
    return stem(word) in given
