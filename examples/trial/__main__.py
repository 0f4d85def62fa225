"""Tries the whole product on a real Supabase, and writes a report without secrets.

make trial                                  `supabase start`; needs Docker
TEST_SUPABASE_URL=… (four names) make trial     a project made for tests, with our migrations
TRIAL_JOB_URL=… TRIAL_COMPANY_URL=… TRIAL_RECORDING=… make trial
                                            also rows of your own
TRIAL_REPORT=… make trial                   the file of the report, else trial-report.json

The services of the worker are those of the environment and `.env`. Paid ones are used.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from dotenv import dotenv_values

from examples.demo.stack import kept_worker
from examples.site.server import Site, serve_site
from examples.trial.known_secrets import secrets_of_project, secrets_of_settings
from examples.trial.project import Project, TrialFailed, project
from examples.trial.report import Report, log_summary, row_line
from examples.trial.rows import URLS, Asked, asked, recording_file
from examples.trial.user import User, signed_up
from examples.trial.worker import command, unless_it_dies, until_it_listens, worker_environment

DEADLINE_SECONDS = 480.0
EXPLAIN = "select processing.explain(%s, %s)"


def main() -> int:
    """Run the trial; returns 0 if doctor found no problem and every row was completed.

    A trial that fails has a report too.
    """
    settings = {**dotenv_values(".env"), **os.environ}
    known = {name: value for name, value in settings.items() if value}
    path = Path(os.environ.get("TRIAL_REPORT") or "trial-report.json")
    report = Report(path, secrets_of_settings(known))
    # A file that cannot be written is told before the trial, and not after ten minutes.
    report.write()
    try:
        recording = recording_file()
        with project() as found:
            report.hide(secrets_of_project(found))
            asyncio.run(trial(found, known, recording, report))
    except (Exception, KeyboardInterrupt) as error:
        report.fail(error)
    report.write()
    report.show()
    return report.exit_code


async def trial(
    found: Project, settings: Mapping[str, str], recording: Path | None, report: Report
) -> None:
    """Look, run one worker and some rows, and add what they show to the report."""
    print(f"project: {found.kind}", flush=True)
    report.left_out = {name: what for name, what in URLS.items() if not os.environ.get(name)}
    async with serve_site(seconds_per_page=0.0) as site:
        environment = worker_environment(settings, found, site)
        report.doctor = await asyncio.to_thread(command, environment, "doctor")
        postgres = await _asked_of(found, "show server_version")
        report.versions = {"Postgres": postgres, "Python": sys.version.split()[0]}
        with tempfile.TemporaryDirectory(prefix="trial-") as folder:
            log_file = Path(folder) / "worker.log"
            try:
                async with kept_worker(environment, log_file) as worker:
                    await until_it_listens(worker, log_file, found.db_url)
                    rows = _rows(found, site, recording, report)
                    await unless_it_dies(worker, log_file, rows)
            finally:
                report.worker_log = log_summary(log_file)


async def _rows(found: Project, site: Site, recording: Path | None, report: Report) -> None:
    """Ask for rows as a new user, wait for their ends, and add a line for each."""
    ids: dict[str, Asked] = {}
    async with signed_up(found) as user:
        path = await user.upload(recording) if recording else None
        try:
            for one in asked(site, path):
                ids[await user.ask(one)] = one
            print(f"{len(ids)} rows asked for", flush=True)
            await _all_ended(user, ids)
        finally:
            # Also after a failure, because the rows show how far the worker came.
            for row_id, one in ids.items():
                row = await user.look(one, row_id)
                explained = await _asked_of(found, EXPLAIN, f"public.{one.table}", row_id)
                report.rows.append(row_line(one, row, explained))


async def _all_ended(user: User, ids: Mapping[str, Asked]) -> None:
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            await user.all_ended(ids)
    except TimeoutError:
        raise TrialFailed(f"not all rows have ended after {DEADLINE_SECONDS:g} s") from None


async def _asked_of(found: Project, query: str, *values: str) -> Any:
    """The one value that the database answers."""
    async with await psycopg.AsyncConnection.connect(found.db_url) as owner:
        [value] = await (await owner.execute(query, values)).fetchone() or [None]
    return value


if __name__ == "__main__":
    sys.exit(main())
