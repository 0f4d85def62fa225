"""Postings that others published, in the formats in which they are kept."""
