"""The pipelines found in Python, held against those attached in the database."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import BaseModel

from worker.base.errors import SetupError
from worker.base.settings import Settings
from worker.base.types import JsonObject
from worker.engine.pipeline import Pipeline
from worker.engine.registry import discover

AnyPipeline: TypeAlias = "Pipeline[Any, Any]"

OWN_PACKAGE = "worker.pipelines"
HANDOVER = "handover"
"""The output that is no column: it goes to the pipeline's store function."""


@dataclass(frozen=True, slots=True)
class Match:
    """Which pipelines can run, and why the others cannot.

    `unattached` have no row in the database and map to the call that attaches them;
    `elsewhere` have no Python here; `mismatched` name other columns there than here.
    """

    runnable: Mapping[str, AnyPipeline]
    unattached: Mapping[str, str]
    elsewhere: Sequence[str]
    mismatched: Mapping[str, SetupError]


def find_pipelines(settings: Settings) -> dict[str, AnyPipeline]:
    """The pipelines of this project and of WORKER_PIPELINE_PACKAGES, filtered by name.

    `SetupError` for a package or a name in the settings that is not there.
    """
    # As `python -m` does: a user's package is found from where the worker is started.
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.append(here)
    found = discover(OWN_PACKAGE, *settings.worker_pipeline_packages)
    unknown = sorted(set(settings.worker_pipelines) - found.keys())
    if unknown:
        raise SetupError(
            f"WORKER_PIPELINES names {', '.join(unknown)}, which is no pipeline here",
            cure=f"known are {', '.join(sorted(found)) or 'none'}; packages of your own "
            "are listed in WORKER_PIPELINE_PACKAGES",
            code="unknown_pipeline",
        )
    wanted = settings.worker_pipelines or found
    return {slug: found[slug] for slug in sorted(wanted)}


def match_pipelines(found: Mapping[str, AnyPipeline], attached: Iterable[JsonObject]) -> Match:
    """Hold Python against the answer of `processing.list_pipelines`."""
    rows = {str(row["pipeline"]): row for row in attached}
    both = found.keys() & rows.keys()
    wrong = {slug: error for slug in both if (error := _mismatch(found[slug], rows[slug]))}
    return Match(
        runnable={slug: found[slug] for slug in sorted(both - wrong.keys())},
        unattached={slug: attach_call(found[slug]) for slug in sorted(found.keys() - both)},
        elsewhere=sorted(rows.keys() - both),
        mismatched=dict(sorted(wrong.items())),
    )


def nothing_to_run(match: Match) -> SetupError:
    """Why a worker with these pipelines would have nothing to do."""
    calls = "; ".join(match.unattached.values())
    return SetupError(
        "there is no pipeline to run: none is both attached and known here",
        cure=f"attach a table: {calls}"
        if calls
        else "list its package in WORKER_PIPELINE_PACKAGES, or run `worker migrate`",
        code="no_pipeline",
    )


def attach_call(pipeline: AnyPipeline, table: str = "public.<table>") -> str:
    """The SQL that attaches a table to the pipeline."""
    return (
        f"select processing.attach('{table}', '{pipeline.slug}', "
        f"inputs => '{{{', '.join(_inputs(pipeline))}}}', "
        f"outputs => '{{{', '.join(_outputs(pipeline))}}}')"
    )


def _mismatch(pipeline: AnyPipeline, row: JsonObject) -> SetupError | None:
    differences = [
        difference
        for role, here in (("inputs", _inputs(pipeline)), ("outputs", _outputs(pipeline)))
        for difference in _differences(role, set(here), set(_texts(row[role])))
    ]
    if not differences:
        return None
    return SetupError(
        f"pipeline {pipeline.slug} and its table {row['table']} differ: {'; '.join(differences)}",
        cure="correct the Pydantic models, or repeat the attach call with its other arguments "
        f"as they were: {attach_call(pipeline, str(row['table']))}",
        code="pipeline_mismatch",
    )


def _differences(role: str, here: set[str], there: set[str]) -> Iterator[str]:
    if missing := sorted(here - there):
        yield f"{role} {', '.join(missing)} are not attached"
    if missing := sorted(there - here):
        yield f"{role} {', '.join(missing)} are not in the Python model"


def _inputs(pipeline: AnyPipeline) -> list[str]:
    return _columns(pipeline.inputs)


def _outputs(pipeline: AnyPipeline) -> list[str]:
    return [name for name in _columns(pipeline.outputs) if name != HANDOVER]


def _columns(model: type[BaseModel]) -> list[str]:
    return list(model.model_fields)


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
