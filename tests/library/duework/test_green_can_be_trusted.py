"""due-work-harness sees a planted bug, and each declared gap fails for the reason that it names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import pytest
from due_work_harness.profiles.bounded_ownership import (
    assert_live_lease_blocks_reclaim,
    assert_stale_token_is_rejected,
)
from due_work_harness.profiles.crash_ambiguity import AMBIGUITY_PROOFS
from due_work_harness.profiles.durable_retention import assert_retention_preserves_non_terminal_work
from due_work_harness.profiles.eventual_convergence import (
    assert_superseded_snapshot_does_not_write,
)

from liverows.testing.postgres import PostgresServer
from tests.library.duework.bindings import ambiguity, ownership, retention
from tests.library.duework.late_results import snapshot
from tests.library.duework.site import Site, look, running_site, site
from tests.library.duework.test_due_work import CONTRACT
from tests.support.databases import Database, fresh_database
from tests.support.plants import PLANTS, plant

Seen: TypeAlias = tuple[Callable[[], Any], Callable[[Any], None]]

SEEN_BY: Mapping[str, Seen] = {
    "a result needs no fence": (ownership, assert_stale_token_is_rejected),
    "a checkpoint needs no fence": (ownership, assert_stale_token_is_rejected),
    "a lease is not looked at before its row is taken back": (
        ownership,
        assert_live_lease_blocks_reclaim,
    ),
    "prune deletes checkpoints by their age alone": (
        retention,
        assert_retention_preserves_non_terminal_work,
    ),
    "prune deletes leases by their age alone": (
        retention,
        assert_retention_preserves_non_terminal_work,
    ),
}

OUT_OF_SIGHT = {
    # No profile asks for a second round of a row that has ended, with its steps.
    "a new round keeps the checkpoints of the old one",
    # No profile knows limits.
    "claims do not wait for each other before they count",
}
"""The model of tests/library/interleaving finds these."""


@pytest.fixture
def planted(
    postgres_server: PostgresServer, project_template: str, request: pytest.FixtureRequest
) -> Iterator[Site]:
    with fresh_database(postgres_server, project_template) as database:
        with_bug: Database = database
        with running_site(with_bug) as place:
            plant(with_bug, request.param)
            yield place


@pytest.mark.parametrize(
    ("planted", "bug"), [(bug, bug) for bug in SEEN_BY], indirect=["planted"], ids=list(SEEN_BY)
)
def test_a_planted_bug_is_found(planted: Site, bug: str) -> None:
    binding, proof = SEEN_BY[bug]
    with pytest.raises(AssertionError):
        proof(binding())


def test_what_no_profile_can_see_is_named() -> None:
    assert PLANTS.keys() - SEEN_BY.keys() == OUT_OF_SIGHT


def gaps() -> list[str]:
    return [
        name
        for disposition in CONTRACT.profiles.values()
        for name in getattr(disposition, "gaps", {})
    ]


@pytest.mark.parametrize("proof", [proof for proof in AMBIGUITY_PROOFS if proof.__name__ in gaps()])
def test_a_row_with_an_open_call_waits_and_is_not_ambiguous(
    new_site: Site, proof: Callable[[Any], None]
) -> None:
    with pytest.raises(AssertionError):
        proof(ambiguity())
    (row,) = site().things.run("select id::text as key from public.things")
    # What the gap says: the row waits to run again, and the call that may be paid is known.
    assert look(row["key"])["status"] == "pending"
    assert site().things.run("select tries from processing.paid_calls") == [{"tries": 1}]


def test_a_result_of_an_edited_input_names_that_input(new_site: Site) -> None:
    with pytest.raises(AssertionError, match="superseded snapshot wrote back"):
        assert_superseded_snapshot_does_not_write(snapshot())
    (row,) = site().things.run("select processing_status, processing_outdated from public.things")
    assert row == {"processing_status": "completed", "processing_outdated": ["wants"]}


def test_all_profiles_are_claimed_and_five_cases_are_gaps() -> None:
    assert {type(of).__name__ for of in CONTRACT.profiles.values()} == {"Claim"}
    assert len(gaps()) == 5
    assert len(CONTRACT.handoff_gaps) == 1
