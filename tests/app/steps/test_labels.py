"""A value is taken from the place where the layout puts it, and a label is never a value."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from worker.pages.draft import Findings
from worker.pages.page_index import PageIndex
from worker.positions.labels import add_labelled, labelled_in_text, labelled_in_tree


def found(html: str) -> list[tuple[str, str]]:
    page = PageIndex(BeautifulSoup(html, "lxml"))
    return list(dict.fromkeys((each.field, each.value) for each in labelled_in_tree(page)))


@pytest.mark.parametrize(
    "html",
    [
        "<dl><dt>Location</dt><dd>Leeds</dd></dl>",
        "<table><tr><th>Location</th><td>Leeds</td></tr></table>",
        "<table><tr><td>Location:</td><td>Leeds</td></tr></table>",
        "<table><tr><td>Location: City</td><td>Leeds</td></tr>"
        "<tr><td>Location: Country</td><td>United Kingdom</td></tr></table><p>Location: City</p>",
        "<ul><li><h3>Location</h3><span>Leeds</span></li></ul>",
        "<div><span class=label>Location</span><span class=value>Leeds</span></div>",
        "<div><div>Primary Location</div><div>Leeds</div></div>",
        "<p><span>Primary Location</span>: <span>Leeds</span> <i>Id</i>: <i>x</i></p>",
        "<p><strong>Location:</strong> Leeds</p>",
        "<p><b>Location</b>: Leeds</p>",
        "<div data-automation-id=locations><dl><dt>locations</dt><dd>Leeds</dd></dl></div>",
        "<div><p>Standort</p><p>Leeds</p></div>",
        "<div><p>Lieu de travail</p><p>Leeds</p></div>",
        "<div><p>Ubicación:</p><p>Leeds</p></div>",
        "<div><p>Miejsce pracy</p><p>Leeds</p></div>",
        "<div><p>Místo výkonu práce</p><p>Leeds</p></div>",
        "<div><p>Sijainti</p><p>Leeds</p></div>",
        "<div><p>Место работы</p><p>Leeds</p></div>",
        "<div><p>勤務地</p><p>Leeds</p></div>",
    ],
)
def test_a_place_beside_or_below_its_label_is_found(html: str) -> None:
    assert found(html) == [("location", "Leeds")]


@pytest.mark.parametrize(
    "html",
    [
        "<p>Location: City</p>",
        "<div><span>Location</span><span>City</span></div>",
        "<div><span>Location</span><span>Country</span></div>",
        "<div><span>Location</span><span>Job type</span></div>",
        "<div><p>Standort</p><p>Ort</p></div>",
        "<div><p>Location</p></div>",
        "<div><a>Location</a><a>Leeds</a></div>",
        "<ul><li>Location</li><li>Department</li><li>Team</li></ul>",
        "<div><p>Role</p><p>You fit oak frames</p></div>",
        "<select><option>Location</option><option>Leeds</option></select>",
    ],
)
def test_a_label_alone_or_in_a_list_has_no_value(html: str) -> None:
    assert found(html) == []


@pytest.mark.parametrize("line", ["Location: City", "Location: Country:", "City: State"])
def test_a_label_after_a_colon_is_no_value(line: str) -> None:
    assert labelled_in_text(line) == []


@pytest.mark.parametrize(
    "line",
    [
        "Position & salary: Joiner", "Location/Salary: Leeds, £30,000", "Ref/City: 43",
        "Pay & holiday: 30 days, £500", "Remote & travel: 20% travel", "City & guilds: Level 2",
        "Start date / deadline: 2026-05-01", "勤務地・最寄駅: 東京駅",
    ],
)  # fmt: skip
def test_a_part_of_a_label_is_no_label(line: str) -> None:
    assert labelled_in_text(line) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("City / Country: Leeds / UK", ["Leeds / UK"]),
        ("Arbeitsort / Einsatzort: Leeds", ["Leeds"]),
        ("給与・報酬: 30万円", ["30万円"]),
        ("Location: Leeds Salary: £30,000 Hours: full-time", ["Leeds", "£30,000", "full-time"]),
        ("**Location:** Leeds | **Salary:** £30,000", ["Leeds", "£30,000"]),
        ("Standort: Köln - Arbeitszeit: Vollzeit", ["Köln", "Vollzeit"]),
        ("Company: Tidewell Benefits: gym", ["Tidewell"]),
        ("Location: Remote (US: CA, NY)", ["Remote (US: CA, NY)"]),
        ("Job title: Joiner: oak and beech", ["Joiner: oak and beech"]),
        ("Hours: 9:00 to 17:00", ["9:00 to 17:00"]),
    ],
)
def test_a_value_ends_where_the_next_label_begins(line: str, expected: list[str]) -> None:
    assert [each.value for each in labelled_in_text(line)] == expected


def test_a_place_with_an_unknown_label_in_it_is_no_place() -> None:
    findings = Findings("html", "https://tidewell.example/jobs/1")
    add_labelled(findings, labelled_in_text("Location: Leeds Dog-friendly: yes"))
    assert findings.found == []


@pytest.mark.parametrize(
    ("html", "value"),
    [
        ("<b>Salary:</b> £30,000 <em>to</em> £35,000", "£30,000 to £35,000"),
        ("<b>Salary:</b> £30,000 to <b>£35,000</b>", "£30,000 to £35,000"),
        ("<b>Salary:</b> £30,<i>000</i> a year", "£30,000 a year"),
        ("<b>Salary</b>: <span>£30,000</span> - <span>£35,000</span>", "£30,000 - £35,000"),
        ("<span>Salary:</span> <span>£30,000</span> <span>per year</span>", "£30,000 per year"),
        ("<b>Gehalt:</b> <b>3.000</b> € pro Monat", "3.000 € pro Monat"),
        ("<b>Salaire :</b> <span>2 500 €</span> à <span>3 000 €</span> <small>par mois</small>",
         "2 500 € à 3 000 € par mois"),
        ("<b>給与:</b> <span>月給25万円</span>〜<span>35万円</span>", "月給25万円〜35万円"),
        ("<b>Location:</b> <a>Leeds</a>, <a>York</a>", "Leeds, York"),
        ("<b>Standort:</b> <a>Köln</a> und <a>Bonn</a>", "Köln und Bonn"),
        ("<b>Employer:</b> Smith <i>&amp;</i> Sons", "Smith & Sons"),
        ("<b>Location:</b> Leeds<br>Apply by post", "Leeds"),
        ("<b>Location:</b> <span>Leeds</span><div>Apply by post</div>", "Leeds"),
        ("<strong>Location:</strong> Leeds <strong>Team</strong> Wood", "Leeds"),
        ("<strong>Location:</strong> Leeds <em>Salary</em> ask us", "Leeds"),
        ("<span>Location:</span><span>Leeds</span><span>Team</span><span>Wood</span>", "Leeds"),
        ("<b>Company:</b> Tidewell <a>Follow</a>", "Tidewell"),
    ],
)  # fmt: skip
def test_a_value_is_read_over_the_elements_in_its_line(html: str, value: str) -> None:
    assert [each for _, each in found(f"<div>{html}</div>")] == [value]


def read(line: str) -> dict[str, object]:
    findings = Findings("html", "https://tidewell.example/jobs/1")
    add_labelled(findings, labelled_in_text(line))
    return {each.field: each.value for each in findings.found if each.field != "locations"}


@pytest.mark.parametrize(
    ("line", "place", "workplace"),
    [
        ("Location: Remote: US", "Remote: US", "remote"),
        ("Location: Remote: US: CA, NY", "Remote: US: CA, NY", "remote"),
        ("Location: Fully Remote: EU", "Fully Remote: EU", "remote"),
        ("Location: Hybrid: Leeds / York", "Hybrid: Leeds / York", "hybrid"),
        ("Lieu: Télétravail: France", "Télétravail: France", "remote"),
        ("Arbeitsort: Homeoffice: deutschlandweit", "Homeoffice: deutschlandweit", "remote"),
        ("Location: UK: London", "UK: London", None),
        ("Location: USA: Austin, UK: London", "USA: Austin, UK: London", None),
        ("Standort: Deutschland: Berlin, Hamburg", "Deutschland: Berlin, Hamburg", None),
        ("勤務地: 東京都: 新宿区", "東京都: 新宿区", None),
        ("Location: Leeds Hours: 9-5", "Leeds", None),
    ],
)
def test_a_country_or_a_workplace_before_a_place_belongs_to_it(
    line: str, place: str, workplace: str | None
) -> None:
    values = read(line)
    assert (values["location"], values.get("workplace_type")) == (place, workplace)


@pytest.mark.parametrize("line", ["Location: Leeds Parking: Yes", "Ort: Köln Parkplatz: Ja"])
def test_a_place_and_another_label_are_no_place(line: str) -> None:
    assert read(line) == {}


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("Title: Director of Compensation: EMEA", "Director of Compensation: EMEA"),
        ("Job title: Manager Compensation: EMEA", "Manager Compensation: EMEA"),
        ("Job title: Head of Benefits: EMEA", "Head of Benefits: EMEA"),
        ("Stellenbezeichnung: Leiter Vergütung: DACH", "Leiter Vergütung: DACH"),
        ("Título del puesto: Director de Remuneración: LATAM",
         "Director de Remuneración: LATAM"),
        ("Title: Joiner Salary: £31,000", "Joiner"),
        ("Stellenbezeichnung: Tischler Arbeitsort: Köln", "Tischler"),
        ("Title: Joiner Deadline: 2026-05-01", "Joiner"),
        ("Title: Sales | Office Location: Leeds", "Sales"),
        ("Title: Sales Office Location: Leeds", None),
    ],
)  # fmt: skip
def test_a_title_ends_only_before_a_label_with_a_value(line: str, title: str | None) -> None:
    assert read(line).get("job_title") == title


@pytest.mark.parametrize(
    ("label", "value", "kind"),
    [
        ("Beschäftigungsverhältnis", "Vollzeit", "full_time"),
        ("Type d\u2019emploi", "Temps plein", "full_time"),
        ("Tipo de emprego", "Tempo integral", "full_time"),
        ("Tipo di contratto", "Tempo parziale", "part_time"),
        ("Anställningsform", "Deltid", "part_time"),
        ("Wymiar pracy", "niepełny etat", "part_time"),
        ("Wymiar pracy", "pełny etat", "full_time"),
        ("Úvazek", "zkrácený úvazek", "part_time"),
        ("Тип занятости", "Полная занятость", "full_time"),
        ("雇用形態", "パートタイム", "part_time"),
        ("Arbeitszeit", "Flexible Arbeitstage", None),
    ],
)
def test_a_type_of_employment_is_found_in_the_words_of_its_language(
    label: str, value: str, kind: str | None
) -> None:
    findings = Findings("html", None)
    page = PageIndex(BeautifulSoup(f"<li><h3>{label}</h3><span>{value}</span></li>", "lxml"))
    add_labelled(findings, labelled_in_tree(page))
    assert findings.draft().value("employment_type") == kind


@pytest.mark.parametrize(
    "value", ["See below", "Please select", "Siehe unten", "Voir ci-dessous", "Seleccione", "Kies"]
)
def test_a_remark_beside_a_label_is_no_value(value: str) -> None:
    assert labelled_in_text(f"Location: {value}") == []


def test_signs_around_a_place_do_not_belong_to_it() -> None:
    findings = Findings("html", None)
    add_labelled(findings, labelled_in_text("Location: Leeds ·"))
    assert findings.draft().value("location") == "Leeds"


def test_the_address_of_a_link_is_no_part_of_a_value() -> None:
    said = "Location: [Bench Group](https://bench.example) at Leeds"
    assert [each.value for each in labelled_in_text(said)] == ["Bench Group at Leeds"]
