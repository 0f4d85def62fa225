"""Pay is read in the words, currencies and number formats of many languages."""

from __future__ import annotations

import pytest

from worker.pages.salary import find_salary

STATED = [
    # German
    ("Bruttogehalt: 3.200 € bis 3.800 € monatlich", (3200, 3800, "EUR", "month")),
    (
        "Das Jahresgehalt liegt zwischen 55.000 und 65.000 Euro.",
        (55000, 65000, "EUR", "year"),
    ),
    ("Stundenlohn ab 17,50 €", (17.5, None, "EUR", "hour")),
    ("Wir zahlen ein Monatsgehalt von € 2.851,20 brutto (KV).", (2851.2, 2851.2, "EUR", "month")),
    ("Gehalt: 45.000,- EUR brutto p.a.", (45000, 45000, "EUR", "year")),
    ("Lohn: CHF 5'200.- pro Monat", (5200, 5200, "CHF", "month")),
    ("Lohn Fr. 85'000.\u2013 bis 95'000.\u2013 pro Jahr", (85000, 95000, "CHF", "year")),
    # French
    ("Salaire : 35 à 42 k€ brut annuel", (35000, 42000, "EUR", "year")),
    ("Rémunération : 2 100 € bruts par mois", (2100, 2100, "EUR", "month")),
    ("Taux horaire : 25,50 $ de l'heure", (25.5, 25.5, None, "hour")),
    ("TJM : 450 € / jour", (450, 450, "EUR", "day")),
    # Spanish
    ("Salario: 24.000€ - 30.000€ brutos anuales", (24000, 30000, "EUR", "year")),
    ("Sueldo mensual de $15,000 a $18,000 MXN", (15000, 18000, "MXN", "month")),
    ("Sueldo: S/ 2,500 mensuales", (2500, 2500, "PEN", "month")),
    ("Renta líquida: $900.000 CLP mensual", (900000, 900000, "CLP", "month")),
    # Portuguese
    ("Salário: R$ 3.500,00 a R$ 4.200,00 por mês", (3500, 4200, "BRL", "month")),
    ("Remuneração: R$ 2,5 mil mensais", (2500, 2500, "BRL", "month")),
    # Italian
    ("Retribuzione annua lorda: 28.000 - 32.000 €", (28000, 32000, "EUR", "year")),
    ("RAL 30.000-35.000 euro", (30000, 35000, "EUR", "year")),
    # Dutch
    ("Salaris: € 2.800 - € 3.600 bruto per maand", (2800, 3600, "EUR", "month")),
    # Polish
    ("Wynagrodzenie: 7 000 - 9 000 zł brutto miesięcznie", (7000, 9000, "PLN", "month")),
    ("Wynagrodzenie od 8 do 10 tys. zł brutto/mies.", (8000, 10000, "PLN", "month")),
    ("Stawka 35 zł/h netto", (35, 35, "PLN", "hour")),
    # Czech and Slovak
    ("Nabízený plat: 38 000 - 45 000 Kč měsíčně", (38000, 45000, "CZK", "month")),
    ("Mzda: od 35 000 Kč do 42 000 Kč hrubého", (35000, 42000, "CZK", None)),
    ("Nabízíme hodinovou mzdu 180 Kč/hod.", (180, 180, "CZK", "hour")),
    ("Nabízíme mzdu 45.000,- Kč/měsíc", (45000, 45000, "CZK", "month")),
    ("Plat 1 500 - 1 900 EUR/mesiac brutto", (1500, 1900, "EUR", "month")),
    # Hungarian, Romanian
    ("Fizetés: bruttó 450.000 - 550.000 Ft/hó", (450000, 550000, "HUF", "month")),
    ("Bér: 400 ezer Ft-tól 500 ezer Ft-ig havonta", (400000, 500000, "HUF", "month")),
    ("Salariu: 4.500 - 6.000 lei net lunar", (4500, 6000, "RON", "month")),
    # Bulgarian, Russian, Ukrainian, Serbian
    ("Заплата: 2 500 - 3 200 лв. бруто месечно", (2500, 3200, "BGN", "month")),
    ("Зарплата от 80 000 до 120 000 руб. на руки", (80000, 120000, "RUB", None)),
    ("Оклад 90 тыс. рублей в месяц", (90000, 90000, "RUB", "month")),
    ("з/п 50-70 т.р. в месяц", (50000, 70000, "RUB", "month")),
    ("Заробітна плата: 25 000 \u2013 35 000 грн на місяць", (25000, 35000, "UAH", "month")),
    ("Зарплата 30 000 ₴/міс", (30000, 30000, "UAH", "month")),
    ("Зарплата 300 000 - 400 000 тенге в месяц", (300000, 400000, "KZT", "month")),
    ("Plata: 90.000 - 120.000 dinara mesečno", (90000, 120000, "RSD", "month")),
    ("Plata: 80.000 din. mesečno", (80000, 80000, "RSD", "month")),
    ("Plata 80000 din mesecno", (80000, 80000, "RSD", "month")),
    ("Zarada 80.000-100.000 din. neto mesečno", (80000, 100000, "RSD", "month")),
    ("Mesecna plata 80.000 din", (80000, 80000, "RSD", "month")),
    ("Satnica: 450 din/h", (450, 450, "RSD", "hour")),
    ("Dnevna zarada 4.000 din.", (4000, 4000, "RSD", "day")),
    ("Плата: 80.000 дин. месечно", (80000, 80000, "RSD", "month")),
    ("Plata: 1.800 KM mjesečno", (1800, 1800, "BAM", "month")),
    ("Plata 1.800 konvertibilnih maraka mjesečno", (1800, 1800, "BAM", "month")),
    ("Plaća: 10.000 kn mjesečno", (10000, 10000, "HRK", "month")),
    ("Плата: 40.000 ден. месечно", (40000, 40000, "MKD", "month")),
    # The Nordic and Baltic countries
    ("Lön: 32 000 - 38 000 kr per månad", (32000, 38000, "SEK", "month")),
    ("Årslønn: kr 550 000 - 620 000", (550000, 620000, "NOK", "year")),
    ("Løn: 35.000 kr. pr. måned", (35000, 35000, "DKK", "month")),
    ("Palkka: 2 800 - 3 200 € / kk", (2800, 3200, "EUR", "month")),
    ("Töötasu 1800-2200 € kuus bruto", (1800, 2200, "EUR", "month")),
    ("Atalgojums no 1200 līdz 1500 EUR mēnesī", (1200, 1500, "EUR", "month")),
    ("Atlyginimas: 2000\u20132500 €/mėn. bruto", (2000, 2500, "EUR", "month")),
    # Greek, Turkish
    ("Μισθός: 1.200 € μηνιαίως", (1200, 1200, "EUR", "month")),
    ("Maaş: 35.000 - 45.000 TL net aylık", (35000, 45000, "TRY", "month")),
    # Arabic, Hebrew
    ("الراتب: ٥٠٠٠ - ٧٠٠٠ ريال سعودي شهريا", (5000, 7000, "SAR", "month")),
    ("راتب 8000 جنيه شهرياً", (8000, 8000, "EGP", "month")),
    ("שכר: 12,000 - 15,000 ₪ לחודש", (12000, 15000, "ILS", "month")),
    # South Asia
    ("वेतन: ₹25,000 - ₹35,000 प्रति माह", (25000, 35000, "INR", "month")),
    ("Salary: ₹12,00,000 - ₹15,00,000 per annum", (1200000, 1500000, "INR", "year")),
    ("CTC: 12-15 LPA", (1200000, 1500000, "INR", "year")),
    ("Compensation: ₹40\u201360L", (4000000, 6000000, "INR", None)),
    ("Package: INR 8 lakh - 12 lakh per annum", (800000, 1200000, "INR", "year")),
    ("Salary up to 1.2 crore INR per year", (None, 12000000, "INR", "year")),
    ("Salary: Rs. 25,000/- per month", (25000, 25000, None, "month")),
    # South East Asia
    ("Mức lương: 15 - 20 triệu VNĐ/tháng", (15000000, 20000000, "VND", "month")),
    ("Gaji: Rp 5.000.000 - Rp 7.000.000 per bulan", (5000000, 7000000, "IDR", "month")),
    ("Gaji 5-7 juta rupiah", (5000000, 7000000, "IDR", None)),
    ("Gaji: RM 3,000 - RM 4,500 sebulan", (3000, 4500, "MYR", "month")),
    ("Salary: ₱25,000 - ₱30,000 per month", (25000, 30000, "PHP", "month")),
    ("เงินเดือน 25,000 - 35,000 บาท", (25000, 35000, "THB", "month")),
    ("เงินเดือน: ๓๐,๐๐๐ บาทต่อเดือน", (30000, 30000, "THB", "month")),
    # East Asia
    ("月給25万円\uff5e35万円", (250000, 350000, "JPY", "month")),
    ("年収:500万円\u301c700万円", (5000000, 7000000, "JPY", "year")),
    ("時給\uff11\uff0c\uff12\uff10\uff10円以上", (1200, None, "JPY", "hour")),
    ("給与 月給25万5,000円", (255000, 255000, "JPY", "month")),
    ("月薪:15000-20000元", (15000, 20000, "CNY", "month")),
    ("薪资:20-30万/年", (200000, 300000, None, "year")),
    ("薪資待遇:月薪 40,000 ~ 55,000 元", (40000, 55000, None, "month")),
    ("연봉 4,000만원 ~ 6,000만원", (40000000, 60000000, "KRW", "year")),
    ("시급 10,030원", (10030, 10030, "KRW", "hour")),
    # Africa
    ("Salary: R25 000 - R30 000 per month", (25000, 30000, "ZAR", "month")),
    ("Salary: KSh 80,000 - 100,000 monthly", (80000, 100000, "KES", "month")),
    ("Salary: ₦250,000 - ₦350,000 per month", (250000, 350000, "NGN", "month")),
    ("Salary: GH₵3,500 per month", (3500, 3500, "GHS", "month")),
]


@pytest.mark.parametrize(("text", "expected"), STATED)
def test_pay_is_read_in_many_languages(text: str, expected: tuple[object, ...]) -> None:
    found = find_salary(text)
    assert found is not None
    assert (found.minimum, found.maximum, found.currency, found.interval) == expected
    assert found.text in " ".join(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "Wir zahlen 50 € im Monat für Ihr Deutschlandticket",
        "Vorteile:\n- 40 € monatlich als Sachbezug",
        "Příspěvek na penzijní připojištění 1 000 Kč měsíčně",
        "Ticket restaurant de 9 € par jour",
        "Vale-refeição de R$ 30,00 por dia",
        "Dofinansowanie karty sportowej 100 zł miesięcznie",
        "Friskvårdsbidrag 5 000 kr per år",
        "交通費支給(月3万円まで)",
        "住宅手当 月2万円",
        "资本金1亿元",
        "Страховка ДМС на 100 000 руб. в год",
        "Phụ cấp ăn trưa 1 triệu/tháng",
        "Buoni pasto da 8 € al giorno",
        "Bono de despensa $1,500 mensuales",
        "Reiskostenvergoeding van € 300 per maand",
        "Étkezési támogatás: 20 000 Ft/hó",
        "식대 월 20만원 지원",
    ],
)
def test_a_benefit_is_no_pay_in_any_language(text: str) -> None:
    assert find_salary(text) is None


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("Lön: 32 000 kr/mån", "SEK"),
        ("Lønn: 450 000 kr. Søknad sendes til oss", "NOK"),
        ("Løn: 32.000 kr. Ansøgning sendes til os", "DKK"),
        ("Salary: 32,000 kr a month", None),
        ("給与: ¥4,000,000です", "JPY"),
        ("薪水: ¥20000", "CNY"),
        ("Salary: ¥4,000,000", None),
        ("Salary: $90,000 (CAD)", "CAD"),
        ("Salary in AUD: $90,000", "AUD"),
        ("Salary: $90,000", None),
        ("Salary: Rs 900,000", None),
        ("CAD engineer, salary: $90,000", None),
    ],
)
def test_a_shared_sign_has_a_currency_only_if_the_text_decides(
    text: str, currency: str | None
) -> None:
    found = find_salary(text)
    assert found is not None
    assert found.currency == currency


@pytest.mark.parametrize(
    "text",
    ["Brzina 120 KM na sat, plata po dogovoru", "Plata po dogovoru. Vožnja do 800 KM dnevno."],
)
def test_kilometres_with_a_period_are_no_pay(text: str) -> None:
    assert find_salary(text) is None


@pytest.mark.parametrize(
    "text",
    ["Vozač: 2.500 km nedeljno, plata 120.000 din", "Drives of 40 km a day, salary 30,000 EUR"],
)
def test_the_period_of_another_amount_is_not_that_of_the_pay(text: str) -> None:
    found = find_salary(text)
    assert found is not None
    assert found.interval is None
