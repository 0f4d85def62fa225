"""Limits on pages, recordings and model calls, which also limit the operator's costs."""

from __future__ import annotations

from dataclasses import dataclass

from liverows import Resource


@dataclass(frozen=True)
class ContentLimits(Resource):
    """Limits, each from the setting with the same name.

    The class is a `Resource`, so that checkpoints stay usable after a limit is changed.
    """

    interview_max_audio_seconds: float = 3 * 3600
    interview_max_audio_bytes: int = 50 * 2**20
    interview_max_transcript_characters: int = 300_000
    interview_max_questions: int = 80
    interview_max_transcriptions: int = 3
    research_max_pages: int = 8
    research_max_deep_pages: int = 20
    research_max_second_opinions: int = 0
    row_max_model_calls: int = 100


DEFAULT_LIMITS = ContentLimits()
