"""Interview preparation on Supabase: rows that become postings, scored interviews and briefs."""

__version__ = "0.1.0"

PACKAGES = ("worker.positions", "worker.interviews", "worker.companies")
"""The packages of pipelines, each with an extra of the same name."""
