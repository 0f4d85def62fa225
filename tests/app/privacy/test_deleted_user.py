"""After a user is deleted, no word of theirs is anywhere: in no table and in no stored object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

import worker.interviews.deletion_pipeline
from tests.app.abuse.venue import PIPELINES, User, Venue, venue
from tests.app.privacy.diary import TABLE, live
from tests.app.privacy.searching import found, sampled
from tests.app.privacy.words import Words, fields, filled
from tests.support.data_api import data_api_of
from tests.support.databases import Clock, Connections, Database
from tests.support.doorbells import until
from tests.support.fake_deepgram import Line
from tests.support.local_web import answer
from tests.support.queue import Connection, Queue
from tests.support.sounds import wav

pytestmark = [pytest.mark.needs("postgrest"), pytest.mark.timeout(600)]

DELETION = worker.interviews.deletion_pipeline.pipeline
ITEMS, POSITIONS, RESEARCH = "timeline_items", "job_positions", "company_research"
TABLES = {POSITIONS, ITEMS, RESEARCH, "batch_jobs", "interview_questions"}
"""The tables in which this user fills in every field."""

OTHERS = {"users", "messages", "messages_default", "diary"}
"""Tables of Supabase Auth and of Realtime, and one of another project."""


class Life:
    """One user who fills in every field, with a word of its own in each."""

    def __init__(self, place: Venue, words: Words) -> None:
        self.place, self.words = place, words

    def page(self, url: str) -> None:
        """Put the site online at the word in a URL that the user gave: a page with another word."""
        host = url.split("/")[2]
        said = f"{self.words.new()} bakes bread in Leeds. We look for a baker. Full-time. " * 9
        text = f"<!doctype html><title>{host}</title><h1>Baker</h1><p>{said}</p>"
        path = url.split("/", 3)[3]
        self.place.web.routes[f"{host}/{path}"] = answer(text)

    def row(self, table: str, **more: Any) -> dict[str, Any]:
        """A row with a new word in every field that users may insert."""
        values = filled(self.place.owner, self.words, table, insert=True)
        return {name: value for name, value in (values | more).items() if value is not None}

    def pasted(self) -> dict[str, Any]:
        """A position as a text, which a model is asked about."""
        text = f"{self.words.new()} seeks a baker who bakes bread every morning in Leeds. " * 9
        return self.row(POSITIONS, job_url=None, raw_job_description=text)

    def recording(self, **more: Any) -> dict[str, Any]:
        """An interview with a recording, whose name and content are words."""
        path = f"{self.place.user.id}/{self.words.new()}.wav"
        self.place.storage.objects["interviews", path] = wav() + self.words.new().encode()
        return self.row(
            ITEMS, type="INTERVIEW_ANALYSE", interview_original_audio_path=path,
            interview_transcript_given=None, **more,
        )  # fmt: skip

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Rows of every kind: pages that are there and that are not, texts, recordings, batches."""
        position = self.row(POSITIONS, raw_job_description=None)
        research, batch = self.row(RESEARCH), self.row("batch_jobs")
        self.page(position["job_url"])
        self.page(research["company_url"])
        self.page(batch["companies"][0]["companyUrl"])
        return {
            POSITIONS: [
                position,
                self.pasted(),
                self.row(POSITIONS, raw_job_description=None),  # nothing is at its URL
            ],
            RESEARCH: [research, self.row(RESEARCH)],
            "batch_jobs": [batch],
            ITEMS: [
                self.recording(),
                self.row(ITEMS, type="MOCK_ANALYSE"),
                self.row(ITEMS, type="NOTE", interview_transcript_given=None),
                self.row(
                    ITEMS, type="INTERVIEW_ANALYSE", interview_transcript_given=None,
                    interview_original_audio_path=f"{self.place.user.id}/{self.words.new()}.wav",
                ),
            ],
        }  # fmt: skip

    async def add(self, rows: dict[str, list[dict[str, Any]]]) -> dict[str, list[str]]:
        """Insert rows as the user; all must be accepted."""
        added: dict[str, list[str]] = {}
        for table, some in rows.items():
            for row in some:
                keys = await self.place.user.insert(table, row)
                assert keys, f"{table} refused {row}"
                added.setdefault(table, []).extend(keys)
        return added

    async def edit(self, added: dict[str, list[str]]) -> None:
        """Write a word into every field that users may update."""
        owner = self.place.owner
        for table in TABLES:
            values = filled(owner, self.words, table, insert=False)
            for key in added.get(table, ()):
                if values:
                    assert await self.place.user.update(table, key, **values), (table, values)


def operate(place: Venue, added: dict[str, list[str]], words: Words) -> None:
    """What operators do about this user: a budget, a bulk change, an export, a look for alerts."""
    queue = Queue(place.owner)
    owner = place.user.id
    queue.call(
        "set_budget", measure="calls", most=1, operator="o", per="owner", owner=owner.upper()
    )
    for chosen in (
        _json(owner=owner.upper(), status=["pending"], text=words.made[0]),
        _json(table="public.job_positions", id=added[POSITIONS][0]),
    ):
        queue.call(
            "change_rows", action="priority", operator="o", arguments=_json(priority=1),
            filter=chosen,
        )  # fmt: skip
    queue.call("export_owner", owner=owner, operator="o")
    queue.call("due_alerts")


def _json(**values: Any) -> Jsonb:
    return Jsonb(values)


async def ended(place: Venue, added: dict[str, list[str]]) -> None:
    for table in (POSITIONS, ITEMS, RESEARCH):
        await place.ended(table, *added.get(table, ()))
    query = (
        "select 1 from public.company_research where account_id = %s"
        " and processing_status in ('pending', 'processing')"
    )
    await until(lambda: not place.owner.execute(query, [place.user.id]).fetchall(), deadline=60)


async def leave_some_unfinished(place: Venue, life: Life) -> None:
    """Let rows run until the model and the speech service are asked, and hold both; cancel some."""
    place.hold_model()
    place.hold_speech()
    rows = {
        POSITIONS: [life.pasted(), life.pasted()],
        ITEMS: [life.recording(), life.row(ITEMS, type="MOCK_ANALYSE")],
        RESEARCH: [life.row(RESEARCH)],
    }
    life.page(rows[RESEARCH][0]["company_url"])
    added = await life.add(rows)
    place.look()
    query = "select count(*) from processing.leases where owner = %s"
    await until(
        lambda: place.owner.execute(query, [place.user.id]).fetchone()[0] >= 4,  # type: ignore[index]  # a count is one row
        deadline=60,
    )
    Queue(place.owner).call("cancel", table_name=f"public.{POSITIONS}", row_id=added[POSITIONS][1])


def delete_user(superuser: Connection, user_id: str) -> None:
    """Delete an account in the way in which Supabase Auth does it, with the rights of its role."""
    with superuser.transaction():
        superuser.execute("set local role supabase_auth_admin")
        superuser.execute("delete from auth.users where id = %s", [user_id])


async def forgotten(place: Venue, clock: Clock) -> None:
    """Let the runs stop, and the orders to remove files be carried out, now and a day later."""
    query = "select 1 from public.storage_deletions where processing_status <> 'completed'"
    for _ in range(2):
        place.look()
        await until(
            lambda: (
                not place.owner.execute(
                    query
                    + " and coalesce(processing_not_before, '-infinity') <= processing.clock()"
                ).fetchall()
            ),
            deadline=60,
        )
        clock.advance(25 * 3600)
    await until(lambda: not place.owner.execute(query).fetchall(), deadline=60)


@pytest.fixture
def superuser(database: Database) -> Iterator[Connection]:
    with psycopg.connect(database.superuser_dsn, autocommit=True) as connection:
        yield connection


def test_every_table_that_users_fill_in_is_filled_in_here(
    database: Database, connect: Connections
) -> None:
    owner = connect(database)
    named = {table for insert in (True, False) for table, *_ in fields(owner, insert=insert)}
    assert named == TABLES


def sign_up(superuser: Connection, words: Words) -> str:
    """A new user, whose address and name are planted; answers the id."""
    user_id = str(uuid4())
    superuser.execute(
        "insert into auth.users (id, email, raw_user_meta_data) values (%s, %s, %s)",
        [user_id, f"{words.new()}@mail.example", _json(name=words.new())],
    )
    return user_id


def interview(words: Words) -> list[Line]:
    """What the speech service hears in each recording."""
    return [
        Line(0, "Hello, can you hear me well?", 0.5, 2.5),
        Line(1, f"Yes. My name is {words.new()}.", 3.0, 5.0),
        Line(0, f"Tell me about {words.new()}.", 5.5, 8.0),
        Line(1, f"I fixed {words.new()} within 40 minutes.", 8.6, 14.0),
    ]


async def test_nothing_of_a_deleted_user_is_left(
    database: Database, superuser: Connection, connect: Connections, clock: Clock
) -> None:
    words = Words()
    connect(database).execute(TABLE)
    with data_api_of(database) as api:
        async with venue(database, connect, {**PIPELINES, DELETION.slug: DELETION}) as place:
            user_id = sign_up(superuser, words)
            place.user = User(api, user_id)
            place.lines = interview(words)
            life = Life(place, words)
            added = await life.add(life.rows())
            await ended(place, added)
            questions = superuser.execute("select id::text from public.interview_questions")
            added["interview_questions"] = [key for (key,) in questions.fetchall()]
            assert added["interview_questions"]
            await life.edit(added)
            live(
                connect(database, "authenticated", user_id=user_id),
                Queue(connect(database, "service_role")),
                words,
            )
            operate(place, added, words)
            await leave_some_unfinished(place, life)
            planted = found(superuser, [*words.made, user_id])
            seen = set().union(*planted.values())
            # Samples stay when rows are deleted. Texts of other tables than these are in none.
            assert {name.split(".")[0] for name in sampled(superuser, words.made)} <= OTHERS
            delete_user(superuser, user_id)
            place.forgive()
            await forgotten(place, clock)
            await place.settled()
            await place.user.aclose()
            Queue(place.owner).call("prune")  # a worker does it every hour
            stored = [str(key) for key in place.storage.objects]
    unseen = set(words.made) - seen
    assert len(unseen) < len(words.made) / 3, f"these words never got into the database: {unseen}"
    assert found(superuser, [*words.made, user_id]) == {}
    assert [name for name in stored if user_id in name] == []
