"""Reads numbers as people write them: digits of many scripts, groups, words such as "thousand".

A number in doubt, such as "70,0000", is read as None.
"""

from __future__ import annotations

import re
from decimal import Decimal

from worker.pages.currency_marks import NO_LETTER_AFTER

_ZEROS = "٠۰०০੦૦୦௦౦೦൦๐໐༠၀០０"
_PLAIN = str.maketrans(
    {
        **{chr(ord(zero) + digit): str(digit) for zero in _ZEROS for digit in range(10)},
        **dict.fromkeys("\u00a0\u202f\u2009\u2007\u3000\t\r*_`\\", " "),
        **dict.fromkeys("\u2013\u2014\u2212\u2012\u2011\u2010~\uff5e\u301c\u2015", "-"),
        **dict.fromkeys("\u2019\u02bc\u00b4", "'"),
        "\u066c": ",",
        "\u066b": ".",
        "\uff0c": ",",
        "\uff0e": ".",
        "\uffe5": "¥",
        "\uff04": "$",
        "\uff0f": "/",
        "\uff1a": ":",
        "\uff08": "(",
        "\uff09": ")",
        "\uff0b": "+",
        **dict.fromkeys("\u200b\u200c\u200d\u00ad\u200e\u200f\u2060\ufeff", " "),
    }
)


def plain_signs(text: str) -> str:
    """The text with ASCII digits, separators and dashes, and blanks for some Markdown marks.

    Each character becomes one character, so positions are the same in both texts.
    """
    return text.translate(_PLAIN)


NUMBER = re.compile(
    r"\d{1,3}(?: \d{3}){1,4}(?!\d)(?:[.,]\d{1,2}(?!\d))?"
    r"|\d+(?:[.,']\d+)*(?: \.\d{2}(?!\d))?"
)
"""Matches a number with groups and decimals in a text that `plain_signs` returned.

A blank may stand before the decimals, where Markdown escapes the full stop.
"""

_SPACED = re.compile(r"\d{1,3}(?: \d{3}){1,6}(?:[.,]\d{1,2})?")
_QUOTED = re.compile(r"\d{1,3}(?:'\d{3}){1,6}(?:[.,]\d{1,2})?")
_COMMAS = re.compile(r"\d{1,3}(?:,\d{3}){1,6}|\d{1,2}(?:,\d{2}){1,6},\d{3}")
_STOPS = re.compile(r"\d{1,3}(?:\.\d{3}){1,6}")
_DECIMALS = re.compile(r"(\d{1,15})[.,](\d{1,2})")
MAX_NUMBER = 24


def read_number(token: str) -> Decimal | None:
    """The value of a number; None if the number is too long or has no known form."""
    token = token.replace(" .", ".")
    if len(token) > MAX_NUMBER:
        return None
    if token.isdigit():
        return Decimal(token) if len(token) <= 12 else None
    if " " in token or "'" in token:
        pattern, separator = (_SPACED, " ") if " " in token else (_QUOTED, "'")
        fits = pattern.fullmatch(token)
        return Decimal(token.replace(separator, "").replace(",", ".")) if fits else None
    if _DECIMALS.fullmatch(token):
        return Decimal(token.replace(",", "."))
    return _grouped(token)


def _grouped(token: str) -> Decimal | None:
    """The value of a number written like "1,234.50" or "1.234,50"; None for other forms."""
    for groups, separator, decimal in ((_COMMAS, ",", "."), (_STOPS, ".", ",")):
        whole, mark, part = token.partition(decimal) if decimal in token else (token, "", "")
        if not groups.fullmatch(whole) or whole.startswith("0"):
            continue
        if not mark:
            return Decimal(whole.replace(separator, ""))
        if re.fullmatch(r"\d{1,2}", part):
            return Decimal(f"{whole.replace(separator, '')}.{part}")
    return None


_LETTERS = {
    3: "k,thousand,thousands,thsd,tsd,tausend,tys,tysięcy,tis,tisíc,tisic,ezer,mii,mila,mille"
    ",tusen,tusind,duizend,tuhat,tuhatta,bin,ribu,rb,nghìn,ngàn,nghin,ngan,elfu,hiljada,tisuća"
    ",tisoč,tūkst,þús,χιλ,χιλιάδες,тыс,тысяч,тысячи,тис,тисяч,тр,хил,хиляди,хиљада,mil,т",
    5: "lakh,lakhs,lac,lacs,lpa,l.p.a",
    6: "m,mm,mn,mln,mio,million,millions,millionen,millones,millón,milhão,milhões,milione,milioni"
    ",milionów,milionu,milionů,miljoen,miljoner,miljoonaa,milyon,juta,jt,triệu,trieu,tr,млн"
    ",мільйонів,миллионов",
    7: "crore,crores,cr",
    9: "b,bn,billion,billions,mrd,mld,млрд,milliard,milliarden,miliard,miliardů,tỷ,tỉ",
}  # fmt: skip
_SIGNS = {
    3: "千,천,พัน,ألف,آلاف,هزار,אלף,हज़ार,हजार,হাজার",
    4: "万,萬,만,หมื่น",
    5: "十万,十萬,แสน,लाख,লাখ",
    6: "百万,百萬,백만,ล้าน,مليون,ملايين,میلیون,מיליון",
    7: "千万,千萬,천만,करोड़,কোটি",
    8: "億,亿,억",
}
_POWERS = {
    word: power
    for table in (_LETTERS, _SIGNS)
    for power, words in table.items()
    for word in words.split(",")
}


def _any_of(words: dict[int, str]) -> str:
    single = [word for text in words.values() for word in text.split(",")]
    return "|".join(re.escape(word) for word in sorted(single, key=len, reverse=True))


_SCALE = re.compile(
    rf" ?(?:(?P<letters>{_any_of(_LETTERS)})(?:{NO_LETTER_AFTER}|(?=USD|RMB|EUR|GBP|CNY|HKD"
    rf"|SGD))|(?P<signs>{_any_of(_SIGNS)}))",
    re.IGNORECASE,
)
# A full stop right behind one of these abbreviations belongs to the abbreviation.
_SHORTENED = frozenset(
    [
        "tys",
        "tis",
        "tsd",
        "thsd",
        "mil",
        "mln",
        "mio",
        "mrd",
        "mld",
        "tūkst",
        "þús",
        "χιλ",
        "тыс",
        "тис",
        "хил",
        "млн",
        "млрд",
        "cr",
    ]
)
_REST = re.compile(r"(\d,\d{3}|\d{1,4})(?![\d.,])")
_COUNTS_IN = {"千": 1000, "천": 1000}


_ROUBLES = re.compile(r"\.? ?(?=р\b|руб)")
_LAKH = re.compile(rf" ?L{NO_LETTER_AFTER}")
_RUPEES = re.compile(r"(?:₹|INR|Rs\.?)[\d.,\s-]*$")


def read_scale(text: str, place: int) -> tuple[int, int, str]:
    """Where a word of magnitude after a number ends, its power of ten, and the word in lower case.

    `place`, 0 and "" if there is no clear word of magnitude.
    """
    if match := _LAKH.match(text, place):
        rupees = _RUPEES.search(text[max(0, place - 24) : place])
        return (match.end(), 5, "l") if rupees else (place, 0, "")
    match = _SCALE.match(text, place)
    if match is None:
        return place, 0, ""
    word = (match["letters"] or match["signs"]).lower()
    end = match.end()
    if match["letters"] and len(word) > 1 and text[end : end + 1] == "." and word in _SHORTENED:
        end += 1
    # The Cyrillic "т" means a thousand only before a word for roubles.
    if word == "т":
        roubles = _ROUBLES.match(text, end)
        return (roubles.end(), 3, word) if roubles else (place, 0, "")
    return end, _POWERS[word], word


def read_remainder(text: str, place: int, power: int) -> tuple[int, Decimal]:
    """Where the number right behind a sign for ten thousand ends, and its value: 5,000 in 25万5千.

    `place` and 0 if there is no such number.
    """
    match = _REST.match(text, place) if power == 4 else None
    if match is None:
        return place, Decimal(0)
    end, value = match.end(), Decimal(match[1].replace(",", ""))
    factor = _COUNTS_IN.get(text[end : end + 1])
    if factor:
        return end + 1, value * factor
    return end, value


def scaled(number: Decimal, token: str, power: int, word: str) -> Decimal | None:
    """A number times ten to the given power; None if its "." or "," can mean two things."""
    if power and word.isascii() and re.fullmatch(r"\d{1,3}[.,]\d{3}", token):
        return None  # "1.250k" is 1,250 or 1,250,000
    return number.scaleb(power)
