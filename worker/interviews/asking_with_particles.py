"""Patterns which show that a sentence in Cyrillic letters or in Turkish asks something.

Russian and Bulgarian have the particle "ли" and Turkish "mı". Without them, a question word must
stand at the beginning, or in Turkish anywhere, and the person who is asked must be named, because
the order of the other words is that of a statement. The code "ru" stands for all Cyrillic letters.
"""

from __future__ import annotations

import re

_GAP = r"[\s,.;:!\u2026\u2014\u2013\"'-]*+"
_LEAD = (
    r"и|а|но|или|да|нет|ну|так|хорошо|отлично|прекрасно|понятно|понял[аи]?|ясно|спасибо|окей|"
    r"ок|угу|ага|"
    r"хм+|э+|интересно|тогда|теперь|итак|ладно|скажите|скажи|пожалуйста|простите|извините|кстати|"
    r"і|й|але|або|так|ні|добре|чудово|зрозуміло|дякую|тоді|тепер|отже|скажіть|будь ласка|"
    r"ами|е|значи|добре|благодаря|разбирам|кажете|супер|чудесно|моля"
)


def _led(asked: str) -> str:
    return rf"^\W*+(?:(?:{_LEAD})(?!\w){_GAP}){{0,6}}+(?:{asked})"


_YOU = r"(?:вы|вас|вам|вами|ваш\w{0,3}|ты|тебя|тебе|тобой|тво\w{1,3}|ви)"
_WHICH = (
    r"(?:почему|зачем|отчего|как(?:ой|ая|ое|ие|их|им|ими|ую|ого|ому)|сколько|насколько|кем|чем|"
    r"чему|кому|"
    r"откуда|куда|где|кто|чого|чому|навіщо|звідки|скільки|який|яка|яке|які|яких|якими|яку|ким|"
    r"чим|де|хто|"
    r"що|як|что|как|(?:в|о|об|на|с|со|за|у|к|по|из|от|для|до|з|із|про) "
    r"(?:как(?:ой|ом|их|им|ими|ую|ого|ому)|ч[её]м|чего|ком|кого|кем|чому|чого|що|як(?:ій|ому|"
    r"их|ими|ою|у)))"
)
# "As you know"; "what you need is"; "whatever it is"; "somehow".
_NO_QUESTION = (
    r"(?!(?:как|як|що|что|чем|чим) (?:(?:вы|ты|ви|уже|вже|я|и|же) ){0,2}(?:зна|вид|понима|помн|"
    r"сказа|говор|"
    r"бачи|розумі|пам|каза|прави|ни)\w*(?:те|шь|ли|ите|ете|л|ла)\b(?! (?:о|об|про|за)\b))"
    r"(?!\w+ (?:бы|б) (?:я )?(?:ни|не)\b)(?!\w+ (?:бы|б) (?:\w+ ){1,2}ни\b)(?!(?:что|"
    r"що) (?:касается|стосується))"
    r"(?!(?:что|как|куда|где|що|як) (?:вы|ты|ви),)"
)
_NEXT = (
    r"(?:(?:же|бы|б|именно|еще|ещё|сейчас|вообще|обычно|лично|самое|у|для|до|к|с|ж|саме|зараз) )"
)
_BULGARIAN = (
    r"(?:защо|какво|къде|кога|колко|какъв|каква|какви|кое|кои|коя|кой|откъде|как|с какво|"
    r"за какво|с кого|"
    r"от кога|на колко)(?: (?!че\b|да\b)\w+){0,5}? (?:\w{2,}(?:ете|ате|ите|яте|хте)|сте|ви|вие|"
    r"вашите?|вашата|"
    r"ваш\w{0,3}|си|теб)\b"
)
_RU = _led(
    r"(?!знаете ли,|знаешь ли\b|видите ли\b|понимаете ли\b|(?:вряд|едва|чуть|то|мало|"
    r"навряд) ли\b)"
    r"(?:не )?(?:\w+ ){0,1}?\w+ ли \w|чи \w|дали \w|(?:не )?(?:могли|хотели|хотіли) (?:бы|б|"
    r"би) (?:вы|ви)\b|"
    r"(?:вы|ви) (?:не )?(?:могли|хотели) (?:бы|б) (?:рассказ|описа|приве|объясн|назва|подел|"
    r"уточн)\w+|"
    r"(?:чи )?(?:бихте|бих) ли \w|"
    rf"{_NO_QUESTION}{_WHICH} (?:{_NEXT}){{0,3}}(?:(?!я\b|мы\b|он\b|она\b|они\b|это\b|если\b|"
    rf"когда\b)\w+ ){{0,3}}?"
    rf"{_YOU}(?!\w)(?!,)|"
    r"когда (?:(?:вы|ты) )?(?:сможете|сможешь|готовы|можете|планируете)\b|"
    r"коли (?:ви )?(?:зможете|можете)\b|"
    rf"{_NO_QUESTION}{_BULGARIAN}"
)
_RU_REQUESTS = _led(
    r"(?:расскажи|опиши|назови|объясни|представь|поделись|приведи|уточни|поясни|охарактеризуй|"
    r"перечисли)"
    r"(?:те|тесь)?(?:сь)?(?!\w)(?= \w|\W*$)|поделитесь|представьтесь|"
    r"(?:розкажіть|розкажи|опишіть|назвіть|поясніть|поділіться|наведіть)(?!\w)|"
    r"(?:разкаж(?:ете|и)|опиш(?:ете|и)|обясн(?:ете|и)|посоч(?:ете|и)|дайте пример|"
    r"представете се)(?!\w)|"
    r"(?:хотел|хотела|хотелось|хотів|хотіла|хотілося) (?:бы|б|би) (?:узнать|услышать|спросить|"
    r"понять|"
    r"дізнатис[яь]|почути|запитати)"
)

_TR_LEAST = r"(?:s[ıi]n[ıi]z|sunuz|sünüz|[dt][ıiuü]n[ıiuü]z|(?:m[ıiuü]ş|[ae]cak|yor)s\wn\wz)"
_TR_WHICH = (
    r"(?:ne|nedir|neden|niçin|niye|nasıl|nere\w{0,5}|kim\w{0,3}|hangi\w{0,4}|kaç\w{0,4}|"
    r"neler\w{0,3}|nesi|neyi|"
    r"neye|neyle)"
)
# "You know how it is done" holds a question, and asks none: its verb is made a noun.
_TR_UNASKED = (
    r"(?!.{0,160}\b(?:\w{2,}(?:[dt][ıiuü]ğ[ıiuü]\w*|[ae]ca[ğk][ıi]\w+)|\w{2,}s[ae](?:n[ıi]z|n|"
    r"m|k|lar|ler)?|"
    r"ne olursa|nasıl olsa|ne de olsa|neyse|kimi zaman|(?<!ne )(?<!neler )bili(?:yor|r)su?n\w*|"
    r"anl[ıa]\w*sunuz|zorunda\w*)\b)"
)
_TR_PARTICLE = (
    r"\b(?!değil )\w+ m[ıiuü](?:s[ıiuü]n(?:[ıiuü]z)?|yd[ıiuü](?:n(?:[ıiuü]z)?)?|yıd[ıi]|"
    r"ym[ıiuü]ş\w*|y[ıiuü]m|y[ıiuü]z)?"
    r"(?: (?:acaba|sizce|peki|bize|hiç|şu an|şimdi|önce|daha önce|efendim|orada|burada|"
    r"bu konuda|lütfen))?\W*$"
)
_TR = (
    rf"{_TR_PARTICLE}|"
    rf"^{_TR_UNASKED}(?=.{{0,200}}\b{_TR_WHICH}\b).*\b\w*{_TR_LEAST}\W*$|"
    r"\b\w{2,}(?:n[ıiuü]z|niz|iniz|ınız|unuz|ünüz) (?:nedir|nelerdir|neler|neydi|nasıl|nasıldı|"
    r"kimdir|kimdi|"
    r"nerede|kaç|var mı)\W*$|"
    rf"^{_TR_UNASKED}(?:peki |ve |şimdi ){{0,2}}{_TR_WHICH}(?: \w+)? (?:size|sizi|sizin|"
    rf"size göre|sizce)\b"
)
_TR_REQUESTS = (
    r"\b(?:bahsed|anlat|tanıt|açıkla|tarif ed|örnek ver|özetle|paylaş|söyle|"
    r"bahset)(?:[ıiuü]n(?:[ıiuü]z)?|"
    r"y[ıiuü]n(?:[ıiuü]z)?)(?: lütfen)?\W*$|\b(?:öğrenmek|duymak|dinlemek|sormak) ister(?:im|"
    r"iz|dim|dik)\W*$"
)

ASKED = {"ru": re.compile(_RU, re.IGNORECASE), "tr": re.compile(_TR, re.IGNORECASE)}
REQUESTED = {
    "ru": re.compile(_RU_REQUESTS, re.IGNORECASE),
    "tr": re.compile(_TR_REQUESTS, re.IGNORECASE),
}
PARTICLED = frozenset(ASKED)
"""The codes of the languages known here."""
READ_AS_RUSSIAN = frozenset({"uk", "bg"})
"""Codes that a user or a speech service may state; the patterns of "ru" are for them too."""


def asks_with_particle(sentence: str, code: str) -> bool:
    """Whether a sentence of the language `code` asks something."""
    return ASKED[code].search(sentence) is not None


def requests_with_particle(sentence: str, code: str) -> bool:
    """Whether a sentence of the language `code` requests an answer."""
    return REQUESTED[code].search(sentence) is not None
