"""Compares the pipelines found in Python with those attached in the database."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel

from liverows.base.errors import SetupError
from liverows.base.types import JsonObject
from liverows.recipe.registry import AnyPipeline, Package, find_packages
from liverows.running.attach_call import attach_call

HANDOVER = "handover"
"""The one output field that is not a column; the store function gets its value."""


@dataclass(frozen=True, slots=True)
class Match:
    """Which pipelines can run, and why the others cannot."""

    runnable: Mapping[str, AnyPipeline]
    """The pipelines that can run, by slug."""
    unattached: Mapping[str, str]
    """For each pipeline without a table, the SQL call that attaches one."""
    elsewhere: Sequence[str]
    """The attached pipelines that this worker does not have."""
    left_out: Mapping[str, SetupError]
    """For each pipeline that needs columns which are not attached, the error that says so."""
    ahead: Mapping[str, str]
    """For pipelines whose Python models lack some attached columns: these columns, as text."""


def wanted_packages(names: Sequence[str], only: Sequence[str] = ()) -> list[Package]:
    """Import and return the packages with these names.

    If `only` is not empty, other pipelines are left out. Raises `SetupError` for a slug in `only`
    that no package has.
    """
    # As with `python -m`, a package is also found in the folder where the worker is started.
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.append(here)
    packages = find_packages(*names)
    found = pipelines_of(packages)
    unknown = sorted(set(only) - found.keys())
    if unknown:
        raise SetupError(
            f"LIVEROWS_PIPELINES names {', '.join(unknown)}, which is no pipeline here",
            cure=f"known are {', '.join(sorted(found)) or 'none'}; packages of your own "
            "are listed in LIVEROWS_PACKAGES",
            code="unknown_pipeline",
        )
    if not only:
        return packages
    return [kept for package in packages if (kept := _with_only(package, only)).pipelines]


def pipelines_of(packages: Iterable[Package]) -> dict[str, AnyPipeline]:
    """Return the pipelines of these packages by slug, in alphabetical order."""
    found = {slug: one for package in packages for slug, one in package.pipelines.items()}
    return dict(sorted(found.items()))


def _with_only(package: Package, slugs: Sequence[str]) -> Package:
    kept = {slug: one for slug, one in package.pipelines.items() if slug in slugs}
    return replace(package, pipelines=kept)


def match_pipelines(found: Mapping[str, AnyPipeline], attached: Iterable[JsonObject]) -> Match:
    """Compare the pipelines found in Python with the answer of `processing.list_pipelines`."""
    rows = {str(row["pipeline"]): row for row in attached}
    both = sorted(found.keys() & rows.keys())
    lacking = {slug: error for slug in both if (error := _lacking(found[slug], rows[slug]))}
    return Match(
        runnable={slug: found[slug] for slug in both if slug not in lacking},
        unattached={slug: _first_call(found[slug]) for slug in sorted(found.keys() - rows.keys())},
        elsewhere=sorted(rows.keys() - found.keys()),
        left_out=lacking,
        ahead={slug: more for slug in both if (more := _more_there(found[slug], rows[slug]))},
    )


def nothing_to_run(match: Match) -> SetupError:
    """Return the error, with its cure, for a worker that has no attached pipeline."""
    calls = "; ".join(match.unattached.values())
    return SetupError(
        "there is no pipeline to run: none is both attached and known here",
        cure=f"attach a table: {calls}"
        if calls
        else "list its package in LIVEROWS_PACKAGES, or run `liverows migrate`",
        code="no_pipeline",
    )


def _first_call(pipeline: AnyPipeline) -> str:
    return attach_call("public.<table>", pipeline.slug, _inputs(pipeline), _outputs(pipeline))


def _lacking(pipeline: AnyPipeline, row: JsonObject) -> SetupError | None:
    """Return the error that names the columns to attach; None if none is missing."""
    inputs, outputs = _texts(row["inputs"]), _texts(row["outputs"])
    more_inputs = [name for name in _inputs(pipeline) if name not in inputs]
    more_outputs = [name for name in _outputs(pipeline) if name not in outputs]
    if not more_inputs and not more_outputs:
        return None
    # Workers of an earlier release may need the columns that are attached now.
    call = attach_call(
        str(row["table"]),
        pipeline.slug,
        inputs + more_inputs,
        outputs + more_outputs,
        _settings(row),
    )
    return SetupError(
        f"pipeline {pipeline.slug} needs columns of {row['table']} that are not attached: "
        f"{_named(inputs=more_inputs, outputs=more_outputs)}",
        cure=f"add the columns that the table does not have, and run: {call}",
        code="pipeline_left_out",
    )


def _more_there(pipeline: AnyPipeline, row: JsonObject) -> str:
    inputs, outputs = set(_inputs(pipeline)), set(_outputs(pipeline))
    return _named(
        inputs=[name for name in _texts(row["inputs"]) if name not in inputs],
        outputs=[name for name in _texts(row["outputs"]) if name not in outputs],
    )


def _named(**columns: Sequence[str]) -> str:
    """Write columns by their role, as in `inputs a, b; outputs c`."""
    return "; ".join(f"{role} {', '.join(names)}" for role, names in columns.items() if names)


def _settings(row: JsonObject) -> JsonObject:
    settings = row.get("settings")
    return settings if isinstance(settings, dict) else {}


def _inputs(pipeline: AnyPipeline) -> list[str]:
    return _columns(pipeline.inputs)


def _outputs(pipeline: AnyPipeline) -> list[str]:
    return [name for name in _columns(pipeline.outputs) if name != HANDOVER]


def _columns(model: type[BaseModel]) -> list[str]:
    return list(model.model_fields)


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
