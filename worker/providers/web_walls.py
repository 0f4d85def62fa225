"""Pages that stand in front of the page that was asked for: sign-in walls and bot checks.

Both are told apart from a posting by what they lack as much as by what they show, so
that a page with a sign-in form in its header, or behind a bot filter that let us
through, is still read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlsplit

import lxml.etree
import lxml.html

# Whole path segments, so that a posting for a "login-engineer" is not a wall.
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
_NOT_THE_PAGE = (
    "script", "style", "noscript", "template", "svg", "form", "nav", "header", "footer",
)  # fmt: skip
# A wall has little to say: measured on text outside forms, navigation and scripts.
_SHORT = 600
_READ_CHARACTERS = 400_000


def leads_to_sign_in(asked: str, arrived: str) -> bool:
    """Whether redirects ended at a sign-in address that was not the one asked for."""
    return asked != arrived and _names_sign_in(arrived) and not _names_sign_in(asked)


def _names_sign_in(url: str) -> bool:
    parts = urlsplit(url)
    segments = {segment.lower() for segment in parts.path.split("/")}
    return bool(segments & _SIGN_IN_SEGMENTS) or (parts.hostname or "").startswith(_SIGN_IN_HOSTS)


def find_wall(headers: Mapping[str, str], html: str) -> Literal["challenge", "sign_in"] | None:
    """What an answer is instead of the page: a bot check, a sign-in wall, or neither.

    Bot checks known here: Cloudflare, DataDome, PerimeterX, Imperva, Akamai, AWS, captchas.
    """
    for name, value in _CHALLENGE_HEADERS:
        if name in headers and headers[name].lower().startswith(value):
            return "challenge"
    html = html[:_READ_CHARACTERS]
    if _POSTING_DATA in html:
        return None
    marked = any(mark in html.lower() for mark in _CHALLENGE_MARKS)
    try:
        tree = lxml.html.document_fromstring(html.encode(), parser=_parser())
    except (lxml.etree.ParserError, ValueError):
        return "challenge" if marked else None
    headings = " ".join(str(part) for h in tree.iter("title", "h1", "h2") for part in h.itertext())
    asks = bool(_SIGN_IN_WORDS.search(headings) or tree.xpath("//input[@type='password']"))
    if not (marked or asks) or len(_own_text(tree)) > _SHORT:
        return None
    return "challenge" if marked else "sign_in"


def _parser() -> lxml.html.HTMLParser:
    return lxml.html.HTMLParser(encoding="utf-8")


def _own_text(tree: lxml.html.HtmlElement) -> str:
    for element in list(tree.iter(*_NOT_THE_PAGE)):
        if element.getparent() is not None:
            element.drop_tree()
    return " ".join(str(tree.text_content()).split())
