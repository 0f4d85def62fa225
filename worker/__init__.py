"""The row is the job: a worker that runs Supabase rows as durable jobs."""

__version__ = "0.1.0"
