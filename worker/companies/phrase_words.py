"""Small words by which `phrases.py` finds where phrases begin, in several languages."""

from __future__ import annotations

from worker.companies.sentence_words import OWNERS

OUR = OWNERS | frozenset({
    "unseren", "unserem", "unseres", "onzer", "nossos", "nossas", "naszych", "naszym", "naszymi",
    "našich", "našim", "našem", "naším", "naši", "nasi", "náš", "наших", "нашим", "нашей",
    "нашем", "нашого", "нашому", "нашої", "vår", "vore", "vor", "vort", "votre", "noastre",
    "noastră", "nostru", "noștri", "nosso", "nossa", "nos", "seine", "seinen", "seinem", "seiner",
    "seines", "ihren", "ihrem", "ihrer", "swój", "swoją", "swojej", "swojego", "svůj", "svou",
    "svého", "свой", "своего", "своей", "своём",
})  # fmt: skip
"""Words of ownership of the writer, and of the company that a claim names."""
WHERE = frozenset({
    "where", "wo", "waar", "où", "donde", "dove", "onde", "unde", "kde", "gdzie", "где", "де",
    "hvor", "där",
})  # fmt: skip
"""Words that begin a clause about a place."""
DEFINITE = frozenset({
    "the", "der", "die", "das", "den", "dem", "le", "la", "les", "el", "los", "las", "il", "lo",
    "gli", "i", "o", "os", "as", "het", "de",
})  # fmt: skip
"""Articles."""
OWN = frozenset({
    "own", "eigene", "eigenen", "eigener", "eigenem", "eigenes", "propre", "propres", "propio",
    "propia", "propios", "propias", "proprio", "propria", "propri", "proprie", "próprio", "própria",
    "próprios", "próprias", "eigen", "egen", "egna", "eget", "egne", "własny", "własna", "własnej",
    "własnym", "własne", "własnych", "vlastní", "vlastním", "собственный", "собственном",
    "собственная", "собственной", "собственное", "собственных", "kendi", "oma", "omassa", "saját",
    "propriu", "proprii",
})  # fmt: skip
"""Adjectives that say that what follows belongs to the subject."""
NUMBERS = frozenset({
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "twelve", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "zwölf",
    "deux", "trois", "quatre", "cinq", "sept", "huit", "neuf", "dix", "douze", "dos", "tres",
    "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "doce", "due", "tre", "quattro",
    "cinque", "sei", "sette", "otto", "nove", "dieci", "dodici", "dois", "duas", "três", "quatro",
    "sete", "oito", "dez", "doze", "twee", "drie", "vijf", "zes", "zeven", "negen", "tien",
    "twaalf", "två", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "tolv", "to", "fire",
    "seks", "syv", "otte", "ni", "ti", "dwa", "dwie", "trzy", "cztery", "pięć", "sześć", "dva",
    "dvě", "tři", "čtyři", "pět", "šest", "два", "две", "три", "четыре", "пять", "шесть", "дві",
    "чотири", "iki", "üç", "dört", "beş", "kaksi", "kolme", "neljä", "viisi", "két", "három",
    "négy", "öt",
})  # fmt: skip
"""Numbers in words."""
INDEFINITE = NUMBERS | {
    "a", "an", "ein", "eine", "einen", "einem", "un", "une", "una", "uno", "um", "uma", "een",
    "en", "ett", "et",
}  # fmt: skip
"""Articles and numbers, with which a phrase begins."""
