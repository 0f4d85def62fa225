"""The queue before a harness that others wrote: due-work-harness, all profiles."""

from __future__ import annotations

from typing import Any

from due_work_harness import (
    Adoption,
    Claim,
    DueWorkContract,
    ExtraProof,
    Findings,
    Profile,
    SafetyContract,
    SafetyProfile,
    assert_superseded_snapshot_contract,
    due_work_contract_suite,
)
from due_work_harness.process_histories import ProcessHistory

from tests.library.duework import bindings, late_results, processes, safety
from tests.library.duework.late_results import SET_BACK, superseded_by
from tests.library.duework.site import Site

RUNS_AGAIN = (
    "a row whose worker died after it noted a paid call runs again by itself: the call has the "
    "same Idempotency-Key, and the history says maybe_paid_twice. No row waits for a person"
)
EDITED_MEANWHILE = (
    "an input edited during the run does not stop its result: the row names the input in "
    "processing_outdated, and runs again by itself only if attach says rerun"
)
BILLED_TWICE = (
    "a worker killed between the answer of a paid call and its checkpoint makes that one call "
    "again; a service that does not honour Idempotency-Key bills it twice"
)


def superseded_by_a_new_request() -> None:
    # ARRANGE: a worker has claimed the row.
    # REAL PRODUCTION: a person edits the input and queues the row again; then the worker finishes.
    # EXTERNAL SEAM: none.
    # OBSERVE: what the row shows.
    assert_superseded_snapshot_contract(superseded_by(SET_BACK))


def _done(read: int, think: int, write: int) -> tuple[object, ...]:
    return ("completed", True, 1, read, think, write)


WITHOUT_KEYS: ProcessHistory[str, tuple[Any, ...]] = ProcessHistory(
    name="three paid steps, a service that bills every request",
    initial=processes.NOTHING,
    run=processes.run_to,
    observe=processes.paid_by_call,
    recover=processes.start_again,
    death_points=(*(f"after {point}" for point in processes.REQUESTS), "after checkpoint 1"),
    findings=Findings(
        _done(1, 1, 1),
        {
            "died at after request read": _done(2, 1, 1),
            "died at after request think": _done(1, 2, 1),
            "died at after request write": _done(1, 1, 2),
        },
    ),
)

CONTRACT = DueWorkContract(
    name="liverows",
    # The gaps are decisions, and each has its reason.
    adoption=Adoption.LEGACY,
    profiles={
        Profile.AUTOMATIC_RECOVERY: Claim(),
        Profile.BOUNDED_OWNERSHIP: Claim(),
        Profile.CRASH_AMBIGUITY: Claim(
            gaps={
                "assert_dead_claim_with_open_attempt_is_ambiguous": RUNS_AGAIN,
                "assert_ambiguity_is_not_resolved_by_blind_retry": RUNS_AGAIN,
                "assert_late_evidence_resolves_ambiguity": RUNS_AGAIN,
                "assert_terminal_is_monotonic": RUNS_AGAIN,
            }
        ),
        Profile.DURABLE_RETENTION: Claim(),
        Profile.EVENTUAL_CONVERGENCE: Claim(
            gaps={"assert_superseded_snapshot_does_not_write": EDITED_MEANWHILE}
        ),
        Profile.FACT_DERIVED_OBLIGATIONS: Claim(),
    },
    safety=SafetyContract(
        name="liverows",
        profiles={
            SafetyProfile.REPLAY_SAFE_EXECUTION: Claim(),
            SafetyProfile.BOUNDED_RETRY: Claim(),
        },
        replay=safety.replay,
        retry=safety.retry,
        fixtures=("new_site",),
    ),
    sweep=bindings.sweep,
    ownership=bindings.ownership,
    ambiguity=bindings.ambiguity,
    retention=bindings.retention,
    convergence=late_results.convergence,
    snapshot=late_results.snapshot,
    derivation=late_results.derivation,
    process_handoffs=(processes.WITH_KEYS, WITHOUT_KEYS),
    handoff_gaps={WITHOUT_KEYS.name: BILLED_TWICE},
    extras=(
        ExtraProof(name="a run that a new request has superseded", run=superseded_by_a_new_request),
    ),
    fixtures=("new_site",),
)


@due_work_contract_suite(CONTRACT)
class TestLiverows:
    """Empty here: the contract makes the cases."""


def test_a_worker_dies_after_each_of_its_commits(new_site: Site) -> None:
    assert processes.traced() == list(processes.COMMITS)
