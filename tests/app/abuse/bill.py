"""What the operator pays for the calls that arrive at the fake services, in dollars."""

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
"""The recordings of the suite last a second; each stands for one of half an hour."""
TRANSCRIPTION = float(SPEECH_MINUTE * RECORDING_MINUTES)


@dataclass(frozen=True, slots=True)
class Bill:
    """Calls that were answered or begun: services are paid for both."""

    transcriptions: int
    model_calls: int
    usd: float


class Till:
    """Counts from where it was last cleared."""

    def __init__(self, deepgram: FakeDeepgram, openai: FakeOpenAI) -> None:
        self._deepgram, self._openai = deepgram, openai
        self.clear()

    def clear(self) -> None:
        """A new bill begins."""
        self._heard, self._asked = len(self._deepgram.requests), len(self._openai.requests)

    @property
    def transcriptions(self) -> int:
        """Recordings sent on this bill."""
        return len(self._deepgram.requests) - self._heard

    @property
    def model_calls(self) -> int:
        """Questions to the model on this bill."""
        return len(self._openai.requests) - self._asked

    def bill(self) -> Bill:
        """What it comes to."""
        asked = self._openai.requests[self._asked :]
        usd = self.transcriptions * TRANSCRIPTION + model_usd(asked)
        return Bill(self.transcriptions, len(asked), round(usd, 4))


def model_usd(requests: Sequence[Request]) -> float:
    """The price of these calls by the list of pydantic's genai-prices."""
    tokens = sum(len(str(request.body)) // CHARACTERS_PER_TOKEN for request in requests)
    usage = Usage(input_tokens=tokens, output_tokens=OUTPUT_TOKENS * len(requests))
    return float(calc_price(usage, model_ref=MODEL, provider_id="openai").total_price)
