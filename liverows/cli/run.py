"""The command `run`: the worker process, which a container starts."""

from __future__ import annotations

import asyncio

from liverows.base.collector import collector_paused
from liverows.base.logger import get_logger

log = get_logger(__name__)


def run() -> None:
    """Work on rows until SIGTERM or Ctrl-C.

    Then claim no more rows, and let running rows finish within LIVEROWS_GRACE_SECONDS.
    """
    with collector_paused():
        from liverows.base.log import configure_logging
        from liverows.base.settings import load_settings, outdated_names
        from liverows.cli.program import program
        from liverows.running.process import run_worker

    settings = load_settings()
    configure_logging(settings)
    for old, new in outdated_names().items():
        log.warning("setting_renamed", setting=old, now=new)
    here = program()
    for package, cure in here.missing.items():
        log.info("package_not_installed", package=package, cure=cure)
    asyncio.run(run_worker(settings, here.packages_of(settings)))
