"""Phrases of other languages than English: tags, invitations to ask, small talk and follow-ups.

Each list has the phrases of many languages together, because few of them mean something else in
another one.
"""

from __future__ import annotations

import re

from worker.interviews.transcript import tokens

_FLAGS = re.IGNORECASE
FOLLOW_UP_WORDS = 8
SHORT_WORDS = 4
"""After "and", a question of at most this many words goes on with what was said."""

# A tag with a question mark at the end of a sentence, such as "nicht wahr?" or "¿verdad?".
_TAGGED = re.compile(
    r"(?:[,\u060c\uff0c\u3001;\u2014\u2013-]\s*|\s(?=\u00bf))\u00bf?(?:oder(?: nicht)?|ne|nee|nicht"
    r"(?: wahr)?|gell|gelle|woll|stimmt['\u2019]?s|ja|"
    r"weißt du|wissen sie|verstehen sie|verstehst du|okay|ok|no|no es (?:cierto|así|verdad)|verdad|"
    r"cierto|vale|sabes?|sabe usted|me (?:entiendes?|explico|sigues?|comprendes?)|eh|sí|claro|"
    r"né|não (?:é|acha|foi)|certo|tá|sabe|entendes?|entendeu|percebes?|viu|sim|hein|"
    r"n['\u2019]est[- ]"
    r"ce pas|non|quoi|voyez[- ]vous|vous (?:voyez|savez)|tu (?:vois|sais)|d['\u2019]accord|vero|"
    r"giusto|capit[oa]|capisc[ei]|sai|no\?|eh già|toch|hè|niet(?: waar)?|snap je|weet je|"
    r"begrijp je|eller(?: hur)?|ikke(?: sant| også)?|inte sant|va|vel|ikk['\u2019]?|skjønner du|"
    r"forstår du|prawda|nieprawda[żz]|nie|wie (?:pan|pani)|rozumie (?:pan|pani)|že(?: (?:ano|jo))?|"
    r"že (?:áno|hej)|viď(?:te)?|není-liž pravda|jo|nu|așa(?: e)?|nu-i așa|da|igen|ugye|"
    r"nem(?: igaz)?|"
    r"eikö(?: (?:niin|vain))?|vai mitä|değil mi|tamam m[ıi]|anlad[ıi]n[ıi]z m[ıi]|yani|"
    r"да|так|правда|верно|понимаете|знаете|нали|чи не так|не так ли|"
    r"έτσι|σωστά|καλά|ε|\u0635\u062d|\u0635\u062d\u064a\u062d|"
    r"\u0623\u0644\u064a\u0633 \u0643\u0630\u0644\u0643|"
    r"\u0646\u0639\u0645|\u062a\u0645\u0627\u0645|\u0637\u064a\u0628|"
    r"\u0645\u0634 \u0643\u062f\u0647|"
    r"\u05e0\u05db\u05d5\u05df|\u05dc\u05d0|\u05db\u05df|\u05d1\u05e1\u05d3\u05e8|"
    r"\u05de\u05d1\u05d9\u05df|"
    r"\u0628\u0644\u0647|\u062f\u0631\u0633\u062a\u0647|\u0646\u0647|\u0928|\u0939\u0948 \u0928|"
    r"\u0938\u0939\u0940|"
    r"kan|bukan|ya|đúng không|phải không|nhỉ|\u5bf9\u5427|\u5bf9\u5417|\u662f\u5427|"
    r"\u662f\u5417|\u5c0d\u5427|"
    r"\u77e5\u9053\u5427|\uadf8\uc8e0|"
    r"\uadf8\ub807\uc8e0)\s*[?\u061f\uff1f]+[\"'\u201d\u2019\u00bb) ]*$|"
    # Japanese "yo ne" and "deshou", Korean "-jyo" and Chinese "ba" end the sentence itself.
    r"(?:\u3088\u306d|\u3067\u3057\u3087\u3046?|\u3067\u3059\u306d|\u307e\u3059\u306d|"
    r"\u3058\u3083\u306a\u3044|\u5427|"
    r"\uc796\uc544\uc694|\uc9c0\uc694|\uac70\ub4e0\uc694)\s*[?\uff1f]+\s*$",
    _FLAGS,
)
_ASK = r"(?:\W*$|\W+(?:an|zu|zum|zur|für|von|über|oder|aan|voor|over|til|till|om|til|do|k|ke|na)\b)"
_INVITES = re.compile(
    # German, Dutch and the Nordic languages
    rf"\b(?:(?:haben|hätten|hast|hättest|habt|gibt) (?:sie|du|ihr|es) (?:\w+ ){{0,4}}?fragen{_ASK}|"
    r"(?:möchten|wollen|würden|möchtest|willst) (?:sie|du) (?:\w+ ){0,5}?(?:fragen|wissen)\W*$|"
    r"(?:fragen|noch (?:et)?was) von (?:ihrer|deiner) seite|"
    rf"(?:heb|hebt|heeft|hebben|zijn) (?:je|u|jij|jullie|er) (?:\w+ ){{0,4}}?vragen{_ASK}|"
    r"(?:wil|wilt) (?:je|u) (?:\w+ ){0,4}?(?:vragen|weten)\W*$|"
    r"(?:har|finns|finnes|er|vil|vill|skulle) (?:du|ni|i|de|dere|det|der) (?:\w+ ){0,4}?"
    r"(?:frågor|fråga|spørgsmål|spørge|spørsmål|spørre)\b(?:\W+\w+){0,3}\W*$|"
    r"(?:onko|haluat\w*|haluaisit\w*) (?:\w+ ){0,5}?kysy\w+|"
    # Romance languages
    r"(?:tienes?|tienen|tenés|tendr[íi]as?|hay|queda) (?:\w+ ){0,3}?(?:preguntas?|dudas?)\b|"
    r"(?:quieres?|quisiera|gustaría|deseas?|quiera|quieras) (?:\w+ ){0,2}?"
    r"(?:preguntar\w*|saber de nosotros)\b|"
    r"(?:avez|as|auriez|aurais)[- ](?:vous|tu) (?:\w+ ){0,3}?questions?\b|"
    r"vous avez des questions\b|"
    r"(?:souhaitez|voulez|aimeriez|voudriez)[- ]vous (?:\w+ ){0,4}?(?:demander|poser|savoir)\b|"
    r"(?:ha|hai|avete|c['\u2019]è|ci sono) (?:\w+ ){0,3}?domand[ae]\b|"
    r"(?:vuole|vuoi|vorrebbe|vorresti) (?:\w+ ){0,3}?chieder\w+|"
    r"(?:tem|têm|tens|teria|há|ficou|gostaria|quer|quere[sr]?) (?:\w+ ){0,4}?"
    r"(?:perguntas?|dúvidas?|perguntar)\b|"
    r"(?:aveți|ai|aveti|există) (?:\w+ ){0,4}?întreb\w+|(?:doriți|vreți|"
    r"vrei) să (?:\w+ ){0,2}întreb\w+|"
    # Slavonic languages
    r"(?:ma|mają|masz|są|chce|chciał\w*) (?:\w+ ){0,4}?(?:pytania|pytanie|pytań|zapytać)\b|"
    r"(?:máte|máš|mate|imate|chcete|chtěl\w*|chceli) (?:\w+ ){0,5}?(?:otáz\w+|dotaz\w*|zeptat|"
    r"opýtať|"
    r"spýtať|pitanj\w+)\b|"
    r"(?:есть|остались|хотите|хотели|появились|є|маєте|хочете|имате|искате)\b(?:\W+\w+){0,5}?\W+"
    r"(?:вопрос\w*|спросить|узнать|питання|запитати|въпрос\w*|попитате)\b(?:\W+\w+){0,3}\W*$|"
    # Others in Latin and Greek letters
    r"sor(?:mak|u|unuz|ular\w*|acağın\w*)\b(?: \w+){0,4}? (?:var m[ıi]|ister mi)|"
    r"(?:van|lenne|vannak|volna) (?:\w+ ){0,4}?kérdés\w*|szeretne (?:\w+ ){0,3}?kérdezni|"
    r"(?:έχετε|έχεις|υπάρχ\w+) (?:\w+ ){0,4}?(?:ερωτ\w+|ερώτ\w+|απορ\w+)|"
    r"(?:bạn|anh|chị|em)\b(?: \w+){0,5}? (?:câu hỏi|muốn hỏi)\b|"
    r"(?:ada|punya|apakah) (?:\w+ ){0,4}?(?:pertanyaan|ditanyakan)\b)|"
    # Arabic, Hebrew, Persian, Hindi, Thai, Chinese, Japanese and Korean
    r"(?:\u0644\u062f\u064a\u0643|\u0639\u0646\u062f\u0643|\u062a\u0631\u064a\u062f|"
    r"\u062a\u0648\u062f)"
    r".{0,25}(?:\u0633\u0624\u0627\u0644|\u0623\u0633\u0626\u0644\u0629|"
    r"\u0627\u0633\u0626\u0644\u0629|\u062a\u0633\u0623\u0644)|"
    r"(?:\u05d9\u05e9 \u05dc\u05da|\u05d9\u05e9 \u05dc\u05db\u05dd|\u05ea\u05e8\u05e6\u05d4|"
    r"\u05ea\u05e8\u05e6\u05d9).{0,25}"
    r"(?:\u05e9\u05d0\u05dc\u05d5\u05ea|\u05e9\u05d0\u05dc\u05d4|\u05dc\u05e9\u05d0\u05d5\u05dc)|"
    r"(?:\u0633\u0648\u0627\u0644|\u0633\u0624\u0627\u0644|"
    r"\u067e\u0631\u0633\u0634).{0,20}(?:\u062f\u0627\u0631\u06cc\u062f|"
    r"\u062f\u0627\u0631\u06cc)|"
    r"\u0906\u092a.{0,30}(?:\u0938\u0935\u093e\u0932|\u092a\u094d\u0930\u0936\u094d\u0928|"
    r"\u092a\u0942\u091b\u0928\u093e)|"
    r"(?:\u0e04\u0e33\u0e16\u0e32\u0e21|"
    r"\u0e2d\u0e22\u0e32\u0e01\u0e16\u0e32\u0e21).{0,15}(?:\u0e44\u0e2b\u0e21|"
    r"\u0e21\u0e31\u0e49\u0e22|\u0e2b\u0e23\u0e37\u0e2d)|"
    r"(?:[\u4f60\u60a8].{0,6})?\u6709.{0,6}(?:\u95ee\u9898|\u554f\u984c|"
    r"\u7591\u95ee).{0,6}(?:\u95ee|\u554f|\u5417|\u55ce)|"
    r"(?:\u8cea\u554f|\u805e\u304d\u305f\u3044\u3053\u3068).{0,10}(?:\u3042\u308a|"
    r"\u3054\u3056\u3044)|"
    r"(?:\uc9c8\ubb38|\uad81\uae08\ud55c).{0,14}(?:\uc788|\uc2f6)",
    _FLAGS,
)
_GREETS = re.compile(
    r"(?:^|[,.;!]\s?)\W{0,4}(?:(?:und|y|et|e|en|i|a|og|och) )?(?:"
    r"wie geht(?:['\u2019]s| es)(?: (?:ihnen|dir|euch))?(?: (?:heute|denn|so))*|"
    r"(?:hören|verstehen|können) sie mich(?: (?:gut|hören|sehen|verstehen|jetzt))*|"
    r"haben sie (?:gut |leicht |uns )*(?:hergefunden|hierher gefunden|zu uns gefunden|gefunden)|"
    r"wie war (?:die|ihre) (?:anreise|fahrt|reise)|sind sie (?:bereit|so ?weit)|"
    r"(?:können|wollen|sollen) wir (?:anfangen|beginnen|starten|loslegen)|"
    r"(?:möchten|wollen) sie (?:etwas|einen?|ein glas) (?:trinken|kaffee|wasser|tee)(?: trinken)?|"
    r"hoe gaat het(?: met (?:je|u|jou))?(?: vandaag)?|(?:kun|kunt) (?:je|u) me(?: goed)? "
    r"(?:horen|verstaan)|(?:kon|heb|hebt) (?:je|u) het(?: goed| makkelijk)? (?:vinden|gevonden)|"
    r"(?:cómo (?:estás?|le va|te va|se encuentra|te encuentras|anda|andas)|qué tal(?: estás?)?)"
    r"(?: (?:hoy|usted|todo))*|me (?:oyes?|escuchas?|ves?)(?: bien)?|(?:listo|lista)(?: para "
    r"(?:empezar|comenzar))?|(?:podemos|empezamos|comenzamos)(?: empezar| comenzar)?|"
    r"qué tal el viaje|(?:comment (?:allez[- ]vous|vas[- ]tu|ça va)|(?:ça|vous allez|tu vas) (?:va|"
    r"bien))(?: (?:bien|aujourd['\u2019]hui))*|vous m['\u2019]entendez(?: bien)?|"
    r"m['\u2019]entendez[- ]vous(?: bien)?|(?:avez[- ]vous|vous avez) (?:fait bon voyage|trouvé "
    r"facilement)|(?:on|nous) (?:commence|peut commencer|pouvons commencer)|prête?|"
    r"(?:come (?:sta|stai|va)|tutto bene)(?: oggi)?|mi (?:sente|senti)(?: bene)?|"
    r"(?:possiamo|vogliamo) (?:iniziare|cominciare)|(?:como (?:vai|está|estás|você está|vai você)|"
    r"tudo (?:bem|bom))(?: (?:hoje|com você))*|(?:me (?:ouve|escuta)|(?:você )?(?:está|"
    r"consegue) me "
    r"(?:ouvindo|ouvir))(?: bem)?|(?:podemos|vamos) (?:começar|iniciar)|"
    r"jak się (?:pan|pani|państwo|masz)(?: (?:dziś|dzisiaj|ma|czuje))*|(?:czy )?(?:dobrze )?mnie "
    r"(?:pan|pani|słychać)(?: (?:słyszy|dobrze))*|jak se (?:máte|máš|vám daří)|ako sa (?:máte|máš)|"
    r"slyšíte mě(?: dobře)?|hur (?:mår|är det med) (?:du|dig)|hvordan (?:har|går det med) (?:du|"
    r"dig|"
    r"deg|det)|hvordan går det|hör du mig(?: bra)?|mitä kuuluu|hogy van|jól hall engem|"
    r"ce mai faceți|"
    r"(?:как (?:ваши |у вас )?(?:дела|поживаете|добрались)|як (?:справи|ваші справи)|как сте)"
    r"(?: сегодня| днес)?|(?:вы )?(?:хорошо )?меня (?:хорошо )?слышите|(?:можем|давайте) начинать|"
    r"готовы(?: начать)?|nasılsınız|nasılsın|sesimi duyuyor musunuz|başlayalım mı|τι κάνετε|"
    r"πώς είστε|"
    r"apa kabar|"
    r"\u0643\u064a\u0641 (?:\u062d\u0627\u0644\u0643|\u0627\u0644\u062d\u0627\u0644)|"
    r"\u0647\u0644 \u062a\u0633\u0645\u0639\u0646\u064a(?: \u062c\u064a\u062f\u0627)?|"
    r"\u05de\u05d4 (?:\u05e9\u05dc\u05d5\u05de\u05da|\u05e0\u05e9\u05de\u05e2)|"
    r"\u0622\u092a \u0915\u0948\u0938\u0947 \u0939\u0948\u0902|"
    r"\u0906\u092a \u0915\u0948\u0938[\u0947\u0940] \u0939\u0948\u0902|"
    r"[\u4f60\u60a8]\u597d\u5417|[\u4f60\u60a8]?(?:\u80fd)?\u542c\u5f97(?:\u5230|"
    r"\u6e05)(?:\u6211)?\u5417|\u304a\u5143\u6c17\u3067\u3059\u304b|"
    r"(?:\u79c1\u306e\u58f0|\u97f3\u58f0)\u304c?\u805e\u3053\u3048\u307e\u3059\u304b|"
    r"\uc798 \uc9c0\ub0b4\uc168\ub098\uc694|"
    r"(?:\uc81c )?\ubaa9\uc18c\ub9ac(?:\uac00)? \uc798 \ub4e4\ub9ac\uc2dc?\ub098\uc694"
    r")\W*$",
    _FLAGS,
)
# "And", and words that stand for what was said, by language.
_AND = frozenset(
    tokens("und y e et en i a och og ja pero però maar mais iar és и а й та ve και dan și و ו और")
)
_REFERS = {
    code: frozenset(tokens(words))
    for code, words in {
        "de": "genau damit dann dabei davon daran darauf darüber danach daraus dazu dafür "
        "dagegen dadurch",
        "nl": "precies dan daarna daarmee daarvan daarop daarin daarover toen",
        "fr": "exactement ça cela ensuite alors après là",
        "es": "exactamente eso ello entonces después luego ahí aquello esto",
        "pt": "exatamente isso disso nisso depois então aí daí aquilo isto",
        "it": "esattamente questo quello poi dopo allora ciò lì quindi",
        "ca": "això després llavors aleshores",
        "ro": "asta atunci apoi acolo aceasta după",
        "pl": "to tym tego tego potem wtedy temu później stąd",
        "cs": "to tom toho pak potom tím tomu",
        "sk": "to tom toho potom tým tomu",
        "hr": "to tom toga onda poslije time",
        "sv": "det då där sedan därefter detta",
        "da": "det der så derefter dette da",
        "no": "det der så da deretter dette",
        "fi": "se sen siinä sitten siitä sillä silloin",
        "tr": "bu bunu bunun sonra ondan bundan o orada",
        "hu": "ez ezt az azt akkor utána ott abból ebből",
        "el": "αυτό μετά τότε εκεί",
        "ru": "это этого этим этом этому потом тогда дальше там це цього цим тоді потім далі това "
        "тогава после",
        "ar": "ذلك هذا بعدها هناك",
        "he": "זה אז כך שם",
        "fa": "این آن بعد",
        "hi": "उस इस फिर तब वह उसके उसका",
        "id": "itu lalu kemudian",
        "vi": "đó đấy",
    }.items()
}
_REFERS["uk"] = _REFERS["bg"] = _REFERS["ru"]
_REFERS_UNSPACED = re.compile(
    r"^\W*(?:\u90a3(?!\u4e9b|\u4e2a)|\u7136\u540e|\u7136\u5f8c|\u4e4b\u540e|\u4e4b\u5f8c|"
    r"\u305d\u308c|\u305d\u306e|\u305d\u3053|\u3067\u306f\u306a\u305c|\uadf8\ub798\uc11c|"
    r"\uadf8\ub54c|"
    r"\uadf8\ub7fc|\uadf8 |\u0e41\u0e25\u0e49\u0e27)"
)
_WHY_SO = re.compile(
    r"^\W*(?:\w+\W+){0,1}(?:wieso|warum|weshalb|waarom|hoezo|por qué|porqué|pourquoi|perch[éè]|"
    r"come mai|"
    r"por ?qu[eê]|dlaczego|czemu|proč|prečo|varför|hvorfor|miksi|miért|neden|niye|γιατί|почему|"
    r"чому|"
    r"защо|de ce|لماذا|ليش|למה|چرا|क्यों|mengapa|kenapa|tại sao)"
    r"(?:\W+(?:nicht|denn(?: nicht)?|das|niet|dan|no|así|pas|non|não|nie|ne|nie|inte|det|ikke|"
    r"ei|nem|nu|"
    r"нет|не|це|така|לא))?\W*$",
    _FLAGS,
)


def has_tag(sentence: str) -> re.Match[str] | None:
    """The tag at the end of a statement, such as ", oder?"; None if there is none."""
    return _TAGGED.search(sentence)


def invites(sentence: str) -> bool:
    """Whether a sentence in another language than English invites questions."""
    return bool(_INVITES.search(sentence))


def greets_elsewhere(sentence: str) -> bool:
    """Whether a sentence, or its last clause, is small talk in another language than English."""
    return bool(_GREETS.search(sentence))


def refers_back(sentence: str, language: str | None) -> bool:
    """Whether a short question in another language than English goes on with what was said.

    It begins with "and" and has a word such as "then" or "that", or hardly any other word; or it
    only asks why.
    """
    if _WHY_SO.match(sentence) or _REFERS_UNSPACED.match(sentence):
        return True
    words = tokens(sentence)
    if not words or len(words) > FOLLOW_UP_WORDS or words[0] not in _AND:
        return False
    return len(words) <= SHORT_WORDS or bool(
        _REFERS.get(language or "", frozenset()) & {*words[1:]}
    )
