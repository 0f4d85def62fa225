"""Options of which only certain values are known.

As enumerations, because the shell then completes the values, the help lists them, and another value
ends the command before anything is asked.
"""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """What `--status` chooses rows by: the states of a row, and two that tell them apart."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SET_ASIDE = "set_aside"
    DUE = "due"


class AlertKind(StrEnum):
    """What an alert watches."""

    FAILURES = "failures"
    QUEUE_AGE = "queue_age"
    NO_WORKER = "no_worker"
    DEAF_DOORBELL = "deaf_doorbell"
    BUDGET = "budget"
    TROUBLE = "trouble"


class Measure(StrEnum):
    """What a budget counts."""

    COST_USD = "cost_usd"
    TOKENS = "tokens"
    INPUT_TOKENS = "input_tokens"
    OUTPUT_TOKENS = "output_tokens"
    AUDIO_SECONDS = "audio_seconds"
    CALLS = "calls"
    ROWS = "rows"
    RUNS = "runs"


class Per(StrEnum):
    """How many counters a budget has: one for each owner, one for a pipeline, or one for all."""

    OWNER = "owner"
    PIPELINE = "pipeline"
    ALL = "all"


class Period(StrEnum):
    """After what time a budget begins anew."""

    DAY = "day"
    MONTH = "month"


class Action(StrEnum):
    """What the log of operators notes."""

    RETRY = "retry"
    RETRY_FRESH = "retry_fresh"
    RETRY_FROM = "retry_from"
    CANCEL = "cancel"
    PRIORITY = "priority"
    GIVE_BACK = "give_back"
    PAUSE = "pause"
    RESUME = "resume"
    SET_LIMITS = "set_limits"
    SET_BUDGET = "set_budget"
    SET_ALERT = "set_alert"
    REMOVE_ALERT = "remove_alert"
    PAUSE_ALERT = "pause_alert"
    RESUME_ALERT = "resume_alert"
    EXPORT_OWNER = "export_owner"
