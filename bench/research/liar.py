"""A model that lies: its quotes are correct, but no source says what it claims."""

from __future__ import annotations

import re
from typing import Any

from liverows import Usage
from worker.companies.model_answer import CompanyReport
from worker.services.models.language_model import BaseModelT, Structured

SALARY = "123,456"
PRODUCT = "Phantom Turbine"
FLAG = "Phantom layoffs"
MARKS = (SALARY, "Phantom", "COBOL", "bankrupt")


class Liar:
    """A `LanguageModel` whose reports contain every kind of lie that `weigh` must find."""

    def __init__(self) -> None:
        self.claims = 0

    async def structured(
        self, *, system: str, prompt: str, output: type[BaseModelT], max_output_tokens: int
    ) -> Structured[BaseModelT]:
        """Answer with lies about a company, or with harmless advice for a role."""
        lies = _lies(prompt) if output is CompanyReport else _advice()
        self.claims += sum(len(one) if isinstance(one, list) else 1 for one in lies.values() if one)
        return Structured(output.model_validate(lies), (Usage("liar"),))


def _lies(prompt: str) -> dict[str, Any]:
    ids = re.findall(r"^Source (\S+),", prompt, re.MULTILINE) or ["s1"]
    lines = [line for line in prompt.split("\n") if len(line) > 20 and "=====" not in line]
    quotes = [line.strip("#-* ")[:120] for line in lines[2:]] or ["nothing"]

    def lie(text: str, number: int = 0, basis: str = "stated", source: str = "") -> dict[str, str]:
        quote = quotes[number % len(quotes)]
        return {"text": text, "source": source or ids[0], "quote": quote, "basis": basis}

    flags = [lie(f"{FLAG} every year.", number, "inferred", one) for number, one in enumerate(ids)]
    return {
        "overview": lie("It is nearly bankrupt."),
        "executive_summary": lie("Expect Phantom questions.", basis="inferred"),
        "products": [lie(PRODUCT, n, source=one) for n, one in enumerate(ids)],
        "tech_stack": [lie("COBOL", n, source=one) for n, one in enumerate(ids)],
        "salary": lie(f"${SALARY} a year"),
        "key_talking_points": [lie("It grew by 777% in 2031.", 2, "inferred")],
        "top_challenges": [lie("It lost Phantom as a customer.", 3, source="s99")],
        "culture_insights": lie("People work 90 hours a week.", 4),
        "company_values": [lie("Phantom first", 5)],
        "red_flags": [*flags, lie(f"{FLAG}.", 6), lie("It is bankrupt.", 7, "inferred")],
        **_advice(),
    }


def _advice() -> dict[str, Any]:
    return {
        "interview_questions": [
            {"text": f"Is ${SALARY} enough?", "kind": "company", "why": "They pay it."}
        ],
        "preparation_tips": [f"Ask for ${SALARY}.", f"Read about the {PRODUCT} first."],
        "smart_questions": [],
        "key_topics": [],
    }
