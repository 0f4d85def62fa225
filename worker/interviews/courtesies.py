"""Polite and set phrases in the form of a question or a request, by language.

Nobody answers them. Without a question mark, "Hai ragione" (you are right) looks like "Hai figli".
"""

from __future__ import annotations

import re

_LEAD = r"^\W*+(?:(?!(?:w(?:ie|as|arum|ann|o|er|ieso)|pourquoi|comment|quand)\b)\w++\W++){0,2}?"
_DE_SOFTLY = r"(?: (?:bitte|doch|ruhig|nur|gern|gerne|erst|mal|einmal|einfach|kurz|hin|hier|da))*+"
_FR_OBJECT = r"(?:des|du|de la|une?|les?|la|vos|votre|ces|souvent|parfois|aussi)\b"
# A phrase is whole in itself; what follows it is a sentence of its own.
_PHRASES = {
    "de": rf"(?:nehmen sie (?:\w+ ){{0,2}}platz|"
    # "Setzen Sie sich Ziele?" asks.
    rf"setzen sie sich(?! (?:\w+ ){{0,3}}(?:ziele?|mit|ein|für|durch|auseinander)\b)|"
    r"(?:entschuldigen|verzeihen) sie(?: mir)?(?! sich)|"
    r"kommen sie (?:bitte |doch |nur |ruhig ){0,2}"
    r"(?:rein|herein|gut (?:heim|an(?=\W*$)|nach haus))|"
    r"warten sie (?:bitte|mal|kurz|(?:noch )?eine?n? (?:kleinen )?(?:moment|augenblick|minute|"
    r"sekunde))|bleiben sie (?:\w+ ){0,2}(?:sitzen|dran|gesund)|machen sie es sich|"
    r"machen sie sich (?:\w+ ){0,2}keine (?:sorgen?|gedanken|mühe|umstände)|"
    r"lassen sie sich (?:\w+ ){0,2}zeit|fühlen sie sich (?:\w+ ){0,2}wie zu hause|"
    r"haben sie (?:vielen |herzlichen |besten )?dank|"
    r"haben sie (?:noch )?einen? (?:schön|gut|angenehm)\w* (?:rest\w* |heim)?(?:tag|abend|zeit|"
    r"woche|wochenende|fahrt|reise|rückreise|heimreise|flug|weg|start)\b(?! gehabt)|"
    r"melden sie sich (?:\w+ )?(?:gerne?|einfach|bei (?:uns|mir|fragen|bedarf))|"
    rf"grüßen sie|passen sie auf|seien sie(?: (?:ganz|so|nicht))?{_DE_SOFTLY} \w+)"
    rf"\b{_DE_SOFTLY}",
    "nl": r"(?:(?:kan|kun) je nagaan(?=\W*$)|wil je (?:wel )?geloven|gaat u (?:maar )?zitten)\b",
    # "Installez-vous des pompes" asks.
    "fr": rf"(?:(?:asseyez|installez|excusez|rassurez|dépêchez|inquiétez|reposez)[- ]vous\b"
    rf"(?! {_FR_OBJECT})|mettez[- ]vous à l['\u2019]aise\b|servez[- ]vous(?=\W*$)|"
    r"qu['\u2019]est[- ]ce que je (?:disais|voulais dire)\b)",
    "es": r"(?:(?:eres|es usted) muy (?:amable|gentil)|(?:tienes|tiene usted) (?:toda la )?razón|"
    r"eres bienvenid[oa]|has hecho bien|qué (?:tenga|pase))\b",
    "pt": r"(?:como é (?:natural|óbvio|claro|lógico)|você tem (?:toda a )?razão)\b",
    "it": r"(?:(?:ti|vi) (?:ringrazi(?:o|amo)|augur(?:o|iamo))|(?:hai|avete) (?:proprio )?ragione|"
    r"(?:sei|siete) (?:il |la |i |le )?benvenut[oaie]|(?:vieni|vai|fai|entra|siediti) pure|"
    r"stai tranquill[oa]|sai com['\u2019]è)\b(?: (?:perché|perchè|per|che|di|a|se)\b.*)?",
    "pl": r"(?:co do (?:(?:pana|pani|państwa|tego|tej|tych|naszej|naszego) )?\w+|"
    r"ma (?:pan|pani) rację|może (?:pan|pani) (?:usiąść|wejść))\b",
}
# A clause such as "como você sabe" asks with an object, and states with a clause of its own.
_PT_CLAUSE = r"(?=\W*$|\W+(?:eu|nós|a gente|isso|nada|tudo|já|não|é|está|são|foi|era|tem|temos)\b)"
_PL_CLAUSE = (
    r"(?=\W*$|\W+(?:ja|my|to|że|jest|są|mam|mamy|jestem|jesteśmy|nie|już|wszystko|"
    r"\w+(?:uję|ujemy|łem|łam|liśmy|łyśmy))\b)"
)
_CLAUSES = {
    "pt": rf"(?:como (?:você|o senhor|a senhora) (?:sabe|disse|viu|vê){_PT_CLAUSE}|"
    rf"o que (?:você|o senhor|a senhora) (?:disse|diz|falou){_PT_CLAUSE}|"
    r"você já sabe(?=(?:\W+(?:disso|isso|tudo|bem))?\W*$))",
    # The first person, as in "ti spiego", and "vi sono", which means "there are".
    "it": r"(?:(?:ti|vi) (?:(?!chiedo\b|domando\b|faccio una\b|vorrei\b)\w+(?<!on)(?<!nn)o|"
    r"\w+iamo|\w+rò|\w+remo)\b(?! (?:chied|domand))|"
    # "Vi è capitato" asks: the participle shows that "vi" is a person.
    r"vi (?:è|sono|era|erano)\b(?! (?:mai|(?:già |ancora )?(?:(?!stat)\w+(?:at|ut|it)|success)"
    r"[oaie]|stat[oaie] (?:mai|chiest|dett|offert|propost)\w*)\b)|"
    r"(?:come (?:sai|sapete|vedi|vedete|dici|dicevi)|fai bene)(?=\W*$))",
    "pl": rf"(?:jak (?:pan|pani|państwo) (?:widzi|wie|słyszy|zauważy)\w*{_PL_CLAUSE}|"
    rf"co (?:pan|pani) mówi{_PL_CLAUSE}|co ty(?: (?:mówisz|powiesz))?(?=\W*$)|"
    r"jak(?:i|a|ie) piękn\w+(?: \w+)?(?=\W*$)|ile się da(?=\W*$)|"
    r"może (?:pan|pani) (?:zapytać|zacząć)(?=\W*$))",
}
_WHOLE = {code: re.compile(_LEAD + each, re.IGNORECASE) for code, each in _PHRASES.items()}
_STATED = {code: re.compile(_LEAD + each, re.IGNORECASE) for code, each in _CLAUSES.items()}


def after_courtesy(sentence: str, code: str) -> str:
    """What a sentence of the language `code` says after a courtesy, as "Take a seat, please" is.

    This is the sentence itself if it does not begin so, and empty if nothing else can ask.
    """
    whole = _WHOLE[code].match(sentence) if code in _WHOLE else None
    rest = sentence[whole.end() :] if whole else sentence
    return "" if code in _STATED and _STATED[code].match(rest) else rest
