"""Tells an account of a recruiting system from an employer's name."""

from __future__ import annotations

import re

from worker.pages.hosts import bears_name

# Two forms of account names: `tidewell01P2` and `tidewellT1`.
_ACCOUNT = re.compile(r"[a-z][a-z_-]{2,60}(?:[0-9]{1,4}[A-Z][0-9]{0,2}|[A-Z][0-9]{1,2})")
_NUMBERED = re.compile(r"[a-z]{3,60}[0-9]{2,}[A-Za-z0-9]{0,10}")
_NUMBER = re.compile(r"[A-Z]{1,3}[0-9]{6,}[A-Z0-9]{0,4}")


def is_tenant(name: str, page_url: str) -> bool:
    """Whether a name looks like an account in a recruiting system, as `tidewell01P2` does.

    A name such as "check24" is no account if the first part of the page's domain starts with it.
    """
    if _ACCOUNT.fullmatch(name) or _NUMBER.fullmatch(name):
        return True
    return bool(_NUMBERED.fullmatch(name)) and not bears_name(page_url, name)
