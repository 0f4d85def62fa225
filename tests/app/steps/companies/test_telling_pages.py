"""The pages that tell about a company are found in many languages."""

from __future__ import annotations

import pytest

from worker.companies.telling_pages import kind_of, telling_pages

SITE = "https://quai.example"


@pytest.mark.parametrize(
    ("path", "label", "kind"),
    [
        ("/qui-sommes-nous", "Qui sommes-nous", "about"),
        ("/nos-services", "Nos services", "services"),
        ("/recrutement", "Recrutement", "careers"),
        ("/nosotros", "Nosotros", "about"),
        ("/servicios", "Servicios", "services"),
        ("/empleo", "Trabaja con nosotros", "careers"),
        ("/leistungen", "Leistungen", "services"),
        ("/unternehmen", "Unternehmen", "about"),
        ("/stellenangebote", "Stellenangebote", "careers"),
        ("/chi-siamo", "Chi siamo", "about"),
        ("/lavora-con-noi", "Lavora con noi", "careers"),
        ("/over-ons", "Over ons", "about"),
        ("/vacatures", "Vacatures", "careers"),
        ("/sobre-nos", "Sobre nós", "about"),
        ("/kaisha", "会社概要", "about"),
        ("/saiyo", "採用情報", "careers"),
        ("/p1", "Om oss", "about"),
        ("/p2", "Ledige stillinger", "careers"),
        ("/p3", "Palvelut", "services"),
        ("/p4", "O společnosti", "about"),
        ("/p5", "Dołącz do nas", "careers"),
        ("/p6", "Produkty", "products"),
        ("/p7", "О компании", "about"),
        ("/p8", "Вакансії", "careers"),
        ("/p9", "Ürünlerimiz", "products"),
        ("/p10", "Hakkımızda", "about"),
        ("/p11", "Szolgáltatásaink", "services"),
        ("/p12", "Despre noi", "about"),
        ("/p13", "Προϊόντα", "products"),
        ("/p14", "关于我们", "about"),
        ("/p15", "채용", "careers"),
        ("/p16", "من نحن", "about"),
        ("/p17", "משרות", "careers"),
        ("/p18", "Unsere Werte", "values"),
        ("/p19", "Meist", "about"),
        ("/p20", "Par mums", "about"),
        ("/p21", "Apie mus", "about"),
        ("/p22", "關於我們", "about"),
        ("/p23", "Teenused", "services"),
        ("/p31", "Over het bedrijf", "about"),
        ("/p32", "Poste vacante", "careers"),
        ("/p33", "Co nabízíme", "services"),
        ("/p34", "Wie is wie", "team"),
        ("/p25", "Ce que nous faisons", "services"),
        ("/p26", "Wat we doen", "services"),
        ("/p27", "Qué hacemos", "services"),
        ("/p28", "Wir suchen dich", "careers"),
        ("/p29", "Dolgozz nálunk", "careers"),
        ("/p30", "Vår historia", "about"),
        ("/p24", "Gaminiai", "products"),
        ("/%C3%BCber-uns", "", "about"),
        ("/de/karriere.html", "", "careers"),
        ("/trabaja-con-nosotros.html", "Trabaja con nosotros", "careers"),
        ("/trabalhe-conosco", "Quem trabalha na empresa", "careers"),
        ("/en-gb/products/index.php", "", "products"),
    ],
)
def test_a_page_is_known_by_its_address_or_label(path: str, label: str, kind: str) -> None:
    assert kind_of(SITE + path, label) == kind


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/privacy-policy", "Privacy"),
        ("/datenschutz", "Unternehmen und Datenschutz"),
        ("/panier", "Nos produits"),
        ("/x", "Over 40 years of experience"),
        ("/five-tips-for-your-career-in-tech-today", "x"),
        ("/a/b/c/careers", ""),
        ("/index.html", "Home"),
        ("/kontakt", "Kontakt"),
        ("/x", "Find out how our team saves your company money"),
        ("/team.pdf", "Team"),
        ("/@somebody/about", "about"),
    ],
)
def test_other_pages_tell_nothing(path: str, label: str) -> None:
    assert kind_of(SITE + path, label) is None


def test_one_page_of_each_kind_comes_first() -> None:
    links = [
        (f"{SITE}/servicios/a", ""), (f"{SITE}/servicios", ""), (f"{SITE}/nosotros", ""),
        (f"{SITE}/servicios.html", ""), (f"{SITE}/empleo", ""),
    ]  # fmt: skip
    assert telling_pages(links, f"{SITE}/") == [
        (f"{SITE}/nosotros", "about"),
        (f"{SITE}/servicios", "services"),
        (f"{SITE}/empleo", "careers"),
        (f"{SITE}/servicios/a", "services"),
    ]
