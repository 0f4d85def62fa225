"""The conformance suite: what every pipeline promises, tested with one row of it."""
