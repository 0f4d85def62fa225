"""A worker with only a URL and a secret key works, also beside one with a database URL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

import httpx
import psycopg
import pytest

from devstack.leash import Leashed
from devstack.project import ROOT
from devstack.stack import User
from examples.demo.rows import DESCRIPTION
from tests.app.devstack.conftest import SignedIn
from tests.support.doorbells import until
from tests.support.stack import Stack

pytestmark = [pytest.mark.needs("stack"), pytest.mark.timeout(600)]

ROWS = 40
ROUNDS = 5
KEY_ONLY = ("SUPABASE_URL", "SUPABASE_SECRET_KEY")
DATABASE_ONLY = ("SUPABASE_DB_URL",)

ENRICH = "enrich-job-position"
DELETE = "delete-stored-objects"

StartWorker: TypeAlias = Callable[[tuple[str, ...], str], Leashed]


@pytest.fixture
def start_worker(stack: Stack, tmp_path: Path) -> Iterator[StartWorker]:
    """`start_worker(names, pipeline)`: a worker that gets only these variables of the stack."""
    with ExitStack() as exits:

        def start(names: tuple[str, ...], pipeline: str) -> Leashed:
            known = stack.environment()
            folder = tmp_path / "-".join(names)
            folder.mkdir()
            worker = Leashed(
                [sys.executable, "-m", "worker", "run"],
                environment={
                    **_without_settings(os.environ),
                    **{name: known[name] for name in names},
                    "PYTHONPATH": str(ROOT),
                    "LIVEROWS_PIPELINES": pipeline,
                    "LIVEROWS_HEALTH_PORT": "0",
                    "LIVEROWS_CONCURRENCY": "2",
                    "LIVEROWS_GRACE_SECONDS": "2",
                },
                log=folder / "log",
                cwd=folder,
            )
            exits.callback(worker.stop)
            return worker

        yield start


def _without_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without the developer's own keys and stacks."""
    prefixes = ("SUPABASE_", "OPENAI_", "LIVEROWS_", "FETCH_", "LOG_")
    return {name: value for name, value in environment.items() if not name.startswith(prefixes)}


@pytest.fixture
def owner(stack: Stack) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(stack.db_url, autocommit=True) as connection:
        yield connection


def insert(stack: Stack, user: User, count: int) -> None:
    """Insert postings as the user's browser does."""
    rows = [{"raw_job_description": f"{number}\n{DESCRIPTION}"} for number in range(count)]
    answer = httpx.post(
        f"{stack.url}/rest/v1/job_positions",
        headers={
            "apikey": stack.publishable_key,
            "authorization": f"Bearer {user.access_token}",
        },
        json=rows,
        timeout=30,
    )
    assert answer.status_code == 201, answer.text


def hearing(owner: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    """The doorbells on which the workers have heard their own pings."""
    query = "select jsonb_array_elements_text(info -> 'hears') from processing.workers order by 1"
    return [str(bell) for (bell,) in owner.execute(query).fetchall()]


def finished(owner: psycopg.Connection[tuple[object, ...]], user: User) -> int:
    found = owner.execute(
        "select count(*) from public.job_positions"
        " where account_id = %s and processing_status = 'completed'",
        [user.id],
    ).fetchone()
    assert found is not None
    return int(str(found[0]))


async def test_with_only_a_url_and_a_key_it_hears_of_a_row_through_realtime(
    stack: Stack,
    start_worker: StartWorker,
    owner: psycopg.Connection[tuple[object, ...]],
) -> None:
    user, worker = stack.sign_up(), start_worker(KEY_ONLY, ENRICH)
    try:
        await until(lambda: "realtime" in hearing(owner), deadline=60)
        insert(stack, user, 1)
        await until(lambda: finished(owner, user) == 1, deadline=60)
    except TimeoutError:
        pytest.fail(worker.last_words())
    woken = owner.execute(
        "select data ->> 'woken_by' from processing.events where kind = 'completed'"
        " and row_id in (select id::text from public.job_positions where account_id = %s)",
        [user.id],
    ).fetchall()
    assert woken == [("realtime",)]


@pytest.mark.thorough  # `test_mixed_transports.py` has both within one process
async def test_workers_of_both_kinds_share_a_queue_and_no_row_is_done_twice(
    stack: Stack,
    start_worker: StartWorker,
    owner: psycopg.Connection[tuple[object, ...]],
) -> None:
    user = stack.sign_up()
    start_worker(KEY_ONLY, ENRICH)
    start_worker(DATABASE_ONLY, ENRICH)
    await until(lambda: {"notify", "realtime"} <= set(hearing(owner)), deadline=60)
    # On a busy machine one of them may get so little time that the other does all rows of a round.
    for number in range(1, ROUNDS + 1):
        insert(stack, user, ROWS)
        rows = number * ROWS
        await until(lambda rows=rows: finished(owner, user) == rows)  # type: ignore[misc] # bound now
        endings = owner.execute(
            "select count(*), count(distinct row_id), count(distinct data ->> 'woken_by') > 1"
            " from processing.events where kind = 'completed' and row_id in"
            " (select id::text from public.job_positions where account_id = %s)",
            [user.id],
        ).fetchone()
        assert endings is not None
        assert endings[:2] == (rows, rows)
        if endings[2]:
            return
    raise AssertionError("one of the workers did no row")


async def test_with_an_interview_its_recording_goes(
    stack: Stack,
    start_worker: StartWorker,
    owner: psycopg.Connection[tuple[object, ...]],
    signed_in: SignedIn,
) -> None:
    user = stack.sign_up()
    start_worker(KEY_ONLY, DELETE)
    client = await signed_in(user)
    recordings = client.storage.from_("interviews")
    path = f"{user.id}/first-call.wav"
    await recordings.upload(path, b"RIFF", {"content-type": "audio/wav"})
    items = client.table("timeline_items")
    await items.insert(
        {"type": "INTERVIEW_ANALYSE", "interview_original_audio_path": path}
    ).execute()
    await items.delete().eq("interview_original_audio_path", path).execute()

    query = "select not exists (select from storage.objects where name = %s)"
    await until(lambda: owner.execute(query, [path]).fetchone() == (True,), deadline=60)
    assert await recordings.list(user.id) == []


def test_doctor_hears_realtime_before_any_worker_has_started(stack: Stack, tmp_path: Path) -> None:
    known = stack.environment()
    told = subprocess.run(
        [sys.executable, "-m", "worker", "doctor", "--json", "--deadline", "60"],
        env={
            **_without_settings(os.environ),
            **{name: known[name] for name in KEY_ONLY},
            "PYTHONPATH": str(ROOT),
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    found = {line["check"]: line for line in json.loads(told.stdout)}
    assert found["doorbell realtime"]["state"] == "ok", found
