"""The time to read any text of a person, a page or a model is linear in its length."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

import pytest

from liverows.base.errors import WorkerError
from liverows.base.log import Redactor
from tests.app.steps.companies.site_pages import got
from tests.support.attacks import EACH, PIECES, some
from tests.support.cpu_time import grows_too_fast, is_plainly_linear
from worker.companies.advice_check import is_question, is_reason
from worker.companies.clauses import own_present_clauses
from worker.companies.entailment import entails, follows
from worker.companies.filler import is_filler
from worker.companies.generic_advice import role_family
from worker.companies.identity import is_named_after, normalised_name, site_key
from worker.companies.names import title_parts
from worker.companies.occupations import occupation_group
from worker.companies.own_links import github_accounts
from worker.companies.own_words import first_sentence, is_empty_phrase, told_part, values_in
from worker.companies.places import addresses_in
from worker.companies.product_names import calls, steps_among
from worker.companies.profile import ReadSource
from worker.companies.said_instead import may_stand_for
from worker.companies.site_page import read_site_page
from worker.companies.standing_alone import sentence_alone
from worker.companies.technologies import technologies_named
from worker.companies.telling_pages import kind_of as page_kind
from worker.companies.weigh import adds_nothing, says
from worker.interviews import metrics, phrases, segment
from worker.interviews.farewells import closes, only_closes
from worker.interviews.given import read_given
from worker.interviews.kinds import kind_of
from worker.interviews.labels import plain_names, role_of
from worker.interviews.languages import language_of
from worker.interviews.metric_words import fillers
from worker.interviews.observable import observable
from worker.interviews.quotes import Quotable
from worker.interviews.recording import speech_hints
from worker.interviews.roles import Roles, find_roles
from worker.interviews.sentence_parts import sentences
from worker.interviews.transcript import Transcript, Utterance, markdown, tokens
from worker.pages import hosts, periods, quotes, vocabulary
from worker.pages.draft import Draft, Findings
from worker.pages.entities import unescape
from worker.pages.json_ld import postings
from worker.pages.line_breaks import join_lines
from worker.pages.markdown import description_to_markdown, plain, tidy
from worker.pages.nfkc import nfkc
from worker.pages.page_index import PageIndex
from worker.pages.placeholders import is_placeholder, is_placeholder_place
from worker.pages.readable import readable
from worker.pages.salary import find_salary, parse_salary
from worker.pages.schema_posting import Node
from worker.pages.tenant import is_tenant
from worker.pages.tree import soup_of, tree_of
from worker.positions import main_text
from worker.positions.closed import says_closed
from worker.positions.frame_words import is_frame, is_section
from worker.positions.headline import headline
from worker.positions.labels import labelled_in_text, labelled_in_tree
from worker.positions.merge import merge
from worker.positions.page_blocks import Block, blocks_of
from worker.positions.page_fields import read_html, read_opengraph
from worker.positions.pasted import read_text
from worker.positions.posting_lists import list_signs
from worker.positions.posting_signs import frame_of, is_posting
from worker.positions.shells import is_shell
from worker.services.web.addresses import is_overlong
from worker.services.web.guard import parse_target
from worker.services.web.refresh import refresh_target
from worker.services.web.walls import find_wall

SHORT = 1_500
UNNOTICED_SECONDS = 0.004
PAGE = "https://acme.com/jobs/1"
SPOKEN = (
    *("de", "nl", "fr", "es", "pt", "it", "pl", "ko", "ja", "zh", "th", "en"),
    *("cs", "ro", "ar", "hi"),
)
ROLES = Roles(roles={0: "interviewer", 1: "candidate"}, candidate=1, method="user")
MORE = (
    "oh yeah ", "What did you do? ", "Why? ok ", "Yes. ", "um, like ", "you know what ", "so so ",
    "\u0301\u0327", "\u0f73", "a\u0345\u0301\u0327", "£1 ", "£1,000 ", "salary £1 ", "1 a year ",
    "<p>", "<b>", "<li>", "<table><tr><td>", "&lt;", "&#65;", "**a**: b\n", "Salary: £5\n", "# a\n",
    "Python ", "not ", "kind of ", "a@b.c ", "password='", "is hiring a Baker ", "- - ",
    "你那", "คุณ", "お願い", "ti vi ", "setzen sie sich ", "ս՞", "ε;",
)  # fmt: skip


def talk(text: str, *, size: int = 150, speakers: int = 2) -> Transcript:
    parts = [text[place : place + size] for place in range(0, len(text), size)]
    return Transcript(
        utterances=tuple(
            Utterance(index=index, speaker=index % speakers, text=part)
            for index, part in enumerate(parts)
        )
    )


def source(text: str) -> ReadSource:
    return ReadSource(
        id="s1", url=PAGE, title="Careers", kind="website", retrieved_at=datetime.now(UTC),
        sha256="", status=200, text=text, page="careers",
    )  # fmt: skip


def quote(text: str) -> object:
    return Quotable(talk(text).utterances, range(0, len(text), 2)).find(text[-100:])


def description(text: str) -> object:
    soup = soup_of(f"<html><title>Baker at {text[:2000]}</title><body><main>{text}</main>")
    index = PageIndex(soup)
    return read_opengraph(index, PAGE, headline(index, PAGE)), readable(soup, PAGE)


def blocks(text: str) -> list[Block]:
    return blocks_of(tree_of(f"<body><div>{text}</div>"))


READERS: dict[str, Callable[[str], object]] = {
    "sentences": sentences,
    "asks": phrases.asks,
    "asks_in_language": lambda text: [phrases.asks(text, code) for code in SPOKEN],
    "language_of": lambda text: language_of([text]),
    "tokens": tokens,
    "has_mark": phrases.has_mark,
    "follows_up": phrases.follows_up,
    "invites_questions": phrases.invites_questions,
    "greets": phrases.greets,
    "clarifies": phrases.clarifies,
    "closes": closes,
    "only_closes": only_closes,
    "seeks_agreement": phrases.seeks_agreement,
    "follows_up_elsewhere": lambda text: [phrases.follows_up(text, code) for code in SPOKEN],
    "brings_topic": phrases.brings_topic,
    "cites_papers": phrases.cites_papers,
    "role_of": role_of,
    "plain_names": lambda text: plain_names([text, f"{text} 2"]),
    "takes_back": phrases.takes_back,
    "is_back_channel": lambda text: phrases.is_back_channel(text, 1.0),
    "kind_of": kind_of,
    "observable": observable,
    "fillers": fillers,
    "find_roles": lambda text: asyncio.run(find_roles(talk(text), None)),
    "find_questions": lambda text: asyncio.run(segment.find_questions(talk(text), ROLES)),
    "questions_of_one_turn": lambda text: asyncio.run(
        segment.find_questions(talk(text, size=50, speakers=1), ROLES)
    ),
    "measure": lambda text: metrics.measure(talk(text), ROLES.roles, []),
    "transcript_markdown": lambda text: markdown(talk(text, size=5, speakers=1), ROLES.roles),
    "quote": quote,
    "read_given": lambda text: asyncio.run(read_given([{"speaker": 0, "sentence": f"a {text}"}])),
    "speech_hints": lambda text: speech_hints(None, {"job_description": text}),
    "read_text": lambda text: read_text(f"We look for a baker in the town of Leeds. {text}"),
    "find_salary": find_salary,
    "parse_salary": parse_salary,
    "labelled_in_text": labelled_in_text,
    "description_to_markdown": lambda text: description_to_markdown(text, PAGE),
    "description": description,
    "plain": plain,
    "tidy": tidy,
    "is_posting": lambda text: is_posting(text, PAGE, set()),
    "list_signs": lambda text: list_signs(text, text[:500], blocks(text)),
    "says_closed": lambda text: says_closed(blocks(text)),
    "frame": lambda text: frame_of(tree_of(f"<title>{text[:500]}</title><button>{text}")),
    "shell": lambda text: is_shell(tree_of(f"<script></script><main>{text}</main>")),
    "placeholder": lambda text: (is_placeholder(text), is_placeholder_place(text)),
    "nfkc": nfkc,
    "unescape": lambda text: unescape(f"&#{text};"),
    "flat": quotes.flat,
    "is_quoted": lambda text: quotes.is_quoted(text[:500], f"a{text}{text}"),
    "employment_type": vocabulary.employment_type,
    "workplace_type": vocabulary.workplace_type,
    "interval": periods.interval,
    "day": vocabulary.day,
    "headline": lambda text: headline(PageIndex(soup_of(f"<title>{text}</title><h1>{text}</h1>"))),
    "employer": lambda text: read_html(
        soup_of(f"<title>A at {text}</title><h1>A</h1><a href='/company/{text}'>{text}</a>"),
        text,
        PAGE,
        text,
    ),
    "is_frame": lambda text: (is_frame(text), is_section(text)),
    "is_tenant": lambda text: is_tenant(f"a{text}", PAGE),
    "main_text": lambda text: main_text.description(soup_of(f"<div>{text}</div>"), PAGE, "A"),
    "bears_name": lambda text: hosts.bears_name(PAGE, text),
    "absolute": lambda text: (hosts.absolute(text, PAGE), hosts.absolute(f"//{text}", PAGE)),
    "registrable_domain": lambda text: hosts.registrable_domain(f"https://{text}"),
    "is_overlong": lambda text: is_overlong(f"https://{text}"),
    "site_key": lambda text: site_key(f"https://a.{text}"),
    "github_accounts": lambda text: github_accounts([f"https://github.com/{text}"]),
    "normalised_name": lambda text: normalised_name(f"a{text}"),
    "is_named_after": lambda text: is_named_after(PAGE, f"a{text}"),
    "technologies_named": lambda text: technologies_named([source(text)]),
    "page_kind": lambda text: page_kind(f"https://acme.com/{text}", text),
    "adds_nothing": lambda text: adds_nothing(text, text),
    "says": lambda text: says(text, text),
    "role_family": role_family,
    "occupation_group": occupation_group,
    "entails": lambda text: entails(text, text, around=text, names=("Acme",)),
    "follows": lambda text: follows(text, text, text),
    "may_stand_for": lambda text: may_stand_for(text, text, names=("Acme",)),
    "sentence_alone": lambda text: sentence_alone(text[:400], f"{text} a\n{text}.\n{text}"),
    "own_present_clauses": own_present_clauses,
    "first_sentence": first_sentence,
    "is_empty_phrase": lambda text: is_empty_phrase(text, "Acme"),
    "told_part": lambda text: told_part(text, "Acme"),
    "is_filler": is_filler,
    "calls": lambda text: (calls(text), steps_among([text])),
    "addresses_in": lambda text: addresses_in(PageIndex(soup_of(f"<address>{text}</address>"))),
    "values_in": lambda text: values_in(f"## Our values\n{text}"),
    "is_question": is_question,
    "is_reason": lambda text: is_reason(text, text),
    "title_parts": title_parts,
    "a company's page": lambda text: read_site_page(got(text), "s1", "products"),
    "a careers page": lambda text: read_site_page(got(f"<h1>Jobs</h1>{text}"), "s1", "careers"),
    "parse_target": lambda text: parse_target(f"https://acme.com/{text}"),
    "find_wall": lambda text: find_wall({}, text),
    "refresh_target": lambda text: refresh_target(
        f"<meta http-equiv=refresh content='0;url={text}'>", PAGE
    ),
    "log": Redactor().text,
}


@pytest.mark.timeout(600)
@EACH
@pytest.mark.parametrize("name", READERS)
def test_reading_a_text_takes_time_linear_in_its_length(name: str, of: int) -> None:
    assert not list(_slow(READERS[name], some((*PIECES, *MORE), name, of)))


def _slow(read: Callable[[str], object], pieces: Sequence[str] = (*PIECES, *MORE)) -> Iterator[str]:
    """The repeated pieces that take too long to read."""
    calm = partial(_calmly, read)
    for piece in pieces:
        half = piece * (SHORT // 2 // len(piece) + 1)
        if is_plainly_linear(calm, half.__mul__, unnoticed=UNNOTICED_SECONDS / 4):
            continue
        pumped = piece * (SHORT // len(piece) + 1)
        if wrong := grows_too_fast(calm, pumped.__mul__, unnoticed=UNNOTICED_SECONDS):
            yield f"{piece!r}…: {wrong}"


def _each_part_with_the_rest(text: str) -> None:
    for start in range(0, len(text), 40):
        re.findall(r"\w", text[start:])


PLANTED: dict[str, Callable[[str], object]] = {
    "each space, up to the end": re.compile(r"\s+zq").search,
    "each word with the rest": _each_part_with_the_rest,
    "beside a slow linear part": lambda text: (
        own_present_clauses(text),
        re.search(r"\s+zq", " " * len(text)),
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_function_that_is_not_linear_is_found(name: str) -> None:
    assert next(_slow(PLANTED[name]), None)


def _calmly(read: Callable[[str], object], text: str) -> None:
    """Read a text. A refusal is allowed too, if it comes soon."""
    with suppress(ValueError, WorkerError):
        read(text)


def stated(places: int) -> Draft:
    """The findings on a page that states its place many times."""
    findings = Findings("html", PAGE)
    for number in range(places):
        findings.add("location", f"Town {number}", f"Location: Town {number}", 0.8)
    return findings.draft()


def test_merging_takes_time_linear_in_the_values_that_a_page_states() -> None:
    assert grows_too_fast(merge, lambda times: stated(100 * times), unnoticed=0.0) is None


def test_joining_lines_takes_time_linear_in_the_texts_of_one_element() -> None:
    assert (
        grows_too_fast(
            join_lines, lambda times: soup_of("<p>" + "a\nb<br>" * 1_000 * times), unnoticed=0.0
        )
        is None
    )


def test_reading_a_list_takes_time_linear_in_the_text_beside_a_label() -> None:
    def shown(times: int) -> PageIndex:
        html = f"<dl><dt>Location</dt><dd>{'oak: ' * 800 * times}</dd></dl>"
        return PageIndex(soup_of(html))

    assert grows_too_fast(labelled_in_tree, shown, unnoticed=UNNOTICED_SECONDS) is None


def test_removing_duplicates_takes_time_linear_in_the_postings_of_a_page() -> None:
    def nodes(times: int) -> list[Node]:
        alike = {"@type": "JobPosting", "skills": ["oak"] * 50}
        return [{**alike, "identifier": number} for number in range(300 * times)]

    assert grows_too_fast(postings, nodes, unnoticed=UNNOTICED_SECONDS) is None
