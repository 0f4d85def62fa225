"""Recognises pages shown instead of the requested one: sign-in walls and bot checks.

A wall is recognised by what it lacks as well as by what it shows. So a page with a sign-in form in
its header is still read, and so is a page behind a bot filter that let us through.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlsplit

from worker.services.web.markup import Listener, listen

# Whole path segments, so that a posting for a "login-engineer" is not taken for a wall.
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
# A wall contains little text; text in forms, navigation and scripts does not count.
_SHORT = 600
_READ_CHARACTERS = 400_000


def leads_to_sign_in(asked: str, arrived: str) -> bool:
    """Whether redirects ended at a sign-in URL although a different kind of URL was requested."""
    return asked != arrived and _names_sign_in(arrived) and not _names_sign_in(asked)


def _names_sign_in(url: str) -> bool:
    parts = urlsplit(url)
    segments = {segment.lower() for segment in parts.path.split("/")}
    return bool(segments & _SIGN_IN_SEGMENTS) or (parts.hostname or "").startswith(_SIGN_IN_HOSTS)


def find_wall(headers: Mapping[str, str], html: str) -> Literal["challenge", "sign_in"] | None:
    """Whether an answer is a bot check or a sign-in wall; None if it is neither.

    Known bot checks: Cloudflare, DataDome, PerimeterX, Imperva, Akamai, AWS, captchas.
    """
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
    """Collects the signs of a wall: headings, a password field, and the amount of text."""

    def __init__(self) -> None:
        self._inside: Counter[str] = Counter()
        self._has_password = False
        self._headings: list[str] = []
        self._own: list[str] = []
        self._own_characters = 0

    @property
    def says_much(self) -> bool:
        """Whether the page has more text than a wall, or too many elements to be one."""
        own = " ".join("".join(self._own).split())
        return self.is_too_large or len(own) > _SHORT

    @property
    def asks_to_sign_in(self) -> bool:
        """Whether it has a password field, or asks to sign in with its title or a heading."""
        return self._has_password or bool(_SIGN_IN_WORDS.search("".join(self._headings)))

    def opens(self, tag: str, attributes: Mapping[str, str]) -> None:
        """See `Listener.opens`."""
        self._inside[_kind(tag)] += 1
        self._part_headings()
        self._has_password |= tag == "input" and attributes.get("type") == "password"

    def closes(self, tag: str) -> None:
        """See `Listener.closes`."""
        self._part_headings()
        self._inside[_kind(tag)] -= 1

    def says(self, text: str) -> None:
        """See `Listener.says`; reading ends once there is more text than on a wall."""
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
