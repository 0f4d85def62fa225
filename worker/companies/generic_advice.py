"""Advice that fits any company, by kind of role; used if there is no better advice."""

from __future__ import annotations

import re

from worker.companies.profile import ChecklistItem, Question

_ROLES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (family, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
    for family, words in (
        ("product manager", r"product (?:manager|owner|lead)|pm|head of product"),
        ("designer", r"designer|design lead|ux|ui|user research\w*"),
        ("data", r"data (?:scientist|analyst|engineer)|analytics|machine learning|ml|statistician"),
        (
            "software engineer",
            r"(?:software|backend|frontend|full[\s-]?stack|mobile|web|platform|site reliability"
            r"|devops|cloud|security|firmware|embedded) ?\w*|developer|programmer|sre|engineer",
        ),
    )
)

_CHECKLISTS = {
    "software engineer": (
        "Read the posting again and mark what you have done before",
        "Choose two projects and be able to draw their architecture",
        "Practise one coding exercise aloud, tests included",
        "Repeat the basics of the main language in the posting",
        "Prepare a story about an outage or a bug that you found",
        "Prepare a story about a technical decision that you would change today",
        "Sketch a small system: data, interfaces, what fails first",
        "Look at the company's product as a user would",
        "Write down three questions about how the team builds and releases",
        "Check camera, microphone and editor an hour before",
    ),
    "product manager": (
        "Use the product and note three strengths and three gaps",
        "Choose one product that you shipped and know its numbers",
        "Prepare a story about saying no to a feature",
        "Prepare a story about a launch that went wrong",
        "Practise one estimate and one prioritisation aloud",
        "Describe the likely users and what they try to get done",
        "Think of one metric that this product should move, and why",
        "Prepare how you work with engineering and design",
        "Write down three questions about how decisions are made",
        "Check camera, microphone and slides an hour before",
    ),
    "designer": (
        "Choose two case studies: the problem, the options, the outcome",
        "Be able to present one of them in ten minutes",
        "Use the product and note where people may stumble",
        "Prepare a story about criticism that changed a design",
        "Prepare a story about a test with users that surprised you",
        "Practise a short whiteboard exercise aloud",
        "Know what accessibility means for your last project",
        "Prepare how you hand designs over to engineering",
        "Write down three questions about how design is judged there",
        "Check the portfolio's links and the call an hour before",
    ),
    "data": (
        "Choose two analyses and know what was decided because of them",
        "Repeat the statistics that you rely on most",
        "Practise one SQL exercise aloud",
        "Prepare a story about data that turned out to be wrong",
        "Prepare how you would measure whether a change has worked",
        "Think of the data that this product must produce",
        "Be able to explain one model to somebody without a background",
        "Prepare a story about a result that nobody wanted to hear",
        "Write down three questions about data quality and ownership",
        "Check camera, microphone and notebook an hour before",
    ),
    "any role": (
        "Read the posting again and mark what you have done before",
        "Read the company's own description of itself",
        "Prepare three stories: a success, a failure, a conflict",
        "Put numbers to what you have achieved where you can",
        "Be able to say in a minute why this role and why now",
        "Find out who will be in the interview",
        "Decide what you expect of pay before you are asked",
        "Prepare what you would do in the first three months",
        "Write down three questions of your own",
        "Check the way there, or camera and microphone, an hour before",
    ),
}
_QUESTIONS: dict[str, tuple[tuple[str, str], ...]] = {
    "software engineer": (
        ("technical", "Walk us through a system that you built and what you would change."),
        ("technical", "How do you find out why something is slow in production?"),
    ),
    "product manager": (
        ("product", "How would you decide what to build next for this product?"),
        ("product", "Which metric would you watch first here, and why?"),
    ),
    "designer": (
        ("product", "Show us a design that changed after you watched people use it."),
        ("technical", "How do you hand a design over so that it is built as meant?"),
    ),
    "data": (
        ("technical", "How would you find out whether a change has had an effect?"),
        ("technical", "Tell us about data that misled you at first."),
    ),
    "any role": (
        ("company", "What do you know about what we do?"),
        ("technical", "Which part of this work would be new to you, and how would you learn it?"),
    ),
}
_ALWAYS: tuple[tuple[str, str], ...] = (
    ("company", "Why do you want to work here?"),
    ("behavioral", "Tell us about a disagreement with a colleague and how it ended."),
    ("behavioral", "Tell us about something that failed and what you did then."),
    ("behavioral", "What have you achieved that you are proud of, and what was your own part?"),
)
TIPS = (
    "Answer with one real situation: what it was, what you did, what came of it.",
    "Match each requirement of the posting with one example of your own.",
    "Say what you do not know, and how you would find it out.",
)
SMART_QUESTIONS = (
    "What would a good first half-year in this role look like?",
    "What is the hardest part of this role at the moment?",
    "How does the team decide what to work on next?",
)
_WHY = "Asked in most interviews for such a role."


def role_family(role: str | None) -> str:
    """The kind of role, found by words in its title; `any role` if no word is known."""
    for family, words in _ROLES:
        if role and words.search(role):
            return family
    return "any role"


def checklist(role: str | None) -> tuple[ChecklistItem, ...]:
    """Ten things to do before an interview for such a role."""
    return tuple(ChecklistItem(item=item) for item in _CHECKLISTS[role_family(role)])


def generic_questions(role: str | None) -> tuple[Question, ...]:
    """Six questions that come up for such a role anywhere."""
    asked = [*_QUESTIONS[role_family(role)], *_ALWAYS]
    return tuple(
        Question.model_validate({"text": text, "kind": kind, "why": _WHY, "generic": True})
        for kind, text in asked
    )
