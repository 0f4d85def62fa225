"""`analyse-interview` on a short invented interview, with an invented model."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from pydantic import SecretStr

from tests.app.pipelines.attached_table import ALICE
from tests.app.pipelines.cases import Calls, Case, Example, Row, Trouble
from tests.support.fake_deepgram import (
    FakeDeepgram,
    Line,
    SpeechReply,
    SpeechRequest,
    fake_deepgram,
)
from tests.support.fake_openai import Answer, FakeOpenAI, Request, fake_openai
from tests.support.fake_storage import KEY, FakeStorage, fake_storage
from tests.support.local_web import local_web
from tests.support.sounds import wav
from worker.interviews.rubric import DIMENSIONS
from worker.services import Services
from worker.services.models.openai_model import OpenAILanguageModel
from worker.services.speech.deepgram import DeepgramSpeech
from worker.services.storage import SupabaseStorage
from worker.services.web.client import WebClient

PATH = f"{ALICE}/1763.wav"

LINES = [
    Line(0, "Hello, can you hear me well?", 0.5, 2.5),
    Line(1, "Yes, very well.", 3.0, 4.0),
    Line(0, "Great. Tell me about a time you fixed something under pressure.", 4.5, 8.0),
    Line(1, "Um, our pump failed at night. I replaced the seal within 40 minutes.", 8.6, 14.0),
    Line(0, "Do you have any questions for me?", 14.5, 16.5),
    Line(1, "Yes. How large is your team?", 17.0, 19.0),
    Line(0, "We are six people in two shifts.", 19.4, 22.0),
]
GIVEN = [
    {"id": n, "speaker": line.speaker, "sentence": line.text, "start": line.start, "end": line.end}
    for n, line in enumerate(LINES)
]
# Two people who ask nothing and say about as much, so that a model is asked for their roles.
UNCLEAR = [
    {"id": n, "speaker": n % 2, "sentence": text}
    for n, text in enumerate(
        ("So here we are again.", "Yes, here we are.", "It rained all day.", "It did, all day.")
    )
]

CUT = {
    "questions": [
        {"first": 0, "question_last": 0, "last": 1, "kind": "GREETING_OR_CHIT_CHAT", "title": "Hi"},
        {
            "first": 2,
            "question_last": 2,
            "last": 3,
            "kind": "BEHAVIORAL",
            "title": "A fix under pressure",
        },
        {"first": 5, "question_last": 5, "last": 6, "kind": "TECHNICAL", "title": "Team size"},
    ]
}
SCORES = dict.fromkeys(DIMENSIONS, 7) | {"results_impact": None}


def judgement(**changes: Any) -> dict[str, Any]:
    """A judgement whose quotes are really in the interview."""
    said = "I replaced the seal within 40 minutes."
    return {
        "evidence": [
            {"dimension": each, "quote": said, "supports": "strength"} for each in DIMENSIONS
        ],
        "answered": "yes",
        "scores": SCORES,
        "feedback": "You name the step and how long it took. You sound nervous.",
        "improvements": [{"text": "Say what the failure cost.", "dimension": "results_impact"}],
        "title": "A fix under pressure",
        "kind": "BEHAVIORAL",
    } | changes


SUMMARY = {
    "overall": "You answer with one concrete case.",
    "strengths": [{"text": "You give a number.", "question_numbers": [2]}],
    "priorities": [{"text": "Name the result.", "question_numbers": [2, 99]}],
}
INVENTED = judgement(
    evidence=[
        {"dimension": "structure", "quote": "I saved two million euros", "supports": "strength"}
    ]
)
ANSWERS = {
    "QuestionCut": ("ask-questions", CUT),
    "Judgement": ("score-answer", judgement()),
    "SummaryDraft": ("summarise", SUMMARY),
    "ModelRoles": ("", {"candidate_speaker": 1}),
}


class Studio:
    """Storage, a speech service and a model. A test may replace each answer by a list of others."""

    def __init__(
        self, client: WebClient, storage: FakeStorage, deepgram: FakeDeepgram, openai: FakeOpenAI
    ) -> None:
        self.calls = Calls("transcribe", "ask-questions", "score-answer", "summarise")
        self.storage, self.deepgram, self.openai = storage, deepgram, openai
        self.files = SupabaseStorage(storage.url, SecretStr(KEY))
        self.speech = DeepgramSpeech(api_key=SecretStr("dg"), base_url=deepgram.base_url)
        self.model = OpenAILanguageModel(
            api_key="sk-test", base_url=openai.base_url, model="m", timeout_seconds=30
        )
        self.providers = Services(
            web=client, language_model=self.model, speech=self.speech, storage=self.files
        )
        self.keyless = Services(web=client)
        self.answers = {name: [Answer.of(value)] for name, (_, value) in ANSWERS.items()}
        self.recording(wav())
        self.speech_answers(SpeechReply.of(LINES))
        openai.script(self._reply)

    def recording(self, content: bytes) -> None:
        self.storage.objects["interviews", PATH] = content

    def speech_answers(self, *replies: SpeechReply) -> None:
        def counted(reply: SpeechReply) -> Callable[[SpeechRequest], SpeechReply]:
            def answer(_request: SpeechRequest) -> SpeechReply:
                self.calls.arrive("transcribe")
                return reply

            return answer

        self.deepgram.script(*map(counted, replies))

    def model_answers(self, form: str, *answers: Answer) -> None:
        """Set the model's answers for this form. The last one is repeated."""
        self.answers[form] = list(answers)

    def storage_fails_once(self) -> None:
        left = [(503, {"error": "busy"})]
        self.storage.trouble = lambda _method, _path: left.pop() if left else None

    def _reply(self, request: Request) -> Answer:
        form = request.body["response_format"]["json_schema"]["name"]
        step, _ = ANSWERS[form]
        if step:
            self.calls.arrive(step)
        answers = self.answers[form]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    async def close(self) -> None:
        for provider in (self.files, self.speech, self.model):
            await provider.aclose()


@asynccontextmanager
async def studio() -> AsyncIterator[Studio]:
    async with (
        local_web() as web,
        web.client() as client,
        fake_storage() as storage,
        fake_deepgram(SpeechReply()) as deepgram,
        fake_openai() as openai,
    ):
        world = Studio(client, storage, deepgram, openai)
        try:
            yield world
        finally:
            world.calls.release(*world.calls.steps)
            await world.close()


def check_scored(row: Row) -> None:
    questions = row["interview_questions_preview"]
    assert [each["scoring_status"] for each in questions] == ["skipped", "scored", "skipped"]
    assert [each["scoring_reason"] for each in questions] == [
        "chit_chat",
        None,
        "asked_by_candidate",
    ]
    scored = questions[1]
    assert scored["results_impact"] is None
    assert (scored["score"], scored["structure"]) == (7.0, 7)
    assert scored["feedback"] == "You name the step and how long it took."
    assert scored["evidence"]["structure"][0]["quote"] == "I replaced the seal within 40 minutes."
    assert row["interview_summary"]["priorities"][0]["question_numbers"] == [2]
    assert [line["role"] for line in row["interview_transcript"][:2]] == [
        "interviewer",
        "candidate",
    ]


def check_model_named_candidate(row: Row) -> None:
    """The model's answer differs from what would be guessed without it."""
    assert [(line["speaker"], line["role"]) for line in row["interview_transcript"][:2]] == [
        (0, "interviewer"),
        (1, "candidate"),
    ]


def check_unscored(row: Row) -> None:
    questions = row["interview_questions_preview"]
    assert all(each["score"] is None for each in questions)
    assert row["interview_summary"]["overall"] is None


AUDIO = {"type": "INTERVIEW_ANALYSE", "interview_original_audio_path": PATH}
MOCK = {"type": "MOCK_ANALYSE", "interview_transcript_given": GIVEN}
TEXT = (
    "**Interviewer [0:00]**\nHello, can you hear me well?\n\n**You [0:03]**\nYes, very well.\n\n"
    "**Interviewer [0:04]**\nGreat. Tell me about a time you fixed something under pressure.\n\n"
    "**You [0:08]**\nUm, our pump failed at night. I replaced the seal within 40 minutes.\n\n"
    "**Interviewer [0:14]**\nDo you have any questions for me?\n\n"
    "**You [0:17]**\nYes. How large is your team?\n\n"
    "**Interviewer [0:19]**\nWe are six people in two shifts."
)
HEARD = {"text": TEXT, "interview_duration_seconds": 22.0}

CASE = Case(
    world=studio,
    examples={
        "main": Example(
            insert=AUDIO,
            expected=HEARD | {"interview_score": 7, "interview_language": "en", "warnings": []},
            check=check_scored,
        ),
        "mock interview": Example(
            insert=MOCK,
            expected=HEARD | {"interview_score": 7, "interview_speech_to_text_path": None},
            check=check_scored,
        ),
        "who is who is unclear": Example(
            insert={"type": "MOCK_ANALYSE", "interview_transcript_given": UNCLEAR},
            expected={
                "interview_score": None,
                "warnings": [
                    "roles_uncertain",
                    "questions_of_model_rejected",
                    "no_questions_found",
                ],
            },
            check=check_model_named_candidate,
        ),
    },
    troubles={
        "storage is busy once": Trouble(
            arrange=lambda world: world.storage_fails_once(), status="completed"
        ),
        "the recording is gone": Trouble(
            arrange=lambda world: world.storage.objects.clear(),
            status="failed",
            code="audio_not_found",
        ),
        "the recording is empty": Trouble(
            arrange=lambda world: world.recording(b""), status="failed", code="audio_empty"
        ),
        "the recording is silent": Trouble(
            arrange=lambda world: world.recording(wav(2, loudness=0)),
            status="failed",
            code="audio_silent",
        ),
        "the recording is damaged": Trouble(
            arrange=lambda world: world.recording(b"RIFF" + b"\x07" * 4000),
            status="failed",
            code="audio_corrupt",
        ),
        "the recording is a document": Trouble(
            arrange=lambda world: world.recording(b"%PDF-1.7\n" + b"x" * 4000),
            status="failed",
            code="audio_wrong_type",
        ),
        "the recording has 51 MiB": Trouble(
            arrange=lambda world: world.recording(bytes(51 * 2**20)),
            status="failed",
            code="audio_too_large",
        ),
        "the speech service fails once": Trouble(
            arrange=lambda world: world.speech_answers(
                SpeechReply.error(503), SpeechReply.of(LINES)
            ),
            status="completed",
        ),
        "the speech service says nothing once": Trouble(
            arrange=lambda world: world.speech_answers(SpeechReply(), SpeechReply.of(LINES)),
            status="completed",
        ),
        "the speech service asks for an hour": Trouble(
            arrange=lambda world: world.speech_answers(
                SpeechReply.error(429, retry_after="3000"), SpeechReply.of(LINES)
            ),
            status="pending",
            code="provider_rate_limited",
            attempts=1,
        ),
        "the speech service refuses the key": Trouble(
            arrange=lambda world: world.speech_answers(SpeechReply.error(401)),
            status="failed",
            code="provider_auth",
        ),
        "the speech service cannot read it": Trouble(
            arrange=lambda world: world.speech_answers(SpeechReply.error(400, "Bad Request")),
            status="failed",
            code="audio_corrupt",
        ),
        "nobody speaks": Trouble(
            arrange=lambda world: world.speech_answers(SpeechReply.of([], duration=9.0)),
            status="failed",
            code="no_speech",
        ),
        "the model fails to cut": Trouble(
            arrange=lambda world: world.model_answers("QuestionCut", Answer.error(400)),
            status="completed",
            code="ask_questions_degraded: provider_error",
        ),
        "the model fails to score": Trouble(
            arrange=lambda world: world.model_answers("Judgement", Answer.error(401)),
            status="completed",
            code="questions_unscored",
        ),
        "the model fails to sum up": Trouble(
            arrange=lambda world: world.model_answers("SummaryDraft", Answer(text="Sure!")),
            status="completed",
            code="summarise_degraded: llm_invalid_output",
        ),
    },
    invalid={
        "nobody says a word": {"type": "MOCK_ANALYSE", "interview_transcript_given": []},
        "paragraphs of another shape": {
            "type": "MOCK_ANALYSE",
            "interview_transcript_given": [{"who": "me", "what": "hello"}],
        },
    },
    edit=("text", "**You**\nWhat I really said."),
    keyless=Example(insert=MOCK, expected=HEARD | {"interview_score": None}, check=check_unscored),
    keyless_warning="language_model_not_configured",
    warnings=lambda row: list(row["warnings"]),
    hostile={
        "the model quotes what nobody said": (
            lambda world: world.model_answers("Judgement", Answer.of(INVENTED)),
            Example(
                insert=AUDIO,
                expected=HEARD | {"interview_score": None, "warnings": ["questions_unscored"]},
                check=check_unscored,
            ),
        ),
        "the model cuts where there is nothing": (
            lambda world: world.model_answers(
                "QuestionCut",
                Answer.of({"questions": [{**CUT["questions"][1], "first": 40, "last": 2}]}),
            ),
            Example(
                insert=AUDIO,
                expected=HEARD
                | {"interview_score": 7, "warnings": ["questions_of_model_rejected"]},
                check=check_scored,
            ),
        ),
    },
)
