"""Tells the language of a text by its script, or by its most frequent short words."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from worker.interviews.scripts import words_of

ENOUGH_HITS = 1.0
ENOUGH_SHARE = 0.05
"""The least hits per word. Interviews have 0.16 to 0.35 in their own language, and 0.05 at most in
another one."""
CLEAR_LEAD = 1.25
"""The first language must have this many times the hits of the second one."""
SCRIPT_SHARE = 0.25
"""The least share of the letters that shows a script. The rest may be terms of a trade in Latin."""

_SCRIPTS = {
    "ko": "\uac00-\ud7a3\u1100-\u11ff\u3130-\u318f",
    "ja": "\u3041-\u30ff\uff66-\uff9f",
    "zh": "\u3400-\u4dbf\u4e00-\u9fff",
    "th": "\u0e00-\u0e7f",
    "lo": "\u0e80-\u0eff",
    "el": "\u0370-\u03ff\u1f00-\u1fff",
    "hy": "\u0530-\u058f",
    "am": "\u1200-\u137f",
    "ar": "\u0600-\u06ff\u0750-\u077f",
    "he": "\u0590-\u05ff",
    "ru": "\u0400-\u04ff",
    "ka": "\u10a0-\u10ff",
    "hi": "\u0900-\u097f",
    "bn": "\u0980-\u09ff",
    "ta": "\u0b80-\u0bff",
    "te": "\u0c00-\u0c7f",
    "km": "\u1780-\u17ff",
    "my": "\u1000-\u109f",
}
"""A script stands for the language that most often uses it."""
_BY_SCRIPT = {code: re.compile(f"[{ranges}]") for code, ranges in _SCRIPTS.items()}
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")

# The words that are most frequent in speech. A word of several languages counts less for each.
_FREQUENT = {
    "en": "the and you your that this with what they would i of it is was for have not we my but "
    "are be to in a on so do at he she there how about can as from which when because been an who "
    "our had were will if me know just like or people did their them then very",
    "de": "der die das und ich nicht sie ist es ein eine einen einem einer wir was war den dem mit "
    "auf für auch sich haben hat hatte aber dann wie so zu von im noch nur bei wenn mir mich man "
    "schon also weil ihr ihre ihnen sind oder wird kein du dass bin habe gibt da hier mal über "
    "nach aus doch zum zur werden wurde dir dich sehr keine keinen deine deinen deiner ihren ihrer "
    "sagen nennt nennen wirkt klingt",
    "nl": "de het een en ik niet van is dat je in op te zijn we die er maar wat met voor ook was "
    "dan als naar heb hebt heeft hebben bij nog wel om aan dit hoe mijn meer geen goed u jij zo "
    "kan al uit wij deze mij haar hem over ze jullie uw had waar daar veel echt hier wil waarom",
    "fr": "le la les de des du et je vous il elle est pas un une que qui dans en on ne ça ce c'est "
    "j'ai nous pour avec sur mais ou au aux se sont avez était été a ai as tu mon votre vos mes "
    "plus tout fait comme quand là très y si donc parce oui non lui leur cette bien même être où "
    "comment pourquoi qu'est faire aussi ton ta tes "
    "sa ses notre n'a n'est",
    "es": "el la los las de y que en un una es no se por con para como pero lo yo me mi su sus al "
    "del más o muy qué está estaba era fue he ha han hay también porque cuando ya si sí nos le les "
    "este esta eso esto todo bien tu tú te usted nosotros son ser trabajo sin cómo donde dónde "
    "tengo tenía hace había",
    "pt": "o a os as de e que em um uma é não se por com para como mas eu me meu minha seu sua na "
    "no nas nos do da dos das ao mais ou muito foi era tem tinha você também porque quando já sim "
    "isso está estava ele ela são fui ter gente então aí lá pra num numa mim lhe te qual onde "
    "havia fazer trabalho até",
    "it": "il lo la gli le di e che non è un una per con ma ho mi si sono io come anche del della "
    "dei delle nel nella al alla da ha più poi perché quando questo questa c'è abbiamo era ero se "
    "ci ti hai cosa molto quindi allora però dove fatto o tu lei lui noi loro ed fare cioè sei "
    "tipo qui anni i a in vi ne dal sul tuo tua tuoi tue suo sua nessun alcun",
    "pl": "i w z na nie się to że jest do jak ale co był była było czy tak po od za już tylko ja "
    "mnie mi mam pan pani o a bo jeszcze przez dla przy być są moja mój można bardzo tego tym "
    "który która które kiedy gdzie twój twoja twoje brak my ten ta te więc oraz jej jego ich pracy",
    "sv": "och i att det som en på är av för med den till inte har jag vi du de om ett men var sig "
    "så vad kan när man från eller min ni hade här där då också mycket efter hur varför han hon "
    "mig oss bara alla blev vara är ju dig",
    "da": "og i at det som en på er af for med den til ikke har jeg vi du de om et men var sig så "
    "hvad kan når man fra eller min havde her der da også meget efter hvor hvordan hvorfor han hun "
    "mig os kun alle blev være blive noget nogle jer dig fik",
    "no": "og i at det som en på er av for med den til ikke har jeg vi du de om et men var seg så "
    "hva kan når man fra eller min hadde her der da også mye etter hvor hvordan hvorfor han hun "
    "meg oss bare alle ble være noe noen dere deg fikk",
    "fi": "ja on ei se että hän oli mutta minä olen niin kun tai kuin mitä ovat minun ole sen joka "
    "myös jos sitten siellä tämä me te olin vain meillä sinä kanssa mukaan nyt ollut",
    "cs": "a se na je to že v jsem s z do si jak ale jako by co pro po tak bylo být byl byla už "
    "jsou jsme nebo když které který mě mi ve za od také ještě tam můj proč vy vás máte jste kde "
    "nám ten ta práci",
    "sk": "a sa na je to že v som s z do si ako ale by čo pre po tak bolo byť bol bola už sú sme "
    "alebo keď ktoré ktorý ma mi vo za od tiež ešte tam môj prečo vy vás máte ste kde nám ten tá "
    "prácu nie",
    "hu": "a az és hogy nem is egy de meg ez azt volt van csak ha már mert ki el mi én mint vagy "
    "még nagyon itt lesz akkor ezt kell maga nekem hol miért volna voltam",
    "ro": "și de la a în cu pe nu că este un o mai am se din ce pentru care sunt dar era au fost "
    "ca sau fi ai foarte eu asta când lui ei îmi mi le vă dumneavoastră unde cum avea",
    "tr": "ve bir bu da de için çok ne ben o mi var ama daha gibi ile olarak sonra kadar değil şey "
    "bana biz siz benim sen mı mu en yok her ki evet nasıl neden orada olan oldu",
    "hr": "i je u da se na su za od što nije kako ali sam s bio bila bilo ili kao to ja mi koji "
    "koja samo već smo ste li iz po ne do gdje zašto još vrlo onda",
    "id": "yang dan di itu ini dengan untuk tidak dari saya dalam akan pada juga ke bisa ada kita "
    "kami anda karena sudah apa adalah mereka dia atau seperti lebih kalau waktu orang kerja",
    "vi": "và của là có không tôi được cho một những các trong người với này anh chị thì mà đã làm "
    "ở như khi đến rất cũng từ vào nhiều công việc",
    "ca": "el la els les de i que en un una és no es per amb com però jo em meu més o molt què "
    "està era va he ha han hi també perquè quan ja si ens això aquest aquesta dels del al són "
    "vaig tot fer treball",
}
_LANGUAGES_OF: dict[str, tuple[str, ...]] = {}
for _code, _words in _FREQUENT.items():
    for _word in dict.fromkeys(_words.split()):
        _LANGUAGES_OF[_word] = (*_LANGUAGES_OF.get(_word, ()), _code)


def language_of(texts: Iterable[str], most_words: int = 2_000) -> str | None:
    """The code (ISO 639-1) of the language that most of the texts is in; None if it is unclear.

    Only about the first `most_words` words are read.
    """
    read, words = [], Counter[str]()
    for text in texts:
        read.append(text)
        # French and Italian words such as "c'est" are listed whole.
        words.update(word.casefold().replace("\u2019", "'") for word in words_of(text))
        if words.total() >= most_words:
            break
    return language_by_script("".join(read)) or _by_words(words)


def is_frequent_elsewhere(word: str) -> bool:
    """Whether a word in small letters is among the frequent ones of other languages than English.

    Only languages in Latin letters have such words here.
    """
    languages = _LANGUAGES_OF.get(word, ())
    return bool(languages) and "en" not in languages


def language_by_script(text: str) -> str | None:
    """The language that mostly uses the script of a text; None for Latin and unknown scripts."""
    counts = {code: len(pattern.findall(text)) for code, pattern in _BY_SCRIPT.items()}
    letters = sum(counts.values()) + len(_LATIN.findall(text))
    # A Japanese text has characters of Chinese between its own.
    if counts["ja"] >= SCRIPT_SHARE * (counts["ja"] + counts["zh"]):
        counts["ja"] += counts["zh"]
    code = max(counts, key=lambda each: counts[each])
    return code if counts[code] >= SCRIPT_SHARE * letters > 0 else None


def _by_words(words: Counter[str]) -> str | None:
    """The language whose frequent words stand out."""
    ranked = sorted(_hits(words).items(), key=lambda each: -each[1])
    (first, most), (_, second) = (*ranked, ("", 0.0), ("", 0.0))[:2]
    is_enough = most >= max(ENOUGH_HITS, ENOUGH_SHARE * words.total())
    return first if is_enough and most >= CLEAR_LEAD * second else None


def _hits(words: Counter[str]) -> dict[str, float]:
    """How often each language's words occur. A word of several languages counts less for each."""
    hits: defaultdict[str, float] = defaultdict(float)
    for word, count in words.items():
        languages = _LANGUAGES_OF.get(word, ())
        for language in languages:
            hits[language] += count / len(languages)
    return hits
