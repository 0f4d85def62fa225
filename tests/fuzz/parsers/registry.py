"""All parsers that are fuzzed, and the places that read only what is not a stranger's."""

from __future__ import annotations

from tests.fuzz.parser import Parser
from tests.fuzz.parsers import companies, library, postings, services, talks

PARSERS: dict[str, Parser] = {
    parser.name: parser
    for module in (postings, talks, companies, services, library)
    for parser in module.PARSERS
}

OURS = {
    "liverows.cli.check:_examined": "the answer of our own SQL function",
    "liverows.database.migrations:": "a constant that becomes a number",
    "liverows.database.own_functions:_over_postgres": "the answer of an operator's SQL function",
    "liverows.recipe.child_main:_packed_error": "a pickle that the same process has just written",
    "liverows.recipe.child_process:_Child.call": "a pickle that our child process has written",
    "liverows.recipe.child_process:_Child._frame": "a pickle that our child process has written",
    "worker.companies.generic_advice:generic_questions": "questions in the source itself",
    "worker.companies.pipeline:_known": "a profile that the worker has stored",
    "worker.companies.profile:ReadSource.cited": "a source that was checked before",
    "worker.positions.words.known:groups": "a file of the package",
    "worker.sentences:table": "a file of the package",
}
"""Why a place that decodes something is not fuzzed."""

HOSTILE_MODELS = "tests/app/steps/interviews/test_hostile_models.py"

ELSEWHERE = {
    "liverows.console.bulk_pages:plan_bulk": "tests/library/console/test_actions.py",
    "liverows.database.postgres_transport:_decoded": "tests/library/engine/test_answers.py",
    "worker.interviews.pipeline:_question_rows": HOSTILE_MODELS,
    "worker.interviews.pipeline:analyse": HOSTILE_MODELS,
    "worker.interviews.result:finish": HOSTILE_MODELS,
    "worker.interviews.result:shown_early": "tests/app/steps/interviews/test_preview.py",
    "worker.interviews.summary:ask_summary": HOSTILE_MODELS,
    "worker.services.models.answer:read_apart": "tests/app/services/test_llm_answer.py",
}
"""The test of a place that reads only what a fuzzed parser has made."""
