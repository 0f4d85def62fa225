"""A company has one key, in whatever way its address or name is written."""

from __future__ import annotations

import pytest

from liverows.base.errors import InvalidInput
from worker.companies.identity import home_of, is_named_after, normalised_name, site_key
from worker.companies.own_links import github_accounts
from worker.companies.telling_pages import kind_of, telling_pages


@pytest.mark.parametrize(
    "name", ["Stripe", "stripe", "Stripe, Inc.", " STRIPE  Inc ", "Stripe LLC", "Stripe Ltd."]
)
def test_legal_forms_and_case_do_not_make_another_company(name: str) -> None:
    assert normalised_name(name) == "stripe"


def test_a_name_that_is_a_legal_form_stays() -> None:
    assert normalised_name("Co") == "co"
    assert normalised_name("Marks & Spencer plc") == "marks and spencer"


def test_a_name_of_signs_is_refused() -> None:
    with pytest.raises(InvalidInput):
        normalised_name("— ! —")


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.stripe.com/jobs", "stripe.com"),
        ("http://Stripe.com", "stripe.com"),
        ("https://www.acme.co.uk/x", "acme.co.uk"),
        ("https://jobs.acme.co.uk/x", "jobs.acme.co.uk"),
        ("https://acme.github.io/", "acme.github.io"),
        ("https://other.github.io/", "other.github.io"),
        ("http://127.0.0.1:8000/", "127.0.0.1:8000"),
        ("http://localhost:9/x", "localhost:9"),
    ],
)
def test_a_site_is_known_by_its_host(url: str, key: str) -> None:
    assert site_key(url) == key


@pytest.mark.parametrize(
    ("url", "home"),
    [
        ("https://www.stripe.com/jobs?x=1", "https://www.stripe.com/"),
        ("https://linkedin.com/company/stripe", None),
        ("https://boards.greenhouse.io/stripe", None),
        ("ftp://stripe.com/", None),
        ("https://[bad", None),
        (None, None),
    ],
)
def test_only_the_companys_own_site_is_read(url: str | None, home: str | None) -> None:
    assert home_of(url) == home


def test_a_domain_bears_a_name_or_not() -> None:
    assert is_named_after("https://www.acme-pumps.co.uk/", "Acme Pumps Ltd")
    assert not is_named_after("https://evil.example/", "Acme Pumps Ltd")


def test_one_page_of_each_kind_comes_before_a_second_of_any() -> None:
    links = [
        ("https://acme.co.uk/about", ""),
        ("https://acme.co.uk/about/history", ""),
        ("https://jobs.acme.co.uk/careers", ""),
        ("https://acme.co.uk/x", "Our values"),
        ("https://acme.co.uk/company/engineering", ""),
        ("https://acme.co.uk/careers/one/two", ""),
        ("https://acme.co.uk/about.pdf", ""),
        ("https://acme.co.uk/login/team", ""),
        ("https://other.co.uk/about", ""),
        ("https://www.acme.co.uk/about/", ""),
    ]
    assert telling_pages(links, "https://acme.co.uk/") == [
        ("https://acme.co.uk/about", "about"),
        ("https://acme.co.uk/company/engineering", "engineering"),
        ("https://acme.co.uk/x", "values"),
        ("https://acme.co.uk/about/history", "about"),
    ]
    assert kind_of("https://acme.co.uk/pricing") is None


def test_accounts_are_read_out_of_links() -> None:
    links = [
        "https://github.com/acme",
        "https://www.github.com/Acme/pump/issues",
        "https://github.com/orgs/acme-labs/repositories",
        "https://github.com/features/actions",
        "https://github.com/",
        "https://github.com.evil.example/x",
        "https://gist.github.com/someone/1",
    ]
    assert github_accounts(links) == ("acme", "acme-labs")
