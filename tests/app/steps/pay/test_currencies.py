"""The currencies are those of CLDR: each code, and each country's sign in its own language."""

from __future__ import annotations

import pytest
from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_symbol, get_territory_currencies

from worker.pages.currencies import CODES
from worker.pages.currency_marks import currency_code, currency_of
from worker.pages.salary import find_salary

# A country and its language for each currency whose sign is read.
LOCALES = [
    "cs_CZ",
    "sv_SE",
    "nb_NO",
    "da_DK",
    "is_IS",
    "pl_PL",
    "hu_HU",
    "ro_RO",
    "bg_BG",
    "uk_UA",
    "ru_RU",
    "kk_KZ",
    "sr_Latn_RS",
    "mk_MK",
    "tr_TR",
    "pt_BR",
    "es_PE",
    "es_PY",
    "en_IN",
    "bn_BD",
    "ms_MY",
    "id_ID",
    "th_TH",
    "ko_KR",
    "vi_VN",
    "en_NG",
    "en_GH",
    "en_ZA",
    "he_IL",
    "ka_GE",
    "az_AZ",
    "de_DE",
    "en_GB",
    "ja_JP",
    "en_PH",
    "zh_TW",
    "zh_HK",
]
SHARED = {"SEK", "NOK", "DKK", "ISK", "JPY"}
"""Their signs are those of several currencies."""


def test_every_currency_in_use_is_known() -> None:
    in_use = {
        code
        for territory in get_global("territory_currencies")
        for code in get_territory_currencies(territory, tender=True)
    }
    assert in_use <= CODES


@pytest.mark.parametrize("name", LOCALES)
def test_the_sign_of_a_countrys_currency_is_read_in_its_language(name: str) -> None:
    locale = Locale.parse(name)
    (code,) = get_territory_currencies(str(locale.territory), tender=True)[-1:]
    sign = get_currency_symbol(code, locale)
    found = find_salary(f"Salary: 5 000 000 {sign}") or find_salary(f"Salary: {sign} 5 000 000")
    assert found is not None
    assert found.currency == (None if code in SHARED or sign == "$" else code)


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_code_of_data_is_read_in_any_case(code: str) -> None:
    assert currency_code(code) == currency_code(f" {code.lower()} ") == code


@pytest.mark.parametrize("word", ["", "XXX", "abc", "$", "kr", "Rs", "points", "USDT"])
def test_what_is_no_code_and_no_sure_sign_has_no_currency(word: str) -> None:
    assert currency_code(word) is None


def test_two_currencies_of_one_amount_are_none() -> None:
    assert currency_of(("EUR", "USD")) is None
    assert currency_of(("$", "CAD")) == "CAD"
