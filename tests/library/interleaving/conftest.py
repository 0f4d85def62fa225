"""The database of the interleavings, in which time stands still until a test moves it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.library.interleaving.sessions import World
from tests.support.databases import Database


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    world = World(database)
    yield world
    world.close()
