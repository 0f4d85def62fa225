"""Rows that nobody disturbs: they complete, show how far they are, and can be run again."""

from __future__ import annotations

from liverows.testing.one_worker import OneWorker
from liverows.testing.project import InsertedRow
from liverows.testing.suite.given import Given
from liverows.testing.suite.trial import Trial, told
from liverows.testing.suite.unkept import DoesNotApply, promising, require, shown

_LONGEST_MESSAGE = 300
_OF_CODE = ("Traceback", "Error(", "Exception", ".py", "\n")

_SHOWN = """
create schema if not exists test;
create table test.shown (n bigint generated always as identity, percent integer);
create function test.note_shown() returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into test.shown (percent) values (new.processing_progress);
    return null;
end
$$;
create trigger liverows_note_shown after update on {table}
for each row execute function test.note_shown();
"""


async def completed(given: Given, _step: str) -> None:
    """A row completes with its outputs."""
    promised = "a row completes with its outputs"
    ended = given.calm.ended
    require(ended.status == "completed", promised, f"the row is {told(ended)}")
    with promising(promised):
        given.subject.check(ended)


async def bad_input(given: Given, _step: str) -> None:
    """A row that asks for something impossible fails at once and says why."""
    promised = "a row with bad input fails at once, is not tried again, and says what is wrong"
    if given.subject.bad_row is None:
        raise DoesNotApply("no bad_row is given")
    async with given.trial() as trial:
        row = trial.insert(given.subject.bad_row)
        before = trial.outputs(row.found())
        async with trial.worker() as worker:
            ended = await trial.end_of(row, worker, promised)
        hint = "raise InvalidInput, or declare in the input model what the columns accept"
        attempts = ended.row["processing_attempts"]
        error = ended.error or {"retryable": True}
        kept = ended.status == "failed" and attempts == 1 and not error["retryable"]
        kept = kept and error["code"] != "internal"
        require(kept, promised, f"{told(ended)}, after {attempts} attempts", hint)
        _require_sentence(error["message"])
        paid = sorted(step.name for step in given.subject.pipeline.steps if step.paid)
        called = [name for name in paid if trial.steps.count("began")[name]]
        require(not called, "bad input costs nothing", f"paid steps ran: {', '.join(called)}")
        after = trial.outputs(ended.row)
        written = sorted(name for name in after if after[name] != before[name])
        require(not written, "a row that fails gets no outputs", f"it got {', '.join(written)}")


def _require_sentence(message: str) -> None:
    promised = "the row's owner reads a sentence, without words of the code"
    fits = 0 < len(message) <= _LONGEST_MESSAGE
    fits = fits and not any(word in message for word in _OF_CODE)
    require(fits, promised, shown(message))


async def second_round(given: Given, _step: str) -> None:
    """A completed row that is queued again completes again."""
    promised = "a completed row that is queued again completes with its outputs"
    async with given.trial() as trial:
        row = trial.insert()
        async with trial.worker() as worker:
            await trial.end_of(row, worker, promised)
            trial.project.execute("select processing.retry(%s, %s)", [row.table, row.row_id])
            ended = await trial.end_of(row, worker, promised)
        trial.require_completed(ended, promised)


async def progress(given: Given, _step: str) -> None:
    """The row shows the stage of the step that runs, and a percentage that only grows."""
    promised = "while a step runs, the row shows its stage"
    async with given.trial() as trial:
        row = trial.insert()
        trial.project.execute(_SHOWN.format(table=row.table))
        steps = [step.name for step in given.subject.pipeline.steps]
        trial.steps.hold(*steps)
        async with trial.worker() as worker:
            worker.look()
            while await _next_held(trial, row, worker, promised):
                await _shows_stage(trial, row, trial.steps.held[0], promised)
            ended = await trial.end_of(row, worker, promised)
        trial.require_completed(ended, promised)
        _require_growing(trial)


async def _next_held(trial: Trial, row: InsertedRow, worker: OneWorker, promised: str) -> bool:
    def is_held_or_over() -> bool:
        worker.check()
        return bool(trial.steps.held) or not row.is_open()

    await trial.until(is_held_or_over, promised, lambda: "no step begins, and the row does not end")
    return bool(trial.steps.held)


async def _shows_stage(trial: Trial, row: InsertedRow, step: str, promised: str) -> None:
    stage = trial.subject.step(step).stage

    def shown_now() -> str:
        return str(row.found()["processing_stage"])

    await trial.until(
        lambda: stage in shown_now(),
        promised,
        lambda: f"the stage {shown_now()!r} while {step} runs, in place of {stage!r}",
    )
    trial.steps.release(step)
    await trial.until(
        lambda: step not in trial.steps.held, promised, lambda: f"{step} does not go on"
    )


def _require_growing(trial: Trial) -> None:
    found = trial.project.execute("select percent from test.shown order by n")
    percents = [one["percent"] for one in found]
    grows = percents == sorted(percents) and percents[-1] == 100
    require(grows, "the percentage only grows, and ends at 100", shown(percents))
