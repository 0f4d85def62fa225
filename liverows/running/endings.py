"""Results that the engine makes itself, and results that are kept for a later run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from liverows.base.errors import Permanent
from liverows.base.json_values import fingerprint
from liverows.base.types import JsonObject
from liverows.database.messages import ClaimedJob, NewCheckpoint, Result

KEPT_RESULT = "@result"
"""The name of the checkpoint that keeps a result which could not be written. No step can have
this name."""


def kept_result(job: ClaimedJob) -> Result | None:
    """The result that an earlier run of the same inputs could not write, if there is one."""
    for stored in job.checkpoints:
        if stored.step != KEPT_RESULT or not isinstance(stored.output, dict):
            continue
        if stored.input_hash == fingerprint(job.inputs):
            return Result(job.key, job.pipeline, "complete", stored.output, job.inputs)
    return None


def checkpoint_of(result: Result) -> NewCheckpoint | None:
    """The checkpoint that keeps a result for the next run, which then only writes it."""
    if result.action != "complete" or result.inputs is None:
        return None
    return NewCheckpoint(
        step=KEPT_RESULT,
        version="1",
        input_hash=fingerprint(result.inputs),
        output=result.details,
        keep="round",
        max_age_seconds=None,
        shareable=False,
        attempts=0,
        seconds=0.0,
        usage=None,
    )


def without_outputs(result: Result, refused: Sequence[str]) -> Result | None:
    """The result without the columns that the table does not take, and with warnings instead.

    `None` if no column would be left. So a refused value costs its column only, and not the
    whole row with everything that was paid for it.
    """
    outputs = result.details.get("outputs")
    if not isinstance(outputs, dict):
        return None
    kept = {name: value for name, value in outputs.items() if name not in refused}
    if not refused or not kept:
        return None
    warnings = kept.get("warnings")
    if isinstance(warnings, list):
        kept["warnings"] = [*warnings, *(f"{name}_refused" for name in refused)]
    return replace(result, details={**result.details, "outputs": kept})


def bad_output(result: Result) -> Result:
    """The failure that is written when the database refused the result.

    It does not repeat the database's message, which names constraints and columns and is for
    the operator.
    """
    error = Permanent("The result could not be stored.", code="bad_output")
    return Result(
        result.key,
        result.pipeline,
        "fail",
        {"error": {"code": error.code, "message": error.message}, "retryable": False},
    )


def released(job: ClaimedJob) -> Result:
    """Gives the row back to the queue as if it had not been claimed."""
    return Result(job.key, job.pipeline, "release")


def broken(job: ClaimedJob) -> Result:
    """Fails the row that met a bug of the engine. The error's text may hold anything, so it is not
    shown."""
    error: JsonObject = {"code": "internal", "message": "Something went wrong here."}
    return Result(job.key, job.pipeline, "fail", {"error": error, "retryable": True})
