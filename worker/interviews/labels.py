"""Reads the names of speakers in a given transcript: roles, running numbers and times in them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby

from worker.interviews.transcript import Role, tokens

_WHOLE: dict[str, Role] = {
    "user": "candidate",
    "you": "candidate",
    "assistant": "interviewer",
    "agent": "interviewer",
    "hr": "interviewer",
    "hm": "interviewer",
}
"""These show a role only as the whole name; "Agent Smith" is a person."""
_CANDIDATE = re.compile(
    r"candidat(?:e|es|a|o|ul)?|cand|applicant|interviewee|bewerber(?:in)?|kandidat(?:in|ka|en|e)?|"
    r"kandidaat|kandidaatti|postulante?|entrevistad[oa]|aspirante|intervistat[oa]|sollicitant|"
    r"hakija|aday|s[öo]kande|ans[øo]ger|uchaze[čc]|jel[öo]lt|pelamar|"
    r"кандидат(?:ка)?|соискатель|υποψήφι(?:ος|α)|"
    r"المرشح|المرشحة|المتقدم|מועמד|מועמדת|داوطلب|उम्मीदवार|"
    r"候选人|候選人|应聘者|應聘者|求职者|求職者|応募者|候補者|지원자|후보자"
)
_INTERVIEWER = re.compile(
    r"interviewer(?:in|s)?|interviewende|recruiter(?:in)?|(?:hiring|recruiting)|"
    r"personaler(?:in)?|personalreferent(?:in)?|personalleiter(?:in)?|recruteu(?:r|se)|"
    r"intervieweu(?:r|se)|entrevistador(?:a)?|reclutador(?:a)?|recrutador(?:a)?|"
    r"intervistator[ei]|intervistatrice|selezionatore|selezionatrice|"
    r"rekruter(?:ka)?|intervjuare|intervjuer|haastattelija|interjúztató|pewawancara|"
    r"интервьюер|рекрутер|інтерв['\u2019]юер|интервюиращ|"
    r"المحاور|المحاورة|מראיין|מראיינת|مصاحبه‌گر|साक्षात्कारकर्ता|"
    r"面试官|面試官|面接官|면접관"
)
_STAFF = re.compile(r"\bH[RM]\b(?!\.)")
"""Human resources or the hiring manager; "Hr." is "Mr" in Danish."""
_TIME = re.compile(r"[\[(]?\b\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?\b[\])]?")
_NUMBERED = re.compile(r"(\D{1,20}?)\W{0,3}(\d{1,4})\W{0,3}")
_ANSWERS = {
    "q": {"a", "r"},
    "question": {"answer", "réponse", "reponse"},
    "frage": {"antwort"},
    "vraag": {"antwoord"},
    "pregunta": {"respuesta"},
    "pergunta": {"resposta"},
    "domanda": {"risposta"},
    "întrebare": {"răspuns"},
    "fråga": {"svar"},
    "spørgsmål": {"svar"},
    "spørsmål": {"svar"},
    "kysymys": {"vastaus"},
    "pytanie": {"odpowiedź"},
    "otázka": {"odpověď", "odpoveď"},
    "pitanje": {"odgovor"},
    "вопрос": {"ответ"},
    "питання": {"відповідь"},
    "soru": {"cevap", "yanıt"},
    "kérdés": {"válasz"},
    "ερώτηση": {"απάντηση"},
    "سؤال": {"جواب", "إجابة"},
    "שאלה": {"תשובה"},
    "问": {"答"},
    "問": {"答"},
    "質問": {"回答"},
    "질문": {"답변", "대답"},
}
"""What answers are called beside the name of questions. Other single letters may be initials."""


def role_of(name: str) -> Role | None:
    """The role that a speaker's name states, as "Interviewer (Anna)" does; None if it states none
    or both."""
    whole = name.strip().casefold()
    if whole in _WHOLE:
        return _WHOLE[whole]
    words = tokens(name)
    is_unspaced = len(words) == len("".join(words))
    parts = ["".join(words)] if is_unspaced else words
    is_candidate = any(_CANDIDATE.fullmatch(each) for each in parts)
    is_interviewer = any(_INTERVIEWER.fullmatch(each) for each in parts)
    is_interviewer = is_interviewer or _STAFF.search(name) is not None
    if is_candidate == is_interviewer:
        return None
    return "candidate" if is_candidate else "interviewer"


def roles_of_names(names: dict[int, str]) -> dict[int, Role]:
    """The roles that names state, by speaker. "Q" and "A" state them where nobody else speaks."""
    whole = {number: name.strip(" .:").casefold() for number, name in names.items()}
    for asker, name in whole.items():
        others = [other for number, other in whole.items() if number != asker]
        if len(others) == 1 and others[0] in _ANSWERS.get(name, ()):
            return {number: "interviewer" if number == asker else "candidate" for number in names}
    return {number: role for number, name in names.items() if (role := role_of(name)) is not None}


def plain_names(names: Sequence[int | str]) -> list[int | str]:
    """The speakers of all paragraphs without times, and without running numbers as in "Q1, A1, Q2"
    if these only count the turns."""
    timeless = [
        _TIME.sub("", each).strip() or each if isinstance(each, str) else each for each in names
    ]
    return _unnumbered(timeless) if all(isinstance(each, str) for each in timeless) else timeless


def _unnumbered(names: list[int | str]) -> list[int | str]:
    """The names without numbers that count turns: each numbered name has one turn, each kind of
    name is numbered alike and upwards."""
    turns = [_NUMBERED.fullmatch(str(name)) for name, _ in groupby(names)]
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for turn in turns:
        if turn is None:
            return names
        numbers[turn[1].casefold()].append(int(turn[2]))
    counted = [*numbers.values()]
    is_counted = (
        len(counted) == 2
        and len(counted[0]) >= 2
        and counted[0] == counted[1] == sorted(set(counted[0]))
    )
    return [_NUMBERED.sub(r"\1", str(name)).strip() for name in names] if is_counted else names
