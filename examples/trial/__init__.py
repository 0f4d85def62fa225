"""Ten minutes against a real Supabase: `make trial` or `python -m examples.trial`."""
