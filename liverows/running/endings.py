"""Results that the engine makes itself, and results that are kept for a later run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from liverows.base.json_values import fingerprint
from liverows.base.types import JsonObject
from liverows.database.messages import ClaimedJob, NewCheckpoint, Result
from liverows.running.owner_message import sentence_of

KEPT_RESULT = "@result"
"""The name of the checkpoint that keeps a result which could not be written."""


def kept_result(job: ClaimedJob) -> Result | None:
    """Return the result that an earlier run with the same inputs could not write, or None."""
    for stored in job.checkpoints:
        if stored.step != KEPT_RESULT or not isinstance(stored.output, dict):
            continue
        if stored.input_hash == fingerprint(job.inputs):
            return Result(job.key, job.pipeline, "complete", stored.output, job.inputs)
    return None


def checkpoint_of(result: Result) -> NewCheckpoint | None:
    """Return the checkpoint that keeps a result for the row's next run.

    None if the result is not `complete`, or if its inputs are None.
    """
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
    """Return the result without the `refused` columns; None if none is refused or none would be
    left.

    Each refused column is named in the output `warnings`, if that is a list.
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
    """Return the failure to write in place of a result that the database refused.

    The row's owner may read the failure, so it does not quote the database.
    """
    return Result(
        result.key, result.pipeline, "fail", {"error": _error("bad_output"), "retryable": False}
    )


def released(job: ClaimedJob) -> Result:
    """Return the result that queues the row again without counting an attempt."""
    return Result(job.key, job.pipeline, "release")


def broken(job: ClaimedJob) -> Result:
    """Return the failure of a row that met a bug of the engine, without the error's text."""
    return Result(job.key, job.pipeline, "fail", {"error": _error("internal"), "retryable": True})


def _error(code: str) -> JsonObject:
    return {"code": code, "message": sentence_of(code)}
