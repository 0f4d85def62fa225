"""`make eval-research` keeps its promises, and it would notice a broken one."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.passing import Passing
from bench.research.__main__ import evaluate
from bench.research.elsewhere import composed_companies
from bench.research.liar import Liar
from bench.research.score import Marks, bears_out
from bench.research.sites import Company, example_company, given_companies, invented_companies
from worker.services.models.language_model import LanguageModel

FEW = 5


async def marks_of(model: LanguageModel | None) -> Marks:
    return await evaluate([example_company(), *invented_companies()[:FEW]], model)


@pytest.mark.parametrize("lies", [False, True])
async def test_every_claim_is_cited_and_borne_out_and_nothing_is_invented(lies: bool) -> None:
    marks = await marks_of(Liar() if lies else None)
    assert marks.companies == FEW + 1
    assert marks.claims > 40
    assert marks.cited == marks.supported == marks.claims
    assert marks.invented == 0
    assert marks.technologies[0] == marks.technologies[1] == marks.technologies[2]
    assert (marks.hits, marks.requests_when_known) == (marks.companies, 0)


async def test_a_model_that_lies_is_asked_and_not_believed() -> None:
    liar = Liar()
    assert (await marks_of(liar)).claims == (await marks_of(None)).claims
    assert liar.claims > 100


async def test_a_folder_of_saved_sites_is_read_as_a_static_server_shows_it(tmp_path: Path) -> None:
    site = tmp_path / "tidewell"
    (site / "about").mkdir(parents=True)
    (tmp_path / "empty").mkdir()
    words = "Tidewell builds oak frames for museums in a workshop by the river. " * 4
    head = "<html lang=en><title>Tidewell</title>"
    (site / "index.html").write_text(
        f'{head}<main><a href="about/">About us</a><p>{words}</p></main>'
    )
    (site / "about" / "index.html").write_text(
        f"{head}<main><h1>About us</h1><p>{words}</p></main>"
    )
    passing = Passing()
    companies = given_companies(tmp_path, passing)
    assert (passing.files, passing.judged) == (2, 1)
    assert passing.left_out == [("empty", "has no index.html")]
    assert {"/", "/index.html", "/about/", "/about"} <= set(companies[0].pages)
    marks = await evaluate(companies, None)
    assert [name for name, _ in marks.briefs] == ["tidewell"]
    assert marks.briefs[0][1]["coverage"]["website"] == "ok"
    assert marks.products == marks.technologies == [0, 0, 0]


@pytest.mark.parametrize("is_there", [True, False])
async def test_a_site_of_which_a_page_was_not_read_is_counted(is_there: bool) -> None:
    words = "Tidewell builds oak frames for museums in a workshop by the river. " * 4
    pages = {
        "/": f'<title>Tidewell</title><main><a href="/about">About us</a><p>{words}</p></main>'
    }
    about = {"/about": f"<title>About us</title><main><h1>About us</h1><p>{words}</p></main>"}
    none = frozenset[str]()
    site = Company("Tidewell", "tidewell.example", pages | (about if is_there else {}), none, none)
    assert (await evaluate([site], None)).in_part == (not is_there)


def test_no_company_of_the_second_generator_sells_what_bears_the_name_of_another() -> None:
    companies = list(composed_companies(40))
    sellers: dict[str, set[str]] = {}
    for company in companies:
        for product in company.products:
            sellers.setdefault(product, set()).add(company.name)
    assert len(sellers) > 20
    assert {product: names for product, names in sellers.items() if len(names) > 1} == {}


async def test_companies_of_a_second_generator_are_researched_without_a_false_claim() -> None:
    companies = list(composed_companies(8))
    assert [each.pages for each in companies] == [each.pages for each in composed_companies(8)]
    marks = await evaluate(companies, None)
    assert marks.companies == 8
    assert marks.claims >= 16
    assert marks.cited == marks.supported == marks.claims
    assert marks.technologies[2] == 24


@pytest.mark.parametrize(
    ("text", "claim", "is_borne_out"),
    [
        ("We are good.", "Go", False),
        ("They said tail above.", "AI lab", False),
        ("We write C++ here.", "C", False),
        ("Wir mögen Javanesen.", "Java", False),
        ("We run ROS2 on boats.", "ROS 2", True),
        ("We run ROS 2 on boats.", "ROS2", True),
        ("we write go, and rust.", "Go", True),
        ("당사는 Kotlin을 씁니다.", "Kotlin", True),
        ("当社はハーバー灯を作ります。", "ハーバー灯", True),
        ("We write C++.", "C++", True),
    ],
)
def test_a_claim_is_borne_out_by_whole_words_only(
    text: str, claim: str, is_borne_out: bool
) -> None:
    assert bears_out(text, claim) == is_borne_out
