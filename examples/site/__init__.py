"""A small web site about invented companies, for the demo and the tests."""
