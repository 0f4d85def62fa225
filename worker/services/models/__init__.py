"""Language models: one interface, vendors' clients, and the reading of answers."""
