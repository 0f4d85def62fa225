"""Rows of a user that are put into the tables by SQL, as many as a test wants."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.rows import dict_row

from devstack.stack import LocalStack
from tests.app.browser.conftest import NewWindow
from tests.app.browser.window import Window, address

POSITIONS = """
insert into public.job_positions
    (account_id, job_url, job_title, company_name, location, job_description, archived, created_at,
     processing_status, processing_error, processing_finished_at)
select u.id, 'https://example.com/jobs/' || n, %(title)s || ' ' || n, 'Company ' || n %% 97,
    'Place ' || n %% 31, repeat('Text. ', 200), false,
    timestamptz '2026-01-01' + n * interval '1 min',
    %(status)s::public.processing_status, %(error)s::jsonb,
    timestamptz '2026-02-01' - n * interval '1 min'
from generate_series(1, %(count)s) as n, auth.users as u where u.email = %(email)s
order by n
returning id::text
"""

TIMEOUT = '{"code": "timeout", "message": "It took too long.", "retryable": true}'
ERROR = '{"code": "blocked", "message": "The site would not let us read it.", "retryable": false}'


class TableRows:
    """The database as its operator sees it, and the rows of one user."""

    def __init__(self, web: LocalStack, email: str) -> None:
        self._url = web.db_url
        self._email = email

    def add(
        self, count: int, status: str = "completed", title: str = "Job", *, error: str = ERROR
    ) -> list[str]:
        """Add positions named `<title> 1` to `<title> <count>`, the last the newest; their ids."""
        values: dict[str, Any] = {"count": count, "status": status, "title": title}
        values["error"] = error if status == "failed" else None
        rows = self.run(POSITIONS, email=self._email, **values)
        return [row["id"] for row in rows]

    def add_research(self, *names: str, status: str = "completed") -> list[str]:
        """Add requests for research about these companies; their ids."""
        rows = self.run(
            "insert into public.company_research (account_id, company_name, processing_status)"
            " select u.id, n, %(status)s::public.processing_status"
            " from unnest(%(names)s::text[]) as n, auth.users as u where u.email = %(email)s"
            " returning id::text",
            names=list(names), status=status, email=self._email,
        )  # fmt: skip
        return [row["id"] for row in rows]

    def add_interview(self, title: str) -> str:
        """Add an interview without questions that is done; its id."""
        (row,) = self.run(
            "insert into public.timeline_items"
            " (account_id, type, title, interview_transcript_given, processing_status)"
            " select u.id, 'MOCK_ANALYSE', %(title)s, '[]', 'completed'"
            " from auth.users as u where u.email = %(email)s returning id::text",
            title=title, email=self._email,
        )  # fmt: skip
        return str(row["id"])

    def run(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        """Run a statement in a transaction of its own; its rows."""
        with psycopg.connect(self._url, row_factory=dict_row) as database:
            done = database.execute(statement, values)
            return done.fetchall() if done.description else []

    def positions(self) -> list[dict[str, Any]]:
        """All positions of the user, the oldest first."""
        return self.run(
            "select p.*, p.id::text as id, p.processing_status::text as status"
            " from public.job_positions as p"
            " join auth.users as u on u.id = p.account_id where u.email = %(email)s"
            " order by p.created_at",
            email=self._email,
        )


def opened(new_window: NewWindow, web: LocalStack, name: str) -> tuple[Window, TableRows]:
    """A window of a new user, and that user's rows."""
    window = new_window()
    email = address(name)
    window.sign_up(email)
    return window, TableRows(web, email)
