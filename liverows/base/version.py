"""The version of the library; also what a worker writes into its row of `processing.workers`."""

VERSION = "0.1.0"
