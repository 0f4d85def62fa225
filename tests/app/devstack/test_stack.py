"""The stack starts on the usual ports or on others, and removes everything when it ends."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import httpx
import psycopg
import pytest

from devstack import stack as stack_module
from devstack.postgrest import PostgrestMissing
from devstack.project import ROOT
from devstack.serving import listener
from devstack.stack import LocalStack
from liverows.testing.ports import free_port
from tests.support.processes import all_end_within, descendants
from tests.support.signals import hear_ctrl_c


@pytest.mark.needs("postgrest")
def test_a_usual_port_is_taken_if_it_is_free_and_another_one_if_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usual = free_port()
    monkeypatch.setattr(stack_module, "POSTGRES_PORT", usual)
    with listener() as occupied:
        taken = occupied.getsockname()[1]
        monkeypatch.setattr(stack_module, "GATEWAY_PORT", taken)
        with LocalStack(usual_ports=True, functions=False) as stack:
            assert httpx.URL(stack.url).port not in (taken, None)
            assert f":{usual}/" in stack.db_url
            stack.sign_up()
            with psycopg.connect(stack.db_url) as owner:
                assert owner.execute("select count(*) from auth.users").fetchone() == (1,)


@pytest.mark.needs("postgrest")
def test_it_serves_a_page_and_tells_it_where_the_stack_is(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<p>a page</p>")
    with LocalStack(functions=False, page=tmp_path) as stack:
        assert httpx.get(f"{stack.url}/").text == "<p>a page</p>"
        assert httpx.get(f"{stack.url}/config.json").json() == {
            "url": stack.url,
            "publishableKey": stack.publishable_key,
        }
        assert httpx.get(f"{stack.url}/functions/v1/api").status_code == 404


def test_without_postgrest_it_says_what_falls_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Path:
        raise PostgrestMissing("npm has no postgrest for darwin on arm64")

    monkeypatch.setattr(stack_module, "find_postgrest", missing)
    with LocalStack(functions=False) as stack:
        (warning,) = stack.warnings
        assert warning.startswith("npm has no postgrest for darwin on arm64: without the Data API")
        user = stack.sign_up()
        headers = {"apikey": stack.publishable_key, "authorization": f"Bearer {user.access_token}"}
        assert httpx.get(f"{stack.url}/rest/v1/job_positions", headers=headers).status_code == 503
        with psycopg.connect(stack.db_url) as owner:
            owner.execute("select processing.contract_version()")


@pytest.mark.needs("stack")
@pytest.mark.parametrize(
    "how",
    [
        signal.SIGINT,
        pytest.param(signal.SIGTERM, marks=pytest.mark.thorough),
        pytest.param(signal.SIGKILL, marks=pytest.mark.thorough),
    ],
)
def test_it_prints_what_a_worker_needs_and_leaves_nothing_behind(how: signal.Signals) -> None:
    # The page is not built, because this test is not about it.
    command = "from devstack import __main__ as m; m.build = lambda: None; m.main()"
    with subprocess.Popen(
        [sys.executable, "-u", "-c", command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=hear_ctrl_c,  # noqa: PLW1509 - it only sets a signal
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(5)]
        started = descendants(process.pid)
        process.send_signal(how)
        assert process.wait(60) == (-how if how is signal.SIGKILL else 0)
    names = [line.partition("=")[0] for line in lines[:4]]
    assert names == [
        "SUPABASE_URL",
        "SUPABASE_SECRET_KEY",
        "SUPABASE_DB_URL",
        "SUPABASE_PUBLISHABLE_KEY",
    ]
    assert len(started) >= 6
    assert all_end_within(60, started)
