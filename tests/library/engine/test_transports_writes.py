"""Both transports: what a run writes before it ends, and which writes are refused."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from liverows.base.errors import (
    Cancelled,
    ContractMismatch,
    DatabaseTrouble,
    LeaseLost,
    Permanent,
    Transient,
)
from liverows.base.types import JsonObject
from liverows.base.usage import Usage
from liverows.database.client import ContractClient
from liverows.database.messages import ClaimedJob, Result, RunKey, StoredCheckpoint
from liverows.recipe.spending import Spending
from tests.support.data_api import lose_reply, lose_request
from tests.support.databases import Connections, Database
from tests.support.doorbells import until
from tests.support.links import MEGABYTE, TEXT, Link, checkpoint, claim_one, completed
from tests.support.samples import PIPELINE, Samples

# Checkpoints and progress

OUTPUTS: list[Any] = [
    None,
    True,
    0,
    2**53 + 1,
    0.1,
    "",
    "null",
    "{",
    TEXT,
    [],
    {},
    {"a": [None, {"b": 1.5}]},
]


async def test_checkpoints_come_back_with_the_next_claim(
    store: ContractClient, samples: Samples
) -> None:
    samples.add()
    job = await claim_one(store)
    for number, output in enumerate(OUTPUTS):
        await store.checkpoint(job.key, checkpoint(output, step=f"step-{number}"))
    await store.finish([Result(job.key, PIPELINE, "release")])
    again = await claim_one(store)
    stored = {one.step: one for one in again.checkpoints}
    assert stored == {
        f"step-{number}": StoredCheckpoint(f"step-{number}", "1", "a" * 64, output)
        for number, output in enumerate(OUTPUTS)
    }


async def test_a_checkpoint_of_a_megabyte_is_stored(
    store: ContractClient, samples: Samples
) -> None:
    samples.add()
    job = await claim_one(store)
    await store.checkpoint(job.key, checkpoint({"page": MEGABYTE}))
    (stored,) = samples.run("select output from processing.checkpoints")
    assert stored["output"] == {"page": MEGABYTE}


async def test_a_checkpoint_records_what_was_spent(store: ContractClient, samples: Samples) -> None:
    samples.add()
    job = await claim_one(store)
    spending = Spending()
    usage = Usage("m", input_tokens=5, cost_usd=0.000125)
    spent_json = spending.as_json([spending.note(job.key, PIPELINE, "read-page", usage)])
    await store.checkpoint(
        job.key, checkpoint(spent=spent_json, keep="content", max_age_seconds=3600.5)
    )
    (spent,) = samples.run("select model, input_tokens, cost_usd from processing.usage")
    assert spent == {"model": "m", "input_tokens": 5, "cost_usd": Decimal("0.000125")}
    (stored,) = samples.run(
        "select keep, extract(epoch from expires_at - created_at)::float as age"
        " from processing.checkpoints"
    )
    assert stored == {"keep": "content", "age": 3600.5}


async def test_a_checkpoint_survives_a_cut_connection(link: Link, samples: Samples) -> None:
    store = link.store()
    samples.add()
    job = await claim_one(store)
    if link.api is not None:
        link.api.faults.next(lose_request, lose_reply)
        await store.checkpoint(job.key, checkpoint())
    else:
        await _checkpoint_while_cut(store, job, link.database)
    stored = samples.run("select step, output from processing.checkpoints")
    assert stored == [{"step": "read-page", "output": "read"}]


async def _checkpoint_while_cut(store: ContractClient, job: ClaimedJob, database: Database) -> None:
    """Let a call wait for a lock, end its session meanwhile, and then let the next try pass."""
    with psycopg.connect(database.superuser_dsn) as holder:
        holder.execute("select from processing.leases for update")
        writing = asyncio.create_task(store.checkpoint(job.key, checkpoint()))
        cut = "select pg_terminate_backend(pid) from pg_locks where not granted"
        await until(lambda: holder.execute(cut).rowcount > 0)
    async with asyncio.timeout(60):
        await writing


async def test_a_worker_goes_on_after_the_server_was_restarted(
    link: Link, samples: Samples
) -> None:
    store = link.store()
    samples.add()
    job = await claim_one(store)
    link.database.server.restart()
    (finished,) = await store.finish([completed(job, title="after")])
    assert finished.outcome == "done"
    assert samples.look()["title"] == "after"


async def test_a_database_that_is_gone_is_transient(link: Link) -> None:
    store = link.store(patience_seconds=0)
    await store.check_contract()
    link.database.server.kill()
    try:
        with pytest.raises(Transient) as caught:
            async with asyncio.timeout(60):
                while True:  # a backend may still answer once or twice after its postmaster died
                    await store.take_back()
    finally:
        link.database.server.start()
    assert caught.value.code == "database_unreachable"


async def test_progress_shows_stage_percent_and_early_outputs(
    store: ContractClient, samples: Samples
) -> None:
    samples.add()
    job = await claim_one(store)
    await store.progress(job.key, stage=TEXT, percent=40, outputs={"title": TEXT, "count": 3})
    await store.progress(job.key, stage=None, percent=None, outputs=None)
    row = samples.look()
    assert (row["stage"], row["progress"], row["title"], row["count"]) == (TEXT, 40, TEXT, 3)


UNFIT: list[JsonObject] = [
    {"id": "undeclared"},
    {"count": "many"},
    {"count": -1},
    {"extra": float("nan")},
    {"extra": "\ud800"},
    {"extra": "\x00"},
]


async def test_an_early_output_that_does_not_fit_is_the_rows_fault(
    store: ContractClient, samples: Samples
) -> None:
    samples.add()
    job = await claim_one(store)
    for outputs in UNFIT:
        with pytest.raises(Permanent) as caught:
            await store.progress(job.key, stage=None, percent=1, outputs=outputs)
        assert caught.value.code == "bad_output"


@pytest.mark.parametrize("stage", ["\ud800", "\x00"], ids=["half", "nul"])
async def test_a_text_that_cannot_be_sent_is_the_rows_fault(
    store: ContractClient, samples: Samples, stage: str
) -> None:
    samples.add()
    job = await claim_one(store)
    with pytest.raises(Permanent) as caught:
        await store.progress(job.key, stage=f"the page said {stage}", percent=1, outputs=None)
    assert "the page said" not in caught.value.message


async def test_a_refusal_does_not_quote_the_row(store: ContractClient, samples: Samples) -> None:
    samples.add(body="what the page said")
    job = await claim_one(store)
    with pytest.raises(Permanent) as caught:
        await store.progress(job.key, stage=None, percent=1, outputs={"count": -1})
    assert caught.value.code == "bad_output"
    for word in ("samples", "count", "what the page said"):
        assert word not in caught.value.message


async def test_a_lost_run_writes_nothing_more(store: ContractClient, samples: Samples) -> None:
    samples.add()
    job = await claim_one(store)
    await store.finish([Result(job.key, PIPELINE, "release")])
    with pytest.raises(LeaseLost):
        await store.checkpoint(job.key, checkpoint())
    with pytest.raises(LeaseLost):
        await store.progress(job.key, stage="Late", percent=1, outputs={"title": "late"})
    assert samples.count("checkpoints") == 0
    assert samples.look()["title"] is None


async def test_a_cancelled_run_writes_nothing_more(store: ContractClient, samples: Samples) -> None:
    samples.add()
    job = await claim_one(store)
    samples.set_status("cancelled")
    with pytest.raises(Cancelled):
        await store.checkpoint(job.key, checkpoint())
    with pytest.raises(Cancelled):
        await store.progress(job.key, stage="Late", percent=1, outputs=None)


async def test_a_shared_checkpoint_is_found_by_its_input(link: Link, samples: Samples) -> None:
    one, other = link.store(), link.store()
    samples.add()
    job = await claim_one(one)
    await one.checkpoint(job.key, checkpoint({"found": TEXT}, shareable=True))
    found = await other.shared_checkpoint(PIPELINE, "read-page", "1", "a" * 64)
    assert found == StoredCheckpoint("read-page", "1", "a" * 64, {"found": TEXT})
    assert await other.shared_checkpoint(PIPELINE, "read-page", "2", "a" * 64) is None


# Doorbells and refusals


async def test_a_ping_rings_the_doorbell_of_its_channel(
    store: ContractClient, samples: Samples, database: Database, connect: Connections
) -> None:
    listening = connect(database)
    listening.execute("listen processing")
    await store.ping_realtime("nonce-2")
    await store.ping("nonce-1")
    heard = [note.payload for note in listening.notifies(timeout=60, stop_after=1)]
    assert heard == ["ping:nonce-1"]
    (sent,) = samples.run("select event, payload from realtime.messages where event = 'ping'")
    assert sent["payload"]["nonce"] == "nonce-2"


async def test_a_table_that_is_not_attached_is_its_own_trouble_and_names_the_cure(
    store: ContractClient,
) -> None:
    with pytest.raises(DatabaseTrouble) as caught:
        key = RunKey("public.nothing", "1", 1, str(uuid4()))
        await store.progress(key, stage=None, percent=1, outputs=None)
    assert (caught.value.code, caught.value.sqlstate) == ("database_refused", "RJ003")
    assert "public.job_positions" in str(caught.value.cure)


async def test_a_database_without_the_contract_names_the_cure(
    store: ContractClient, samples: Samples
) -> None:
    samples.run("drop function processing.list_pipelines()")
    samples.run("notify pgrst, 'reload schema'")
    with pytest.raises(ContractMismatch) as caught:
        await _until_refused(store)
    assert "liverows migrate" in caught.value.cure


async def _until_refused(store: ContractClient) -> None:
    """Call until it is refused, because PostgREST learns of the change a moment later."""
    async with asyncio.timeout(60):
        while True:
            await store.attached()


async def test_the_transport_names_itself(store: ContractClient, link: Link) -> None:
    assert store.transport.kind == ("postgres" if link.api is None else "supabase")
