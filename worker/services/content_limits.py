"""How much one row may use; each limit bounds what the operator pays for it."""

from __future__ import annotations

from dataclasses import dataclass

from liverows import Resource


@dataclass(frozen=True)
class ContentLimits(Resource):
    """Limits, each with a setting of the same name (see `.env.template`).

    They are a `Resource`, so a new limit does not make checkpoints unusable. With the defaults an
    interview of two hours is processed completely.
    """

    interview_max_audio_seconds: float = 3 * 3600
    interview_max_audio_bytes: int = 50 * 2**20
    interview_max_transcript_characters: int = 300_000
    interview_max_questions: int = 80
    interview_max_transcriptions: int = 3
    research_max_pages: int = 8
    research_max_deep_pages: int = 20
    row_max_model_calls: int = 120


DEFAULT_LIMITS = ContentLimits()
