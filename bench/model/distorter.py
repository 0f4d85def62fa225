"""Models that know what is right and answer something close to it that is false."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Literal, TypeAlias

from liverows import Usage
from worker.companies.reading import Reading
from worker.companies.undecided import missing_words
from worker.services.models.language_model import BaseModelT, Structured

Way: TypeAlias = Literal["split", "merge", "shorten", "small talk"]
WAYS: tuple[Way, ...] = ("split", "merge", "shorten", "small talk")
MOST_CLAIMS = 12

_FIRST_CUT = re.compile(r"^first (\d+), question_last (\d+), last (\d+)$", re.MULTILINE)
_LINE = re.compile(r"^\[(\d+)\] speaker (\d+), (\w+): (.*)$", re.MULTILINE)
_SOURCE = re.compile(r"^Source (\S+),")
_NAME = re.compile(r"^The company calls itself: (.+)\.$", re.MULTILINE)
_PAIR = re.compile(
    r"^(\d+)\.\n=+ quote [^\n]*\n(.*?)\n=+[^\n]*\n=+ claim [^\n]*\n(.*?)\n=+",
    re.MULTILINE | re.DOTALL,
)
_DENIAL = re.compile(r"\b(?:not|never|no longer|nicht mehr|nicht|kein\w*|non|no|niet|geen)\s", re.I)
_WE = re.compile(r"^(?:we|wir|nous|nosotros|noi|wij)\b", re.IGNORECASE)
_FALSE_QUESTIONS = (
    {"text": "What do you say to their fraud trial of last year?", "kind": "company",
     "why": "They are the leading supplier and won a national award."},
    {"text": "They dismissed half of the staff in spring.", "kind": "company",
     "why": "It shows how they treat people."},
)  # fmt: skip
_FALSE_ADVICE = {
    "preparation_tips": (
        "Mention that they pay 123,456 a year.", "Praise their office in Atlantis.",
    ),
    "smart_questions": ("Why did they sell Phantom Industries?", "How is the merger going?"),
    "key_topics": ("Phantom Turbine",),
}  # fmt: skip
_SAID_OF_AN_ANSWER = (
    'You say "I never finish what I begin".',
    "You led 4,500 people at Phantom Industries.",
    "You admit that you were dismissed for stealing copper from the warehouse.",
)


class Distorter:
    """A `LanguageModel` that changes one thing of each right answer.

    `way` is what it does to the questions of an interview. `told` has its false sentences.
    """

    def __init__(self, way: Way) -> None:
        self._way = way
        self.told: set[str] = set()

    async def structured(
        self, *, system: str, prompt: str, output: type[BaseModelT], max_output_tokens: int
    ) -> Structured[BaseModelT]:
        """Answer in this form."""
        answers: dict[str, Callable[[str], dict[str, Any]]] = {
            "PostingFacts": self._facts,
            "QuestionCut": self._cut,
            "ModelRoles": self._roles,
            "Judgement": self._judgement,
            "CompanyReport": self._report,
            "RoleReport": lambda _: self._advice(),
            "Verdicts": self._verdicts,
        }
        answer = answers[output.__name__](prompt)
        return Structured(output.model_validate(answer), (Usage("distorter"),))

    def _facts(self, prompt: str) -> dict[str, Any]:
        """Values of the right form that stand in the text, each for a field of that form."""
        forms = {
            "salary_range": r"[^.\n]{0,40}(?:[$€£]\s?\d[\d,.]*|\d[\d,.]*\s?(?:EUR|€))[^.\n]{0,40}",
            "posted_at": r"[^\n]{0,30}\d{4}-\d\d-\d\d[^\n]{0,30}",
            "valid_through": r"[^\n]{0,30}\d{4}-\d\d-\d\d[^\n]{0,30}",
            "apply_url": r"[^\n]{0,30}https?://\S+",
            "company_website": r"[^\n]{0,30}https?://\S+",
            "workplace_type": r"[^.\n]{0,40}\b(?:remote|hybrid|office)\b[^.\n]{0,40}",
            "employment_type": r"[^.\n]{0,40}\b(?:intern\w*|temporary|part-time)\b[^.\n]{0,40}",
        }  # fmt: skip
        facts = []
        for name, form in forms.items():
            for found in list(re.finditer(form, prompt))[:5]:
                quote = found[0].strip()
                value = re.sub(r"^.*?(https?://)", r"\1", quote)
                facts += [{"field": name, "value": one, "quote": quote} for one in (value, quote)]
        return {"facts": facts}

    def _cut(self, prompt: str) -> dict[str, Any]:
        cut = [tuple(map(int, found)) for found in _FIRST_CUT.findall(prompt)]
        roles = {int(place): role for place, _, role, _ in _LINE.findall(prompt)}
        kind = "GREETING_OR_CHIT_CHAT" if self._way == "small talk" else "BEHAVIORAL"
        return {
            "questions": [
                {"first": first, "question_last": asked, "last": last, "kind": kind,
                 "title": "Why were you dismissed?"}
                for first, asked, last in self._changed(cut, roles)
            ]
        }  # fmt: skip

    def _changed(
        self, cut: list[tuple[int, ...]], roles: dict[int, str]
    ) -> Iterator[tuple[int, int, int]]:
        for number, (first, asked, last) in enumerate(cut):
            if self._way == "split":
                inside = [at for at in range(asked + 1, last) if roles.get(at) == "interviewer"]
                starts = [first, *inside]
                ends = [*(at - 1 for at in inside), last]
                yield from zip(starts, [asked, *inside], ends, strict=True)
            elif self._way == "merge":
                if number % 4 == 0 or number + 1 == len(cut):
                    yield first, asked, last
                elif number % 4 == 1:
                    yield first, asked, cut[number + 1][2]
                elif number % 4 == 3:
                    yield first, asked, last
            elif self._way == "shorten":
                yield first, asked, max(min(asked + 1, last), last - 1)
            else:
                yield first, asked, last

    def _roles(self, prompt: str) -> dict[str, Any]:
        asked: dict[int, int] = {}
        for _, speaker, _, text in _LINE.findall(prompt):
            asked[int(speaker)] = asked.get(int(speaker), 0) + text.count("?")
        return {"candidate_speaker": max(asked, key=lambda each: asked[each], default=0)}

    def _judgement(self, prompt: str) -> dict[str, Any]:
        answers = [text for _, _, role, text in _LINE.findall(prompt) if role == "candidate"]
        quote = " ".join((answers or ["nothing at all"])[0].split()[:12])
        self.told.update(_SAID_OF_AN_ANSWER)
        return {
            "evidence": [{"dimension": "structure", "quote": quote, "supports": "gap"}],
            "answered": "no",
            "scores": dict.fromkeys(
                ("relevance", "clarity_conciseness", "specificity_detail", "actions_contribution",
                 "results_impact", "competency_demonstration")
            ) | {"structure": 1},
            "feedback": " ".join(_SAID_OF_AN_ANSWER),
            "improvements": [
                {"text": text, "dimension": "structure"} for text in _SAID_OF_AN_ANSWER
            ],
            "title": "Why were you dismissed?",
            "kind": "GREETING_OR_CHIT_CHAT",
        }  # fmt: skip

    def _report(self, prompt: str) -> dict[str, Any]:
        name = (_NAME.findall(prompt) or ["The company"])[0]
        claims = [
            {"text": text, "source": source, "quote": quote[:290], "basis": "stated"}
            for source, quote in _sentences(prompt)
            for text in _distorted(quote[:290], name)
        ]
        step = max(1, len(claims) // (4 * MOST_CLAIMS))
        lists = [claims[at :: 4 * step][:MOST_CLAIMS] for at in range(4)]
        self.told.update(one["text"] for one in claims)
        return {
            "overview": lists[0][0] if lists[0] else None,
            "executive_summary": lists[1][0] if lists[1] else None,
            "products": [], "tech_stack": [], "salary": None,
            "key_talking_points": lists[0],
            "top_challenges": lists[1],
            "culture_insights": lists[2][0] if lists[2] else None,
            "company_values": lists[2],
            "red_flags": lists[3],
            **self._advice(),
        }  # fmt: skip

    def _advice(self) -> dict[str, Any]:
        self.told.update(each[part] for each in _FALSE_QUESTIONS for part in ("text", "why"))
        self.told.update(text for texts in _FALSE_ADVICE.values() for text in texts)
        return {"interview_questions": _FALSE_QUESTIONS, **_FALSE_ADVICE}

    def _verdicts(self, prompt: str) -> dict[str, Any]:
        """Yes to its own claims, and the right answer to each control."""
        verdicts = []
        for number, quote, claim in _PAIR.findall(prompt):
            lacking = missing_words(Reading(claim), Reading(quote))
            is_own = claim in self.told
            word = "" if is_own or not lacking else lacking[0]
            verdicts.append({"number": int(number), "follows": is_own, "word": word})
        return {"verdicts": verdicts}


def _sentences(prompt: str) -> Iterator[tuple[str, str]]:
    source = ""
    for line in prompt.split("\n"):
        if found := _SOURCE.match(line):
            source = found[1]
        elif source and "=====" not in line:
            for one in re.split(r"(?<=[.!?])\s+", line.strip("#-* ")):
                if len(one.split()) >= 5:
                    yield source, one


def _distorted(sentence: str, name: str) -> list[str]:
    """The sentence about the company, changed in one point so that it is false."""
    plain = _WE.sub(name, sentence)
    words = plain.split()
    changed = [
        re.sub(r"\d+", lambda found: f"{found[0]}0", plain, count=1),
        _DENIAL.sub("", plain, count=1),
        re.sub(r"\b(?:some|most|many|few|einige|viele|algunas?|molti)\b", "all", plain, flags=re.I),
        re.sub(r"\b(?:plan to|want to|hope to|wollen|queremos)\s", "", plain, count=1),
        f"Former {plain}",
        f"{plain.rstrip('.')} after layoffs.",
        " ".join([*words[:2], "never", *words[2:]]),
        # Of a longer sentence this would be its parts in another order, which is not false.
        *(
            [" ".join(reversed(re.split(r" (?:for|from|by) ", plain.rstrip("."), maxsplit=1)))]
            if not re.search(r"[,;:]|[.!?]\s", plain)
            else []
        ),
        " ".join([*words[:-1], "competitors."]),
    ]
    return [text for text in dict.fromkeys(changed) if text.rstrip(".") != plain.rstrip(".")]
