"""`make eval-research` keeps its promises, and it would notice a broken one."""

from __future__ import annotations

import pytest

from bench.research.__main__ import evaluate
from bench.research.liar import Liar
from bench.research.score import Marks
from bench.research.sites import example_company, invented_companies
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
