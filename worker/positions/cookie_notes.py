"""Tells a site's note on cookies from a posting's own words, which may speak of cookies too."""

from __future__ import annotations

import re

MAX_NOTE = 800
_COOKIE = (
    r"(?:cookie[- ]?s?(?!\s?(?:cutter|dough|jar|shop|factory))\w{0,12}|ciastecz\w{0,14}|"
    r"evästei\w{0,14}|"
    r"sütik\w{0,14}"
    r"|çerez\w{0,14}|küpsis\w{0,14}|informasjonskaps\w{0,14}|куки\w{0,14}|cookie-fil\w{0,14}|kolačić\w{0,14}|piškot\w{0,14}|бисквитк\w{0,14}"
    r"|slapuk\w{0,14}|sīkdat\w{0,14})"
)
_USE = (
    r"(?:uses?|using|employs?|sets?|store[sd]?|nutz\w{0,14}|verwend\w{0,14}|setz\w{0,14}|utilis\w{0,14}|utiliz\w{0,14}|usa\w{0,3}|uso"
    r"|usiamo|usamos|gebruik\w{0,14}|plaats\w{0,14}|používá\w{0,14}|používa\w{0,14}|używa\w{0,14}|korzysta\w{0,14}|stosuje\w{0,14}|wykorzyst\w{0,14}"
    r"|använd\w{0,14}|brug\w{0,14}|bruk\w{0,14}|käyt\w{0,14}|használ\w{0,14}|kullan\w{0,14}|folos\w{0,14}|использ\w{0,14}|викорис\w{0,14}|користи\w{0,14}"
    r"|koristi\w{0,14}|uporablja\w{0,14}|използва\w{0,14}|naudoja\w{0,14}|izmanto\w{0,14}|kasuta\w{0,14}|χρησιμοποι\w{0,14})"
)
_ACCEPT = (
    r"(?:accept\w{0,14}|allow\w{0,14}|agree\w{0,14}|consent\w{0,14}|reject\w{0,14}|declin\w{0,14}|manage|disable|akzept\w{0,14}|zustimm\w{0,14}"
    r"|einverstanden|zulass\w{0,14}|ablehn\w{0,14}|acept\w{0,14}|aceit\w{0,14}|accett\w{0,14}|akkoord|accepteer\w{0,14}|souhlas\w{0,14}|súhlas\w{0,14}"
    r"|zgod\w{0,14}|zgadza\w{0,14}|akcept\w{0,14}|godta\w{0,14}|godkän\w{0,14}|samty\w{0,14}|hyväk\w{0,14}|elfogad\w{0,14}|kabul\w{0,14}|соглас\w{0,14}"
    r"|приня\w{0,14}|прийня\w{0,14}|prihvat\w{0,14}|sprejm\w{0,14}|приема\w{0,14}|sutinka\w{0,14}|piekrīt\w{0,14}|nõust\w{0,14}|αποδ\w{0,14})"
)
_POLICY = (
    r"(?:polic\w{0,14}|settings?|preferences?|notice|banner|statement|richtlinie\w{0,14}|einstellung\w{0,14}|hinweis\w{0,14}"
    r"|erklärung\w{0,14}|polit\w{0,14}|privacy|paramètres?|ajustes|configuraci\w{0,14}|impostazion\w{0,14}|instelling\w{0,14}|nastaven\w{0,14}"
    r"|zásad\w{0,14}|ustawie\w{0,14}|inställning\w{0,14}|indstilling\w{0,14}|innstilling\w{0,14}|asetu\w{0,14}|beállít\w{0,14}|ayar\w{0,14}|настро\w{0,14})"
)
_UP_TO_FIVE_WORDS = r"\W{1,3}(?:\w{1,24}\W{1,3}){0,5}"
_SAME_CLAUSE = (
    r"\W{1,3}(?:(?!(?:and|but|for|in|und|aber|für|et|mais|pour|y|pero|e|ma|en|och|og|a|i|ale|и|но|ve)\s)"
    r"\w{1,24}\W{1,3}){0,5}"
)
_NOTE = re.compile(
    rf"(?:(?<!\w)(?:{_USE}|{_ACCEPT}){_UP_TO_FIVE_WORDS}{_COOKIE}"
    rf"|(?<!\w){_COOKIE}{_SAME_CLAUSE}(?:{_ACCEPT}|{_USE})(?!\w))"
    r"|(?:クッキー|Cookie|cookie|쿠키).{0,20}(?:使用|利用|同意|사용|동의)|(?:使用|利用).{0,6}(?:Cookie|cookie|クッキー)",
    re.IGNORECASE,
)
_TITLE = re.compile(
    rf"\W{{0,4}}(?:{_POLICY}\W)?{_COOKIE}[- ]?(?:{_POLICY}|{_ACCEPT})?\W{{0,4}}", re.IGNORECASE
)
_SITE = re.compile(
    r"(?:web)?sites?\b|web ?page|browser|by (?:continuing|using)|experience|traffic|analytic|"
    r"advert|third[- ]part|visit\w{0,14}"
    r"|(?:web)?seite|erlebnis|navigateur|expérience|navigation|sitio|página|navega|esperienza|navigazione|pagina"
    r"|stránk|strán[ek]|stron\w|przegląd|webbplats|hjemmesid|nettste|nettsid|sivusto|oldal|site-ul|сайт|sayt|sitesi"
    r"|deneyim|サイト|网站|網站|사이트|ιστοσελίδ|ιστότοπ|svetain|vietn|veebi|strani\w|stranic",
    re.IGNORECASE,
)
_BUTTON = re.compile(
    r"^(?:accept|allow|reject|alle|tout|aceptar|aceitar|accett|akceptuj|přijmout|prijať|godkänn|accepter)\b"
    r"|(?:accept all|alle akzeptieren|tout accepter|aceptar todo|aceitar tudo|accetta tutt\w|"
    r"alles accepteren"
    r"|přijmout vše|akceptuj\w{0,14} wszystk\w{0,14}|godkänn alla|同意する|全部接受)",
    re.IGNORECASE,
)


def is_cookie_note(text: str) -> bool:
    """Whether a paragraph tells visitors of a site about its cookies, or asks for their consent.

    A task such as "Bake cookies for our site in Leeds" does not.
    """
    if len(text) > MAX_NOTE:
        return False
    if len(text) < MAX_BRIEF and _TITLE.fullmatch(text):
        return True
    said = _NOTE.search(text)
    return bool(said and (_SITE.search(text) or _BUTTON.search(text) or len(text) < MAX_BRIEF))


MAX_BRIEF = 60
"""A text with fewer characters needs no word for the site: "Wir verwenden Cookies"."""
