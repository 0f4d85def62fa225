"""Plain async functions over providers and data; they know nothing of rows or queues."""
