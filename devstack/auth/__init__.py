"""A minimal issuer of users' tokens, with the paths and shapes of Supabase Auth."""
