"""Tells a product's name from other short texts, such as steps, questions and calls."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from worker.companies.menu_words import MENU_WORDS, is_of_a_menu
from worker.companies.telling_pages import is_about_products, kind_of_words, slug

MAX_NAME = 60
MAX_WORDS = 7
LEAST_LETTERS = 2
# Pictures, such as emoji, before a name.
_SYMBOLS = re.compile(r"^(?:[\u2190-\u2bff\u3030\ufe0f\u200d\U0001f000-\U0001faff]\s?)+")
_STEP = re.compile(
    r"(?P<word>step|phase|schritt|étape|paso|passo|fase|stap|steg|trin|trinn|vaihe|krok|шаг|крок"
    r"|adım|lépés|pasul|βήμα)\s\d{1,2}(?!\d)(?P<rest>\D.*)?",
    re.IGNORECASE,
)
_TELLS_HOW = re.compile(
    r"(?i:how|why|wie|warum|pourquoi|cómo|por qué|perché|proč|как|почему|nasıl|hvordan"
    r"|miten|hogyan)\s"
    # These words are English too, as in the names "Hoe Master 3" and "Comment Moderation".
    r"|(?i:comment|come|como|hoe|jak|hur|cum)\s(?=[^\W\d_A-Z])"
)
_CALL = re.compile(
    r"(?P<verb>discover|explore|learn|view|see|shop|buy|order|contact|find)\s(?P<rest>\S.*)",
    re.IGNORECASE,
)
# These verbs are nouns too: "Order Management" is a name, and "Order Details" a call.
_NOUNS = frozenset({"order", "contact", "shop", "view", "find", "buy"})
_TO_BE_SHOWN = re.compile(
    r"(?:(?:products?|brands?|details?|prices?|pricing|plans?|demos?|features|collections?|catalog(?:ue)?"
    r"|range|gallery|categories|integrations?|docs|documentation|cart|sale|apps|more|all|new)\b\s?){1,6}$"
    r"|(?:support|sales|team)$",
    re.IGNORECASE,
)
_AFTER_A_CALL = re.compile(
    r"(?:a|all|an|another|every|for|here|how|it|more|now|on|our|out|the|these|this|today|us|what"
    r"|why|with|you|your)\b",
    re.IGNORECASE,
)
# A verb that calls the reader to the company, mostly with a pronoun, in several languages.
_ASKS_FOR_CONTACT = re.compile(
    r"^(?:request|book|get|talk|download|read|watch|try|start|call|write|sign|subscribe|schedule"
    r"|visit|join|follow|meet|email)\s(?:a|an|the|our|your|us|to|in|for|up|it|this|more|now"
    r"|started)\b|^\w+en sie\b|\s(?:uns|nous|ons|oss|os|nami|nás|нами|нам|нас)$"
    r"|^\w+(?:ez|er|te|e)-(?:nous|nos)\b|^\w*[áéíó]\w{0,6}nos$|^(?:contatta|chiama|scrivi|segui|visita)(?:te)?ci$"
    r"|^(?:fale|entre em contato|neem contact|skontaktuj|свяжитесь|bize ulaş\w*|ota yhteyttä"
    r"|prendre rendez|pide|solicita|demande[rz]|richiedi|peça|zamów|objednejte|закажите)\b"
    r"|\s(?:buchen|vereinbaren|anfordern|herunterladen|lesen|testen|kontaktieren|anrufen|besuchen"
    r"|réserver|boeken|aanvragen|boka|bestill|varaa)$|^(?:もっと見る|もっと|詳しく|詳細|一覧|こちら"
    r"|お問い合わせ|资料请求|資料請求|查看|了解更多|更多|联系我们|聯絡我們|자세히|더 ?보기|문의)",
    re.IGNORECASE,
)
_OTHER_CALL = re.compile(
    r"^(?i:entdecken?|entdeckt|découvr(?:ez|ir|e)|descubr(?:e|a|an|ir)|scopr(?:i|ite|a|ire)|ontdek"
    r"|upptäck|opdag|objevte|objevovat|odkryj(?:cie|te)?|zobacz|узна(?:й|йте|ть)|keşfed(?:in|iniz))\s"
    r"|\s(?:entdecken|ansehen|bestellen|anfragen|kaufen|erfahren|bekijken)$"
)
PRICE = re.compile(
    r"(?:[$€£¥₹₺₽₩]|\b(?:USD|EUR|GBP|CHF|PLN|CZK|SEK|NOK|DKK|HUF|RON|TRY|INR|MXN|BRL|Rs\.?|R\$))"
    r"\s?\d|\d[\d.,\s]{0,10}\s?(?:[€£₺₽₩]|(?:zł|Kč|kr|Ft|lei|TL|руб|грн|лв|円|元|원|EUR|CHF|USD)\b)"
)
"""A number with a currency."""
# The word for a shop may begin a name, as in "Shop Software".
_SHOP_FOR = re.compile(
    r"(?:shops?|stores?|catalog(?:ue)?s?)\s(?!all\b|now\b|our\b|by\b|the\b|products?\b)(?-i:[^\W\d_a-z])",
    re.IGNORECASE,
)
_DASH = re.compile(r"\s?[-\u2010-\u2015]\s?")
# What is made to a customer's wish, such as "Solutions on request", names no product. The words are
# written as `slug` writes them.
_THINGS = (
    r"(?:(?:solution|product|production|design|manufacturing|part|item|losung|loesung|produkt"
    r"|solucion|soluzion|soluco|solucao|oplossing|losning|rozwiazani|reseni|riesen|vyrob|vyrobk"
    r"|megoldas|soluti|cozum|uretim|resitv|rjesenj|resenj|решени|издели)[^\W\d_]{0,4})"
)
_TO_A_WISH = (
    r"(?:custom(?:i[sz]ed|-made)?|bespoke|tailored|tailor-made|(?:made|on|to)-(?:measure|order|request)"
    r"|individuell?e?|ma(?:s|ss)geschneiderte?|nach-ma(?:s|ss)|sur-mesure|personnalisee?s?|a-medida"
    r"|personalizad[ao]s?|su-misura|personalizzat[aei]|sob-medida|op-maat|skraddarsydda"
    r"|skraeddersyede|skreddersydde|na-(?:wymiar|miare|zamowienie|miru|mieru|zakazku)|на-заказ|egyedi"
    r"|personalizate|la-comanda|ozel|po-(?:meri|mjeri|narudzbi)|под-заказ|индивидуальные)"
)
_ON_REQUEST = re.compile(
    rf"(?:{_THINGS}-)?{_TO_A_WISH}-{_THINGS}|{_THINGS}-{_TO_A_WISH}|ma(?:s|ss)anfertigung(?:en)?"
    r"|sonder(?:anfertigung(?:en)?|losungen|loesungen)|maatwerk"
)
# "For consumers" names whom a page is for. "Pro Series" and "Per Mare" are names.
_FOR_SOMEBODY = re.compile(
    r"(?:[Ff]ür|FÜR|[Pp]our|[Dd]la|[Vv]oor|[Ff]ör|[Дд]ля)\s|(?:[Ff]or|[Pp]ara|[Pp]er|[Pp]re|[Tt]il)"
    r"\s(?=[^\W\d_])(?=\S*[^\W\d_A-Z])(?!\S*[A-Z])"
)
# A Turkish sentence ends in a verb such as "yapilir" (is made) or "uretilmektedir" (is produced).
_IS_DONE = re.compile(
    r"\s\S{2,}(?:[\u0131iu\u00fc]l[\u0131iu\u00fc]r|m[ae]ktad[\u0131i]r|mektedir)$"
)
# "Best-selling lamps" heads a list.
_HEADS_A_LIST = re.compile(
    r"(?:best-?sell(?:ing|ers?)|top-?sellers?|most-(?:popular|loved|sold)|popular|featured|recommended"
    r"|new-arrivals|meistverkaufte\w?|meistgekaufte\w?|beliebt(?:e|este)\w?|empfohlene\w?"
    r"|neuheiten|meilleures-ventes|nouveautes|(?:los-)?mas-vendid[oa]s|novedades|(?:i-)?piu-vendut[ie]"
    r"|novita|(?:os-)?mais-vendid[oa]s|novidades|best-verkochte|populaire|bastsaljande|mest-solgte"
    r"|bestselgende|populara|populaere|suosituimmat|najczesciej-kupowane|najlepiej-sprzedajace"
    r"|nowosci|nejprodavanejsi|najpredavanejsie|хиты-продаж|популярные|новинки|cok-satan(?:lar)?"
    r"|legnepszerubb|cele-mai-vandute)(?:-|$)"
)
_NAME_SIGNS = re.compile(r"[^\W\d_]")
_ASKS = re.compile(r"[?!:;|]|\.\s|\.$|…")


def plain_name(text: str) -> str:
    """A name without signs such as `™`, emoji and arrows around it."""
    bare = text.replace("™", "").replace("®", "").strip(" *-–—·•→»›>#¶").strip()
    return _SYMBOLS.sub("", bare)


def written_alike(name: str) -> str:
    """The form that all spellings of a name have: one case, and one dash without blanks.

    The Turkish letters \u0130 and \u0131 count as i: a page may write a name in capitals too.
    """
    return _DASH.sub("-", name.casefold().replace("\u0307", "").replace("\u0131", "i"))


def is_name(text: str) -> bool:
    """Whether a text can be a product's name: short, no sentence and no word of menus."""
    # "Sel de Camargue aux herbes" has small words too.
    words = sum(len(word) > LEAST_LETTERS for word in text.split())
    if not 2 <= len(text) <= MAX_NAME or words > MAX_WORDS or _ASKS.search(text):
        return False
    form = slug(text)
    if not _NAME_SIGNS.search(text) or form in MENU_WORDS or text[0] in "+#":
        return False
    if _HEADS_A_LIST.match(form) or _ON_REQUEST.fullmatch(form):
        return False
    if _IS_DONE.search(text) or _FOR_SOMEBODY.match(text):
        return False
    if _SHOP_FOR.match(text):
        return True
    return not (is_about_products(text) and len(text.split()) <= 3)


def tells_how(text: str) -> bool:
    """Whether a text begins as an instruction or a question does: "How to order"."""
    return _TELLS_HOW.match(text) is not None


def calls(text: str) -> bool:
    """Whether a short text calls the reader to do something, or begins a question.

    "Shop our boats" and "View Products" call; "Find X3" and "View Master" are names.
    """
    if _TELLS_HOW.match(text) or _OTHER_CALL.search(text) or _ASKS_FOR_CONTACT.search(text):
        return True
    match = _CALL.match(text)
    if match is None:
        return False
    rest, verb = match["rest"], match["verb"].casefold()
    if verb in _NOUNS:
        shown = _TO_BE_SHOWN.match(rest)
        is_general = shown is not None and (verb == "contact" or shown[0][0].casefold() != "s")
    else:
        is_general = is_of_a_menu(rest) or is_about_products(rest) or bool(kind_of_words(rest))
    return rest[0].islower() or is_general or _AFTER_A_CALL.match(rest) is not None


def steps_among(names: Sequence[str]) -> frozenset[str]:
    """The names that are steps: `Step 2 Order`, or one of several such as `Phase 1`.

    A single "STEP 7" or "Phase 4" is a name.
    """
    matches = {name: match for name in dict.fromkeys(names) if (match := _STEP.match(name))}
    counts = Counter(match["word"].casefold() for match in matches.values())
    return frozenset(
        name
        for name, match in matches.items()
        if counts[match["word"].casefold()] > 1 or (match["rest"] and not match["word"].isupper())
    )


def is_titled(name: str) -> bool:
    """Whether a name has several words and is written like a title: `Harbour Desk`."""
    words = [word for word in name.split() if len(word) > 3 or word[0].isupper()]
    return len(name.split()) > 1 and all(word[0].isupper() or word[0].isdigit() for word in words)


def has_odd_letters(name: str) -> bool:
    """Whether a name has a digit, or a capital inside a word such as `QuayDesk`."""
    return any(
        any(letter.isdigit() for letter in word)
        or (any(letter.isupper() for letter in word[1:]) and not word.isupper())
        for word in name.split()
    )
