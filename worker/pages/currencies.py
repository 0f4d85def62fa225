"""Currencies: codes, signs, names in many languages, and their rough worth."""

from __future__ import annotations

import math

_CODES = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN"
    " BWP BYN BZD CAD CDF CHF CLF CLP CNH CNY COP CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN"
    " ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR"
    " ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA"
    " MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP"
    " PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC"
    " SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF"
    " XCD XCG XOF XPF YER ZAR ZMW ZWG ZWL"
)
CODES = frozenset(_CODES.split())
"""Codes of ISO 4217 for currencies, some of them replaced by newer ones, and CNH."""

# The currency code of each sign or abbreviation; "" means that several currencies use it.
SIGNS = {
    "€": "EUR", "£": "GBP", "₹": "INR", "₽": "RUB", "₴": "UAH", "₺": "TRY", "₪": "ILS", "₩": "KRW",
    "₫": "VND", "₱": "PHP", "฿": "THB", "₦": "NGN", "₵": "GHS", "₸": "KZT", "₾": "GEL", "₼": "AZN",
    "₲": "PYG", "₡": "CRC", "৳": "BDT", "₮": "MNT", "₭": "LAK", "៛": "KHR", "֏": "AMD", "﷼": "",
    "₨": "", "$": "", "¥": "",
    "US$": "USD", "U$S": "USD", "U$D": "USD", "CA$": "CAD", "CAN$": "CAD", "CDN$": "CAD",
    "C$": "CAD", "AU$": "AUD", "A$": "AUD", "NZ$": "NZD", "S$": "SGD", "SG$": "SGD", "HK$": "HKD",
    "NT$": "TWD", "R$": "BRL", "MX$": "MXN", "AR$": "ARS", "COL$": "COP", "CLP$": "CLP",
    "J$": "JMD", "TT$": "TTD", "RD$": "DOP", "GH₵": "GHS", "GH¢": "GHS", "S/.": "PEN", "S/": "PEN",
    "B/.": "PAB",
    "Kč": "CZK", "kč": "CZK", "KČ": "CZK", "Kc": "CZK", "zł": "PLN", "Zł": "PLN", "ZŁ": "PLN",
    "zl": "PLN", "Ft": "HUF", "TL": "TRY", "RM": "MYR", "Rp": "IDR", "Tk": "BDT", "Ks": "MMK",
    "Gs": "PYG", "KM": "BAM", "КМ": "BAM",
    "Rs": "", "RS": "", "kr": "", "Kr": "", "KR": "", "Dh": "", "DH": "", "Dhs": "", "SR": "SAR",
    "KSh": "KES", "Ksh": "KES", "Kshs": "KES", "KSH": "KES", "TSh": "TZS", "Tsh": "TZS",
    "USh": "UGX", "Ush": "UGX", "UGX": "UGX", "NIS": "ILS", "SFr": "CHF", "GHC": "GHS",
    "лв": "BGN", "р": "RUB", "тг": "KZT", "đ": "VND", "円": "JPY", "元": "CNY", "원": "KRW",
    "บาท": "THB", "FCFA": "", "CFA": "", "RMB": "CNY", "Php": "PHP",
}  # fmt: skip
_NAMES = {
    "EUR": "euro,euros,euron,euró,euroa,eura,eurų,eiro,ευρώ,евро,євро,еуро,avro"
    ",ユーロ,欧元,歐元,유로,يورو,אירו",
    "CZK": "korun,koruny,koruna",
    "SEK": "kronor",
    "ISK": "krónur,króna",
    "PLN": "złotych,złote,złoty,zlotych",
    "HUF": "forint,forintot",
    "RON": "lei,leu",
    "BGN": "лева,лев",
    "UAH": "грн,гривень,гривні,гривен,hryvnia,hryvnias,hryven",
    "RUB": "руб,рублей,рубля",
    "KZT": "тенге,теңге,tenge",
    "UZS": "сум,сўм,so'm",
    "KGS": "сом",
    "RSD": "din,dinara,dinar,dinari,дин,динара,динар,динари",
    "MKD": "ден,денари,денар,denari,denar,denara",
    "BAM": "konvertibilnih maraka,конвертибилних марака,maraka,марака",
    "HRK": "kuna,kune,kn",
    "TRY": "lirası,lira",
    "BRL": "reais",
    "PEN": "soles",
    "PYG": "guaraníes,guaranies",
    "GTQ": "quetzales",
    "INR": "रुपये,रुपए,रु",
    "BDT": "taka,টাকা",
    "MYR": "ringgit",
    "IDR": "rupiah",
    "THB": "baht",
    "KRW": "won",
    "JPY": "yen,日本円",
    "CNY": "yuan,renminbi,rmb,人民币,人民幣,元人民币",
    "TWD": "新台幣,新臺幣,台幣,臺幣",
    "HKD": "港幣,港币,港元",
    "USD": "美元,美金,米ドル,us dollars,us dollar,u.s. dollars,dollars us,dólares americanos",
    "VND": "vnđ,đồng",
    "NGN": "naira",
    "GHS": "cedis,cedi",
    "ZAR": "rand",
    "ETB": "birr",
    "ZMW": "kwacha",
    "ILS": 'shekel,shekels,ש"ח,ש״ח,שקלים,שקל',
    "AZN": "manat",
    "GEL": "lari,ლარი",
    "AMD": "dram,դրամ",
    "EGP": "جنيه",
    "SAR": "ريال سعودي,ر.س",
    "AED": "د.إ",
    "KWD": "د.ك",
    "GBP": "pounds sterling,pound sterling",
    "CHF": "francs suisses,schweizer franken,franken",
    "": "dollars,dollar,dólares,dolares,달러,ドル,دولار,دينار,درهم,تومان"
    ",ریال,ريال,pesos,peso,kroner,krone,rupees,rupee,francs,dirhams,dirham,riyals"
    ",riyal,shillings,f cfa",
}
NAMES = {name: code for code, names in _NAMES.items() for name in names.split(",")}
"""The code of each currency name in small letters; "" for names without one certain currency."""

# Ten to this power is about the number of units worth a US dollar. The order of magnitude is
# enough.
_POWERS = {
    0.5: "PLN RON BRL AED SAR QAR MYR ILS PEN BGN BYN GEL TTD FJD BOB GHS",
    0.9: "CNY SEK NOK DKK HKD BWP GTQ HNL UYU MXN ZAR MAD MDL EGP TWD CZK PHP THB UAH TRY ZMW NIO",
    1.6: "DOP INR RUB BDT NPR KGS MKD ETB MUR ISK JPY RSD DZD KES PKR LKR ALL AMD KZT HUF CRC XAF"
    " XOF JMD HTG AFN YER NPR",
    2.9: "KRW CLP ARS NGN COP MMK TZS UGX IQD RWF MNT LRD CDF SYP MWK",
    3.8: "VND IDR LAK UZS KHR PYG GNF LBP MGA IRR SLL BIF",
}
_POWER = {code: power for power, codes in _POWERS.items() for code in codes.split()}
_HIGH_WAGES = "USD EUR GBP CHF CAD AUD NZD SGD HKD JPY SEK NOK DKK ISK ILS"


def worth_of_a_dollar(currency: str | None) -> float:
    """About how many units of the currency are worth a US dollar; 1 if not in `_POWER`."""
    return math.pow(10, _POWER.get(currency or "", 0.0))


def pays_high_wages(currency: str | None) -> bool:
    """Whether wages in this currency are usually high; True also for None."""
    return currency is None or currency in _HIGH_WAGES.split()
