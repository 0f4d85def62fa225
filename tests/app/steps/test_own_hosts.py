"""The host of a page bears the name of its employer, whatever trade the name adds."""

from __future__ import annotations

import pytest

from worker.pages.hosts import bears_name


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("www.tidewell.com", "Tidewell GmbH"),
        ("tidewell.io", "Tidewell Software"),
        ("tidewell.ai", "Tidewell AI"),
        ("tidewell.design", "Tidewell Design"),
        ("harbourlane.co.uk", "Harbour Lane Technologies Ltd"),
        ("meerblick.de", "Meerblick Gruppe"),
        ("altamar.es", "Altamar Soluciones"),
    ],
)
def test_the_host_bears_the_name(host: str, name: str) -> None:
    assert bears_name(f"https://{host}/jobs/1", name)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("tidewell.com", "Bench Software"),
        ("tidewell.com", "Tidewell Joiner"),
        ("software.com", "Tidewell Software"),
        ("tidewell.com", "AI"),
    ],
)
def test_another_name_is_not_the_hosts(host: str, name: str) -> None:
    assert not bears_name(f"https://{host}/jobs/1", name)
