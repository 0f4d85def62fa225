"""The attach call that a cure prints can be pasted, and changes only what it says."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import create_model

from liverows import Pipeline
from liverows.running.attach_call import attach_call
from liverows.running.matching import match_pipelines
from tests.support.queue import Connection

NAMED_ALREADY = {"table", "pipeline", "inputs", "outputs"}
ONCE = {"backfill"}
"""Arguments that concern only the rows existing at the first attach; they are not stored."""


def listed(owner: Connection) -> list[dict[str, Any]]:
    found = owner.execute("select processing.list_pipelines()").fetchone()
    assert found is not None
    return list(found[0])


def test_every_argument_of_attach_is_listed_with_the_pipelines(owner: Connection) -> None:
    found = owner.execute(
        "select proargnames from pg_proc where oid = 'processing.attach'::regproc"
    ).fetchone()
    assert found is not None
    for row in listed(owner):
        assert set(row["settings"]) == set(found[0]) - NAMED_ALREADY - ONCE


@pytest.mark.parametrize("slug", ["enrich-job-position", "analyse-interview", "company-research"])
def test_the_cure_of_a_left_out_pipeline_keeps_every_setting(owner: Connection, slug: str) -> None:
    before = listed(owner)
    (row,) = [one for one in before if one["pipeline"] == slug]
    wanted = create_model("Wanted", created_at=(str, ""))
    pipeline = Pipeline(slug, inputs=wanted, outputs=create_model("Nothing"))
    error = match_pipelines({slug: pipeline}, [row]).left_out[slug]
    with owner.transaction(force_rollback=True):
        owner.execute(error.cure.partition("run: ")[2])
        (after,) = [one for one in listed(owner) if one["pipeline"] == slug]
    assert after["inputs"] == [*row["inputs"], "created_at"]
    assert {**after, "inputs": None} == {**row, "inputs": None}


def test_names_and_texts_are_quoted(owner: Connection) -> None:
    owner.execute(
        'create table public."Odd ""One""" (id bigint primary key, "a, b" text, "c""d\\e" text,'
        ' "null" text, "it\'s" text)'
    )
    names = ["a, b", 'c"d\\e', "null", "it's"]
    call = attach_call(
        'public."Odd ""One"""',
        "odd",
        names,
        names,
        {"when": "\"it's\" = 'x'", "doorbell": False, "concurrency": 3, "owner": None},
    )
    owner.execute(call)
    (row,) = [one for one in listed(owner) if one["pipeline"] == "odd"]
    assert row["inputs"] == row["outputs"] == names
    settings = row["settings"]
    assert settings["when"] == "\"it's\" = 'x'" and settings["concurrency"] == 3
    assert settings["doorbell"] is False and settings["owner"] is None
