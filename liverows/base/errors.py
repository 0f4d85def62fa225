"""The one error tree.

    WorkerError
    ├── Transient              may pass by itself; tried again
    │   ├── RateLimited        as above, with the earliest moment that makes sense
    │   └── DatabaseTrouble    the database, or the way to it, refused for now
    ├── Permanent              will not pass; the row fails
    │   ├── InvalidInput       the row itself is wrong; its author can mend it
    │   ├── NotConfigured      a provider that the row needs has no settings here
    │   └── BudgetExceeded     the next paid call would pass a spending limit
    ├── LeaseLost              the run is no longer ours; write nothing more
    ├── Cancelled              a person stopped the row; write nothing more
    └── SetupError             the worker cannot start or go on as it is set up
        ├── Unreachable        the database or the API did not answer
        └── ContractMismatch   the SQL contract is missing or of another version

A vendor's error becomes one of these where it is caught. Messages are for the
row's owner: they carry no secret, no page content and no stack trace.
"""

from __future__ import annotations

from typing import Any, ClassVar


class WorkerError(Exception):
    """Base of everything that this package raises on purpose.

    `code` is a stable word that a frontend can switch on; `message` is a sentence
    for the row's owner. `sqlstate` is the database's own code, where the error is its.
    """

    default_code: ClassVar[str] = "internal"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.sqlstate: str | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        # Some kinds cannot be made from a message alone, and they travel between processes.
        return _made_again, (type(self), self.args, self.__dict__)


def _made_again(
    kind: type[WorkerError], args: tuple[Any, ...], state: dict[str, Any]
) -> WorkerError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class Transient(WorkerError):
    """Worth another try: a timeout, a 5xx, a broken connection."""

    default_code = "provider_error"


class RateLimited(Transient):
    """A provider asked us to wait.

    `retry_after` is in seconds from now and is a floor, never shortened by jitter.
    `provider` names the service to close for all workers until then. Waiting costs the
    row no attempt, unless `spends_attempt`: a stranger's site may ask us to wait for ever.
    """

    default_code = "provider_rate_limited"

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        provider: str | None = None,
        spends_attempt: bool = False,
        code: str | None = None,
    ) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after
        self.provider = provider
        self.spends_attempt = spends_attempt


class DatabaseTrouble(Transient):
    """The database refused, or nobody answered. A worker that runs waits and goes on.

    `code` says whose trouble it is: `database_unreachable` is the connection's, every
    other code is the statement's (`database_busy`, `database_changing`,
    `database_refused`). `cure` says what a person can do, where that is known. `unfit`
    marks what a worker should not even start with, such as a wrong password.
    """

    default_code = "database_unreachable"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        sqlstate: str | None = None,
        cure: str | None = None,
        unfit: bool = False,
    ) -> None:
        super().__init__(message, code=code)
        self.sqlstate = sqlstate
        self.cure = cure
        self.unfit = unfit

    def again(self) -> DatabaseTrouble:
        """The same trouble as a new error; one that is raised twice keeps both tracebacks."""
        return DatabaseTrouble(
            self.message, code=self.code, sqlstate=self.sqlstate, cure=self.cure, unfit=self.unfit
        )


class Permanent(WorkerError):
    """Another try would end the same way."""

    default_code = "provider_error"


class InvalidInput(Permanent):
    """The row asks for something that cannot be done; its author can mend it."""

    default_code = "invalid_input"


class NotConfigured(Permanent):
    """A needed provider has no settings; `setting` is the variable to set."""

    default_code = "provider_not_configured"

    def __init__(self, message: str, *, setting: str) -> None:
        super().__init__(message)
        self.setting = setting


class BudgetExceeded(Permanent):
    """Raised before the call that would pass the limit, so nothing was spent."""

    default_code = "budget_exceeded"


class LeaseLost(WorkerError):
    """Another run owns the row now, or the row is gone. SQLSTATE RJ001."""

    default_code = "lease_lost"


class Cancelled(WorkerError):
    """The row was cancelled while it ran. SQLSTATE RJ002."""

    default_code = "cancelled"


class SetupError(WorkerError):
    """The worker cannot run as it is set up; `cure` says what to do about it."""

    default_code = "setup"

    def __init__(self, message: str, *, cure: str, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.cure = cure


class Unreachable(SetupError):
    """The database or the API did not answer, or refused the credentials."""

    default_code = "unreachable"


class ContractMismatch(SetupError):
    """The SQL contract is missing, or of a version this worker does not speak."""

    default_code = "contract_mismatch"
