"""From a pasted description only clearly stated values are read; the others stay unknown."""

from __future__ import annotations

import pytest

from liverows.base.errors import InvalidInput
from worker.positions.pasted import extract_from_text
from worker.positions.result import finish

REST = "\n\nYou test our pumps and write down what you see. Two years of experience are enough."


@pytest.mark.parametrize(
    ("text", "title", "company"),
    [
        ("Job title: Pump Tester\nCompany: Acme Pumps", "Pump Tester", "Acme Pumps"),
        ("**Position:** Pump Tester\n**Employer:** Acme & Sons", "Pump Tester", "Acme & Sons"),
        ("# Pump Tester\nAcme makes pumps.", "Pump Tester", None),
        ("Acme Pumps is hiring a Pump Tester.", "Pump Tester", "Acme Pumps"),
        ("Acme Pumps Ltd is looking for an Engineer in Leeds", "Engineer", "Acme Pumps Ltd"),
        ("We are looking for a Pump Tester.", None, None),
        ("Our client is looking for a Pump Tester.", None, None),
        ("About the role\nJoin our team at Acme!", None, None),
        ("# About us\nAcme makes pumps.", None, None),
    ],
)
async def test_title_and_company_are_taken_only_when_stated(
    text: str, title: str | None, company: str | None
) -> None:
    draft = await extract_from_text(text + REST)
    assert (draft.value("job_title"), draft.value("company_name")) == (title, company)


@pytest.mark.parametrize(
    "heading",
    [
        "### **About the Role**", "## __About the role__", "# **What You'll Do**", "## The Role:",
        "# Key responsibilities", "### **Über uns**", "# Deine Aufgaben", "# À propos du poste",
        "# Descripción del puesto", "# Sobre a vaga", "# Descrizione", "# Over de functie",
        "# O stanowisku", "# Náplň práce", "# Om rollen", "# О компании", "# İş tanımı",
        "# 仕事内容",
        "# 岗位职责", "# 주요업무", "# Careers at Tidewell", "# Job details",
    ],
)  # fmt: skip
async def test_the_heading_of_a_section_is_no_title(heading: str) -> None:
    assert (await extract_from_text(f"{heading}{REST}")).value("job_title") is None


async def test_a_heading_beside_equal_headings_is_no_title() -> None:
    text = f"## The river and you{REST}\n\n## What we ask for{REST}"
    assert (await extract_from_text(text)).value("job_title") is None


@pytest.mark.parametrize(
    "text",
    [
        f"# **Pump Tester**{REST}\n\n## About us{REST}",
        f"### Pump Tester\n\nLeeds\n\n### About us{REST}",
        f"# Pump Tester{REST}",
    ],
)
async def test_a_heading_above_the_sections_is_the_title(text: str) -> None:
    assert (await extract_from_text(text)).value("job_title") == "Pump Tester"


async def test_the_description_is_kept_and_its_facts_are_read() -> None:
    text = f"Location: Leeds (hybrid)\nContract: full-time\nSalary: £31k - £35k a year{REST}"
    found = finish(await extract_from_text(text))
    assert found.job_description == text
    assert (found.location, found.workplace_type) == ("Leeds (hybrid)", "hybrid")
    assert found.employment_type == "full_time"
    assert (found.salary_range, found.salary_min) == ("£31k - £35k a year", 31000)
    assert found.source_platform == "text"
    assert found.extraction.fetch is None
    assert found.extraction.warnings == ["job_title_unknown", "company_name_unknown"]


@pytest.mark.parametrize("text", ["", "   ", "Baker", "x" * 300_000])
async def test_what_cannot_be_a_description_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        await extract_from_text(text)
