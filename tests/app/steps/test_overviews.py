"""An address is that of one posting if a part of its query names it."""

from __future__ import annotations

import pytest

from worker.positions.overviews import has_general_address

SITE = "https://tidewell.example/careers"


@pytest.mark.parametrize(
    ("query", "heading"),
    [
        ("pozice=kuchar", "Kuchař | Tidewell"), ("poste=infirmier", "Infirmier de nuit"),
        ("ogloszenie=kucharz", "Kucharz"), ("posizione=cuoco-di-bordo", "Cuoco di bordo"),
        ("slug=nurse", "Nurse"), ("title=night+nurse", "Night nurse"),
        ("ashby_jid=abc-def", "Nurse"), ("vacature=kok", "Kok"),
        ("ref=123", "Nurse"), ("s=123456", "Nurse"),
    ],
)  # fmt: skip
def test_a_query_that_names_a_posting_makes_an_address_its_own(query: str, heading: str) -> None:
    assert not has_general_address(f"{SITE}?{query}", heading)


@pytest.mark.parametrize(
    ("query", "heading"),
    [
        ("q=nurse", "Nurse jobs"), ("category=nurse", "Nurse jobs"), ("ref=linkedin", "Careers"),
        ("v=2", "Careers"), ("brand=tidewell", "Careers at Tidewell"), ("lang=en", "Work, en"),
        ("view=careers", "Careers"), ("poste=infirmier", "Careers"), ("v=12345", "Nurse"),
        ("ver=20261101", "Nurse"), ("version=1432", "Nurse"), ("ts=1764489600", "Nurse"),
    ],
)  # fmt: skip
def test_a_query_that_names_no_posting_leaves_an_overview(query: str, heading: str) -> None:
    assert has_general_address(f"{SITE}?{query}", heading)
