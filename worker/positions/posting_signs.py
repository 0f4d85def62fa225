"""Decides whether a page is a job posting.

Refusing a real posting is worse than reading another page. So a page is refused only if it is known
to be something else, or if it shows nothing that postings show. Each kind of sign counts once, in
the most frequent languages of postings; the URL counts too.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_DUTIES = (
    r"responsibilities|duties|what you(?:'ll| will) (?:do|be doing)|your (?:role|tasks|day)"
    r"|day[ -]to[ -]day|aufgaben|missions|funciones|taken"
)
_REQUIREMENTS = (
    r"requirements|qualifications|what you bring|what we(?:'re| are) looking for|your profile"
    r"|must have|years?(?: of)? experience|about you|skills|anforderungen|(?:ihr|dein) profil"
    r"|profil recherch[ée]|requisitos"
)
_APPLYING = (
    r"apply (?:now|for|by|here|today|online)|to apply|send (?:us )?your (?:cv|resume)"
    r"|cover letter|bewerb\w+|postuler|solliciteer"
)
_OFFER = (
    r"we(?:'re| are) (?:looking for|hiring|seeking|recruiting)|about the (?:role|job|position)"
    r"|the role|job description|join (?:our|the) team|stellenbeschreibung|wir suchen"
    r"|nous recherchons|buscamos"
)
_TERMS = (
    r"full[ -]?time|part[ -]?time|permanent|salary|per (?:year|annum|hour)|annual leave|holiday"
    r"|benefits|remote|hybrid|vollzeit|teilzeit|urlaub\w*|cdi"
)
_SIGNS = tuple(
    re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    for words in (_DUTIES, _REQUIREMENTS, _APPLYING, _OFFER, _TERMS)
)
# For scripts without spaces between words.
_OFFER_IN_CJK = re.compile("募集|招聘|求人|채용")
_ADDRESS = re.compile(
    r"job|career|position|vacanc|opening|stelle|karriere|emploi|offre|empleo|vacature|recruit|hiring"
    r"|opportunit|gh_jid",
    re.IGNORECASE,
)
_OTHER_KINDS = {
    "Article", "NewsArticle", "BlogPosting", "Product", "Recipe", "VideoObject", "Event",
    "Movie", "Book", "Restaurant", "Hotel", "RealEstateListing",
}  # fmt: skip
NEEDED = 2


def is_posting(text: str, page_url: str, types: set[str]) -> bool:
    """Whether a page without JobPosting data reads like a posting.

    `types` are the schema.org types that the page states.
    """
    text = text.replace("\u2019", "'")
    parts = urlsplit(page_url)
    signs = sum(bool(sign.search(text)) for sign in (*_SIGNS, _OFFER_IN_CJK))
    if _ADDRESS.search(f"{parts.netloc}{parts.path}?{parts.query}"):
        signs += 1
    if types & _OTHER_KINDS:
        signs -= 1
    return signs >= NEEDED
