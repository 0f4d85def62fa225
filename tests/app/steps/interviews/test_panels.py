"""In an interview of three, the candidate is found, or the roles are said to be uncertain."""

from __future__ import annotations

import pytest

from tests.app.steps.interviews.talk import talk
from worker.interviews.roles import find_roles

OWN = (
    "I kept the plan for the vans, and I checked each tour by hand before the drivers came in at "
    "five in the morning. "
)
OURS = (
    "At our place the work is spread over three halls, and the team of twelve people plans its "
    "shifts on a shared board. "
)
HERS = "I painted ships for nine years, and I liked the smell of the paint and the wind out there. "

FOUND = {
    "two interviewers in turn": [
        (0, "Hello and welcome. Tell us about yourself."),
        (2, OWN * 2),
        (1, "What did you like about it?"),
        (2, OWN),
        (0, "Why do you want to leave?"),
        (2, OWN),
        (1, "How do you plan your day?"),
        (2, OWN * 2),
    ],
    "somebody who only listens": [
        (0, "Hello, this is Maria, she will listen today."),
        (1, "Hi, nice to meet you."),
        (0, "Tell me about your last job."),
        (2, OWN * 3),
        (0, "How did you check the plans?"),
        (2, OWN * 2),
        (1, "Mm, okay."),
        (0, "What would you change?"),
        (2, OWN),
        (1, "Thank you, bye."),
    ],
    "somebody who asks once": [
        (0, "Tell me about your last job."),
        (2, OWN * 3),
        (0, "How did you check the plans?"),
        (2, OWN * 2),
        (1, "May I ask, did you ever lead a team?"),
        (2, OWN),
        (0, "What would you change?"),
        (2, OWN * 2),
    ],
    "a lead who hardly speaks": [
        (1, "Go ahead."),
        (0, "Tell us about your work at the yard."),
        (2, OWN * 2),
        (0, "Interesting. And then?"),
        (2, OWN),
        (1, "Okay."),
        (0, "How was the team?"),
        (2, OWN),
        (1, "Good, thanks, that's all from my side."),
    ],
    "interviewers who talk to each other": [
        (0, "Did you get the file?"),
        (1, "Yes, it is here. Shall we begin?"),
        (0, "Yes. So tell us about your last job."),
        (2, OWN * 2),
        (1, "Is that like what we have in hall two?"),
        (0, f"It is. {OURS}"),
        (1, "How did you check the tours?"),
        (2, OWN * 2),
        (0, "What would you change?"),
        (2, OWN),
    ],
    "a candidate who asks himself": [
        (0, "Tell us about a hard day."),
        (2, f"The bridge was closed. So what do you do? You call the driver, right? {OWN * 2}"),
        (1, "What did you learn from it?"),
        (2, f"That you need a list. Why? Because nobody knows the town by heart. {OWN}"),
        (0, "How did your boss react?"),
        (2, OWN),
    ],
}
UNCERTAIN = {
    "a panel member who explains at length": [
        (1, f"{OURS * 3}So tell us about your last job."),
        (0, OWN),
        (2, OURS * 4),
        (0, "That sounds good."),
        (1, "How do you plan a tour?"),
        (0, OWN),
        (2, f"{OURS * 3}Would you like that?"),
        (0, "Yes, I would, because I like a board."),
    ],
    "two candidates": [
        (0, "Tell us about your last job, both of you."),
        (1, OWN * 2),
        (2, HERS * 2),
        (0, "Why do you want to leave?"),
        (1, OWN),
        (2, HERS),
        (0, "What are you proud of?"),
        (2, HERS),
        (1, OWN),
    ],
    "an interpreter": [
        (0, "What was your last job?"),
        (2, "He asks you what your last job was?"),
        (1, "I planned tours."),
        (2, "He planned tours for a fleet of vans in the town, for six years."),
        (0, "Why did you leave?"),
        (2, "He wants to know why you left?"),
        (1, "It moved."),
        (2, "He says that the works moved away to another town, and he did not want to go."),
    ],
    "a candidate whose many questions both answer": [
        (0, "Tell us about your last job."),
        (2, OWN * 2),
        (1, "Why do you want to leave?"),
        (2, OWN),
        (0, "Do you have questions for us?"),
        (2, "Yes. How large is the team?"),
        (1, OURS * 2),
        (2, "And who plans the shifts?"),
        (1, OURS * 2),
        (2, "What would my first month look like?"),
        (0, OURS * 3),
        (2, "Do you train new people?"),
        (1, OURS * 2),
        (2, "How do you measure success?"),
        (0, OURS * 2),
    ],
}


@pytest.mark.parametrize("without_marks", [False, True])
@pytest.mark.parametrize("said", FOUND.values(), ids=FOUND.keys())
async def test_the_candidate_of_two_interviewers_is_found(
    said: list[tuple[int, str]], without_marks: bool
) -> None:
    if without_marks:
        said = [(who, text.replace("?", ".")) for who, text in said]
    roles = await find_roles(talk(*said), None)
    assert (roles.candidate, roles.is_sure) == (2, True)


@pytest.mark.parametrize("without_marks", [False, True])
@pytest.mark.parametrize("said", UNCERTAIN.values(), ids=UNCERTAIN.keys())
async def test_where_another_speaker_may_be_the_candidate_the_roles_are_uncertain(
    said: list[tuple[int, str]], without_marks: bool
) -> None:
    if without_marks:
        said = [(who, text.replace("?", ".")) for who, text in said]
    roles = await find_roles(talk(*said), None)
    assert not roles.is_sure
    assert roles.warnings == ("roles_uncertain",)
