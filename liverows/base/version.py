"""The version of the library; a worker also writes it into its row of `processing.workers`."""

VERSION = "0.1.0"
