"""The pipeline that turns a recording or transcript into scored, quoted questions."""

from __future__ import annotations

from asyncio import Semaphore, TaskGroup
from collections.abc import Sequence
from functools import partial

from pydantic import BaseModel, JsonValue

from liverows import Context, Pipeline, Retry, Step, run_in_child
from worker.interviews.ask import (
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
from worker.interviews.given import read_given
from worker.interviews.preview import Preview
from worker.interviews.question_row import NOT_CONFIGURED, QuestionRow, question_row, with_score
from worker.interviews.recording import (
    READ_VERSION,
    CountedSpeech,
    Fetched,
    StoredSpeech,
    answers_folder,
    fetch_audio,
    leave_to_transcribe,
    note_use,
    read_speech,
    speech_hints,
    transcribe,
)
from worker.interviews.result import InterviewAnalysis, finish, shown_early
from worker.interviews.roles import Roles, find_roles
from worker.interviews.score import SCORE_VERSION, ask_score, no_score, question_prompt, weigh_score
from worker.interviews.segment import find_questions
from worker.interviews.spans import Span
from worker.interviews.summary import (
    SUMMARY_VERSION,
    ModelSummary,
    ask_summary,
    no_summary,
    summary_prompt,
)
from worker.interviews.transcript import Transcript
from worker.sentences import ERRORS
from worker.services import Services
from worker.services.models.budget import budgeted

OVER_LIMIT = "over_limit"
QUESTIONS_OVER_LIMIT = "interview_max_questions_reached"
CALLS_AT_ONCE = 6
"""The most answers of one interview that are scored at the same time."""
FINISH_SECONDS = 30.0
"""The most processor seconds for making the rows, and again for making the result."""


class Interview(BaseModel):
    """The inputs of a row. If there is a given transcript, the recording is not used."""

    id: str
    account_id: str
    interview_original_audio_path: str | None = None
    interview_transcript_given: JsonValue = None
    interview_language_given: str | None = None
    interview_candidate_speaker: int | None = None
    interview_position: JsonValue = None


READ_GIVEN = Step("read-given", read_given, weight=1, version="2", stage="Reading the transcript")
FETCH_AUDIO = Step(
    "fetch-audio",
    fetch_audio,
    weight=1,
    timeout=180,
    keep="content",
    stage="Fetching the recording",
)
# A speech service may cost money, so this step stores the answer before it ends.
TRANSCRIBE = Step(
    "transcribe",
    transcribe,
    weight=6,
    timeout=1500,
    retry=Retry(total=300),
    keep="content",
    provider="deepgram",
    paid=True,
    stage="Transcribing",
)
READ_SPEECH = Step(
    "read-speech", read_speech, weight=1, version=READ_VERSION, stage="Reading what was said"
)
FIND_ROLES = Step("find-roles", find_roles, weight=1, version="7", stage="Finding out who is who")
ASK_ROLES = Step(
    "ask-roles",
    ask_roles,
    fallback=no_roles,
    retry=Retry(total=60),
    timeout=120,
    weight=1,
    version=ROLES_VERSION,
    keep="content",
    provider="language_model",
    paid=True,
    stage="Checking who is who",
)
FIND_QUESTIONS = Step(
    "find-questions", find_questions, weight=1, version="4", stage="Finding the questions"
)
ASK_QUESTIONS = Step(
    "ask-questions",
    ask_questions,
    fallback=no_questions,
    retry=Retry(total=60),
    timeout=180,
    weight=2,
    version=QUESTIONS_VERSION,
    keep="content",
    provider="language_model",
    paid=True,
    stage="Checking the questions",
)
SCORE_ANSWER = Step(
    "score-answer",
    ask_score,
    fallback=no_score,
    retry=Retry(total=90),
    timeout=150,
    weight=6,
    version=SCORE_VERSION,
    keep="content",
    provider="language_model",
    paid=True,
    stage="Scoring the answers",
)
SUMMARISE = Step(
    "summarise",
    ask_summary,
    fallback=no_summary,
    retry=Retry(total=60),
    timeout=120,
    weight=1,
    version=SUMMARY_VERSION,
    keep="content",
    provider="language_model",
    paid=True,
    stage="Summing up",
)

pipeline = Pipeline(
    "analyse-interview",
    sentences=ERRORS,
    inputs=Interview,
    outputs=InterviewAnalysis,
    steps=(
        READ_GIVEN,
        FETCH_AUDIO,
        TRANSCRIBE,
        READ_SPEECH,
        FIND_ROLES,
        ASK_ROLES,
        FIND_QUESTIONS,
        ASK_QUESTIONS,
        SCORE_ANSWER,
        SUMMARISE,
    ),
)


@pipeline
async def analyse(context: Context[Services], interview: Interview) -> InterviewAnalysis:
    """Find roles and questions in the transcript. With a model, score answers and sum up."""
    context.services = budgeted(context.services, context.warn)
    transcript, stored = await _transcript(context, interview)
    said = transcript.as_said
    guess = await context.run(FIND_ROLES, said, interview.interview_candidate_speaker)
    early = await run_in_child(shown_early, said, guess)
    await context.publish(**early, interview_speech_to_text_path=stored)
    roles = await _roles(context, said, guess)
    spans = await _questions(context, said, roles)
    rows = await _scored(context, interview, transcript, roles, spans)
    written = await _summary(context, rows)
    end = partial(finish, stored=stored, warnings=list(context.warnings))
    return await run_in_child(end, transcript, roles, spans, rows, written, seconds=FINISH_SECONDS)


async def _transcript(
    context: Context[Services], interview: Interview
) -> tuple[Transcript, str | None]:
    """The transcript, and the path of the speech service's answer, if there is one."""
    path, storage = interview.interview_original_audio_path, context.services.storage
    limits = context.services.limits
    if interview.interview_transcript_given is not None or path is None:
        given = await context.run(READ_GIVEN, interview.interview_transcript_given, limits)
        return _in_language(given, interview), None
    recording = await context.run(FETCH_AUDIO, storage, interview.account_id, path, limits)
    stored = await _transcribed(context, interview, path, recording)
    transcript = await context.run(READ_SPEECH, storage, stored.path, limits)
    return _in_language(transcript, interview), stored.path


async def _transcribed(
    context: Context[Services], interview: Interview, path: str, recording: Fetched
) -> StoredSpeech:
    """Return where the speech service's answer is stored; transcribe if needed."""
    storage, ledger = context.services.storage, context.services.recordings
    folder = answers_folder(interview.account_id, recording)
    hints = speech_hints(interview.interview_language_given, interview.interview_position)
    limits, is_counted = context.services.limits, False
    speech = context.services.speech
    if ledger is not None and speech is None:
        await note_use(ledger, interview.id, recording, limits)
    elif ledger is not None:
        is_counted = await leave_to_transcribe(
            storage, ledger, interview.id, folder, recording, hints, limits
        )
    if speech is not None:
        speech = CountedSpeech(
            speech, ledger, interview.id, recording.sha256, limits, is_counted=is_counted
        )
    return await context.run(TRANSCRIBE, storage, speech, folder, path, recording, hints)


def _in_language(transcript: Transcript, interview: Interview) -> Transcript:
    language = transcript.language or interview.interview_language_given
    return transcript.model_copy(update={"language": language})


async def _roles(context: Context[Services], transcript: Transcript, guess: Roles) -> Roles:
    """Return the guess. A model decides between speakers if all signs fit several of them."""
    model = context.services.language_model
    if not guess.rivals or model is None:
        return guess
    answer = await context.run(ASK_ROLES, model, roles_prompt(transcript))
    roles = await run_in_child(weigh_roles, answer, transcript, guess)
    await context.publish(**await run_in_child(shown_early, transcript, roles))
    return roles


async def _questions(
    context: Context[Services], transcript: Transcript, roles: Roles
) -> list[Span]:
    """Return the questions that the patterns found, corrected by a model if possible."""
    cut, model = (
        await context.run(FIND_QUESTIONS, transcript, roles),
        context.services.language_model,
    )
    if model is None:
        context.warn(NOT_CONFIGURED)
    if model is None or roles.candidate is None:
        return cut
    shown = questions_prompt(transcript, roles.roles, cut)
    if len(shown) > MAX_TRANSCRIPT_CHARACTERS:
        context.warn(TOO_LONG)
        return cut
    answer = await context.run(ASK_QUESTIONS, model, shown)
    spans, is_models = await run_in_child(weigh_questions, answer, transcript, roles.roles, cut)
    if answer.questions is not None and not is_models:
        context.warn(REJECTED)
    return spans


async def _scored(
    context: Context[Services],
    interview: Interview,
    transcript: Transcript,
    roles: Roles,
    spans: Sequence[Span],
) -> list[QuestionRow]:
    """Return one row per question, scored if there is a model. Previews are published meanwhile."""
    model = context.services.language_model
    most = context.services.limits.interview_max_questions
    rows = await run_in_child(
        _question_rows, spans, transcript, roles, model is not None, most, seconds=FINISH_SECONDS
    )
    if any(row.scoring_reason == OVER_LIMIT for row in rows):
        context.warn(QUESTIONS_OVER_LIMIT)
        # The user should know early that some answers are left out.
        await context.publish(warnings=list(context.warnings))
    preview = Preview(partial(_publish_preview, context), context.clock.monotonic)
    await preview.show(rows)
    if model is None:
        return rows
    calls = Semaphore(CALLS_AT_ONCE)

    async def score(place: int, span: Span) -> None:
        shown = question_prompt(span, transcript, roles.roles, interview.interview_position)
        async with calls:
            judged = await context.run(SCORE_ANSWER, model, shown)
        position = interview.interview_position
        weighed = await run_in_child(weigh_score, judged, span, transcript, roles.roles, position)
        rows[place] = with_score(rows[place], weighed)
        await preview.show(rows)

    async with TaskGroup() as parallel:
        for place, span in enumerate(spans):
            if rows[place].scoring_status == "pending":
                parallel.create_task(score(place, span))
    return rows


async def _publish_preview(context: Context[Services], rows: Sequence[QuestionRow]) -> None:
    await context.publish(interview_questions_preview=rows)


def _question_rows(
    spans: Sequence[Span], transcript: Transcript, roles: Roles, can_score: bool, most: int
) -> list[QuestionRow]:
    """The rows of the questions. At most `most` of them are pending."""
    rows = [
        question_row(number, span, transcript, roles.roles, can_score=can_score)
        for number, span in enumerate(spans, 1)
    ]
    pending = [place for place, row in enumerate(rows) if row.scoring_status == "pending"]
    for place in pending[most:]:
        rows[place] = rows[place].model_copy(
            update={"scoring_status": "skipped", "scoring_reason": OVER_LIMIT}
        )
    return rows


async def _summary(context: Context[Services], rows: Sequence[QuestionRow]) -> ModelSummary:
    model = context.services.language_model
    if model is None or not any(row.scoring_status == "scored" for row in rows):
        return ModelSummary()
    return await context.run(SUMMARISE, model, summary_prompt(rows))
