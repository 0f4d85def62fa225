"""How well companies are researched, on sites whose truth is known."""
