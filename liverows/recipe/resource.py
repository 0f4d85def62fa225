"""Marks those arguments of a step that are tools, such as a client, and not data."""

from __future__ import annotations

from typing import Protocol


class Resource(Protocol):
    """Base of every provider interface that a step takes as an argument.

    A step's checkpoint is found by a hash of its data arguments. A parameter whose type inherits
    from `Resource` is left out of that hash, because an HTTP client is not part of the
    question. Anything that changes the answer, such as the model's name, must be a data argument
    or part of the step's version.

        class Pages(Resource, Protocol):
            async def fetch(self, url: str) -> Page: ...
    """
