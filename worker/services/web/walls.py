"""Recognises walls: sign-in pages and bot checks that are shown instead of the requested page.

Unless a header shows a bot check, a page with much text is no wall.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlsplit

from worker.services.web.markup import Listener, listen

# Path segments of sign-in URLs, compared as a whole: `/jobs/login-engineer` is no sign-in URL.
_SIGN_IN_SEGMENTS = {
    "login", "log-in", "log_in", "signin", "sign-in", "sign_in", "authwall", "sso", "oauth",
    "oauth2", "saml", "checkpoint", "login.html", "login.php", "login.aspx", "signin.html",
}  # fmt: skip
_SIGN_IN_HOSTS = ("accounts.", "login.", "signin.", "auth.", "sso.", "id.")
_SIGN_IN_WORDS = re.compile(
    r"\b(?:sign|log)[\s-]?in\b|\bjoin\b.{0,40}\bto (?:view|see|continue)\b|\bauthwall\b"
    r"|\banmelden\b|\beinloggen\b|\bse connecter\b|\bconnexion\b|\biniciar sesi[oó]n\b"
    r"|\binloggen\b",
    re.IGNORECASE,
)
_POSTING_DATA = "JobPosting"

_CHALLENGE_HEADERS = (("cf-mitigated", "challenge"), ("x-amzn-waf-action", ""))
_CHALLENGE_MARKS = (
    "_cf_chl_opt", "cdn-cgi/challenge-platform", "captcha-delivery.com", "px-captcha",
    "_incapsula_resource", "errors.edgesuite.net", "awswaf.com", "g-recaptcha", "h-captcha",
)  # fmt: skip
_HEADINGS = {"title", "h1", "h2"}
_NOT_THE_PAGE = {
    "script", "style", "noscript", "template", "svg", "form", "nav", "header", "footer",
}  # fmt: skip
# A page with more characters of text outside of `_NOT_THE_PAGE` is no wall, unless a header says
# so.
_SHORT = 600
_READ_CHARACTERS = 400_000


def leads_to_sign_in(asked: str, arrived: str) -> bool:
    """Whether a request for a URL that is no sign-in URL arrived at a sign-in URL."""
    return asked != arrived and _names_sign_in(arrived) and not _names_sign_in(asked)


def _names_sign_in(url: str) -> bool:
    parts = urlsplit(url)
    segments = {segment.lower() for segment in parts.path.split("/")}
    return bool(segments & _SIGN_IN_SEGMENTS) or (parts.hostname or "").startswith(_SIGN_IN_HOSTS)


def find_wall(headers: Mapping[str, str], html: str) -> Literal["challenge", "sign_in"] | None:
    """`challenge` for a bot check, `sign_in` for a sign-in wall; None if the answer is neither."""
    for name, value in _CHALLENGE_HEADERS:
        if name in headers and headers[name].lower().startswith(value):
            return "challenge"
    html = html[:_READ_CHARACTERS]
    if _POSTING_DATA in html:
        return None
    page = _Heard()
    listen(html, page)
    if page.says_much:
        return None
    lower = html.lower()
    if any(mark in lower for mark in _CHALLENGE_MARKS):
        return "challenge"
    return "sign_in" if page.asks_to_sign_in else None


class _Heard(Listener):
    """Collects what shows a wall: title, headings, a password field, the amount of text."""

    def __init__(self) -> None:
        self._inside: Counter[str] = Counter()
        self._has_password = False
        self._headings: list[str] = []
        self._own: list[str] = []
        self._own_characters = 0

    @property
    def says_much(self) -> bool:
        """Whether the page has more text than `_SHORT`, or more elements than `MAX_ELEMENTS`."""
        own = " ".join("".join(self._own).split())
        return self.is_too_large or len(own) > _SHORT

    @property
    def asks_to_sign_in(self) -> bool:
        """Whether the page has a password field, or a title or heading that asks to sign in."""
        return self._has_password or bool(_SIGN_IN_WORDS.search("".join(self._headings)))

    def opens(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Note that an element begins, and whether it is a password field."""
        self._inside[_kind(tag)] += 1
        self._part_headings()
        self._has_password |= tag == "input" and attributes.get("type") == "password"

    def closes(self, tag: str) -> None:
        """Note that an element has ended."""
        self._part_headings()
        self._inside[_kind(tag)] -= 1

    def says(self, text: str) -> None:
        """Collect a piece of text; reading ends when the page has more text than `_SHORT`."""
        if self._inside["heading"]:
            self._headings.append(text)
        if not self._inside["not the page"]:
            self._own.append(text)
            self._own_characters += sum(map(len, text.split()))
            self.is_done = self._own_characters > _SHORT

    def _part_headings(self) -> None:
        # Separate the texts of two elements, so that their words do not run together.
        if self._inside["heading"]:
            self._headings.append(" ")


def _kind(tag: str) -> str:
    if tag in _HEADINGS:
        return "heading"
    return "not the page" if tag in _NOT_THE_PAGE else "other"
