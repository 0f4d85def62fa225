"""The mark of a step's arguments that are tools and not data."""

from __future__ import annotations

from typing import Protocol


class Resource(Protocol):
    """Base of every provider interface that a step takes as an argument.

    A step's checkpoint is found by the hash of its data arguments. A parameter
    annotated with a class that names `Resource` among its bases stays out of that
    hash: an HTTP client is not part of what was asked. What does change the answer,
    such as the model's name, belongs into a data argument or into the step's version.

        class Pages(Resource, Protocol):
            async def fetch(self, url: str) -> Page: ...
    """
