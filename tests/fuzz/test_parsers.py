"""Whatever a stranger writes, a parser ends soon, in little memory, and as its docstring says.

This is the short form, with the same inputs in each run. `make fuzz` looks for new ones.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.parser import Parser, of_text
from tests.fuzz.parsers.registry import ELSEWHERE, OURS, PARSERS
from tests.fuzz.sites import sites
from worker.services.crawlbase import _read_answer
from worker.services.web.client import Page

EXAMPLES = 10
TIMED = 4
WEIGHED = 1
ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.timeout(600)


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_no_input_ends_in_an_error_that_is_not_promised(name: str, data: st.DataObject) -> None:
    parser = PARSERS[name]
    assert parser.crash(data.draw(parser.inputs)) is None


DEEP = "[" * 100_000
FOUND = (
    ("ats personio", ""),
    ("ats teamtailor", ""),
    ("day of a feed", "Mon, 02 Nov 99999999999999999999 10:00:00 +0000"),
    ("JSON-LD of a page", '{"@type": "JobPosting", "title": "Pump \x01 Tester"}'),
    ("page of a posting", '<b typeof="JobPosting"><time property="a" datetime="\x01">x</time>'),
    (
        "Deepgram's answer",
        '{"results": {"utterances": [{"words": [{"start": 1%s}]}]}}' % ("0" * 400),
    ),
    ("Deepgram's answer", '{"results": {"utterances": [{"words": [{"start": 0, "end": 1e400}]}]}}'),
    ("Whisper's answer", DEEP),
    ("Content-Type", "text/html; charset*=ut\x00f-8''x"),
    ("storage's answer", DEEP),
    ("storage's error", DEEP),
    ("storage's error", '{"statusCode": 1e400}'),
    ("error of the Data API", DEEP),
    ("refusal of Realtime", DEEP),
    ("answer of the project's Auth", DEEP),
    ("setting of an alert", f"rows={DEEP}"),
    ("table of prices", f"a = {DEEP}"),
    ("stored column", '"\ud800"'),
    ("answer of a transport", '"\ud800"'),
)
"""What has broken a parser before."""


@pytest.mark.parametrize(("name", "text"), FOUND, ids=[f"{name} {len(t)}" for name, t in FOUND])
def test_what_has_broken_a_parser_before_is_read_or_refused(name: str, text: str) -> None:
    assert PARSERS[name].crash(text) is None


@pytest.mark.parametrize("stated", ["https://[", "javascript:0", 7, None, "http://\ud800/"])
def test_an_address_of_the_scraping_service_that_is_none_is_replaced(stated: object) -> None:
    answer = json.dumps({"original_status": 200, "pc_status": 200, "url": stated, "body": "x"})
    _, page = _read_answer(answer.encode(), "https://acme.example/")
    assert isinstance(page, Page)
    assert page.final_url == "https://acme.example/"


@pytest.mark.parametrize("name", PARSERS)
def test_time_grows_no_faster_than_the_input(name: str) -> None:
    parser = PARSERS[name]
    wrong = {growth: parser.slow(growth) for growth in some(parser, TIMED)}
    assert not {growth: told for growth, told in wrong.items() if told}


@pytest.mark.parametrize("name", PARSERS)
def test_memory_grows_no_faster_than_the_input(name: str) -> None:
    parser = PARSERS[name]
    wrong = {growth: parser.large(growth) for growth in some(parser, WEIGHED)}
    assert not {growth: told for growth, told in wrong.items() if told}


@pytest.mark.parametrize("name", PARSERS)
def test_a_good_input_is_read_by_the_functions_that_the_parser_names(name: str) -> None:
    parser = PARSERS[name]
    entered = set[str]()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            module = str(frame.f_globals.get("__name__", ""))
            entered.add(f"{module}:{frame.f_code.co_qualname}")

    sys.setprofile(note)
    try:
        parser.read(parser.samples[0])
        for sample in parser.samples[1:]:
            assert parser.crash(sample) is None
    finally:
        sys.setprofile(None)
    assert set(parser.reads) <= entered


def test_every_place_that_decodes_something_is_fuzzed_or_says_why_not() -> None:
    fuzzed = {function for parser in PARSERS.values() for function in parser.reads}
    found = sites()
    named = [*OURS, *ELSEWHERE]
    assert not [
        f"{where} ({call})" for where, call in found.items() if where not in {*fuzzed, *named}
    ]
    assert not [where for where in named if where not in found], "these decode nothing any more"
    assert not [test for test in ELSEWHERE.values() if not (ROOT / test).is_file()]


def test_each_parser_has_a_name_of_its_own() -> None:
    from tests.fuzz.parsers import companies, library, postings, services, talks

    modules = (postings, talks, companies, services, library)
    assert len(PARSERS) == sum(len(module.PARSERS) for module in modules)


def quadratic(text: str) -> int:
    return sum(text.count("0.", place) for place in range(0, len(text), 2))


def greedy(text: str) -> int:
    return len([text] * 10) and len("".join(text[place // 9 :] for place in range(len(text))))


def raising(text: str) -> int:
    return int(text.partition("x")[0] or 0)


def planted(read: object, **more: object) -> Parser:
    return of_text("planted", read, "1x2", reads=(), raises=(), **more)  # type: ignore[arg-type]  # functions from above


def test_an_error_that_is_not_promised_is_found() -> None:
    parser = planted(raising)
    assert any(parser.crash(text) for text in ("²x", "9" * 4_400, "a"))
    assert parser.crash("12x") is None


def test_time_and_memory_that_grow_too_fast_are_found() -> None:
    assert planted(quadratic).slow("'0.'")
    assert planted(greedy).large("'0.'")


def some(parser: Parser, most: int) -> list[str]:
    """Some of the ways in which a parser's inputs grow, from all parts of the list."""
    growths = list(parser.growing)
    return growths[:: max(1, -(-len(growths) // most))]
