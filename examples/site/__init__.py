"""A small web site of invented companies for the demo and the tests."""
