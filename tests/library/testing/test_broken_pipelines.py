"""Each broken promise is found by the test that is about it, and told in words."""

from __future__ import annotations

from typing import Any

import pytest

from liverows.testing import Ended
from liverows.testing.servers import ProjectDatabases
from liverows.testing.suite.behaviours import Behaviour, Suite
from liverows.testing.suite.unkept import DoesNotApply, Unkept
from tests.library.testing import broken_pipelines as broken
from tests.library.testing.broken_pipelines import Broken


def has_an_answer(ended: Ended) -> None:
    assert ended.row["answer"].startswith("Re: Come.")


def unchecked(_ended: Ended) -> None:
    return None


def behaviour(suite: Suite, name: str) -> Behaviour:
    (found,) = [one for one in suite.behaviours() if str(one) == name]
    return found


@pytest.mark.parametrize(
    ("pipeline", "name", "seen"),
    [
        pytest.param(Broken(recipe=broken.depends_on_chance), "killed_after_step[write]",
                     "write has 2 results, not 1", id="arguments depend on chance"),
        pytest.param(Broken(recipe=broken.depends_on_chance), "refused_output",
                     "write has 2 results, not 1", id="a retry pays again"),
        pytest.param(Broken(recipe=broken.depends_on_run), "killed_before_result",
                     "'Re: Come. 1', and then 'Re: Come. 2'", id="an answer depends on the run"),
        pytest.param(Broken(recipe=broken.depends_on_time), "killed_before_result",
                     "answer: 'Re: Come. 20", id="an answer depends on the time"),
        pytest.param(Broken(write=broken.swallows), "cancelled_in_step[write]",
                     "write was cancelled, and returned a result", id="a cancel is swallowed"),
        pytest.param(Broken(write=broken.swallows), "stopped_in_step[write]",
                     "write was cancelled, and returned a result", id="a shutdown is swallowed"),
        pytest.param(Broken(write=broken.swallows), "deleted_in_midrun",
                     "write was cancelled, and returned a result", id="a deletion is swallowed"),
        pytest.param(Broken(write=broken.renames), "stopped_in_step[write]",
                     "write was cancelled, and raised Permanent", id="a shutdown is a failure"),
        pytest.param(Broken(recipe=broken.goes_on_when_cancelled), "cancelled_in_step[write]",
                     "the recipe began write after that", id="the recipe goes on"),
        pytest.param(Broken(write=broken.leaves_task), "cancelled_in_step[write]",
                     "go on: tests.library.testing.broken_pipelines._goes_on (",
                     id="a task is left behind"),
        pytest.param(Broken(recipe=broken.hides_failures), "permanent_error[write]",
                     "completed; runs: 1, attempts: 1", id="a failure is hidden"),
        pytest.param(Broken(recipe=broken.tries_for_ever), "permanent_error[write]",
                     "runs: 3, attempts: 3", id="a final failure is tried again"),
        pytest.param(Broken(recipe=broken.gives_up), "transient_error[write]",
                     "the row is failed: provider_error: No.", id="a passing failure is final"),
        pytest.param(Broken(recipe=broken.breaks_on_bad_input), "bad_input",
                     "ValueError: substring not found", id="bad input breaks the recipe"),
        pytest.param(Broken(sql=broken.OVERWRITES), "edited_in_midrun",
                     "'Ours.'} in place of {'answer': 'Dear all'}", id="an edit is lost"),
        pytest.param(Broken(sql=broken.SENDS_ONCE), "second_round",
                     "bad_output", id="a second round is impossible"),
        pytest.param(Broken(sql=broken.HIDES_PROGRESS), "progress",
                     "the stage 'None' while write runs", id="no stage is shown"),
        pytest.param(Broken(more={"row": {"body": None}}), "completed",
                     "failed: invalid_input: body:", id="the row does not complete"),
    ],
)  # fmt: skip
async def test_a_broken_promise_is_found(
    liverows_databases: ProjectDatabases, pipeline: Broken, name: str, seen: str
) -> None:
    suite = Suite(pipeline.subject(unchecked))
    with pytest.raises(Unkept) as caught:
        await suite.run(behaviour(suite, name), liverows_databases.new)
    assert seen in caught.value.seen
    assert caught.value.promised
    for task in broken._LEFT:
        task.cancel()
    broken._LEFT.clear()


async def test_a_wrong_output_fails_the_check_with_the_promise_beside_it(
    liverows_databases: ProjectDatabases,
) -> None:
    def check(ended: Ended) -> None:
        assert ended.row["answer"] == "Dear Ada"

    suite = Suite(Broken().subject(check))
    with pytest.raises(AssertionError, match="Dear Ada") as caught:
        await suite.run(behaviour(suite, "second_round"), liverows_databases.new)
    assert "promised: a completed row that is queued again" in str(caught.value.__notes__)


@pytest.mark.parametrize(
    ("more", "name", "reason"),
    [
        ({"bad_row": None}, "bad_input", "no bad_row is given"),
        ({"edit": None}, "edited_in_midrun", "no edit is given"),
        ({"edit": {"body": "x"}}, "edited_in_midrun", "body cannot be edited"),
        ({"skip": {"progress": "Not now."}}, "progress", "Not now."),
    ],
)
async def test_what_does_not_apply_says_why(
    liverows_databases: ProjectDatabases, more: dict[str, Any], name: str, reason: str
) -> None:
    suite = Suite(Broken(more=more).subject(has_an_answer))
    with pytest.raises(DoesNotApply, match=reason):
        await suite.run(behaviour(suite, name), liverows_databases.new)
