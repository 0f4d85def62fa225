"""Tells an account of a recruiting system from an employer's name."""

from __future__ import annotations

import re

from worker.pages.hosts import bears_name

# Two forms of account names: `tidewell01P2` and `tidewellT1`.
_ACCOUNT = re.compile(r"[a-z][a-z_-]{2,60}(?:[0-9]{1,4}[A-Z][0-9]{0,2}|[A-Z][0-9]{1,2})")
_NUMBERED = re.compile(r"[a-z]{3,60}[0-9]{2,}[A-Za-z0-9]{0,10}")
_NUMBER = re.compile(r"[A-Z]{1,3}[0-9]{6,}[A-Z0-9]{0,4}")
# `tidewell_ext` and `CX_1`: names of employers have no underscores.
_JOINED = re.compile(r"[A-Za-z0-9-]{1,60}(?:_[A-Za-z0-9-]{1,60}){1,6}")
# `tidewellprod`, `careers-tidewell`, `tidewell-ext-2`: one word without capitals that says what the
# account is for.
_FOR = (
    r"(?:prod(?:uction)?|stage|staging|preprod|uat|external|internal|ext|int|careers?|jobs"
    r"|recruiting)"
)
_FOR_USE = re.compile(
    rf"[a-z][a-z0-9-]{{2,60}}(?:(?<=-){_FOR}(?:-?[0-9]{{1,3}})?"
    r"|(?<=[a-z])prod(?:uction)?[0-9]{0,3})"
    r"|(?:careers?|jobs|recruiting|external|internal)-[a-z0-9-]{2,60}"
)


def is_tenant(name: str, page_url: str) -> bool:
    """Whether a name looks like an account in a recruiting system, as `tidewell01P2` does.

    A name such as "check24" is no account if the first part of the page's domain starts with it.
    """
    if any(form.fullmatch(name) for form in (_ACCOUNT, _NUMBER, _JOINED, _FOR_USE)):
        return True
    return bool(_NUMBERED.fullmatch(name)) and not bears_name(page_url, name)
