"""Tells whether the words around an amount speak of pay, of a benefit or of other money.

The lists are made for text near an amount, not for whole pages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from worker.pages.currency_marks import LETTERS, NO_LETTER_AFTER

Subject: TypeAlias = Literal["pay", "perhaps pay", "not pay"]

# Words for pay, by the codes of their languages. "salari" also finds longer words; with "." at the
# end, only the whole word counts.
_PAY = {
    "en": "salary.;salaries.;wage.;wages.;compensation;remuneration;pay range;pay rate"
    ";pay scale;pay band;pay grade;pay transparency;base pay;total pay;starting pay;hourly pay"
    ";annual pay;weekly pay;monthly pay;gross pay;pay:;rate of pay;hourly rate;day rate"
    ";daily rate;weekly rate;monthly rate;base rate;base range;base:;salary range;ctc."
    ";payscale;on target salary;emolument;rate:;hiring range;comp.;pay is.;pay will be"
    ";pay for this;pay details;pay info;rates of pay;pay type;pay (;pay of.",
    "de": "gehalt;jahresgehalt;jahresbrutto;monatsgehalt;monatsbrutto;bruttogehalt"
    ";bruttojahresgehalt;bruttomonatsgehalt;mindestgehalt;grundgehalt;einstiegsgehalt"
    ";zielgehalt;fixgehalt;gehälter;lohn.;löhne;stundenlohn;monatslohn;jahreslohn;bruttolohn"
    ";mindestlohn;grundlohn;stundensatz;tagessatz;entgelt;vergütung;verguetung;entlohnung"
    ";verdienst;bezahlung;besoldung;salär;bruttomonats",
    "nl": "salaris;jaarsalaris;maandsalaris;bruto maand;bruto jaar;loon.;uurloon;maandloon"
    ";brutoloon;uurtarief;dagtarief;tarief.;inschaling",
    "sv no da": "lön.;lönen;lönespann;månadslön;timlön;årslön;grundlön;fast lön;lønn.;lønnen"
    ";årslønn;månedslønn;timelønn;grunnlønn;lønns;løn.;lønnen;månedsløn;timeløn;årsløn"
    ";grundløn;aflønning;avlönning;laun.;mánaðarlaun",
    "ca": "sou.;salari.;retribució",
    "fr it es pt ro": "salaire;rémunération;remuneration;rétribution;gratification"
    ";traitement mensuel;taux horaire;tjm.;fixe;paga oraria;paga.;stipendio;stipendi.;retribuzion"
    ";ral.;r.a.l;compenso;paga base;salario;salari;sueldo;remuneraci;retribuci;banda salarial"
    ";rango salarial;renta líquida;renta bruta;honorario;ingreso mensual;salário;salario"
    ";remunera;faixa salarial;ordenado;vencimento;bolsa-auxílio;bolsa auxílio;salariu"
    ";remunerați;salarizare;venit net;venit brut",
    "pl cs sk sl hr": "wynagrodzeni;pensja;pensji;płaca;płacy;zarobki;stawka;stawki;widełki;plat."
    ";platu.;plat:;platové;platový;mzda;mzdy;mzdu;mzdov;výdělek;ohodnocení;ohodnotenie;odmeňovan"
    ";základná zložka;základní složka;plača;plačo;plače.;plaća;plaće;plaću;plata.;plate:"
    ";zarada;zarade.;neto plata;satnica;primanja",
    "hu fi et lv lt": "fizetés;bér.;bére.;bérezés;bruttó bér;nettó bér;alapbér;órabér;havi bér"
    ";munkabér;jövedelem;kereset;juttatás:;palkka;palkan;palkkaus;kuukausipalk;tuntipalk;palk."
    ";palka.;töötasu;brutopalk;tunnitasu;alga.;algas.;atalgojum;darba samaks;atlyginim"
    ";darbo užmokest;algą",
    "ru uk bg el tr": "зарплат;заработн;оклад;з/п;зп.;оплата.;оплата труда;оплаты труда;доход"
    ";заработок;ставка;вознаграждени;заробітн;оплата праці;дохід;винагород;заплат;заплащане"
    ";възнаграждени;трудово;плата.;зарада;плаќа;μισθ;αποδοχ;αμοιβ;ωρομίσθιο;maaş;maaş.;ücret"
    ";net maaş;brüt",
    "vi id tl sw": "lương;mức lương;thu nhập;gaji;upah.;penghasilan;pendapatan;sahod;sweldo"
    ";mshahara",
}
_PAY_SIGNS = (
    "راتب|رواتب|الراتب|أجر|الأجر|حقوق|دستمزد|שכר|משכורת|תنخواہ|वेतन|सैलरी|বেতন|เงินเดือน|ค่าจ้าง"
    "|รายได้|ค่าตอบแทน|給与|給料|月給|年収|年俸|時給|日給|月収|報酬|基本給|賃金|初任給|年棒|薪资|薪資"
    "|薪水|月薪|年薪|薪酬|工资|工資|底薪|时薪|時薪|日薪|年包|待遇|薪水|薪金|月俸|연봉|급여|월급|시급"
    "|일급|임금|기본급|보수"
)
# Words that only suggest pay. The verb "pay" is missing because of "we pay $9,000 for it".
_PERHAPS = (
    "earn.;earnings.;earning.;base.;rate.;package.;verdienen.;verdienst du"
    ";gagner;percib;ganar;guadagn;zarob;vydělat;зарабат;заробл;bezahl;hodnocen;income.;bruttó."
    ";brutto.;brut.;bruto.;lordi.;lorda.;gross."
)
_BENEFITS = {
    "en": "health insurance;health savings;health care;health plan;health benefit;health and"
    ";health &;health.;hsa.;fsa.;hra.;medical;dental;vision;wellness;wellbeing;well-being"
    ";wellbeing;learning;education;courses;conference;training;professional development"
    ";personal development;development budget;home office;home-office;homeoffice;workspace"
    ";office setup;set-up;setup.;equipment;laptop;hardware;desk.;meal;lunch;food;snack;grocer"
    ";voucher;gift;commut;transit;transport;travel;parking;car.;fuel;mileage;insurance;donat"
    ";charit;scholarship;prize;contribut;gym.;fitness;sport;internet;wifi;phone;mobile;cell."
    ";broadband;childcare;child care;child.;daycare;tuition;student loan;reimburs;stipend"
    ";allowance;subsid;budget;perk;benefit;discount;pto.;holiday;vacation;leave.;fertility"
    ";adoption;parental;retirement;pension;401;403b;superannuation;life cover;cover of;therapy"
    ";mental;counsel;relocat;moving;visa;housing;accommodation;rent.;books;coworking"
    ";co-working;per diem;open source;volunteer;sabbatical;wedding;birthday;baby;anniversary"
    ";lifestyle;spending;utilit;electric;clothing;uniform;boots.;tool.;tools.;licence."
    ";license.;certification;membership;subscription;matching;match.;savings;day off;overtime"
    ";on-call;on call;shift premium;tax credit;credit.;cycle;bike;month of",
    "de": "zuschuss;zuschüsse;gutschein;essens;fahrt;jobticket;deutschlandticket;altersvorsorge"
    ";fortbildung;weiterbildung;weiterbildungsbudget;sachbezug;vermögenswirksam;urlaubsgeld"
    ";weihnachtsgeld;kita;versicherung;gesundheit;zulage;prämie",
    "nl": "vergoeding;reiskosten;opleiding;vakantiegeld;fiets;pensioen",
    "sv no da": "friskvård;bidrag;förmån;pension;tillæg;tilskud;frokost;tillegg;dekning;stipend",
    "fr it es pt ro": "mutuelle;ticket;titres-restaurant;titre restaurant;prime.;primes."
    ";transport;télétravail;indemnité;intéressement;participation;panier;chèque;buono"
    ";buoni;rimbors;welfare;mensa;formazion;auto aziendal;vale.;vale-;vales;ayuda;bono.;bonos."
    ";seguro;formación;comida;despensa;auxílio;auxilio;refeição;alimentação;transporte"
    ";plano de saúde;convênio;creche;cesta básica;tichete;bonuri;decont;abonament;asigurare",
    "pl cs sk sl hr": "stravenk;stravné;stravování;stravovani;cafeteri;kafeteri;benefit;příspěv"
    ";přispív;příspevok;príspev;dovolen;multisport;penzijní;pojištění;vzdělávání;náborový;bonus"
    ";odměna;odměny;karta;kart;dofinansowa;pakiet;szkole;ubezpiecz;dodatek;dodatki;premia;premie"
    ";dieta;diety;ryczałt;zwrot;zakwaterowan;prevoz;prijevoz;topli obrok;regres.;putni troš"
    ";dnevnica;dnevnice;božićnic;osiguranj",
    "hu fi et lv lt": "cafetéria;étkez;utazás;képzés;támogatás;juttatás.;tréning;liikunta;lounas"
    ";virkistys;etu.;edut",
    "ru uk bg el tr": "питани;обед;дмс.;страхов;компенсац;обучени;премия;премии;бонус;подъемны"
    ";проезд;спортзал;харчуван;навчан;ваучер;yemek;yol ücreti;servis;sigorta;prim.;ikramiye"
    ";multinet;eğitim;επίδομα;ασφάλισ;превоз;топли оброк;регрес.",
    "vi id tl sw": "phụ cấp;thưởng;bảo hiểm;hỗ trợ;trợ cấp;du lịch;tunjangan;bpjs;uang makan"
    ";asuransi;elaun;thr.",
}
_BENEFIT_SIGNS = (
    "بدل|تأمين|مكافأة|بيمه|ביטוח|ארוח|נסיעות|בונוס|भत्ता|बीमा|ประกัน|โบนัส|ค่าเดินทาง|ค่าอาหาร"
    "|手当|残業|交通費|賞与|ボーナス|補助|支援|福利|补贴|補貼|补助|奖金|獎金|餐补|房补|交通补|报销|年终奖|股票|期权|식대|수당|지원금|복지|상여|보너스|포인트"
    "|유류비|교통비|자기계발"
)
_OTHER_MONEY = {
    "en": "raised;raising;increas;funding;series a.;series b.;series c.;series d.;seed;revenue"
    ";turnover;valuation;valued;equity;grant.;stock;shares;share options;rsu;esop;bonus;sign-on"
    ";sign on.;signing;signon;commission.;commissions.;ote.;on-target;on target earn;incentive"
    ";profit;assets;market;customers;clients;invest;transaction;referral;refer a;million in."
    ";billion;per user;sales;portfolio;price;pricing;cost.;costs.;fee.;fees.;worth of.;arr."
    ";mrr.;gmv.;aum.;fund.;funded;backed;loan;debt;fine;penalt;award;competition;tip.;tips."
    ";quota;volume;processed;payments;save.;saved;saving.;13th;13e;14th",
    "de": "umsatz;kosten;provision;bonus;kapital;tantieme",
    "nl": "omzet",
    "sv no da": "omsättning;omsetning",
    "fr it es pt ro": "chiffre d'affaires;levée;capital;fatturato;facturación;ventas;comisi"
    ";comissão;bônus;bónus",
    "pl cs sk sl hr": "przychod;obrót;obrat;obratu;budżet;provize;prowizj",
    "hu fi et lv lt": "árbevétel;liikevaihto",
    "ru uk bg el tr": "выручк;оборот;капитал;продаж;ciro;bonusu",
    "vi id tl sw": "doanh thu;doanh số;hoa hồng;insentif;komisi",
}
_OTHER_SIGNS = (
    "資本金|売上|融资|估值|营收|市值|規模|规模|资产|매출|자본금|투자|رأس المال|מחזור|ยอดขาย"
    "|期権|奖励|奨励|インセンティブ"
)


_START = re.compile(rf"(?<![{LETTERS}\d])[{LETTERS}\d]")


class _Words:
    """Finds words and beginnings of words, faster than one long pattern would.

    A word of several languages counts for the first of them.
    """

    def __init__(self, *lists: Mapping[str, str], signs: re.Pattern[str] | None = None) -> None:
        self._signs = signs
        self._by_start: dict[str, list[tuple[str, str]]] = {}
        for languages, words in (each for listed in lists for each in listed.items()):
            for word in words.split(";"):
                self._by_start.setdefault(word[:2], []).append((word, languages))

    def spans(self, text: str) -> list[_Span]:
        """Each known word or sign in a text in small letters."""
        found = []
        for match in _START.finditer(text):
            place = match.start()
            for word, languages in self._by_start.get(text[place : place + 2], ()):
                stem = word.removesuffix(".")
                end = place + len(stem)
                if text.startswith(stem, place) and (stem == word or _ends_at(text, end)):
                    found.append(_Span(place, end, languages))
        if self._signs and not text.isascii():
            found += [_Span(*match.span(), "") for match in self._signs.finditer(text)]
        return found


class _Span(NamedTuple):
    """The place of a word, and the languages that it is listed for; "" for a sign."""

    start: int
    end: int
    languages: str


_NOWHERE = _Span(-1, -1, "")
_ENDS = re.compile(NO_LETTER_AFTER)


def _ends_at(text: str, end: int) -> bool:
    return _ENDS.match(text, end) is not None


_PAY_WORDS = _Words(_PAY, signs=re.compile(_PAY_SIGNS))
_PERHAPS_WORDS = _Words({"": _PERHAPS})
_NOT_PAY_WORDS = _Words(
    _BENEFITS, _OTHER_MONEY, signs=re.compile(f"{_BENEFIT_SIGNS}|{_OTHER_SIGNS}")
)
_NO_SUBJECT = re.compile(
    r"\bworkers['\u2019]? compensation|\bcompensation claims?\b|\([^()]{0,80}\)"
    r"|(?:&|\band\b|\+|/)\s{0,2}(?:benefits?|perks)\b|\b(?:machine|deep|e)[ -]learning\b"
    r"|\b(?:excluding|excl\.?|exclusive of|not including|without|before|ohne|hors|sans"
    r"|exclusief) "
    r"(?:any |annual |the )?(?:bonus(?:es)?|equity|commissions?|benefits)\b"
    r"|^\W*(?:\w+ )?stipend(?:ium)?\W{0,4}(?:of|von)?\s{0,4}$",
    re.IGNORECASE,
)
"""Matches text that is not searched because its words mislead: "machine learning"."""
_NEVER_PAY = _Words(
    {
        "": "perk;401;403b;match.;matching;bonus;equity;rsu;shares.;stock options;increas;allowance"
        ";stipends;reimburs;voucher;commission.;relocat;referral;tuition;sign-on;signing;ote."
        ";zuschuss;příspěv;премия;bônus;bónus"
    }
)
"""Words for benefits and other money that are seldom part of a job title."""
_AND = re.compile(
    r"\b(?:and|plus|with|zuzüglich|zzgl|sowie|oraz)\b|および|及び|以及|및|และ|और|এবং",
    re.IGNORECASE,
)
_AND_SIGN = re.compile(r"[,;+&/\u2022]")
_AND_IN = {
    "de": re.compile(r"\b(?:und|samt)\b"),
    "nl": re.compile(r"\ben\b"),
    "sv no da": re.compile(r"\b(?:och|og|samt)\b"),
    "ca": re.compile(r"\bi\b"),
    "fr it es pt ro": re.compile(r"\b(?:et|y|e|și|şi|más|mais|più)\b"),
    "pl cs sk sl hr": re.compile(r"\b(?:a|i|in|te)\b"),
    "hu fi et lv lt": re.compile(r"\b(?:és|ja|sekä|ning|un|ir)\b"),
    "ru uk bg el tr": re.compile(r"\b(?:и|й|і|та|και|ve)\b"),
    "vi id tl sw": re.compile(r"\b(?:dan|và|at|na)\b"),
}
"""Words that mean "and" in few languages: "a" is an article in English, and "en" in Swedish."""


def joins(text: str) -> bool:
    """Whether a text contains a sign or a word such as "and", in whatever language."""
    return any(joint.search(text.lower()) for joint in (_AND_SIGN, _AND, *_AND_IN.values()))


def _joins(between: str, *words: _Span) -> bool:
    """Whether a text between two words joins them; the words tell its language."""
    own = (_AND_IN[each.languages] for each in words if each.languages in _AND_IN)
    return any(joint.search(between) for joint in (_AND_SIGN, _AND, *own))


def subject_before(text: str) -> tuple[Subject | None, int]:
    """What the words before an amount speak of, and how many characters follow the deciding word.

    The last known word usually decides, but "salary for sales staff" speaks of pay. (None, 0) if no
    word is known.
    """
    text = _subject(text)
    said, other = _last(_PAY_WORDS, text), _last(_NOT_PAY_WORDS, text)
    pay = said.end
    if other.end > pay and (
        pay < 0
        or _joins(text[pay : other.end], said, other)
        or _last(_NEVER_PAY, text).end > pay
        or (not other.languages and _RIGHT_BEFORE.fullmatch(text, other.end))
    ):
        return "not pay", len(text) - other.end
    if pay >= 0 or _PAY_ALONE.fullmatch(text):
        return "pay", len(text) - max(pay, 0)
    perhaps = _last(_PERHAPS_WORDS, text).end
    return ("perhaps pay", len(text) - perhaps) if perhaps >= 0 else (None, 0)


_RIGHT_BEFORE = re.compile(r"(?![込含포])[\u4e00-\u9fff\uac00-\ud7a3]?[\s:]{0,4}")
"""Matches what may stand between a sign for a bonus and its amount, as in "급여 상여금 400만원"."""
_PAY_ALONE = re.compile(r"\W{0,6}pay\W{0,6}")
"""Matches the word "pay" alone, as before the amount in "Pay $18 - $22"."""


def _subject(text: str) -> str:
    """The text in small letters, with blanks for what `_NO_SUBJECT` finds."""
    small = text.lower() if text.isascii() else "".join(sign.lower()[:1] for sign in text)
    return _NO_SUBJECT.sub(lambda match: " " * len(match[0]), small)


def _last(words: _Words, text: str) -> _Span:
    """The word that ends last; of several, the one that is listed first."""
    return max(words.spans(text), key=lambda span: span.end, default=_NOWHERE)


def subject_after(text: str) -> Subject | None:
    """What the words behind an amount speak of; None if no word is known.

    The first known word usually decides.
    """
    text = _subject(text)
    pay = min(_PAY_WORDS.spans(text), default=None)
    other = min(_NOT_PAY_WORDS.spans(text), default=None)
    if other and (pay is None or other[:2] < pay[:2]):
        return "not pay"
    if pay:
        return "pay"
    return "perhaps pay" if _PERHAPS_WORDS.spans(text) else None


def starts_with_other(text: str) -> bool:
    """Whether the 32 characters behind an amount contain a word of `_NEVER_PAY`: "in equity"."""
    return bool(_NEVER_PAY.spans(_subject(text[:32])))


def is_only_a_bonus(text: str) -> bool:
    """Whether brackets right behind an amount name a bonus or the like: "(signing bonus)"."""
    return _ONLY_A_BONUS.match(text) is not None


_ONLY_A_BONUS = re.compile(
    r"\s?\((?:[\w-]{1,12} ){0,2}(?:bonus|allowance|stipend|reimbursement|prämie|zulage|ote"
    r"|on[- ]target(?: earnings)?)\)",
    re.IGNORECASE,
)


_BONUS = _Words(
    {"": "prime.;primes.;bono.;bonos.;premio;premia;premie;premii;prémi;prowizj;comisi"}
)
"""Words for a bonus that are also words for other things."""


def included_other(text: str) -> int:
    """How many characters behind an amount say that it includes a bonus or the like; usually 0."""
    match = _INCLUDING.match(text)
    if match is None:
        return 0
    rest = text[match.end() :]
    if not starts_with_other(rest) and not _BONUS.spans(_subject(rest[:32])):
        return 0
    end = _END_OF_CLAUSE.search(text, match.end())
    return end.start() if end else len(text)


_END_OF_CLAUSE = re.compile(
    r"[,;|!?\n](?!\d)|(?<!\bca)(?<!\bmax)(?<!\bmin)(?<!\bapprox)\.(?=\s|\Z)|(?<=\))|\Z",
    re.IGNORECASE,
)
"""Matches the end of a clause, but no dot or comma in a number or in "ca. 5.000"."""
_INCLUDED = (
    r"(?:incl(?:uding|usive|udes)?\.?(?: of)?|inkl(?:usive)?\.?|einschließlich"
    r"|y compris|avec|incluyendo|incluid[oa]s?|incluindo|compres[oi]|inclusief|w tym|wraz z|včetně"
    r"|vrátane|inklusive|включая|з урахуванням)(?![^\W\d_])"
)
_INCLUDING = re.compile(rf"[\s,(]{{0,3}}{_INCLUDED}", re.IGNORECASE)
_INCLUDING_WORD = re.compile(rf"(?<![^\W\d_]){_INCLUDED}", re.IGNORECASE)


def end_of_own(text: str, before: str) -> int:
    """Where a word such as "and" or "including" ends what is said behind an amount.

    `before` tells the language of "and" if it has a word for pay; otherwise the words behind do.
    """
    small = _subject(text)
    said = _last(_PAY_WORDS, _subject(before))
    if said is _NOWHERE:
        said = min(_PAY_WORDS.spans(small) or _NOT_PAY_WORDS.spans(small), default=_NOWHERE)
    own = _AND_IN.get(said.languages, _NEVER)
    found = (joint.search(small) for joint in (_AND, own, _INCLUDING_WORD))
    return min((match.start() for match in found if match), default=len(text))


_NEVER = re.compile(r"(?!)")


def names_pay(text: str) -> bool:
    """Whether a label or a heading names pay."""
    return bool(_PAY_WORDS.spans(_subject(text)))


def names_other(text: str) -> bool:
    """Whether a line or a heading names a benefit or other money."""
    return bool(_NOT_PAY_WORDS.spans(_subject(text)))


_NEXT_ITEM = re.compile(
    rf"[\s+/・]{{1,3}}[\u30a0-\u30ff\u4e00-\u9fff\uac00-\ud7a3]{{0,4}}?"
    rf"(?:{_BENEFIT_SIGNS}|{_OTHER_SIGNS}|昇給|昇格)"
)


def next_item(text: str) -> int:
    """Where another item, such as a bonus, begins behind pay in a script without words between.

    "月給25万円以上 賞与年2回" is pay and, behind the blank, a bonus. If there is no such item, the
    result is the length of the text.
    """
    found = None if text.isascii() else _NEXT_ITEM.search(text)
    return found.start() if found else len(text)


_BENEFITS_HEADING = re.compile(
    r"benefit|benefici|beneffici|perks|extras|vorteile|zusatzleistung|avantages|ventajas"
    r"|prestaciones|vantagens|vantaggi|v[ýy]hody|[śs]wiadczenia|f[öo]rm[åa]ner|fordele"
    r"|fordeler|goder|edut|l[öo]huke|luontois|soodustus|privalumai|priek[šs]roc|льготы"
    r"|соцпакет|бонусы|бонуси|придобивки|предимства|juttatás|el[őo]ny|παροχές|yan haklar"
    r"|hakların|phúc lợi|tunjangan|fasilitas|מה מציעים|הטבות|مزايا|مزایا|สวัสดิการ|福利|待遇・福利"
    r"|諸手当|복지|혜택",
    re.IGNORECASE,
)


def heads_benefits(heading: str) -> bool:
    """Whether a heading names benefits and not pay."""
    return _BENEFITS_HEADING.search(heading) is not None and not names_pay(heading)
