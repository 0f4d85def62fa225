"""Compares every row with and without a language model: no model may make a row worse."""
