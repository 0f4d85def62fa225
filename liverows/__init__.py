"""Runs rows of Supabase tables as durable jobs: each row is its own job.

The names in `__all__` are for the authors of packages of pipelines. The command line, the worker
and the access to the database are in the subpackages.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from liverows.base.version import VERSION as __version__

if TYPE_CHECKING:
    from liverows.base.errors import (
        BudgetExceeded,
        Cancelled,
        InvalidInput,
        LeaseLost,
        NotConfigured,
        Permanent,
        RateLimited,
        SetupError,
        Transient,
        Unreachable,
        WorkerError,
    )
    from liverows.base.finding import Finding
    from liverows.base.log import mask_secrets
    from liverows.base.logger import get_logger
    from liverows.base.paying import Payment, paid
    from liverows.base.settings import CommaSeparated, EnvSettings, read_settings
    from liverows.base.tracing import model_call, trace_headers, traceparent
    from liverows.base.types import Json, JsonObject
    from liverows.base.usage import Usage, record_usage
    from liverows.database.messages import AwaitedRow
    from liverows.database.own_functions import Database, open_database
    from liverows.recipe.child_process import ChildProcesses, run_in_child
    from liverows.recipe.context import Context
    from liverows.recipe.idempotency import idempotency_headers, idempotency_key
    from liverows.recipe.pipeline import Pipeline
    from liverows.recipe.resource import Resource
    from liverows.recipe.retry import ONCE, Retry
    from liverows.recipe.step import Step
    from liverows.recipe.threads import in_thread

__all__ = [
    "ONCE",
    "AwaitedRow",
    "BudgetExceeded",
    "Cancelled",
    "ChildProcesses",
    "CommaSeparated",
    "Context",
    "Database",
    "EnvSettings",
    "Finding",
    "InvalidInput",
    "Json",
    "JsonObject",
    "LeaseLost",
    "NotConfigured",
    "Payment",
    "Permanent",
    "Pipeline",
    "RateLimited",
    "Resource",
    "Retry",
    "SetupError",
    "Step",
    "Transient",
    "Unreachable",
    "Usage",
    "WorkerError",
    "__version__",
    "get_logger",
    "idempotency_headers",
    "idempotency_key",
    "in_thread",
    "mask_secrets",
    "model_call",
    "open_database",
    "paid",
    "read_settings",
    "record_usage",
    "run_in_child",
    "trace_headers",
    "traceparent",
]

_HOMES = {
    "AwaitedRow": "liverows.database.messages",
    "BudgetExceeded": "liverows.base.errors",
    "Cancelled": "liverows.base.errors",
    "ChildProcesses": "liverows.recipe.child_process",
    "CommaSeparated": "liverows.base.settings",
    "Context": "liverows.recipe.context",
    "Database": "liverows.database.own_functions",
    "EnvSettings": "liverows.base.settings",
    "Finding": "liverows.base.finding",
    "InvalidInput": "liverows.base.errors",
    "Json": "liverows.base.types",
    "JsonObject": "liverows.base.types",
    "LeaseLost": "liverows.base.errors",
    "NotConfigured": "liverows.base.errors",
    "ONCE": "liverows.recipe.retry",
    "Payment": "liverows.base.paying",
    "Permanent": "liverows.base.errors",
    "Pipeline": "liverows.recipe.pipeline",
    "RateLimited": "liverows.base.errors",
    "Resource": "liverows.recipe.resource",
    "Retry": "liverows.recipe.retry",
    "SetupError": "liverows.base.errors",
    "Step": "liverows.recipe.step",
    "Transient": "liverows.base.errors",
    "Unreachable": "liverows.base.errors",
    "Usage": "liverows.base.usage",
    "WorkerError": "liverows.base.errors",
    "get_logger": "liverows.base.logger",
    "idempotency_headers": "liverows.recipe.idempotency",
    "idempotency_key": "liverows.recipe.idempotency",
    "in_thread": "liverows.recipe.threads",
    "mask_secrets": "liverows.base.log",
    "model_call": "liverows.base.tracing",
    "open_database": "liverows.database.own_functions",
    "paid": "liverows.base.paying",
    "read_settings": "liverows.base.settings",
    "record_usage": "liverows.base.usage",
    "run_in_child": "liverows.recipe.child_process",
    "trace_headers": "liverows.base.tracing",
    "traceparent": "liverows.base.tracing",
}


def __getattr__(name: str) -> object:
    # The module of a name is imported when the name is first used, because imports take time and
    # a child process needs only a few of these names.
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
