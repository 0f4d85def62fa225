"""The command that a container runs."""

from __future__ import annotations

import asyncio


def run() -> None:
    """Work on rows until SIGTERM or Ctrl-C; running rows get a grace to finish."""
    from worker.app.running import run_worker
    from worker.base.log import configure_logging
    from worker.base.settings import load_settings

    settings = load_settings()
    configure_logging(settings)
    asyncio.run(run_worker(settings))
