"""From the address or the text of a job posting to checked columns.

draft = await read_posting(web, url)                    # or: extract_from_text(text)
answer = await ask_model(language_model, missing(draft), draft.text)
merged = merge(draft, weigh_answer(draft, answer))
position = finish(with_logo(merged, await find_logo(web, logo_hints(merged))))
"""

from worker.steps.positions.ask import (
    MAX_TEXT_CHARACTERS,
    NOT_CONFIGURED,
    POSTING_CUT,
    PROMPT_VERSION,
    ModelAnswer,
    ask_model,
    missing,
    no_answer,
    weigh_answer,
)
from worker.steps.positions.draft import Draft, FetchedPage, Finding
from worker.steps.positions.extract import extract_structured
from worker.steps.positions.fetch import fetch_posting
from worker.steps.positions.ladder import read_posting
from worker.steps.positions.logo import (
    FoundLogo,
    LogoHints,
    find_logo,
    logo_hints,
    no_logo,
    with_logo,
)
from worker.steps.positions.look_up import (
    LOOK_UP_VERSION,
    NOT_SEARCHED,
    Known,
    LookUp,
    known_of,
    look_up,
    nothing_found,
    weigh_look_up,
    worth_looking_up,
)
from worker.steps.positions.merge import merge
from worker.steps.positions.pasted import extract_from_text
from worker.steps.positions.quick_look import read_quick_look
from worker.steps.positions.result import EnrichedPosition, finish, within_limits
from worker.steps.positions.scrape import scrape_page, worth_scraping

__all__ = [
    "LOOK_UP_VERSION",
    "MAX_TEXT_CHARACTERS",
    "NOT_CONFIGURED",
    "NOT_SEARCHED",
    "POSTING_CUT",
    "PROMPT_VERSION",
    "Draft",
    "EnrichedPosition",
    "FetchedPage",
    "Finding",
    "FoundLogo",
    "Known",
    "LogoHints",
    "LookUp",
    "ModelAnswer",
    "ask_model",
    "extract_from_text",
    "extract_structured",
    "fetch_posting",
    "find_logo",
    "finish",
    "known_of",
    "logo_hints",
    "look_up",
    "merge",
    "missing",
    "no_answer",
    "no_logo",
    "nothing_found",
    "read_posting",
    "read_quick_look",
    "scrape_page",
    "weigh_answer",
    "weigh_look_up",
    "with_logo",
    "within_limits",
    "worth_looking_up",
    "worth_scraping",
]
