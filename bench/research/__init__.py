"""Measures how well companies are researched, with sites whose truth is known."""
