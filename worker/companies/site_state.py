"""Tells a page that can be read from one that seems to say nothing about its company.

The latter usually have little text.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal, TypeAlias

from bs4 import BeautifulSoup, NavigableString, Tag

from worker.companies.word_count import words_of
from worker.pages.search import around, strings

SiteState: TypeAlias = Literal[
    "website_needs_a_browser", "website_bot_check", "website_for_sale", "website_coming_soon"
]
NEEDS_A_BROWSER: Literal["website_needs_a_browser"] = "website_needs_a_browser"
SHELL_WORDS = 12
CHECK_WORDS = 150
FOR_SALE_WORDS = 200
PLACEHOLDER_WORDS = 60
LEAST_TOLD = 4
NOTICE_WORDS = 8
"""A longer line counts as a notice only if it speaks of the site."""
MAX_READ = 4_000

_NO_TEXT = ["script", "style", "noscript", "template", "svg", "head"]
_ROOTS = {"root", "app", "__next", "__nuxt", "q-app", "gatsby", "___gatsby", "svelte", "react-root"}
_NEEDS_SCRIPTS = re.compile(
    r"\bjavascript\b|\bjs\b.{0,20}\b(?:enabled|required|disabled)", re.IGNORECASE
)
_CHECK = re.compile(
    r"checking (?:your|the) (?:browser|connection)|attention required"
    r"|^(?:just a moment|nur einen moment|un instant|un momento|um momento|een ogenblik"
    r"|ett ögonblick|et øjeblik|vent litt|hetkinen|chwileczkę|okamžik|один момент|зачекайте"
    r"|bir dakika|egy pillanat|un moment)\b"
    r"|(?:verify|verifying|confirm|prove|check)\b.{0,30}\b(?:human|robot|bot)\b"
    r"|are you (?:a )?(?:human|robot)|(?:i am|i'm) not a robot|unusual traffic|ddos protection"
    r"|security (?:check|verification)|enable (?:javascript and )?cookies"
    r"|access (?:to this page has been )?denied"
    r"|you have been blocked|request (?:blocked|unsuccessful)|pardon our interruption|\bcaptcha\b"
    r"|bist du ein mensch|sind sie ein (?:mensch|roboter)|sicherheits(?:überprüfung|prüfung)"
    r"|zugriff verweigert|browser wird überprüft"
    r"|vérification (?:de sécurité|que vous)|êtes-vous un (?:humain|robot)|accès refusé"
    r"|acceso denegado|no soy un robot|eres humano"
    r"|verifica (?:di sicurezza|che)|accesso negato|acesso negado|verificação de segurança"
    r"|toegang geweigerd|bent u een mens|åtkomst nekad"
    r"|adgang nægtet|odmowa dostępu"
    r"|přístup odepřen|ověřujeme|проверка (?:браузера|безопасности)|доступ запрещ"
    r"|подтвердите,? что|erişim engellendi|robot olmadığınız"
    r"|hozzáférés megtagadva|acces interzis|请稍候|安全验证|人机验证|しばらくお待ちください"
    r"|(?:verif|verifi[eë]|control|confirm|conferm|bestätig|bevestig|bekräft|bekræft|bekreft|varmist|vahvist|potwierd"
    r"|ověř|potvrď|подтверд|підтверд|doğrula|ellenőr|confirmați)\w{0,10}\b.{0,40}?\b(?:mens(?:ch)?|humain\w?"
    r"|humano|uman[oi]|människa|menneske|ihmi\w+|człowiek\w*|člověk\w*|человек\w*|людин\w*|insan|ember)\b"
    r"|^(?:even geduld|un instante|aguarde|proszę czekać|vänta|vent venligst|lütfen bekleyin)\b"
    r"|virtual queue|waiting room|you are (?:now )?in line|^403 forbidden"
    r"|人間であること|人机身份|사람인지|ロボットではありません|잠시만 기다|보안 확인"
    r"|로봇이 아닙니다"
    r"|لحظة من فضلك"
    r"|التحقق"
    r" من أنك|רק רגע",
    re.IGNORECASE | re.MULTILINE,
)
# Small letters. Python finds such a text in a large page much faster than a pattern.
_CHECK_MARKUP = (
    "/cdn-cgi/challenge-platform/", "cf-browser-verification", "cf-chl", "cf_chl",
    "_incapsula_resource", "px-captcha", "captcha-delivery.com", "datadome", "g-recaptcha",
    "h-captcha", "hcaptcha.com", "challenges.cloudflare.com", "awswaf", "ddos-guard",
    "sucuri_cloudproxy", "distil_r_captcha",
)  # fmt: skip
_FOR_SALE = re.compile(
    r"\bdomain(?: name)?\b.{0,60}\b(?:for sale|is available for purchase|has expired|is parked)"
    r"|\b[\w-]{1,63}\.[a-z]{2,10} (?:is|may be) for sale|buy this (?:domain|website"
    r"|name)|domain parking"
    r"|parked (?:free|domain|page)|(?:make|submit) an offer.{0,40}domain|premium domain"
    r"|(?:this|diese|cette?|este|questo|deze) (?:website|web site|webseite|homepage"
    r"|site(?: web)?|sitio(?: web)?"
    r"|sito(?: web)?)\s(?:is|steht|est|está|è)\s(?:for sale|zum verkauf|à vendre|en venta"
    r"|in vendita|te koop"
    r"|à venda)|\bdomain owner\b.{0,60}\b(?:advertis|relationship|maintain)"
    r"|get this domain|inquire about this domain|this domain (?:is|was|has been) "
    r"(?:registered|reserved|parked|expired)"
    r"|\b(?:dom[aäæ]i?n\w{0,6}).{0,40}(?:parkerad|parkert|parkeret|geparkeerd"
    r"|zaparkow\w{1,5})|^parked at"
    r"|domain.{0,40}(?:zu verkaufen|zum verkauf|kaufen|geparkt)|(?:domaine|nom de domaine).{0,40}"
    r"(?:à vendre|en vente)|dominio.{0,40}(?:en venta|in vendita|a la venta)|domínio.{0,40}"
    r"(?:à venda|a venda)|domein(?:naam)?.{0,40}te koop|domän\w{0,9}.{0,40}till salu"
    r"|domæne\w{0,9}.{0,40}til salg|domene\w{0,9}.{0,40}til salgs|verkkotunnus.{0,40}myytävänä"
    r"|domena.{0,40}(?:na sprzedaż|do sprzedania)|doména.{0,40}(?:na prodej|na predaj)"
    r"|домен.{0,40}(?:прода|выставлен)|(?:alan adı|domain).{0,40}satılık|satılık.{0,20}alan adı"
    r"|domain.{0,40}eladó|domeniu.{0,40}de vânzare|ドメイン.{0,20}(?:販売|売)"
    r"|域名.{0,20}(?:出售|转让)|도메인.{0,20}(?:판매|매매)|النطاق.{0,30}للبيع|הדומיין.{0,30}למכירה",
    re.IGNORECASE,
)
# A page whose main heading is nothing but a domain, and that asks for money, sells the domain.
_ONLY_A_DOMAIN = re.compile(
    r"(?:buy |get |kaufen )?[\w-]{1,63}(?:\.[a-z]{2,12}){1,2}", re.IGNORECASE
)
_ASKS_FOR_MONEY = re.compile(
    r"\b(?:make (?:us )?an offer|buy (?:it )?now|buy (?:this|the) name|lease[- ]to[- ]own"
    r"|place a bid"
    r"|inquire|get a (?:price|quote)|minimum offer|sofort ?kauf|angebot (?:abgeben|machen)"
    r"|faire une offre|hacer una oferta|fai un['’]offerta|fazer uma oferta|doe een bod"
    r"|złóż ofertę)\b",
    re.IGNORECASE,
)
_SELLERS = (
    "sedoparking", "parkingcrew", "bodis.com", "hugedomains", "afternic", "dan.com",
    "above.com/marketplace", "parklogic", "uniregistry",
)  # fmt: skip
_COMING = re.compile(
    r"\b(?:coming soon|under construction|launching soon|opening soon|stay tuned"
    r"|new (?:web)?site is (?:on its way|coming|under)|site is being (?:built|updated)"
    r"|under maintenance|be (?:right )?back (?:soon|shortly)|be right back"
    r"|(?:performing|scheduled|undergoing) (?:some )?(?:scheduled )?maintenance|in wartung|im umbau"
    r"|(?:pas encore|not yet|noch nicht|non (?:è )?ancora|ännu inte"
    r"|todavía no (?:está )?) ?(?:en ligne|online|en línea)"
    r"|(?:working on|arbeiten an|travaillons (?:sur|à)|trabajando en|lavorando al|trabalhando no"
    r"|werken aan|jobbar på"
    r"|arbejder på|jobber med|pracujemy nad|pracujeme na|работаем над) (?:\w+ ){0,2}?(?:new"
    r"|neuen|nouveau|nueva|nuovo|novo"
    r"|nieuwe|nya|nye|nową|novém|novou|новым)|vuelve pronto|brzy se vrátíme|w przygotowaniu"
    r"|sivut tulossa|på gång|hjemmeside på vej|nettside på vei|stiamo aggiornando il sito"
    r"|torneremo online"
    r"|hier entsteht|in allestimento|in manutenzione|torna(?:te)? (?:a trovarci )?presto"
    r"|in onderhoud"
    r"|en mantenimiento|em manutenção|w przebudowie|przerwa techniczna|v přípravě|v rekonstrukci"
    r"|probíhá údržba|underhåll pågår|under underhåll|under vedligeholdelse|under vedlikehold"
    r"|huoltokatko|karbantartás alatt|bakımda(?:dır|yız)?|технические работы|на обслуживании"
    r"|технічні роботи|în mentenanță|υπό συντήρηση"
    r"|im aufbau|^\W*(?:achtung,? )?baustelle\W*$|demnächst|bald verfügbar|in kürze"
    r"|wartungsarbeiten|en construction|bientôt|en maintenance|próximamente|en construcción"
    r"|muy pronto|in costruzione|prossimamente|in arrivo|em breve|em construção|binnenkort"
    r"|in aanbouw|kommer snart|under uppbyggnad|under opbygning|kommer snart|under oppbygging"
    r"|tulossa pian|rakenteilla|wkrótce|w budowie|już niedługo|připravujeme|již brzy"
    r"|ve výstavbě|pripravujeme|čoskoro|скоро|в разработке|в розробці|незабаром|yakında"
    r"|yapım aşamasında|hamarosan|fejlesztés alatt|în curând|în construcție|σύντομα"
    r"|υπό κατασκευή|segera hadir|sắp ra mắt|uskoro)\b"
    r"|メンテナンス中|维护中|維護中|網站維護|점검\s?중|تحت الصيانة|敬请期待|建设中|即将上线|準備中"
    r"|近日公開"
    r"|工事中"
    r"|준비\s?중"
    r"|오픈 예정"
    r"|قريبا"
    r"|تحت الإنشاء|בקרוב",
    re.IGNORECASE,
)
_OF_A_SITE = re.compile(
    r"\b(?:web\s?)?sit(?:e|io|o)s?\b|\bweb\w*|\bpages?\b|\bpágina|\bpagina|\bseite|\bhomepage|\bstron[aęy]"
    r"|\bstránk|\bsidan?\b|\bhjemmeside|\bnettside|\bsivu|\bsayfa|\bhonlap|сайт|страниц|サイト|ページ|网站|網站|홈페이지"
    r"|\bshop\b|\bapp\b|الموقع|האתר",
    re.IGNORECASE,
)
_DEFAULT_PAGE = re.compile(
    r"welcome to (?:nginx|openresty|centos|caddy)|apache2? .{0,20}default page|^it works!?$"
    r"|iis windows|internet information services|test page for|^index of /|account suspended"
    r"|default (?:web )?(?:site )?page|plesk|cpanel|there isn't a github pages site"
    r"|web server'?s default|site not found|no website has been|hello world!? ?welcome"
    r"|welcome to wordpress|website suspended|website has been suspended"
    r"|domain isn['’]t connected to a website"
    r"|(?:domaine|domain|dominio) .{0,30}(?:créé|erfolgreich registriert|successfully registered)"
    r"|^(?:404|50\d)\b.{0,20}(?:not found|error|unavailable|gateway)"
    r"|this is your first post|deployment (?:could not be|not) found|not_found"
    r"|nosuchbucket|there is no app configured|account has been suspended"
    r"|project not found|deployment not found|no such app|this shop is unavailable",
    re.IGNORECASE | re.MULTILINE,
)


def state_of(soup: BeautifulSoup, html: str) -> SiteState | None:
    """What is wrong with a page; None if no rule finds anything."""
    text = _visible(soup)
    count = words_of(text)
    title = soup.title.get_text(" ", strip=True) if soup.title else ""
    if count > FOR_SALE_WORDS:
        return None
    told = f"{title}\n{_described(soup)}\n{text}"[:MAX_READ]
    is_sellers = count <= SHELL_WORDS and _names_one(html, _SELLERS)
    if _FOR_SALE.search(told) or is_sellers or _offers_its_domain(soup, title, text):
        return "website_for_sale"
    if count <= CHECK_WORDS and _is_check(told, html, count):
        return "website_bot_check"
    if count <= PLACEHOLDER_WORDS and _is_placeholder(soup, title, text, count):
        return "website_coming_soon"
    return "website_needs_a_browser" if _is_shell(soup, count) else None


def _visible(soup: BeautifulSoup) -> str:
    body = soup.body or soup
    parts: list[str] = []
    size = 0
    for string in strings(body):
        text = string.strip() if type(string) is NavigableString else ""
        if text and around(string, _NO_TEXT) is None:
            parts.append(text)
            size += len(text)
        if size > 4 * MAX_READ:
            break
    return "\n".join(parts)


def _described(soup: BeautifulSoup) -> str:
    element = soup.find("meta", attrs={"name": "description"})
    return str(element.get("content") or "")[:MAX_READ] if isinstance(element, Tag) else ""


def _is_check(told: str, html: str, count: int) -> bool:
    by_words = _CHECK.search(told) is not None
    by_markup = _names_one(html, _CHECK_MARKUP)
    return (by_words and (by_markup or count <= PLACEHOLDER_WORDS)) or (
        by_markup and count <= SHELL_WORDS
    )


def _names_one(html: str, words: Collection[str]) -> bool:
    small = html.lower()
    return any(word in small for word in words)


def _is_placeholder(soup: BeautifulSoup, title: str, text: str, count: int) -> bool:
    headings = [one.get_text(" ", strip=True) for one in soup.find_all(["h1", "h2"], limit=5)]
    prominent = "\n".join([title, *headings])
    if _DEFAULT_PAGE.search(f"{prominent}\n{text}"):
        return True
    if _COMING.search(prominent):
        return True
    # "Building sites under construction" may be what a company looks after.
    lines = text.split("\n") if count <= PLACEHOLDER_WORDS // 2 else []
    noticed = [at for at, line in enumerate(lines) if _COMING.search(line)]
    if any(_OF_A_SITE.search(lines[at]) for at in noticed) or _OF_A_SITE.search(prominent):
        return bool(noticed)
    return any(
        words_of(lines[at]) <= NOTICE_WORDS and not any(map(_tells, lines[:at])) for at in noticed
    )


def _tells(line: str) -> bool:
    """Whether a line is a sentence: "New colours coming soon" may follow what a mill does."""
    return words_of(line) >= LEAST_TOLD and line.rstrip().endswith((".", "。"))


def _offers_its_domain(soup: BeautifulSoup, title: str, text: str) -> bool:
    heading = soup.find("h1")
    names = [title.strip(), heading.get_text(" ", strip=True) if heading else ""]
    is_named = any(_ONLY_A_DOMAIN.fullmatch(name) for name in names)
    return is_named and _ASKS_FOR_MONEY.search(text[:MAX_READ]) is not None


def _is_shell(soup: BeautifulSoup, count: int) -> bool:
    """Whether scripts would draw the page: few words, and signs of scripts."""
    if count > 3 * SHELL_WORDS:
        return False
    noscript = " ".join(one.get_text(" ", strip=True) for one in soup.find_all("noscript", limit=5))
    asks = _NEEDS_SCRIPTS.search(noscript) is not None
    empty = any(
        str(one.get("id")) in _ROOTS and not one.get_text(strip=True)
        for one in soup.find_all("div", id=True, limit=50)
    )
    refresh = soup.find("meta", attrs={"http-equiv": re.compile("^refresh$", re.IGNORECASE)})
    scripted = soup.find("script", src=True) is not None or empty or refresh is not None
    framed = soup.find(["frameset", "iframe"]) is not None
    return asks or empty if count > SHELL_WORDS else (asks or scripted or framed)
