"""Measures how exactly postings are read. The postings are data, rendered in many forms."""
