"""A deploy works in both orders: migration before worker, and worker before migration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.library.cli.command import PIPELINE, RunningWorker, Shell
from tests.support.databases import Database
from tests.support.doorbells import until
from tests.support.things import Things
from tests.support.waits import first_found

PRAISE = (
    PIPELINE.replace('"greet"', '"praise"')
    .replace("wants: str | None = None", "wants: str | None = None\n    tone: str | None = None")
    .replace("said: str", "said: str\n    mood: str | None = None")
)
"""A pipeline of the next release: it reads `tone` and may write `mood`."""
SETTINGS = {
    "when": "kind = 'praise'",
    "owner": "kind",
    "editable": ["said"],
    "timeout": "7 minutes",
    "max_attempts": 5,
    "concurrency_per_owner": 2,
    "max_open_per_owner": 50,
    "providers": ["it's"],
}


@pytest.fixture
def things(database: Database) -> Things:
    things = Things(database)
    things.create()
    things.attach("greet", inputs=["wants"], outputs=["said"], when="kind = 'plain'")
    return things


@pytest.fixture
def shell(tmp_path: Path, things: Things) -> Shell:
    shell = Shell(tmp_path).having(
        SUPABASE_DB_URL=things.database.dsn, LIVEROWS_SWEEP_SECONDS="0.5"
    )
    return shell.add_pipeline()


async def readiness(worker: RunningWorker, *, ready: bool) -> dict[str, Any]:
    """The body of /readyz, as soon as it is ready, or not ready."""
    port = worker.logged("worker_started")["health_port"]
    async with httpx.AsyncClient(trust_env=False) as client:

        async def as_wanted() -> dict[str, Any] | None:
            answer = await client.get(f"http://127.0.0.1:{port}/readyz")
            body: dict[str, Any] = answer.json()
            if body["ready"] is not ready or any(p["code"] == "deaf" for p in body["problems"]):
                return None
            assert answer.status_code == (200 if ready else 503)
            return body

        return await first_found(as_wanted)


def attached(things: Things, slug: str) -> dict[str, Any]:
    (row,) = [row for row in things.call("list_pipelines") if row["pipeline"] == slug]
    return dict(row)


def assert_left_out(shell: Shell, slug: str, reason: str, cure: str) -> None:
    """Check that `status` names the pipeline and its cure, at any line width."""
    said = "".join(shell.worker("status").out.split())
    for part in (f"pipeline {slug} is left out", reason, cure):
        assert "".join(part.split()) in said


async def test_a_migration_that_comes_first_stops_nobody(shell: Shell, things: Things) -> None:
    things.run("alter table public.things add column tone text, add column mood text")
    things.attach(
        "greet",
        inputs=["wants", "tone"],
        outputs=["said", "mood"],
        when="kind = 'plain'",
    )
    key = things.add_one(wants="World", tone="warm")
    with shell.running() as worker:
        row = await things.reach(key, "completed", deadline=60)
        assert (row["said"], row["mood"]) == ("Hello World", None)
        (warned,) = worker.of("pipeline_behind_database")
        assert warned["left_alone"] == "inputs tone; outputs mood"
        assert (await readiness(worker, ready=True))["problems"] == []
    findings = shell.worker("doctor", "--json").json()
    states = {finding["check"]: finding["state"] for finding in findings}
    assert (states["columns of greet"], states["pipeline greet"]) == ("warning", "ok")


async def test_a_worker_that_comes_first_leaves_out_one_pipeline_until_it_fits(
    shell: Shell, things: Things
) -> None:
    things.attach("praise", inputs=["wants"], outputs=["said"], **SETTINGS)
    before = attached(things, "praise")
    (shell.folder / "my_pipelines" / "praise.py").write_text(PRAISE)
    waits = things.add_one(kind="praise", wants="World")
    works = things.add_one(wants="World")
    with shell.having(LIVEROWS_PIPELINES="greet,praise").running() as worker:
        await things.reach(works, "completed", deadline=60)
        told = worker.logged("pipeline_left_out")
        assert "inputs tone; outputs mood" in told["reason"]
        (problem,) = (await readiness(worker, ready=True))["problems"]
        assert (problem["code"], problem["pipeline"]) == ("pipeline_left_out", "praise")
        assert things.look(waits)["status"] == "pending"

        examined = shell.having(LIVEROWS_PIPELINES="greet,praise").worker("doctor", "--json").json()
        (finding,) = [one for one in examined if one["check"] == "pipeline praise"]
        assert finding["state"] == "problem" and told["cure"] in finding["cure"]
        assert_left_out(shell, "praise", told["reason"], told["cure"])

        things.run("alter table public.things add column tone text, add column mood text")
        things.run(told["cure"].partition("run: ")[2])
        assert (await things.reach(waits, "completed", deadline=60))["said"] == "Hello World"
        assert (await readiness(worker, ready=True))["problems"] == []
        assert worker.terminate() == 0
    after = attached(things, "praise")
    assert after["inputs"] == ["wants", "tone"] and after["outputs"] == ["said", "mood"]
    assert after["settings"] == before["settings"]


@pytest.mark.thorough
async def test_a_worker_whose_only_pipeline_is_left_out_waits_for_the_migration(
    shell: Shell, things: Things
) -> None:
    things.attach("praise", inputs=["wants"], outputs=["said"], **SETTINGS)
    (shell.folder / "my_pipelines" / "praise.py").write_text(PRAISE)
    waits = things.add_one(kind="praise", wants="World")
    with shell.having(LIVEROWS_PIPELINES="praise").running() as worker:
        problems = (await readiness(worker, ready=False))["problems"]
        assert {problem["code"] for problem in problems} >= {"no_pipeline", "pipeline_left_out"}
        things.run("alter table public.things add column tone text, add column mood text")
        things.run(worker.logged("pipeline_left_out")["cure"].partition("run: ")[2])
        await things.reach(waits, "completed", deadline=60)
        await readiness(worker, ready=True)
        assert worker.terminate() == 0


@pytest.mark.thorough
async def test_a_pipeline_is_taken_up_when_its_table_is_attached(
    shell: Shell, things: Things
) -> None:
    (shell.folder / "my_pipelines" / "praise.py").write_text(PIPELINE.replace("greet", "praise"))
    with shell.having(LIVEROWS_PIPELINES="greet,praise").running() as worker:
        told = worker.logged("pipeline_not_attached")
        assert told["pipeline"] == "praise"
        await readiness(worker, ready=True)
        assert_left_out(shell, "praise", "no table is attached to it", told["cure"])
        things.attach("praise", inputs=["wants"], outputs=["said"], **SETTINGS)
        key = things.add_one(kind="praise", wants="World")
        assert (await things.reach(key, "completed", deadline=60))["said"] == "Hello World"
        assert worker.logged("pipelines_changed")["pipelines"] == ["greet", "praise"]
        await until(lambda: not any(one["left_out"] for one in things.call("overview")["workers"]))
        assert [line["pipelines"] for line in things.workers()] == [["greet", "praise"]]
        assert "is left out" not in shell.worker("status").out
        assert worker.terminate() == 0
