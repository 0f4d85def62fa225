"""What the author of a pipeline needs; the machinery is imported by its module."""

from worker.engine.context import Context
from worker.engine.pipeline import Pipeline
from worker.engine.retry import ONCE, Retry
from worker.engine.steps import Step

__all__ = ["ONCE", "Context", "Pipeline", "Retry", "Step"]
