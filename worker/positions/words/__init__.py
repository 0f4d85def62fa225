"""Lists of words in many languages, and functions that search a text for them."""
