"""The tricks with which an ordinary user may try to make the operator pay."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.app.abuse.bill import TRANSCRIPTION
from tests.app.abuse.venue import Venue
from tests.support.doorbells import until

ITEMS, POSITIONS, RESEARCH = "timeline_items", "job_positions", "company_research"
ROUNDS = 6
POSTING = "Tester at Acme. We build pumps in Leeds." * 9
CALL = 0.002
"""In dollars; more than any single call of the model costs in these tests."""

Play: TypeAlias = Callable[[Venue], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Trick:
    """A trick. `most` is the highest allowed cost in dollars; `before` is what it cost before there
    were limits."""

    name: str
    play: Play
    most: float
    before: float


async def _add(place: Venue, table: str, *rows: dict[str, Any]) -> list[str]:
    row_ids = await place.user.insert(table, *rows)
    await place.ended(table, *row_ids)
    return row_ids


async def delete_and_add_the_same_recording(place: Venue) -> None:
    for _ in range(ROUNDS):
        for row_id in await _add(place, ITEMS, place.upload("take")):
            await place.user.delete(ITEMS, row_id)


async def the_same_recording_under_new_names(place: Venue) -> None:
    rows = [place.upload(f"take-{number}") for number in range(ROUNDS)]
    row_ids = [row_id for row in rows for row_id in await place.user.insert(ITEMS, row)]
    await place.ended(ITEMS, *row_ids)


async def delete_while_it_is_transcribed(place: Venue) -> None:
    place.hold_speech()
    for _ in range(ROUNDS):
        sent = place.till.transcriptions
        (row_id,) = await place.user.insert(ITEMS, place.upload("take"))
        place.look()
        await until(
            lambda sent=sent, row_id=row_id: (  # type: ignore[misc] # bound for this round
                place.till.transcriptions > sent or place.status(ITEMS, row_id) == "failed"
            ),
            deadline=60,
        )
        await place.user.delete(ITEMS, row_id)


async def name_another_language_each_time(place: Venue) -> None:
    for language in ("en", "de", "fr", "it", "es", "pl"):
        await _add(place, ITEMS, {**place.upload("take"), "interview_language_given": language})


async def a_recording_that_the_service_answers_with_nothing(place: Venue) -> None:
    place.is_deaf = True
    for _ in range(3):
        await _add(place, ITEMS, place.upload("take"))


async def name_the_candidate_again_and_again(place: Venue) -> None:
    (row_id,) = await _add(place, ITEMS, place.upload("take"))
    for number in range(ROUNDS):
        await place.user.update(ITEMS, row_id, interview_candidate_speaker=number % 2)
        await place.ended(ITEMS, row_id)


async def set_the_status_back(place: Venue) -> None:
    (row_id,) = await _add(place, ITEMS, place.upload("take"))
    for status in ("pending", "processing", "cancelled"):
        await place.user.update(ITEMS, row_id, processing_status=status)
    await place.ended(ITEMS, row_id)


async def the_folder_in_capitals(place: Venue) -> None:
    for owner in (place.user.id.upper(), "0" * 8 + place.user.id[8:]):
        await _add(place, ITEMS, place.upload("take", owner))


def _interview(questions: int) -> dict[str, Any]:
    given = [
        {"id": 2 * n + who, "speaker": who, "sentence": text}
        for n in range(questions)
        for who, text in enumerate(
            (f"Tell me about a time you repaired pump {n}.", f"I took pump {n} apart in an hour.")
        )
    ]
    return {"type": "MOCK_ANALYSE", "interview_transcript_given": given}


async def a_transcript_of_nothing_but_questions(place: Venue) -> None:
    await _add(place, ITEMS, _interview(120))


async def a_model_that_answers_nonsense(place: Venue) -> None:
    place.is_babbling = True
    await _add(place, ITEMS, _interview(10))


async def delete_and_add_the_same_posting(place: Venue) -> None:
    for _ in range(ROUNDS):
        for row_id in await _add(place, POSITIONS, {"raw_job_description": POSTING}):
            await place.user.delete(POSITIONS, row_id)


async def delete_postings_while_the_model_works(place: Venue) -> None:
    place.hold_model()
    for round_ in range(3):
        asked = place.till.model_calls
        rows = [{"raw_job_description": f"{POSTING} {round_} {number}"} for number in range(8)]
        row_ids = await place.user.insert(POSITIONS, *rows)
        place.look()
        await until(lambda asked=asked: place.till.model_calls > asked, deadline=60)  # type: ignore[misc] # bound for this round
        for row_id in row_ids:
            await place.user.delete(POSITIONS, row_id)


async def more_rows_at_once_than_one_may_have(place: Venue) -> None:
    rows = [{"raw_job_description": f"Tester number {number}."} for number in range(101)]
    await _add(place, POSITIONS, *rows)


async def name_the_outputs_of_a_new_row(place: Venue) -> None:
    forged = {"processing_attempts": -9, "processing_run": 0, "processing_priority": 9}
    for name, value in forged.items():
        await _add(place, POSITIONS, {"raw_job_description": "Tester", name: value})


async def delete_and_add_the_same_company(place: Venue) -> None:
    row = place.site("same-company.com")
    for _ in range(ROUNDS):
        for row_id in await _add(place, RESEARCH, row):
            await place.user.delete(RESEARCH, row_id)


async def a_batch_of_spellings_of_one_company(place: Venue) -> None:
    place.site("spelled-company.com")
    fronts = (
        "https://spelled-company.com",
        "https://SPELLED-company.com.",
        "HTTPS://spelled-company.com:443",
    )
    companies = [
        {"companyName": f"Spelled {n}", "companyUrl": f"{fronts[n % 3]}/{n}"} for n in range(12)
    ]
    await place.user.insert("batch_jobs", {"companies": companies})
    await _all_research(place)


async def customers_pages_of_one_service(place: Venue) -> None:
    """Before the limits one cheap crawl decided what all users then read about the service."""
    place.site("zendesk.com")
    rows = [place.site(f"customer-{number}.zendesk.com") for number in range(ROUNDS)]
    await _add(place, RESEARCH, *rows)


async def another_role_for_the_same_company(place: Venue) -> None:
    row = place.site("role-company.com")
    for number in range(ROUNDS):
        await _add(place, RESEARCH, {**row, "role": f"Tester of kind {number}"})


async def _all_research(place: Venue) -> None:
    found = place.owner.execute(
        "select id::text from public.company_research where account_id = %s", [place.user.id]
    ).fetchall()
    await place.ended(RESEARCH, *(row_id for (row_id,) in found))


# An analysis in which one question is scored takes three calls of the model.
ANALYSIS = 3 * CALL
TRICKS = (
    Trick("delete and add the same recording", delete_and_add_the_same_recording,
          TRANSCRIPTION + ROUNDS * ANALYSIS, 0.8002),
    Trick("the same recording under new names", the_same_recording_under_new_names,
          TRANSCRIPTION + ROUNDS * ANALYSIS, 0.8002),
    Trick("delete while it is transcribed", delete_while_it_is_transcribed,
          3 * TRANSCRIPTION + ANALYSIS, 0.7740),
    Trick("name another language each time", name_another_language_each_time,
          3 * TRANSCRIPTION + ROUNDS * ANALYSIS, 0.8002),
    Trick("a recording answered with nothing", a_recording_that_the_service_answers_with_nothing,
          3 * TRANSCRIPTION, 3.4830),
    Trick("name the candidate again and again", name_the_candidate_again_and_again,
          TRANSCRIPTION + (ROUNDS + 1) * ANALYSIS, 0.1364),
    Trick("set the status back", set_the_status_back, TRANSCRIPTION + ANALYSIS, 0.1334),
    Trick("the folder in capitals, or another's", the_folder_in_capitals, 0.0, 0.0000),
    Trick("a transcript of nothing but questions", a_transcript_of_nothing_but_questions,
          83 * CALL, 0.1992),
    Trick("a model that answers nonsense", a_model_that_answers_nonsense, 24 * CALL, 0.0396),
    Trick("delete and add the same posting", delete_and_add_the_same_posting,
          ROUNDS * CALL, 0.0088),
    Trick("delete postings while the model works", delete_postings_while_the_model_works,
          24 * CALL, 0.0225),
    Trick("101 rows at once", more_rows_at_once_than_one_may_have, 0.0, 0.0000),
    Trick("name the worker's columns", name_the_outputs_of_a_new_row, 0.0, 0.0000),
    Trick("delete and add the same company", delete_and_add_the_same_company, CALL, 0.0017),
    Trick("a batch of spellings of one company", a_batch_of_spellings_of_one_company, CALL, 0.0017),
    Trick("customers' pages of one service", customers_pages_of_one_service, ROUNDS * CALL, 0.0017),
    Trick("another role for the same company", another_role_for_the_same_company,
          (ROUNDS + 1) * CALL, 0.0103),
)  # fmt: skip
