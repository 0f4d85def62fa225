"""From the address or the text of a job posting to checked columns.

draft = await read_page(web, url)                       # or: extract_from_text(text)
answer = await ask_model(language_model, missing(draft), draft.text)
check = await verify_logo(web, logo_of(draft))
merged = merge(with_verified_logo(draft, check), weigh_answer(draft, answer))
position = finish(merged)
"""

from worker.steps.positions.ask import (
    NOT_CONFIGURED,
    PROMPT_VERSION,
    ModelAnswer,
    ask_model,
    missing,
    no_answer,
    weigh_answer,
)
from worker.steps.positions.draft import Draft, FetchedPage, Finding
from worker.steps.positions.extract import extract_structured
from worker.steps.positions.fetch import fetch_posting, read_page
from worker.steps.positions.logo import (
    LogoCheck,
    logo_of,
    unverified_logo,
    verify_logo,
    with_verified_logo,
)
from worker.steps.positions.merge import merge
from worker.steps.positions.pasted import extract_from_text
from worker.steps.positions.quick_look import read_quick_look
from worker.steps.positions.result import EnrichedPosition, finish

__all__ = [
    "NOT_CONFIGURED",
    "PROMPT_VERSION",
    "Draft",
    "EnrichedPosition",
    "FetchedPage",
    "Finding",
    "LogoCheck",
    "ModelAnswer",
    "ask_model",
    "extract_from_text",
    "extract_structured",
    "fetch_posting",
    "finish",
    "logo_of",
    "merge",
    "missing",
    "no_answer",
    "read_page",
    "read_quick_look",
    "unverified_logo",
    "verify_logo",
    "weigh_answer",
    "with_verified_logo",
]
