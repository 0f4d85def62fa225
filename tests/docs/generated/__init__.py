"""The pages that are made from code: each has one function that returns its text."""
