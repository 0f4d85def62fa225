"""Language models: one interface, the vendors' clients, and the reading of their answers."""
