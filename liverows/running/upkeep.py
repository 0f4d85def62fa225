"""Keeps up to date which pipelines a running worker serves, by asking the database regularly.

In a rolling deploy the migration may run after the worker starts. So a pipeline that does not fit
its table is left out only until a later look finds that it fits.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from liverows.base.clock import Clock, SystemClock
from liverows.base.errors import WorkerError
from liverows.base.logger import get_logger
from liverows.base.types import JsonObject
from liverows.database.client import ContractClient
from liverows.recipe.registry import AnyPipeline
from liverows.running.matching import Match, match_pipelines
from liverows.running.runner import Runner

log = get_logger(__name__)


class PipelineUpkeep:
    """Tells the runner, its health and the log when the attached pipelines change.

    `match` compares `found`, this worker's pipelines, with the database at the start. Each look
    calls `on_attached` with the attached ones of `found`.
    """

    def __init__(
        self,
        runner: Runner,
        client: ContractClient,
        found: Mapping[str, AnyPipeline],
        match: Match,
        clock: Clock | None = None,
        *,
        on_attached: Callable[[Sequence[JsonObject]], None] = lambda _: None,
    ) -> None:
        self._runner = runner
        self._client = client
        self._found = found
        self._match = match
        self._clock = clock or SystemClock()
        self._on_attached = on_attached
        _log_new(match, None)
        self._show_health()

    @asynccontextmanager
    async def every(self, seconds: float) -> AsyncIterator[None]:
        """Call `look` about every so many seconds until the end of the block."""
        looking = asyncio.create_task(self._keep(seconds), name="pipelines")
        try:
            yield
        finally:
            looking.cancel()
            await asyncio.wait([looking])

    async def look(self) -> None:
        """Compare the pipelines with the database once, and serve those that can run now."""
        attached = await self._client.attached()
        match = match_pipelines(self._found, attached)
        self._on_attached([row for row in attached if row["pipeline"] in self._found])
        _log_new(match, self._match)
        changed = match.runnable.keys() != self._match.runnable.keys()
        self._match = match
        self._show_health()
        if changed:
            log.info("pipelines_changed", pipelines=list(match.runnable))
            self._runner.serve(match.runnable)

    async def _keep(self, seconds: float) -> None:
        while True:
            # The pause is random, so that not all workers ask at the same moment.
            await self._clock.sleep(seconds * random.uniform(0.9, 1.1))  # noqa: S311
            try:
                await self.look()
            except WorkerError as error:
                log.warning("pipelines_unknown", code=error.code, reason=error.message)
            except Exception:
                # An error must not end this background loop: the next look may work.
                log.exception("pipelines_unknown")

    def _show_health(self) -> None:
        health = self._runner.health
        health.left_out = dict(self._match.left_out)
        health.unattached = dict(self._match.unattached)
        health.runs_nothing = not self._match.runnable


def _log_new(match: Match, before: Match | None) -> None:
    """Log what is new in `match` compared with `before`, which is None at the start."""
    for slug, error in match.left_out.items():
        if before is None or slug not in before.left_out:
            log.error("pipeline_left_out", pipeline=slug, reason=error.message, cure=error.cure)
    for slug, more in match.ahead.items():
        if before is None or before.ahead.get(slug) != more:
            log.warning("pipeline_behind_database", pipeline=slug, left_alone=more)
    for slug, call in match.unattached.items():
        if before is None or slug not in before.unattached:
            log.warning("pipeline_not_attached", pipeline=slug, cure=call)
    if match.elsewhere and before is None:
        log.info("pipelines_left_to_others", pipelines=match.elsewhere)
