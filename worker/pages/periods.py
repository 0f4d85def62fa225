"""Reads the period of pay, from hour to year, in many languages."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

Interval: TypeAlias = Literal["hour", "day", "week", "month", "year"]

# Words that say the period by themselves: "annually", "monthly", "jährlich", "měsíčně".
_BY_THEMSELVES: dict[Interval, str] = {
    "year": (
        "לשנה annually annual yearly annualised annualized jährlich jährliches jährliche"
        " jährlicher jährl jhrl annuel annuelle annuels annuellement anual anuales anualmente"
        " anuais annuo annua annui annue annuale annuali annualmente jaarlijks jaarlijkse"
        " bruto-jaarsalaris jaarsalaris årligen årlig årlige årligt årslön årslønn årsløn"
        " rocznie roczne roczny rocznego roční ročně ročne ročná ročný évi évente éves anuală"
        " anuala годишно годишна ежегодно годовой годовая річний річна щорічно godišnje godišnja"
        " godisnje godišnji letno letna vuosittain vuodessa vuosipalkka aastas aastapalk gadā"
        " metinis ετησίως ετήσιος"
        " ετήσια ετήσιες yıllık"
        " سنويا سنوياً سنوي السنوي سالانه שנתי שנתית वार्षिक বার্ষিক tahunan setahun lpa ctc ral"
    ),
    "month": (
        "לחודש monthly monatlich monatliches monatliche mtl monatl mensuel mensuelle mensuels"
        " mensuellement mensual mensuales mensualmente mensualidad mensal mensais mensalmente"
        " mensile mensili mensilmente maandelijks maandelijkse maandsalaris maandloon månatligen"
        " månadslön månedslønn månedsløn månedlig månedligt månedlige miesięcznie miesięczne"
        " miesięczny miesięcznego msc měsíčně měsíční mesačne mesačná mesačný mesačnú havi havonta"
        " lunar lunare lunară месечно месечна ежемесячно ежемесячный ежемесячная месячный щомісяця"
        " щомісячно місячна mesečno mesečna mjesečno mjesečna kuukausipalkka kuukaudessa kuussa"
        " kuupalk kuus mēnesī mėnesinis μηνιαίως μηνιαίος μηνιαία μηνιαίες aylık شهريا شهرياً شهري"
        " الشهري ماهانه ماهیانه חודשי חודשית मासिक মাসিক bulanan sebulan perbulan buwanan"
        " mesecno mjesecno mesecna mjesecna mesečni mjesečni месечни"
    ),
    "week": (
        "לשבוע weekly wöchentlich wöchentl hebdomadaire semanal semanales semanalmente settimanale"
        " wekelijks weekloon veckovis ukentlig ugentlig tygodniowo týdně týdenní týždenne heti"
        " hetente săptămânal седмично еженедельно щотижня nedeljno tjedno tedensko viikossa"
        " недељно sedmično viikoittain nädalas haftalık أسبوعيا أسبوعي هفتگی שבועי साप्ताहिक"
        " mingguan"
    ),
    "day": (
        "ליום daily tjm täglich tagessatz journalier journalière quotidien diario diaria diarios"
        " giornaliero giornaliera dagelijks dagloon dagtarief dziennie dniówka denně denní denne"
        " napi naponta zilnic дневно ежедневно щодня dnevno päivässä päivittäin päevas ημερησίως"
        " dnevna günlük يوميا يومي روزانه יומי दैनिक harian sehari diária diárias"
    ),
    "hour": (
        "לשעה hourly stündlich stündl horaire horaires orario orari oraria uurloon uurtarief"
        " timlön timpenning timelønn timeløn godzinowo godzinowa hodinově hodinová hodinovo"
        " hodinovej hodinovou óránként óránkénti óradíj órabér почасовая почасово погодинна"
        " погодинно почасова satnica satnici tunnilta tunnissa tuntipalkka tunnipalk tunnis stundā"
        " ωριαία ωριαίως ωρομίσθιο saatlik ساعتی שעתי perjam"
    ),
}
# Nouns and abbreviations for each period.
_NOUNS: dict[Interval, str] = {
    "year": (
        "year years yr yrs annum jahr jahre jahres année années año años anno jaar rok roku година"
        " год года годом годину рік leto godini vuosi aasta metai metus metų έτος χρόνο yıl yılda"
        " سنة السنة سال שנה वर्ष साल বছর năm tahun mwaka taon"
    ),
    "month": (
        "month months mo mth monat monats mois mes mese meses mês måned måneden månad månaden mån"
        " maand miesiąc miesiącu mies mieś měsíc měs mesiac mes hónap hónapra месец месяц мес"
        " місяць міс mesec mjesec kuukausi kk kuu mēnesis mėnesį mėn mēn μήνα μήνας ay ayda شهر"
        " mesecu mjesecu месецу الشهر ماه חודש माह महीना महीने মাস tháng bulan mwezi buwan luna"
        " lună"
    ),
    "week": "week weeks wk woche semaine semana settimana vecka veckan uke uken uge ugen tydzień"
    " tygodniu týden týždeň hét săptămână седмица неделя неделю тиждень nedelja tjedan viikko nädal"
    " hafta أسبوع الأسبوع هفته שבוע सप्ताह সপ্তাহ tuần minggu wiki",
    "day": "day days tag jour día dia giorno dag dagen dzień dniówkę den deň dzien zi ден день"
    " dan päivä päev dienā dieną ημέρα gün günde gun يوم اليوم روز יום दिन দিন ngày hari siku araw",
    "hour": "hour hours hr hrs stunde stunden std heure hora horas uur timme timmen timma godzinę"
    " godzina godz hodinu hodina hod óra oră час часа годину година sat uru tunti tund stundu"
    " satu сат сату valandą val ώρα saat saati ساعة الساعة ساعت שעה घंटा घंटे ঘণ্টা giờ jam saa"
    " oras",
}
# Words that can also mean something else. They usually count only behind "/" or "per".
_BOUND: dict[Interval, str] = {
    "year": "an ano y a år ár god évre",
    "month": "m mån hó mnd mj μην",
    "week": "w uge hét",
    "day": "d dia den zi dan",
    "hour": "h time timen tim ora ore oră st t g ó ч ч",
}
_ONLY_BOUND = (
    "jam roku mo mes mese meses luna ay dia den zi dan dag tag hari siku gun sat satu сат сату"
    " val saa oras wiki"
    " jour mois año anno ano rok leto kk kuu mån ora tund uru година годину deň день ден heti"
    " lunar napi diario diaria daily hét kuus lunare wk"
)
"""Words that `interval` accepts only in certain places; "daily" is accepted anywhere."""

_SIGNS: dict[Interval, str] = {
    "year": "年収|年俸|年薪|年額|年給|연봉|연간|[/每毎] ?年|/ ?년|一年|ต่อปี|/ ?ปี|รายปี"
    "|(?:प्रति )?(?:वर्ष|वार्षिक)|(?:প্রতি )?বছর",
    "hour": "時給|时薪|時薪|[/每毎一] ?[個个]?(?:小时|小時|時間?|时)|시급|시간당|ชั่วโมง"
    "|(?:प्रति )?घंट[ेा]|(?:প্রতি )?ঘণ্টা",
    "month": "月給|月収|月薪|月額|月俸|[/每毎一] ?[個个]?月|월급|월봉|/ ?월|매월|ต่อเดือน|/ ?เดือน"
    "|รายเดือน|เดือนละ|เงินเดือน|(?:प्रति )?(?:माह|महीन[ेा]|मासिक)|(?:প্রতি )?মাস",
    "day": "日給|日薪|日当|[/每毎一] ?[日天]|일급|일당|ต่อวัน|/ ?วัน|รายวัน|प्रति ?दिन|दैनिक|প্রতিদিন",
    "week": "週給|周薪|週薪|[/每毎一] ?[週周]|주급",
}
_SIGN_PATTERNS = tuple((found, re.compile(signs)) for found, signs in _SIGNS.items())
_SIGNS_NEXT = tuple(
    (found, re.compile(rf" {{0,4}}[(・,]? ?(?:{signs})")) for found, signs in _SIGNS.items()
)

_ABBREVIATIONS: tuple[tuple[Interval, str], ...] = (
    ("year", r"p\. ?a\b\.?|p/a\b|pa\b|p/y\b|p/yr\b|p[./] ?jr\b"),
    (
        "month",
        r"pcm\b|p\.c\.m\.?|p\. ?m\b\.?|pm\b|p/m\b|p/mo\b|p[./] ?mnd\b"
        r"|(?:/ ?|[вzw] |za |na )?[mм]-[cц]\b|(?:/ ?|pr\.? ?|per )(?:(?-i:mdr?)|mc|th|bln)\b",
    ),
    ("week", r"pw\b|p\.w\.?|p/w\b"),
    # "MD" in capitals is a man-day in Czech and Slovak; in small letters it is a month in Danish.
    ("day", r"pd\b|p\.d\.|p/d\b|/ ?(?-i:MD)\b"),
    ("hour", r"ph\b|p\.h\.?|p/h\b|p/hr\b|p\. ?u\b\.?|p/u\b"),
)
_ABBREVIATED = tuple((found, re.compile(said, re.I)) for found, said in _ABBREVIATIONS)
_SAFE_ABBREVIATED = re.compile(r"\b(?:p\. ?a\b|p/a\b|pa\b|pcm\b|ph\b)", re.I)

_GROSS = re.compile(
    r" {0,4}[(\[]?(?:(?:pro[ -]rata|gross|brutto|brut|bruto|bruttó|bruts|lordi|lordo|netto|net"
    r"|neto|nettó|netti|líquidos?|brutos?|brutos|hrubého|hrubá|hrubej|čistého|čistá"
    r"|před zdaněním|na rękę|do ruky|gross/net|до вычета налогов|на руки|нетто|брутто|чистими"
    r"|бруто|нето|before tax|salary|base|excl?\.? ?(?:gst|vat)|inclusive|incl"
    r"|税込|税前|税后|稅前|세전|세후|brüt|til|\+ ?(?:vat|btw|mwst|moms|dph|iva|gst|áfa|ндс))"
    r"(?![^\W\d_])\.?,?)[)\]]?",
    re.IGNORECASE,
)
_PER = re.compile(
    r" {0,4}[,(]? ?(?:/ ?(?:per |a )?|per ?/ ?|(?:l'|all'|à l'|de l')|(?:per|pr\.?|pro|par|por"
    r"|por cada|pe|je|im|in der|in het|in|each|every|an|a|al|alla|all|au|à|la|ao|i|om|på|na|za"
    r"|w|w skali|v|do|в|во|у|на|за|ανά|το|τον|την|bir|mỗi|một|kwa|kada|bawat|प्रति|প্রতি|في|فی"
    r"|ל|každou|každý|po) )(?P<noun>[^\W\d_]+)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?")
_FIRST_WORD = re.compile(r" {0,4}[,(\[-]? ?([^\W\d_]+)")
_COMPOUND = re.compile(
    r"(?:brutto|netto|grund|fest|mindest|ziel)?(jahres|monats|stunden|tages|wochen)(?:brutto"
    r"|netto|grund|fix|mindest|ziel)*(?:gehalt\w*|gehälter|lohn\w*|entgelt\w*|verg[üu]tung\w*"
    r"|verdienst\w*|einkommen\w*|salär\w*|s[äa]tz\w*|brutto|netto|gage)",
    re.IGNORECASE,
)
_GERMAN: dict[str, Interval] = {
    "jahres": "year",
    "monats": "month",
    "wochen": "week",
    "tages": "day",
    "stunden": "hour",
}


def _table(*tables: dict[Interval, str]) -> dict[str, Interval]:
    return {
        word: found for table in tables for found, words in table.items() for word in words.split()
    }


_ADVERBS = _table(_BY_THEMSELVES)
_SHORT_BEHIND: dict[Interval, str] = {
    "year": "yr",
    "month": "mens měs mies mj mnd mån kk mėn mēn мес міс",
    "hour": "hr hour std hod godz час",
}
_RIGHT_BEHIND: dict[str, Interval] = {**_ADVERBS, **_table(_SHORT_BEHIND)}
"""Words that say the period right behind an amount, as in "$25 hr" and "38 000 Kč měs."."""
_UNITS = _table(_BOUND, _NOUNS)
_WORDS = {**_ADVERBS, **_UNITS}
_FREE = {
    word: found
    for word, found in _table(_NOUNS, _BY_THEMSELVES).items()
    if word not in _ONLY_BOUND.split() or word == "daily"
}


def interval(text: str) -> Interval | None:
    """The period of pay that a short text names; None if it names none or several."""
    text = text.strip()
    words = [word.lower() for word in _WORD.findall(text)]
    found = {_FREE[word] for word in words if word in _FREE}
    found |= {_UNITS[match["noun"].lower()] for match in _PER.finditer(text) if _is_unit(match)}
    found |= _by_signs(text)
    if len(words) == 1 and words[0] in _WORDS:
        found.add(_WORDS[words[0]])
    if match := _SAFE_ABBREVIATED.search(text):
        found.add(_abbreviation(match[0]) or "year")
    if len(text) == 1:
        found |= {each for sign, each in _ALONE.items() if sign == text}
    return found.pop() if len(found) == 1 else None


_ALONE: dict[str, Interval] = {"年": "year", "月": "month", "週": "week", "周": "week", "日": "day"}


def _is_unit(match: re.Match[str]) -> bool:
    return match["noun"].lower() in _UNITS and match[0].strip() != match["noun"]


def _by_signs(text: str) -> set[Interval]:
    found = {each for each, signs in _SIGN_PATTERNS if signs.search(text)}
    found |= {_GERMAN[match[1].lower()] for match in _COMPOUND.finditer(text)}
    return found


def _abbreviation(text: str) -> Interval | None:
    return next((found for found, said in _ABBREVIATED if said.match(text.strip())), None)


_LED_BY: dict[str, Interval] = {
    "月": "month",
    "每月": "month",
    "毎月": "month",
    "월": "month",
    "매월": "month",
    "年": "year",
    "每年": "year",
    "연": "year",
    "日": "day",
    "每天": "day",
    "일": "day",
}
_LEADING = re.compile(
    r"(?<![\d年月\u4e00-\u9fff\uac00-\ud7a3])(每月|毎月|매월|每年|每天|月|월|年|연|日|일) ?$"
)


def period_before(text: str, place: int) -> Interval | None:
    """The period right before an amount, as in "月30万円"; None if there is none."""
    match = _LEADING.search(text[max(0, place - 4) : place])
    return _LED_BY[match[1]] if match else None


MAX_SKIPPED = 4


def period_after(text: str, place: int) -> tuple[Interval | None, int]:
    """The period right behind an amount, as in "gross per month", and where the period ends.

    None and `place` if there is no period.
    """
    end = place
    for _ in range(MAX_SKIPPED + 1):
        found, after = _stated_at(text, end)
        if found:
            return found, after
        match = _GROSS.match(text, end)
        if match is None:
            break
        end = match.end()
    return None, place


def _stated_at(text: str, place: int) -> tuple[Interval | None, int]:
    window = text[place : place + 40]
    match = _PER.match(window)
    if match and _is_unit(match):
        return _UNITS[match["noun"].lower()], place + _closed(window, match.end())
    if match and match[0].lstrip().startswith("/") and match["noun"].lower() in _ADVERBS:
        return _ADVERBS[match["noun"].lower()], place + _closed(window, match.end())
    for found, said in _ABBREVIATED:
        if match := re.match(r" {0,4},? ?", window):
            inner = said.match(window, match.end())
            if inner and (match.end() or inner[0][:1] == "/"):
                return found, place + inner.end()
    for found, signs in _SIGNS_NEXT:
        # A sign right before another number belongs to that number: "25元 每天8小时".
        match = signs.match(window)
        if match and not (match[0].strip()[0] in "每毎一" and window[match.end() :][:1].isdigit()):
            return found, place + match.end()
    match = _FIRST_WORD.match(window)
    if match and match[1].lower() in _RIGHT_BEHIND:
        return _RIGHT_BEHIND[match[1].lower()], place + _closed(window, match.end())
    return None, place


def _closed(window: str, end: int) -> int:
    """The end of a period, behind its own closing bracket if there is one."""
    opened = window[:end].count("(") > window[:end].count(")")
    return end + 1 if opened and window[end : end + 1] == ")" else end


def period_in(text: str, *, last: bool) -> Interval | None:
    """The first or the last period that a part of a sentence names, or None."""
    found: list[tuple[int, Interval]] = []
    for match in _WORD.finditer(text):
        word = match[0].lower()
        period = _ADVERBS.get(word) or _of_compound(word)
        if period and word != "daily":
            found.append((match.start(), period))
    found += [(m.start(), _GERMAN[m[1].lower()]) for m in _COMPOUND.finditer(text)]
    for match in _PER_WORD.finditer(text):
        if match[1].lower() in _UNITS:
            found.append((match.start(), _UNITS[match[1].lower()]))
    for each, signs in _SIGN_PATTERNS:
        found += [(match.start(), each) for match in signs.finditer(text)]
    found += [(match.start(), "year") for match in _PER_ANNUM.finditer(text)]
    found += [(match.start(), "day") for match in _DAY_RATE.finditer(text)]
    if not found:
        return None
    return max(found)[1] if last else min(found)[1]


_COMPOUNDS: dict[str, Interval] = {
    "tuntipalk": "hour",
    "kuukausipalk": "month",
    "vuosipalk": "year",
    "tunnipal": "hour",
    "kuupal": "month",
    "aastapal": "year",
    "timlön": "hour",
    "månadslön": "month",
    "årslön": "year",
    "timeløn": "hour",
    "månedsløn": "month",
    "årsløn": "year",
    "uurloon": "hour",
    "uurtarief": "hour",
    "dagtarief": "day",
    "weekloon": "week",
    "maandsalaris": "month",
    "maandloon": "month",
    "jaarsalaris": "year",
    "órabér": "hour",
}


def _of_compound(word: str) -> Interval | None:
    """The period in a compound such as "timlönen"; None for other words."""
    return next((each for stem, each in _COMPOUNDS.items() if word.startswith(stem)), None)


_PER_WORD = re.compile(r"(?:\b(?:per|pro|par|por|pr\.?|je|на|в|за|na|za)\s|/ ?)([^\W\d_]+)", re.I)
_PER_ANNUM = re.compile(r"\bp\. ?a\b", re.I)
_DAY_RATE = re.compile(r"\b(?:daily|day) (?:rate|wage|pay|salary|fee)\b", re.I)
