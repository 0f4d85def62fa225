"""The application: pipelines for job postings, interviews and company research."""

__version__ = "0.1.0"

PACKAGES = ("worker.positions", "worker.interviews", "worker.companies")
"""The packages of pipelines. The last part of a name is also the package's extra."""
