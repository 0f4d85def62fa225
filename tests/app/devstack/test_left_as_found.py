"""Tests on a real stack leave nothing behind; shown on the local one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx
import psycopg
import pytest

from devstack.project import ROOT
from tests.support.stack import VARIABLES, RealStack, Stack, left_as_found

LEFT = """
select (select count(*) from auth.users where id::text = %(user)s)
    + (select count(*) from public.job_positions where account_id::text = %(user)s)
    + (select count(*) from storage.buckets where id = %(bucket)s)
    + (select count(*) from storage.objects where bucket_id = %(bucket)s)
"""
DELETIONS = "select count(*) from public.storage_deletions"
NEW_BUCKET = "insert into storage.buckets (id, name) values (%(bucket)s, %(bucket)s)"


@pytest.mark.needs("stack")
def test_users_rows_and_files_of_a_test_are_removed_after_it(stack: Stack) -> None:
    real = RealStack(stack.url, stack.secret_key, stack.publishable_key, stack.db_url)
    with psycopg.connect(stack.db_url, autocommit=True) as owner:
        earlier = stack.sign_up()
        names = {"user": earlier.id, "bucket": "left-as-found"}
        deletions = owner.execute(DELETIONS).fetchone()
        with left_as_found(real):
            user = real.sign_up()
            key = {"apikey": stack.publishable_key, "authorization": f"Bearer {user.access_token}"}
            row = {"job_url": "https://a.example/"}
            httpx.post(
                f"{stack.url}/rest/v1/job_positions", json=row, headers=key
            ).raise_for_status()
            owner.execute(NEW_BUCKET, names)
            secret = {"apikey": stack.secret_key}
            at = f"{stack.url}/storage/v1/object/left-as-found/a.txt"
            httpx.post(at, content=b"a", headers=secret).raise_for_status()
            assert owner.execute(LEFT, names | {"user": user.id}).fetchone() == (4,)
        assert owner.execute(LEFT, names | {"user": user.id}).fetchone() == (0,)
        assert owner.execute(LEFT, names).fetchone() == (1,)
        assert owner.execute(DELETIONS).fetchone() == deletions


@pytest.mark.needs("stack")
def test_what_a_broken_test_leaves_is_removed_too(stack: Stack) -> None:
    real = RealStack(stack.url, stack.secret_key, stack.publishable_key, stack.db_url)
    with psycopg.connect(stack.db_url, autocommit=True) as owner:
        count = "select count(*) from auth.users"
        before = owner.execute(count).fetchone()
        with pytest.raises(KeyboardInterrupt), left_as_found(real):
            real.sign_up()
            raise KeyboardInterrupt
        assert owner.execute(count).fetchone() == before


@pytest.mark.parametrize(("processes", "exit_code"), [("2", 4), ("0", 0)])
def test_several_processes_on_one_real_stack_are_refused(
    processes: str, exit_code: int, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", processes, "-p", "no:cacheprovider", "-q",
         "--collect-only", "tests/app/test_settings.py"],
        cwd=ROOT, env={**os.environ, "TMPDIR": str(tmp_path), **dict.fromkeys(VARIABLES, "http://a")},
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == exit_code, done.stdout + done.stderr
    assert ("run them with -n 0" in done.stderr) == bool(exit_code)
