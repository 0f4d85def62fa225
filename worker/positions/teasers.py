"""Finds descriptions in structured data that the page itself continues, or states at length."""

from __future__ import annotations

import re
from collections.abc import Iterable

from worker.pages.draft import Draft, Dropped
from worker.positions.posting_lists import own_characters
from worker.positions.posting_signs import tells_of_a_role

_DOTS = r"(?:\u2026|\.{3})[\])]?"
_CUT = re.compile(_DOTS + "$")
_DOTS_NEXT = re.compile(rf"[\s*_\[(]{{0,9}}{_DOTS}")
_LINK_AT_END = re.compile(r"\[([^\[\]\n]{1,60})\]\(([^()\s]{1,2000})\)\W{0,3}$")
_SAME_PARAGRAPH = re.compile(r"[^\w\n]{0,40}\w")
MAX_BEFORE_LINK = 600
"""The most characters of a teaser that ends with a link to the page and without dots."""
ENDS = 60
"""How many letters and digits of a description are looked for in the page."""
CUT_SHORT = "cut short: the page shows how it goes on"
SUMMARY = "a summary: the page shows the whole posting"
MAX_SUMMARY = 500
"""The most characters of a summary. A Chinese, Japanese or Korean one counts as three."""
TIMES_LONGER = 3
"""How many times longer than a summary the page's own description must be at least."""


def without_teasers(drafts: Iterable[Draft], shown: str, page_url: str) -> tuple[Draft, ...]:
    """The drafts without descriptions that the page's Markdown `shown` continues, or of which it
    is the whole.
    """
    return tuple(_without_teaser(draft, shown, page_url) for draft in drafts)


def _without_teaser(draft: Draft, shown: str, page_url: str) -> Draft:
    found = draft.get("job_description")
    if found is None:
        return draft
    text = str(found.value).strip()
    is_teaser = _is_teaser(text, shown, page_url)
    if not is_teaser and not _is_summary(text, shown):
        return draft
    dropped = Dropped(finding=found, reason=CUT_SHORT if is_teaser else SUMMARY)
    return draft.model_copy(
        update={
            "findings": tuple(each for each in draft.findings if each is not found),
            "candidates": (*draft.candidates, dropped),
        }
    )


def _is_summary(text: str, shown: str) -> bool:
    """Whether a text is short and in one piece, and the page shows a much longer posting with
    sections of which at least one is about duties or requirements.
    """
    if "\n" in text or own_characters(text) > MAX_SUMMARY:
        return False
    if len(shown) < TIMES_LONGER * len(text):
        return False
    return tells_of_a_role(shown)


def _is_teaser(text: str, shown: str, page_url: str) -> bool:
    """Whether the page shows the end of a text, and goes on where the text is cut.

    Without dots it must go on in the same paragraph, unless the text is short and ends with a link
    to the page.
    """
    if len(text) >= len(shown):
        return False
    link = _LINK_AT_END.search(text)
    leads_here = link is not None and _is_same(link[2], page_url)
    if link is not None and (leads_here or _CUT.search(text[: link.start()].rstrip())):
        text = text[: link.start()].rstrip()
    is_cut = _CUT.search(text) is not None
    rest = _after(text, shown)
    if not rest or (is_cut and _DOTS_NEXT.match(rest)):
        return False
    if leads_here and len(text) <= MAX_BEFORE_LINK:
        return True
    return is_cut or _SAME_PARAGRAPH.match(rest) is not None


def _is_same(target: str, page_url: str) -> bool:
    return target.partition("#")[0].rstrip("/") == page_url.partition("#")[0].rstrip("/")


def _after(text: str, shown: str) -> str:
    """What the page shows behind the end of a text; "" if it does not show the end or no more."""
    letters, places = _letters(shown)
    wanted, _ = _letters(text)
    if len(wanted) < ENDS:
        return ""
    start = letters.find(wanted[-ENDS:])
    end = start + ENDS
    return shown[places[end - 1] + 1 :] if start >= 0 and end < len(places) else ""


def _letters(text: str) -> tuple[str, list[int]]:
    """The letters and digits of a text in small letters, and the place of each."""
    places = [place for place, sign in enumerate(text) if sign.isalnum() and len(sign.lower()) == 1]
    return "".join(text[place].lower() for place in places), places
