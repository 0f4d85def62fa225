"""The names by which a company's own site calls the company."""

from __future__ import annotations

import re
from collections.abc import Sequence

from worker.companies.menu_words import is_of_a_menu
from worker.companies.sentence_words import TITLES
from worker.companies.website import Website
from worker.pages.hosts import registrable_domain
from worker.pages.nfkc import nfkc
from worker.pages.quotes import standing

MAX_TITLE = 300
MAX_WORDS = 5
"""A stated name with more words counts as a slogan."""
LEAST_NAMED = 2
"""An ordinary word is a name if it has its capital this often, and more often than not."""
_MARK = re.compile(r"©|\(c\)|\bcopyright\b", re.IGNORECASE)
_BEFORE_A_NAME = frozenset({"by", "logo", "zur", "zum", "back", "go", "retour", "vers"})
_BETWEEN = re.compile(r" [|–—·•»:/-]{1,3} | ?[|»] ?|: | [-–—]{1,3} ?|, ")


def normalised(name: str) -> str:
    """A name without case, spaces and signs."""
    return re.sub(r"[\W_]+", "", nfkc(name).casefold())


def own_names(website: Website) -> tuple[str, ...]:
    """Names by which the site calls its company, in its markup, title and host.

    A word that the pages also use as an ordinary word is none, except as `Organization` in data, or
    if the site signs with it and has it as its host or name. Such a name stands without its host in
    small letters. If "boats" were a name, a claim about boats would pass as one about the company.
    """
    said, prose = website.organisation, _prose(website)
    names = [said.name] if said.name and not is_of_a_menu(said.name) else []
    if said.site_name and not is_of_a_menu(said.site_name):
        names += [said.site_name] if not _is_ordinary(said.site_name, prose) else []
    label = host_label(website.home or "")
    is_word = _stands_in_prose(label, prose)
    is_stated = normalised(label) in map(normalised, names)
    if website.sources:
        is_known = bool(label) and not _is_ordinary(label.capitalize(), prose)
        confirmed = _confirmed(website, [*names, *([label] if is_known else [])])
        names += [part for part in confirmed if _counts(part, website, label, prose)]
    if label and (is_stated or not is_word):
        names.append(label)
    return tuple(dict.fromkeys(names))


def _prose(website: Website) -> list[str]:
    """The texts of the pages without lines that are a title, a signature or the site's name."""
    said = website.organisation
    left_out = {source.title for source in website.sources} | set(said.signatures)
    left_out |= {one for one in (said.name, said.site_name, said.heading) if one}
    return [
        "\n".join(line for line in source.text.split("\n") if line.strip("# ") not in left_out)
        for source in website.sources
    ]


def _counts(part: str, website: Website, label: str, prose: Sequence[str]) -> bool:
    """Whether a confirmed part of a title is a name, although it may be an ordinary word too."""
    said, plain = website.organisation, normalised(part)
    is_signed = any(_signs(part, one) for one in said.signatures)
    is_label = plain == normalised(label)
    if is_signed and (is_label or plain == normalised(said.site_name or "")):
        return True
    is_headed = len(part.split()) == 1 and plain == normalised(said.heading or "")
    # Words in small letters, such as "used boats", seldom are a name.
    may_be_small = is_signed or is_label or is_headed
    return (part != part.lower() or may_be_small) and not _is_ordinary(part, prose)


def _confirmed(website: Website, known: Sequence[str]) -> list[str]:
    """The parts of the front page's title that other evidence confirms as a name."""
    said, titles = website.organisation, [source.title for source in website.sources]
    parts = [part for part in title_parts(titles[0]) if _may_name(part)]
    found = [
        part
        for part in parts
        if any(_is_in_label(part, name) for name in known if name)
        or any(_signs(part, one) for one in said.signatures)
    ]
    others = {normalised(part) for title in titles[1:] for part in title_parts(title)}
    repeated = [part for part in parts if normalised(part) in others]
    heading = normalised(said.heading or "")
    # A main heading is often what the company sells, so it counts only if nothing else does.
    headed = [part for part in parts if normalised(part) == heading]
    return found or (repeated if len(repeated) == 1 else []) or headed


def _may_name(part: str) -> bool:
    return len(part.split()) <= MAX_WORDS and not is_of_a_menu(part)


def _signs(part: str, signature: str) -> bool:
    """Whether a signature names a part: `© 2026 Kai Neun Ltd.` or `Kai Neun © 2026`."""
    *before, after = _MARK.split(signature)
    # What comes later may be any word: "© Kai Neun Software" does not sign with "Software".
    signed, wanted = _signed_words(after), _words(part)
    if not wanted:
        return False
    if signed[: len(wanted)] == wanted:
        return True
    # In front of the sign, a slogan may stand as well, so only the whole text counts.
    names = [_signed_words(text) for text in before]
    return any(
        words[: len(wanted)] == wanted and all(word in TITLES for word in words[len(wanted) :])
        for words in names
    )


def _signed_words(text: str) -> list[str]:
    """The words of a text, without a year at its end and without what may precede a name."""
    signed = _words(text)
    while signed and signed[-1].isdigit() and len(signed[-1]) == 4:
        signed = signed[:-1]
    while signed and _may_precede(signed[0]):
        signed = signed[1:]
    return signed


def _may_precede(word: str) -> bool:
    return word.isdigit() or word in _BEFORE_A_NAME or is_of_a_menu(word)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", nfkc(text).casefold())


def _is_ordinary(name: str, texts: Sequence[str]) -> bool:
    """Whether a name stands in small letters in the texts, and seldom with its capital.

    A capital counts behind a word in small letters, where only names have one in most languages.
    """
    small = name.lower()
    if not _stands_in_prose(small, texts):
        return False
    named = sum(_is_behind_a_word(text, at) for text in texts for at in standing(name, text))
    written = sum(1 for text in texts for _ in standing(small, text))
    return small == name or named < LEAST_NAMED or named <= written


def _is_behind_a_word(text: str, place: int) -> bool:
    return text[max(0, place - 1) : place] == " " and text[max(0, place - 2)].islower()


def _stands_in_prose(name: str, texts: Sequence[str]) -> bool:
    """Whether the texts have a name, written just so, outside of addresses and accounts."""
    return any(
        not _is_in_address(text, place, place + len(name))
        for text in texts
        for place in standing(name, text, joined_by="_@/#-")
    )


def _is_in_address(text: str, start: int, end: int) -> bool:
    after = text[end : end + 2]
    return text[max(0, start - 1) : start] == "." or (after[:1] == "." and after[1:].isalnum())


def company_name(website: Website) -> str | None:
    """The name that the site states. Of a slogan, only a part that fits the site's host counts.

    None if there is no usable name.
    """
    stated = website.organisation.name
    if stated and is_of_a_menu(stated):
        return None
    if not stated or not is_slogan(stated):
        return stated
    label = host_label(website.home or "")
    fitting = [part for part in title_parts(stated) if _is_in_label(part, label)]
    return fitting[0] if fitting else None


def is_slogan(name: str) -> bool:
    """Whether a stated name has more than five words or several parts."""
    return len(name.split()) > MAX_WORDS or len(title_parts(name)) > 1


def title_parts(title: str) -> list[str]:
    """The parts of a title between signs such as bars, dashes, colons and commas."""
    plain = " ".join(title[:MAX_TITLE].split())
    return [part.strip() for part in _BETWEEN.split(plain) if part and part.strip()]


def host_label(home: str) -> str:
    """The part of a domain that may be a name: `quayside` of `www.quayside.example`."""
    domain = registrable_domain(home) or ""
    if not domain:
        host = re.sub(r"^https?://(?:www\.)?|[:/].*+", "", home)
        parts = host.split(".")
        return parts[-2] if len(parts) > 1 else host
    return domain.split(".")[0]


def _is_in_label(part: str, label: str) -> bool:
    """Whether `part` or `label` begins or ends with the other, both written as one word."""
    plain, bare = normalised(part), normalised(label)
    if not plain or not bare or len(part.split()) > MAX_WORDS:
        return False
    short, long = sorted((plain, bare), key=len)
    if short == long:
        return True
    # A word at the end is often a general one, such as "shop" in `quayshop`.
    is_part_of_label = short == plain
    return len(short) > 2 and (
        long.startswith(short) or (long.endswith(short) and not is_part_of_label)
    )
