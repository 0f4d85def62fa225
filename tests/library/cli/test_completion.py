"""The shell completes the values of an option or argument of which only certain ones are known."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import psycopg
import pytest
import typer.testing

from liverows.cli import choices
from liverows.cli.commands import command_line
from tests.docs.generated.cli import commands
from tests.support.databases import Database
from tests.support.queue import Connection, Queue

CHOICES = [
    each
    for each in vars(choices).values()
    if isinstance(each, type) and issubclass(each, StrEnum) and each is not StrEnum
]
WORDS = {value for choice in CHOICES for value in choice}


def parameters() -> Iterator[tuple[str, Any]]:
    """Each option and argument, with its command."""
    for name, command in commands():
        yield from ((name, parameter) for parameter in command.params)


def kind_of(parameter: Any) -> Any:
    found = parameter.type_descriptor.annotation
    return found.__args__[0] if getattr(found, "__origin__", None) is list else found


@pytest.mark.parametrize(
    ("name", "option", "kind"),
    [
        (name, parameter.opts[0] if parameter.param_type_name == "option" else "", kind)
        for name, parameter in parameters()
        if (kind := kind_of(parameter)) in CHOICES
    ],
)
def test_the_shell_completes_each_value(name: str, option: str, kind: type[StrEnum]) -> None:
    words = f"liverows {name} {option}".split()
    answer = typer.testing.CliRunner().invoke(
        command_line([]),
        prog_name="liverows",
        env={
            "_LIVEROWS_COMPLETE": "complete_bash",
            "COMP_WORDS": " ".join(words) + " ",
            "COMP_CWORD": str(len(words)),
        },
    )
    assert answer.stdout.split() == list(kind), answer.output


def test_no_option_lists_such_values_only_in_its_help() -> None:
    seen = set[object]()
    for name, parameter in parameters():
        kind = kind_of(parameter)
        seen.add(kind)
        told = {word for word in WORDS if f"{word}," in str(parameter.help)}
        assert kind in CHOICES or len(told) < 2, (name, parameter.name, told)
    assert seen >= set(CHOICES)


def words_of(connection: Connection, question: str) -> set[str]:
    return {row[0] for row in connection.execute(question)}


def refused_words(queue: Queue, after: str, function: str, **wrong: Any) -> set[str]:
    """The values that the database names when it refuses another one."""
    with pytest.raises(psycopg.DatabaseError) as refused:
        queue.call(function, **wrong)
    listed = str(refused.value.diag.message_primary).split(after)[1]
    return set(listed.replace(" or ", ", ").split(", "))


def test_the_values_are_those_that_the_database_knows(module_database: Database) -> None:
    with psycopg.connect(module_database.dsn, autocommit=True) as connection:
        queue = Queue(connection)
        budget = {"most": 1, "operator": "ann"}
        assert refused_words(queue, "one of ", "set_budget", measure="x", **budget) == set(
            choices.Measure
        )
        assert refused_words(
            queue, "period is ", "set_budget", measure="calls", period="x", **budget
        ) == set(choices.Period)
        assert refused_words(
            queue, "per is ", "set_budget", measure="calls", per="x", **budget
        ) == set(choices.Per)
        assert refused_words(
            queue, "among ", "set_alert", alert="a", kind="x", operator="ann"
        ) == set(choices.AlertKind)
        assert refused_words(queue, "among ", "list_rows", filter='{"status": ["x"]}') == set(
            choices.Status
        )
        bulk = refused_words(
            queue, "among ", "change_rows", action="x", filter='{"status": ["failed"]}',
            operator="ann",
        )  # fmt: skip
        noted = words_of(
            connection,
            "select word from pg_proc as p,"
            " regexp_matches(p.prosrc, 'note_action\\(([^\\n]*)', 'g') as call,"
            " regexp_matches(call[1], '''([a-z_]+)''', 'g') as quoted,"
            " unnest(quoted) as word"
            " where p.pronamespace = 'processing'::regnamespace",
        )
        others = {word for word in noted if "_" in word or word in {"pause", "resume"}}
        assert bulk | others == set(choices.Action)
