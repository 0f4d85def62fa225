"""Patterns which show that a sentence asks in Czech, Slovak, Croatian, Romanian, Hungarian,
Finnish, Vietnamese, Indonesian, Arabic, Persian, Hebrew and Hindi.

A question word stands at the beginning, in some of these languages anywhere, or there is a request.
The code "ar" stands for all Arabic letters, so that Persian is read with it.
"""

from __future__ import annotations

import re

from worker.interviews.beginnings import led

_FLAGS = re.IGNORECASE
_CS_LEAD = (
    r"a|i|ale|no|tak|dobře|dobre|ano|áno|jo|ne|nie|výborně|výborne|super|děkuji|ďakujem|"
    r"rozumím|rozumiem|ok|okej|a teď|teraz|teď|tedy|teda"
)
_CS_WHICH = (
    r"proč|prečo|(?:jak|ako|kde|kdy|kedy|kdo|kto|komu|čím)(?! (?:jsem|jsme|som|sme|říkám|"
    r"hovorím)\b)|"
    r"jak(?:ý|á|é|ým|ou|ých)|ak(?:ý|á|é|ým|ou|ých)|(?:co|čo)(?! (?:se týče|sa týka|jsem|jsme|"
    r"som|sme)"
    r"\b)|kolik|koľko|kter(?:ý|á|é|ou|ým)|ktor(?:ý|á|é|ou|ým)|odkud|odkiaľ|"
    r"(?:na|s|v|o|k|za|po|pro|od|do|z) (?:co|čo|čem|čom|čeho|čoho|čemu|čomu|jak\w+|ak\w+|kter\w+|"
    r"ktor\w+|kdy|kedy)"
)
_HR_LEAD = r"a|i|pa|dobro|da|ne|u redu|super|hvala|dakle|razumijem|razumem"
_RO_LEAD = r"și|şi|dar|bine|da|nu|ok|deci|atunci|mulțumesc|perfect|foarte bine|am înțeles"
_HU_LEAD = r"és|de|jó|rendben|igen|nem|értem|köszönöm|akkor|szuper|hát|na"
_FI_LEAD = r"ja|entä|no|hyvä|joo|kyllä|ei|okei|kiitos|sitten|selvä"
_VI_LEAD = r"và|vâng|dạ|rồi|được rồi|tốt|cảm ơn|thế|vậy|ok"
_ID_LEAD = r"dan|baik|oke|ya|tidak|jadi|lalu|terima kasih|bagus"
_AR_LEAD = r"و|طيب|حسنا|جيد|ممتاز|نعم|لا|شكرا|إذن|خوب|بسیار خوب|ممنون|متشکرم|بله|و حالا"
_HE_LEAD = r"אז|ו|טוב|אוקיי|מצוין|יפה|כן|לא|תודה|הבנתי"

_ASKS = {
    "cs": led(
        _CS_LEAD,
        rf"(?:{_CS_WHICH})\b|(?:máte|máš|můžete|môžete|mohl|mohla|mohli|znáte|umíte|viete|víte|"
        r"chtěl|chtěla|chceli|zvládáte|pracoval|pracovala|měl|mala|mal|měla|jste|ste|byl|bol)"
        r"(?: \w+){0,2}? (?:byste|jste|ste|by ste|nějak\w+|nejak\w+|někdy|niekedy|zkušenost\w*|"
        r"skúsenosť\w*)\b",
    ),
    "hr": led(
        _HR_LEAD,
        r"zašto|kako|koliko|(?:što|šta)(?! se tiče)|kada|gdje|gde|tko|ko|odakle|čime|"
        r"koj(?:i|a|e|u|im|ih) (?:su|je|ste|biste)|jeste li|imate li|možete li|da li|\w+te li\b",
    ),
    "ro": led(
        _RO_LEAD,
        r"de ce|(?:care|cine) (?:este|e|sunt|era|ar|v|te)\b|(?:cât|câți|câte|câtă)\b|"
        r"(?:ce|cum|unde|când|de când|cu ce|la ce) (?:v(?:ă|-)|te|ați|aţi|ai|ar|este|sunt|știți|"
        r"faceți|"
        r"faci|așteptări|\w+(?:ați|eți|iți))\b|(?:aveți|ați|puteți|ai|poți|sunteți|vreți|știți) \w",
    ),
    "hu": led(
        _HU_LEAD,
        r"miért|hogyan|milyen|mikor|mit|mi (?:a|az|volt|lenne|motiv\w+)|melyik|hány|mennyi|"
        r"hol|kinek|kivel|mivel|honnan|mióta|meddig|\w+-e\b|(?:van|volt|lenne|tud|tudna|"
        r"szeret)\b.{0,40}\?",
    ),
    "fi": led(
        _FI_LEAD,
        r"miksi|miten|millai\w+|mitä|mikä|mitkä|mistä|mihin|missä|milloin|kuka|kuinka|paljonko|"
        r"montako|\w+(?:ko|kö)\b",
    ),
    "vi": r"\b(?:tại sao|vì sao|như thế nào|thế nào|bao lâu|bao nhiêu|ở đâu|khi nào|điều gì|cái gì|"
    r"là gì|gì về|những gì|làm gì|nào)\b|\b(?:có|đã).{1,60} (?:không|chưa)\W*$",
    "id": led(
        _ID_LEAD,
        r"mengapa|kenapa|apa(?:kah)?|bagaimana|berapa|(?:di|ke|dari) mana|kapan|siapa|"
        r"bisakah|dapatkah|maukah|(?:bisa|boleh)(?:kah)? (?:anda|kamu)|sejak kapan",
    ),
    "ar": led(
        _AR_LEAD,
        r"و?(?:لماذا|ليش|كيف|متى|أين|اين|هل|ماذا|كم|من أين|منذ متى|إلى أي|بماذا|لم) ?\w|"
        r"و?ما (?:هي|هو|هم|الذي|رأيك|أكبر|أصعب|أهم|اسمك|خبرتك|سبب|نقاط|طموح\w*)\b|أي \w+ (?:ت\w+)|"
        r"(?:\S+ ){0,6}?(?:چرا|چگونه|چطور|کجا|چند|کدام|آیا|چه|چی|کِی)(?: |\W*$)",
    ),
    "he": led(
        _HE_LEAD,
        r"ו?(?:למה|מדוע|איך|כיצד|מתי|איפה|היכן|כמה|האם|איזה|איזו|אילו|מהו|מהי|מהם)(?! ש)\b|"
        r"ו?(?:מה|מי)(?! ש)\b",
    ),
    "hi": r"(?:^|\s)(?:क्यों|क्या|कैसे|कैसा|कैसी|कब|कहाँ|कहां|कितन[ाीे]|कौन|किस|किन)(?:\s|[?।]|$)",
}
_REQUESTS = {
    "cs": led(
        _CS_LEAD + r"|prosím",
        r"(?:řekněte|povězte|popište|opište|opíšte|povedzte|vyprávějte|představte|predstavte|"
        r"vysvětlete|vysvetlite|uveďte|zkuste|skúste|dejte|dajte|mluvte|hovorte|řekni|popiš)\b",
    ),
    "hr": led(
        _HR_LEAD + r"|molim",
        r"(?:recite|opišite|ispričajte|objasnite|predstavite|navedite|govorite|pričajte|reci)\b",
    ),
    "ro": led(
        _RO_LEAD + r"|vă rog|te rog",
        r"(?:povestiți|povestește|spuneți|spune|descrieți|descrie|vorbiți|explicați|prezentați|"
        r"dați|enumerați|numiți)(?:[- ]?(?:mi|ne|vă))?\b",
    ),
    "hu": led(
        _HU_LEAD + r"|kérem",
        r"(?:meséljen|mesélj|mondja|mondjon|mondd|írja le|beszéljen|mutatkozzon|magyarázza|"
        r"mutassa|soroljon|ismertesse|adjon|jellemezze)\b",
    ),
    "fi": led(
        _FI_LEAD,
        r"(?:kerro|kertoisi\w*|kertokaa|kuvaile|kuvailisi\w*|selitä|esittele|anna|mainitse)\b",
    ),
    "vi": led(
        _VI_LEAD,
        r"(?:(?:xin )?hãy|(?:bạn|anh|chị|em) (?:có thể|hãy)|xin mời|kể|mô tả|giới thiệu)\b",
    ),
    "id": led(
        _ID_LEAD,
        r"(?:(?:tolong|coba|silakan|mohon) )?(?:ceritakan|jelaskan|sebutkan|perkenalkan|gambarkan|"
        r"uraikan|berikan)\b",
    ),
    "ar": led(
        _AR_LEAD + r"|من فضلك|لو سمحت",
        r"و?(?:حدث|أخبر|اخبر|كلم|عرف|احك)(?:ني|نا|ي|يني|ينا)\b|(?:حدثيني|حدثينا)\b|"
        r"(?:صف|صفي|اشرح|اشرحي|تحدث|تحدثي|تكلم|اذكر|اذكري|أعط\w*|قدم) \w|"
        r".{0,80}(?:بگویید|بگید|بگو|توضیح (?:دهید|بدهید)|تعریف کنید|معرفی کنید|شرح دهید|بدهید|"
        r"دهید)\W*$",
    ),
    "he": led(
        _HE_LEAD + r"|בבקשה|אנא",
        r"(?:ספר|ספרי|ספרו|תספר|תספרי|תאר|תארי|תארו|הסבר|הסבירי|תסביר|תסבירי|תן|תני|הצג|הציגי|דבר|"
        r"דברי) \w",
    ),
    "hi": r"(?:बताइए|बताइये|बताएं|बताएँ|बताओ|समझाइए|समझाएं|दीजिए|सुनाइए|कीजिए)\W*$",
}
_ASKS["sk"], _REQUESTS["sk"] = _ASKS["cs"], _REQUESTS["cs"]
_ASKS["fa"], _REQUESTS["fa"] = _ASKS["ar"], _REQUESTS["ar"]
_ASKING = {code: re.compile(pattern, _FLAGS) for code, pattern in _ASKS.items()}
_REQUESTING = {code: re.compile(pattern, _FLAGS) for code, pattern in _REQUESTS.items()}
FURTHER = frozenset(_ASKING)
"""The codes of the languages that are read here."""


def asks_further(sentence: str, code: str) -> bool:
    """Whether a sentence asks in the language `code`, which is one of `FURTHER`."""
    return _ASKING[code].search(sentence) is not None


def requests_further(sentence: str, code: str) -> bool:
    """Whether a sentence requests an answer in the language `code`, which is one of `FURTHER`."""
    return _REQUESTING[code].search(sentence) is not None
