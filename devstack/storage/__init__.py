"""A stand-in of Supabase Storage: files in a folder, rows and rules in `storage.objects`."""
