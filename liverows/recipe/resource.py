"""Marks the arguments of a step that are tools, such as a client, and not data."""

from __future__ import annotations

from typing import Protocol


class Resource(Protocol):
    """Base class for the interface of a service that a step takes as an argument.

    A step's checkpoint is found by a hash of its data arguments. A parameter whose type inherits
    from `Resource` is left out of this hash, because a client is not data. So anything that changes
    the answer, such as the model's name, must be a data argument or part of the step's version.

        class Pages(Resource, Protocol):
            async def fetch(self, url: str) -> Page: ...
    """
