"""Reads a transcript that was given with the row, as for a mock interview."""

from __future__ import annotations

from collections.abc import Sized

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError

from liverows import InvalidInput, run_in_child
from worker.interviews.labels import plain_names, roles_of_names
from worker.interviews.metric_words import HESITATIONS
from worker.interviews.slips import mended
from worker.interviews.transcript import Role, Transcript, Utterance, tokens, within_bounds
from worker.services.content_limits import DEFAULT_LIMITS, ContentLimits

MAX_PARAGRAPHS = 5_000
MAX_SPEAKERS = 20


class GivenParagraph(BaseModel):
    """One element of the column `interview_transcript_given`; times are in seconds."""

    model_config = ConfigDict(extra="ignore")

    id: int | None = None
    speaker: int | str = Field(union_mode="left_to_right")
    sentence: str
    start: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    end: float | None = Field(default=None, ge=0, allow_inf_nan=False)


_PARAGRAPHS = TypeAdapter(list[GivenParagraph])


async def read_given(given: JsonValue, limits: ContentLimits = DEFAULT_LIMITS) -> Transcript:
    """Return the given paragraphs as a transcript. Text beyond the limit is left out, with a
    warning.

    Raises `InvalidInput` if the transcript has a wrong form, no words, or too many paragraphs or
    speakers.
    """
    return await run_in_child(_read_given, given, limits.interview_max_transcript_characters)


def _read_given(given: JsonValue, most: int) -> Transcript:
    spoken = [each for each in _paragraphs(given) if tokens(each.sentence)]
    if not spoken:
        raise InvalidInput(
            "Nobody says a word in the transcript.", params={"kind": "transcript_empty"}
        )
    speakers = plain_names([each.speaker for each in spoken])
    numbers = _numbers(speakers)
    _check_size(spoken, numbers)
    utterances, warnings = within_bounds(
        [
            Utterance(
                index=index,
                speaker=numbers[speaker],
                text=each.sentence.strip(),
                start=each.start,
                end=_end(each),
            )
            for index, (speaker, each) in enumerate(zip(speakers, spoken, strict=True))
        ],
        most,
    )
    ends = [said.end for said in utterances if said.end is not None]
    has_hesitations = any(HESITATIONS.search(said.text) for said in utterances)
    transcript = Transcript(
        utterances=utterances,
        seconds=max(ends) if len(ends) == len(utterances) else None,
        # Without any "um", it is unknown whether the writer left hesitations out.
        has_fillers=True if has_hesitations else None,
        labels={number: name for name, number in numbers.items() if isinstance(name, str)},
        warnings=warnings,
    )
    return mended(transcript, changes_speakers=True)


def _paragraphs(given: JsonValue) -> list[GivenParagraph]:
    try:
        return _PARAGRAPHS.validate_python(given)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "it"
        raise InvalidInput(
            f"The transcript cannot be read: {place}: {first['msg']}.",
            params={"kind": "transcript_unreadable"},
        ) from None


def _check_size(spoken: Sized, speakers: Sized) -> None:
    if len(spoken) > MAX_PARAGRAPHS or len(speakers) > MAX_SPEAKERS:
        raise InvalidInput(
            f"The transcript has more than {MAX_PARAGRAPHS} paragraphs or {MAX_SPEAKERS} speakers.",
            params={
                "kind": "transcript_too_long",
                "paragraphs": MAX_PARAGRAPHS,
                "speakers": MAX_SPEAKERS,
            },
        )


def labelled_roles(transcript: Transcript) -> dict[int, Role]:
    """The roles of those speakers whose names state a role, such as `candidate`."""
    return roles_of_names(transcript.labels)


def _numbers(speakers: list[int | str]) -> dict[int | str, int]:
    """Numbers stay if all speakers have one and none is negative; else speakers are numbered."""
    distinct = dict.fromkeys(speakers)
    if all(isinstance(speaker, int) and speaker >= 0 for speaker in distinct):
        return {speaker: speaker for speaker in distinct if isinstance(speaker, int)}
    return {speaker: number for number, speaker in enumerate(distinct)}


def _end(paragraph: GivenParagraph) -> float | None:
    if paragraph.start is None or paragraph.end is None or paragraph.end < paragraph.start:
        return None
    return paragraph.end
