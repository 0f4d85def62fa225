"""Profiles E and F of due-work-harness: results that come late, and work that a row implies."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from due_work_harness import ConvergentWrite, StateDerived, SupersededSnapshot

from tests.library.duework.calls import (
    TERMINAL,
    claim,
    claim_new,
    complete,
    leases,
    take_back,
)
from tests.library.duework.selection import due_rows
from tests.library.duework.site import look, lose_heartbeats, owner, site


def state_of(key: str, token: UUID) -> tuple[str, str, tuple[Any, ...]]:
    row = look(key)
    return key, str(token), (row["status"], row["said"], row["run"], row["attempts"])


def unsettled() -> Any:
    return state_of(*claim_new())


def settled_by_another() -> Any:
    """Another worker has finished the row of a slow one, whose own result is still to come."""
    key, slow = claim_new()
    lose_heartbeats()
    take_back(key)
    again = claim()
    assert again is not None
    complete(*again)
    return state_of(key, slow)


def apply_result(state: tuple[str, str, tuple[Any, ...]]) -> Any:
    key, token = state[0], UUID(state[1])
    complete(key, token)
    return state_of(key, token)


def convergence() -> ConvergentWrite:
    return ConvergentWrite(
        name="liverows",
        # ARRANGE
        settled_state=settled_by_another,
        unsettled_state=unsettled,
        # REAL PRODUCTION: finish, with the result of this run.
        apply_evidence=apply_result,
        # EXTERNAL SEAM: the clock.
        # OBSERVE
        is_settled=lambda state: state[2][0] in TERMINAL,
    )


async def _person(statement: str, key: str) -> None:
    async with owner() as connection:
        await connection.execute(statement, int(key))


def person(statement: str, key: str) -> None:
    """What a person does in Studio; the triggers of the migrations judge it."""
    site().run(_person(statement, key))


EDITED = "update public.things set wants = 'something else' where id = $1"
SET_BACK = (
    "update public.things set wants = 'something else', processing_status = 'pending' where id = $1"
)


def finish_taken(taken: tuple[str, UUID]) -> bool:
    return complete(*taken)


def superseded_by(statement: str) -> SupersededSnapshot:
    tokens: list[tuple[str, UUID]] = []

    def take() -> tuple[str, UUID]:
        tokens.append(claim_new())
        return tokens[-1]

    def shown() -> Any:
        row = look(tokens[-1][0])
        return row["status"], row["said"], row["finished_at"]

    return SupersededSnapshot(
        name="liverows",
        # ARRANGE
        take_snapshot=take,
        # REAL PRODUCTION: a person's statement, and the worker's finish.
        supersede=lambda: person(statement, tokens[-1][0]),
        run_with_snapshot=finish_taken,
        # EXTERNAL SEAM: none.
        # OBSERVE
        observe=shown,
    )


def snapshot() -> SupersededSnapshot:
    # ARRANGE, REAL PRODUCTION, EXTERNAL SEAM and OBSERVE stand in `superseded_by`:
    # ARRANGE
    # REAL PRODUCTION
    # EXTERNAL SEAM
    # OBSERVE
    return superseded_by(EDITED)


def implied() -> str:
    """A row that an application stored; nobody hears the NOTIFY of it."""
    return site().things.add_one()


def stopped() -> str:
    key = implied()
    site().things.call("cancel", table_name="public.things", row_id=key)
    return key


def settle(key: str) -> None:
    """A worker runs all rows that are due, until this one is done."""
    while look(key)["status"] not in TERMINAL:
        found = claim() if not leases(key) else held_token(key)
        assert found is not None
        complete(*found)


def held_token(key: str) -> tuple[str, UUID]:
    (nonce,) = leases(key)
    return key, UUID(nonce)


def wanted(key: str) -> Any:
    return look(key)["wants"]


def want_something_else(key: str) -> Any:
    person(SET_BACK, key)
    return wanted(key)


def derivation() -> StateDerived:
    return StateDerived(
        name="liverows",
        # ARRANGE
        make_implied_obligation=implied,
        make_stopped=stopped,
        make_recovery_eligible=lambda _key: None,
        # REAL PRODUCTION: the row is the job, so nothing has to be derived.
        derive=lambda: None,
        materialises_records=False,
        outstanding=due_rows,
        settle=settle,
        move_desired_state=want_something_else,
        # EXTERNAL SEAM: no worker listens.
        # OBSERVE
        record_of=look,
        desired_of=wanted,
    )
