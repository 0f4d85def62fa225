"""How much one row may ask for, whoever asks: each limit bounds what the operator pays."""

from __future__ import annotations

from dataclasses import dataclass

from liverows import Resource


@dataclass(frozen=True)
class ContentLimits(Resource):
    """One field per setting of the same name (see `.env.template`).

    Not part of what a step is asked for: a new limit makes no checkpoint worthless. The
    defaults let an interview of two hours through whole.
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
