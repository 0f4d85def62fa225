"""The way to the database: logging in, calling the SQL contract, reading its answers."""
