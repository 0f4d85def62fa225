"""What a brief says without a model: products, overview, values, name, roles and places."""

from __future__ import annotations

import pytest

from tests.app.steps.companies.site_pages import site
from worker.companies.brief import Found, Request, settle
from worker.companies.model_answer import RoleAnalysis
from worker.companies.open_source import OpenSource
from worker.companies.profile import Facts
from worker.companies.stated import stated_facts
from worker.companies.website import Website


def facts(website: Website) -> Facts:
    return stated_facts(website, OpenSource())


def products(**pages: str) -> list[str]:
    return [claim.text for claim in facts(site(**pages)).products]


SERVICES = (
    "<title>Services | Quayside Tools</title><main><h1>Our services</h1>"
    "<h2>Trusted by +300 brands</h2><p>From Oslo to Porto.</p>"
    "<h2>Harbour Desk</h2><p>Harbour Desk is our booking program for small ports.</p>"
    "<h2>Tide Board</h2><p>Tide Board shows water levels on a screen at the quay.</p>"
    "<h2>Testimonials</h2><h3>Free quote</h3><h3>Client reviews</h3>"
    "<h2>General information</h2><h2>Social media</h2><h2>Development roadmap</h2>"
    "<h2>Benefits</h2><h2>導入メリット</h2><h2>開発ロードマップ</h2></main>"
)


def test_a_heading_is_a_product_only_if_its_paragraph_speaks_of_it() -> None:
    assert products(services=SERVICES) == ["Harbour Desk", "Tide Board"]


@pytest.mark.parametrize(
    "headings",
    [
        "<h2>Web Development</h2><p>We build sites.</p><h2>Branding</h2><p>Branding is more.</p>",
        "<h2>Unsere Vorteile</h2><p>Schnell und sicher.</p><h2>Kontakt</h2><h3>Anfahrt</h3>",
        "<h2>Pourquoi nous choisir</h2><p>Dix ans.</p><h2>Nos engagements</h2><p>Qualité.</p>",
        "<h2>Free quote</h2><p>Call us.</p><h2>Our process</h2><p>Our process has four steps.</p>",
    ],
)
def test_headings_without_evidence_are_no_products(headings: str) -> None:
    page = f"<title>X</title><main><h1>Services</h1>{headings}</main>"
    assert products(services=page, produkte=page) == []


@pytest.mark.parametrize(
    ("pages", "names"),
    [
        (
            {
                "home": "<title>Quayside</title><nav><ul><li><a href='/produkte'>Produkte</a><ul>"
                "<li><a href='/produkte/hafen-pult'>Hafen Pult</a></li>"
                "<li><a href='/produkte/tafel-9'>Tafel 9</a></li></ul></li></ul></nav>"
            },
            ["Hafen Pult", "Tafel 9"],
        ),
        (
            {
                "home": "<title>Quayside</title><nav><li>"
                "<a href='#'>Nos produits</a><a href='/carnet'>Carnet</a>"
                "<a href='/balise'>Balise</a></li></nav>"
            },
            ["Carnet", "Balise"],
        ),
        (
            {
                "productos": "<title>P</title><main><h1>Productos</h1><div><h3>Boya Azul</h3>"
                "<p>Flota siempre.</p><span>49,90 €</span></div><div><h3>Ancla Corta</h3>"
                "<p>Pesa poco.</p><span>19,90 €</span></div><div><h3>Contacto</h3></div></main>"
            },
            ["Boya Azul", "Ancla Corta"],
        ),
        (
            {
                "products": "<title>P</title><main><h1>Products</h1><div><h3>Kent Probe</h3>"
                "<p>A probe with a wiper.</p></div><div><h3>Our promise</h3><p>A promise.</p></div>"
                "<div><h3>Wyre</h3><a href='/wyre'>More</a></div></main>"
            },
            ["Kent Probe", "Wyre"],
        ),
        (
            {
                "home": "<title>Quayside</title><script type='application/ld+json'>"
                '{"@context":"https://schema.org","@type":"SoftwareApplication","name":"Dock 3"}'
                "</script><h2>PierPlan™ for ports</h2><p>Read on.</p>"
            },
            ["Dock 3", "PierPlan"],
        ),
        (
            {
                "products": "<title>P</title><main><div itemscope "
                "itemtype='https://schema.org/Product'><h3 itemprop='name'>Gull Lamp</h3></div>"
                "<div class='product-card'><h3>Tern Lamp</h3></div></main>"
            },
            ["Gull Lamp", "Tern Lamp"],
        ),
        (
            {
                "home": "<title>Quayside</title><a href='/products/a/quay-pump.html'>Quay Pump</a>"
                "<a href='/products/quay-pump'>Details</a><a href='/products/b'>Details</a>"
            },
            ["Quay Pump"],
        ),
    ],
)
def test_products_are_found_by_evidence(pages: dict[str, str], names: list[str]) -> None:
    assert sorted(products(**pages)) == sorted(names)


def test_a_plan_with_a_price_each_month_is_no_product() -> None:
    plans = "<div><h3>Starter</h3><b>€9 / month</b></div><div><h3>Pro</h3><b>€29 per user</b></div>"
    assert products(products=f"<title>P</title><main><h1>Pricing</h1>{plans}</main>") == []


def overview(**pages: str) -> str | None:
    claim = facts(site(**pages)).overview
    return claim.text if claim else None


PARAGRAPH = (
    "<main><h1>Water for everybody</h1><p>We lend boats to schools in eleven towns. "
    "Each boat comes with a teacher.</p></main>"
)
LENT = "We lend boats to schools in eleven towns."


@pytest.mark.parametrize(
    "described",
    ["", "Official website of Quayside", "Willkommen bei Quayside", "Quayside", "Vite + React",
     "Site officiel de Quayside", "Just another WordPress site", "クエイサイドの公式サイト",
     "Sitio web oficial de Quayside", "Witamy na stronie Quayside",
     "boats, boat hire, boats for schools, teachers, lake boats, boat repair, quayside boats"],
)  # fmt: skip
def test_the_overview_is_the_first_real_sentence_if_the_description_says_nothing(
    described: str,
) -> None:
    head = f"<title>Quayside</title><meta name='description' content='{described}'>"
    assert overview(home=head + PARAGRAPH.replace("<main>", "<main><!-- -->")) == LENT


def test_a_description_that_says_something_is_the_overview() -> None:
    text = "Boats and teachers for schools by the sea."
    head = f"<title>Quayside</title><meta name='description' content='{text}'>"
    assert overview(home=head + PARAGRAPH) == text


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("<p>Menu and more.</p><p>We use cookies to make this site better for you.</p>"
         "<p>Wir verleihen Boote an Schulen. Mit Lehrer.</p>",
         "Wir verleihen Boote an Schulen. Mit Lehrer."),
        ("<ul><li>We are a list item with many words.</li></ul><p>Nous prêtons des bateaux aux "
         "écoles du port.</p>", "Nous prêtons des bateaux aux écoles du port."),
        ("<h2>We are a heading with many words.</h2><p>私たちは学校に船を貸しています。"
         "先生も一緒です。</p>", "私たちは学校に船を貸しています。"),
        ("<p>Hello.</p>", None),
        ("<p>Tel.: +49 371 12345, Mo–Fr von 8 bis 16 Uhr erreichbar.</p><p>Wir verleihen kleine "
         "Boote an Schulen.</p>", "Wir verleihen kleine Boote an Schulen."),
        ("<p>Wir freuen uns, Sie und Ihr Boot begrüßen zu dürfen!</p><p>Unsere Werft repariert "
         "seit 1998 Boote aus Holz.</p>", "Unsere Werft repariert seit 1998 Boote aus Holz."),
        ("<p>Order your boat today and save money!</p><p>We lend small boats to schools.</p>",
         "We lend small boats to schools."),
        ("<p>Loděnice u řeky sdružuje nezávislé dílny z oblasti\n stavby lodí a oprav, které\n "
         "rostou v čase. Spojuje je řeka.</p>",
         "Loděnice u řeky sdružuje nezávislé dílny z oblasti stavby lodí a oprav, které rostou v "
         "čase."),
        ("<p>DIN EN ISO 14001 DIN EN ISO 9001 GMP+ VO (EG) Nr. 183 / 2005</p><p>Wir verleihen "
         "kleine Boote an Schulen.</p>", "Wir verleihen kleine Boote an Schulen."),
        ("<p>Wir bauen und reparieren Boote jeder Art.</p>",
         "Wir bauen und reparieren Boote jeder Art."),
        ("<p>Willkommen auf der offiziellen Webseite von Quayside.</p><p>Wir verleihen kleine "
         "Boote an Schulen.</p>", "Wir verleihen kleine Boote an Schulen."),
    ],
)  # fmt: skip
def test_the_first_real_sentence_in_any_language(body: str, sentence: str | None) -> None:
    assert overview(home=f"<title>Quayside</title><main>{body}</main>") == sentence


def test_an_address_is_no_overview() -> None:
    address = "<address>Quayside, Long Harbour Street 24, 20457 Hamburg, Bldg. West</address>"
    home = f"<title>Quayside</title><main>{address}<p>{LENT}</p></main>"
    assert overview(home=home) == LENT


def test_the_page_about_the_company_helps_out() -> None:
    home = "<title>Quayside</title><main><h1>Quayside</h1><a href='/about'>About</a></main>"
    assert overview(home=home, about=f"<title>About</title>{PARAGRAPH}") == LENT


def values(html: str) -> list[str]:
    page = f"<title>About</title><main><h1>About us</h1>{html}</main>"
    return [claim.text for claim in facts(site(about=page)).company_values]


@pytest.mark.parametrize(
    ("html", "names"),
    [
        ("<h2>Our values</h2><ul><li><strong>Care</strong> for boats and people.</li><li><strong>"
         "Plain words</strong> in every letter.</li><li><strong>Patience</strong> when the tide is "
         "late.</li></ul>", ["Care", "Plain words", "Patience"]),
        ("<h2>Unsere Werte</h2><ul><li>Sorgfalt: wir prüfen alles.</li><li>Ruhe: wir warten."
         "</li></ul>", ["Sorgfalt", "Ruhe"]),
        ("<h2>Nos valeurs</h2><p>Nos valeurs sont la patience, le soin et l'écoute.</p>",
         ["la patience", "le soin", "l'écoute"]),
        ("<h2>Nuestros valores</h2><h3>Calma</h3><p>Siempre.</p><h3>Cuidado</h3><h2>Equipo</h2>"
         "<h3>Ana</h3>", ["Calma", "Cuidado"]),
        ("<h2>Our values</h2><p>We repair before we replace. It takes time.</p>",
         ["We repair before we replace."]),
        ("<h2>Nutritional values</h2><ul><li>Fat: 3 g</li></ul>", []),
        ("<h2>Our team</h2><ul><li>Ana</li></ul>", []),
        ("<h2>Valores</h2><p>Este es el cuarto párrafo con contenido de ejemplo.</p>", []),
        ("<h1>Budujeme hodnoty, které rostou v čase.</h1><h2>Naše *lodě*</h2><h2>Kontakt</h2>", []),
        ("<h3>What we stand for</h3><p><b>Honesty:</b> we say what a loom costs.</p><p><b>Craft:"
         "</b> we mend.</p>", ["Honesty", "Craft"]),
        ("<p>Our values are honesty, patience and good craft.</p>",
         ["honesty", "patience", "good craft"]),
        ("<p>Unsere Grundwerte sind Ruhe, Sorgfalt und Mut.</p>", ["Ruhe", "Sorgfalt", "Mut"]),
        ("<h2>Nuestros valores</h2><p>Honestidad, paciencia y oficio.</p>",
         ["Honestidad", "paciencia", "oficio"]),
        ("<h2>I nostri valori</h2><dl><dt>Cura</dt><dd>Di ogni filo.</dd><dt>Misura</dt><dd>Niente "
         "sprechi.</dd></dl>", ["Cura", "Misura"]),
        ("<h2>Onze kernwaarden</h2><table><tr><td>Zorg</td><td>voor elke draad</td></tr><tr><td>"
         "Rust</td><td>in het werk</td></tr></table>", ["Zorg", "Rust"]),
        ("<h2>Was uns wichtig ist</h2><ul><li>Ruhe</li><li>Sorgfalt</li></ul>",
         ["Ruhe", "Sorgfalt"]),
        ("<h2>Våra ledord</h2><ul><li>Omsorg</li><li>Mod</li></ul>", ["Omsorg", "Mod"]),
        ("<h2>Valeurs</h2><p>Respect · Patience · Partage</p>", ["Respect", "Patience", "Partage"]),
        ("<h3>Principles</h3><ol><li><b>Mend first.</b> Then replace.</li><li><b>Say the price."
         "</b> Always.</li></ol>", ["Mend first", "Say the price"]),
        ("<p>Our property values are high, low and fair.</p>", []),
        ("<h2>Our values</h2><h3><em>Calm</em></h3><h4>At sea</h4><h3>Care</h3>", ["Calm", "Care"]),
    ],
)  # fmt: skip
def test_values_stand_in_headings_lists_and_paragraphs(html: str, names: list[str]) -> None:
    assert values(html) == names


@pytest.mark.parametrize(
    ("stated", "asked", "shown"),
    [
        ("Boat hire, teaching and repairs - Quayside", "Quayside", "Quayside"),
        ("Quayside | Boats for everybody", "quayside", "Quayside"),
        ("The friendly place where everybody hires boats", "Quayside", "Quayside"),
        ("Quayside Tools Ltd", "Quayside", "Quayside Tools Ltd"),
        ("Pier and Sons", "Quayside", "Pier and Sons"),
        ("Home", "Quayside", "Quayside"),
    ],
)
async def test_a_slogan_is_no_name(stated: str, asked: str, shown: str) -> None:
    data = f'{{"@context":"https://schema.org","@type":"Organization","name":"{stated}"}}'
    home = f"<title>{stated}</title><script type='application/ld+json'>{data}</script><p>{LENT}</p>"
    found = Found(website=site(home=home))
    brief = await settle(Request(company_name=asked), found, None, RoleAnalysis())
    assert brief.result["companyName"] == shown


def test_open_roles_and_addresses_are_worth_knowing() -> None:
    careers = (
        "<title>Jobs</title><main><h1>Jobs</h1><a href='/careers/boat-builder'>Boat Builder</a>"
        "<a href='/careers/x1'>Apply</a><a href='/careers/x2'>Apply</a><h3>Segellehrer (m/w/d)</h3>"
        "<a href='https://jobs.lever.co/quay/1234-5678'>Harbour Pilot</a></main>"
    )
    home = f"<title>Quayside</title><p>{LENT}</p><footer><address>1 Quay, Porto</address></footer>"
    found = facts(site(home=home, careers=careers)).key_talking_points
    assert {claim.text for claim in found} == {
        "Open role: Boat Builder",
        "Open role: Harbour Pilot",
        "Open role: Segellehrer (m/w/d)",
        "Address: 1 Quay, Porto",
    }


def test_roles_in_a_list_of_one_form_are_open_roles_and_departments_are_not() -> None:
    offers = "".join(
        f"<li class='job'><h3>{name}</h3><p>CDI</p><a href='#apply'>Postuler</a></li>"
        for name in ("Conducteur d'engins", "Maçon")
    )
    rows = "".join(
        f"<div class='row'><a href='https://board.example/{number}'>{name}</a><span>Porto</span></div>"
        for number, name in enumerate(("Менеджер по продажам", "Повар", "Nurse"))
    )
    teams = "".join(
        f"<div class='team'><h3>{name}</h3><p>Come and see.</p><a href='#'>More</a></div>"
        for name in ("Engineering", "Sales and Marketing", "Logistics")
    )
    careers = f"<title>Jobs</title><main><h1>Jobs</h1><ul>{offers}</ul>{rows}{teams}</main>"
    found = facts(site(careers=careers)).key_talking_points
    assert {claim.text.removeprefix("Open role: ") for claim in found} == {
        "Conducteur d'engins", "Maçon", "Менеджер по продажам", "Повар", "Nurse",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("html", "place"),
    [
        ("<a href='https://maps.google.com/?q=1'>Am Kai 1, 24103 Kiel</a>", "Am Kai 1, 24103 Kiel"),
        ("<p itemprop='address'>1 Quay, Porto</p>", "1 Quay, Porto"),
        ("<a href='https://goo.gl/maps/x'>5.0 stars, 12 reviews on Google</a>", None),
        ("<address>Phone 0351 22 123 45 67, Porto</address>", None),
    ],
)
def test_a_place_is_a_postal_address(html: str, place: str | None) -> None:
    found = facts(site(home=f"<title>Q</title><p>{LENT}</p>{html}")).key_talking_points
    assert [claim.text for claim in found] == ([f"Address: {place}"] if place else [])


@pytest.mark.parametrize(
    ("careers", "sentence"),
    [
        ("<p>Send us your CV today, please do.</p><p>We mend boats slowly and talk about each one."
         "</p>", "We mend boats slowly and talk about each one."),
        ("<p>Bewerben Sie sich bei uns am Hafen in Kiel.</p>", None),
        ("<p>Reichen Sie bei uns für jedes Boot eine Zeichnung ein.</p>", None),
        ("<blockquote><p>After nine years I still learn something at the quay each week.</p>"
         "</blockquote>", "After nine years I still learn something at the quay each week."),
    ],
)  # fmt: skip
def test_people_speak_of_their_work_in_their_own_words(careers: str, sentence: str | None) -> None:
    found = facts(site(careers=f"<title>Jobs</title><main><h1>Jobs</h1>{careers}</main>"))
    assert (found.culture_insights.text if found.culture_insights else None) == sentence
