"""Words of menus and buttons, which name neither a company nor a product."""

from __future__ import annotations

from worker.companies.own_words import ABOUT_THE_SITE
from worker.companies.telling_pages import is_word_of_a_page, slug

# Written as the function `slug` writes words.
MENU_WORDS = frozenset({
    "overview", "pricing", "prices", "price", "all", "more", "new", "faq", "demo", "docs",
    "documentation", "compare", "features", "resources", "contact", "details", "home", "back",
    "next", "download", "downloads", "support", "login", "integrations", "uebersicht", "ubersicht",
    "preise", "alle", "mehr", "kontakt", "zurueck", "vue-d-ensemble", "tarifs", "tous", "toutes",
    "precios", "resumen", "todos", "todas", "mas", "contacto", "prezzi", "panoramica", "tutti",
    "tutte", "contatti", "precos", "prijzen", "overzicht", "priser", "oversigt", "alla", "cennik",
    "wszystkie", "cenik", "vse", "fiyatlar", "tumu", "hepsi", "see-all", "view-all", "show-all",
    "learn-more", "read-more", "buy-now", "shop-now", "add-to-cart", "best-sellers", "bestsellers",
    "new-arrivals", "sale", "categories", "kategorien", "gallery", "galerie", "plans",
    "other", "others", "sonstige", "sonstiges", "andere", "weitere", "autres", "divers", "otros",
    "otras", "outros", "outras", "altri", "altro", "overige", "ovrigt", "ovrige", "andet", "annet",
    "muut", "inne", "pozostale", "ostatni", "ostatne", "ostalo", "diger", "egyeb", "altele", "alta",
    "другое", "прочее", "інше", "други", "その他", "カタロク", "資料",
    "документы", "каталоги",
    "uberblick", "ueberblick", "produktubersicht", "produktuebersicht", "apercu", "vista-general",
    "prehled", "prehlad", "przeglad", "attekintes", "genel-bakis", "oversikt", "pregled", "обзор",
    "其他", "기타", "غيرها", "אחר",
})  # fmt: skip


def is_of_a_menu(text: str) -> bool:
    """Whether a text is a usual label of a page or consists of words such as "home"."""
    if is_word_of_a_page(text):
        return True
    words = text.casefold().split()
    return all(word in ABOUT_THE_SITE or slug(word) in MENU_WORDS for word in words)
