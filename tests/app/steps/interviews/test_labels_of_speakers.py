"""The names of speakers in a given transcript tell roles. They may hold times and numbers."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from worker.interviews.given import read_given
from worker.interviews.labels import plain_names, role_of
from worker.interviews.roles import find_roles

SAID = [
    "Talk about the first thing you sold.",
    "It was a kite that I had sewn myself.",
    "What did you learn from that sale?",
    "That wind is part of the price.",
]


async def roles(*names: str) -> tuple[str | None, str]:
    """The name of the candidate and the method by which it was found."""
    given: list[JsonValue] = [
        {"speaker": who, "sentence": said} for who, said in zip(names, SAID, strict=True)
    ]
    transcript = await read_given(given)
    found = await find_roles(transcript, None)
    assert found.candidate is not None
    return transcript.labels[found.candidate], found.method


@pytest.mark.parametrize(
    ("asks", "answers"),
    [
        ("Interviewer (Anna)", "Candidate (Jonas)"),
        ("HM - Petra", "Cand."),
        ("Personalerin", "Bewerber"),
        ("Recruteur", "Candidate"),
        ("Entrevistadora", "Postulante"),
        ("المحاور", "المرشح"),
        ("面试官", "候选人"),
        ("Интервьюер", "Ольга"),
        ("Anna", "Interviewee 1"),
        ("Q", "A"),
        ("Q", "R"),
        ("Pregunta", "Respuesta"),
        ("Fråga:", "Svar:"),
        ("Вопрос", "Ответ"),
        ("问", "答"),
    ],
)
async def test_names_that_say_a_role_decide(asks: str, answers: str) -> None:
    assert await roles(asks, answers, asks, answers) == (answers, "labels")


async def test_running_numbers_and_times_make_no_speakers() -> None:
    assert await roles("Q1", "A1", "Q2", "A2") == ("A", "labels")
    name, _ = await roles(*(f"[00:00:{n}2] Speaker {who}" for n, who in enumerate("BABA")))
    assert name == "Speaker A"


@pytest.mark.parametrize(
    "names",
    [
        ["Speaker 1", "Speaker 2", "Speaker 1", "Speaker 2"],
        ["Interviewer 1", "Interviewer 2", "Candidate 1"],
        ["Q1", "A1", "Q3", "A2"],
        [0, 1, 0],
    ],
)
def test_numbers_that_tell_speakers_apart_stay(names: list[int | str]) -> None:
    assert plain_names(names) == names


@pytest.mark.parametrize("name", ["Hr. Larsen", "Agent Smith", "Anna", "Candidate and interviewer"])
def test_other_names_say_no_role(name: str) -> None:
    assert role_of(name) is None
