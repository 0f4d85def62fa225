"""Words for pages, menus and sections of postings: no job titles and no employers' names."""

from __future__ import annotations

import re

MAX_JUDGED = 200
"""`is_frame` is False for a text with more characters, and `is_section` reads only so many."""

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words in the names of pages and menus. A text of only these is no job title ("Offene Stellen").
_FRAME = _words(
    """
    career careers job jobs vacancy vacancies opening openings position positions posting postings
    opportunity opportunities employment recruitment recruiting hiring detail details description
    descriptions overview information info page portal site center centre board list listing
    listings search results result view browse find all our the open current latest new available
    apply application applications now online here today form home homepage welcome about us
    contact news blog press login sign in up register menu navigation account profile candidate
    applicant saved share print back to my your for of a an at with work working join team teams
    life people company companies culture benefits why what we who how skip content main title
    role roles offer offers summary remote related similar more other this that is and on by or
    services products solutions events event anzeigen funding jobsearch cookie cookies
    privacy policy terms legal notice imprint submit
    interview interviews interviewing internships students graduates faq faqs frequently asked
    questions hire resume cv alert alerts talent community network internal external id number ref
    reference development growth values value diversity inclusion equity belonging wellbeing mission
    vision purpose
    studierende studenten schüler absolventen beim
    vakansii vakansiya vakansiyi rabota robota karera kariera saiyo
    karriere karrieren stelle stellen stellenangebot stellenangebote stellenanzeige
    stellenanzeigen stellenbeschreibung stellenausschreibung stellenmarkt offene aktuelle freie
    unsere alle jobangebot jobangebote arbeiten bei uns über kontakt startseite start willkommen
    bewerbung bewerben jetzt ausbildung unternehmen datenschutz impressum das die der den und zur
    zum im emploi emplois offre offres d'emploi carrière carrières poste postes recrutement
    rejoindre rejoignez nous notre nos à propos de du des la le les accueil postuler candidature
    entreprise détail détails l'offre fiche ouverts disponibles toutes tous équipe contactez
    travailler chez empleo empleos oferta ofertas vacante vacantes carrera carreras trabajo
    trabaja trabajá trabaje puesto puestos nosotros con el los las detalle detalles inicio
    inscribirse
    empresa sobre acerca únete postular bolsa quienes somos vaga vagas emprego empregos carreiras
    carreira oportunidades oportunidade trabalhe conosco connosco trabalhar nossas abertas aberta
    candidatar candidate-se nós quem detalhe detalhes da do dos início lavoro offerta offerte
    posizione posizioni aperte aperta lavora noi carriere chi siamo dettaglio dettagli annuncio
    candidati candidatura azienda di del delle vacature vacatures werken werkenbij bij ons onze
    banen baan functie functies over solliciteer solliciteren openstaande het een praca pracy prace
    oferty kariera karierę rekrutacja stanowisko stanowiska aplikuj dołącz nas o w z szczegóły
    ogłoszenie ogłoszenia práce práca kariéra volná volné volnémísta místa miesta pozice pozície
    pozici nabídka nabídky ponuka ponuky zaměstnání nás úvod domů odpovědět jobb jobba lediga
    ledige ledig tjänst tjänster stilling stillinger stillingsopslag karriär karriärsida
    karrieresider karriärer jobopslag hos oss om sök ansök ansøg søk arbeta avoimet työpaikat
    työpaikka ura urat meille meistä hae haku állás állások állásajánlat állásajánlatok karrier
    rólunk nyitott pozíciók cariere carieră joburi loc locuri muncă noastre despre aplică kariyer
    iş ilanı ilanları açık pozisyonlar hakkımızda başvur başvuru bizimle вакансия вакансии работа
    карьера открытые о нас компании наши откликнуться вакансія вакансії робота кар'єра про θέση
    θέσεις εργασίας καριέρα
    """
)
# The same for Japanese, Chinese and Korean, with or without spaces.
_FRAME_IN_CJK = re.compile(
    "(?:求人|採用|招聘|职位|職缺|募集|要項|情報|信息|詳細|详情|一覧|列表|加入我们|关于我们|"
    "会社概要|お問い合わせ|ホーム|検索|首页|搜索|인재|채용|공고|정보|회사|소개|안내|상세|검색|모집"
    "|일자리|찾기|목록|홈|\\s)+"
)
# Words between frame words and an employer's name: "Careers at Tidewell", "Arbeiten bei Tidewell".
_AT = _words(
    """
    at with bei beim chez hos em en presso bij w u i på @
    """
)

# How headings of sections begin ("About Tidewell"), and hardly any job titles.
_SECTION = re.compile(
    r"^\W*(?:about|(?:the|this|in this) (?:role|position|job|opportunity|team|company|offer|work"
    r"|challenge|mission|person|package)|(?:role|position|job|company) (?:description|summary"
    r"|overview|purpose|details|duties|responsibilities|requirements|profile)|we|we're|our|your"
    r"|you|you'll|join|welcome|who|what|what's|why|how|where|when|key (?:respons\w+|accountab\w+"
    r"|duties|tasks|skills|requir\w+)|must[ -]haves?|nice[ -]to[ -]haves?|how to|minimum|preferred"
    r"|essential (?:skills|criteria)|equal opp\w+|is this|are you|do you|hi|hello|hey|dear"
    r"|more about|full job"
    r"|dein|deine|ihr|ihre|unser|unsere|euer|eure|das|was|wer|warum|wie|wo|wir|über|darum"
    r"|à propos|a propos|qui|que|quoi|pourquoi|nous|notre|nos|votre|vos|vous|ton|tes|ta|le poste"
    r"|le rôle|le profil|la mission|la société|l'entreprise|les missions|rejoi\w+"
    r"|acerca|sobre|quién\w*|quien\w*|qué|por qué|nosotros|nuestr\w+|tu|tus|ofrecemos|buscamos"
    r"|el puesto|el rol|el equipo|la empresa|quem|o que|por que|nós|noss\w+|você|seu|sua|a vaga"
    r"|a empresa|oferecemos|chi|cosa|perché|noi|la nostra|la tua|il ruolo|il tuo|offriamo"
    r"|wat|waarom|wij|ons|onze|jouw|jij|je|over|de (?:rol|functie)|het (?:bedrijf|team)"
    r"|o (?:nas|nás|firmie|firmě|společnosti|spoločnosti|stanowisku|pozici|roli|práci)|oferujemy"
    r"|twoj\w*|twój|kogo|dlaczego|czego|koho|proč|prečo|jak\w?|požad\w+|požiad\w+|nabíz\w+"
    r"|ponúk\w+|om (?:oss|os|jobb\w*|rollen|tjänst\w*|stilling\w*|företag\w*|virksom\w*|bedrift\w*)"
    r"|vem|vad|varför|vi|vår\w*|din|dina|dine|hvem|hva|hvad|hvorfor|meistä|mitä|miksi|me|odotamme"
    r"|tarjoamme|keitä|rólunk|amit|mi|despre|ce|oferim|hakkı\w+|biz|neden"
    r"|о (?:нас|компании|вакансии|роли|проекте|компанії|проєкт\w*)|про (?:нас|компанію|роль|проєкт)"
    r"|мы|ми|наш\w*|что|що|кого|кто|хто|σχετικά)(?![\w'-])"
    r"|^\W*(?:仕事内|業務内|応募|勤務|待遇|給与|我们|工作|关于|關於|岗位|任职|公司|职责|要求|会社|企業"
    r"|職務|주요|담당|자격|우대|회사|지원|복리)",
    re.IGNORECASE,
)
# A heading of only these and frame words is a section's. "Benefits Manager" may be a job title.
_SECTION_WORDS = _words(
    """
    introduction summary overview description duties tasks responsibilities responsibility
    accountabilities requirements requirement qualifications qualification skills experience
    education benefits perks compensation salary pay location locations employer additional
    essential desirable preferred minimum diversity inclusion equality hours conditions process
    interview and or & key stellenbeschreibung aufgabenbeschreibung jobbeschreibung aufgaben
    aufgabengebiet anforderungen anforderungsprofil profil qualifikationen qualifikation vorteile
    einleitung tätigkeiten kontakt descriptif mission missions compétences avantages résumé requis
    requises recherché descripción funciones requisitos responsabilidades beneficios resumen
    perfil experiencia descrição atividades qualificações benefícios resumo atribuições
    descrizione mansioni attività competenze requisiti responsabilità benefit functieomschrijving
    taken vereisten functieprofiel bedrijfsprofiel opis obowiązki wymagania zakres obowiązków
    benefity popis náplň požadavky požiadavky výhody práce arbetsuppgifter kvalifikationer
    arbeidsoppgaver kvalifikasjoner arbejdsopgaver tehtävät vaatimukset feladatok elvárások
    juttatások responsabilități cerințe beneficii görevler nitelikler aranan genel tanımı описание
    обязанности требования условия задачи предложение опис обов'язки вимоги умови περιγραφή
    απαιτήσεις αρμοδιότητες
    """
)


def _lower(word: str) -> str:
    # Casefolding splits the Turkish capital I with a dot in two; keep the first.
    return word.casefold().replace("i\u0307", "i").replace("\u2019", "'")


def is_frame(text: str) -> bool:
    """Whether a text names a page or a menu: "Careers", "Arbeiten bei Tidewell".

    True for a text without words, and False for more than 200 characters.
    """
    if len(text) > MAX_JUDGED:
        return False
    words = [_lower(word) for word in _WORD.findall(text)]
    if not words or _FRAME_IN_CJK.fullmatch(text):
        return True
    if all(word in _FRAME or word.isdigit() for word in words):
        return True
    known = 0
    while known < len(words) and words[known] in _FRAME:
        known += 1
    # The word before the name must be a preposition: "Work at Tidewell", not "Work Planner".
    return known >= 2 and words[known - 1] in _AT


def is_section(text: str) -> bool:
    """Whether a heading is that of a section: "About the role", "Requirements"."""
    text = text[:MAX_JUDGED].replace("\u2019", "'")
    words = [_lower(word) for word in _WORD.findall(text)]
    if words and all(word in _SECTION_WORDS or word in _FRAME for word in words):
        return True
    return bool(_SECTION.match(text))


# What Japanese boards add to a job title: "の求人情報", "の採用・求人詳細".
_CJK_FRAME = re.compile(
    r"(?:の|\s)(?:求人|採用|募集|転職)(?:[・/]?(?:求人|採用|募集|詳細|情報|要項|一覧))*$"
)
# What a site writes before a job title: "Jobs / Baker", "Offene Stelle / Bäcker", "Job: Baker".
_LED = re.compile(
    r"\A(?P<led>(?:[^\W\d_]{1,20} ){0,3}(?:jobs?|careers?|vacanc(?:y|ies)|positions?|openings?"
    r"|karriere|stellen?(?:angebote?|anzeigen?|ausschreibung)?|emplois?|offres?|ofertas?|empleos?|vagas?"
    r"|offert[aey]|lavoro|vacatures?|praca|práce|nabídka|jobb|stilling|ваканси[ия])"
    r"(?: d'emploi| de (?:empleo|trabajo)| di lavoro| pracy)?)\s?[/:»›>]\s{1,9}(?=\S)",
    re.IGNORECASE,
)


def without_frame(title: str) -> str:
    """A job title without the words for a posting that a site writes before or behind it."""
    short = _CJK_FRAME.sub("", title)
    led = _LED.match(short)
    return short[led.end() :] if led and is_frame(led["led"]) else short
