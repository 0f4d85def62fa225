"""Computes in dollars what the operator would pay for the calls of the fake services."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from genai_prices import Usage, calc_price

from tests.support.fake_deepgram import FakeDeepgram
from tests.support.fake_openai import FakeOpenAI, Request

MODEL = "gpt-5-mini"
OUTPUT_TOKENS = 600
CHARACTERS_PER_TOKEN = 4
# Deepgram's price of nova-3 for recordings, per minute, without a contract.
SPEECH_MINUTE = Decimal("0.0043")
RECORDING_MINUTES = 30
"""A recording of the suite lasts a second, but counts as one of half an hour."""
TRANSCRIPTION = float(SPEECH_MINUTE * RECORDING_MINUTES)


@dataclass(frozen=True, slots=True)
class Bill:
    """Calls that were answered or only begun, because services charge for both."""

    transcriptions: int
    model_calls: int
    usd: float


class Till:
    """Counts the calls since it was last cleared."""

    def __init__(self, deepgram: FakeDeepgram, openai: FakeOpenAI) -> None:
        self._deepgram, self._openai = deepgram, openai
        self.clear()

    def clear(self) -> None:
        """Begin a new bill."""
        self._heard, self._asked = len(self._deepgram.requests), len(self._openai.requests)

    @property
    def transcriptions(self) -> int:
        """How many recordings were sent since the bill began."""
        return len(self._deepgram.requests) - self._heard

    @property
    def model_calls(self) -> int:
        """How many questions the model was asked since the bill began."""
        return len(self._openai.requests) - self._asked

    def bill(self) -> Bill:
        """The bill so far."""
        asked = self._openai.requests[self._asked :]
        usd = self.transcriptions * TRANSCRIPTION + model_usd(asked)
        return Bill(self.transcriptions, len(asked), round(usd, 4))


def model_usd(requests: Sequence[Request]) -> float:
    """The price of these calls, by pydantic's price list genai-prices."""
    tokens = sum(len(str(request.body)) // CHARACTERS_PER_TOKEN for request in requests)
    usage = Usage(input_tokens=tokens, output_tokens=OUTPUT_TOKENS * len(requests))
    return float(calc_price(usage, model_ref=MODEL, provider_id="openai").total_price)
