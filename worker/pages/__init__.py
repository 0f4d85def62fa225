"""Code for several pipelines, for example to read pages and to check quotes."""
