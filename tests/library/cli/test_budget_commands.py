"""Operators see, set and remove budgets from a terminal, and read what others did."""

from __future__ import annotations

import pytest

from liverows.base.errors import SetupError
from tests.library.cli.operating import Run, fail, out
from tests.support.queue import Queue
from tests.support.things import Things


def test_a_budget_is_set_shown_and_removed_after_a_confirmation(
    things: Things, queue: Queue, run: Run
) -> None:
    month = ("cost_usd", "--period", "month")
    made = out(run("budgets", "set", *month, "0.1", "--operator", "ann", "--json"))
    assert (made["per"], made["period"], made["limit"]) == ("all", "month", 0.1)
    assert things.run("select most::text from processing.budgets where per = 'all'") == [
        {"most": "0.1"}
    ]
    assert made in out(run("budgets", "list", "--json"))
    assert "0.2500 USD" in run("budgets", "set", *month, "0.25").stdout
    shown = run("budgets", "list", "--pipeline", "greet").stdout.splitlines()
    assert [line.split()[:2] for line in shown[1:]] == [["all", "together"]]
    declined = run("budgets", "remove", *month, answer="n\n")
    assert (declined.exit_code, "Remove the budget of cost_usd" in declined.stderr) == (1, True)
    assert "0.2500 USD" in run("budgets", "list").stdout
    assert "is removed" in run("budgets", "remove", *month, answer="y\n").stdout
    assert "0.2500 USD" not in run("budgets", "list").stdout
    told = [(line["operator"], line["arguments"]) for line in queue.call("operator_log")]
    assert told[-1] == (
        "ann", {"measure": "cost_usd", "most": 0.1, "per": "all", "period": "month"}
    )  # fmt: skip
    assert len(told) == 3
    with pytest.raises(SetupError, match="there is no budget of cost_usd"):
        run("budgets", "remove", *month, "--yes")


def test_a_declared_budget_is_replaced_and_holds_again_after_its_removal(
    things: Things, run: Run
) -> None:
    things.run("alter table public.things add column owner uuid")
    things.attach(
        "greet", inputs=["wants"], outputs=["said"], owner="owner", daily_limits='{"calls": 7}'
    )
    each = ("calls", "--pipeline", "greet", "--per", "owner")
    (declared,) = (
        line for line in out(run("budgets", "list", "--json")) if line["pipeline"] == "greet"
    )
    assert out(run("budgets", "set", *each, "3", "--json")) == declared | {
        "limit": 3, "operator": out(run("log", "--json"))[0]["operator"],
    }  # fmt: skip
    removed = run("budgets", "remove", *each, "--yes", "--json")
    assert out(removed)["removed"] is False
    assert out(removed)["holds"]["limit"] == 7
    again = run("budgets", "remove", *each, "--yes").stdout
    assert "the limit that attach has declared holds" in again
    assert "each owner" in again and "attach" in again.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--per", "pipeline"], "per pipeline needs the name of the pipeline"),
        (["--per", "all", "--pipeline", "greet"], "so it takes no pipeline"),
        (["--pipeline", "greet", "--per", "owner"], "rows have no owner"),
    ],
)
def test_a_budget_that_would_limit_nothing_is_refused_in_words(
    things: Things, run: Run, arguments: list[str], said: str
) -> None:
    with pytest.raises(SetupError, match=said):
        run("budgets", "set", "calls", "5", *arguments)


def test_the_log_tells_who_did_what_and_is_filtered_and_paged(
    things: Things, queue: Queue, run: Run
) -> None:
    nothing = run("log")
    assert (nothing.exit_code, nothing.stdout) == (3, "")
    assert "no line matches" in nothing.stderr
    fail(things, queue, "timeout", "timeout")
    run("pause", "greet", "--operator", "ann")
    things.run("update processing.operator_actions set at = at - interval '2 hours'")
    run("retry", "--code", "timeout", "--yes", "--operator", "bob")
    run("alerts", "remove", "queue-old", "--operator", "bob")
    lines = out(run("log", "--json"))
    assert [set(line) for line in lines] == 3 * [
        {"id", "at", "operator", "action", "pipeline", "arguments", "rows"}
    ]
    found = {
        name: [line["action"] for line in out(run("log", *arguments, "--json"))]
        for name, arguments in {
            "operator": ("--operator", "bob"), "action": ("--action", "pause"),
            "pipeline": ("--pipeline", "greet"), "since": ("--since", "1h"),
            "until": ("--until", "1h"), "limit": ("--limit", "1"),
            "after": ("--after", str(lines[1]["id"])),
        }.items()
    }  # fmt: skip
    assert found == {
        "operator": ["remove_alert", "retry"], "action": ["pause"], "pipeline": ["pause"],
        "since": ["remove_alert", "retry"], "until": ["pause"], "limit": ["remove_alert"],
        "after": ["pause"],
    }  # fmt: skip
    shown = run("log", "--limit", "2").stdout
    assert "status failed or cancelled" in shown and "code timeout" in shown
    assert f"--after {lines[1]['id']}" in shown
    assert run("log", "--operator", "nobody").exit_code == 3
