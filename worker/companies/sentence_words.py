"""The words by which `entailment.py` compares sentences, in several languages."""

from __future__ import annotations

SELF_WORDS = frozenset({
    "we", "our", "ours", "us", "my", "it", "its", "they", "their", "them", "theirs", "itself",
    "themselves", "ourselves", "he", "she", "wir", "unser", "unsere", "unserer", "uns", "ihr",
    "ihre", "sie", "nous", "notre", "nos", "ils", "leur", "leurs", "on", "nosotros", "nuestro",
    "nuestra", "nuestros", "nuestras", "ellos", "su", "sus", "noi", "nostro", "nostra", "nostri",
    "nostre", "loro", "nós", "nosso", "nossa", "nossos", "nossas", "eles", "wij", "ons", "onze",
    "zij", "hun", "vi", "vår", "våra", "vårt", "vores", "våre", "de", "deres", "мы", "ми",
    "наш", "наша", "наше",
    "наши", "biz", "bizim", "oss", "nam", "nás", "нам", "нас", "bize", "nasz", "nasza",
    "nasze", "náš", "naše", "nas", "meillä", "meidän", "nálunk", "bizde", "μας", "sit", "sin",
    "sine", "sitt", "sina", "ses", "suo", "sua", "suoi", "sue", "seu", "seus", "suas", "swoje",
    "swoich", "swoim", "své",
    "svých", "svým", "svoje", "свои", "свою", "своих", "своим", "свої", "своїх",
})  # fmt: skip
SELF_NOUNS = frozenset({
    "company", "companies", "firm", "business", "organisation", "organization", "startup",
    "start-up", "team", "employer", "unternehmen", "firma", "entreprise", "société", "empresa",
    "azienda", "bedrijf", "företaget", "virksomheden", "società", "impresa", "selskapet", "bolaget",
    "firmaet", "spółka", "firmy", "společnost", "podnik", "компания", "компании", "фирма",
    "фирмы", "компанія", "компанії", "şirket", "yritys", "cég", "vállalat", "compania", "εταιρεία",
})  # fmt: skip
# Small words. A claim may have them even if its quote does not.
EMPTY = frozenset({
    "a", "an", "the", "this", "that", "these", "those", "there", "here", "who", "whom", "whose",
    "which", "what", "where", "when", "how", "and", "or", "of", "to", "in", "on", "at", "by", "for",
    "from", "with", "as", "into", "onto", "about", "than", "then", "so", "such", "also", "both",
    "other", "is", "are", "be", "been", "being", "am", "do", "does", "did", "has", "have",
    "had", "was", "were", "own", "one", "there's", "it's", "that's", "very", "just", "through",
    "within", "across", "per", "via", "der", "die", "das", "dem", "den", "des", "ein", "eine",
    "einer", "einem", "einen", "und", "oder", "mit", "für", "von", "zu", "im", "auf", "ist", "sind",
    "le", "la", "les", "un", "une", "du", "de", "et", "ou", "à", "au", "aux", "en", "dans", "pour",
    "par", "sur", "avec", "est", "sont", "el", "los", "las", "uno", "una", "unos", "unas", "y", "o",
    "con", "para", "por", "es", "son", "del", "al", "il", "lo", "gli", "i", "e", "di", "da", "che",
    "è", "sono", "os", "um", "uma", "uns", "umas", "com", "no", "na", "nos", "nas", "het", "een",
    "van", "voor", "met", "op", "zijn", "och", "att", "som", "för", "med", "på", "av", "är", "og",
    "til", "af", "er", "w", "z", "jest", "są", "v", "s", "je", "jsou", "se", "и", "в", "на", "с",
    "для", "auch", "noch", "aussi", "también", "anche", "também", "ook",
    "det", "werd", "wordt", "between", "zwischen", "entre", "tra", "l", "d", "j", "n", "qu", "c",
    "m", "t",
})  # fmt: skip
# Words of amount and rank; a claim may have one of them only if its quote has it.
WEIGHTY = frozenset({
    "all", "every", "only", "always", "most", "many", "few", "some", "any", "several", "half", "no",
    "none", "nobody", "never", "first", "last", "best", "largest", "biggest", "leading", "top",
    "more", "less", "over", "under", "least", "up", "nearly", "almost", "about", "around",
    "alle", "allen", "aller", "jede", "jeder", "jedes", "jeden", "nur", "immer", "meisten",
    "viele", "beste", "besten", "größte", "größten", "führende", "führender", "erste", "ersten",
    "toute", "tout", "tutta", "tutto", "toda", "todo", "ganze", "ganzen", "gesamten", "heel",
    "hela",
    "hele", "całej", "całym", "celé", "celém", "всей", "всему", "tüm", "bütün", "sadece",
    "yalnızca",
    "wszystkie", "wszystkich", "wszyscy", "każdy", "tylko", "všechny", "všichni", "každý", "pouze",
    "jen", "все", "всех", "каждый", "только", "kaikki", "vain", "minden", "csak", "kun", "alltid",
    "altid", "hver", "toate", "toți", "doar", "numai", "всі", "лише", "тільки",
    "tous", "toutes", "chaque", "seul", "seulement", "toujours", "plupart", "meilleur",
    "meilleure", "premier", "première", "todos", "todas", "cada", "solo", "sólo", "siempre",
    "mayoría", "mejor", "mayor", "primer", "primera", "líder", "tutti", "tutte", "ogni", "sempre",
    "maggior", "migliore", "primo", "prima", "só", "maioria", "melhor", "maior", "primeira", "elke",
    "alleen", "altijd", "meeste", "grootste", "eerste", "alla", "varje", "bara",
})  # fmt: skip
# Words that limit what follows them. A claim needs those of its quote: "almost all tickets".
LIMITS = frozenset({
    "nearly", "almost", "most", "some", "few", "half", "hardly", "only", "fast", "beinahe",
    "nahezu", "meisten", "einige", "manche", "wenige", "kaum", "presque", "plupart", "certains",
    "certaines", "quelques", "casi", "mayoría", "algunos", "algunas", "pocos", "pocas", "solo",
    "sólo", "quasi", "maggior", "alcuni", "alcune", "quase", "maioria", "alguns", "algumas",
    "bijna", "meeste", "sommige", "nästan", "flesta", "några", "næsten", "prawie", "większość",
    "téměř", "většina",
    "rarely", "seldom", "sometimes", "occasionally", "selten", "manchmal", "gelegentlich",
    "rarement", "parfois", "raramente", "talvolta", "zelden", "soms", "sällan", "ibland",
    "sjældent",
    "rzadko", "czasem", "zřídka", "někdy", "редко", "иногда", "bazen", "nadiren", "percent",
    "third", "quarter", "tenth", "drittel", "viertel", "hälfte", "großteil", "tiers", "quart",
    "moitié", "tercio", "cuarto", "mitad", "terzo", "quarto", "metà", "terço", "metade", "derde",
    "kwart", "helft", "tredjedel", "hälften", "halvdelen", "třetina", "polovina", "połowa",
    "треть", "половина", "четверть", "большинство", "почти", "çoğu", "fjerdedel", "fjärdedel",
    "halvparten", "kolmannes", "puolet", "too", "trop", "troppo", "demasiado", "prozent", "procent",
})  # fmt: skip
# What stands on one side of these words in a quote stands there in a claim too.
THAN = frozenset({"than", "als", "dan", "än", "enn", "niż", "než"})
# Words for the present, which may stand anywhere in a sentence.
NOW = frozenset({
    "now", "today", "currently", "heute", "jetzt", "derzeit", "maintenant", "aujourd'hui", "ahora",
    "hoy", "adesso", "oggi", "agora", "hoje", "nu", "vandaag", "idag",
})  # fmt: skip
# Words for the writer that can only be the subject of a verb.
SUBJECTS = frozenset({
    "we", "they", "he", "she", "wir", "ich", "nous", "ils", "nosotros", "nosotras", "noi",
    "nós", "wij", "vi", "мы", "ми", "biz",
})  # fmt: skip
# Words for the writer that cannot be the subject of a verb.
OBJECTS = frozenset(
    {
        "us",
        "uns",
        "ons",
        "oss",
        "them",
        "me",
        "nam",
        "nás",
        "нам",
        "нас",
        "bize",
        "bizi",
        "bizden",
    }
)
# Words of ownership: the subject is what is owned, if anything.
OWNERS = frozenset({
    "our", "my", "its", "their", "unser", "unsere", "unserer", "ihr", "ihre", "notre", "leur",
    "leurs", "nuestro", "nuestra", "nuestros", "nuestras", "su", "sus", "nostro", "nostra",
    "nostri", "nostre", "nosso", "nossa", "nossos", "nossas", "onze", "hun", "vår", "våra", "vårt",
    "vores", "våre", "deres", "наш", "наша", "наше", "наши", "bizim", "nasz", "nasza", "nasze",
    "náš", "naše", "sit", "sin", "sine", "sitt", "sina", "ses", "suo", "sua", "suoi", "sue", "seu",
    "seus", "suas", "swoje", "swoich", "swoim", "své",
    "svých", "svým", "svoje", "свои", "свою", "своих", "своим", "свої", "своїх",
})  # fmt: skip
# Small words between "nous" or "nos" and their verb.
CLITICS = frozenset({
    "ne", "n", "y", "en", "se", "nous", "le", "la", "les", "l", "lui", "leur", "lo", "los", "las",
    "os", "as",
})  # fmt: skip
BE = frozenset({"is", "are", "was", "were", "been", "being", "be"})
# In these languages the subject may follow its verb: "heute nutzen wir Odoo".
FOLLOWING = frozenset({"wir", "ich", "wij", "vi"})
# Endings of verbs that the writer has of "us", and a claim of "it" or "them".
FIRST_TO_THIRD = (
    ("amos", "a"), ("amos", "an"), ("emos", "e"), ("emos", "en"), ("imos", "e"), ("imos", "en"),
    ("iamo", "a"), ("iamo", "ano"), ("iamo", "e"), ("iamo", "ono"), ("amos", "am"), ("emos", "em"),
    ("imos", "em"), ("ons", "e"), ("ons", "ent"), ("en", "t"), ("en", "et"), ("ern", "ert"),
    ("eln", "elt"), ("oyons", "oie"), ("oyons", "oient"), ("áme", "á"), ("áme", "ají"),
    ("íme", "í"), ("eme", "e"), ("amy", "a"), ("emy", "e"), ("imy", "i"), ("ymy", "y"),
    ("аем", "ает"), ("яем", "яет"), ("уем", "ует"), ("им", "ит"), ("yoruz", "yor"),
    ("ados", "ado"), ("ados", "ada"), ("idos", "ido"), ("idos", "ida"), ("ati", "ata"),
    ("ati", "ato"),
    ("ábamos", "aba"), ("íamos", "ía"), ("ávamos", "ava"), ("íamos", "ia"), ("avamo", "ava"),
    ("evamo", "eva"), ("ions", "ait"), ("mme", "a"), ("mme", "ä"), ("mme", ""), ("unk", ""),
    ("ünk", ""), ("tunk", "ott"),
    ("tünk", "ött"), ("tünk", "ett"), ("tuk", "ta"), ("tük", "te"), ("iyoruz", "ir"),
    ("ıyoruz", "ar"), ("iyoruz", "er"), ("ıyor", "ar"), ("iyor", "er"), ("üyoruz", "ür"),
    ("uyoruz", "ur"), ("dik", "di"), ("dık", "dı"), ("duk", "du"), ("dük", "dü"), ("tik", "ti"),
    ("tık", "tı"), ("tuk", "tu"), ("tük", "tü"), ("íme", "ejí"), ("íme", "ějí"), ("eme", "ou"),
    ("uji", "ují"), ("eme", "í"), ("li", "la"), ("li", "ly"), ("li", "l"), ("li", "lo"),
    ("aliśmy", "ał"), ("aliśmy", "ała"), ("aliśmy", "ało"), ("aliśmy", "ali"), ("ли", "л"),
    ("ли", "ла"), ("ли", "ло"), ("ем", "ет"), ("ємо", "є"), ("имо", "ить"), ("їмо", "їть"),
    ("cevons", "çoit"), ("ssons", "t"), ("aisons", "ait"), ("isons", "it"), ("dons", "d"),
    ("vons", "t"), ("imos", ""), ("imos", "i"), ("zemos", "z"), ("zimos", "z"), ("em", "e"),
    ("im", "ește"), ("ăm", "ă"), ("ăm", "ează"), ("aken", "aakt"), ("eren", "eert"),
    ("open", "oopt"), ("even", "eeft"), ("ezen", "eest"), ("agen", "aagt"), ("alen", "aalt"),
    ("ellen", "elt"), ("kken", "kt"), ("tten", "t"), ("ppen", "pt"), ("nnen", "nt"),
    ("ουμε", "ει"), ("ουμε", "ουν"), ("άμε", "ά"),
    ("ano", "a"), ("ono", "e"), ("iamo", "isce"), ("imos", "ye"), ("iscono", "isce"),
    ("an", "a"), ("en", "e"), ("ent", "e"),
    ("am", "a"), ("ają", "a"), ("ują", "uje"), ("ią", "i"), ("ют", "ет"), ("ят", "ит"),
    ("ar", "at"), ("ger", "gt"), ("ker", "kt"), ("jer", "jt"), ("er", "et"),
)  # fmt: skip
MODES: tuple[frozenset[str], ...] = tuple(
    frozenset(words.split())
    for words in (
        "plan plans planned planning intend intends aim aims hope hopes want wants wish wishes try"
        " tries trying seek seeks strive strives goal ambition möchten möchte wollen will"
        " planen souhaitons souhaite voulons veut veulent"
        " queremos quiere vogliamo vuole prevé prevén prevede prévoit"
        " quieren vogliono espérons espère espèrent esperamos espera speriamo spera quer querem"
        " willen wil hopen hoopt vill vilja hoppas vil ønsker håber haluamme haluaa aiomme aikoo"
        " chcemy chce chcą planujemy planuje zamierzamy chceme chtějí plánujeme plánuje"
        " хотим хочет хотят планируем планирует намерены istiyoruz istiyor planlıyoruz planlıyor"
        " vrem vrea akarunk akar",
        "vielleicht womöglich eventuell möglicherweise könnte könnten peut-être pourrait pourrions"
        " quizás quizá podría podríamos forse potrebbe potremmo talvez poderia misschien kanske"
        " måske kanskje ehkä może możliwe możná snad возможно может belki poate talán"
        " notfalls ideally idealerweise idéalement idealmente"
        " may might could would should perhaps possibly maybe likely can if unless whether wenn"
        " falls si se als om",
        "will shall soon going future upcoming tomorrow werden bald",
        "refuse refuses refused refusing stop stops stopped stopping cease ceases ceased"
        " avoid avoids avoided avoiding decline declines declined reject rejects rejected"
        " refusons refuse refusent"
        " rechazamos rechaza evitamos evita rifiutiamo rifiuta recusamos recusa vermeiden vermeidet"
        " weigern weigert weigeren weigert vermijden vermijdt",
        "was were had used formerly previously former once ago past until früher war waren",
        "not no never without neither nor",
    )
)
PAST_BE = frozenset({
    "was", "were", "had", "used", "war", "waren", "hatte", "hatten", "était", "étions", "étaient",
    "era", "éramos", "eran", "fuimos", "fue", "fueron", "eravamo", "erano", "fomos", "foi", "foram",
    "var", "byliśmy", "był", "była", "byli", "byl", "byla", "были", "был", "была",
})  # fmt: skip
PRESENT_BE = frozenset({
    "is", "are", "am", "has", "have", "ist", "sind", "hat", "haben", "est", "sommes", "sont", "es",
    "somos", "son", "è", "siamo", "sono", "é", "são", "zijn", "är", "jest", "są", "je", "jsou",
})  # fmt: skip
MODAL = frozenset(word for mode in MODES[:4] for word in mode)
BREAKS = frozenset({
    "and", "or", "of", "to", "in", "on", "at", "by", "for", "from", "with", "as", "into", "onto",
    "about", "than", "that", "which", "who", "since", "is", "are", "be", "was", "were", "und",
    "oder", "mit",
    "für", "von", "zu", "im", "auf", "et", "ou", "à", "de", "du", "des", "pour", "avec", "y", "o",
    "con", "para", "por", "e", "di", "da", "per", "com", "en", "van", "voor", "met", "och", "med",
    "i", "w", "z", "v", "ab", "seit", "bis", "aus", "bei", "nach", "durch", "gegen", "depuis",
    "desde", "hasta", "dal", "sinds", ",", ";", ":",
})  # fmt: skip
TITLES = frozenset(
    {
        "ltd",
        "inc",
        "gmbh",
        "llc",
        "ag",
        "sa",
        "srl",
        "bv",
        "co",
        "corp",
        "limited",
        "eg",
        "kg",
        "ug",
        "ohg",
        "ev",
        "oy",
        "aps",
        "sas",
        "sarl",
        "spa",
        "lda",
        "kft",
    }
)
# Words of one amount. A claim may have another one of its line than the quote.
SAME_AMOUNT = (
    "all every each", "alle allen aller jede jeder jedes jeden", "tous toutes chaque",
    "todos todas cada", "tutti tutte ogni", "alla varje", "alle elke", "nobody no none",
)  # fmt: skip
SENSES = (
    "make produce build develop manufacture create design craft construct",
    "fremstiller laver producerer fremstille lave",
    "tillverkar producerar",
    "fertigen herstellen produzieren fertigt produziert",
    "fabriquons fabrique produisons produit",
    "fabricamos fabrica producimos produce produzimos produz",
    "produciamo produce realizziamo realizza",
    "produkujemy produkuje wytwarzamy wytwarza",
    "производим производит изготавливаем изготавливает выпускаем выпускает",
    "sell offer provide supply deliver",
    "employ staff employee worker workforce",
    "base locate headquarter situate",
    "found establish start begin launch set",
    "use employ utilise utilize",
    "help support assist",
    "run operate manage maintain",
    "customer client",
    "need require",
    "hire recruit seek look",
    "big large",
    "small little",
    "job role position vacancy opening",
    "pay salary wage",
    "software program application app",
    "tool instrument device",
    "speciality specialise specialize focus",
    "wollen will möchten möchte",
    "fomos foi foram",
    "fuimos fue fueron",
    "nati nato nata nate fondata fondato fondati fondate nasce",
    "gegründet gründete gründeten entstand entstanden",
    "créée créé fondée fondé née né",
    "fundada fundado nació nacida nacido nasceu creada creado criada criado",
    "opgericht gestart ontstaan",
    "grundades grundat grundad startades",
    "grundlagt stiftet",
    "założona założono założony powstała powstał",
    "založena založeno založen vznikla vznikl",
    "основана основано основан создана",
    "queremos quer querem quiere quieren",
    "vogliamo vuole vogliono",
    "voulons veut veulent",
    "willen wil",
    "chceme chce",
    "chcemy chcą",
    "хотим хочет хотят",
    *SAME_AMOUNT,
)
CONCLUDES = frozenset({
    "need", "needs", "customer", "customers", "client", "clients", "matter", "matters", "important",
    "focus", "focused", "expect", "expected", "value", "values", "care", "cares", "interest",
    "interested", "suggest", "suggests", "indicate", "market", "active", "likely", "probably",
    "seem", "seems", "appear", "appears", "work", "works", "field", "area", "experience",
    "knowledge", "useful", "candidate", "candidates", "role", "ask", "asked",
})  # fmt: skip
RELATIONS = frozenset(
    [
        "to",
        "in",
        "nel",
        "nella",
        "im",
        "siden",
        "sedan",
        "sinds",
        "at",
        "by",
        "for",
        "from",
        "since",
        "on",
        "with",
        "against",
        "without",
        "für",
        "von",
        "zu",
        "mit",
        "aus",
        "bei",
        "gegen",
        "ab",
        "seit",
        "bis",
        "chez",
        "depuis",
        "à",
        "de",
        "pour",
        "par",
        "avec",
        "en",
        "em",
        "dans",
        "para",
        "por",
        "con",
        "com",
        "a",
        "da",
        "di",
        "per",
        "voor",
        "van",
        "met",
        "hos",
        "i",
        "till",
        "från",
        "för",
        "med",
        "til",
        "fra",
        "for",
        "z",
        "do",
        "dla",
        "w",
        "v",
        "u",
        "од",
        "в",
        "у",
        "из",
        "для",
    ]
)
