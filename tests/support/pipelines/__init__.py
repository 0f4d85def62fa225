"""Pipelines as a user of the worker writes them, in a package of their own."""
