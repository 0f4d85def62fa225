"""Ways to hear that a row became pending: NOTIFY and Realtime, each tested by its own pings."""
