"""Watch four real rows being enriched: `make demo`, or `python -m examples.demo`."""
