"""The access to the database."""
