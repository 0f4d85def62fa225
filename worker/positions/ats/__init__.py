"""Recruiting systems that publish postings as data, one adapter per file.

To add one, add a module that defines `ADAPTER`; nothing else changes.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from worker.positions.ats.adapter import Adapter, Reference, address_of

__all__ = ["Adapter", "Reference", "adapter_of", "recognise"]


@cache
def adapters() -> dict[str, Adapter]:
    """All adapters by the name of their recruiting system."""
    modules = (
        importlib.import_module(f"{__name__}.{each.name}")
        for each in pkgutil.iter_modules(__path__)
    )
    found: list[Adapter] = [module.ADAPTER for module in modules if hasattr(module, "ADAPTER")]
    return {adapter.platform: adapter for adapter in found}


def adapter_of(reference: Reference) -> Adapter:
    """The adapter that created this reference."""
    return adapters()[reference.platform]


def recognise(url: str) -> Reference | None:
    """The posting that a URL names in one of the known recruiting systems.

    None if there is none.
    """
    address = address_of(url)
    if address is None:
        return None
    found = (adapter.recognise(address) for adapter in adapters().values())
    return next((reference for reference in found if reference), None)
