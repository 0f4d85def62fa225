"""Writes amounts, units and the company's inflected names in one form, so that they compare."""

from __future__ import annotations

import re
from collections.abc import Sequence

from worker.companies.relation_words import is_site

_GROUPED = re.compile(r"(?<=\d)[\u0020\u00a0\u202f](?=\d{3}(?!\d))")
_OVER = re.compile(
    r"\b(?:more than|in excess of|mehr als|über|plus d(?:e|')|más de|oltre|più di|mais de|meer dan"
    r"|över|fler än|mer än|mere end|flere end|mer enn|flere enn|ponad|więcej niż|přes|více než"
    r"|свыше|более|больше|понад|більше|peste|mai mult de|yli|enemmän kuin|több mint"
    r"|πάνω από|περισσότερ\w+ από)\s(?=\d)",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\b(?:approximately|roughly|some|around|circa|ca\.|rund|etwa|ungefähr|environ|près de|unos"
    r"|unas"
    r"|alrededor de|circa|cerca de|ongeveer|ungefär|omkring|cirka|około|asi|přibližně|около"
    r"|примерно"
    r"|близько|yaklaşık|noin|körülbelül|mintegy|aproximativ|circa)\s(?=\d)",
    re.IGNORECASE,
)
_PERCENT = re.compile(
    r"(?<=\d)\s?(?:%|per ?cent|prozent|pour cent|por ciento|per cento|por cento|procent|prosent"
    r"|procenta|procentů|процент\w*|відсотк\w*|prosenttia|százalék\w*)(?!\w)",
    re.IGNORECASE,
)
_SQUARE_METRES = re.compile(
    r"(?<=\d)\s?(?:m2|m²|square met(?:er|re)s?|quadratmeter|mètres carrés|metros cuadrados"
    r"|metri quadr(?:at)?i|metros quadrados|vierkante meter|kvadratmeter|metrów kwadratowych"
    r"|metrů čtverečních|кв\.? ?м|квадратных метров|metrekare|neliömetriä|négyzetméter"
    r"|metri pătrați)(?!\w)",
    re.IGNORECASE,
)
_YEARLY = re.compile(
    r"\b(?:(?:every|each|per|a) year|yearly|annually|annual|jedes jahr|pro jahr|im jahr|jährlich"
    r"|chaque année|par an|tous les ans|cada año|al año|por año|todos los años|anualmente|ogni anno"
    r"|all'anno|annualmente|todos os anos|por ano|ao ano|per jaar|elk jaar|ieder jaar|jaarlijks"
    r"|varje år|om året|per år|hvert år|årligt|årlig|årligen|co roku|rocznie|każdego roku|každý rok"
    r"|ročně|každoročně|каждый год|ежегодно|в год|щороку|на рік|her yıl|yılda|vuosittain|joka vuosi"
    r"|vuodessa|évente|minden évben|anual|în fiecare an|pe an)\b(?!\s\d)",
    re.IGNORECASE,
)
_DAILY = re.compile(
    r"\b(?:(?:every|each|per) day|daily|jeden tag|täglich|pro tag|chaque jour|par jour"
    r"|tous les jours"
    r"|cada día|todos los días|al día|ogni giorno|al giorno|todos os dias|por dia|cada dia|elke dag"
    r"|iedere dag|per dag|dagelijks|varje dag|per dag|dagligen|hver dag|dagligt|daglig|codziennie"
    r"|każdego dnia|dziennie|każdy dzień|denně|každý den|každodenně|каждый день|ежедневно"
    r"|в день|щодня"
    r"|her gün|günde|päivittäin|joka päivä|naponta|minden nap|zilnic|în fiecare zi|pe zi)\b",
    re.IGNORECASE,
)
_MONTHLY = re.compile(
    r"\b(?:(?:every|each|per|a) month|monthly|jeden monat|monatlich|pro monat|im monat|chaque mois"
    r"|par mois|tous les mois|cada mes|al mes|todos los meses|ogni mese|al mese|todos os meses"
    r"|por mês"
    r"|elke maand|per maand|maandelijks|varje månad|per månad|hver måned|månedligt|co miesiąc"
    r"|miesięcznie|každý měsíc|měsíčně|каждый месяц|ежемесячно|в месяц|щомісяця|her ay|ayda"
    r"|kuukausittain|joka kuukausi|havonta|minden hónapban|lunar|pe lună)\b(?!\s\d)",
    re.IGNORECASE,
)
_LEAST = 3
_LEAST_KIND = 5


def canonical(text: str, names: Sequence[str] = ()) -> str:
    """The text with amounts in English words and with the company's names without endings.

    A name with an ending gets a preposition before it: it is not the subject.
    """
    text = _named_by_kind(text, names)
    text = _GROUPED.sub("", text)
    text = _OVER.sub("over ", _ABOUT.sub("about ", text))
    for often, word in ((_YEARLY, "annually"), (_MONTHLY, "monthly"), (_DAILY, "daily")):
        text = often.sub(word, text)
    text = _SQUARE_METRES.sub(" m²", _PERCENT.sub(" percent", text))
    for name in sorted(names, key=len, reverse=True):
        text = _without_ending(text, name)
    return text


_ARTICLE = r"(?:(?:the|de|het|die|der|das|la|le|el|il|o|a)\s|l['’])"

_OUR_ONE = (
    r"(?:our|unsere?|notre|nuestr[ao]|nostr[ao]|noss[ao]|onze|ons|vårt?|vores|nasza?|naše|náš"
    r"|наша?)"
)
_KIND = re.compile(r"(?:er[ií]e|er[ií]a|aria|erei|erij|ficio)$", re.IGNORECASE)
"""Endings of words for a place of trade: "verrerie", "Druckerei", "pastificio"."""


def _named_by_kind(text: str, names: Sequence[str]) -> str:
    """The text with the company's name for "our bakery", and for "the bakery" or "bageriet" at its
    start, if the name says that it is a bakery."""
    for name in names:
        for word in name.split() if " " in name else ():
            if len(word) >= _LEAST_KIND and (is_site(word) or _KIND.search(word)):
                text = _kind(word).sub(name.replace("\\", r"\\"), text)
    return text


def _kind(word: str) -> re.Pattern[str]:
    plain = re.escape(word)
    form = rf"(?:^(?:{_ARTICLE}{plain}|{plain}(?:et|en|n))|\b{_OUR_ONE}\s{plain})"
    return re.compile(rf"{form}(?=,?\s(?-i:[^\W\d_A-Z]))", re.IGNORECASE)


def _without_ending(text: str, name: str) -> str:
    words = name.split()
    if len(words[-1]) < _LEAST or not name[0].isupper():
        return text
    # "Puula Oy:n": the ending stands behind the legal form.
    text = re.sub(
        rf"(?<!\w){re.escape(name)}\s[^\W\d_]{{2,4}}[:'’][^\W\d_]{{1,6}}(?!\w)",
        f"\u00a7 {name}",
        text,
    )
    parts = [_inflected(word) for word in words]
    return re.sub(
        rf"(?<!\w){' '.join(parts)}(?!\w)",
        lambda found: found[0] if _begins(found[0], name) else f"\u00a7 {name}",
        text,
    )


def _begins(found: str, name: str) -> bool:
    return found.casefold() == name.casefold()


def _inflected(word: str) -> str:
    if len(word) < _LEAST:
        return re.escape(word)
    root = word[:-1] if word[-1] in "aeiouyáéíýůаяыиіoąęă" else word
    return rf"{re.escape(root)}(?:['’]?[^\W\d_]{{0,5}})"
