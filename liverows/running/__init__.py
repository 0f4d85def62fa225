"""Where a worker is put together: the database, the pipelines, the doorbells, the runner.

A problem that only a person can repair is found here, before the first row is claimed: a worker
that starts has a database that speaks its contract, and pipelines that fit their tables.
Nothing is imported here, so that a command loads only the part that it needs.
"""
