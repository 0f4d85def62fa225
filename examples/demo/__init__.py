"""Watch real rows of every kind being worked on: `make demo`, or `python -m examples.demo`."""
