"""Reads pages from the public web, and refuses addresses inside private networks."""
