"""A hundred harmful rows of one user do not keep a hundred honest rows of another from completing.

The short run has each kind of harmful row once.

Users insert the rows with their own rights, through the real PostgREST. The worker is a separate
process with the shipped pipelines and without any provider's key. So an endless loop shows as
rows that are not done, and not as a test that never ends.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.library.cli.command import RunningWorker, Shell
from tests.support.data_api import DataApi, data_api_of
from tests.support.databases import Connections, Database
from tests.support.queue import Connection
from tests.support.waits import holds_within

pytestmark = pytest.mark.needs("postgrest")

ALICE = "a11ce000-0000-4000-8000-000000000001"
BOB = "b0b00000-0000-4000-8000-000000000002"
MALLORY = "3a110000-0000-4000-8000-000000000003"

HUNDRED = 100
OPEN = 20
"""The largest number of open interviews that one user may have."""

SLOWER = 4
"""The honest rows may take so many times as long as they take alone. A smaller number would
fail by chance, because other tests use the same machine."""

AT_LEAST = 30.0
DEADLINE = 180.0

POSTING = "We look for a baker who bakes bread every morning in Leeds. Full-time, 30 days off."


def deep(levels: int, opens: str = "[", closes: str = "]") -> str:
    return opens * levels + closes * levels


POSTINGS: list[str] = [
    # The bodies are text, because Python cannot hold many of the values.
    f'{{"raw_job_description": {json.dumps(text)}, "quick_look": {look}}}'
    for text, look in [
        (POSTING, deep(1500)),
        (POSTING, deep(4900)),
        (POSTING, '{"job_title":' * 700 + "1" + "}" * 700),
        (POSTING, '{"job_title": 1e5000}'),
        (POSTING, '{"job_title": -1e5000, "company_name": 1e-5000}'),
        (POSTING, f'{{"n": {"9" * 9000}}}'),
        (POSTING, f'{{"n": 0.{"3" * 9000}}}'),
        (POSTING, '{"job_title": "\\ud83d\\ude00\\u202e", "": {"": ""}}'),
        (POSTING, '{"job_title": ["a"], "company_name": {"b": null}, "version": true}'),
        (POSTING, "null"),
        (POSTING, '"job_title"'),
        ("0." * 45_000, "{}"),
        ("oh yeah " * 12_000, "{}"),
        ("$" + "1," * 45_000, "{}"),
        ("<" * 90_000, "{}"),
        ("- " * 45_000, "{}"),
        ("a@" * 45_000, "{}"),
        (" \n" * 45_000 + POSTING, "{}"),
        ("(" * 90_000, "{}"),
        ("https://a.b/" * 7_000, "{}"),
    ]
]

LINES: list[list[dict[str, Any]]] = [
    [{"id": 1, "speaker": 0, "sentence": sentence, "start": 0.0, "end": 9.0}]
    for sentence in (
        "oh yeah " * 40 + "!",
        "you know, " * 5_000,
        "well " * 20_000,
        "a" * 200_000,
        ", so, so" * 20_000,
        "?" * 100_000,
        "right? " * 20_000,
        "uh-" * 60_000,
        "I I I " * 30_000,
        "\u202e\u0301" * 50_000,
    )
]

SPOKEN = [
    {"id": 1, "speaker": 0, "sentence": "Why did you choose Leeds?", "start": 0.0, "end": 2.0},
    {"id": 2, "speaker": 1, "sentence": "I like bread and I bake well.", "start": 2.5, "end": 6.0},
]


@dataclass(frozen=True)
class Town:
    """A running worker, its database, and the Data API that the users call."""

    owner: Connection
    api: DataApi
    worker: RunningWorker

    def insert(self, table: str, user: str, bodies: list[str]) -> list[int]:
        """Insert each row in a request of its own, as the user; returns the HTTP statuses."""
        headers = {
            "apikey": self.api.publishable_key,
            "authorization": f"Bearer {self.api.token_of(user)}",
            "content-type": "application/json",
            "prefer": "return=minimal",
        }
        with httpx.Client(base_url=self.api.url, headers=headers, timeout=30) as client:
            return [
                client.post(f"/rest/v1/{table}", content=body.encode()).status_code
                for body in bodies
            ]

    def open(self, table: str, user: str) -> int:
        """How many rows of this user have not ended yet."""
        return sum(
            count
            for status, count in self.statuses(table, user).items()
            if status in {"pending", "processing"}
        )

    def statuses(self, table: str, user: str) -> dict[str, int]:
        return dict(
            self.owner.execute(
                f"select processing_status::text, count(*) from public.{table}"
                " where account_id = %s group by 1",
                [user],
            ).fetchall()
        )

    def seconds_until_done(self, table: str, user: str) -> float:
        """Wait until all rows of this user have ended; returns how many seconds that took."""
        begun = time.monotonic()

        def all_have_ended() -> bool:
            assert self.worker.process.poll() is None, "the worker ended"
            return self.open(table, user) == 0

        assert holds_within(DEADLINE, all_have_ended), self.statuses(table, user)
        return time.monotonic() - begun

    def without_reason(self, table: str, user: str) -> list[Any]:
        """The rows that did not complete and have no error that says why."""
        return self.owner.execute(
            f"select id, processing_status::text, processing_error from public.{table}"
            " where account_id = %s and processing_status <> 'completed'"
            " and coalesce(processing_error ->> 'code', '') = ''"
            " and not exists (select from processing.set_aside as s where s.row_id = id::text)",
            [user],
        ).fetchall()


def over(transport: str, other: str, *, few: int, many: int) -> pytest.MarkDecorator:
    """The test has a few rows and a worker with this transport. In `make test-all` it also has many
    rows, with each of both transports."""
    also = [pytest.param(each, many, marks=pytest.mark.thorough) for each in (transport, other)]
    return pytest.mark.parametrize(("town", "count"), [(transport, few), *also], indirect=["town"])


@pytest.fixture
def town(
    request: pytest.FixtureRequest, database: Database, connect: Connections, tmp_path: Path
) -> Iterator[Town]:
    owner = connect(database)
    owner.execute("insert into auth.users (id) select unnest(%s::uuid[])", [[ALICE, BOB, MALLORY]])
    with data_api_of(database) as api:
        shell = Shell(tmp_path, {"LIVEROWS_SWEEP_SECONDS": "1", "LIVEROWS_CONCURRENCY": "12"})
        if request.param == "postgres":
            shell = shell.having(SUPABASE_DB_URL=database.dsn)
        else:
            shell = shell.having(SUPABASE_URL=api.url, SUPABASE_SECRET_KEY=api.secret_key)
        with shell.running() as worker:
            worker.logged("worker_started")
            yield Town(owner, api, worker)


@contextmanager
def stays_alive(town: Town) -> Iterator[None]:
    yield
    assert town.worker.process.poll() is None, "the worker ended"
    assert town.worker.terminate() == 0


def repeated(bodies: list[str], count: int) -> list[str]:
    return list(itertools.islice(itertools.cycle(bodies), count))


def check(town: Town, table: str, hostile: list[str], honest: list[str]) -> None:
    town.insert(table, ALICE, honest)
    alone = town.seconds_until_done(table, ALICE)
    assert town.statuses(table, ALICE) == {"completed": len(honest)}

    answers = town.insert(table, MALLORY, hostile)
    assert max(answers) < 500, "what is refused is refused in words"
    assert set(town.insert(table, BOB, honest)) == {201}
    beside = town.seconds_until_done(table, BOB)
    assert town.statuses(table, BOB) == {"completed": len(honest)}
    assert beside <= max(SLOWER * alone, AT_LEAST), (beside, alone)

    town.seconds_until_done(table, MALLORY)
    accepted = sum(answer == 201 for answer in answers)
    assert sum(town.statuses(table, MALLORY).values()) == accepted
    assert not town.without_reason(table, MALLORY)


@over("postgres", other="data-api", few=len(POSTINGS), many=HUNDRED)
@pytest.mark.timeout(600)
def test_hostile_postings_hurt_nobody_else(town: Town, count: int) -> None:
    with stays_alive(town):
        check(
            town,
            "job_positions",
            repeated(POSTINGS, count),
            [json.dumps({"raw_job_description": POSTING})] * count,
        )


@over("data-api", other="postgres", few=len(LINES), many=OPEN)
@pytest.mark.timeout(600)
def test_hostile_transcripts_hurt_nobody_else(town: Town, count: int) -> None:
    def item(lines: list[dict[str, Any]]) -> str:
        return json.dumps({"type": "INTERVIEW_ANALYSE", "interview_transcript_given": lines})

    with stays_alive(town):
        check(
            town,
            "timeline_items",
            repeated([item(lines) for lines in LINES], count),
            [item(SPOKEN)] * count,
        )
