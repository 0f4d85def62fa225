"""A page that says nothing about its company is not read, and shared with nobody."""

from __future__ import annotations

import pytest

from tests.app.steps.companies.site_pages import got
from tests.support.company_site import HOME, HOST
from tests.support.local_web import answer, local_web
from worker.companies.site_page import read_site_page
from worker.companies.website import scrape_pages, scrape_website
from worker.services.web.polite import PoliteWeb

SHELL = (
    "<!doctype html><html><head><title>Quayside</title></head><body><div id='root'></div>"
    "<script src='/main.js'></script></body></html>"
)


@pytest.mark.parametrize(
    ("html", "state"),
    [
        (SHELL, "website_needs_a_browser"),
        ("<div id='app'></div><noscript>You need to enable JavaScript to run this app.</noscript>",
         "website_needs_a_browser"),
        ("<title>Q</title><div id='__next'></div><p>Loading</p><script src='/a.js'></script>",
         "website_needs_a_browser"),
        ("<h1>Checking your browser before accessing quay.example</h1><p>Enable JavaScript and "
         "cookies to continue</p>", "website_bot_check"),
        ("<title>Just a moment...</title><p>Verify you are human by completing the action below.",
         "website_bot_check"),
        ("<title>Nur einen Moment…</title><p>Sicherheitsüberprüfung wird durchgeführt.</p>",
         "website_bot_check"),
        ("<title>请稍候…</title><p>正在进行安全验证</p>", "website_bot_check"),
        ("<title>quay.example is for sale</title><meta name='description' content='This domain is "
         "for sale.'>", "website_for_sale"),
        ("<h1>quay.example</h1><p>Diese Domain steht zum Verkauf.</p>", "website_for_sale"),
        ("<h1>Ce nom de domaine est à vendre</h1>", "website_for_sale"),
        ("<p>El dominio quay.example está en venta</p>", "website_for_sale"),
        ("<title>Quay</title><h1>Coming soon</h1>", "website_coming_soon"),
        ("<h1>Site en construction</h1><p>Revenez bientôt nous voir.</p>", "website_coming_soon"),
        ("<h1>Сайт в разработке</h1>", "website_coming_soon"),
        ("<h1>サイト準備中</h1><p>近日公開します。</p>", "website_coming_soon"),
        ("<title>Wait</title><meta http-equiv='Refresh' content='0;url=/a'><p>Redirecting...</p>",
         "website_needs_a_browser"),
        ("<title>Even geduld...</title><p>Controleer of u een mens bent.</p>", "website_bot_check"),
        ("<h1>quay.example</h1><p>Bevestig dat je een mens bent om verder te gaan.</p>",
         "website_bot_check"),
        ("<title>quay.example</title><p>Подтвердите, что вы не робот и человек.</p>",
         "website_bot_check"),
        ("<title>quay.example - Diese Website steht zum Verkauf!</title><p>quay.example ist die "
         "beste Quelle.</p>", "website_for_sale"),
        ("<h1>quay.example</h1><p>Make an offer or buy it now for $2,495. Lease to own.</p>",
         "website_for_sale"),
        ("<h2>Related searches</h2><p>The domain owner does not maintain any relationship with the "
         "advertisers.</p>", "website_for_sale"),
        ("<h1>Sito in allestimento</h1><p>Torna a trovarci presto!</p>", "website_coming_soon"),
        ("<title>Maintenance</title><h1>We'll be back soon!</h1>", "website_coming_soon"),
        ("<h1>Hier entsteht in Kürze unsere Website</h1>", "website_coming_soon"),
        ("<h1>Ведутся технические работы</h1>", "website_coming_soon"),
        ("<html><frameset cols='20%,80%'><frame src='menu.htm'></frameset></html>",
         "website_needs_a_browser"),
        ("<title>Q</title><iframe src='https://a.example'></iframe>", "website_needs_a_browser"),
        ("<title>Waiting room</title><h1>You are now in line</h1>", "website_bot_check"),
        ("<p>Conferma di essere un essere umano.</p>", "website_bot_check"),
        ("<title>Parked at Loopia</title><p>Domänen är parkerad.</p>", "website_for_sale"),
        ("<h1>Notre nouveau site arrive</h1><p>Encore un peu de patience, il sera bientôt en ligne."
         "</p>", "website_coming_soon"),
        ("<h1>Estamos trabajando en nuestra nueva web</h1>", "website_coming_soon"),
        ("<h1>Ny hjemmeside på vej</h1>", "website_coming_soon"),
        ("<h1>Strona w przygotowaniu</h1>", "website_coming_soon"),
        ("<h1>Website suspended</h1><p>Contact billing.</p>", "website_coming_soon"),
        ("<h1>Hello world!</h1><p>Welcome to WordPress. This is your first post.</p>",
         "website_coming_soon"),
        ("<title>404: NOT_FOUND</title><p>The deployment could not be found.</p>",
         "website_coming_soon"),
        ("<title>Welcome to nginx!</title><h1>Welcome to nginx!</h1>", "website_coming_soon"),
    ],
)  # fmt: skip
def test_a_page_that_says_nothing_is_told_from_its_text(html: str, state: str) -> None:
    assert read_site_page(got(html), "s1", "home").state == state


LONG = "<p>" + "We build boats for schools and teach people how to sail them. " * 12 + "</p>"


@pytest.mark.parametrize(
    "html",
    [
        "<title>7Quays</title><h1>7Quays</h1><p>We run a network of piers for small ports.</p>",
        f"<title>Q</title>{LONG}<p>Our domain tools: this domain is for sale.</p>" + LONG,
        f"<title>Q</title><h1>Boats</h1>{LONG}<h3>Coming soon: a shop</h3>",
        f"<title>Q</title>{LONG}<p>This site is protected by reCAPTCHA.</p>",
        f"<title>Q</title><div id='root'>{LONG}</div><script src='/a.js'></script>"
        "<noscript>Enable JavaScript</noscript>",
        "<title>クエイ</title><p>" + "私たちは学校に船を貸しています。" * 4 + "</p>",
        "<title>Muratori</title><p>Muratori Srl segue cantieri in costruzione a Bergamo e dà "
        "lavoro a trenta persone.</p>",
        "<title>Lifts</title><p>We are performing maintenance in 300 houses of the city each "
        "month, with 20 fitters.</p>",
        "<title>Mill</title><h1>Mill</h1><p>We spin wool in Leeds.</p><p>New hues coming soon.</p>",
        "<h1>Baustelle Nord GmbH</h1><p>Wir sichern Baustellen mit Zäunen, seit 1990 in Kiel.</p>",
        "<h1>Boats</h1><p>Make an offer on any of our forty used boats in the yard.</p>",
        "<title>Q</title><p>Plots with a view: every site for sale by the sea, from us.</p>",
    ],
)
def test_a_page_that_says_something_is_read(html: str) -> None:
    assert read_site_page(got(html), "s1", "home").state is None


async def test_such_a_front_page_gives_no_source_and_a_warning() -> None:
    async with local_web() as web, web.client() as client:
        web.routes[f"{HOST}/"] = answer(SHELL)
        polite = PoliteWeb(client, spacing=0)
        website = await scrape_pages(polite, await scrape_website(polite, HOME))
    assert (website.coverage, website.sources) == ("none", ())
    assert website.warnings == ("website_needs_a_browser",)


async def test_such_a_further_page_is_left_out() -> None:
    async with local_web() as web, web.client() as client:
        front = f"<!doctype html><title>Q</title>{LONG}<a href='/about'>About</a>"
        web.routes[f"{HOST}/"] = answer(front)
        web.routes[f"{HOST}/about"] = answer(SHELL)
        polite = PoliteWeb(client, spacing=0)
        website = await scrape_pages(polite, await scrape_website(polite, HOME))
    assert ([one.page for one in website.sources], website.coverage) == (["home"], "partial")


async def test_a_page_drawn_by_scripts_that_describes_itself_is_used_in_part() -> None:
    head = "<head><meta name='description' content='Boats and teachers for schools by the sea.'>"
    async with local_web() as web, web.client() as client:
        web.routes[f"{HOST}/"] = answer(SHELL.replace("<head>", head))
        polite = PoliteWeb(client, spacing=0)
        website = await scrape_pages(polite, await scrape_website(polite, HOME))
    assert (website.coverage, website.warnings) == ("partial", ("website_needs_a_browser",))
    assert website.description == "Boats and teachers for schools by the sea."
