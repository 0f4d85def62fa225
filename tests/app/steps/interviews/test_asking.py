"""Questions are found without marks, and statements are not taken for questions."""

from __future__ import annotations

import pytest

from worker.interviews.phrases import asks, follows_up, seeks_agreement

ASKED = [
    "why should we hire you for this position",
    "now why do you think we should take you",
    "what would your last manager say about you",
    "how would your colleagues describe you",
    "any experience with night work",
    "tell me a time when you led a group",
    "write a function that turns a list around",
    "what is your notice period",
    "rate your English from one to ten",
    "what's the complexity of that",
    "you left in march why was that",
    "okay so the depot moved and did you move with it",
    "thanks and how long did the whole thing take",
    "which of those two would your team choose",
    "is there anything in your plan that you would drop",
    "great so how does the night shift hand over",
    "implement a queue with two stacks",
    "given a list of tours return the longest one",
    "what made you apply here",
    "so walk us through the week before the move",
    "could the customer see the delay at all",
    "Find the time complexity of your answer.",
    "find the longest tour in this table",
    "Design a parking lot.",
    "Could you write code for that.",
    "What do you do when a driver is late.",
    "And for the big halls, how do you count the stock.",
    "Have you ever trained somebody.",
]
STATED = [
    "i was there when they asked what it was",
    "that is what you would do in a shop",
    "how it works i cannot say",
    "we know why they left and where they went",
    "the man who was the owner had the key",
    "it is a depot which is the largest one",
    "what we did was a short list",
    "I know how long it takes you.",
    "You would not believe what happened there.",
    "The reason why you have two of them is safety.",
    "So that is how we did it in the end.",
    "We asked the people who are in the yard.",
    "Let me explain how we do it.",
    "Find the time.",
    "Find the right way to do it, I guess.",
    "So build your own.",
    "Check if you have the key.",
    "Count the hours and not the people.",
    "Fix the roof, and be quick about it.",
    "Given the rain, we decided to wait.",
    "Create a team that gives you feedback.",
]


@pytest.mark.parametrize("sentence", ASKED)
def test_word_order_and_verb_ask_without_a_mark(sentence: str) -> None:
    assert asks(sentence)


@pytest.mark.parametrize("sentence", STATED)
def test_the_order_of_a_statement_asks_nothing(sentence: str) -> None:
    assert not asks(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The fleet is spread over three towns, right?",
        "So most of it is a loop, you know?",
        "We split it by hand, okay?",
        "It is always late, isn't it?",
    ],
)
def test_a_tag_seeks_agreement(sentence: str) -> None:
    assert seeks_agreement(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Did you ask the driver, yes or no?",
        "How do you split it, right?",
        "Is that number right?",
        "Why?",
    ],
)
def test_a_question_with_such_a_word_is_a_question(sentence: str) -> None:
    assert asks(sentence)
    assert not seeks_agreement(sentence)


PROBES = [
    "Could you be a little bit more specific?",
    "Can you be a bit more precise?",
    "Which one ended up working better?",
    "And you found the reason?",
    "Like, you just spoke with her?",
    "So you started again from nothing?",
    "In what sense?",
    "How many of those?",
    "And that was in the spring?",
    "Can you go a bit deeper?",
    "Every night?",
    "And they paid for it?",
    "What happened then?",
]
OWN = [
    "Which languages do you speak?",
    "What is your notice period?",
    "Why did you leave the depot?",
    "When did you notice that the plan was wrong?",
    "What did the drivers say to the new plan?",
    "How would the others describe you?",
    "Tell us about the largest hall.",
    "Do you have a licence for the lorry?",
]


@pytest.mark.parametrize("sentence", PROBES)
def test_a_short_probe_belongs_to_the_answer_before_it(sentence: str) -> None:
    assert follows_up(sentence)


@pytest.mark.parametrize("sentence", OWN)
def test_a_question_about_something_new_is_one_of_its_own(sentence: str) -> None:
    assert not follows_up(sentence)
