"""What is attacked: Postgres, workers, the Data API, Realtime, the paid service, and rows."""

from bench.chaos.world.world import World, open_world

__all__ = ["World", "open_world"]
