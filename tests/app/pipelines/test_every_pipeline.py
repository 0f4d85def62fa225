"""What every pipeline promises about its outside services, on real Postgres with a whole worker.

The promises of every pipeline whatever its services are in `test_conformance.py`.

A new pipeline needs one file here: `case_<pipeline>.py` with a `CASE` (see `cases.Case`). It says
which rows a user may insert, how they end, and how outside services can fail; and it builds these
services from real providers with fake servers. This file contains no domain word, and nothing
else must be changed. The checks are:

* file, slug, case and SQL row agree, also in their inputs and outputs;
* each example completes with its outputs; each step has its event and is used by an example;
* troubles of services end the row, or let it wait, as the case says;
* a run that is cancelled while a service answers leaves no task and writes nothing more;
* a second round asks the services again, except for what is kept;
* without keys the row completes; values without proof are not stored.
"""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

import worker
from liverows.database.data_api import DataApi
from liverows.database.data_api_transport import DataApiTransport
from liverows.recipe.pipeline import Pipeline
from liverows.recipe.registry import discover
from tests.app.pipelines.attached_table import Table
from tests.app.pipelines.cases import Case, Example, Row, Trouble, load_cases
from tests.app.pipelines.workshop import Workshop, at_work, worker_tasks
from tests.support.data_api import data_api_of
from tests.support.databases import Clock, Connections, Database
from tests.support.doorbells import until

PIPELINES = discover(*worker.PACKAGES)
CASES = load_cases()
TESTED = sorted(PIPELINES.keys() & CASES.keys())

FAR_AHEAD = 3600.0
"""In seconds; longer than any lease, and longer than any wait in a case."""


def each(attribute: str) -> pytest.MarkDecorator:
    """One test for each entry of a mapping of each case."""
    return pytest.mark.parametrize(
        ("slug", "name"),
        [(slug, name) for slug in TESTED for name in getattr(CASES[slug], attribute)],
    )


def main_and_other_examples() -> pytest.MarkDecorator:
    """One test for the example `main` of each case, and in `make test-all` for each other one."""
    return pytest.mark.parametrize(
        ("slug", "name"),
        [
            pytest.param(slug, name, marks=[] if name == "main" else pytest.mark.thorough)
            for slug in TESTED
            for name in CASES[slug].examples
        ],
    )


every_pipeline = pytest.mark.parametrize("slug", TESTED)
every_keyless = pytest.mark.parametrize("slug", [each for each in TESTED if CASES[each].keyless])


@pytest.fixture
def case(slug: str) -> Case:
    return CASES[slug]


@pytest.fixture
def pipeline(slug: str) -> Pipeline[Any, Any]:
    return PIPELINES[slug]


@pytest.fixture
def desk(database: Database, connect: Connections, slug: str) -> Table:
    return Table.of(database, connect, slug, by_service=CASES[slug].by_service)


def assert_completed(desk: Table, row_id: str, example: Example, pipeline: Any) -> None:
    row = desk.row(row_id)
    assert row["processing_status"] == "completed", row["processing_error"]
    assert row["processing_error"] is None
    assert (row["processing_progress"], row["processing_stage"]) == (100, None)
    assert {name: row[name] for name in example.expected} == dict(example.expected)
    example.check(row)
    pipeline.outputs.model_validate(desk.result(row_id))


async def completed(
    desk: Table, workshop: Workshop, pipeline: Pipeline[Any, Any], example: Example
) -> str:
    """Insert a row and wait until it completes; returns its key."""
    row_id = desk.insert(example.insert)
    workshop.look()
    await desk.reaches(row_id, "completed", "failed")
    assert_completed(desk, row_id, example, pipeline)
    return row_id


def test_every_pipeline_has_a_case_and_every_case_a_pipeline() -> None:
    assert CASES.keys() == PIPELINES.keys(), "one tests/app/pipelines/case_<pipeline>.py each"


def test_every_pipeline_is_attached_as_it_declares_itself(
    database: Database, connect: Connections
) -> None:
    attached = {
        slug: (set(inputs), set(outputs))
        for slug, inputs, outputs in connect(database).execute(
            "select pipeline, inputs, outputs from processing.pipelines"
        )
    }
    declared = {
        slug: (
            set(pipeline.inputs.model_fields),
            set(pipeline.outputs.model_fields) - {"handover"},
        )
        for slug, pipeline in PIPELINES.items()
    }
    assert attached == declared


@each("examples")
async def test_a_row_completes_with_its_outputs(
    desk: Table, case: Case, pipeline: Pipeline[Any, Any], name: str
) -> None:
    async with case.world() as world, at_work(desk, pipeline, world.providers) as workshop:
        row_id = await completed(desk, workshop, pipeline, case.examples[name])
    steps = {step.name for step in pipeline.steps}
    noted = [data["step"] for _, data in desk.events(row_id, "step")]
    assert len(noted) == len(set(noted))
    assert set(noted) == desk.checkpointed(row_id) <= steps
    kinds = [kind for kind, _ in desk.events(row_id)]
    assert (set(kinds[:-1]), kinds[-1]) == ({"step"}, "completed")


@pytest.mark.needs("postgrest")
@main_and_other_examples()
async def test_with_only_a_url_and_a_key_a_row_completes_alike(
    desk: Table, case: Case, pipeline: Pipeline[Any, Any], name: str
) -> None:
    with data_api_of(desk.database) as api:
        transport = DataApiTransport(DataApi(api.url, SecretStr(api.secret_key)))
        async with (
            case.world() as world,
            at_work(desk, pipeline, world.providers, transport) as workshop,
        ):
            await completed(desk, workshop, pipeline, case.examples[name])


@every_pipeline
async def test_the_examples_run_every_step_and_call_every_provider(
    desk: Table, case: Case, pipeline: Pipeline[Any, Any]
) -> None:
    async with case.world() as world, at_work(desk, pipeline, world.providers) as workshop:
        await completed(desk, workshop, pipeline, case.examples["main"])
        assert world.calls.counts.keys() == set(world.calls.steps)
        for name in case.examples.keys() - {"main"}:
            await completed(desk, workshop, pipeline, case.examples[name])
    assert {step for (step,) in desk.read("select step from processing.checkpoints")} == {
        step.name for step in pipeline.steps if step.name not in case.switched_off
    }


@each("troubles")
async def test_trouble_outside_ends_as_designed(
    desk: Table, case: Case, pipeline: Pipeline[Any, Any], clock: Clock, name: str
) -> None:
    trouble = case.troubles[name]
    example = case.examples[trouble.example]
    async with case.world() as world, at_work(desk, pipeline, world.providers) as workshop:
        trouble.arrange(world)
        row_id = desk.insert(example.insert)
        workshop.look()
        await until(lambda: _first_run_ended(desk.row(row_id)))
        row = desk.row(row_id)
        assert row["processing_status"] == trouble.status, row["processing_error"]
        if trouble.status == "completed":
            assert_completed_with(case, trouble, desk, row_id, pipeline)
        else:
            assert_explained(row, trouble, pipeline)
        if trouble.status == "pending":
            assert row["processing_not_before"] is not None
            clock.advance(FAR_AHEAD)
            workshop.look()
            await desk.reaches(row_id, "completed", "failed")
            assert_completed(desk, row_id, example, pipeline)
        assert desk.row(row_id)["processing_attempts"] == trouble.attempts


def _first_run_ended(row: Row) -> bool:
    return bool(row["processing_run"] == 1 and row["processing_status"] != "processing")


def assert_completed_with(
    case: Case, trouble: Trouble, desk: Table, row_id: str, pipeline: Pipeline[Any, Any]
) -> None:
    if trouble.code is None:
        assert_completed(desk, row_id, case.examples[trouble.example], pipeline)
    else:
        assert trouble.code in case.warnings(desk.row(row_id))
        pipeline.outputs.model_validate(desk.result(row_id))


def assert_explained(row: Row, trouble: Trouble, pipeline: Pipeline[Any, Any]) -> None:
    error = row["processing_error"]
    assert error["code"] == trouble.code
    assert error["retryable"] is (trouble.status == "pending")
    assert error["stage"] in {step.stage for step in pipeline.steps}
    assert_is_a_sentence(error["message"])


def assert_is_a_sentence(message: str) -> None:
    """Check a message for the row's owner: it is a short, whole sentence without words of the
    code."""
    assert 10 < len(message) < 300
    assert message[0].isupper() or message[0] in "“"
    for inside in ("Traceback", "Error(", "Exception", "HTTP", "_", ".py", "{", "\n"):
        assert inside not in message


@every_pipeline
async def test_cancelled_in_the_middle_of_any_call_it_leaves_no_task_and_writes_nothing_more(
    desk: Table, case: Case, pipeline: Pipeline[Any, Any]
) -> None:
    async with case.world() as world, at_work(desk, pipeline, world.providers) as workshop:
        await until(lambda: workshop.runner.leases.answered_at is not None)
        for step in world.calls.steps:
            idle = worker_tasks()
            world.calls.hold(step)
            desk.forget()
            row_id = desk.insert(case.examples["main"].insert)
            workshop.look()
            await until(lambda step=step: world.calls.held() == [step])  # type: ignore[misc] # bound now
            desk.cancel(row_id)
            # The heartbeat cancels the run, which ends although its call is still held. The cost
            # of another call is written after that.
            await until(lambda idle=idle: worker_tasks() <= idle and not workshop.owes())  # type: ignore[misc] # bound now
            cancelled = desk.everything(row_id)
            world.calls.release(step)
            desk.forget()
            cancelled = desk.everything(row_id)
            await completed(desk, workshop, pipeline, case.examples["main"])
            assert desk.everything(row_id) == cancelled
            assert cancelled[0]["processing_status"] == "cancelled"


@every_pipeline
async def test_a_second_round_asks_again_and_loses_nothing(
    desk: Table, case: Case, pipeline: Pipeline[Any, Any]
) -> None:
    example = case.examples["main"]
    async with case.world() as world, at_work(desk, pipeline, world.providers) as workshop:
        row_id = await completed(desk, workshop, pipeline, example)
        before = dict(world.calls.counts)
        desk.read("select processing.retry(%s, %s)", desk.table, row_id)
        workshop.look()
        await until(lambda: desk.row(row_id)["processing_run"] > 2)
        await desk.reaches(row_id, "completed", "failed")
        assert_completed(desk, row_id, example, pipeline)
        kept = {step.name for step in pipeline.steps if step.keep == "content" or step.max_age}
        again = set() if case.forgets else before.keys() - kept
        assert {step for step in before if world.calls.counts[step] > before[step]} == again


@every_keyless
async def test_without_keys_a_row_completes_and_says_what_is_missing(
    desk: Table, case: Case, pipeline: Pipeline[Any, Any]
) -> None:
    assert case.keyless is not None
    async with case.world() as world, at_work(desk, pipeline, world.keyless) as workshop:
        row_id = await completed(desk, workshop, pipeline, case.keyless)
    assert case.keyless_warning in case.warnings(desk.row(row_id))


@each("hostile")
async def test_what_a_lying_source_and_its_model_claim_is_not_stored(
    desk: Table, case: Case, pipeline: Pipeline[Any, Any], name: str
) -> None:
    arrange, example = case.hostile[name]
    async with case.world() as world, at_work(desk, pipeline, world.providers) as workshop:
        arrange(world)
        await completed(desk, workshop, pipeline, example)
