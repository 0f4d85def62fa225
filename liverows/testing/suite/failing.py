"""Steps that fail, and a table that refuses the result."""

from __future__ import annotations

from liverows.base.errors import Permanent, Transient
from liverows.testing.project import Ended
from liverows.testing.suite.dying import done_so_far, require_none_repeated
from liverows.testing.suite.given import Given
from liverows.testing.suite.trial import Trial, told
from liverows.testing.suite.unkept import DoesNotApply, require

_CODE = "conformance"
_TOLERATED = "if the recipe handles the failure of this step, name the step in `tolerated`"

_REFUSE = """
create function test.refuse() returns trigger language plpgsql as $$
begin
    if new.processing_status = 'completed' then
        raise exception 'refused by the test';
    end if;
    return new;
end
$$;
create trigger zz_liverows_refuse before update on {table}
for each row execute function test.refuse();
"""


async def transient_error(given: Given, step: str) -> None:
    """A row completes although a step failed once."""
    given.must_run(step)
    promised = f"a row completes although {step} failed once"
    async with given.trial() as trial:
        if _has_one_try(trial, step):
            raise DoesNotApply(f"{step} is tried once, and the row has one attempt")
        trial.steps.fail(step, lambda: Transient("It is busy.", code=_CODE), times=1)
        row = trial.insert()
        async with trial.worker() as worker:
            ended = await trial.end_of(row, worker, promised)
        # Without a second try the fallback answers, or the recipe does.
        tried_again = trial.steps.count("began")[step] > given.calm.calls[step]
        survived = given.subject.survives(step) and not tried_again
        trial.require_completed(ended, promised, check=not survived)


def _has_one_try(trial: Trial, step: str) -> bool:
    if trial.subject.survives(step) or trial.subject.step(step).retry.attempts > 1:
        return False
    return bool(trial.attached("max_attempts") == 1)


async def permanent_error(given: Given, step: str) -> None:
    """A step that failed for good fails the row at once, unless the row can do without it."""
    given.must_run(step)
    async with given.trial() as trial:
        trial.steps.fail(step, lambda: Permanent("It will not work.", code=_CODE))
        row = trial.insert()
        async with trial.worker() as worker:
            ended = await trial.end_of(row, worker, f"a row ends although {step} fails for good")
        runs = ended.row["processing_run"], ended.row["processing_attempts"]
        if given.subject.survives(step):
            promised = f"a row can do without {step}: it completes at the first attempt"
            require(ended.status == "completed" and runs == (1, 1), promised, _outcome(ended))
            return
        promised = f"if {step} fails for good, the row fails at once and is not tried again"
        require(ended.status == "failed", promised, _outcome(ended), _TOLERATED)
        error = ended.error or {}
        final = runs == (1, 1) and not error["retryable"] and error["code"] != "internal"
        require(final, promised, _outcome(ended), "let errors of liverows pass, or raise your own")


def _outcome(ended: Ended) -> str:
    row = ended.row
    return f"{told(ended)}; runs: {row['processing_run']}, attempts: {row['processing_attempts']}"


async def refused_output(given: Given, _step: str) -> None:
    """A result that the table refuses fails the row; after the cure no step is called again."""
    promised = "a result that a trigger refuses fails the row, and a retry repeats no step"
    async with given.trial() as trial:
        row = trial.insert()
        trial.project.execute(_REFUSE.format(table=row.table))
        async with trial.worker() as worker:
            ended = await trial.end_of(row, worker, promised)
            code = (ended.error or {}).get("code")
            require((ended.status, code) == ("failed", "bad_output"), promised, told(ended))
            trial.project.execute(f"drop trigger zz_liverows_refuse on {row.table}")
            done = done_so_far(trial, row)
            trial.project.execute("select processing.retry(%s, %s)", [row.table, row.row_id])
            ended = await trial.end_of(row, worker, promised)
        require_none_repeated(trial, row, given, done, promised)
        trial.require_completed(ended, promised)
