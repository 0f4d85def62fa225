"""The Edge Functions work in a running stack."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from devstack.project import ROOT
from devstack.stack import User
from tests.app.functions.conftest import run_deno
from tests.support.stack import Stack

Recorder: TypeAlias = "Callable[[str, object], None]"

DOCUMENT = ROOT / "docs" / "openapi.json"

pytestmark = [pytest.mark.needs("stack", "deno"), pytest.mark.timeout(600)]


def test_each_route_and_each_error(stack: Stack, record_property: Recorder) -> None:
    """Run the handler itself in Deno. It may connect to the project only."""
    host = urlsplit(stack.url).hostname
    done = run_deno(
        "test",
        "--frozen",
        "--no-check",
        "--allow-env",
        f"--allow-net=127.0.0.1,{host}",
        "tests",
        variables=stack.environment(),
    )
    assert done.returncode == 0, done.stdout[-10_000:] + done.stderr[-2_000:]
    record_property("table", _bad_inputs(done.stdout))


def _bad_inputs(output: str) -> str:
    """The table that requests_test.ts prints, without the lines that Deno adds."""
    table = [line for line in output.splitlines() if line[25:28].isdigit() and line[23:25] == "  "]
    return "\n".join(["Bad input:", "", *table])


def test_a_row_keeps_the_trace_of_the_request_that_added_it(
    stack: Stack, api: httpx.Client
) -> None:
    sent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    body = {"jobUrl": "https://jobs.lever.co/acme-labs/5ac21346"}
    for traceparent, kept in ((sent, [(sent,)]), ("no trace", [])):
        headers = {"traceparent": traceparent}
        answer = api.post("/job-positions/by-url", json=body, headers=headers)
        assert answer.status_code == 201
        with psycopg.connect(stack.db_url) as connection:
            query = "select traceparent from processing.traces where row_id = %s"
            assert connection.execute(query, [answer.json()["id"]]).fetchall() == kept


def test_a_body_of_two_megabytes_is_refused_over_the_network(api: httpx.Client) -> None:
    answer = api.post("/job-positions/by-url", json={"jobUrl": "x" * 2_000_000})
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"


@pytest.mark.thorough  # `test_each_route_and_each_error` sends bad input to every route too
@pytest.mark.parametrize("examples", [5])
def test_what_the_document_says_holds_for_whatever_is_sent(
    stack: Stack, user: User, api: httpx.Client, tmp_path: Path, examples: int
) -> None:
    """Schemathesis invents requests from the OpenAPI document and checks each answer."""
    config = tmp_path / "schemathesis.toml"
    config.write_text(_own_rows(api))
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")),
            f"--config-file={config}",
            "run",
            str(DOCUMENT),
            f"--url={stack.url}/functions/v1",
            f"--header=Authorization: Bearer {user.access_token}",
            f"--header=apikey: {stack.publishable_key}",
            "--checks=not_a_server_error,status_code_conformance,content_type_conformance,"
            "response_schema_conformance,negative_data_rejection",
            "--phases=coverage,fuzzing",
            f"--max-examples={examples}",
            # How long an answer or an example takes is the machine's business.
            "--request-timeout=120",
            "--suppress-health-check=too_slow",
            "--seed=1",
            "--generation-database=none",
            "--no-color",
        ],
        cwd=tmp_path,
        env={**os.environ, "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-15_000:] + done.stderr[-2_000:]


def _own_rows(api: httpx.Client) -> str:
    """Settings for Schemathesis, so that the routes for one row find a row of the user."""
    position = _added(api, "/job-positions/by-url", {"jobUrl": "https://example.com/jobs/a"})
    paragraph = {"id": 0, "speaker": 0, "sentence": "Why do you bake?"}
    item = _added(api, "/mock-interview/analyse", {"transcript": [paragraph]})
    job = _added(api, "/research-direct", {"companyName": "Acme"})
    known = {
        "/api/job-positions/{id}": {"path.id": position["id"]},
        "/api/timeline-items/{id}": {"path.id": item["id"]},
        "/api/research-status/{jobId}": {"path.jobId": job["jobId"]},
    }
    for call in ("retry", "cancel", "reset"):
        row = {"path.table": "job_positions", "path.id": position["id"]}
        known[f"/api/processing/{{table}}/{{id}}/{call}"] = row
    lines = []
    for path, parameters in known.items():
        pairs = ", ".join(f'"{name}" = "{value}"' for name, value in parameters.items())
        lines.append(f'[[operations]]\ninclude-path = "{path}"\nparameters = {{ {pairs} }}\n')
    return "\n".join(lines)


def _added(api: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = api.post(path, json=body)
    assert answer.status_code == 201, answer.text
    added: dict[str, Any] = answer.json()
    return added
