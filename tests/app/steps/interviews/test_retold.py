"""What a model writes about an answer tells nothing that was not said."""

from __future__ import annotations

import pytest

from worker.interviews.retold import Said, borne_out

SAID = Said(
    "Tell me about a time when a measurement was wrong.",
    "In spring a gauge of ours at Lindow showed a flood on a dry day. I compared it with its"
    " neighbours and wrote a check, and false alarms fell from forty a month to 3.",
    "Hydrologist",
)
TRUE = [
    "You name the place and a result with numbers.",
    "You say that the gauge showed a flood on a dry day.",
    'The phrase "wrote a check" leaves open how it works.',
    "False alarms fell from 40 to three, which makes the result easy to check.",
    "The story has a clear order: situation, action and result.",
    "You mention Lindow, but not who decided.",
    "Your part is clear, the reasons are missing.",
    'You end with "fell from forty … to 3", a measured outcome.',
    "You explain that you compared the gauge with the neighbouring ones.",
]
FALSE = [
    'You say "I was dismissed" and leave it there.',
    "You led a team of 45 people.",
    "You name Siemens as your employer.",
    "Vattenfall is where this happened.",
    "You admit that you lied to your manager about the budget.",
    "You worked at IBM for years.",
    "Losses grew to ninety percent.",
    "You call the engineers \u2018a bunch of amateurs\u2019.",
    "The candidate says that nobody in the office liked the new software.",
    "You joined in 2019.",
    "You told us that salaries were cut.",
    "Your visit to Norway shows curiosity.",
]
PROPOSALS = [
    "Name the reason for the check in one sentence.",
    "Tell it in 2 minutes, with two or 3 examples.",
    'Begin with the result, for example "False alarms fell to 3".',
    'Say instead: "I compared the readings and found the fault".',
    "Use the STAR form and mention the SQL behind the check.",
]
FALSE_PROPOSALS = [
    'Say "I saved 50,000 euros".',
    'You say "I hate floods"; leave that out.',
    "Mention the award from Vienna.",
    "Explain why you left after 7 weeks.",
]


@pytest.mark.parametrize("sentence", TRUE)
def test_a_sentence_about_what_was_said_stays(sentence: str) -> None:
    assert borne_out(sentence, SAID) == sentence


@pytest.mark.parametrize("sentence", FALSE)
def test_a_sentence_with_what_was_not_said_goes(sentence: str) -> None:
    assert borne_out(sentence, SAID) is None
    assert borne_out(f"{TRUE[0]} {sentence}", SAID) == TRUE[0]


@pytest.mark.parametrize("sentence", PROPOSALS)
def test_a_proposal_may_say_how_to_put_it(sentence: str) -> None:
    assert borne_out(sentence, SAID, proposes=True) == sentence


@pytest.mark.parametrize("sentence", FALSE_PROPOSALS)
def test_a_proposal_invents_no_fact(sentence: str) -> None:
    assert borne_out(sentence, SAID, proposes=True) is None
