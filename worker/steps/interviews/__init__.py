"""From a recording or a given transcript to quoted, scored questions.

transcript = await read_given(paragraphs)               # or fetch_audio … read_speech
roles = await find_roles(transcript, None)
spans = await find_questions(transcript, roles)
rows = [question_row(n, span, transcript, roles.roles, can_score=True) …]
judged = await ask_score(language_model, question_prompt(span, …))
row = with_score(row, weigh_score(judged, span, transcript, roles.roles))
"""

from worker.steps.interviews.ask import (
    MAX_TRANSCRIPT_CHARACTERS,
    QUESTIONS_VERSION,
    REJECTED,
    ROLES_VERSION,
    TOO_LONG,
    ask_questions,
    ask_roles,
    no_questions,
    no_roles,
    questions_prompt,
    roles_prompt,
    weigh_questions,
    weigh_roles,
)
from worker.steps.interviews.given import read_given
from worker.steps.interviews.metrics import measure
from worker.steps.interviews.question_row import (
    NOT_CONFIGURED,
    QuestionRow,
    question_row,
    with_score,
)
from worker.steps.interviews.recording import (
    BUCKET,
    READ_VERSION,
    Fetched,
    PaidAnswer,
    StoredSpeech,
    answers_folder,
    fetch_audio,
    leave_to_transcribe,
    note_use,
    read_speech,
    speech_hints,
    transcribe,
)
from worker.steps.interviews.result import InterviewAnalysis, finish, shown_early
from worker.steps.interviews.roles import Roles, find_roles
from worker.steps.interviews.score import (
    SCORE_VERSION,
    ask_score,
    no_score,
    question_prompt,
    weigh_score,
)
from worker.steps.interviews.segment import find_questions
from worker.steps.interviews.spans import Span
from worker.steps.interviews.summary import (
    SUMMARY_VERSION,
    ModelSummary,
    ask_summary,
    no_summary,
    summary_prompt,
)
from worker.steps.interviews.transcript import Transcript

__all__ = [
    "BUCKET",
    "MAX_TRANSCRIPT_CHARACTERS",
    "NOT_CONFIGURED",
    "QUESTIONS_VERSION",
    "READ_VERSION",
    "REJECTED",
    "ROLES_VERSION",
    "SCORE_VERSION",
    "SUMMARY_VERSION",
    "TOO_LONG",
    "Fetched",
    "InterviewAnalysis",
    "ModelSummary",
    "PaidAnswer",
    "QuestionRow",
    "Roles",
    "Span",
    "StoredSpeech",
    "Transcript",
    "answers_folder",
    "ask_questions",
    "ask_roles",
    "ask_score",
    "ask_summary",
    "fetch_audio",
    "find_questions",
    "find_roles",
    "finish",
    "leave_to_transcribe",
    "measure",
    "no_questions",
    "no_roles",
    "no_score",
    "no_summary",
    "note_use",
    "question_prompt",
    "question_row",
    "questions_prompt",
    "read_given",
    "read_speech",
    "roles_prompt",
    "shown_early",
    "speech_hints",
    "summary_prompt",
    "transcribe",
    "weigh_questions",
    "weigh_roles",
    "weigh_score",
    "with_score",
]
