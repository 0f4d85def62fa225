"""Short transcripts for tests."""

from __future__ import annotations

from worker.interviews.roles import Roles, assign
from worker.interviews.transcript import Transcript, Utterance

INTERVIEWER, CANDIDATE = 0, 1


def talk(*said: tuple[int, str]) -> Transcript:
    """Utterances one after another: a second for each word, and half a second in between."""
    utterances, clock = [], 0.0
    for index, (speaker, text) in enumerate(said):
        seconds = float(len(text.split()))
        utterances.append(
            Utterance(index=index, speaker=speaker, text=text, start=clock, end=clock + seconds)
        )
        clock += seconds + 0.5
    return Transcript(utterances=tuple(utterances), seconds=clock)


def roles_of(transcript: Transcript) -> Roles:
    return assign(transcript, CANDIDATE, "user")


INTERVIEW = talk(
    (INTERVIEWER, "Hello, can you hear me well?"),
    (CANDIDATE, "Yes, very well."),
    (INTERVIEWER, "Tell me about a project that went wrong."),
    (CANDIDATE, "Our pump failed and I replaced the seal in 40 minutes."),
    (INTERVIEWER, "And what was the result?"),
    (CANDIDATE, "It has run without a leak since then."),
    (INTERVIEWER, "Why do you want to leave your job?"),
    (CANDIDATE, "I would like to lead a shift of my own."),
    (INTERVIEWER, "Do you have any questions for us?"),
    (CANDIDATE, "Yes. How large is the team?"),
    (INTERVIEWER, "We are six people in two shifts."),
    (INTERVIEWER, "Thank you for your time today."),
)
