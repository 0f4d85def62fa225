"""Texts that say nothing about a company become neither its overview nor its culture."""

from __future__ import annotations

import pytest

from tests.app.steps.companies.site_pages import site
from tests.app.steps.companies.test_brief import report
from tests.app.steps.companies.test_own_words import facts
from tests.support.company_world import cited
from worker.companies.brief import Found, profile_of
from worker.companies.filler import is_filler
from worker.companies.own_words import told_part

LENT = "We lend boats to schools in eleven towns."
FILLERS = (
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor.",
    "Sed ut perspiciatis unde omnis iste natus error sit voluptatem accusantium doloremque.",
    "Vestibulum mauris diam, tincidunt eget libero vel, pellentesque felis massa.",
    "Welcome to our website, where you will find everything that there is to know about boats and "
    "harbours and piers and the long history of our town beside the sea, with many pictures too.",
    "Herzlich willkommen auf unserer Internetseite, schön, dass Sie uns hier gefunden haben.",
    "Bienvenue sur notre site, nous sommes heureux de vous y accueillir tous les jours.",
    "Добро пожаловать на наш сайт, здесь можно узнать много нового и полезного каждый день.",
    "We use cookies so that this website works well and remembers what you like.",
    "Wir verwenden Cookies, damit diese Webseite gut funktioniert und schnell ist.",
    "Sivustomme käyttää evästeitä, jotta palvelu toimisi hyvin ja nopeasti kaikille.",
    "Honlapunk sütiket használ, hogy minden látogató jól érezze magát nálunk.",
    "We value your privacy and keep what you tell us to ourselves always.",
    "This is a sample page with a few words that nobody has changed yet.",
    "I'm a paragraph. Click here to add your own text and edit me.",
    "Last updated: 12 March 2025 by the web team of the company.",
    "Zuletzt aktualisiert am 3. März 2025 von der Redaktion dieser Firma.",
    "Dernière mise à jour : le 3 mars 2025 par notre équipe du web.",
    "Hier steht Ihr Text, den Sie später durch einen eigenen ersetzen können.",
    "Este es un texto de ejemplo que se cambiará antes de la publicación.",
    "Este es el cuarto párrafo con contenido de ejemplo para la sección 4.",
    "Dies ist ein Beispielabsatz, den später jemand ersetzen wird.",
    "Toto je ukázkový obsah, který později někdo nahradí.",
    "Class aptent taciti sociosqu ad litora torquent per conubia nostra, per inceptos hymenaeos.",
    "Adipisci, alias animi atque autem consequuntur cumque debitis delectus doloremque doloribus.",
)


@pytest.mark.parametrize("text", FILLERS)
def test_a_text_of_a_template_or_a_notice_is_no_overview(text: str) -> None:
    head = f'<meta name="description" content="{text}">'
    for home in (f"{head}<p>{LENT}</p>", f"<p>{text}</p><p>{LENT}</p>", f"<p>{text} {LENT}</p>"):
        found = facts(site(home=f"<title>Quayside</title>{home}")).overview
        assert found is not None
        assert found.text == LENT
    assert facts(site(home=f"<title>Quayside</title>{head}<p>{text}</p>")).overview is None


def test_what_follows_a_greeting_in_a_description_is_the_overview() -> None:
    described = f"Welcome to our website. {LENT} We use cookies on this site."
    home = f'<title>Quayside</title><meta name="description" content="{described}">'
    found = facts(site(home=home)).overview
    assert found is not None
    assert found.text == LENT


def test_a_model_cannot_make_an_overview_of_filler() -> None:
    text = "Welcome to our website, where everything about boats is told."
    website = site(home=f"<title>Quayside</title><p>{text}</p><p>{LENT}</p>")
    analysis = report(overview=cited(text, "s1", text))
    profile = profile_of(Found(website=website, analysis=analysis))
    assert profile.facts.overview is not None
    assert profile.facts.overview.text == LENT


@pytest.mark.parametrize(
    "text",
    [
        "We bake cookies and bread for the schools of eleven towns.",
        "We welcome forty apprentices each year in our two workshops.",
        "Our vel and ac and ut converters sit in every second boat.",
        "Quayside makes a diagram editor for the harbours of Europe.",
    ],
)
def test_a_sentence_about_the_company_is_no_filler(text: str) -> None:
    assert not is_filler(text)


@pytest.mark.parametrize(
    "text",
    [
        "Our GDPR software helps 300 hospitals protect patient data.",
        "Wir beraten Unternehmen zu DSGVO und Informationssicherheit in ganz Europa.",
        "Nous conseillons les hôpitaux sur le RGPD et la sécurité.",
        "Formamos a hospitales en RGPD y seguridad de datos.",
        "We bake cookies for cafés and use only butter from local farms.",
        "Order our cookies on our website, baked in Leeds since 1990.",
        "Our cookie consent platform runs on 3000 websites in Europe.",
        "Our blinds protect your privacy in any room.",
        "Unsere Vorhänge schützen Ihre Privatsphäre in jedem Zimmer.",
        "You can add your own text to our greeting cards.",
        "One click to add a boat to your plan.",
        "This is the first website for used boats in Wales.",
    ],
)
def test_an_offer_with_the_words_of_a_notice_is_no_filler(text: str) -> None:
    assert not is_filler(text)
    assert told_part(text, "Quayside") == text


@pytest.mark.parametrize(
    "text",
    [
        "Ce site utilise des cookies pour fonctionner.",
        "Utilizamos cookies propias y de terceros para mejorar la navegación.",
        "Bu site çerez kullanır ve hızlı çalışır.",
        "当サイトはクッキーを使用しています。",
        "By clicking accept you agree to our use of cookies.",
        "Wir respektieren Ihre Privatsphäre und geben nichts weiter.",
        "Under the GDPR you have the right to see your data.",
        "Read our privacy policy before you write to us.",
    ],
)
def test_a_notice_that_speaks_of_the_reader_or_the_site_is_filler(text: str) -> None:
    assert is_filler(text)


@pytest.mark.parametrize(
    ("greeting", "told"),
    [
        ("Welcome to ", "Harbour Ltd, the shop for used boats since 1910."),
        ("Bienvenue chez ", "Dupont, site de production à Lyon depuis 1950"),
        ("Herzlich willkommen bei ", "Kai Neun, Ihrem Bootsbauer in Kiel seit 1950."),
        ("Benvenuti da ", "Rossi, produttori di barche a Genova dal 1950."),
        ("Welcome to our website, ", "the shop for used boats in eleven towns."),
    ],
)
def test_what_a_greeting_leads_to_is_told(greeting: str, told: str) -> None:
    assert told_part(greeting + told, "Quayside") == told
    assert not is_filler(greeting + told)


@pytest.mark.parametrize(
    ("careers", "sentence"),
    [
        (
            "<p>Apply today and send us your CV, please. We mend boats slowly and talk a lot.</p>",
            "We mend boats slowly and talk a lot.",
        ),
        (
            "<p>We built the seats of two Formula 1 teams together.</p>",
            "We built the seats of two Formula 1 teams together.",
        ),
        (
            "<p>Our team formulates paints and writes applications for ports.</p>",
            "Our team formulates paints and writes applications for ports.",
        ),
        (
            "<p>Wir stellen unsere Boote in zwei Werkstätten selbst her.</p>",
            "Wir stellen unsere Boote in zwei Werkstätten selbst her.",
        ),
        ("<p>Nous vous prions de remplir le formulaire avec notre équipe.</p>", None),
        ("<p>Wir haben offene Stellen in unseren beiden Werkstätten am Hafen.</p>", None),
    ],
)
def test_a_statement_is_found_behind_others_and_beside_words_that_look_like_applying(
    careers: str, sentence: str | None
) -> None:
    found = facts(site(careers=f"<title>Jobs</title><main><h1>Jobs</h1>{careers}</main>"))
    assert (found.culture_insights.text if found.culture_insights else None) == sentence
