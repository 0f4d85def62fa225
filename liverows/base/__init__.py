"""The lowest layer, which all other subpackages may import."""
