"""The worker: it claims rows, runs them and writes their results.

This file imports nothing, so that a command loads only the modules that it needs.
"""
