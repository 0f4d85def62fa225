"""Measures the worker and the simplest loop that does the same, on one machine in one run."""
