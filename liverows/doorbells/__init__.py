"""Ways to hear that a row became pending: NOTIFY and Realtime."""
