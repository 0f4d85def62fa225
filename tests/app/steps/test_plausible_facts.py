"""A model's fact counts only where the posting states it of its own job, not of something else."""

from __future__ import annotations

import pytest

from worker.pages.draft import FieldName
from worker.positions.plausible import is_plausible

POSTING = """Senior Baker (m/w/d)
Bäckerei Sonnenschein GmbH
Leipzig, Sachsen

Wir suchen zum nächstmöglichen Zeitpunkt eine Bäckerin für unsere Filiale in Dresden.
Customers such as Contoso and Initech in Paris trust us. You will report to the Head of Sales.
At Globex Corp, you will run nights. Ovalle SA recrute un Boulanger à Lyon.
Nous cherchons une Comptable Senior. We are growing our team in Manchester.
Our founder was born in Oslo. Our clients in Boston love bread. Miller & Sons is a bakery.
We're hiring a Night Baker to join Blue
Oven.
- Experience with Kubernetes in London
- Location: Hamburg
Firma Kowalski poszukuje: Kierowca kat. C+E, Warszawa
"""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("job_title", "Senior Baker (m/w/d)"),
        ("job_title", "Boulanger"),
        ("job_title", "Comptable Senior"),
        ("job_title", "Night Baker"),
        ("job_title", "Kierowca kat. C+E"),
        ("company_name", "Bäckerei Sonnenschein GmbH"),
        ("company_name", "Globex Corp"),
        ("company_name", "Ovalle SA"),
        ("company_name", "Blue Oven"),
        ("company_name", "Kowalski"),
        ("company_name", "Miller & Sons"),
        ("location", "Leipzig, Sachsen"),
        ("location", "Dresden"),
        ("location", "Lyon"),
        ("location", "Manchester"),
        ("location", "Hamburg"),
    ],
)
def test_what_the_posting_says_of_its_job_is_taken(field: FieldName, value: str) -> None:
    assert is_plausible(field, value, value, POSTING)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("job_title", "Head of Sales"),
        ("job_title", "Kubernetes"),
        ("job_title", "Our clients in Boston love bread"),
        ("company_name", "Contoso"),
        ("company_name", "Initech"),
        ("company_name", "Globex"),
        ("company_name", "Sons"),
        ("company_name", "Kubernetes"),
        ("company_name", "Lyon"),
        ("company_name", "- Experience with Kubernetes"),
        ("location", "Paris"),
        ("location", "Boston"),
        ("location", "Oslo"),
        ("location", "London"),
        ("location", "Experience with Kubernetes"),
    ],
)
def test_what_it_says_of_others_is_not_taken(field: FieldName, value: str) -> None:
    assert not is_plausible(field, value, value, POSTING)


@pytest.mark.parametrize(
    ("field", "value", "quote", "is_taken"),
    [
        ("salary_range", "£31,000 a year", "a salary of £31,000 a year", True),
        ("salary_range", "$2,000,000", "Comfort with budgets of up to $2,000,000", False),
        ("salary_range", "401", "Experience with 401(k) administration", False),
        ("employment_type", "full_time", "a full-time role in our bakery", True),
        (
            "employment_type",
            "contractor",
            "We contract out most of the cleaning and deliveries",
            False,
        ),
        ("workplace_type", "remote", "you may work from home, fully remote", True),
        ("workplace_type", "remote", "We build remote controls for garage doors and gates", False),
        ("valid_through", "2026-12-12", "Apply before 12 December 2026", True),
        (
            "valid_through",
            "2026-12-12",
            "The factory was opened again on 12 December 2026 in Leeds",
            False,
        ),
        ("posted_at", "2026-11-01", "Posted on 1 November 2026", True),
        (
            "posted_at",
            "2026-11-01",
            "Our new oven has baked for us all day from 1 November 2026",
            False,
        ),
        ("apply_url", "https://acme.example/a", "Apply at https://acme.example/a", True),
        (
            "apply_url",
            "https://acme.example/a",
            "Our privacy notice: https://acme.example/a",
            False,
        ),
        ("company_website", "https://acme.example", "See acme.example for more", True),
        ("company_website", "https://acme.example", "Payroll runs on acme.example", False),
    ],
)
def test_a_value_needs_words_of_its_field_beside_it(
    field: FieldName, value: str, quote: str, is_taken: bool
) -> None:
    assert is_plausible(field, value, quote, quote) is is_taken


@pytest.mark.parametrize(
    ("value", "quote", "line", "is_taken"),
    [
        ("full_time", "Full-time", "Full-time", True),
        ("full_time", "Full-time, permanent", "Leeds, Full-time, permanent", True),
        ("full_time", "Full-time", "- Full-time", True),
        ("full_time", "full-time students", "- Train full-time students in the yard", False),
        (
            "part_time",
            "Our interns work part-time",
            "Apply soon. Our interns work part-time.",
            False,
        ),
        ("temporary", "temporary road signs", "You put up temporary road signs at night.", False),
    ],
)
def test_a_short_quote_needs_a_line_of_its_own(
    value: str, quote: str, line: str, is_taken: bool
) -> None:
    text = f"Plumber\n{line}\nWe install heat pumps."
    assert is_plausible("employment_type", value, quote, text) is is_taken


def test_a_name_that_stands_everywhere_costs_no_time() -> None:
    text = "the oven of Acme stood. " * 20_000
    assert not is_plausible("company_name", "Acme", "Acme", text)
