"""Workers that die or are shut down in the middle of a row, and those that take it over."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from liverows.base.types import JsonObject
from liverows.testing.one_worker import OneWorker
from liverows.testing.project import Ended, InsertedRow
from liverows.testing.suite.given import Given
from liverows.testing.suite.trial import A_DEAD_WORKER, Trial
from liverows.testing.suite.unkept import require, shown

_NO_CHANCE = (
    "a recipe and the arguments of its steps may depend on the row and on results of steps only: "
    "not on the time, on chance, or on how often the row was tried"
)
_CANCELLED = "let CancelledError pass: `except Exception` does, `except BaseException` does not"


async def killed_after_step(given: Given, step: str) -> None:
    """A worker that takes over the row of a dead one repeats no finished step."""
    given.must_store(step)
    count = given.calm.stored[step]
    # The first, the second and the last result stand for all.
    for number in sorted({1, min(2, count), count}):
        async with given.trial() as trial:
            await _killed_after(given, trial, step, number)


async def _killed_after(given: Given, trial: Trial, step: str, number: int) -> None:
    promised = f"a worker that takes the row over after {step} repeats no finished step"
    row = trial.insert()
    async with trial.worker() as doomed:
        doomed.after_call = _Crash(doomed, step, number).after
        doomed.look()
        await _death(trial, row, doomed, promised)
    done = done_so_far(trial, row)
    ended = await _taken_over(trial, row, promised)
    require_none_repeated(trial, row, given, done, promised)
    trial.require_completed(ended, promised)


@dataclass(frozen=True, slots=True)
class Done:
    """Which results of a row are stored, and how many notes there are so far."""

    stored: set[tuple[str, str, str]]
    notes: int


def done_so_far(trial: Trial, row: InsertedRow) -> Done:
    """Return what is done of a row that no worker has in hand now."""
    return Done(trial.stored(row), len(trial.steps.notes))


def require_none_repeated(
    trial: Trial, row: InsertedRow, given: Given, done: Done, promised: str
) -> None:
    """Require that no step ran again of which a result was stored."""
    began = [note for note in trial.steps.notes[done.notes :] if note.what == "began"]
    again = Counter(note.step for note in began if note.key in done.stored)
    require(not again, promised, f"called again although the results were stored: {dict(again)}")
    calm, now = given.calm.stored, trial.stored_by_step(row)
    more = [name for name in now if now[name] > calm.get(name, 0)]
    told = "; ".join(f"{name} has {now[name]} results, not {calm.get(name, 0)}" for name in more)
    require(not more, promised, f"called again with other arguments: {told}", _NO_CHANCE)


class _Crash:
    """Kills a worker when it has stored the n-th result of a step."""

    def __init__(self, worker: OneWorker, step: str, number: int) -> None:
        self._worker = worker
        self._step = step
        self._left = number

    def after(self, function: str, arguments: JsonObject) -> None:
        if function == "checkpoint" and arguments["step"] == self._step:
            self._left -= 1
            if self._left == 0:
                self._worker.crash()


async def killed_before_result(given: Given, _step: str) -> None:
    """With the same results of its steps, the recipe gives the same answer."""
    promised = "with the same results of its steps, the recipe gives the same answer"
    async with given.trial() as trial:
        row = trial.insert()
        answers: list[Any] = []
        async with trial.worker() as doomed:

            def die(function: str, arguments: JsonObject) -> None:
                if _answers(function, arguments, answers):
                    doomed.crash()

            doomed.before_call = die
            doomed.look()
            await _death(trial, row, doomed, promised)
        ended = await _taken_over(trial, row, promised, answers)
        trial.require_completed(ended, promised)
    first, second = answers[0], answers[-1]
    told = [
        f"{name}: {shown(first.get(name))}, and then {shown(second.get(name))}"
        for name in sorted(first.keys() | second.keys())
        if first.get(name) != second.get(name)
    ]
    require(not told, promised, "; ".join(told), _NO_CHANCE)


def _answers(function: str, arguments: JsonObject, answers: list[Any]) -> bool:
    """Keep the outputs of a completed run that is about to be written; whether there is one."""
    if function not in ("finish", "finish_and_claim"):
        return False
    results: Any = arguments["results"]
    found = [one["outputs"] for one in results if one["action"] == "complete"]
    answers.extend(found)
    return bool(found)


async def stopped_in_step(given: Given, step: str) -> None:
    """A worker that is shut down gives the row back, and another one completes it."""
    given.must_run(step)
    promised = f"a worker that is shut down during {step} gives the row back, without an attempt"
    async with given.trial() as trial:
        row = trial.insert()
        trial.steps.hold(step)
        async with trial.worker() as leaving:
            await trial.held(step, row, leaving, promised)
            spent = row.found()["processing_attempts"] - 1
            leaving.stop_at_once()
            await trial.until(
                lambda: leaving.has_ended,
                promised,
                lambda: "the run does not end",
            )
        require_stopped(trial, promised)
        found = row.found()
        state = (found["processing_status"], found["processing_attempts"])
        told = f"the row is {state[0]}, attempts: {state[1]}"
        require(state == ("pending", spent), promised, told)
        async with trial.worker() as next_worker:
            ended = await trial.end_of(row, next_worker, promised)
        trial.require_completed(ended, promised)


def require_stopped(trial: Trial, promised: str) -> None:
    """Require that the held call ended when it was cancelled, and that no step began after that."""
    notes = trial.steps.notes
    number = next((n for n, note in enumerate(notes) if note.what == "cancelled"), None)
    if number is None:
        return
    cancelled = notes[number]
    for note in notes[number + 1 :]:
        if note.call == cancelled.call and note.what in ("returned", "raised"):
            how = f"raised {note.error}" if note.error else "returned a result"
            require(False, promised, f"{note.step} was cancelled, and {how}", _CANCELLED)
        began = f"{cancelled.step} was cancelled, and the recipe began {note.step} after that"
        require(note.what != "began", promised, began, _CANCELLED)


async def _death(trial: Trial, row: InsertedRow, doomed: OneWorker, promised: str) -> None:
    def is_dead() -> bool:
        if not doomed.has_ended:
            row.skip_wait(row.found(), doomed)
        return doomed.has_ended or not row.is_open()

    await trial.until(is_dead, promised, lambda: "the run does not get so far")
    require(row.is_open(), promised, f"the row ended before: {row.found()['processing_status']}")


async def _taken_over(
    trial: Trial, row: InsertedRow, promised: str, answers: list[Any] | None = None
) -> Ended:
    trial.project.advance(A_DEAD_WORKER)
    async with trial.worker() as heir:

        def note(function: str, arguments: JsonObject) -> None:
            if answers is not None:
                _answers(function, arguments, answers)

        heir.before_call = note
        return await trial.end_of(row, heir, promised)
