"""Compares how interviews are read with a known truth: roles, questions, borders, metrics."""
