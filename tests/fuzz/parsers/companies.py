"""Parsers of companies' pages, and of what models say about companies."""

from __future__ import annotations

from typing import Any

from tests.app.steps.companies.site_pages import got
from tests.app.steps.companies.test_weigh import source
from tests.fuzz.parser import Parser, of_json, of_page, of_value
from tests.support.company_world import FOR_ROLE, REPORT
from worker.companies.brief import Found, Request, _settle, profile_of
from worker.companies.model_answer import Analysis, CompanyReport, RoleAnalysis, RoleReport
from worker.companies.second_opinion import pairs_to_ask
from worker.companies.site_page import Organisation, read_site_page
from worker.companies.telling_pages import telling_pages
from worker.companies.website import Front, Website, _onward, website_of
from worker.services.models.answer import read_answer

AT = "worker.companies."
HOME = "https://quayside.example/"
FRONT = (
    '<html><head><title>Quayside | Boats</title><meta name="description" content="We build boats.">'
    '<script type="application/ld+json">{"@type":"Organization","name":"Quayside","sameAs":["https://github.com/quay'
    'side"],"address":{"addressLocality":"Leeds"},"numberOfEmployees":{"value":12}}</script></head><body>'
    '<nav><a href="/about">About</a><a href="/products/skiff">Skiff</a><a href="/careers">Jobs</a>'
    "</nav>"
    "<h1>Quayside builds boats</h1><p>Quayside builds small wooden boats for rivers in Leeds.</p>"
    "<h2>Our values</h2><ul><li>Patience</li></ul>"
    "<address>1 Quay, Leeds LS1 4AP</address></body></html>"
)
SUBJECTS = ("home", "products", "careers", "about")
NAMED = Website(
    home="https://acme.example/",
    organisation=Organisation(name="Acme Pumps Ltd"),
    sources=(source(),),
    coverage="ok",
)


def site_pages(text: str) -> object:
    html = text.encode(errors="replace").decode()  # the web client leaves no lone surrogate
    pages = [read_site_page(got(html), "s1", about) for about in SUBJECTS]
    found = Found(website=website_of(Front(home=HOME, page=pages[0]), pages[1:]))
    _onward(pages[0])
    request = Request(company_name="quayside", role="Pump Tester")
    return _settle(request, found, None, RoleAnalysis()).model_dump_json()


def report_weighed(text: str) -> object:
    fit = read_answer(CompanyReport, text=text)
    if fit.value is None:
        return fit
    found = Found(website=NAMED, analysis=Analysis(report=fit.value, model="m"))
    pairs = pairs_to_ask(fit.value, found.sources, ("Acme",), 20)
    return profile_of(found).model_dump_json(), pairs


def advice_weighed(text: str) -> object:
    fit = read_answer(RoleReport, text=text)
    if fit.value is None:
        return fit
    request = Request(company_name="acme", role="Firmware Engineer")
    role = RoleAnalysis(report=fit.value, model="m")
    return _settle(request, Found(website=NAMED), None, role).model_dump_json()


def links_told(links: Any) -> object:
    pairs = [tuple(link) for link in links if isinstance(link, list) and len(link) == 2]
    return telling_pages([(str(one), str(two)) for one, two in pairs], HOME)


PARSERS: tuple[Parser, ...] = (
    of_page(
        "pages of a company",
        site_pages,
        FRONT,
        reads=(f"{AT}site_page:read_site_page", f"{AT}website:_onward", f"{AT}brief:_settle"),
    ),
    of_json(
        "report of a model",
        report_weighed,
        REPORT,
        reads=(f"{AT}brief:profile_of", f"{AT}second_opinion:pairs_to_ask"),
    ),
    of_json("advice of a model", advice_weighed, FOR_ROLE, reads=(f"{AT}brief:_settle",)),
    of_value(
        "links of a page",
        lambda value: links_told(value if isinstance(value, list) else []),
        [["/about", "About"], ["https://quayside.example/products/skiff", "Skiff"]],
        reads=(f"{AT}telling_pages:telling_pages",),
        raises=(),
    ),
)
