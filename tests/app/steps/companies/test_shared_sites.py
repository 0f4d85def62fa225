"""Which sites' results all users share, and under which key."""

from __future__ import annotations

import pytest

from tests.support.shared_domains import LISTED, UNLISTED
from worker.companies.find_site import find_site
from worker.companies.identity import home_of, shared_key, site_key
from worker.companies.telling_pages import telling_pages
from worker.services.search import Hit


def key_of(typed: str) -> str | None:
    """The shared key that the pipeline finds for an address that a user typed."""
    home = home_of(typed)
    return shared_key(home) if home else None


@pytest.mark.parametrize("domain", UNLISTED)
def test_a_customers_subdomain_never_speaks_for_the_service(domain: str) -> None:
    for name in ("attacker", "www.attacker", "www2", "xn--www-8cd", "www-"):
        assert key_of(f"https://{name}.{domain}/") is None
        assert site_key(f"https://{name}.{domain}/") != domain
    assert key_of(f"https://{domain}/x?y=1") == key_of(f"https://www.{domain}") == domain


@pytest.mark.parametrize("suffix", LISTED)
def test_a_name_below_a_listed_service_has_a_key_of_its_own(suffix: str) -> None:
    assert key_of(f"https://attacker.{suffix}/") == f"attacker.{suffix}"
    assert key_of(f"https://victim.{suffix}/") == f"victim.{suffix}"
    assert key_of(f"https://below.attacker.{suffix}/") is None
    assert key_of(f"https://{suffix}/") not in (f"attacker.{suffix}", f"victim.{suffix}")
    # Below these domains even `www` may belong to a customer.
    assert key_of(f"https://www.{suffix}/") != key_of(f"https://{suffix}/")


@pytest.mark.parametrize(
    "typed",
    [
        "https://ACME.com", "https://acme.com.", "https://www.acme.com:443/", "HTTPS://acme.com/a",
        " https://www.ACME.com./?q#f ", "https://\uff41\uff43\uff4d\uff45.com/",  # wide letters
        "https://acme\u3002com/",
    ],
)  # fmt: skip
def test_all_spellings_of_a_front_are_one_key(typed: str) -> None:
    assert key_of(typed) == "acme.com"


@pytest.mark.parametrize(
    "typed",
    [
        "https://attacker@acme.com/", "https://acme.com@attacker.example/",
        "https://acme.com:80/", "https://acme.com:8443/", "http://acme.com:443/",
        "https://acme.com\\@attacker.example/", "https://acme.com\\.attacker.example",
        "https://93.184.216.34/", "https://[2606:2800:220:1::1]/", "https://0x5db8d822/",
        "https://1572395042/", "https://localhost/", "https:///acme.com", "https://acme..com/",
        "https://acme.com%2eattacker.example/", "ftp://acme.com/", "//acme.com/", "acme.com",
        "https://jobs.acme.com/", "https://acme.co.uk.attacker.co.uk/",
    ],
)  # fmt: skip
def test_anything_else_is_not_shared(typed: str) -> None:
    assert key_of(typed) is None


def test_names_that_look_alike_are_different_companies() -> None:
    looks = "https://\u0430cme.com/"  # with a Cyrillic letter
    assert key_of(looks) == "xn--cme-5cd.com"
    assert key_of("https://b\u00fccher.de/") == key_of("https://xn--bcher-kva.de/")


def test_what_was_asked_for_without_tls_has_a_key_of_its_own() -> None:
    assert key_of("http://acme.com/") == "http://acme.com"
    assert key_of("http://www.acme.com/") == "http://acme.com"


def test_only_pages_of_the_same_host_that_are_not_its_users_are_read() -> None:
    links = [
        ("https://zendesk.com/about", ""),
        ("https://www.zendesk.com/careers", ""),
        ("https://attacker.zendesk.com/about-us", "About"),
        ("https://zendesk.com/@attacker/about", "About"),
        ("https://zendesk.com/users/about", "About"),
        ("https://zendesk.com:8443/team", "Team"),
    ]
    assert telling_pages(links, "https://zendesk.com/") == [
        ("https://zendesk.com/about", "about"),
        ("https://www.zendesk.com/careers", "careers"),
    ]


class Engine:
    def __init__(self, *urls: str) -> None:
        self.hits = [Hit(url, "") for url in urls]

    async def search(self, query: str) -> list[Hit]:
        return self.hits


@pytest.mark.parametrize("domain", UNLISTED)
async def test_a_search_that_finds_a_customer_leads_to_the_front_of_the_service(
    domain: str,
) -> None:
    name = domain.partition(".")[0]
    found = await find_site(Engine(f"https://attacker.{domain}/{name}"), name)
    assert found.home == f"https://{domain}/"


async def test_a_customer_named_like_a_company_is_not_taken_for_it() -> None:
    assert (await find_site(Engine("https://acme.zendesk.com/"), "Acme")).home is None
