"""The words by which `paraphrase.py` sees who has, gives, gets or does what, by language family."""

from __future__ import annotations

import re

Kinds = frozenset[str]
"""What a preposition may mean: i(n), f(or), t(o), o(f), r (from), w(ith), s(ince), u(ntil), b(y),
h (at somebody's), g (against), x (without)."""


def _prepositions(lines: str) -> dict[str, Kinds]:
    found: dict[str, set[str]] = {}
    for line in lines.split(";"):
        kinds, *words = line.split()
        for word in words:
            found.setdefault(word, set()).update(kinds)
    return {word: frozenset(kinds) for word, kinds in found.items()}


PREPOSITIONS: dict[str, dict[str, Kinds]] = {
    "english": _prepositions(
        "i in at on across throughout inside around within;f for;t to into towards;o of;r from"
        ";w with including;s since;u until till;b by;g against versus;x without;v via through"
        ";e under;n near;q between"
    ),
    "german": _prepositions(
        "i in im am auf innerhalb;it an ans ins;f für;t zu zum zur nach;orb von vom;r aus;w mit"
        ";s seit ab;u bis;hi bei beim;b durch;g gegen;x ohne;e unter;o des der;n neben;q zwischen"
    ),
    "dutch": _prepositions(
        "i in op te binnen;it aan;f voor;t naar tot;or van vanuit;r uit;w met;s sinds vanaf"
        ";hi bij;b door;g tegen;x zonder;e onder;q tussen"
    ),
    "nordic": _prepositions(
        "i i på inom inden innen;it åt;ft för for;t till til mot;o av af;r från fra;w med;s sedan"
        " siden;u tills;h hos;hi ved vid;b genom gennem gjennom;x utan uden uten;e under;q mellan"
        " mellem mellom"
    ),
    "romance": _prepositions(
        "it à au aux al a alla ai alle allo agli ao aos às;i en dans em no na nas nel nella nei"
        " nelle negli nello în in sur sous sob;f pour para per pentru;or de del dei du des di"
        " della delle degli dello da do dos das d;rsb dal dalla dai dalle din;b par por pelo pela"
        ";w avec con com cu;s depuis desde;u hasta jusqu até fino până;h chez presso;g contre"
        " contra"
        " contro;x sans sin senza sem fără;q entre tra fra între"
    ),
    "slavic": _prepositions(
        "i w we na v ve в во на у при о pod под przy u;wr z ze;r ze ze;w s se с со з зі із;f"
        " dla pro для;t do к ко ke"
        " k;u do до;or из от z od від;s od с з від;b przez za за;x bez без;q między mezi между"
        ";it na"
    ),
    "other": {},
}
_HINTS: dict[str, frozenset[str]] = {
    family: frozenset(words.split())
    for family, words in {
        "english": "the and of our we for with from is are has have its to employees company an"
        " every who which on at by was were us they it a",
        "german": "der die das und wir unser unsere unseren für mit ist sind ein eine einen dem den"
        " von bei hat haben an seit im ihre zum zur wird werden",
        "dutch": "het een wij van voor met zijn onze naar bij hun we heeft op wordt krijgen ons is",
        "nordic": "och og vi på för til till av af som er är har med våra vores våre alle hos det"
        " den ett et får ska hos oss vår vi i",
        "romance": "de la le les los las el il di que des du nous nos notre une un una para con com"
        " del della dei em os da do uma sua seus et y e și în pentru nostra nuestro nuestra su"
        " em nostri nostro nostre nossos nossas nossa nosso nuestros nuestras è sono siamo nel"
        " nella"
        " tutta tutto al dal sono somos está están cuenta notre sommes en a por",
        "other": "és az egy több mint óta ve için bu bir ile ja että yli meillä vuodesta lähtien",
        "slavic": "w z do dla oraz na i a v se pro od jest są naše nasze našich naszych je jsme мы"
        " и в на для наш наши нашем ми та на у з roku року года году",
    }.items()
}
JOINTS = frozenset({
    "and", "or", "und", "oder", "sowie", "et", "ou", "y", "e", "o", "u", "och", "og", "eller",
    "oraz", "lub", "nebo", "и", "или", "та", "і", "й", "або", "ve", "veya", "ja", "sekä", "tai",
    "és", "vagy", "și", "sau", "και", "plus", "ed", "od", "samt",
})  # fmt: skip
JOINTS_OF = {"dutch": "en of", "slavic": "i a", "nordic": "samt", "romance": "i"}


_LETTERS = {
    "slavic": re.compile(r"[ąćęłńśźżďěňřťů\u0400-\u04ff]"),
    "romance": re.compile(r"[ãõñ]"),
    "nordic": re.compile(r"[øåæ]"),
    "german": re.compile(r"ß"),
    "other": re.compile(
        r"[ışğőű]|ää|öö|yy|uu|[äö]\w*[äö]|[\u0370-\u03ff]|mme$|[uü]nk(?:b[ae]n|n[ae]k|[ae]t)?$"
    ),
}


def family_of(*texts: list[str]) -> str:
    """The family of languages whose small words are most frequent in the texts."""
    words = [word.casefold() for text in texts for word in text]
    counts = {family: sum(word in hints for word in words) for family, hints in _HINTS.items()}
    for family, letters in _LETTERS.items():
        counts[family] += 2 * sum(letters.search(word) is not None for word in words)
    best = max(counts, key=lambda family: counts[family])
    return best if counts[best] else "english"


def is_joint(word: str, family: str) -> bool:
    """Whether a word joins the members of a list."""
    return word in JOINTS or word in JOINTS_OF.get(family, "").split()


_CLASSES = {
    "give": "offer offers provide provides give gives grant grants bietet bieten gewährt gewähren"
    " offre offrons offrent propose proposons presta prestamos fournit fournissons ofrece"
    " ofrecemos brinda brindamos proporciona"
    " offriamo fornisce oferece oferecemos biedt bieden erbjuder tilbyder tilbyr oferuje oferujemy"
    " zapewnia zapewniamy nabízí nabízejí nabízíme poskytuje poskytujeme предлагает предлагаем"
    " предоставляет пропонує пропонуємо offrono forniscono propongono ofrecen brindan oferecem"
    " oferują zapewniają предлагают предоставляют пропонують sunuyor sunuyoruz sunar tarjoaa"
    " tarjoamme kínál kínálunk"
    " biztosít biztosítunk oferă oferim προσφέρει προσφέρουμε",
    "get": "get gets receive receives erhalten erhält bekommen bekommt reçoivent reçoit"
    " bénéficient reciben recibe disponen dispone disfrutan ricevono riceve recebem recebe krijgen"
    " krijgt ontvangen får dostają otrzymują dostaje dostávají dostanou mají dostává получают"
    " отримують alıyor alır alırlar saavat saa kapnak primesc λαμβάνουν",
    "have": "has have hat haben a compte comptons dispose disposons possède avons tiene tenemos"
    " cuenta contamos dispone disponemos ha abbiamo conta contiamo tem temos dispõe heeft hebben"
    " telt tellen har ma mają posiada mamy má mají máme имеет имеем має маємо var vardır sahip"
    " hanno tienen têm ont besitzt verfügt verfügen owns possède possédons posee poseemos"
    " possiede possui possuímos beschikt bezit äger ejer eier on"
    " van are avem έχει έχουμε liczy telt",
    "work": "work works arbeiten arbeitet travaillent travaille trabajan trabaja lavorano lavora"
    " trabalham trabalha werken werkt arbetar jobbar arbejder jobber pracuje pracují pracują"
    " работает работают трудится трудятся працює працюють çalışıyor çalışır çalışmaktadır"
    " työskentelee dolgozik dolgoznak lucrează",
    "employ": "employ employs beschäftigt beschäftigen emploie employons emplea empleamos impiega"
    " emprega zatrudnia zatrudniamy zaměstnává zaměstnáváme employs foglalkoztat angajează"
    " emploient emplean impiegano empregam zatrudniają sysselsätter sysselsetter beskæftiger",
    "consist": "consists comprises besteht composta composto formada formado formato oluşuyor tvoří"
    " składa bestaat består compte cuenta compuesto compuesta composée composé liczy formé formée"
    " conta",
}
CLASS_OF: dict[str, frozenset[str]] = {}
for _name, _line in _CLASSES.items():
    for _word in _line.split():
        CLASS_OF[_word] = CLASS_OF.get(_word, frozenset()) | {_name}
_HAS_OF = {
    "a": "romance", "are": "romance", "am": "romance", "as": "romance", "ha": "romance",
    "on": "other", "van": "other", "var": "other", "har": "nordic", "ma": "slavic",
    "have": "english", "compte": "romance",
}  # fmt: skip
"""The family of languages in which a word is a form of "have"."""


def classes_of(word: str, family: str) -> Kinds:
    """What a verb may mean in a family of languages: "a" is "has" in French alone."""
    found = CLASS_OF.get(word, frozenset())
    return found - {"have"} if _HAS_OF.get(word, family) != family else found


PEOPLE = frozenset({
    "people", "persons", "menschen", "personen", "personnes", "personas", "persone", "pessoas",
    "mensen", "personer", "osób", "osoby", "osoba", "ludzi", "lidí", "lidé", "человек", "людей",
    "людини", "осіб", "kişi", "henkilöä", "ember", "fő", "oameni", "persoane", "άτομα",
    "employees", "staff", "mitarbeitende", "mitarbeiter", "beschäftigte", "salariés", "employés",
    "collaborateurs", "empleados", "trabajadores", "dipendenti", "addetti", "trabalhadores",
    "colaboradores", "funcionários", "medewerkers", "collega's", "anställda", "medarbetare",
    "ansatte", "medarbejdere", "pracowników", "zaměstnanců", "сотрудников", "працівників",
    "çalışan", "çalışanı", "työntekijää", "alkalmazott", "munkatárs", "angajați", "angajaţi",
})  # fmt: skip
_STAFF = re.compile(
    r"(?:kierowc|водител|chauffeur|conduct|fahrer|förare|engineer|technic|fitter|driver|ingeni"
    r"|techni|tecnic|técnic|monteur|mont[øö]r|монтажник"
    r"|инженер|техник|inżynier|inženýr|mühendis|insinöör|mérnök|mechani|mekanik|developer"
    r"|entwickler"
    r"|consultant|berater|employee|staff|team\b|colleague|mitarbeit|beschäftigt|angestellt"
    r"|belegschaft|salarié"
    r"|employé|collaborat|équipe|emplead|plantilla|equipo|trabajador|dipendent|addett|squadra"
    r"|trabalhador|colaborador|funcionári|equipa|medewerker|personeel|collega|anställd|medarbeta"
    r"|ansatte|medarbejder|pracowni|zespół|zespoł|zaměstnan|tým|сотрудник|работник|команд|працівник"
    r"|çalışan|eki[pb]|työntekij|henkilöst|munkatárs|dolgozó|angajaț|angajaţ|echipa|εργαζόμεν)"
)
_SITES = re.compile(
    r"(?:office|site|plant|factor|branch|location|workshop|shop|standort|werk\b|werken\b|büro"
    r"|niederlassung|filiale|werkstatt|usine|atelier|agence|bureau|sede|fábrica|planta|taller"
    r"|oficina|delegaci|stabiliment|officin|uffici|fábrica|oficina|escritório|vestiging|kantoor"
    r"|fabriek|verkst[aä]|værksted|verksted|kontor|fabrik|zakład|biur|fabryk|oddział|závod|provoz"
    r"|poboč|kancelář|офис|завод|филиал|цех|фабрик|tesis|ofis|fabrika|şube|tehda|tehta|toimisto"
    r"|üzem|gyár|irod|fabric|atelier|birou|sedii"
    r"|baker|winer|brewer|joiner|foundr|studio|clinic|practice\b|agency|school\b|hotel\b|farm\b|mill\b"
    r"|showroom|warehouse|bäckerei|tischlerei|schreinerei|brauerei|druckerei|gärtnerei|kanzlei"
    r"|praxis\b|agentur|manufaktur|boulanger|verrerie|menuiserie|imprimerie|brasserie|boutique"
    r"|magasin|fromagerie|domaine|cabinet|panader|bodega|tienda|imprenta|quesería|almacén"
    r"|panific|cantina|negozio|negozi\b|tipografia|falegnameria|padaria|adega|loja|gráfica"
    r"|bakkerij|brouwerij|drukkerij|winkel|werkplaats|kwekerij|praktijk|bageri|bryggeri|butik"
    r"|snickeri|tryckeri|piekarni|stolarni|drukarni|browar|salon|sklep|pekár|pivovar|tiskárn"
    r"|truhlárn|prodejn|пекарн|пивоварн|типографи|мастерск|магазин|fırın|mağaza|leipomo|myymälä"
    r"|boatyard|shipyard|dairy|mejeri|molkerei|werft|laiterie|pasticc|pastific|caseific|lecher"
    r"|zuivel|mleczarni|mlékárn|gartenbau|weingut|hofladen|cidrerie|destil|distill|apotek|apothek"
    r"|pékség|nyomda|brutări|magazin)"
)


def is_staff(word: str) -> bool:
    """Whether a word may be one for the people who work somewhere."""
    return _STAFF.match(word.casefold()) is not None


def is_site(word: str) -> bool:
    """Whether a word may be one for a place where people work."""
    return _SITES.match(word.casefold()) is not None


_ROOT = 3


def is_same_place_or_staff(one: str, other: str) -> bool:
    """Whether both begin with the same stem of a word for such people or places."""
    return any(
        first is not None and second is not None and first[0][:_ROOT] == second[0][:_ROOT]
        for first, second in (
            (_STAFF.match(one), _STAFF.match(other)), (_SITES.match(one), _SITES.match(other)),
        )
    )  # fmt: skip


FREE_TIMES = frozenset({"annually", "daily", "monthly"})
"""Words of time that `canonical` makes. They may stand anywhere."""
TIMES = frozenset({
    "last", "next", "this", "year", "month", "letztes", "letzten", "vergangenes", "nächstes",
    "jahr",
    "monat", "dernier", "dernière", "année", "an", "mois", "pasado", "año", "mes", "scorso", "anno",
    "mese", "passado", "ano", "mês", "vorig", "vorige", "afgelopen", "volgend", "jaar", "maand",
    "förra", "fjol", "sidste", "fjor", "år", "året", "zeszłym", "ubiegłym", "roku", "loni",
    "minulý",
    "rok", "roce", "прошлом", "году", "минулого", "року", "geçen", "yıl", "viime", "vuonna",
    "tavaly",
    "annually", "daily", "monthly",
})  # fmt: skip
OF_THE_FIRM = frozenset({"компании", "фирмы", "компанії", "firmy", "společnosti", "spółki"})
"""Forms of "firm" that are owners in Slavic languages."""
BE_VERBS = frozenset({
    "is", "are", "was", "were", "been", "wird", "werden", "wurde", "wurden", "ist", "sind", "est",
    "sont", "été", "es", "son", "fue", "ha", "sido", "è", "sono", "viene", "vengono", "stato",
    "stata",
    "é", "são", "foi", "foram", "wordt", "worden", "zijn", "werd", "blir", "bliver", "är",
    "er", "jest", "są", "został", "została", "zostały", "byl", "byla", "je", "jsou", "был", "была",
    "було", "este", "fost", "a", "on",
})  # fmt: skip
COPULAS = frozenset({
    "is", "are", "am", "ist", "sind", "est", "sommes", "es", "somos", "è", "siamo", "é", "zijn",
    "är", "er", "jest", "jesteśmy", "je", "jsme", "este", "suntem", "vagyunk", "olemme",
})  # fmt: skip
"""Present forms of "be" of the company: "we are", "it is"."""
WE_ARE = frozenset({
    "somos", "estamos", "siamo", "jesteśmy", "jsme", "suntem", "vagyunk", "olemme",
})  # fmt: skip
"""Forms of "we are" that need no word for "we"."""
SEATS = frozenset({
    "based", "located", "headquartered", "seat", "headquarters", "sitz", "hauptsitz", "stammsitz",
    "ansässig", "siège", "basée", "basé", "installée", "installé", "située", "situé", "sede",
    "ubicada", "ubicado", "situada", "situado", "sediada", "sediado", "gevestigd", "säte",
    "baserat", "beliggende", "siedzibą", "siedzibę", "sídlem",
})  # fmt: skip
"""Words before the place where a company has its seat."""
PARTS = re.compile(
    r"(?:part|member|subsidiary|division|branch|supplier|dealer|distributor|reseller|teil|mitglied"
    r"|tochter\w{0,20}|zulieferer|lieferant|händler|filiale?|membre|fournisseur|revendeur|fili[aè]le"
    r"|proveedor\w{0,20}|miembro|parte|membro|fornitor\w|fornecedor\w{0,20}|deel|onderdeel|lid|leverancier"
    r"|dochter\w{0,20}|medlem|dotterbolag|datterselskab|leverantör|leverandør|częścią|członkiem"
    r"|dostawcą|součástí|členem|dodavatelem|частью|членом|поставщик\w{0,20})$"
)
"""What a company is of, or for, another one."""
LIES = SEATS | {
    "ligt", "liegt", "lies", "sits", "stands", "steht", "trouve", "trova", "trovano", "encuentra",
    "encuentran", "fica", "ficam", "localizada", "localizado", "situadas", "situados", "ubicadas",
    "ligger", "znajduje", "znajdują", "mieści", "mieszczą", "sídlí", "nachází", "находится",
    "находятся", "расположена", "расположены", "расположен", "liggen", "liegen", "lie", "trouvent",
    "situés", "situées", "installés", "installées",
}  # fmt: skip
"""Verbs and participles that say where something is."""
HAVE_FORMS = frozenset({"a", "ha", "on"})
"""Forms of "has" that help verbs as forms of "be" do."""
AUXILIARIES = BE_VERBS | frozenset({
    "está", "están", "estamos", "estão",
    "has", "have", "had", "hat", "haben", "ont", "avons", "han", "hemos", "hanno", "abbiamo", "tem",
    "têm", "heeft", "hebben", "har", "havde", "hadde", "hade", "zich", "se", "si", "się", "olemme",
    "jsme", "jsem", "au", "am", "avem",
})  # fmt: skip
_WE = {
    "romance": re.compile(
        r"\w{2}(?:[aeiáéíê]mos|iamo)$|^(?:siamo|somos|sommes|avem|suntem|avons)$|\w{3}(?:ăm"
        r"|[dcrnț]em|[fr]im)$"
    ),
    "slavic": re.compile(
        r"\w{2}(?:áme|íme|eme|amy|emy|imy|ymy|śmy|ємо|имо|їмо)$|^(?:jsme|jesteśmy|máme|mamy)$"
    ),
    "other": re.compile(
        r"\w{2}(?:yoruz|maktayız|[dt][ıiuü]k|[ae]mme|imme|ömme|ämme|unk|ünk|tuk|tük|ουμε|άμε)$"
    ),
}


def is_we_form(word: str, family: str) -> bool:
    """Whether the ending of a verb may say that "we" do it."""
    ending = _WE.get(family)
    return ending is not None and ending.search(word.casefold()) is not None
