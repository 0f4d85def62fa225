"""How well interviews are read: roles, questions, borders and metrics against a known truth."""
