"""Words by which a speaker addresses the other side, such as "you", by language."""

from __future__ import annotations

import re

from worker.interviews.transcript import tokens

# "You know," and "you see." address nobody. "Do you know Python?" counts.
_YOU = re.compile(
    r"\byou(?:r|rs|rself|['\u2019](?:re|ve|d|ll))?\b(?! (?:know|see)\b[,.])", re.IGNORECASE
)
# For a transcript known not to be English.
_YOU_ELSEWHERE = {
    code: frozenset(tokens(words))
    for code, words in {
        "de": "sie ihnen ihr ihre ihren ihrem ihrer du dich dir dein deine deinen euch euer",
        "nl": "u uw je jij jouw jou jullie",
        "fr": "vous votre vos tu toi te ton tes",
        "es": "usted ustedes su sus tú ti tu te vosotros",
        "pt": "você vocês seu sua seus suas tu te lhe teu tua",
        "it": "lei suo sua suoi tu ti te tuo tua tuoi tue vi voi vostro",
        "ca": "vostè vosaltres tu et teu teva",
        "ro": "dumneavoastră vă voi tu tine îți",
        "pl": "pan pani pana panią państwo wy wam ty ci twój cię",
        "cs": "vy vás vám váš vaše ty tebe",
        "sk": "vy vás vám váš vaše ty teba",
        "hr": "vi vas vam vaš vaša ti tebe",
        "ru": "вы вас вам ваш ваша ваше ваши ты тебя тебе твой ви",
        "sv": "ni er ert du dig din ditt dina",
        "da": "de dem deres du dig din dit dine i jer",
        "no": "de dem deres du deg din ditt dine dere",
        "fi": "sinä sinun te teidän teillä sinulla",
        "tr": "siz sizin sen senin size sana",
        "hu": "önnek ön maga te neked",
        "el": "εσείς σας εσύ σου",
        "hy": "դուք ձեր ձեզ դու քո քեզ",
        "am": "አንተ አንቺ እርስዎ እናንተ",
        "ar": "أنت لك آپ تم شما عملك عنك لديك عندك نفسك منك بك",
        "he": "אתה את אתם לך לכם שלך שלכם עליך עצמך אותך",
        "hi": "आप आपको आपका आपकी आपके तुम",
        "id": "anda kamu",
        "vi": "bạn anh chị em",
        "ko": "당신 당신은 당신의 본인 본인은",
        "zh": "您 你",
        "ja": "",
        "th": "",
    }.items()
}
# "Anata" and Thai words for "you" are several characters, each a word of its own.
_YOU_UNSPACED = re.compile("\u3042\u306a\u305f|\u0e04\u0e38\u0e13")
_ANY_YOU = frozenset[str]().union(*_YOU_ELSEWHERE.values())


def times_addressed(text: str, language: str | None, *, is_foreign: bool) -> int:
    """How often a text says "you". In English, "you know" and "you see" do not count."""
    if is_foreign:
        you = _YOU_ELSEWHERE.get(language or "", _ANY_YOU)
        return sum(word in you for word in tokens(text)) + len(_YOU_UNSPACED.findall(text))
    return len(_YOU.findall(text))


def addresses(text: str, language: str | None) -> bool:
    """Whether a text of a known other language than English says "you"."""
    return language not in (None, "en") and times_addressed(text, language, is_foreign=True) > 0
