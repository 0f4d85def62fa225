"""Pages are checked before they are parsed, and no page can make the check slow."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

import worker.services
from worker.services.web.markup import MAX_ELEMENTS, Listener, listen
from worker.services.web.refresh import refresh_target
from worker.services.web.walls import find_wall

PAGE = "https://acme.example/jobs/1"
CHARACTERS = 400_000
CHECK = "<div id='px-captcha'></div>"
ATTRIBUTES = " ".join(f"data-a{n}" for n in range(CHARACTERS // 13))


def many(markup: str) -> str:
    return markup * (CHARACTERS // len(markup))


# Parsing each of these took between 3 and 30 seconds.
SLOW = {
    "headings in headings": "<h1><div>" * 120 + many("x "),
    "attributes": f"<p {ATTRIBUTES}>",
    "text behind pictures": CHECK + many("<svg/>x"),
    "text behind menus": CHECK + many("<nav/>x"),
}


@pytest.mark.parametrize("html", SLOW.values(), ids=SLOW.keys())
def test_no_page_is_judged_for_seconds(html: str) -> None:
    began = time.thread_time()
    find_wall({}, html)
    refresh_target(f"refresh {html}", PAGE)
    assert time.thread_time() - began < 2


def test_a_page_with_more_elements_than_are_ever_read_is_no_wall() -> None:
    assert find_wall({}, CHECK + "<b></b>" * (MAX_ELEMENTS // 2)) == "challenge"
    assert find_wall({}, CHECK + "<b></b>" * MAX_ELEMENTS) is None


def test_no_provider_builds_a_tree_of_a_page() -> None:
    builds = re.compile(r"BeautifulSoup\(|document_fromstring\(|HTMLParser\(")
    modules = Path(worker.services.__file__).parent.rglob("*.py")
    assert [one.name for one in modules if builds.search(one.read_text())] == ["markup.py"]


@pytest.mark.parametrize(
    "html",
    [
        "<h1>Sign<b>in</b></h1>",
        "<h1>Join</h1><h2>to continue</h2>",
        "<h1>S&#105;gn in</h1>",
        "<form><input type=password></form>",
        f"<h1>Log in</h1><nav>{'menu ' * 200}</nav>",
    ],
)
def test_a_sign_in_wall_is_known_by_its_headings_and_its_field_for_a_password(html: str) -> None:
    assert find_wall({}, html) == "sign_in"


@pytest.mark.parametrize("html", ["", " ", "<!-- x -->", "\ud800", "</p>", "<p>sign in</p>"])
def test_what_is_hardly_a_page_is_no_wall(html: str) -> None:
    assert find_wall({}, html) is None


def test_the_first_order_to_go_on_soon_counts() -> None:
    orders = ("99; url=/later", "no number", "0; url='/now'", "0; url=/other")
    html = "".join(f'<meta http-equiv="Refresh" content="{order}">' for order in orders)
    assert refresh_target(html, PAGE) == "https://acme.example/now"


def test_a_listener_hears_a_broken_page_as_it_is_mended_until_it_has_heard_enough() -> None:
    class Ear(Listener):
        def __init__(self) -> None:
            self.heard: list[str] = []

        def opens(self, tag: str, attributes: Mapping[str, str]) -> None:
            self.heard.append(f"<{tag}{''.join(f' {n}={v}' for n, v in attributes.items())}>")

        def closes(self, tag: str) -> None:
            self.heard.append(f"</{tag}>")

        def says(self, text: str) -> None:
            self.heard.append(text)
            self.is_done = text == "b"

    ear = Ear()
    listen("<p CLASS=c>a<div>b</div>c", ear)
    assert ear.heard == ["<html>", "<body>", "<p class=c>", "a", "</p>", "<div>", "b"]
