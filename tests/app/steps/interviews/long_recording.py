"""A program that transcribes an hour of interview like the pipeline, and prints its peak memory.

python -m tests.app.steps.interviews.long_recording STORAGE_URL DEEPGRAM_URL PATH
"""

from __future__ import annotations

import asyncio
import resource
import sys
from pathlib import Path

from pydantic import SecretStr

from tests.support.fake_storage import KEY
from worker.interviews.metrics import measure
from worker.interviews.recording import fetch_audio, read_speech, transcribe
from worker.interviews.result import shown_early
from worker.interviews.roles import find_roles
from worker.interviews.segment import find_questions
from worker.services.speech.deepgram import DeepgramSpeech
from worker.services.speech.speech_to_text import SpeechHints
from worker.services.storage import SupabaseStorage


async def hear(storage_url: str, deepgram_url: str, path: str) -> None:
    """Run everything before the questions, because models are asked only from there on."""
    storage = SupabaseStorage(storage_url, SecretStr(KEY))
    speech = DeepgramSpeech(api_key=SecretStr("k"), base_url=deepgram_url)
    account = path.partition("/")[0]
    recording = await fetch_audio(storage, account, path)
    stored = await transcribe(storage, speech, f"{account}/item", path, recording, SpeechHints())
    transcript = await read_speech(storage, stored.path)
    roles = await find_roles(transcript, None)
    spans = await find_questions(transcript, roles)
    measure(transcript, roles.roles, spans)
    shown_early(transcript, roles)
    words = sum(said.word_count for said in transcript.utterances)
    sys.stdout.write(
        f"{_peak()} MB, {recording.size} bytes, {words} words, {len(spans)} questions\n"
    )
    await storage.aclose()
    await speech.aclose()


def _peak() -> int:
    """The peak memory of this program alone in MB. `getrusage` would include the memory that the
    parent had at the fork."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text(encoding="ascii").partition("VmHWM:")[2].split()[0]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    asyncio.run(hear(*sys.argv[1:4]))
