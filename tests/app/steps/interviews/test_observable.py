"""Feedback says what was said; sentences about how a person is or feels are removed."""

from __future__ import annotations

import pytest

from worker.interviews.english import is_english
from worker.interviews.observable import observable

ABOUT_A_PERSON = [
    "You sound nervous.",
    "You seem unsure of yourself.",
    "Your English is broken.",
    "Your pronunciation is hard to follow.",
    "As an older candidate you should stress recent work.",
    "You come across as timid.",
    "Your accent is strong.",
    "You were clearly anxious.",
    "He lacks confidence.",
    "You are not very bright.",
    "Your voice trembles.",
    "You seem a bit tired.",
    "You look older than your CV says.",
    "Being a mother may limit your time.",
    "As a woman you should negotiate.",
    "You speak with little confidence.",
    "Show more enthusiasm.",
    "Be more confident.",
    "Try to sound less nervous.",
    "Your body language was closed.",
    "You should smile more.",
    "The candidate appears insecure.",
    "The candidate's nervousness shows.",
    "You are too young for this role.",
    "You might be depressed.",
    "You sounded arrogant when asked about the team.",
    "Foreigners often struggle with this.",
    "Your personality does not fit.",
    "You are lazy.",
    "You lied about the numbers.",
    "Your grammar is weak.",
    "You don't seem motivated.",
    "Your attitude is negative.",
    "You are probably not a native speaker.",
    "She is introverted.",
    "For an older applicant this is fine.",
    "Your health may be a problem.",
    "You didn't seem to be very honest.",
    "They sound bored.",
    "Your English needs work.",
    "You appear passionate about the product.",
    "You feel stressed.",
    "I sense anxiety in your answer.",
    "Your nervous tone distracts.",
    "It shows that you are shy.",
    "You lack confidence when you speak about money.",
    "Nervous, arrogant.",
    "Seemed nervous.",
    "Very tense and too shy.",
    "Came across as arrogant.",
]
ABOUT_AN_ANSWER = [
    "You explain the race condition and the lock that removes it.",
    "You name the health check and its timeout.",
    "You state a 95 % confidence interval.",
    "You say that lazy loading cut the start to two seconds.",
    "You find the character encoding that broke the import.",
    "You describe what motivated the move to queues.",
    "You describe the lazy initialisation of the thread.",
    "You name the confidence level.",
    "You explain the character set of the file.",
    "You mention the stress test that you wrote.",
    "You describe the mental health app that you built.",
    "You name the male and the female connectors.",
    "You say that the health of the pods is checked every minute.",
    "You describe the age of the cache entries.",
    "You explain how the nervous system of the robot works.",
    "You describe the emotional design of the onboarding.",
    "Your health check is named, its timeout is not.",
    "Your answer names no number.",
    'You say "I was nervous before the release" and name what you did.',
    "Name the result in numbers.",
    "You are clear about the trade-off.",
    "Your race condition example lacks the fix.",
    "You say what the team did, and not what you did.",
    "You explain the accent colour of the theme.",
    "You are specific about the cache and its keys.",
    "Your confidence interval is stated.",
    "You state how old the data was.",
    "You describe the intelligent routing of calls.",
    "You mention the smart contract and its tests.",
    "You describe the weak reference that freed the memory.",
    "You say that cold starts took two seconds.",
    "You name the warm-up of the cache.",
    "Your motivation for moving to queues is stated in one sentence.",
    "You explain the honest reason for the delay.",
    "You describe a depression of the seal by two millimetres.",
    "The answer says what happened but not when.",
    "You could add what the customer said.",
    "You mention the kind of database and the strange error it gave.",
    "You were responsible for two people.",
    "You are sure that the index helped, but you name no measurement.",
    "You name the gender field of the form and why it became optional.",
    "You explain that old entries are dropped.",
    "You are confident that the lock removes the race, and say why.",
    "You name the young generation of the garbage collector.",
    "You describe the native app and the native module.",
    "You mention that the batch job is slow.",
]


# Nobody can check these with English words, whether they are about a person or not.
NOT_ENGLISH = [
    "Sie wirken nervös.",
    "Du klingst unsicher.",
    "Deine Antwort nennt keine Zahl.",
    "Vous semblez nerveux.",
    "Ton accent est fort.",
    "Pareces inseguro y poco preparado.",
    "Sembri nervoso e poco preparato.",
    "Wydaje się, że pan jest zdenerwowany.",
    "Du verkar vara nervös och det hörs.",
    "당신은 긴장한 것 같습니다.",
    "緊張しているようです。",
    "你听起来很紧张。",
    "Вы кажетесь неуверенным.",
    "Unsicher.",
    "Nervös, arrogant.",
    "Wirkte nervös.",
    "Kandidaten verkade nervös.",
    "Zbyt arogancki.",
    "Candidato inseguro.",
    "Nerveuse.",
    "Du warst nervös but you answered well.",
    "Te nerveus.",
    "Muy nervioso.",
    "Molto sicuro di sé.",
    "Kandidat wirkt arrogant.",
    "Tydlig och lugn.",
    "Trop timide.",
    "Příliš nervózní.",
    "Çok gergin.",
    "Liian hermostunut.",
    "Insegura y nerviosa.",
]


# Short notes, words of other languages in English, and dots that end no sentence.
ENGLISH_AS_WRITTEN = [
    "Quantify savings per year.",
    "STAR structure kept. Metrics per quarter given.",
    "Los Angeles site launch, 3 sites.",
    "Time per ticket fell.",
    "Use fewer filler words (e.g. um, so).",
    "Latency fell to 3.5 s.  You say why.",
    "Add numbers.",
    "You use pytest, mypy and FastAPI.",
    "Name the cost, e.g. Python licences.",
    "Say what changed in the U.S. market.",
    "One\nTwo sentences, each short.",
    'You say "I did it." Then you stop.',
    "You don't say why, and it isn't clear.",
    "Two pumps, valves, etc. were mended. Say when.",
    "Mention Kubernetes and Terraform.",
    "STAR. Add the result.",
]


@pytest.mark.parametrize("sentence", NOT_ENGLISH)
def test_what_cannot_be_checked_is_not_shown(sentence: str) -> None:
    assert observable(sentence) is None


def test_a_sentence_in_another_language_is_removed_and_a_quotation_stays() -> None:
    english = "You name two numbers, and you say what each of them means."
    assert observable(f"{english} Sie wirken nervös und sind nicht sicher.") == english
    for quoted in ("“Wir haben die Pumpe repariert”", "「港でポンプを修理しました」"):
        assert observable(f"You say {quoted} and name the year.") is not None
    for short in ("Add numbers.", "Quantify results.", "Split long sentences."):
        assert observable(short) == short


@pytest.mark.parametrize("sentence", ABOUT_A_PERSON)
def test_what_is_said_about_a_person_is_removed(sentence: str) -> None:
    assert observable(sentence) is None
    assert observable(f"{sentence} You name no number.") == "You name no number."


@pytest.mark.parametrize("sentence", ABOUT_AN_ANSWER)
def test_what_is_said_about_an_answer_stays(sentence: str) -> None:
    assert observable(sentence) == sentence


@pytest.mark.parametrize("text", ENGLISH_AS_WRITTEN)
def test_english_stays_as_it_is_written(text: str) -> None:
    assert observable(text) == text


def test_only_the_sentence_that_cannot_be_checked_is_cut_out() -> None:
    text = "You name two numbers, e.g. 3.5 s. Sie wirken nervös.  You say why."
    assert observable(text) == "You name two numbers, e.g. 3.5 s.  You say why."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Add numbers to each result.", True),
        ("Jenkins and Grafana are named.", True),
        ("Das ist gut so.", False),
        ("Was hat der Mann in der Hand?", False),
        ("SQL, AWS, 2024.", None),
        ("", None),
    ],
)
def test_english_is_told_by_its_words(text: str, expected: bool | None) -> None:
    assert is_english(text) is expected
