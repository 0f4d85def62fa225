"""No user can decide what another user reads about a company."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.app.pipelines.attached_table import Table
from tests.app.pipelines.workshop import at_work
from tests.library.sql.questions import BOB
from tests.support.company_world import CompanyWorld, company_world
from tests.support.databases import Connections, Database
from tests.support.local_web import answer, redirect
from tests.support.own_functions import own_functions
from tests.support.queue import Connection
from tests.support.shared_domains import LISTED, UNLISTED
from worker.companies.pipeline import pipeline
from worker.services import Services
from worker.services.company_cache import DatabaseCompanies
from worker.services.web.polite import PoliteWeb


@pytest.fixture
def desk(database: Database, connect: Connections) -> Table:
    return Table.of(database, connect, pipeline.slug)


@pytest.fixture
def bob(desk: Table, connect: Connections) -> Connection:
    desk.owner.execute("insert into auth.users (id) values (%s)", [BOB])
    return connect(desk.database, "authenticated", user_id=BOB)


def keyless(world: CompanyWorld, desk: Table) -> Services:
    """Only the web and the companies' table, because other services would take time."""
    site = PoliteWeb(world.providers.web, spacing=0)
    return Services(
        web=world.providers.web,
        site=site,
        companies=DatabaseCompanies(own_functions(desk.database)),
    )


def page(says: str, *links: str) -> bytes:
    anchors = "".join(f'<a href="{link}">About</a>' for link in links)
    return answer(f"<!doctype html><title>{says}</title><p>{says} makes things.</p>{anchors}")


def ask(user: Connection, url: str) -> str:
    found = user.execute(
        "insert into public.company_research (company_name, company_url)"
        " values ('Typedname', %s) returning id::text",
        [url],
    ).fetchone()
    assert found is not None
    return str(found[0])


async def brief(desk: Table, row_id: str) -> str:
    row = await desk.reaches(row_id, "completed", "failed", deadline=60)
    assert row["processing_status"] == "completed", row["processing_error"]
    return str(row["result"])


async def test_a_customers_page_is_nobody_elses_brief_of_the_service(
    desk: Table, bob: Connection
) -> None:
    domains = (*UNLISTED, *LISTED)
    async with company_world() as world:
        for domain in domains:
            # The front page links to a customer's page, as many do.
            world.web.routes[f"{domain}/"] = page("Honest", f"https://attacker.{domain}/about")
            world.web.routes[f"attacker.{domain}/"] = page("Poison")
            world.web.routes[f"attacker.{domain}/about"] = page("Poison")
        async with at_work(desk, pipeline, keyless(world, desk)) as workshop:
            bad = [ask(desk.alice, f"https://attacker.{domain}/secret") for domain in domains]
            workshop.look()
            for row_id in bad:
                assert "Poison" in await brief(desk, row_id), "its owner reads what it says"
            good = [ask(bob, f"https://{domain}/") for domain in domains]
            workshop.look()
            for row_id in good:
                said = await brief(desk, row_id)
                assert "Honest" in said
                assert "Poison" not in said
    shared = desk.read("select key, website, profile::text from public.companies")
    keys = {key for key, *_ in shared}
    assert keys == set(domains) | {f"attacker.{suffix}" for suffix in LISTED}
    assert not any("Poison" in said for key, _, said in shared if key in domains)
    read = bob.execute("select key from public.companies").fetchall()
    assert {key for (key,) in read} == set(domains), "what Alice asked for is not to be seen"


async def test_honest_spellings_of_one_company_are_one_crawl(desk: Table, bob: Connection) -> None:
    async with company_world() as world:
        world.web.routes["acme.com/"] = world.web.routes["www.acme.com/"] = page("Acme")
        async with at_work(desk, pipeline, keyless(world, desk)) as workshop:
            first = ask(desk.alice, "https://www.acme.com/jobs/7?ref=alice")
            workshop.look()
            await brief(desk, first)
            asked = len(world.web.seen)
            for url in ("https://acme.com", "https://ACME.com./", "https://acme.com:443/x"):
                row_id = ask(bob, url)
                workshop.look()
                assert "'fromCache': True" in await brief(desk, row_id)
            assert len(world.web.seen) == asked
    assert "alice" not in str(desk.read("select to_jsonb(c) from public.companies as c"))


async def test_a_front_that_leads_elsewhere_speaks_under_its_own_key_and_teaches_no_name(
    desk: Table, bob: Connection
) -> None:
    async with company_world() as world:
        world.web.routes["attacker.com/"] = redirect("https://zendesk.com/")
        world.web.routes["zendesk.com/"] = page("Zendesk")
        async with at_work(desk, pipeline, keyless(world, desk)) as workshop:
            row_id = ask(desk.alice, "https://attacker.com/")
            workshop.look()
            await brief(desk, row_id)
            row_id = ask(bob, "https://zendesk.com/")
            workshop.look()
            assert "'fromCache': False" in await brief(desk, row_id)
    found = desk.read("select key, domain, known_names from public.companies order by key")
    assert found == [("attacker.com", "attacker.com", []), ("zendesk.com", "zendesk.com", [])]


async def test_another_company_is_not_proven_by_a_customers_page(desk: Table) -> None:
    """A page below zendesk.com links to zendesk.com's organisation on GitHub. That does not prove
    that the organisation belongs to the page's company."""
    async with company_world() as world:
        world.github.organisation("zendesk", blog="https://zendesk.com", languages={})
        world.web.routes["attacker.zendesk.com/"] = page("Poison", "https://github.com/zendesk")
        providers = replace(keyless(world, desk), github=world.github_client)
        async with at_work(desk, pipeline, providers) as workshop:
            row_id = ask(desk.alice, "https://attacker.zendesk.com/")
            workshop.look()
            await brief(desk, row_id)
            row = desk.row(row_id)
    assert row["coverage"]["github"] == "unverified"
    assert row["company_id"] is None
