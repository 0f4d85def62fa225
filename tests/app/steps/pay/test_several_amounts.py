"""Of several amounts, those of other things leave the pay as it is."""

from __future__ import annotations

import pytest

from worker.pages.salary import find_salary


@pytest.mark.parametrize(
    ("text", "pay"),
    [
        ("Salary: $60,000 - $70,000. Typical deals are $50,000 - $100,000.", (60000, 70000)),
        ("Salary: $60,000 - $70,000. Homes sell for $150,000 - $300,000.", (60000, 70000)),
        ("Salary in Ohio is $60,000 - $70,000. Homes sell for $80,000 - $90,000.", (60000, 70000)),
        ("Pay: $20 - $25 per hour. Tutors charge $40 per hour.", (20, 25)),
        ("Pay: $18 per hour. Rooms are let at $25 per hour.", (18, 18)),
        ("Pay: $20 - $25 per hour\nRoom hire:\n$40 per hour", (20, 25)),
        ("Gehalt 3.000 EUR - 3.500 EUR. Anlagen fuer 2.000 EUR - 9.000 EUR.", (3000, 3500)),
        ("Salaire : 2 500 € - 3 000 €. Nos vélos coûtent 2 000 € - 5 000 €.", (2500, 3000)),
        ("Salario: 2.000 € - 2.500 €. Reformas de 1.500 € - 4.000 €.", (2000, 2500)),
        ("Lön: 30 000 kr - 35 000 kr. Bilarna kostar 40 000 kr - 90 000 kr.", (30000, 35000)),
        ("Wynagrodzenie: 6 000 zł - 8 000 zł. Rowery za 4 000 zł - 9 000 zł.", (6000, 8000)),
        ("Оклад: 60 000 ₽ - 70 000 ₽. Окна стоят 50 000 ₽ - 90 000 ₽.", (60000, 70000)),
    ],
)
def test_the_price_of_a_thing_in_the_next_sentence_is_no_pay(
    text: str, pay: tuple[float, float]
) -> None:
    found = find_salary(text)
    assert found is not None
    assert (found.minimum, found.maximum) == pay


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        (
            "Salary: Berlin: 60.000 € - 70.000 €\nMünchen: 70.000 € - 80.000 €",
            "60.000 € - 70.000 €; 70.000 € - 80.000 €",
        ),
        (
            "Gehalt in Berlin 60.000 € - 70.000 €. In München 75.000 € - 80.000 €.",
            "60.000 € - 70.000 €; 75.000 € - 80.000 €",
        ),
        (
            "Salaire à Lyon : 30 000 € - 35 000 €. À Paris : 40 000 € - 45 000 €.",
            "30 000 € - 35 000 €; 40 000 € - 45 000 €",
        ),
        (
            "Pay: $20 - $25 per hour. Senior: $30 - $35 per hour.",
            "$20 - $25 per hour; $30 - $35 per hour",
        ),
        (
            "Salary: $50,000-$60,000 in Leeds. $60,000-$70,000 in York.",
            "$50,000-$60,000; $60,000-$70,000",
        ),
        (
            "Gaji: Jakarta Rp 5.000.000 - Rp 6.000.000; Bandung Rp 4.000.000 - Rp 5.000.000",
            "Rp 5.000.000 - Rp 6.000.000; Rp 4.000.000 - Rp 5.000.000",
        ),
    ],
)
def test_the_pay_of_another_place_or_level_leaves_only_its_words(text: str, wording: str) -> None:
    found = find_salary(text)
    assert found is not None
    assert (found.text, found.minimum, found.maximum) == (wording, None, None)


LONG = "a bonus on which we agree in the first weeks of each year"


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("Salary £32,000 including a bonus of £2,500", "£32,000 including a bonus of £2,500"),
        ("Salary: £50,000.00 incl. bonus 2.5 %", "£50,000.00 incl. bonus 2.5 %"),
        ("Gehalt 60.000 € inkl. Bonus von 5.000 €", "60.000 € inkl. Bonus von 5.000 €"),
        ("Gehalt: 60.000 € inkl. Bonus von ca. 5.000 €. Ab Mai.",
         "60.000 € inkl. Bonus von ca. 5.000 €"),
        ("Salaris € 60.000 inclusief bonus van 1.250,50 €, vanaf mei",
         "€ 60.000 inclusief bonus van 1.250,50 €"),
        ("Salary: £60,000 (including commission of £2,500.50 a year). Apply by May",
         "£60,000 (including commission of £2,500.50 a year)"),
        ("Salary: £60,000 including bonus, car. More", "£60,000 including bonus"),
        (f"Salary: £60,000 including {LONG} {'x' * 20} £12,345,678 of it",
         f"£60,000 including {LONG} {'x' * 20}"),
    ],
)  # fmt: skip
def test_the_words_of_pay_with_a_bonus_in_it_end_with_a_whole_number(
    text: str, wording: str
) -> None:
    found = find_salary(text)
    assert found is not None
    assert (found.text, found.minimum, found.maximum) == (wording, None, None)


@pytest.mark.parametrize(
    ("text", "pay"),
    [
        ("Salario: 30.000 € y bonus", 30000),
        ("Salario: 30.000 € brutos anuales más comisiones", 30000),
        ("Salário: R$ 5.000 e vale-refeição", 5000),
        ("Salariu: 5.000 lei net și tichete", 5000),
        ("Mzda: 35 000 Kč měsíčně a příspěvek na penzi", 35000),
        ("Wynagrodzenie: 9 000 zł i karta Multisport", 9000),
        ("Lön: 32 000 kr/mån och friskvårdsbidrag 5000 kr", 32000),
        ("Salaris: € 3.000 bruto per maand en een bonus", 3000),
        ("Palkka 3 000 €/kk ja lounasetu", 3000),
        ("Fizetés: 500 000 Ft/hó és cafetéria", 500000),
        ("Maaş: 30.000 TL ve yemek kartı", 30000),
        ("Зарплата: 100 000 руб. и премия", 100000),
        ("Зарплата: 30 000 грн та премії", 30000),
        ("Gaji: Rp 5.000.000 per bulan dan tunjangan", 5000000),
        ("給与: 30万円及び賞与", 300000),
        ("Salaire : 30 000 € avec prime", None),
        ("Salario: 30.000 € incluido bono", None),
        ("Wynagrodzenie: 9 000 zł w tym premia", None),
        ("Mzda: 45 000 Kč včetně bonusů", None),
    ],
)
def test_a_benefit_that_a_word_joins_to_the_pay_leaves_the_pay(
    text: str, pay: float | None
) -> None:
    found = find_salary(text)
    assert found is not None
    assert (found.minimum, found.maximum) == (pay, pay)


@pytest.mark.parametrize(
    "text",
    ["Salario y 500 € de bono", "Bonus: 5 000 Kč a dovolená", "Premia: 2 000 zł i karta sportowa"],
)
def test_a_bonus_that_a_word_joins_to_something_is_no_pay(text: str) -> None:
    assert find_salary(text) is None


@pytest.mark.parametrize(
    ("text", "pay"),
    [
        ("月給25万円〜35万円（固定残業代3万円含む）", (250000, 350000)),
        ("月給25万円〜35万円（3万円の固定残業代を含む）", (250000, 350000)),
        ("年収400万円〜600万円（賞与80万円を含む）", (4000000, 6000000)),
        ("月薪15000元（餐补500元）", (15000, 15000)),
        ("월급 300만원 (식대 20만원 포함)", (3000000, 3000000)),
        ("Salary: £40,000 (overtime £3,000 extra)", (40000, 40000)),
        ("Gehalt: 3.000 € (Zulage 200 €)", (3000, 3000)),
        ("月給（正社員）25万円", (250000, 250000)),
        ("Salary (GBP 30,000)", (30000, 30000)),
    ],
)
def test_other_money_in_brackets_is_judged_alone(text: str, pay: tuple[float, float]) -> None:
    found = find_salary(text)
    assert found is not None
    assert (found.minimum, found.maximum) == pay
