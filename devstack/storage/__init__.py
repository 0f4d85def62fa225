"""A stand-in for Supabase Storage: files in a folder, rows and policies in `storage.objects`."""
