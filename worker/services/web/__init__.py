"""Reading pages from the public web safely: guard, transport, client and page checks."""
