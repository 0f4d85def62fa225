"""Writes the files of a project: `liverows init` and `liverows new pipeline`."""
