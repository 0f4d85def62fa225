"""Advice that fits any company, by kind of role. No model is asked for the checklist."""

from __future__ import annotations

import re

from worker.companies.occupations import Group, occupation_group, role_family
from worker.companies.profile import ChecklistItem, Question

__all__ = [
    "SMART_QUESTIONS",
    "TIPS",
    "USUAL_REASON",
    "checklist",
    "generic_questions",
    "role_family",
    "suits",
]

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
# For a group of occupations, these replace four items of "any role" in the checklist.
_OF_GROUPS: dict[Group, tuple[str, str, str, str]] = {
    "manager": (
        "Know the size of the teams and budgets that you have led",
        "Prepare a story about a decision that was not popular",
        "Prepare a story about somebody who grew under your lead",
        "Think of what you would want to hear from the team in the first weeks",
    ),
    "engineer": (
        "Choose two projects and be able to sketch what was built and why so",
        "Repeat the standards and calculations that your work rests on",
        "Prepare a story about a fault that you found and what caused it",
        "Have certificates and examples of drawings or reports ready",
    ),
    "health": (
        "Have your registration, certificates and vaccination record ready",
        "Prepare a story about a patient in a difficult situation, without any name",
        "Repeat how you hand over, document and report an error",
        "Think of how you keep calm and safe on a busy shift",
    ),
    "teaching": (
        "Choose one lesson and be able to say what it was to achieve",
        "Prepare a story about a learner who found it hard",
        "Prepare how you keep a group calm and speak with parents or managers",
        "Have certificates and one plan of a lesson ready",
    ),
    "business": (
        "Choose two pieces of work and know the figures in them",
        "Repeat the rules and programs that the posting names",
        "Prepare a story about a figure that was wrong and how you found it",
        "Prepare how you explain a result to somebody outside the field",
    ),
    "law and culture": (
        "Choose two pieces of your work that you may show",
        "Prepare a story about interests that could not all be met",
        "Prepare how you keep to deadlines and to what is confidential",
        "Know who reads, sees or needs what they publish or do",
    ),
    "office": (
        "Know the programs that you use every day and what you do in them",
        "Prepare a story about many tasks that came at the same time",
        "Prepare how you make sure that nothing is lost or late",
        "Think of a procedure that you made simpler",
    ),
    "sales": (
        "Know your figures: targets, results, and what you did for them",
        "Prepare a story about a customer who was not content",
        "Learn what they sell, to whom, and who else sells it",
        "Practise in two minutes how you would present one of their offers",
    ),
    "service": (
        "Have the certificates ready that the work needs",
        "Prepare a story about a guest or visitor who was difficult",
        "Be clear about the shifts and days on which you can work",
        "Visit the place before, as a guest if you can",
    ),
    "trade": (
        "Have your certificates, licences and proof of training ready",
        "Be able to describe two jobs that you did from start to end",
        "Repeat the safety rules of the work",
        "Be ready for a trial day or a practical test",
    ),
    "transport": (
        "Have licences, driver card and certificates ready",
        "Be clear about the shifts and distances that you can do",
        "Repeat the safety rules for vehicle, load and machine",
        "Prepare a story about a delay or an accident that you prevented",
    ),
}
_ASKED_OF_GROUPS: dict[Group, tuple[str, str]] = {
    "manager": (
        "How do you set goals for a team, and how do you notice that they are missed?",
        "Tell us about a person whom you had to give bad news.",
    ),
    "engineer": (
        "Walk us through a piece of engineering that you are responsible for.",
        "How do you make sure that something is safe before it is used?",
    ),
    "health": (
        "How do you decide what to do first when several patients need you?",
        "What do you do when you notice an error, your own or another's?",
    ),
    "teaching": (
        "How do you teach a group whose members know very different amounts?",
        "How do you notice that somebody has not understood?",
    ),
    "business": (
        "Which piece of your work changed a decision, and how?",
        "How do you check figures before others see them?",
    ),
    "law and culture": (
        "Which piece of your work are you most content with, and why?",
        "How do you work with people who see the matter differently?",
    ),
    "office": (
        "How do you keep order when everything is urgent?",
        "Which programs do you work with, and for what?",
    ),
    "sales": (
        "How do you find out what a customer needs?",
        "Tell us about a sale that you lost and what you learned from it.",
    ),
    "service": (
        "What do you do when a guest complains?",
        "How do you stay friendly and quick at the end of a long shift?",
    ),
    "trade": (
        "Describe a repair or a job that was harder than expected.",
        "What do you check before you say that a job is done?",
    ),
    "transport": (
        "What do you check before you start the vehicle or the machine?",
        "What do you do when you will be late?",
    ),
}
_OF_CODERS = re.compile(
    r"\b(?:(?:live[ -]|pair[ -])?coding|code reviews?|leetcode|hackerrank|codility|algorithms?"
    r"|data structures|whiteboard (?:round|coding|exercise)|system design|programming|big[ -]o"
    r"|unit tests?|ci/cd|pull requests?|programmier\w*|algorithm\w*|datenstrukturen|codage"
    r"|programmation|algorithmes?|programación|algoritmos?|programmazione|algoritmi|programação"
    r"|programmeer\w*)\b",
    re.IGNORECASE,
)
USUAL_REASON = "Asked in most interviews for such a role."


def checklist(role: str | None) -> tuple[ChecklistItem, ...]:
    """Ten things to do before an interview for such a role."""
    family, group = role_family(role), occupation_group(role)
    items: tuple[str, ...] = _CHECKLISTS[family]
    if family == "any role" and group is not None:
        items = (*items[:3], *_OF_GROUPS[group], *items[4:6], items[9])
    return tuple(ChecklistItem(item=item) for item in items)


def suits(text: str, role: str | None, known: str) -> bool:
    """Whether advice is for such a role: no coding exercise for a nurse, if no source has one."""
    found = _OF_CODERS.search(text)
    if found is None or not role or role_family(role) != "any role":
        return True
    is_other = occupation_group(role) not in (None, "engineer", "teaching")
    return not is_other or found[0].casefold() in known.casefold()


def generic_questions(role: str | None) -> tuple[Question, ...]:
    """Six general questions for such a role."""
    family, group = role_family(role), occupation_group(role)
    own = _QUESTIONS[family]
    if family == "any role" and group is not None:
        own = tuple(("technical", asked) for asked in _ASKED_OF_GROUPS[group])
    return tuple(
        Question.model_validate({"text": text, "kind": kind, "why": USUAL_REASON, "generic": True})
        for kind, text in [*own, *_ALWAYS]
    )
