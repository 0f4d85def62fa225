"""Adapters for recruiting systems that publish postings as data, one per file.

To add a system, add a module that defines `ADAPTER` to this package.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from worker.positions.ats.adapter import Adapter, Reference, address_of

__all__ = ["Adapter", "Reference", "adapter_of", "recognise"]


@cache
def adapters() -> dict[str, Adapter]:
    """All adapters of this package, by the name of their recruiting system."""
    modules = (
        importlib.import_module(f"{__name__}.{each.name}")
        for each in pkgutil.iter_modules(__path__)
    )
    found: list[Adapter] = [module.ADAPTER for module in modules if hasattr(module, "ADAPTER")]
    return {adapter.platform: adapter for adapter in found}


def adapter_of(reference: Reference) -> Adapter:
    """The adapter of the reference's recruiting system; `KeyError` if there is none."""
    return adapters()[reference.platform]


def recognise(url: str) -> Reference | None:
    """The posting that a URL names in a known recruiting system, or None."""
    address = address_of(url)
    if address is None:
        return None
    found = (adapter.recognise(address) for adapter in adapters().values())
    return next((reference for reference in found if reference), None)
