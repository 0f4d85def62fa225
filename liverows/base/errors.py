"""The library's error classes, for its own code and for the code of pipelines.

    WorkerError
    ├── Transient              may pass by itself; another try may succeed
    │   ├── RateLimited        a service asked us to wait before the next try
    │   └── DatabaseTrouble    the database, or the connection to it, failed for now
    ├── Permanent              another try would fail too
    │   ├── InvalidInput       the row itself is wrong; its owner can correct it
    │   ├── NotConfigured      a service that the row needs has no settings here
    │   └── BudgetExceeded     the next paid call could exceed a budget
    ├── LeaseLost              this run no longer holds its lease; write nothing more
    ├── Cancelled              the row was cancelled; write nothing more
    └── SetupError             a worker or a command cannot run with its setup
        ├── Unreachable        the database or an API cannot be reached, or refused the login
        └── ContractMismatch   the SQL contract is missing or does not fit this worker

The row's owner may read a message, so a message must not contain a secret, page content or a stack
trace. Operators read the detail.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any, ClassVar, TypeAlias

Params: TypeAlias = "Mapping[str, str | int | float]"


class WorkerError(Exception):
    """Base of all errors in this module.

    `code` is a stable word that a frontend can check; `message` is a sentence for a person, which
    the row's owner reads unless there is a sentence for the code (see `Pipeline`). `detail` is for
    operators: the log and `liverows explain` have it, the row has not. `params` are the values in
    the sentence, by name, such as `{"hours": 3}`; the row has them too, so that a page can say the
    sentence in another language. `kind` among them chooses the sentence for `code.kind`.
    `sqlstate` is the error code of Postgres, a pooler or PostgREST, or None if none is known.
    """

    default_code: ClassVar[str] = "internal"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        detail: str | None = None,
        params: Params | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.detail = detail
        self.params = {name: _plain(value) for name, value in (params or {}).items()}
        self.sqlstate: str | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        # Python would unpickle an error from its message alone; some have more arguments.
        return _made_again, (type(self), self.args, self.__dict__)


def _plain(value: object) -> str | int | float:
    # A recipe without type checks may give a date, which the Data API could not send as JSON, and
    # JSON has no infinity.
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    return value if isinstance(value, str | int | float) else str(value)


def _made_again(
    kind: type[WorkerError], args: tuple[Any, ...], state: dict[str, Any]
) -> WorkerError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class Transient(WorkerError):
    """Another try may succeed, for instance after a timeout, an HTTP 5xx or a broken connection."""

    default_code = "provider_error"


class RateLimited(Transient):
    """A service asked us to wait.

    `retry_after` is in seconds from now, or None if the service did not say. If a run ends with
    this error and `retry_after`, the row waits that long without losing an attempt, and `provider`
    is closed to all workers meanwhile. With `spends_attempt`, the run counts as a failed attempt
    and no provider is closed.
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
        detail: str | None = None,
        params: Params | None = None,
    ) -> None:
        super().__init__(message, code=code, detail=detail, params=params)
        self.retry_after = retry_after
        self.provider = provider
        self.spends_attempt = spends_attempt


class DatabaseTrouble(Transient):
    """The database failed or did not answer.

    `code` is `database_unreachable` if there is no usable connection. `cure` says what a person can
    do, or is None. `unfit` is true for a failure with which a worker must not start.
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
        """Return a copy to raise later, because one object raised twice mixes both tracebacks."""
        return DatabaseTrouble(
            self.message, code=self.code, sqlstate=self.sqlstate, cure=self.cure, unfit=self.unfit
        )


class Permanent(WorkerError):
    """Another try would fail in the same way. A run that ends with this error fails the row."""

    default_code = "provider_error"


class InvalidInput(Permanent):
    """The row asks for something impossible; the row's owner can correct the row."""

    default_code = "invalid_input"


class NotConfigured(Permanent):
    """A service that the row needs has no settings here; `setting` names the variable to set.

    The row's owner can set nothing, so the message and the setting are for operators, as a detail
    is, and the owner reads the sentence for the code.
    """

    default_code = "provider_not_configured"

    def __init__(self, message: str, *, setting: str, params: Params | None = None) -> None:
        super().__init__(message, params=params)
        self.setting = setting


class BudgetExceeded(Permanent):
    """The next paid call could exceed a budget, so it is not made.

    The engine raises it with the code `budget_reached`. With `retry_after`, in seconds from now,
    the row waits that long without losing an attempt; with None it fails. The code of a pipeline
    may raise it for a limit of its own.
    """

    default_code = "budget_exceeded"

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        code: str | None = None,
        detail: str | None = None,
        params: Params | None = None,
    ) -> None:
        super().__init__(message, code=code, detail=detail, params=params)
        self.retry_after = retry_after


class LeaseLost(WorkerError):
    """This run no longer holds its lease, for instance because the row was deleted or taken back.

    If the database raised the error, the SQLSTATE is RJ001.
    """

    default_code = "lease_lost"


class Cancelled(WorkerError):
    """The row was cancelled while this run worked on it.

    If the database raised the error, the SQLSTATE is RJ002.
    """

    default_code = "cancelled"


class SetupError(WorkerError):
    """A worker or a command cannot run with its present setup; `cure` says what to do."""

    default_code = "setup"

    def __init__(self, message: str, *, cure: str, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.cure = cure


class Unreachable(SetupError):
    """The database, the Data API or Realtime cannot be reached, or refused the credentials."""

    default_code = "unreachable"


class ContractMismatch(SetupError):
    """The SQL contract is missing, has another version, or gave an answer of another shape."""

    default_code = "contract_mismatch"


class StrangeAnswer(ContractMismatch):
    """An answer of another shape. Whoever stands before the database may have sent it."""
