"""The parts of written interviews. Each part has one kind of difficulty."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from bench.interviews import phrasebook as book
from bench.interviews.script import Script

Block: TypeAlias = Callable[[Script], None]


def _question(script: Script) -> str:
    return script.chance.choice(book.MARKED + book.UNMARKED)


def _answers(script: Script, most: int = 3) -> list[str]:
    return script.chance.sample(book.ANSWERS, script.chance.randint(1, most))


def _asked_and_answered(script: Script, *question: str, by: int = 0) -> None:
    first = script.ask(*question, by=by)
    script.span(first, script.answer(*_answers(script)))


def plain(script: Script) -> None:
    """A question and its answer."""
    _asked_and_answered(script, script.chance.choice(book.MARKED))


def unmarked(script: Script) -> None:
    """A prompt without a question mark."""
    _asked_and_answered(script, script.chance.choice(book.UNMARKED))


def thanks_first(script: Script) -> None:
    """The interviewer says thanks for the last answer in a separate utterance, then asks."""
    script.ask(script.chance.choice(book.THANKS))
    _asked_and_answered(script, _question(script))


def thanks_inside(script: Script) -> None:
    """Thanks and the question are in the same utterance."""
    _asked_and_answered(script, f"{script.chance.choice(book.THANKS)} {_question(script)}")


def with_context(script: Script) -> None:
    """The sentences that lead to the question belong to the question."""
    _asked_and_answered(script, script.chance.choice(book.CONTEXT), _question(script))


def thanks_and_context(script: Script) -> None:
    """Thanks, then the sentences that lead to the question, then the question."""
    script.ask(script.chance.choice(book.THANKS))
    _asked_and_answered(script, script.chance.choice(book.CONTEXT), _question(script))


def two_parts(script: Script) -> None:
    """Two questions before the answer count as one question."""
    one, two = script.chance.sample(book.MARKED, 2)
    _asked_and_answered(script, one, f"And {two[0].lower()}{two[1:]}")


def interrupted_question(script: Script) -> None:
    """The candidate says something like "mhm" while the question is still being asked."""
    first = script.ask(script.chance.choice(book.CONTEXT))
    script.answer(script.chance.choice(book.LISTENING))
    script.ask(_question(script))
    script.span(first, script.answer(*_answers(script)))


def listening(script: Script) -> None:
    """The interviewer says something like "mhm" during the answer."""
    first = script.ask(_question(script))
    last = first
    for text in script.chance.sample(book.ANSWERS, 3):
        last = script.answer(text)
        script.ask(script.chance.choice(book.LISTENING))
    script.span(first, last)


def comment(script: Script) -> None:
    """The interviewer makes a comment and the candidate goes on with the answer."""
    first = script.ask(_question(script))
    script.answer(*_answers(script, 2))
    script.ask(script.chance.choice(book.COMMENTS))
    script.span(first, script.answer(*_answers(script, 2)))


def follow_up(script: Script) -> None:
    """A short follow-up question belongs to the question before it."""
    first = script.ask(_question(script))
    script.answer(*_answers(script, 2))
    script.ask(script.chance.choice(book.FOLLOW_UPS))
    script.span(first, script.answer(*_answers(script, 2)))


def two_follow_ups(script: Script) -> None:
    """Two follow-up questions, one of them after thanks, belong to the question before them."""
    first = script.ask(_question(script))
    one, two = script.chance.sample(book.FOLLOW_UPS, 2)
    script.answer(*_answers(script, 2))
    script.ask(one)
    script.answer(*_answers(script, 2))
    script.ask(script.chance.choice(book.THANKS), two)
    script.span(first, script.answer(*_answers(script, 2)))


def clarified(script: Script) -> None:
    """The candidate first asks what the question means."""
    first = script.ask(_question(script))
    asked, told = script.chance.choice(book.CLARIFICATIONS)
    script.answer(asked)
    script.ask(told)
    script.span(first, script.answer(*_answers(script)))


def short_answer(script: Script) -> None:
    """A single word after a question is an answer."""
    first = script.ask(script.chance.choice(book.MARKED))
    script.span(first, script.answer(script.chance.choice(book.SHORT_ANSWERS)))


def rhetorical(script: Script) -> None:
    """The candidate asks a question and answers it in the same turn."""
    first = script.ask(_question(script))
    one, two = script.chance.sample(book.ANSWERS, 2)
    script.span(first, script.answer(one, script.chance.choice(book.RHETORICAL), two))


def quoted(script: Script) -> None:
    """The answer quotes somebody's question."""
    first = script.ask(_question(script))
    one, two = script.chance.sample(book.ANSWERS, 2)
    script.span(first, script.answer(f"{one} {script.chance.choice(book.QUOTED)}", two))


def agreed(script: Script) -> None:
    """A "right?" is not a question, from either side."""
    first = script.ask(_question(script))
    one, two, three = script.chance.sample(book.ANSWERS, 3)
    script.answer(f"{one} {script.chance.choice(book.AGREED)}")
    script.ask(f"{script.chance.choice(book.COMMENTS)} {script.chance.choice(book.AGREED)}")
    script.span(first, script.answer(two, three))


def taken_back(script: Script) -> None:
    """The interviewer drops a question before anybody answers, and asks the next one."""
    first = script.ask(script.chance.choice(book.MARKED))
    script.span(first, first)
    second = script.ask(f"Actually, let's skip that. {script.chance.choice(book.UNMARKED)}")
    script.span(second, script.answer(*_answers(script)))


def hanging(script: Script) -> None:
    """Nobody answers a question for a long time, and the interviewer asks the next one."""
    first = script.ask(script.chance.choice(book.MARKED))
    script.span(first, first)
    second = script.say(0, script.chance.choice(book.MARKED), gap=12.0)
    script.span(second, script.answer(*_answers(script)))


def long_answer(script: Script) -> None:
    """An answer of many utterances."""
    first = script.ask(_question(script))
    script.span(first, script.answer(*script.chance.sample(book.ANSWERS, 9)))


def by_second_interviewer(script: Script) -> None:
    """Another interviewer asks."""
    _asked_and_answered(script, _question(script), by=2)


def panel_follow_up(script: Script) -> None:
    """Another interviewer asks the follow-up question."""
    first = script.ask(_question(script))
    script.answer(*_answers(script, 2))
    script.ask(script.chance.choice(book.FOLLOW_UPS), by=2)
    script.span(first, script.answer(*_answers(script, 2)))


def panel_adds(script: Script) -> None:
    """Another interviewer adds to a question before it is answered."""
    first = script.ask(script.chance.choice(book.MARKED))
    two = script.chance.choice(book.MARKED)
    script.ask(f"And {two[0].lower()}{two[1:]}", by=2)
    script.span(first, script.answer(*_answers(script)))


def unasked(script: Script) -> None:
    """The candidate asks something in the middle, although nobody invited questions."""
    first = script.ask(_question(script))
    script.span(first, script.answer(*_answers(script)))
    asked = script.answer("By the way, how does your team handle that today?")
    told = script.ask(script.chance.choice(book.INTERVIEWER_ANSWERS))
    script.span(asked, told, by_candidate=True)


def small_talk(script: Script) -> None:
    """A polite question at the beginning."""
    asked, told = script.chance.choice(book.SMALL_TALK)
    first = script.ask(asked)
    script.span(first, script.answer(told))


def pitch(script: Script) -> None:
    """The interviewer talks about the company for a long time and asks nothing."""
    script.ask(*book.PITCH)
    script.answer("That sounds good.")


def invited(script: Script) -> None:
    """An invitation to ask is not a question, if the candidate asks something then."""
    script.ask(script.chance.choice(book.INVITATIONS))
    _own_question(script)


def invited_twice(script: Script) -> None:
    """The candidate asks two questions, with another invitation between them."""
    script.ask(script.chance.choice(book.INVITATIONS))
    _own_question(script)
    script.ask("Anything else you would like to know?")
    _own_question(script)


def invited_slowly(script: Script) -> None:
    """The candidate says yes, then thanks, and then asks the question."""
    script.ask(script.chance.choice(book.INVITATIONS))
    script.answer("Yes, I do have one.")
    script.ask("Go ahead.")
    _own_question(script)


def not_taken_up(script: Script) -> None:
    """An invitation to ask counts as a question, if the candidate asks nothing."""
    first = script.ask(script.chance.choice(book.INVITATIONS))
    script.span(first, script.answer(script.chance.choice(book.NO_QUESTIONS)))


def closing(script: Script) -> None:
    """Thanks and goodbye do not belong to any question."""
    script.ask(script.chance.choice(book.CLOSINGS))
    script.answer("Thank you, goodbye.")


def _own_question(script: Script) -> None:
    asked = script.answer(script.chance.choice(book.CANDIDATE_ASKS))
    script.ask(*script.chance.sample(book.INTERVIEWER_ANSWERS, script.chance.randint(1, 2)))
    script.span(asked, len(script.lines) - 1, by_candidate=True)
    if script.chance.random() < 0.5:
        script.answer("That sounds great, thank you.")
