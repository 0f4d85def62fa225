"""The family and the group of a role, by the words of its title in several languages.

The groups roughly follow the public taxonomy ISCO-08.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from worker.companies.technologies import technologies_in

Family: TypeAlias = Literal["software engineer", "product manager", "designer", "data", "any role"]
Group: TypeAlias = Literal[
    "manager", "engineer", "health", "teaching", "business", "law and culture", "office", "sales",
    "service", "trade", "transport",
]  # fmt: skip
MAX_TITLE = 200


def _words(*patterns: str) -> str:
    return rf"\b(?:{'|'.join(patterns)})\b"


_PRODUCT = re.compile(_words(
    r"product[\s-]?(?:managers?|owners?|leads?|management)", r"head of product", r"(?:c?pm|cpo)",
    r"produkt[\s-]?(?:manager|owner|leit|chef|ledare|leder)\w*", r"chef de produit",
    r"responsable produit", r"gerente de produto?", r"jefe de producto", r"product manager",
    r"tuotepäällikkö", r"menedżer produktu", r"produktový manaž\w+", r"ürün yönetic\w+",
    r"продакт[\s-]?менеджер", r"менеджер продукта?",
), re.IGNORECASE)  # fmt: skip
_DATA = re.compile(_words(
    r"data[\s-]?(?:scien\w+|analy\w+|engineer\w*|architect\w*|steward)", r"analytics engineer",
    r"(?:machine learning|ml|ai|deep learning|nlp)\s(?:\w+\s)?(?:engineer|scientist|researcher"
    r"|developer)s?",
    r"statistici?an", r"statistiker(?:in)?", r"(?:bi|business intelligence) (?:analyst|developer"
    r"|engineer|specialist)",
    r"daten(?:analyst|wissenschaft|ingenieur)\w*", r"(?:analyste|ingénieur) (?:de )?données",
    r"(?:analista|científic[oa]|ingenier[oa]) de (?:datos|dados)", r"cientista de dados",
    r"analista (?:dei )?dati", r"dataanalytiker", r"analityk danych", r"datový analytik",
    r"veri (?:analisti|bilimci|mühendisi)", r"аналитик данных", r"adatelemző",
), re.IGNORECASE)  # fmt: skip
_DESIGNER = re.compile(_words(
    r"(?:ux|ui|user experience|user interface|product|graphic|visual|web|interaction|digital|brand"
    r"|service|motion|app|experience|communication|senior|junior|lead|principal|staff)[\s/-]"
    r"(?:\w+[\s/-])?designers?",
    r"designer", r"design lead", r"(?:ux|ui)(?:[\s/-](?:ux|ui))?", r"user research\w*",
    r"grafikdesigner\w*", r"(?:designer|dessinateur) graphique", r"graphiste", r"diseñador[ae]? "
    r"(?:gráfic[oa]|web|ux)", r"grafiker(?:in)?", r"projektant (?:ux|graficzny)", r"grafico",
), re.IGNORECASE)  # fmt: skip
# A title with one of these words is not of the family `designer`, which is about screens.
_OTHER_DESIGN = re.compile(_words(
    r"interior", r"fashion", r"floral", r"garden", r"landscape", r"instructional", r"lighting",
    r"set", r"costume", r"jewell?ery", r"kitchen", r"sound", r"textile", r"furniture", r"stage",
    r"curriculum", r"learning", r"game", r"level", r"mechanical", r"electrical", r"piping", r"cad",
    r"industrial", r"exhibition", r"event", r"hair", r"nail", r"mode", r"intérieur", r"interiores",
    r"interni", r"packaging", r"structural", r"print",
), re.IGNORECASE)  # fmt: skip
_CODER = re.compile(_words(
    r"(?:software|web|backend|back-end|frontend|front-end|full[\s-]?stack|game|app|mobile|ios"
    r"|android)[\s-]?(?:developers?|engineers?|architects?|entwickler\w*|utvecklare|udvikler"
    r"|utvikler|ontwikkelaar\w*)",
    r"(?:platform|site reliability|devops|cloud|security|cybersecurity|firmware|embedded|api|qa"
    r"|test automation|automation test|infrastructure|systems? software|build|release|network"
    r"|solutions?|integration|database|linux|kernel|compiler|graphics|blockchain|sdet)[\s-]?"
    r"(?:\w+\s)?(?:engineers?|developers?|architects?|programmers?)",
    r"(?:frontend|front-end|backend|back-end|web|fullstack|full[\s-]stack|mobile) devs?",
    r"programmers?", r"programmierer\w*", r"sre", r"devops", r"sdet", r"softwareingenieur\w*",
    r"fachinformatiker\w*", r"informatiker\w*", r"développeu(?:r|se)\w*", r"ingénieur logiciel",
    r"desarrollador\w*(?: de software| web)?", r"programador\w*", r"sviluppat(?:ore|rice)\w*",
    r"programmatore", r"desenvolvedor\w*", r"programmeur\w*", r"softwareontwikkelaar",
    r"mjukvaruutvecklare", r"programmerare", r"softwareudvikler", r"ohjelmistokehittäjä",
    r"ohjelmoija", r"programist\w*", r"programátor\w*", r"vývojář\w*", r"программист\w*",
    r"програміст\w*", r"разработчи[кц]\w*", r"розробни[кц]\w*", r"yazılım (?:geliştirici"
    r"|mühendisi|uzmanı)\w*", r"szoftverfejlesztő\w*",
    r"programator\w*", r"προγραμματιστής", r"tarkvaraarendaja", r"kỹ sư phần mềm",
), re.IGNORECASE)  # fmt: skip
_ASIAN_CODER = re.compile(
    r"プログラマ|ソフトウェア|開発エンジニア|程序员|软件工程师|개발자|소프트웨어"
)
_ENGINEER = re.compile(
    _words(r"engineers?", r"developers?", r"entwickler\w*", r"architects?"), re.IGNORECASE
)
# A title with one of these words ("property developer") is usually not a coder's.
_OTHER_MAKER = re.compile(_words(
    r"property", r"business", r"land", r"real estate", r"people", r"talent", r"curriculum",
    r"marketing", r"brand", r"fundraising",
    r"training", r"organi[sz]ational?", r"learning", r"community", r"sales", r"product", r"film",
    r"housing", r"recipe", r"market", r"civil", r"mechanical", r"electrical", r"chemical", r"sound",
    r"audio", r"process", r"structural", r"hvac", r"manufacturing", r"field", r"landscape",
    r"naval", r"building", r"construction", r"geotechnical", r"petroleum", r"mining", r"safety",
    r"service", r"photo\w*", r"venue", r"event", r"radio", r"festival", r"gambling", r"lottery",
), re.IGNORECASE)  # fmt: skip
_CODE_WORDS = re.compile(_words(
    r"software", r"payments?", r"api", r"apis", r"backend", r"frontend", r"platform", r"web",
    r"mobile", r"ios", r"android", r"cloud", r"infrastructure", r"security", r"devops", r"embedded",
    r"firmware", r"saas", r"microservices", r"fullstack", r"full[\s-]stack",
), re.IGNORECASE)  # fmt: skip

_GROUP_WORDS: tuple[tuple[Group, str], ...] = (
    (
        "teaching",
        r"teacher|lecturer|professor|tutor|educator|instructor|nursery|kindergarten|teaching"
        r"|\w{0,30}lehrer|\w{0,30}lehrkraft|erzieher|dozent|pädagog|enseignant|professeur|formateur|éducat"
        r"|profesor|docente|maestr[oa]|educador|insegnante|formatore|leraar|docent|leerkracht"
        r"|lärare|förskol|lærer|pædagog|opettaja|nauczyciel|učitel|учител|преподава|öğretmen"
        r"|tanár|δάσκαλ|καθηγητ",
    ),
    (
        "health",
        r"chiropract|podiatr|physiother|ostetric|obstétric|fisioterap|fizjoterap|fyzioterap|nanny|childmind"
        r"|osteopath|acupunct|audiolog|dietit|speech "
        r"and language|orthop|psychiatr|anaesthe|anesthe|prosthe|homeopath|healthcare|radiolog"
        r"|nurs|midwi|doctor|physician|surgeon|dentist|dental|pharmac|therap|paramedic|carer|care "
        r"(?:assistant|worker|manager)|caregiver|radiograph|optometr|veterinar|medical|clinical"
        r"|\w{0,30}pfleg|\w{0,30}arzt|ärzt|krankenschwester|hebamme|zahnarzt|apotheker|infirmi|médecin|soignant"
        r"|aide-soign|sage-femme|pharmacien|kinési|enfermer|médic|farmac|auxiliar de enferm"
        r"|infermier|medico|operatore socio|enfermeir|verpleeg|zorg|arts\b|sjukskö|läkare"
        r"|undersköt|sygepleje|læge|sykepleier|lege\b|sairaanhoit|lähihoit|lääkäri|pielęgnia"
        r"|lekar|farmaceut|zdravotní|sestra|lékař|медсест|врач|лікар|hemşire|doktor|eczacı|ápoló"
        r"|orvos|asistent\w* medical|νοσηλ|ιατρ",
    ),
    (
        "transport",
        r"driver|courier|pilot|forklift|warehouse|packer|picker|logistic|dispatcher|porter"
        r"|machine operator|assembl(?:y|er)|production worker|\w{0,30}fahrer|lagerist"
        r"|lagerarbeit|lkw"
        r"|staplerfahrer|maschinenführer|\w{0,30}chaufför|chauffeur|livreur|magasinier|cariste|conducteur"
        r"|conductor|repartidor|mozo de almac|operario|autista|magazzinier|operaio|motorista"
        r"|estoquista|armaz|vrachtwagen|magazijn|lagermedarbet|förare|lagermedarbejder|sjåfør"
        r"|camionist|camioneur|kuljettaja|varasto|kierowca|magazynier|řidič|skladník|vodič|водитель|кладовщик"
        r"|şoför|sürücü|depo|sofőr|raktár|șofer",
    ),
    (
        "service",
        r"\w{0,20} guide\b|guide\b|sommelier|butler|sitter|stylist|masseu|beauty|undertaker|funeral"
        r"|prison|lifeguard|attendant|guard|security officer|cook|chef|kitchen|waiter|waitress"
        r"|barista|bartender|cleaner"
        r"|housekeep|hotel(?!\w* receptionist)|host(?:ess)?\b|hairdress|barber|beautician|janitor"
        r"|firefighter|police|steward|flight attendant|catering|restaurant|koch\b|köchin"
        r"|kellner|\w{0,30}reinigung|friseur|wachmann|sicherheitsdienst|hauswirtschaft|cuisini|serveu"
        r"|agent de sécurité|femme de chambre|coiffeu|cociner|camarer|vigilante|limpie|cuoc"
        r"|cameriere|addett\w+ alle pulizie|parrucchier|cozinheir|garçom|vigia|faxineir|kok\b"
        r"|ober\b|schoonmak|kock|servitör|städ|kokk|renhold|tjener|kokki|tarjoilija|siivooja"
        r"|kucharz|kelner|ochroniarz|sprzątacz|kuchař|číšník|ostraha|повар|официант|охранник"
        r"|уборщ|aşçı|garson|güvenlik görev|temizlik|szakács|pincér|bucătar|ospătar",
    ),
    (
        "trade",
        r"\w{0,30}maker\b|repairer|polisher|grinder|cutter|weaver|sewer\b|knitter|tiler|glazier"
        r"|plasterer|blacksmith|moulder|jeweller|engraver|fisher|forester|grower|breeder|shepherd"
        r"|harvest|hunter|insulat|scaffold|demolition|dismantl|construction worker|restorer"
        r"|electrician|plumber|carpenter|joiner|welder|mechanic\b|mechanics\b|fitter|roofer"
        r"|painter|bricklayer|mason|machinist|(?<!engineering )(?<!laboratory )technician"
        r"|installer|builder|gardener|farm"
        r"|locksmith|upholster|baker|butcher|tailor|elektriker|elektroinstall|metzger|elektronik\w*\b|klempner"
        r"|schreiner|tischler|schweißer|\w{0,30}mechaniker|mechatroniker|maler\b|maurer|dachdecker"
        r"|\w{0,30}monteur|bäcker|fleischer|gärtner|électricien|plombier|menuisier|soudeur|mécanicien"
        r"|maçon|électromécanicien|boulang|electricista|fontanero|carpintero|soldador|mecánico"
        r"|albañil|elettricista|idraulico|falegname|saldatore|meccanico|eletricista|encanador"
        r"|loodgieter|timmerman|lasser|elektricien|snickare|svetsare|tømrer|svejser|sveiser"
        r"|sähköasentaja|hitsaaja|elektryk|hydraulik|spawacz|stolarz|elektrikář|svářeč|truhlář"
        r"|электрик|сварщик|слесарь|elektrikçi|kaynakçı|tesisatçı|villanyszerel|hegesztő"
        r"|electrician|sudor",
    ),
    (
        "sales",
        r"\w{0,30}seller\b|merchant|demonstrator|salesperson|dealer|stallholder|rental service"
        r"|sales|account (?:executive|manager)|business develop|retail|shop assistant|cashier"
        r"|store manager|customer (?:service|success|support)|call cent|telemarket|estate agent"
        r"|\w{0,30}verkäuf|verkauf|vertrieb|kassierer|kundenberat|kundenservice|vendeu|commercial|caissi"
        r"|conseill\w+ (?:de vente|client)|vendedor|dependient|comercial|cajer|venditor"
        r"|commess|addetto vendite|vendas|atendente|verkoper|verkoop|klantenservice|säljare"
        r"|butik|sælger|salgs|selger|myyjä|myynti|sprzedawca|handlowiec|prodavač|obchodní"
        r"|продав|торгов|satış|kasiyer|eladó|értékesít|vânzător",
    ),
    (
        "law and culture",
        r"animator|pastoral|coach\b|athlete|dancer|choreo|composer|singer|sculptor|illustrator"
        r"|lawyer|solicitor|barrister|attorney|paralegal|legal|judge|journalist|editor|writer"
        r"|author|translator|interpreter|librarian|curator|museum|artist|musician|actor"
        r"|photograph|fashion|interior|social worker|youth worker|psycholog|priest|archiv"
        r"|rechtsanw[aä]|\w{0,30}anwält|\w{0,30}rechtsanw|adwokat|notar|notair|jurist|journalist|redakteur|übersetzer|dolmetscher|sozialarbeit|avocat"
        r"|juriste|journaliste|traduc|éducateur spécial|abogad|period|trabajador social"
        r"|avvocato|giornalista|assistente social|advogad|jornalista|advocaat|maatschappelijk"
        r"|advokat|socialarbe|toimittaja|juristi|prawnik|dziennikarz|právník|novinář|юрист"
        r"|журналист|avukat|gazeteci|ügyvéd|avocat",
    ),
    (
        "engineer",
        r"\w{0,30}physicist|\w{0,30}ologist\b|mineralog|astronom|mathematic|cartograph"
        r"|engineer|architect|surveyor|chemist|physicist|biolog|geolog|scientist|researcher"
        r"|laborator|draughts|cad\b|property developer|ingenieur|chemiker|physiker|biologe"
        r"|\w{0,30}ingenieur"
        r"|architekt|wissenschaftl|bauzeichner|ingénieur|chercheu|architecte|ingenier"
        r"|arquitect|investigador|ingegner|architetto|ricercator|engenheir|arquitet|pesquisador"
        r"|onderzoeker|ingenjör|forskare|ingeniør|forsker|insinööri|tutkija|inżynier"
        r"|inženýr|konstruktér|инженер|архитектор|mühendis|mimar|mérnök|inginer|μηχανικ",
    ),
    (
        "business",
        r"advis[eo]r|broker|trader|estimator|underwriter|valuer|appraiser|import export specialist"
        r"|accountant|auditor|bookkeep|controller|finance|financial|tax|actuar|economist|banker"
        r"|analyst|consultant|marketing|recruiter|human resources|hr\b|procurement|buyer"
        r"|purchas|public relations|communications|insurance|buchhalt|steuer|finanz|einkäufer"
        r"|berater|personal(?:referent|er)|comptable|financi|acheteur|contable|contador"
        r"|finanzas|compras|recursos humanos|contabile|commercialista|contabil|recursos humanos"
        r"|boekhoud|inkoper|ekonom|redovisning|regnskab|regnskap|kirjanpit|talous|księgow"
        r"|účetní|ekonom|бухгалтер|экономист|muhasebe|könyvelő|contabil|λογιστ",
    ),
    (
        "office",
        r"teller|enumerator|post(?:man|woman)|proofread|switchboard|interviewer"
        r"|secretar|administrat|office|clerk|assistant|receptionist|data entry|payroll|typist"
        r"|sachbearbeiter|sekretär|bürokauf|verwaltung|secrétaire|assistant|administrativ"
        r"|segretari|impiegat|secretári|administratief|medewerker|administratör|sekretær"
        r"|sihteeri|sekretar|administracy|asistent|секретар|делопроизвод|sekreter|titkár",
    ),
    (
        "manager",
        r"manager|director|head of|chief|ceo|cfo|coo|supervisor|team lead|foreman|leiter"
        r"|geschäftsführ|direktor|teamleit|directeur|responsable|chef de|gerente|jefe|encargad"
        r"|direttore|responsabile|diretor|coordenador|bedrijfsleider|hoofd|chef\b|leder"
        r"|päällikkö|johtaja|kierownik|dyrektor|vedoucí|ředitel|руководител|директор|менеджер"
        r"|müdür|yönetici|vezető|igazgató|manager|διευθυντ",
    ),
    ("health", r"(?<!\w)\w{0,4}(?:看護|介護|医師|薬剤師|保健師|護士|护士|医生|간호사|의사)"),
    ("teaching", r"\w{0,4}(?:教師|教員|講師|保育士|教师|老师|교사|강사)"),
    ("transport", r"\w{0,6}(?:運転手|ドライバー|倉庫|司机|驾驶员|운전)"),
    ("trade", r"\w{0,4}(?:電気工|溶接|大工|整備士|电工|焊工|전기공|용접)"),
    ("law and culture", r"\w{0,4}(?:弁護士|律师|변호사)"),
    ("service", r"\w{0,4}(?:調理|料理人|シェフ|清掃|厨师|保安|요리사)"),
    # Words of many groups, which decide only if no other word does.
    ("transport", r"operator\b"),
    ("trade", r"worker\b"),
)
_GROUPS = tuple(
    (group, re.compile(rf"\b(?:{words})", re.IGNORECASE)) for group, words in _GROUP_WORDS
)

# Words of departments and fields. A title with only such words names nobody.
_FIELDS = frozenset({
    "and", "und", "et", "y", "e", "en", "och", "og", "a", "i", "и", "of", "the", "our", "de",
    "engineering", "development", "design", "product", "products", "data", "analytics", "research",
    "science", "marketing", "sales", "finance", "financial", "accounting", "legal", "law", "hr",
    "human", "resources", "people", "talent", "operations", "logistics", "warehouse", "support",
    "customer", "success", "service", "services", "care", "clinical", "medical", "office",
    "administration", "administrative", "management", "business", "communications", "procurement",
    "purchasing", "production", "manufacturing", "quality", "security", "retail", "restaurant",
    "kitchen", "catering", "teaching", "education", "technology", "software", "it", "devops",
    "cloud", "infrastructure", "platform", "mobile", "web", "frontend", "backend", "vertrieb",
    "verkauf", "einkauf", "verwaltung", "buchhaltung", "finanzen", "logistik", "produktion",
    "entwicklung", "pflege", "reinigung", "küche", "personal", "commercial", "ventes",
    "finances", "achats", "juridique", "logistique", "technique", "ventas", "compras", "finanzas",
    "vendite", "acquisti", "finanza", "vendas", "inkoop", "verkoop", "financiën", "försäljning",
    "ekonomi", "finans", "salg", "myynti", "talous", "sprzedaż", "finanse", "logistyka", "prodej",
    "obchod", "logistika", "výroba", "kvalita", "vývoj", "продажи", "маркетинг",
    "финансы", "логистика", "реклама", "персонал", "административный", "satış", "lojistik",
})  # fmt: skip


def role_family(role: str | None) -> Family:
    """The family of a role in software, product, design or data; else `any role`."""
    title = (role or "")[:MAX_TITLE]
    if _PRODUCT.search(title):
        return "product manager"
    if _DATA.search(title):
        return "data"
    if _DESIGNER.search(title) and not _OTHER_DESIGN.search(title):
        return "designer"
    return "software engineer" if _is_coder(title) else "any role"


def _is_coder(title: str) -> bool:
    if _ASIAN_CODER.search(title):
        return True
    if _OTHER_MAKER.search(title) and not re.search(r"\bsoftware\b", title, re.IGNORECASE):
        return False
    if _CODER.search(title):
        return True
    makes = _ENGINEER.search(title)
    if makes is None:
        return False
    if re.search(r"^(?:\w+\s)?developers?$|\b(?:developer|entwickler)", title, re.IGNORECASE):
        return True
    return bool(_CODE_WORDS.search(title) or technologies_in(title))


def occupation_group(role: str | None) -> Group | None:
    """The group of a role, by the words of its title; None if there is none."""
    title = (role or "")[:MAX_TITLE]
    return next((group for group, words in _GROUPS if words.search(title)), None)


def names_a_person(title: str) -> bool:
    """Whether a title seems to name somebody who does a job, and not a department."""
    if not 0 < len(title.split()) <= 9 or len(title) > MAX_TITLE or title.endswith((".", "!", "?")):
        return False
    words = re.findall(r"[^\W\d_]+", title.casefold())
    if all(word in _FIELDS for word in words):
        return False
    return role_family(title) != "any role" or occupation_group(title) is not None
