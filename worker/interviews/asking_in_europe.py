"""Patterns which show that a sentence asks something in Swedish, Danish, Norwegian, Greek, Armenian
and Amharic.

In the Nordic languages the verb stands before its subject. In the others a question word and a word
for the person who is asked show it, because their statements often have the same order.
"""

from __future__ import annotations

import re

_GAP = r"[\s,.;:!\u2026\u2014\u2013\u00bf\"'-]*+"


def _led(lead: str, asked: str) -> str:
    """A pattern for `asked` at the beginning of a sentence, after words of `lead`."""
    return rf"^\W*+(?:(?:{lead})(?!\w){_GAP}){{0,6}}+(?:{asked})"


_CONJUNCTIONS = (
    "när|når|naar|hvis|att|at|innan|inden|innen|mens|medan|siden|sedan|hvor|som|en|än|enn|end"
)
"""Words that end like a verb and begin a clause: "when you work with people, you must listen"."""


_PERSON = r"(?:du|man|vi|jeg|jag|ni|dere)"
_NO_CLAUSE_BEHIND = (
    r"og|och|eller|men|som|at|att|du|jeg|jag|man|vi|de|ni|dere|han|hun|hon|det|den|å|hva|hvad|vad|"
    r"hvor|hur|var|hvordan|hvorfor|varför|hvem|vem|når|när|hvornår|hvilke[nt]?|vilke[nt]|vilka"
)
_CONDITION = (
    r"(?=[^.?!]{0,160}?(?:"
    rf"\bså (?:\w+r|må|ska|skal|måste|kan) (?:{_PERSON}|det|de|\w+(?:en|ene|erne|arna))\b|"
    rf"\b(?!(?:{_NO_CLAUSE_BEHIND})\b)\w+,? (?:må|ska|skal|måste|bør|bör|får|blir|bliver|trenger|"
    rf"behøver|behöver|mister|tappar) {_PERSON}\b|"
    rf"\b(?!(?:{_NO_CLAUSE_BEHIND})\b)\w+,? (?:blir|bliver) det \w|"
    r"\b(?:er|är|blir|bliver) det \w+ (?:å|at|att)\b))"
)
"""What follows a verb and "you" that are a condition: "kommer du for sent, får du en advarsel" (if
you are late, you get a warning)."""
_IF = r"hvis|dersom|om|ifall|såfremt"
_WHEN = r"når|när"


def _nordic(lead: str, which: str, subject: str, speaker: str, verbs: str) -> str:
    """Questions of a Nordic language: a question word, perhaps a noun, a verb and its subject; or a
    verb and "you". A subject right behind the question word shows a clause: "when I began".

    The question may follow a condition. The word "when" also means "whenever", so its verb must
    stand right behind it.
    """
    whose = rf"(?!(?:{subject}|{speaker}|som)\b)"
    asks = rf"(?:{verbs}|\w+(?:r|de|te|lle)) (?:{subject})\b"
    return (
        _led(
            lead,
            rf"(?:{_IF}) (?:\w+,? ){{2,14}}?(?:(?:{which}) {asks}"
            rf"|(?:hvilke[nt]?|vilke[nt]|vilka) {whose}\w+ {asks})|"
            rf"(?:{_WHEN}) (?:{verbs}|\w{{2,}}(?:r|de|te)|ska|skal|vil|vill) (?:{subject})\b",
        )
        + "|"
        + _nordic_order(lead, which, subject, speaker, verbs)
    )


def _nordic_order(lead: str, which: str, subject: str, speaker: str, verbs: str) -> str:
    return (
        _led(
            lead,
            rf"(?:{which}) (?!(?:{subject}|{speaker}|som|än|enn|end|gäller|gælder)\b)"
            rf"(?:(?!(?:{subject}|{speaker})\b)\w+ ){{0,4}}?(?:\w+) "
            rf"(?:sig |seg |mig |meg )?(?:{subject})\b|"
            rf"(?:{which}) (?:{verbs})\b(?! (?:{speaker})\b)|"
            rf"(?:{which})(?! (?:{subject}|{speaker})\b)(?: \w+){{1,4}} (?:du|ni|dere)\b(?=\W)",
        )
        + "|"
        + _led(
            lead,
            rf"(?!(?:{_CONJUNCTIONS}) )(?!\w+ (?:du|ni|dere|De|det|den)\b{_CONDITION})"
            r"(?!(?:vet|ved|förstår|forstår|ser|tror|tänker) (?:du|ni|dere|I)\W*(?:$|,))"
            r"(?:\w{2,}(?:r|de|te|dde|lle|le|n|t|as|es|ade|ede|ge|d|s)|"
            r"(?<!så )(?:er|är|må|ska|skal|vil|vill)) (?:du|ni|dere|De)\b(?=\W+\w)|"
            r"(?<!så )(?:är|er|var|finns|fanns|finnes|fins|findes|blev|ble|har|hade|havde|hadde) "
            r"(?:det|den|der|din|ditt|dit|dina|dine|er|ert|jeres|deres) \w",
        )
    )


_SV_LEAD = (
    r"och|men|eller|ja|jo|nej|okej|okay|ok|bra|jättebra|fint|toppen|tack|tack så mycket|eh|öh|hm+|"
    r"mm+|aha|jaha|precis|just det|kul|intressant|spännande|så|ah|oh|alltså|sen då"
)
_SV = _nordic(
    _SV_LEAD,
    r"vad|varför|hur|var|vart|varifrån|vem|vilka|vilken|vilket|sen när|(?:på|i|med|av|för|"
    r"om|till|"
    r"från|åt) (?:vad|vem|vilket|vilken|vilka)|vad för|vems|hurdan|hurdana",
    r"du|ni|det|den|de|dom|man|din|ditt|dina|er|ert|era|vi|han|hon|dig|en|ett",
    r"jag|min|mitt|mina|mig",
    r"är|var|skulle|har|hade|gör|gjorde|gick|går|hände|händer|betyder|driver|motiverar|lockar|lockade|"
    r"fick|får|innebär|tycker|tänker|blir|blev|krävs|kan|finns|fanns|kännetecknar",
)
_DA_LEAD = (
    r"og|men|eller|ja|jo|nej|okay|ok|godt|fint|super|tak|mange tak|øh|øhm|hm+|mm+|aha|nå|præcis|"
    r"spændende|interessant|så|altså|fedt|ah|oh"
)
_DA = _nordic(
    _DA_LEAD,
    r"hvad|hvorfor|hvordan|hvor|hvorhen|hvorfra|hvornår|hvem|hvilke|hvilken|hvilket|(?:på|i|med|"
    r"af|for|om|til|fra) (?:hvad|hvem|hvilke[nt]?)|siden hvornår",
    r"du|I|det|den|de|man|din|dit|dine|jeres|vi|han|hun|dig|jer|en|et|De|Deres",
    r"jeg|min|mit|mine|mig",
    r"er|var|ville|vil|har|havde|gør|gjorde|gik|går|skete|sker|betyder|driver|motiverer|tiltrak|"
    r"tiltrækker|fik|får|indebærer|synes|tænker|bliver|blev|kræver|kan|kendetegner",
)
_NO_LEAD = (
    r"og|men|eller|ja|jo|nei|okei|okay|ok|bra|fint|flott|supert|takk|tusen takk|eh|øh|hm+|mm+|aha|"
    r"akkurat|riktig|spennende|interessant|så|altså|ah|oh"
)
_NO = _nordic(
    _NO_LEAD,
    r"hva|hvorfor|hvordan|hvor|åssen|korleis|kvifor|kva|kvar|hvorhen|hvem|hvilke|hvilken|hvilket|"
    r"(?:på|i|med|av|for|om|til|fra) (?:hva|hvem|hvilke[nt]?)|siden når",
    r"du|dere|det|den|de|man|din|ditt|dine|deres|vi|han|hun|deg|en|et|ei|De",
    r"jeg|eg|min|mitt|mine|meg",
    r"er|var|ville|vil|har|hadde|gjør|gjorde|gikk|går|skjedde|skjer|betyr|driver|motiverer|tiltrakk|"
    r"fikk|får|innebærer|synes|tenker|blir|ble|krever|kan|kjennetegner",
)
_EL_LEAD = (
    r"και|κι|αλλά|ή|λοιπόν|οπότε|ωραία|τέλεια|ευχαριστώ|ευχαριστούμε|ναι|όχι|εντάξει|οκ|ok|εε*|μμ+|χμ+|"
    r"α|ω|τώρα|μετά|έπειτα|επίσης|ας πούμε|για παράδειγμα|κατά τη γνώμη σας|πολύ ωραία"
)
_EL_YOU = (
    r"(?:\w{2,}(?:εις|άς|είς|ετε|είτε|άτε|ατε|ήτε|εσαι|άσαι|είσαι|εστε|είστε|άστε|όσαστε|ιέστε|ες)|σας|"
    r"σου|εσείς|εσένα|εσύ|σε|ήσασταν|ήσουν|είστε|είσαι)"
)
_EL = _led(
    _EL_LEAD,
    r"(?:(?:σε|με|για|από|προς) )?(?:τι|ποι(?:ος|α|ο|οι|ες|ους|ον|αν|ων|ας)|πόσ(?:ο|α|οι|ες|ους|"
    r"η|ων)|"
    r"πώς|πού|πότε)(?= \w)(?! (?:μάλλον|καλά|ωραία|να πω|να σας πω|να σου πω)\b)|"
    rf"(?:γιατί|πως|που|ποτε)(?: \w+){{0,3}} {_EL_YOU}(?!\w)|"
    r"(?:μήπως|άραγε) \w|"
    r"(?!έχ(?:ετε|εις) δίκιο|είσ(?:τε|αι) (?:πολύ )?(?:ευγενικ|καλ))"
    r"(?:έχετε|έχεις|είστε|είσαι|μπορείτε|μπορείς|θέλετε|θέλεις|πιστεύετε|πιστεύεις|νομίζετε|νομίζεις|"
    r"γνωρίζετε|γνωρίζεις|ξέρετε|ξέρεις|δουλεύετε|δουλεύεις|θυμάστε|θυμάσαι|χρησιμοποιείτε|"
    r"σας (?:αρέσει|ενδιαφέρει)|σου (?:αρέσει|ενδιαφέρει)|υπάρχει κάτι|"
    r"θα (?:\w{3,}[ζγσνλβρ]ατε|μπορούσες|ήθελες|έλεγες)|"
    r"\w{3,}(?:ήσατε|άσατε|ώσατε|ίσατε|έσατε))(?= \w)",
)
_HY_LEAD = (
    r"և|եւ|ու|իսկ|բայց|ուրեմն|լավ|շատ լավ|այո|ոչ|պարզ է|շնորհակալություն|հիմա|հետո|ապա|օքեյ|հա|"
    r"էէ*|ըը*"
)
_HY_WHICH = (
    r"(?:ինչու|ինչպես|ինչպիսի\w*|ինչքան\w*|ինչ\w{0,6}|որքան\w*|որտեղ\w*|ուր|երբ\w*|երբվանից|ով\w{0,3}|ում\w{0,4}|"
    r"քանի\w*|որն?|որոնք|արդյոք)(?! էլ(?!\w))"
)
_HY_YOU = (
    r"(?:դուք|ձեր\w*|ձեզ\w*|դու|քո\w*|քեզ\w*|եք|էիք|էիր|չեք|"
    r"\w{2,}(?:եք|ցիք|աք|իք|եցիր|եիր)|կարող եք|"
    # This word is "I" too, unless a verb in "-um" shows that it is "are".
    r"ես(?= \w+ում(?!\w)(?! եմ))|\w+ում ես)"
)
_HY = _led(
    _HY_LEAD,
    rf"(?:\w+ ){{0,2}}?{_HY_WHICH}(?: \w+){{0,8}}? {_HY_YOU}(?!\w)|"
    rf"{_HY_WHICH} (?:է|են|էր|էին)(?!\w)|արդյոք \w|"
    r"(?:կարող եք|կարող ես|ունեք|ունես|գիտեք|գիտես|կցանկանայիք|կուզեիք) \w",
)
_AM_WHICH = (
    r"(?:እንዴት|ወዴት|(?:ከ|ለ|በ|የ|ስለ|እስከ ?)?(?:መቼ|የት|ማንን?|ስንት|ምን|ምንድን|ምንድነው)|የትኛው\w{0,14}|የትኞቹ\w{0,14}|"
    r"ምን ያህል)"
)
_AM_YOU = r"(?<!\w)(?:አንተ|አንቺ|እርስዎ|እናንተ|\w{2,14}(?:ህ|ሽ|ችሁ|ዎት|ዎ|ኸው|ሃል|ሻል|ችኋል|ዋል))"
_AM = (
    rf"(?:^|\s){_AM_WHICH}(?: \w{{1,20}}){{0,6}} {_AM_YOU}\W{{0,5}}$|"
    rf"{_AM_YOU}(?: \w{{1,20}}){{0,6}} {_AM_WHICH}(?: \w{{1,20}})?\W{{0,5}}$|"
    # The polite form of a verb ends in "u" or "t".
    rf"(?:^|\s){_AM_WHICH}(?: \w{{1,20}}){{0,6}} \w{{1,14}}[ሉሙሩሱሹቁቡቱቹኑኙኩዙዡዩዱጁጉጡጩጹፉት]\W{{0,5}}$|"
    rf"(?:^|\s){_AM_WHICH} (?:ነው|ነበር|ናቸው|ይመስላል|ሆነ)\W{{0,5}}$|\w ወይ\W{{0,5}}$"
)

ASKED = {"sv": _SV, "da": _DA, "no": _NO, "el": _EL, "hy": _HY, "am": _AM}
"""The patterns for questions, by the code of the language."""

REQUESTED = {
    "sv": _led(
        _SV_LEAD,
        r"(?:berätta|beskriv|förklara|nämn|presentera|ge|utveckla|jämför|säg)\b"
        r"(?! (?:jag|vi|man|han|hon|de)\b)(?= \w)|(?:jag|vi) (?:undrar|skulle vilja (?:veta|"
        r"höra|att du))\b",
    ),
    "da": _led(
        _DA_LEAD,
        r"(?:fortæl|beskriv|forklar|nævn|præsenter|giv|uddyb|sammenlign|sig)\b(?= \w)|"
        r"(?:jeg|vi) (?:vil|kunne) (?:gerne|godt) (?:tænke mig at )?(?:vide|høre)\b",
    ),
    "no": _led(
        _NO_LEAD,
        r"(?:fortell|beskriv|forklar|nevn|presenter|gi|utdyp|sammenlign|si)\b(?= \w)|"
        r"(?:jeg|vi) (?:lurer på|vil gjerne (?:vite|høre)|skulle gjerne (?:visst|hørt))\b",
    ),
    "el": _led(
        _EL_LEAD,
        r"(?:(?:θα )?(?:μας|μου) )?(?:πείτε|πες|περιγράψτε|περιέγραψε|εξηγήστε|εξήγησε|δώστε|"
        r"δώσε|μιλήστε|"
        r"μίλησε|αναφέρετε|ανάφερε|παρουσιάστε|συστηθείτε|πέστε)\b(?= \w|\W{0,5}$)|"
        r"(?:να )?(?:μας|μου) (?:πείτε|πεις|περιγράψετε|περιγράψεις|εξηγήσετε|μιλήσετε)\b|"
        r"(?:θα ήθελα|ήθελα|θέλω) να (?:μάθω|ρωτήσω|σας ρωτήσω|σε ρωτήσω|ακούσω|μου πείτε|μας "
        r"πείτε)\b",
    ),
    "hy": _led(
        _HY_LEAD,
        r"(?:խնդրում եմ )?(?:պատմեք|պատմիր|նկարագրեք|նկարագրիր|բացատրեք|բացատրիր|ասեք|ասա|"
        r"ներկայաց\w+|"
        r"նշեք|նշիր|բերեք|կպատմեք|կնկարագրեք|կասեք|կներկայանաք)(?!\w)|"
        r"(?:կցանկանայի|կուզեի|ուզում եմ) (?:իմանալ|հարցնել|լսել)",
    ),
    "am": (
        r"(?:ንገሩ\w{0,14}|ንገረ\w{0,14}|ንገሪ\w{0,14}|ይንገሩ\w{0,14}|አብራሩ\w{0,14}|አብራራ\w{0,14}|ያብራሩ\w{0,14}|ግለጽ\w{0,14}|ግለጹ\w{0,14}|ይግለጹ\w{0,14}|አስተዋውቁ?\w{0,14}|"
        r"ያስተዋውቁ?\w{0,14}|አጫውቱ?\w{0,14}|ያጫውቱ?\w{0,14}|አካፍሉ?\w{0,14}|ያካፍሉ?\w{0,14})\W{0,5}$"
    ),
}
"""The patterns for requests, by the code of the language."""

BEGINS = {code: re.compile(pattern, re.IGNORECASE) for code, pattern in ASKED.items()}
REQUESTS = {code: re.compile(pattern, re.IGNORECASE) for code, pattern in REQUESTED.items()}
ANYWHERE = frozenset({"am"})
"""The languages whose patterns are searched in the whole sentence, because the verb ends it."""
