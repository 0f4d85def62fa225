"""Shows how real rows of every kind are worked on: `make demo` or `python -m examples.demo`."""
