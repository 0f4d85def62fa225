"""All errors that this package raises on purpose.

    WorkerError
    ├── Transient              may pass by itself; tried again
    │   ├── RateLimited        the same, with the earliest useful moment for the next try
    │   └── DatabaseTrouble    the database, or the connection to it, failed for now
    ├── Permanent              another try would fail too; the row fails
    │   ├── InvalidInput       the row itself is wrong; its author can correct it
    │   ├── NotConfigured      a provider that the row needs has no settings here
    │   └── BudgetExceeded     the next paid call would exceed a spending limit
    ├── LeaseLost              this run no longer owns the row; write nothing more
    ├── Cancelled              a person stopped the row; write nothing more
    └── SetupError             the worker cannot start or continue with its setup
        ├── Unreachable        the database or the API did not answer
        └── ContractMismatch   the SQL contract is missing or has another version

A vendor's error is converted to one of these where it is caught. The row's owner reads the
messages, so they contain no secret, no page content and no stack trace.
"""

from __future__ import annotations

from typing import Any, ClassVar


class WorkerError(Exception):
    """Base of every error that this package raises on purpose.

    `code` is a stable word that a frontend can check; `message` is a sentence for the row's owner.
    `sqlstate` is the database's error code, if the database raised the error.
    """

    default_code: ClassVar[str] = "internal"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.sqlstate: str | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        # Errors travel between processes, and some subclasses cannot be built from a message alone.
        return _made_again, (type(self), self.args, self.__dict__)


def _made_again(
    kind: type[WorkerError], args: tuple[Any, ...], state: dict[str, Any]
) -> WorkerError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class Transient(WorkerError):
    """Another try may succeed: a timeout, an HTTP 5xx, a broken connection."""

    default_code = "provider_error"


class RateLimited(Transient):
    """A provider asked us to wait.

    `retry_after` is in seconds from now; random waits may lengthen it but never shorten it.
    `provider` names the service that is closed to all workers until then. Waiting costs the row no
    attempt, unless `spends_attempt` is set: an unknown website could ask us to wait for ever.
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
    """The database failed or did not answer. A running worker waits and continues.

    `code` says what failed: `database_unreachable` is the connection, every other code is the
    statement (`database_busy`, `database_changing`, `database_refused`). `cure` says what a person
    can do, if that is known. `unfit` marks a failure with which a worker must not start, such as a
    wrong password.
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
        """A copy to raise: an error that is raised twice mixes its tracebacks."""
        return DatabaseTrouble(
            self.message, code=self.code, sqlstate=self.sqlstate, cure=self.cure, unfit=self.unfit
        )


class Permanent(WorkerError):
    """Another try would fail in the same way."""

    default_code = "provider_error"


class InvalidInput(Permanent):
    """The row asks for something impossible; its author can correct it."""

    default_code = "invalid_input"


class NotConfigured(Permanent):
    """A provider that is needed has no settings; `setting` is the variable to set."""

    default_code = "provider_not_configured"

    def __init__(self, message: str, *, setting: str) -> None:
        super().__init__(message)
        self.setting = setting


class BudgetExceeded(Permanent):
    """A limit forbids the next paid call. Raised before that call, so nothing was spent."""

    default_code = "budget_exceeded"


class LeaseLost(WorkerError):
    """This run no longer holds the row: it was taken back, claimed again or deleted. RJ001."""

    default_code = "lease_lost"


class Cancelled(WorkerError):
    """The row was cancelled while it was running. SQLSTATE RJ002."""

    default_code = "cancelled"


class SetupError(WorkerError):
    """The worker cannot run with its present setup; `cure` says what to do about it."""

    default_code = "setup"

    def __init__(self, message: str, *, cure: str, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.cure = cure


class Unreachable(SetupError):
    """The database or the API did not answer, or refused the credentials."""

    default_code = "unreachable"


class ContractMismatch(SetupError):
    """The SQL contract is missing, or has a version that this worker does not support."""

    default_code = "contract_mismatch"
