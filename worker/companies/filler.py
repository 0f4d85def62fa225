"""Tells texts that say nothing about a company: text of templates, and notices of a page."""

from __future__ import annotations

import re

LEAST_LATIN = 4
"""This many words of `_LATIN`, and at least half of a text, make it text of a template."""
MAX_GREETED = 80
_LATIN = frozenset(
    [
        "lorem", "ipsum", "dolor", "sit", "amet", "consectetur", "consectetuer", "adipiscing",
        "adipisicing", "elit", "sed", "eiusmod", "tempor", "incididunt", "ut", "labore", "dolore",
        "magna", "aliqua", "enim", "minim", "veniam", "quis", "nostrud", "exercitation", "ullamco",
        "laboris", "nisi", "aliquip", "commodo", "consequat", "duis", "aute", "irure",
        "reprehenderit", "voluptate", "velit", "esse", "cillum", "fugiat", "nulla", "pariatur",
        "excepteur", "sint", "occaecat", "cupidatat", "proident", "sunt", "culpa", "officia",
        "deserunt", "mollit", "anim", "laborum", "perspiciatis", "unde", "omnis", "iste", "natus",
        "voluptatem", "accusantium", "doloremque", "laudantium", "totam", "rem", "aperiam", "eaque",
        "nam", "vestibulum", "pellentesque", "curabitur", "vivamus", "praesent", "suspendisse",
        "maecenas", "fusce", "quisque", "donec", "integer", "tincidunt", "vel", "ac", "et", "eget",
        "libero", "mauris", "massa", "felis", "diam", "nonummy", "nibh", "euismod", "laoreet",
        "aptent", "taciti", "sociosqu", "litora", "torquent", "conubia", "inceptos", "hymenaeos",
        "habitant", "morbi", "tristique", "senectus", "netus", "malesuada", "fames", "turpis",
        "egestas", "aliquet", "aliquam", "faucibus", "pulvinar", "scelerisque", "ullamcorper",
        "vulputate", "sollicitudin", "sagittis", "ornare", "hendrerit", "dapibus", "dignissim",
        "fermentum", "interdum", "lacinia", "lacus", "lectus", "ligula", "luctus", "mattis",
        "maximus", "mollis", "nisl", "nullam", "nunc", "odio", "phasellus", "porta", "porttitor",
        "posuere", "primis", "pretium", "proin", "rhoncus", "rutrum", "sapien", "semper", "sodales",
        "tellus", "tortor", "ultrices", "ultricies", "urna", "varius", "vehicula", "venenatis",
        "vestibulum", "viverra", "volutpat", "blandit", "bibendum", "condimentum", "congue",
        "convallis", "cras", "cursus", "dictum", "dictumst", "efficitur", "eleifend", "elementum",
        "etiam", "feugiat", "finibus", "gravida", "iaculis", "imperdiet", "justo", "adipisci",
        "alias", "aspernatur", "assumenda", "atque", "autem", "beatae", "consequatur",
        "consequuntur", "corporis", "corrupti", "cumque", "debitis", "delectus", "deleniti",
        "distinctio", "dolorem", "dolores", "doloribus", "dolorum", "ducimus", "eius", "eligendi",
        "eos", "eveniet", "excepturi", "exercitationem", "expedita", "explicabo", "facere",
        "facilis", "fugit", "fuga", "harum", "hic", "illum", "impedit", "inventore", "ipsam",
        "itaque", "iusto", "labore", "laboriosam", "magnam", "magni", "maiores", "maxime", "minima",
        "minus", "molestiae", "molestias", "necessitatibus", "nemo", "neque", "nesciunt", "nihil",
        "nobis", "numquam", "obcaecati", "officiis", "optio", "perferendis", "placeat", "porro",
        "possimus", "praesentium", "provident", "quaerat", "quam", "quas", "quasi", "quibusdam",
        "quidem", "quisquam", "quo", "quod", "ratione", "recusandae", "reiciendis", "repellat",
        "repellendus", "reprehenderit", "repudiandae", "rerum", "saepe", "similique", "soluta",
        "sequi", "sint", "suscipit", "tempora", "tempore", "temporibus", "tenetur", "ullam",
        "vitae", "voluptas", "voluptates", "voluptatibus", "voluptatum",
    ]
)  # fmt: skip
_OF_A_TEMPLATE = re.compile(
    r"lorem ipsum|\b(?:sample|dummy|placeholder|filler) (?:text|content|paragraph|page)"
    r"|\byour (?:\w+ )?(?:text|content|description|tagline|slogan|name|story) (?:goes )?here\b"
    # "You can add your own text to our cards" is an offer, so these words begin an order.
    r"|(?:^|[.!?:,]\s|\b(?:click|tap|press)\b.{0,20}?\bto\s|\bplease\s)(?:insert|add|enter|edit"
    r"|replace|write|type|put) (?:your|some) (?:own )?(?:text|content|paragraph|description|copy)"
    r"\b(?!\s(?:to|on|onto|into|in)\s(?:our|your|any|every|each|all|a|an)\b)"
    r"|\b(?:edit|replace|change|delete|remove|overwrite) (?:this|the) (?:text|content|paragraph"
    r"|description|copy)\b|\bclick (?:here )?to (?:edit|add)(?:[.!]|$|\s(?:(?:your|a|the|this|some)"
    r" )?(?:own )?(?:text|(?:sub)?title|content|paragraph|description|caption|heading|me)\b)"
    r"|\bthis is (?:a|an|your|the) (?:sample|example|demo|test|placeholder|default)"
    r" (?:page|paragraph|text|post|site|website|heading)"
    r"|\bthis is your (?:first|new) (?:page|post|site|website)|\bi['’]?m a paragraph\b"
    r"|\bhier (?:steht|kommt) (?:ihr|dein|der|ein) text|\b(?:beispiel|blind|muster|platzhalter)text"
    r"|\btexte (?:de remplacement|fictif|d['’]exemple|factice|ici)|\bvotre texte ici"
    r"|\btexto (?:de (?:ejemplo|relleno|prueba|muestra|exemplo|preenchimento)|simulado|aquí|aqui)"
    r"|\btesto (?:di esempio|segnaposto|fittizio|qui)|\b(?:voorbeeld|plaatshouder|opvul)tekst"
    r"|\b(?:exempel|platshållar)text|\b(?:eksempel|pladsholder|plassholder)tekst"
    r"|\besimerkkiteksti|\b(?:przykładowy tekst|tekst (?:przykładowy|zastępczy))"
    r"|\b(?:ukážkový|ukázkový|zástupný|vzorový) text|текст[- ]рыба|пример текста|образец текста"
    r"|\b(?:contenido|párrafo|conteúdo|parágrafo) de (?:ejemplo|relleno|prueba|muestra|exemplo)"
    r"|\b(?:contenu|paragraphe) (?:d['’]exemple|fictif|factice)"
    r"|\b(?:contenuto|paragrafo) di (?:esempio|prova)|\b(?:beispiel|platzhalter)(?:inhalt|absatz)"
    r"|\bvoorbeeldinhoud|\b(?:exempelinnehåll|eksempelindhold|eksempelinnhold)|\bprzykładowa treść"
    r"|\b(?:ukážkový|ukázkový|zástupný|vzorový) (?:obsah|odstavec|odsek)|\börnek içerik"
    r"|\bconținut de exemplu|пример (?:содержания|абзаца)|示例内容|サンプルコンテンツ"
    r"|نص (?:تجريبي|افتراضي)|здесь (?:будет|может быть) (?:ваш )?текст"
    r"|\börnek metin|buraya metin|\bminta ?szöveg"
    r"|\btext de exemplu|サンプル(?:テキスト|文章)|ダミー(?:テキスト|文章)|ここにテキスト"
    r"|示例文[本字]|在此(?:处)?(?:输入|添加)|占位(?:符|文本)|예시 ?텍스트|여기에 (?:텍스트|내용)",
    re.IGNORECASE,
)
_COOKIE = (
    r"(?:\bcookies?\b|куки|çerez|ciastecz|クッキー|쿠키|\bsüti|eväste|informasjonskaps|\bkakor\b"
    r"|piškotk|kolačić|slapuk|sīkdat|küpsis|бисквитк|μπισκότ|ملفات تعريف|עוגיות)"
)
_USES = (
    r"(?:us(?:e|es|ed|ing|age)|accept\w*|consent\w*|agree\w*|stor(?:e|es|ing)|sets?|allow\w*|nutz\w*"
    r"|verwend\w*|setz\w*|zustimm\w*|einwillig\w*|utili[sz]\w*|usa(?:mos|n|mo)?|accett\w*|acept\w*"
    r"|aceit\w*|gebrui\w*|använd\w*|brug\w*|bruk\w*|käyt\w*|używa\w*|wykorzyst\w*|použív\w*"
    r"|использ\w*|використ\w*|folos\w*|χρησιμοποι\w*|uporablj\w*|korist\w*|naudoj\w*|izmanto\w*"
    r"|kasuta\w*|използва\w*|تستخدم|نستخدم|משתמש\w*)"
)
_AND = r"(?:and|und|et|y|e|en|och|og|ja|i|a|и|та|ve|és|și)"
# The word of using belongs to the cookies: a bakery uses butter, and bakes cookies.
_COOKIES_IN_USE = re.compile(
    rf"\b{_USES}\s(?:(?!{_AND}\s)[\w'’]+\s){{0,4}}?{_COOKIE}"
    rf"|{_COOKIE}\w*\s(?:(?:are|is|werden|zu|och|não|nicht)\s)?(?:{_USES}|kullan\w*|használ\w*|einsetz\w*)\b"
    rf"|{_COOKIE}\w{{0,4}}\s?(?:を|を\s|를\s?|을\s?)?(?:使用|利用|使って|使い|사용|이용)|使用\s?{_COOKIE}",
    re.IGNORECASE,
)
_COOKIES = re.compile(_COOKIE, re.IGNORECASE)
_THIS_SITE = re.compile(
    r"\b(?:(?:this|our|the|your) (?:web)?(?:sites?|pages?|browser)|(?:web)?browser\w*"
    r"|(?:diese\w?|unsere\w?|der|die) (?:web|internet)?seiten?|(?:ce|notre|le) site|navigateur"
    r"|(?:este|nuestro|nosso|este) (?:sitio|site)|navegador|(?:questo|nostro|il) sito"
    r"|(?:deze|onze) (?:web)?site|hemsida\w*|webbplats\w*|hjemmeside\w*|nettsted\w*|sivusto\w*"
    r"|(?:ta|nasza|tej|naszej) stron\w*|(?:tato|tyto|naše|této) stránk\w*"
    r"|(?:этот|этом|наш|нашем) сайт\w*|sitemiz\w*|honlap\w*|acest site|ιστότοπ\w*)\b"
    r"|(?:当|本)サイト|本网站|사이트",
    re.IGNORECASE,
)
_SELLS = re.compile(
    r"\b(?:bak(?:e|es|ed|ing|ery|eries|ers?)|sell\w*|sold|order\w*|buy|ship\w*|deliver\w*|backen"
    r"|bäckere\w*|verkauf\w*|bestell\w*|liefer\w*|vend\w*|boulang\w*|command\w*|horne\w*"
    r"|pedid\w*|panader\w*|padari\w*|ordin\w*|pastic\w*|bakker\w*|bestel\w*|baka\w*|bager\w*"
    r"|leipo\w*|piek\w*|sprzeda\w*|peč\w*|pékség\w*|пек\w*|прода\w*)\b",
    re.IGNORECASE,
)
_PRIVACY = re.compile(
    r"\b(?:your privacy|(?:ihre|deine) privatsphäre|votre vie privée|(?:su|tu|sua) privaci\w+"
    r"|la tua privacy|(?:uw|je|din|ditt|dit) (?:privacy|integritet|privatliv|personvern)"
    r"|twoj\w{1,4} prywatnoś\w+|vaš\w{1,4} soukromí)\b",
    re.IGNORECASE,
)
# Blinds protect "your privacy" too, but a notice respects it, or speaks of a site or of data.
_RESPECTS = re.compile(
    r"\b(?:valu\w+|respe[ck]t\w*|care|important\w*|importa\w*|seriously|matters?|wichtig\w*|achten"
    r"|rispett\w*|belangrijk|viktig\w*|vigtig\w*|ważn\w*|szanuj\w*|záleží|data|daten|données"
    r"|datos|dati|dados|gegevens|uppgifter)\b",
    re.IGNORECASE,
)
_POLICY = re.compile(
    r"\bprivacy policy|datenschutzerklärung|politique de confidentialité|política de privacidade?"
    r"|informativa sulla privacy|privacyverklaring|polityk\w{1,4} prywatności",
    re.IGNORECASE,
)
_DATA_LAW = re.compile(r"\b(?:gdpr|dsgvo|rgpd)\b", re.IGNORECASE)
_OF_THE_READER = re.compile(
    r"\byou (?:have the right|agree|consent|accept)|\b(?:your|ihre[rn]?|deine[rn]?|vos|votre|sus"
    r"|tus|suoi|tuoi|seus|suas|uw|je|dina|dine|twoje|państwa|vaše|ваши)\s(?:\w+\s)?(?:data|information"
    r"|consent|rights?|daten|rechte|einwilligung|données|consentement|datos|dati|dados|gegevens"
    r"|uppgifter|oplysninger|dane|danych|údaje|данные)\b",
    re.IGNORECASE,
)
_OFFERS = re.compile(
    r"\b(?:software|saas|platforms?|tools?|apps?|generators?|banners?|solutions?|plug-?ins?|scanners?"
    r"|consult\w*|advi[sc]\w*|train(?:s|ing|ings)|courses?|audit\w*|help(?:s|ed|ing)?|lawyers?"
    r"|law firm|berat\w*|schul(?:en|ung\w*)|kanzlei|lösung\w*|plattform\w*|logiciel\w*|conseil\w*"
    r"|avocats?|plateforme|asesor\w*|consultor\w*|plataforma|abogad\w*|consulen\w*|piattaforma|advies"
    r"|adviseren|rådgiv\w*|doradz\w*|porad\w*|oprogramowani\w*)\b",
    re.IGNORECASE,
)
GREETS = re.compile(
    r"\b(?:welcome|willkommen|begrüßen|begrüssen|bienvenue|accueillir|bienvenid[oa]s?|benvenut[oai]"
    r"|bem-vind[oa]s?|welkom|välkommen|velkommen|tervetuloa|witamy|vítejte|vitajte|přivítat"
    r"|добро пожаловать|приветств\w*|ласкаво просимо|hoş ?geldiniz|üdvözöl\w*|bun venit"
    r"|thank(?:s| you) for|vielen dank|merci (?:de|pour)|gracias por|grazie per|obrigad[oa] por"
    r"|dziękujemy|děkujeme|спасибо)\b|ようこそ|欢迎|환영|καλώς ή",
    re.IGNORECASE,
)
"""Words of welcome or thanks."""
# "Last updated: 3 March" tells of a page.
_DATED = re.compile(
    r"(?:last (?:updated|modified|edited|reviewed)|(?:page )?updated on|published on|posted on"
    r"|zuletzt (?:aktualisiert|geändert)|letzte (?:änderung|aktualisierung)|stand:"
    r"|dernière (?:mise à jour"
    r"|modification)|mis à jour le|publié le|última (?:actualización|modificación|atualização)"
    r"|publicado el"
    r"|ultimo aggiornamento|pubblicato il|publicado em|laatst (?:bijgewerkt|gewijzigd)"
    r"|senast uppdaterad"
    r"|sidst opdateret|sist oppdatert|viimeksi päivitetty|ostatnia aktualizacja"
    r"|poslední aktualizace"
    r"|posledná aktualizácia|(?:последнее )?обновлен[оие]|останнє оновлення|son güncelleme"
    r"|utolsó frissítés"
    r"|posté (?:le|par)|publié par|(?:tel|phone|telefon|téléphone|teléfono|telefono|fax|e-?mail"
    r"|call us|öffnungszeiten|openingstijden|öppettider|åbningstider|åpningstider"
    r"|godziny otwarcia|otevírací doba|openingstijden|öppettider|åbningstider|åpningstider"
    r"|godziny otwarcia|otevírací doba"
    r"|opening hours|horaires|horario|orari)\.?:"
    r"|ultima actualizare|τελευταία ενημέρωση|最終更新|更新日|最后更新|최종 수정)(?:\W|$)",
    re.IGNORECASE,
)
_SITE = re.compile(
    r"\b(?:(?:web|home)?(?:site|page|shop)s?|website|webseite|internetseite|internetauftritt|seiten?"
    r"|site (?:web|internet)|sitio|página|sito|pagina|webwinkel|hemsida\w*|hjemmeside\w*"
    r"|nettsted\w*|nettside\w*|kotisivu\w*|sivusto\w*|stron\w*|stránk\w*|сайт\w*|страниц\w*|site\w?mize"
    r"|sayfamıza|honlap\w*|weboldal\w*|ιστοσελίδα|ιστότοπο)\b|サイト|ホームページ|网站|网页|網站|사이트"
    r"|홈페이지",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[.!?;:,](?:\s|$)|\s[-–—]\s|[。！？、，]")
# What a greeting leads to: `Welcome to Harbour Ltd, the shop for used boats`.
_GREETED = re.compile(
    r"\s?(?:to|at|bei|zu|zur|zum|auf|im|in|chez|sur|à|au|a|al|en|alla|da|nel|em|bij|op|till|til"
    r"|på|hos|v|ve|na|u|w|do|в|на|у)\s(?P<greeted>[^\s,:!.–—]++(?:\s[^\s,:!.–—]++){0,5}?)"
    r"(?:,\s|:\s|\s?[–—]\s|\s-\s)(?P<rest>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_ARTICLE = re.compile(
    r"(?:the|an?|your|der|die|das|den|dem|ein\w{0,2}|ihr\w{0,2}|le|la|les|l['’]|une?|votre|el|los|las"
    r"|unos?|una|su|il|lo|gli|uno|o|os|as|uma?|het|een|de)\b",
    re.IGNORECASE,
)
# Such a rest still speaks to the visitor: "Welcome to Harbour Ltd, where you find …".
_STILL_GREETS = re.compile(
    r"(?:where|we|you|here|it|i|please|on|in|with|as|thank\w*|glad|nice|happy|wo|wir|hier|schön|sie|du"
    r"|es|auf|nous|vous|où|ici|merci|donde|aquí|nosotros|gracias|dove|qui|noi|grazie|onde|aqui|nós"
    r"|waar|wij|hier|fijn|där|vi|här|hvor|her|jossa|täällä|gdzie|tu|tutaj|kde|zde|где|здесь|мы|тут"
    r"|де|ми|burada|ahol|itt|unde|aici)\b",
    re.IGNORECASE,
)
LEAST_TOLD = 3
"""What follows a greeting tells something if it has at least this many words."""


def is_filler(text: str) -> bool:
    """Whether a text is text of a template, a notice about cookies or data, or greets visitors.

    Such a text says nothing about a company, however long it is. A notice speaks of the reader or
    of the site; the same words in an offer, such as "GDPR software", make none.
    """
    text = text[greeting_end(text) :]
    if _DATED.match(text.lstrip(" *_")) or _OF_A_TEMPLATE.search(text) or _is_latin(text):
        return True
    if any(map(_is_notice, _sentences(text))):
        return True
    greeting = GREETS.search(text)
    if greeting is None:
        return False
    clause = _CLAUSE.split(text[greeting.end() : greeting.end() + MAX_GREETED])[0]
    return _SITE.search(clause) is not None


def greeting_end(text: str) -> int:
    """Where a greeting at the beginning ends and something is told; 0 if that is nowhere.

    `Welcome to Harbour Ltd, the shop for used boats` tells from the name on.
    """
    greeting = GREETS.search(text[:MAX_GREETED])
    if greeting is None or len(text[: greeting.start()].split()) > 2:
        return 0
    found = _GREETED.match(text, greeting.end())
    if found is None or len(found["rest"].split()) < LEAST_TOLD:
        return 0
    if _SITE.search(found["greeted"]):
        return found.start("rest") if _ARTICLE.match(found["rest"]) else 0
    return 0 if _STILL_GREETS.match(found["rest"]) else found.start("greeted")


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s|[。！？\n]", text)


def _is_notice(sentence: str) -> bool:
    """Whether a sentence tells visitors about cookies or about their data."""
    is_of_site = _THIS_SITE.search(sentence) is not None
    is_offer = _OFFERS.search(sentence) is not None
    sells = _SELLS.search(sentence) is not None
    if _COOKIES_IN_USE.search(sentence):
        return is_of_site or not (is_offer or sells)
    if _COOKIES.search(sentence):
        return is_of_site and not sells
    if _PRIVACY.search(sentence) and not is_offer:
        return is_of_site or _RESPECTS.search(sentence) is not None
    is_of_reader = is_of_site or _OF_THE_READER.search(sentence) is not None
    if _POLICY.search(sentence):
        return is_of_reader or not is_offer
    return _DATA_LAW.search(sentence) is not None and is_of_reader and not is_offer


def _is_latin(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", text.casefold())
    known = sum(word in _LATIN for word in words)
    return known >= LEAST_LATIN and 2 * known >= len(words)
