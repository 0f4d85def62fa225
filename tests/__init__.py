"""Tests; the folders follow the rooms of the worker."""
