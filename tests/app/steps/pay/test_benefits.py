"""Money that is no pay is never shown as pay, and pay beside it is found."""

from __future__ import annotations

import pytest

from tests.app.steps.pages import page
from worker.pages.draft import FieldName
from worker.pages.salary import find_salary, parse_salary
from worker.positions.extract import extract_structured
from worker.positions.pasted import extract_from_text

WORK = (
    "<h1>Bench Joiner</h1><main><h2>What you will do</h2><ul><li>Measure, cut and fit oak frames "
    "to half a millimetre</li><li>Plan the week with two colleagues</li></ul><h2>Requirements</h2>"
    "<ul><li>Two years of experience at a bench</li><li>A driving licence</li></ul>"
)
MONEY: tuple[FieldName, ...] = (
    "salary_range",
    "salary_min",
    "salary_max",
    "salary_currency",
    "salary_interval",
)


async def test_benefits_with_a_period_are_no_pay() -> None:
    html = (
        f"{WORK}<h2>Benefits</h2><ul>"
        "<li>We pay $150 per month into your health savings account</li>"
        "<li>Learning: $2,500 per year for courses</li>"
        "<li>Up to $200 per year for wellbeing expenses</li>"
        "<li>Meal vouchers (120 CZK/working day)</li>"
        "<li>Cafeteria = 675 CZK per month (paid by the employer)</li>"
        "<li>You get $100 per month to give to open source</li></ul></main>"
    )
    draft = await extract_structured(page(html))
    assert [draft.value(name) for name in MONEY] == [None] * 5


async def test_one_benefit_in_a_pasted_text_is_no_pay() -> None:
    draft = await extract_from_text(
        "Bench Joiner at Tidewell\n\nPerks\n- Every joiner gets $1000 after a month of employment "
        "to set up a home office.\n\nWhat you do: fit oak frames, keep the machines in order."
    )
    assert [draft.value(name) for name in MONEY] == [None] * 5


async def test_pay_is_found_among_benefits() -> None:
    html = (
        f"{WORK}<h2>Benefits</h2><ul><li>$300 per month for your commute</li></ul>"
        "<h2>Compensation</h2><p>Compensation for this role is $110,000 - $135,000 a year.</p>"
    )
    draft = await extract_structured(page(html))
    assert [draft.value(name) for name in MONEY] == [
        "$110,000 - $135,000 a year",
        110000,
        135000,
        None,
        "year",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Perks\n- €50 per month for the gym",
        "Our customers pay $5,000 per month for the platform",
        "The fund manages $500 million",
        "We have paid out $50,000 to open source",
        "Clients pay us between $10,000 and $90,000",
        "Must lift 50 pounds",
        "PHP 8, 5+ years",
        "Referral bonus of £1,000",
        "A prize of €10,000 per year is awarded",
        "Tuition: $12,000 a year",
        "Startups pay $10K\u2013$50K for brand identity",
        "We scaled to a $2 million annualized run rate in a few months",
        "DoMORE - $7/month for a pair of tickets",
        "**What we offer:**\n- $1,000 per month towards rent",
        "**Benefits**\n* Free lunches\n* $900 per month",
        "Benefits:\n- Internet: $600 annually\n- $10,000 per year",
        "Competitive salary, health insurance and $500 per month for the gym",
        "You manage a P&L of $20,000,000 a year in revenue",
        "Workers' compensation claims of $50,000",
        "A fair salary, and $30,000 in shares after a year",
        "Our wages are fair, with £2,000 of equity",
        "Salary: €1,500 (holiday allowance)",
        "Gehalt marktüblich, Prämie 2.000 € im Jahr",
        "Yearly pay increase: £900 a year",
        "Compensation perks: 401(k) match up to $9,000",
        "We reimburse up to $9,000 a year for a move",
        "Our pension fund totals $70,000,000",
    ],
)
def test_other_money_is_no_pay(text: str) -> None:
    assert find_salary(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Benefits\n- Salary: $100,000 - $120,000\n- Gym", (100000, 120000)),
        ("We offer health insurance, 401k, and a salary of $120,000", (120000, 120000)),
        ("The salary range for this Sales Director role is $120k-$140k", (120000, 140000)),
        ("Compensation & Benefits: $80,000 - $90,000 plus bonus", (80000, 90000)),
        ("Engineer | Remote | $150k - $190k + equity | Full-time", (150000, 190000)),
        ("Pay $60,000 - $80,000", (60000, 80000)),
        ("We offer €45.000 - € 70.000 per year, stock options and bonuses", (45000, 70000)),
        ("Stipend ₹45,000 per month (internship)", (45000, 45000)),
        ("Pay: $4,000 a month ($48,000 a year)", (4000, 4000)),
        ("Base salary excluding bonus: £41,000 - £44,000", (41000, 44000)),
        ("Salary: $90,000 - $95,000 (bonus eligible)", (90000, 95000)),
        ("Palkka 3000 € + 500 € tulospalkkio kuukaudessa", (3000, 3000)),
        ("Salary: Band 7 - $61,500.25 p.a.", (61500.25, 61500.25)),
        ("US: $116,000 - $126,000 + 15% bonus target", (116000, 126000)),
        ("Monthly salary range for this role - 4300 - 4400 EUR (gross) + bonus", (4300, 4400)),
        ("| Salary | £32,000 |\n| Hours | 40 |", (32000, 32000)),
        ("## Annual Salary Range\n\n$120,000 \u2014 $150,000 USD", (120000, 150000)),
    ],
)
def test_pay_beside_other_money_is_found(text: str, expected: tuple[float, float]) -> None:
    found = find_salary(text)
    assert found is not None
    assert (found.minimum, found.maximum) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Competitive, plus a $5,000 sign-on bonus", None),
        ("Equity grant of $40,000", None),
        ("£31,000 and a £500 tool allowance", (31000, 31000)),
        ("£31,000 with bonus", (31000, 31000)),
        ("31,000 - 33,000", (31000, 33000)),
    ],
)
def test_a_text_about_pay_may_state_other_money_too(
    text: str, expected: tuple[float, float] | None
) -> None:
    found = parse_salary(text)
    assert (found and (found.minimum, found.maximum)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pay: $20 - $22 per hour Benefits: 401(k), dental", (20, 22)),
        ("Pay: $20 - $22 per hour Benefits: $500 per month for the gym", (20, 22)),
        ("Salary: 50,000-60,000 EUR per year Benefits: health insurance", (50000, 60000)),
        ("Salary: $75,000 Health insurance: yes", (75000, 75000)),
        ("Salary: $75,000 - $80,000 DOE Bonus: $5,000", (75000, 80000)),
        ("salary: $75,000 benefits: dental", (75000, 75000)),
        ("Salary: $75,000 per year Bonus Dental Vision", (75000, 75000)),
        ("Gehalt: 50.000 - 60.000 EUR pro Jahr Zusatzleistungen: Jobticket", (50000, 60000)),
        ("Salaire : 40 000 - 45 000 € par an Avantages : mutuelle, tickets", (40000, 45000)),
        ("Salario: 30.000 - 35.000 € al año Seguro médico: sí", (30000, 35000)),
        ("Wynagrodzenie: 8000 - 9000 zł miesięcznie Benefity: karta sportowa", (8000, 9000)),
        ("Mzda: 38 000 - 45 000 Kč měsíčně Benefity: stravenky", (38000, 45000)),
        ("Lön: 35 000 kr per månad Förmåner: friskvårdsbidrag", (35000, 35000)),
        ("Зарплата: 80 000 руб. в месяц Льготы: ДМС", (80000, 80000)),
        ("Salaris: € 3.000 - € 3.500 per maand Pensioen: ja", (3000, 3500)),
        ("給与：月給30万円 福利厚生：交通費", (300000, 300000)),
        ("Salary: 50,000 EUR Zone A: 45,000 EUR", (None, None)),
    ],
)
def test_pay_ends_where_the_label_of_a_benefit_begins(
    text: str, expected: tuple[float, float]
) -> None:
    found = find_salary(text)
    assert found is not None
    assert (found.minimum, found.maximum) == expected
    read = parse_salary(text.partition(":")[2] or text)
    assert read is not None


@pytest.mark.parametrize(
    "text",
    [
        "Salary: competitive Benefits: $9,000 per year for courses",
        "Salary plus $9,000 per year Bonus: paid in May",
        "Gehalt zuzüglich 2.000 € im Monat Prämie: jährlich",
        "Perks: $9,000 per year Gym: yes",
        "$9,000 per year Bonus: paid in May",
        "Salario y 2.000 € de ventas al mes: sí",
        "Plat a příspěvek 20 000 Kč ročně Benefity: ano",
        "Salary: $0.00 per hour Benefits: dental",
        "Salary: $1.00 - $2.00 per year Benefits: dental",
    ],
)
def test_the_amount_of_a_benefit_before_a_label_is_no_pay(text: str) -> None:
    assert find_salary(text) is None


@pytest.mark.parametrize(
    ("text", "is_pay"),
    [
        # "a", "en" and "i" are articles and prepositions here ...
        ("The salary during a training period is $50,000 a year", True),
        ("Our salary at a fund company: $50,000 a year", True),
        ("Lön för en utbildning i pension: 35 000 kr per månad", True),
        ("Salaire en assurance de 40 000 € par an", True),
        # ... and here they mean "and".
        ("Plat a vzdělávání 20 000 Kč ročně", False),
        ("Wynagrodzenie i ubezpieczenie 20 000 zł rocznie", False),
        ("Salario y seguro de 20.000 € al año", False),
        ("Stipendio e formazione di 20.000 € l'anno", False),
        ("Salaris en opleiding van € 20.000 per jaar", False),
        ("Зарплата и обучение 200 000 руб. в год", False),
        ("Fizetés és képzés 800 000 Ft évente", False),
    ],
)
def test_the_language_decides_which_words_mean_and(text: str, is_pay: bool) -> None:
    assert (find_salary(text) is not None) is is_pay


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        (
            "Base salary for Zone A is $120,000 - $140,000 per year.\n\n"
            "For Zone B it is $60,000 - $70,000 per year.",
            "$120,000 - $140,000 per year; $60,000 - $70,000 per year",
        ),
        (
            "Salary in Ohio is $100,000-$120,000. In Maine it is $80,000-$90,000.",
            "$100,000-$120,000; $80,000-$90,000",
        ),
        (
            "Gehalt: Junior 3.000 € im Monat; Senior 8.000 € im Monat",
            "3.000 € im Monat; 8.000 € im Monat",
        ),
        ("Pay: Level 1 $20/hour Level 2 $25/hour", "$20/hour; $25/hour"),
        ("Salary: $150,000 - $200,000 including bonus", "$150,000 - $200,000 including bonus"),
        ("Gehalt: 60.000 € inkl. Bonus", "60.000 € inkl. Bonus"),
        ("Salary: £60,000 (including commission)", "£60,000 (including commission)"),
    ],
)
def test_several_zones_or_a_bonus_in_the_pay_leave_only_its_words(text: str, wording: str) -> None:
    found = find_salary(text)
    assert found is not None
    assert found.text == wording
    assert (found.minimum, found.maximum) == (None, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Salary: $60,000 (base) $120,000 (OTE)", 60000),
        ("Salary: £41,000 a year including a uniform", 41000),
        ("Salary: £41,000 - £41,000. We raised £40,000 - £50,000 for the shop.", 41000),
        ("Salary: £41,000 a year. Gym: £12,000 a year", 41000),
    ],
)
def test_other_money_after_pay_leaves_its_numbers(text: str, expected: float) -> None:
    found = find_salary(text)
    assert found is not None
    assert (found.minimum, found.maximum) == (expected, expected)


@pytest.mark.parametrize(
    "text",
    [
        "Topli obrok: 8.000 din. mesečno",
        "Naknada za prevoz 5.000 din. mesečno",
        "Salariu net: 5.000 din care 500 sunt bonuri",
        "Salariu 8000 din prima zi",
        "Plata pe drum: 25.000 KM parcurși lunar",
        "Pay as agreed. Our drivers cover 5,000 KM a month",
    ],
)
def test_marks_that_are_also_words_are_no_money_without_what_belongs_to_them(text: str) -> None:
    assert find_salary(text) is None
