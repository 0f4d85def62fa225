"""The samples wait as long as a service asks for, in whatever form it says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from tests.docs.pages import DOCS, blocks


@pytest.mark.parametrize("page", ["services.md", "trigger-dev-chain.md"])
def test_a_sample_reads_seconds_and_dates(page: str) -> None:
    (block,) = [block for block in blocks(DOCS / page) if "Retry-After" in block.text]
    names: dict[str, Any] = {"__name__": "sample"}
    code = compile(block.text, str(block), "exec", dont_inherit=True)
    exec(code, names)  # noqa: S102 - the page's own code
    seconds_of = names["seconds_of"]
    in_an_hour = datetime.now(UTC) + timedelta(hours=1)
    assert seconds_of("120") == 120
    assert 3500 < seconds_of(format_datetime(in_an_hour, usegmt=True)) <= 3600
    assert seconds_of("Wed, 21 Oct 2015 07:28:00 GMT") == 1
    # Without a zone, and no date at all.
    assert [seconds_of(odd) for odd in ("Wed, 21 Oct 2015 07:28:00 -0000", "soon", "")] == [30] * 3
