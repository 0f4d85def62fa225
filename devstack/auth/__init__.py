"""A small stand-in for Supabase Auth that issues users' tokens, with the same paths and JSON."""
