"""One address in front of everything, as Supabase's gateway is in front of a project."""
