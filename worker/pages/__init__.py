"""Reading web pages: trees, readable text, structured data, pay, quotes and prompts."""
