"""Patterns which show that a sentence asks something, in languages other than English.

They need no question mark, because a transcript may lack them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from worker.interviews import asking_in_europe as europe
from worker.interviews.asking_further import FURTHER, asks_further, requests_further
from worker.interviews.asking_in_asia import EASTERN, asks_in_east, requests_in_east
from worker.interviews.asking_with_particles import (
    PARTICLED,
    READ_AS_RUSSIAN,
    asks_with_particle,
    requests_with_particle,
)
from worker.interviews.beginnings import led
from worker.interviews.courtesies import after_courtesy

_FLAGS = re.IGNORECASE

# --- German and Dutch: the verb stands before its subject. ---
_DE_JOINS = (
    r"und|aber|oder|denn|ja|okay|ok|gut|genau|super|prima|schön|toll|klar|alles klar|danke|nein|"
    r"äh|ähm|hm+|mhm|ach|naja|sehr gut|vielen dank|interessant|spannend|cool|na|eh|sag mal|"
    r"entschuldigung|verstehe|ah|oh"
)
_DE_SUBJECT = (
    r"(?:sie|du|ihr|er|es|wir|man|ihnen|dir|dich|euch|dein\w{0,2}|ihre?[nmrs]?|eure?\w?|das|die|"
    r"der|den|dem|diese[rsmn]?|denn|eigentlich|für|so|ein\w{0,2}|da)"
)
_DE_WH = (
    r"(?:wer|wann|wohin|woher|warum|weshalb|wieso|weswegen|woran|worauf|wofür|wodurch|womit|worin|"
    r"worüber|wovon|wozu|inwiefern|inwieweit|wessen|wem|wen|was|wo|wie|seit wann|bis wann|"
    r"(?:an|mit|von|für|über|bei|zu) (?:was|wem|wen))"
)
_DE = (
    led(
        rf"{_DE_JOINS}|also|dann|jetzt|nun|zuerst|zunächst|abschließend",
        rf"{_DE_WH} (?!gesagt|gut\b)(?!{_DE_SUBJECT}\b|ich\b|mich\b|mir\b)\w+ "
        rf"(?:sich |mir |uns )?{_DE_SUBJECT}\b|"
        r"(?:wie|(?:in |mit |an |für |auf |aus |bei |nach |von |zu |über |unter )?"
        r"welche[rsnm]?|was für ein\w{0,2})(?: (?!sie\b|du\b|ihr\b|ich\b|wir\b|er\b|es\b|man\b|"
        rf"das\b|die\b|der\b)\w+){{2,4}} {_DE_SUBJECT}\b|"
        r"(?:wie|welche[rsnm]?|was) (?:ist|war|sind|waren|wäre|wären|hat|haben|hatte|macht|machen|"
        r"heißt|läuft|lief|sieht|kam|kommt|geht|ging|würde|würden|bedeutet|motiviert|reizt)\b",
    )
    + "|"
    + led(
        _DE_JOINS,
        r"(?!wissen sie\W|sehen sie\W|verstehen sie\W|weißt du\W|weisst du\W|verstehst du\W|"
        r"siehst du\W)"
        r"(?:\w{2,}(?:en|ern|eln) sie|(?:sind|wären|tun) sie|\w+st du|(?:hast|bist|isst) du|"
        r"(?:habt|seid|könnt|wollt|würdet|hattet|wart|macht|kennt|nutzt|arbeitet|gibt es) ihr)"
        r"\b(?=\W+\w)|"
        r"(?:gibt|gab|gäbe|bleibt) es (?!nicht\b|nichts\b|kein)\w|"
        r"(?:ist|war|wäre|stimmt|hat|waren|sind) (?:das|es|die|der|ihr|ihre|dein|deine) \w",
    )
)
_DE_ANYWHERE = (
    rf"[,:;] {_DE_WH} (?!gesagt|gut\b)(?!{_DE_SUBJECT}\b|ich\b|mich\b|mir\b)\w+ "
    r"(?:sie|du|ihr|euch|dich)\b"
)
_NL_JOINS = (
    r"en|maar|of|want|ja|oké|ok|okay|goed|mooi|leuk|prima|nee|eh|uh|uhm|hm+|nou|dank je|bedankt|"
    r"interessant|duidelijk|precies|ah|oh"
)
_NL_SUBJECT = (
    r"(?:je|jij|u|jullie|ze|zij|hij|het|dat|de|uw|jouw|er|jou|we|men|die|dan|nou|precies|voor|een)"
)
_NL = (
    led(
        rf"{_NL_JOINS}|dan|nu|dus|ten eerste|tot slot",
        r"(?:wie|wat|waar|wanneer|waarom|hoe|waarvoor|waarmee|waaraan|waarover|waarin|"
        r"(?:met|voor|van|aan) wie|sinds wanneer|hoezo) "
        rf"(?!{_NL_SUBJECT}\b|ik\b|mij\b)\w+ (?:zich )?{_NL_SUBJECT}\b|"
        r"(?:hoe|hoeveel|(?:in |met |op |voor |van |aan |bij )?welke?|wat voor)"
        rf"(?: (?!je\b|jij\b|u\b|jullie\b|ik\b|we\b|ze\b|hij\b|het\b|de\b)\w+){{2,4}} "
        rf"{_NL_SUBJECT}\b|"
        r"(?:hoe|wat|wie|welke) (?:is|was|zijn|waren|zou|zouden|heeft|ging|gaat|deed|ziet|motiveert"
        r"|maakt|maakte|betekent|trekt) (?!gezegd\b|dan ook\b)",
    )
    + "|"
    + led(
        _NL_JOINS,
        r"(?!weet je\W|snap je\W|zie je\W|begrijp je\W)"
        r"(?:heb|kun|kan|ben|wil|zou|doe|werk|vind|denk|ga|gebruik|ken|had|was|mag|moet|durf|zie|"
        r"hebt|heeft|bent|kunt|wilt|doet|werkt|vindt|denkt|gaat|gebruikt|kent|kon|wist|deed|hebben|"
        r"kunnen|zijn|willen|zouden|doen|werken|vinden) (?:je|jij|u|jullie)\b(?=\W+\w)",
    )
)

# --- French ---
_FR_JOINS = (
    r"et|mais|ou|donc|alors|ok|okay|oui|non|bon|bien|très bien|d'accord|d\u2019accord|merci|euh|"
    r"hm+|mh+|ah|oh|ben|voilà|super|parfait|du coup|sinon|ensuite|après|maintenant|enfin|justement"
    r"|par exemple|selon vous|pour vous|et puis|puis|en fait|déjà"
)
_FR = led(
    _FR_JOINS,
    r"(?:\w+ ){0,5}?est[- ]ce qu(?:e\b|['\u2019 ]\w)|qu['\u2019]est[- ]ce|"
    r"(?!rendez)\w+(?:ez|êtes|faites|dites)[- ]vous\b(?!\W*$)|êtes[- ]vous\b|"
    r"\w+[- ]t[- ](?:il|elle|on)\b|\w+[xs]-tu\b|(?:as|es|peux|veux|fais|vas|dois|sais|connais|"
    r"penses|travailles|utilises) tu\b|"
    r"(?:comment|pourquoi|combien|où|depuis quand|depuis combien|jusqu['\u2019]où|d['\u2019]où) "
    r"(?:(?:de|d['\u2019])\s?\w+ )?(?:\w+ez[- ]vous\b|\w+[xs]-tu\b|"
    r"vous|tu|ça|cela|s['\u2019]|se\b|avez|as\b|est\b|sont|était|"
    r"étaient|votre|vos|ton|ta|tes|faire|ferai|êtes|es\b|fait|faites|c['\u2019]est|avoir|choisir|"
    r"temps|il y|devient|pouvez|peux|allez|vas|expliqu|arriv|gér|procéd|trouv|définiri|décriri)|"
    r"(?:à|de|en|sur|avec|pour|dans|chez|par|vers)? ?(?:quoi|quels?|quelles?) "
    r"(?:est|sont|était|étaient|serait|seraient|a été|ont été|(?:\w+ ){0,4}?(?:vous|tu|avez|as))\b|"
    r"(?:c['\u2019]est|c['\u2019]était|ce serait) quoi\b|(?:à|avec|pour|chez) qui \w|"
    r"(?:vous pouvez|vous pourriez|tu peux|tu pourrais|pouvez vous|pourriez vous) "
    r"(?:(?:me|nous|m['\u2019]en|nous en|vous|te|un peu) ?){0,3}(?:parler|dire|raconter|expliquer|"
    r"décrire|présenter|donner|préciser|développer)",
)
_FR_ANYWHERE = (
    r"\best[- ]ce qu(?:e\b|['\u2019]\w)|\b(?:avez|pouvez|pourriez|êtes|faites|diriez|pensez|voyez|"
    r"auriez|seriez)-vous\b|\b(?:depuis|pendant) combien\b"
)

# --- Spanish and Portuguese ---
_ES_JOINS = (
    r"y|pero|o|entonces|bueno|vale|ok|okay|sí|no|muy bien|bien|perfecto|claro|gracias|eh|ehm|mm+|"
    r"ah|oh|pues|ahora|luego|después|también|genial|por ejemplo|primero|a ver|oye|oiga|"
    r"en ese caso|de acuerdo|además|en tu opinión|en su opinión|según tú"
)
_ES = led(
    _ES_JOINS,
    r"(?:(?:a|de|en|con|para|por|desde|hasta|sobre|hacia|según) )?(?:qué(?! (?:bueno|bien|bonito|"
    r"lindo|interesante|padre|chido|maravilla|pena|lástima|gusto|genial|fuerte|guay|risa|horror|"
    r"va\b|alegría|rico|emoción))|quién(?:es)?|cómo(?! no\b)|cuándo|a?dónde|cuál(?:es)?|"
    r"cuánt[oa]s?) \w|"
    r"(?:(?:me|nos|te|le|se) )?(?:puedes?|pueden|podría[sn]?|podés) (?:(?:usted|ustedes|tú) )?"
    r"(?:contar|decir|hablar|explicar|describir|comentar|dar|compartir|presentar)\w*|"
    r"(?:has|han|habéis) \w+(?:ado|ido|cho|sto|rto)\b|"
    r"(?:eres|estás|tienes|quieres|crees|piensas|trabajas|vives|conoces|hablas|usas|tenés|sos|"
    r"consideras|sientes|hiciste|tuviste|fuiste|estuviste|empezaste|trabajaste|estudiaste|"
    r"aprendiste|te (?:gusta|gustaría|gustó|consideras|sientes|ves)|le (?:gusta|gustaría)|"
    r"(?:tiene|cree|puede|está|es|ha) usted) (?!que\b)\w|"
    r"(?:tiene|tendría|posee) (?:usted )?(?:\w+ )?(?:experiencia|disponibilidad|conocimientos|"
    r"carné|carnet|"
    r"hijos|formación|titulación|vehículo)\b|ha \w+(?:ado|ido) (?:alguna vez|antes|ya)\b|"
    r"(?:quisiera|quería|me gustaría|quiero) (?:saber|preguntar\w*|que (?:me|nos))",
)
_PT_JOINS = (
    r"e|mas|ou|então|bom|bem|certo|ok|okay|sim|não|muito bem|muito bom|perfeito|claro|obrigad[oa]|"
    r"eh|é|ahn|hm+|ah|oh|agora|depois|também|legal|ótimo|por exemplo|primeiro|aí|olha|portanto|"
    r"na sua opinião|e assim"
)
_PT_YOU = r"(?:você|vocês|tu|o senhor|a senhora|te|lhe|seu|sua|seus|suas)"
_PT = led(
    _PT_JOINS,
    r"(?:(?:a|de|em|com|para|por|desde|sobre|até) )?(?:o que|que|quem|qual|quais|como|quando|"
    r"aonde|onde|por ?qu[eê]|quant[oa]s?)(?: \w+){0,3}? (?:é que|foi que|você|vocês|o senhor|"
    r"a senhora)\b|"
    r"(?:(?:a|de|em|com|para|por|sobre) )?(?:qual|quais|há quanto|quanto tempo|quantos anos|"
    r"quantas pessoas) \w|"
    r"como (?:foi|é|era|está|surgiu|funciona|funcionava|seria|se (?:sente|vê|chama|define)|lida|"
    r"você|te chamas?)\b|"
    r"(?:o que|por que|porque|onde|de onde|quando) (?:fez|faz|acha|achas|pensa|pretende|levou|"
    r"significa|aconteceu|motivou|te\b|lhe\b|mais (?:gosta|gostas|te)|decidiu|escolheu|fazes|"
    r"fizeste|trabalha|trabalhas|nasceu|nasceste|começou|começaste)|"
    r"você (?:já|pode|poderia|consegue|conseguiria|gostaria|acha que|acredita|considera|conhece|"
    r"se (?:sente|considera|vê))\b|"
    r"(?:(?:me|nos) )?(?:podes?|poderias?|consegue|pode) (?:(?:me|nos|você|a senhora|o senhor) )?"
    r"(?:contar|falar|dizer|explicar|descrever|dar|apresentar)\w*|"
    r"(?:gostaria|queria|quero) (?:de )?(?:saber|perguntar|que (?:me|você))",
)

# --- Italian ---
_IT_JOINS = (
    r"e|ed|ma|allora|okay|ok|quindi|poi|ecco|eh|ehm|m+h+|hm+|ah|oh|beh|be'|sì|sí|si|no|"
    r"va bene|bene|"
    r"certo|perfetto|invece|senti|ascolta|scusa|scusi|cioè|però|o|infatti|adesso|ora|intanto|"
    r"magari|anche|niente|esatto|d'accordo|prima di tutto|ad esempio|per esempio|secondo te|"
    r"secondo lei|giusto|grazie|bello|interessante|tipo|guarda|boh|dunque|capito|ho capito"
)
_IT_YOU = (
    r"(?:hai|sei|fai|vai|stai|dai|sai|puoi|vuoi|devi|dici|avevi|eri|facevi|vivi|abiti|lavori|studi|"
    r"pensi|credi|conosci|parli|usi|ascolti|leggi|segui|senti|vedi|prendi|frequenti|trovi|ricordi|"
    r"preferisci|capisci|giochi|guardi|mangi|cucini|esci|viaggi|suoni|torni|vieni|ti|vi|te la|"
    r"avete|siete|fate|andate|potete|volete|dovete|state|vorresti|potresti|dovresti|faresti|"
    r"avresti|saresti|\w{3,}(?:eresti|aresti|iresti)|\w{2,}(?:avi|evi|ivi)|"
    r"(?:si |la |le )?(?:è|ha|fa|sta|va|trova|sente|occupa|piace|ricorda) lei)"
)
_IT = led(
    _IT_JOINS,
    rf"(?:che cosa|cosa)(?! (?:che|molto|più|di|del|della|da|in|a)\b) (?:ne |ci |gli |le |si |mi |"
    rf"non )?\w|"
    rf"(?:cos['\u2019]|com['\u2019]|dov['\u2019]|quand['\u2019]|qual['\u2019]? ?)(?:è|era)\b|"
    r"(?:(?:in|di|da|a|con|per|su|tra|fra) )?(?:quale|quali)\b(?! che\b) \w|"
    rf"(?:che|quando|mentre|dove|perché|perchè|come) (?:(?!sono|è|ha|ho|abbiamo|si|io|mi|noi|se)"
    rf"\w+ ){{0,1}}(?:non |mai |ne |ci )?{_IT_YOU}\b(?! (?:dicevo|dico|ho detto|ripeto|spiegavo))|"
    r"(?:perché|perchè|quando|dove|come|che cosa|cosa) (?:vuole|vorrebbe|potrebbe|si vede|farebbe|"
    r"lavorerebbe|preferisce|si aspetta|ha (?:scelto|lasciato|deciso))\b|"
    r"ha (?:mai \w|esperienza\b|già \w+(?:to|so)\b)|"
    r"come (?:mai|va|era|erano|è (?:stato|stata|nat[oa]|andat[oa]|il|la)|funziona|ti chiami)\b|"
    r"(?:dove|perché) (?:secondo te|proprio)\b|"
    r"(?:da|per|di|in) quant[oaie] \w|quant[oaie](?! (?:a|riguarda|meno|detto)\b) \w|"
    rf"(?:di|in|a|con|per|su|da) (?:cosa|chi|che cosa)(?! (?:che|ha|è|sono)\b)\W*(?:\w+|$)|"
    r"(?:di|da) dove \w|(?:di|in|a|con|per|su|da) che \w+ \w+|"
    rf"(?:non |mai |ne |ci |lo |la |li |le )?{_IT_YOU}\b(?! (?:che|presente|conto|"
    rf"cura)\b)(?=\W+\w)|"
    r"(?:(?:ti|le|vi) )?(?:vorrei|volevo|voglio|vorremmo|posso) (?:chieder\w+|sapere|domandar\w+)|"
    r"(?:ti|le) (?:chiedo|faccio una domanda)|c['\u2019]è (?:qualcosa|qualche|qualcuno|un|una)\b|"
    r"(?:i tuoi|le tue|la tua|il tuo) \w+ (?:è|sono|era|erano|ha|hanno|lavora|lavorano|parla|"
    r"parlano|vive|vivono)\b",
)

# --- Polish ---
_PL_JOINS = (
    r"a|i|ale|no|to|więc|dobrze|dobra|okej|okay|ok|tak|nie|świetnie|super|rozumiem|dziękuję|eee?|"
    r"yyy?|hm+|mhm|aha|oh|ach|teraz|potem|jeszcze|natomiast|w takim razie|na koniec|jasne|fajnie"
)
_PL_YOU = (
    r"(?:pan|pani|państwo|pana|panu|panią|państwa|ciebie|cię|ci|tobie|wy|was|wam|twój|twoja|twoje)"
)
_PL = led(
    _PL_JOINS,
    r"(?:czy|dlaczego|czemu|skąd|dokąd|po co|w jaki|w jakim|w jakiej|w jakich|na czym|od kiedy|"
    r"z jak\w+|o czym|przy jak\w+|na jak\w+|od jak|z kim|jak długo|jak często|jak dużo|ile|jaki|"
    r"jaka|jakie|jakich|jakim|jaką|jakiego|jakiej) \w|"
    rf"(?:co|gdzie|kiedy|jak|kto|kogo|komu|czym|któr\w+)(?: \w+){{0,3}}? {_PL_YOU}\b|"
    r"(?:co|gdzie|kiedy|jak) (?:\w+ ){0,2}?\w{2,}(?:asz|esz|isz|ysz|łeś|łaś)\b|"
    r"(?:co|gdzie|jak) (?:"
    r"wygląda\w*|sprawił\w*|motywuje|spowodował\w*|był\w*|jest)\b|"
    rf"(?:\w+ ){{0,1}}(?:ma|może|mógłby|mogłaby|zna|pracował|pracowała|pracuje|miał|miała|umie|"
    rf"lubi|chce|chciałby|chciałaby|zechce|potrafi|uważa|widzi) (?:pan|pani|państwo)\b",
)

# --- Requests ---
_REQUESTED = {
    "de": led(
        f"{_DE_JOINS}|dann|jetzt|nun|zuerst|bitte",
        r"(?:erzählen|beschreiben|erklären|erläutern|nennen|schildern|stellen|sagen|geben|"
        r"berichten|skizzieren|führen|gehen|denken|vergleichen|begründen|zeigen) sie\b"
        r"(?! (?:ja|halt|eben)\b)|"
        r"(?:erzähle?|beschreibe?|erkläre?|nenne?|schildere?|berichte) "
        r"(?:mal|doch|uns|mir|bitte|kurz)\b|stell dich\b|"
        r"(?:ich (?:würde|möchte) (?:gern\w?|noch|jetzt|auch)? ?(?:\w+ )?(?:wissen|"
        r"hören|fragen)|"
        r"mich (?:würde|interessiert)|uns (?:würde|interessiert))\b",
    ),
    "nl": led(
        f"{_NL_JOINS}|dan|nu",
        r"(?:vertelt?|beschrijft?|noemt?|legt?|geeft?|schetst?) (?:eens|me|mij|ons|u|maar|iets|"
        r"wat|uit|een)\b|stel je(?:zelf)? (?:eens )?voor\b|ik (?:ben|was) (?:wel )?benieuwd\b",
    ),
    "fr": led(
        _FR_JOINS,
        r"(?:parle|raconte|décri[st]|explique|di[st]|présente|donne)(?:z|s|"
        r"tes)?[- ](?:moi|nous|"
        r"vous)\b|(?:décrivez|racontez|expliquez|présentez|parlez|dites|donnez)[- ]\w|"
        r"(?:j['\u2019]aimerais|je voudrais|j['\u2019]aurais aimé) (?:savoir|que vous|que tu|"
        r"vous demander|te demander)",
    ),
    "es": led(
        _ES_JOINS,
        r"(?:cuént[ea]|cuent[ae]|hábl[ae]|descríb[ae]|explíqu?[ec]?a?|díga|dí|di|presént[ae]|"
        r"present[ae]|comént[ae]|contá|deme|dame)(?:me|nos|se|te|le)\b|"
        r"(?:describ[ae]|explique|explica|comente|mencione|menciona|hable|habla|cuente|diga|cite|"
        r"dé) (?:usted|un|una|el|la|los|las|su|tu|sobre|del?|cómo|qué|por qué|tres|dos|algo)\b",
    ),
    "pt": led(
        _PT_JOINS,
        r"(?:cont[ae]|fal[ae]|descrev[ae]|expliqu[ea]|diga|apresent[ae])"
        r"(?:[- ](?:me|nos|se|um pouco|mais|para mim|pra mim|pra gente|sobre))\b|"
        r"(?:fale|conte|descreva|explique|diga|apresente|cite|dê) (?:d[eoa]s?|uma?|seus?|suas?|"
        r"como|por que|o que|três|dois|algo)\b|"
        r"(?:me|nos) (?:cont[ae]|fal[ae]|diga|diz|descrev[ae]|expliqu[ea]|explica)\b",
    ),
    "it": led(
        _IT_JOINS,
        r"(?:dimmi|mi dica|raccontami|raccontaci|mi racconti|ci racconti|parlami|parlaci|"
        r"mi parli|ci parli|descrivi(?:mi|ci)?|mi descriva|spiegami|mi spieghi|presentati|"
        r"si presenti|(?:parli|racconti|descriva|spieghi|dica|faccia) (?:d[ei]\w*|un\w?|il|la|come|"
        r"perché|tre|due|qualcosa))\b",
    ),
    "pl": led(
        _PL_JOINS,
        r"(?:proszę|prosimy|poproszę)(?: (?:mi|nam|krótko|może)){0,3} (?:opow\w+|powied\w+|"
        r"opis\w+|poda\w+|przedstaw\w+|wymien\w+|wyjaśn\w+)|"
        r"(?:opowiedz|powiedz|opisz|wyjaśnij|przedstaw|podaj|niech (?:pan|pani))\b",
    ),
}

_BEGINS = {
    code: re.compile(pattern, _FLAGS)
    for code, pattern in (
        ("de", _DE),
        ("nl", _NL),
        ("fr", _FR),
        ("es", _ES),
        ("pt", _PT),
        ("it", _IT),
        ("pl", _PL),
    )
}
_HOLDS = {"de": re.compile(_DE_ANYWHERE, _FLAGS), "fr": re.compile(_FR_ANYWHERE, _FLAGS)}
_REQUESTS = {code: re.compile(pattern, _FLAGS) for code, pattern in _REQUESTED.items()}
KNOWN_LANGUAGES = frozenset(
    {"en", *_BEGINS, *EASTERN, *PARTICLED, *READ_AS_RUSSIAN, *europe.BEGINS, *FURTHER}
)
"""The codes of the languages in which questions are found without marks."""


# A sentence with one of these words may be English. This also saves time.
_ENGLISH = re.compile(
    r"\b(?:the|and|you|your|that|this|with|what|they|would|how|why|where|which|did|does)\b", _FLAGS
)


def may_be_english(sentence: str, language: str | None) -> bool:
    """Whether English patterns apply to a sentence of a transcript in `language`.

    In a transcript of another language a sentence needs an English word: "was" is German too.
    """
    return language in (None, "en") or bool(_ENGLISH.search(sentence))


def asks_elsewhere(sentence: str, language: str | None = None) -> bool:
    """Whether a sentence asks in the language of its transcript, if this is not English.

    If `language` is None, every language counts, unless the sentence has an English word.
    """
    return any(_asks_in(sentence, code) for code in _codes(sentence, language))


def ends_like_marked(sentence: str, language: str | None) -> bool:
    """Whether the end of a sentence shows a question in a language that seldom writes a mark."""
    return language in EASTERN and asks_in_east(sentence, language)


def requests_elsewhere(sentence: str, language: str | None = None) -> bool:
    """Whether a sentence requests an answer in the language of its transcript (not English).

    If `language` is None, every language counts, unless the sentence has an English word.
    """
    return any(_requests_in(sentence, code) for code in _codes(sentence, language))


def _codes(sentence: str, language: str | None) -> Iterable[str]:
    if language is not None:
        return ("ru" if language in READ_AS_RUSSIAN else language,)
    # The Turkish particle "mi" is a common last word in several languages.
    others = PARTICLED - {"tr"}
    return () if _ENGLISH.search(sentence) else (*_BEGINS, *EASTERN, *others, *europe.BEGINS)


def _asks_in(sentence: str, code: str) -> bool:
    if code in EASTERN:
        return asks_in_east(sentence, code)
    if code in PARTICLED:
        return asks_with_particle(sentence, code)
    if code in FURTHER:
        return asks_further(sentence, code)
    if code in europe.BEGINS:
        return _in_europe(europe.BEGINS[code], sentence, code)
    begins, holds = _BEGINS.get(code), _HOLDS.get(code)
    said = after_courtesy(sentence, code)
    return bool((begins and begins.match(said)) or (holds and holds.search(said)))


def _requests_in(sentence: str, code: str) -> bool:
    if code in EASTERN:
        return requests_in_east(sentence, code)
    if code in PARTICLED:
        return requests_with_particle(sentence, code)
    if code in FURTHER:
        return requests_further(sentence, code)
    if code in europe.REQUESTS:
        return _in_europe(europe.REQUESTS[code], sentence, code)
    pattern = _REQUESTS.get(code)
    return bool(pattern and pattern.match(after_courtesy(sentence, code)))


def _in_europe(pattern: re.Pattern[str], sentence: str, code: str) -> bool:
    said = after_courtesy(sentence, code)
    find = pattern.search if code in europe.ANYWHERE else pattern.match
    return find(said) is not None
