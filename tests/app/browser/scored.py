"""Finished interviews and briefs as rows, as a worker with every service would leave them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
from psycopg.types.json import Jsonb

from devstack.stack import LocalStack
from tests.support.sounds import wav

SECONDS = 24
TURNS = [
    (0, "interviewer", "Thanks for coming in. Tell me about your work so far.", 0.4, 3.6),
    (1, "candidate", "I ran a calibration laboratory for six years, two as lead.", 4.0, 9.2),
    (0, "interviewer", "Tell me about a measurement that turned out to be wrong.", 9.8, 12.9),
    (1, "candidate", "In March I recalled eleven meters and wrote the missing check.", 13.4, 19.0),
    (0, "interviewer", "Do you have questions for us?", 19.5, 21.0),
    (1, "candidate", "How many references do you keep?", 21.4, 23.6),
]  # fmt: skip
DIMENSIONS = (
    "structure", "relevance", "clarity_conciseness", "specificity_detail", "actions_contribution",
    "results_impact", "competency_demonstration",
)  # fmt: skip


def scores(*values: float | None) -> dict[str, float | None]:
    """The seven dimensions with these scores, in their order."""
    return dict(zip(DIMENSIONS, values, strict=True))


@dataclass(frozen=True)
class Rows:
    """Writes rows of one user into the stack."""

    stack: LocalStack
    email: str

    def interview(
        self,
        title: str | None,
        dimensions: Mapping[str, float | None] | None,
        *,
        kind: str = "INTERVIEW_ANALYSE",
        day: str = "2026-03-01",
        warnings: Sequence[str] = (),
        sound: bool = True,
        times: bool = True,
        rubric: str = "7",
    ) -> str:
        """Add a finished interview, and return its key. Without `sound` it has no recording."""
        owner = self._owner()
        path = f"{owner}/{day.replace('-', '')}{len(title or '')}.wav" if sound else None
        if path:
            self._store(path)
        found = [value for value in (dimensions or {}).values() if value is not None]
        columns = {
            "account_id": owner,
            "type": kind,
            "title": title,
            "interview_original_audio_path": path,
            "interview_transcript_given": None if sound else Jsonb(_given(times=times)),
            "interview_transcript": Jsonb(_turns(times=times)),
            "interview_language": "en",
            "interview_duration_seconds": SECONDS if times else None,
            "interview_score": round(sum(found) / len(found)) if found else None,
            "interview_metrics": Jsonb(
                {"talk_share": {"candidate": 0.64}, "wpm": 132.4, "median_latency_s": 0.6}
            ),
            "interview_summary": Jsonb(_summary(dimensions, rubric)),
            "warnings": Jsonb(list(warnings)),
            "created_at": f"{day}T10:00:00Z",
            "processing_status": "completed",
        }
        key = self._insert("timeline_items", columns)
        for question in _questions(dimensions, times=times):
            self._insert(
                "interview_questions", {**question, "account_id": owner, "timeline_item_id": key}
            )
        return key

    def brief(self, name: str, result: Mapping[str, Any], checklist: Sequence[str] = ()) -> str:
        """Add a finished research of a company, and return its key."""
        columns = {
            "account_id": self._owner(),
            "company_name": name,
            "company_url": "https://www.brightwater.example/",
            "result": Jsonb(dict(result)),
            "coverage": Jsonb({"website": "ok", "github": "none"}),
            "prep_checklist": Jsonb([{"item": item, "done": False} for item in checklist]),
            "warnings": Jsonb(["language_model_not_configured"]),
            "processing_status": "completed",
        }
        return self._insert("company_research", columns)

    def forget_sound(self, title: str) -> None:
        """Delete the recording of an interview from Storage."""
        with psycopg.connect(self.stack.superuser_dsn, autocommit=True) as database:
            database.execute(
                "delete from storage.objects where name in (select interview_original_audio_path "
                "from public.timeline_items where title = %s)",
                [title],
            )

    def _owner(self) -> str:
        with psycopg.connect(self.stack.superuser_dsn, autocommit=True) as database:
            row = database.execute(
                "select id::text from auth.users where email = %s", [self.email]
            ).fetchone()
        assert row is not None
        return str(row[0])

    def _store(self, path: str) -> None:
        key = self.stack.secret_key
        answer = httpx.post(
            f"{self.stack.url}/storage/v1/object/interviews/{path}",
            content=wav(SECONDS),
            headers={"apikey": key, "authorization": f"Bearer {key}", "content-type": "audio/wav"},
            timeout=30,
        )
        answer.raise_for_status()

    def _insert(self, table: str, columns: Mapping[str, Any]) -> str:
        names = ", ".join(columns)
        places = ", ".join(["%s"] * len(columns))
        with psycopg.connect(self.stack.superuser_dsn, autocommit=True) as database:
            row = database.execute(
                f"insert into public.{table} ({names}) values ({places}) returning id::text",
                list(columns.values()),
            ).fetchone()
        assert row is not None
        return str(row[0])


def _turns(*, times: bool) -> list[dict[str, Any]]:
    return [
        {
            "index": index,
            "speaker": speaker,
            "role": role,
            "text": text,
            "start": start if times else None,
            "end": end if times else None,
            "confidence": 0.97,
        }
        for index, (speaker, role, text, start, end) in enumerate(TURNS)
    ]


def _given(*, times: bool) -> list[dict[str, Any]]:
    return [
        {"id": turn["index"], "speaker": turn["speaker"], "sentence": turn["text"]}
        | ({"start": turn["start"], "end": turn["end"]} if times else {})
        for turn in _turns(times=times)
    ]


def _summary(dimensions: Mapping[str, float | None] | None, rubric: str) -> dict[str, Any]:
    return {
        "dimensions": dict(dimensions) if dimensions else scores(*[None] * 7),
        "by_type": {},
        "strengths": [{"text": "You name what you did yourself.", "question_numbers": [2]}],
        "priorities": [{"text": "Say what came of it.", "question_numbers": [1]}],
        "overall": "Concrete answers; the results could be clearer." if dimensions else None,
        "rubric_version": rubric,
    }


def _questions(
    dimensions: Mapping[str, float | None] | None, *, times: bool
) -> list[dict[str, Any]]:
    turns = _turns(times=times)
    asked = [("BACKGROUND_EXPERIENCE", 0), ("BEHAVIORAL", 2)]
    return [
        {
            "question_number": number,
            "question_type": kind,
            "question_title": turns[first]["text"],
            "question_text": turns[first]["text"],
            "answer_text": turns[first + 1]["text"],
            "question_json": Jsonb(turns[first : first + 2]),
            "asked_by": 0,
            "asked_by_role": "interviewer",
            "first_utterance": first,
            "last_utterance": first + 1,
            "question_start_second": turns[first]["start"],
            "answer_start_second": turns[first + 1]["start"],
            **_scored(dimensions, turns[first + 1]),
        }
        for number, (kind, first) in enumerate(asked, 1)
    ]


def _scored(
    dimensions: Mapping[str, float | None] | None, answer: Mapping[str, Any]
) -> dict[str, Any]:
    if dimensions is None:
        return {"scoring_status": "skipped", "scoring_reason": "language_model_not_configured"}
    whole = {name: None if value is None else round(value) for name, value in dimensions.items()}
    known = [value for value in whole.values() if value is not None]
    quote = {"quote": answer["text"], "start": answer["start"], "end": answer["end"]}
    return {
        **whole,
        "score": round(sum(known) / len(known), 1),
        "scoring_status": "scored",
        "feedback": "You say what you did, and when.",
        "evidence": Jsonb({"structure": [{**quote, "supports": "strength"}]}),
        "improvements": Jsonb([{"text": "End with the result.", "dimension": "results_impact"}]),
    }
