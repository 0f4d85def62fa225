"""Models that answer in the right form and say what is not so."""

from __future__ import annotations

import re
from typing import Any

from bench.research.liar import Liar as CompanyLiar
from liverows import Usage
from worker.companies.model_answer import CompanyReport, RoleReport
from worker.interviews.rubric import DIMENSIONS
from worker.services.models.language_model import BaseModelT, Structured

ASKED_LINE = re.compile(r"^Report these facts: (.+)\.$", re.MULTILINE)
NAME = re.compile(r"\b[A-Z][\w&]+(?: [A-Z][\w&]+){0,3}")
NUMBERED_LINE = re.compile(r"^\[?(\d+)\]?[ :|]", re.MULTILINE)
LIES = {
    "job_title": "Chief Marmalade Officer",
    "company_name": "Phantom Industries",
    "company_website": "https://phantom.example",
    "salary_range": "$123,456 per year",
    "location": "Atlantis",
    "workplace_type": "remote",
    "employment_type": "internship",
    "posted_at": "2019-01-01",
    "valid_through": "2039-01-01",
    "apply_url": "https://phantom.example/apply",
}


class Liar:
    """A `LanguageModel` that cites true lines for false facts, and cuts interviews at random.

    `shift` moves each border of a cut by so many lines, so that several liars differ.
    """

    def __init__(self, shift: int) -> None:
        self._shift = shift
        self._of_companies = CompanyLiar()

    async def structured(
        self, *, system: str, prompt: str, output: type[BaseModelT], max_output_tokens: int
    ) -> Structured[BaseModelT]:
        """Answer with the lies for this form."""
        if issubclass(output, CompanyReport | RoleReport):
            return await self._of_companies.structured(
                system=system, prompt=prompt, output=output, max_output_tokens=max_output_tokens
            )
        lies = {
            "PostingFacts": self._facts,
            "QuestionCut": self._cut,
            "ModelRoles": self._roles,
            "Judgement": self._judgement,
            "Verdicts": self._verdicts,
        }[output.__name__]
        return Structured(output.model_validate(lies(prompt)), (Usage("liar"),))

    def _facts(self, prompt: str) -> dict[str, Any]:
        asked = ASKED_LINE.search(prompt)
        names = asked[1].split(", ") if asked else []
        lines = [line.strip() for line in prompt.split("\n") if len(line.strip()) > 20]
        facts = []
        for number, name in enumerate(names):
            quote = lines[(number * 3 + self._shift) % len(lines)] if lines else "nothing"
            facts.append({"field": name, "value": LIES[name], "quote": quote})
            # The same line as value and quote: nothing is forged, but it is not this fact.
            facts.append({"field": name, "value": quote[:60], "quote": quote})
            # A name in that line, which may be anybody's.
            facts += [{"field": name, "value": one, "quote": quote} for one in NAME.findall(quote)]
        return {"facts": facts}

    def _cut(self, prompt: str) -> dict[str, Any]:
        lines = sorted({int(number) for number in NUMBERED_LINE.findall(prompt)})
        questions = [
            {
                "first": first,
                "question_last": min(first + self._shift, lines[-1]),
                "last": min(first + self._shift + 2, lines[-1]),
                "kind": "BACKGROUND_EXPERIENCE",
                "title": "Question",
            }
            for first in lines[self._shift :: 3 + self._shift]
        ]
        return {"questions": questions}

    def _roles(self, prompt: str) -> dict[str, Any]:
        return {"candidate_speaker": self._shift % 2}

    def _judgement(self, prompt: str) -> dict[str, Any]:
        """The highest scores, with lines of anybody as quotes."""
        lines = [line.strip() for line in prompt.split("\n") if len(line.strip()) > 20]
        quotes = [lines[(number + self._shift) % len(lines)] for number in range(len(DIMENSIONS))]
        evidence = [
            {"dimension": each, "quote": quote, "supports": "strength"}
            for each, quote in zip(DIMENSIONS, quotes, strict=True)
        ]
        return {
            "evidence": evidence,
            "answered": "yes",
            "scores": dict.fromkeys(DIMENSIONS, 10),
            "feedback": f'You say "{LIES["job_title"]}" and name {LIES["company_name"]}.',
            "improvements": [],
            "title": LIES["job_title"],
            "kind": "GREETING_OR_CHIT_CHAT",
        }

    def _verdicts(self, prompt: str) -> dict[str, Any]:
        """Yes to everything."""
        numbers = re.findall(r"^(\d+)\.$", prompt, re.MULTILINE)
        return {"verdicts": [{"number": int(one), "follows": True, "word": ""} for one in numbers]}
