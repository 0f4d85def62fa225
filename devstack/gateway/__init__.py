"""The gateway: one address for all parts of the stack, as a Supabase project has."""
