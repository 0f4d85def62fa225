"""People who cancel, edit or delete a row while a worker runs it."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from liverows.recipe.pipeline import Pipeline
from liverows.testing.one_worker import OneWorker
from liverows.testing.project import InsertedRow
from liverows.testing.suite.dying import require_stopped
from liverows.testing.suite.given import Given
from liverows.testing.suite.trial import Trial, told
from liverows.testing.suite.unkept import DoesNotApply, require, shown


async def cancelled_in_step(given: Given, step: str) -> None:
    """A cancelled run stops, leaves no task behind, and writes nothing more."""
    given.must_run(step)
    promised = f"a run that is cancelled during {step} stops, and writes nothing more"
    async with given.trial() as trial:
        async with trial.worker() as worker:
            idle = await _idle_tasks(trial, worker, promised)
            trial.steps.hold(step)
            row = trial.insert()
            await trial.held(step, row, worker, promised)
            trial.project.execute("select processing.cancel(%s, %s)", [row.table, row.row_id])
            before = _written(trial, row)
            await _stopped(trial, worker, idle, promised)
        after = _written(trial, row)
        require(after == before, promised, f"before {shown(before)}, then {shown(after)}")
        require(after[0] == "cancelled", promised, f"the row is {after[0]}")


async def deleted_in_midrun(given: Given, _step: str) -> None:
    """The run of a deleted row stops, and the worker goes on with other rows."""
    step = given.last_step()
    promised = "the run of a row that is deleted meanwhile stops, and the worker completes others"
    async with given.trial() as trial:
        async with trial.worker() as worker:
            idle = await _idle_tasks(trial, worker, promised)
            trial.steps.hold(step)
            row = trial.insert()
            await trial.held(step, row, worker, promised)
            _delete(trial, row)
            await _stopped(trial, worker, idle, promised)
            trial.steps.release()
            ended = await trial.end_of(trial.insert(), worker, promised)
        require(row.look() is None, promised, "the deleted row is there again")
        trial.require_completed(ended, promised)


async def edited_in_midrun(given: Given, _step: str) -> None:
    """What a person writes into an output during the run stays."""
    edit = given.subject.edit
    step = given.last_step()
    if not edit:
        raise DoesNotApply("no edit is given")
    async with given.trial() as trial:
        editable = set(trial.attached("editable"))
        if missing := sorted(edit.keys() - editable):
            raise DoesNotApply(f"{', '.join(missing)} cannot be edited: see `editable` of attach")
        promised = "what a person writes into an output during the run stays"
        trial.steps.hold(step)
        row = trial.insert()
        async with trial.worker() as worker:
            await trial.held(step, row, worker, promised)
            _edit(trial, row, dict(edit))
            theirs = {name: row.found()[name] for name in edit}
            trial.steps.release()
            ended = await trial.end_of(row, worker, promised)
        require(ended.status == "completed", promised, told(ended))
        found = {name: ended.row[name] for name in edit}
        hint = "write outputs by returning them; SQL of your own overwrites an edit"
        require(found == theirs, promised, f"{shown(found)} in place of {shown(theirs)}", hint)


async def _idle_tasks(trial: Trial, worker: OneWorker, promised: str) -> set[asyncio.Task[Any]]:
    """The tasks of a worker that has nothing to do."""
    await trial.until(lambda: worker.is_ready, promised, lambda: "the worker does not begin")
    return _own_tasks(_folders(trial.subject.pipeline))


async def _stopped(
    trial: Trial, worker: OneWorker, idle: set[asyncio.Task[Any]], promised: str
) -> None:
    """Wait until the run has ended and left no task; require that it stopped when it was told."""
    folders = _folders(trial.subject.pipeline)

    def left() -> set[asyncio.Task[Any]]:
        return {task for task in _own_tasks(folders) - idle if not task.done()}

    def is_over() -> bool:
        worker.check()
        return worker.is_idle and not trial.steps.held and not left()

    def seen() -> str:
        require_stopped(trial, promised)
        names = sorted({_name(task) for task in left() if not _name(task).startswith("liverows.")})
        return f"these tasks go on: {', '.join(names)}" if names else "the run goes on"

    await trial.until(is_over, promised, seen)
    require_stopped(trial, promised)


def _folders(pipeline: Pipeline[Any, Any]) -> tuple[str, ...]:
    """Where the code of the library and of the pipeline's package is."""
    functions = [pipeline._recipe, *(step.function for step in pipeline.steps)]
    names = {getattr(function, "__module__", "") for function in functions}
    roots = {name.partition(".")[0] for name in names}
    modules = [sys.modules[name] for name in names | roots | {"liverows"} if name in sys.modules]
    folders = [f"{path}{os.sep}" for module in modules for path in getattr(module, "__path__", ())]
    files = [module.__file__ for module in modules if module.__file__]
    return (*folders, *files)


def _own_tasks(folders: tuple[str, ...]) -> set[asyncio.Task[Any]]:
    """The tasks that run code of these folders, and not that of a driver or of a fake server."""
    return {
        task
        for task in asyncio.all_tasks()
        if getattr(getattr(task.get_coro(), "cr_code", None), "co_filename", "").startswith(folders)
        and task is not asyncio.current_task()
    }


def _name(task: asyncio.Task[Any]) -> str:
    """The module and the name of the function that a task runs."""
    coroutine: Any = task.get_coro()
    module = coroutine.cr_frame.f_globals["__name__"] if coroutine.cr_frame else ""
    return f"{module}.{coroutine.__qualname__}"


def _written(trial: Trial, row: InsertedRow) -> tuple[Any, ...]:
    """All that a worker can have written about a row, except what it has paid."""
    found = row.found()
    columns = {name: value for name, value in found.items() if name != "processing_status"}
    return found["processing_status"], columns, trial.stored(row)


def _delete(trial: Trial, row: InsertedRow) -> None:
    query = sql.SQL("delete from {} where {}::text = {}").format(
        sql.SQL(row.table), sql.Identifier(row.key), sql.Literal(row.row_id)
    )
    try:
        trial.project.execute(query.as_string())
    except psycopg.Error as error:
        said = str(error).strip().splitlines()[0]
        raise DoesNotApply(f"the table lets nobody delete the row: {said}") from None


def _edit(trial: Trial, row: InsertedRow, edit: dict[str, Any]) -> None:
    query = sql.SQL("update {} set {} where {}::text = {}").format(
        sql.SQL(row.table),
        sql.SQL(", ").join(
            sql.SQL("{} = {}").format(sql.Identifier(name), sql.Literal(_adapted(value)))
            for name, value in edit.items()
        ),
        sql.Identifier(row.key),
        sql.Literal(row.row_id),
    )
    trial.project.execute(query.as_string())


def _adapted(value: Any) -> Any:
    return Jsonb(value) if isinstance(value, dict | list) else value
