"""The sessions of the console: who is signed in, and what a form must prove.

They are kept in memory, so a restart of the console signs everybody out.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

LIFETIME_SECONDS = 12 * 3600.0
MOST_SESSIONS = 1000


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the next page that the operator sees; `kind` is `done` or `problem`."""

    text: str
    kind: str = "done"


@dataclass(slots=True)
class Session:
    """One browser in which an operator is signed in.

    `csrf` is a secret that every form of this session carries, and no page of another site knows.
    """

    operator: str
    ends_at: float
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    notices: list[Notice] = field(default_factory=list)

    def take_notices(self) -> list[Notice]:
        """Return the notices that were not shown yet, and forget them."""
        taken, self.notices = self.notices, []
        return taken


class Sessions:
    """The open sessions by the token in their cookie. `monotonic` is a clock in seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._open: dict[str, Session] = {}

    def open(self, operator: str) -> tuple[str, Session]:
        """Begin a session; return its token and the session.

        If there are too many, the one goes that was unused for longest.
        """
        while len(self._open) >= MOST_SESSIONS:
            del self._open[next(iter(self._open))]
        token = secrets.token_urlsafe(32)
        self._open[token] = Session(operator, self._monotonic() + LIFETIME_SECONDS)
        return token, self._open[token]

    def find(self, token: str | None) -> Session | None:
        """Return the session of a token, or None if there is none or it has ended."""
        session = self._open.get(token or "")
        if session is not None and session.ends_at <= self._monotonic():
            self.close(token)
            return None
        if token is not None and session is not None:
            # Those that are in use come last, so that none of them has to go for a new one.
            self._open[token] = self._open.pop(token)
        return session

    def all(self) -> list[Session]:
        """Return the sessions that were not closed."""
        return list(self._open.values())

    def close(self, token: str | None) -> None:
        """End a session, if there is one with this token."""
        self._open.pop(token or "", None)
