"""Pipelines as a user of the library writes them, in their own package."""
