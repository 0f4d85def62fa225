"""Usual advice is kept; what it states about the company must be known."""

from __future__ import annotations

import pytest

from tests.app.steps.companies.site_pages import site
from tests.support.company_world import NOTHING
from worker.companies.advice_check import adds_nothing, is_question, is_reason
from worker.companies.brief import Found, profile_of
from worker.companies.generic_advice import USUAL_REASON
from worker.companies.model_answer import Analysis, CompanyReport

KNOWN = (
    "Quayside lends boats to schools. Senior Backend Engineer. Fouling is our hardest problem. "
    "We employ 90 people."
)


@pytest.mark.parametrize(
    "text",
    [
        "Prepare 3 examples of what you shipped.",
        "Practise a 2-minute introduction of yourself.",
        "Think about a plan for your first 90 days.",
        "What does success look like in the first 6 months?",
        "Look up the interviewers on LinkedIn before the call.",
        "Tell me about a time you disagreed with a Product Manager.",
        "Explain the CAP theorem.",
        "Do you deploy on Fridays?",
        "Research the company's competitors.",
        "Prepare a 30-60-90 day plan.",
        "Check Glassdoor reviews.",
        "Use the STAR (Situation, Task, Action, Result) method.",
        "How would you design a URL shortener like TinyURL?",
        "Send a thank-you email within 24 hours.",
        "They will likely ask about your experience with distributed systems.",
        "What are the biggest challenges the team is facing?",
        "Ask what they like about working there.",
        "Be honest; it is fine not to know.",
        "Interviewers want to see how you think.",
        "Read up on the company's recent news.",
        "Describe your experience with CI/CD and Kubernetes.",
        "Fouling is their hardest problem, so read about it.",
        "Quayside employs 90 people.",
        "What does a successful candidate look like here?",
        "Describe your experience leading a team.",
        "Tell me about your most successful project.",
    ],
)
def test_usual_advice_is_kept(text: str) -> None:
    assert adds_nothing(text, KNOWN, ["Quayside"])


@pytest.mark.parametrize(
    "text",
    [
        "Ask why they sold Pierline.",
        "They pay 123,456 a year.",
        "Mention that they grew by 300%.",
        "Praise their office in Porto.",
        "The company has been a pioneer in the field of flow meters.",
        "Ask about the recent layoffs.",
        "Mention that they won an award.",
        "Remember they are the market leader.",
        "How did you feel when the company lost its biggest customer?",
        "Since they moved abroad, expect travel.",
        "Their award-winning design is worth a look.",
        "Quayside was founded long ago.",
        "We are growing fast.",
        "Das Unternehmen ist ein Pionier.",
        "As a leading supplier of boats, what do you think of us?",
        "Prepare for their 12 offices.",
        "Given your leading position in meters, what comes next?",
        "Our company has won awards. How do you feel about that?",
        "Congratulate them on their IPO.",
        "Expect questions on the CEO's resignation.",
        "Ask why so many managers left last year.",
        "Pregunte por el incendio de la fábrica.",
        "With 300 boats they need people who like numbers.",
        "Was wissen Sie über unseren Börsengang?",
        "How would you improve our self-driving boat?",
        "Why do you want to join Europe's largest lender of boats?",
        "Fragen Sie nach dem Rücktritt der Gründerin.",
    ],
)
def test_a_fact_that_is_not_known_is_not_advice(text: str) -> None:
    assert not adds_nothing(text, KNOWN, ["Quayside"])


def test_the_company_is_meant_by_a_word_of_its_name_too() -> None:
    known = "Weberei Kant weaves linen for small shops."
    for text in ("Kant is a family business with 300 employees.", "Kant ships to forty countries."):
        assert not adds_nothing(text, known, ["Weberei Kant"])
    assert adds_nothing("Ask how Kant plans its week.", known, ["Weberei Kant"])


def test_a_statement_is_no_question() -> None:
    assert not is_question("The company has been a pioneer in the field of flow meters.")
    assert not is_question("They build meters.")
    assert not is_question("Acme Pumps", ["Acme Pumps"])
    assert not is_question("Lumin Stand")
    assert is_question("Tell us why rivers.")
    assert is_question("What are your strengths?")


def test_a_reason_states_nothing_about_company_or_reader() -> None:
    assert is_reason("It fits what they build.", KNOWN)
    assert is_reason("Interviewers want to see how you think.", KNOWN)
    assert not is_reason("rescue, school team's own", KNOWN)
    assert not is_reason("launds", KNOWN)
    assert is_reason("to see how you explain a hard thing to others", KNOWN)
    assert not is_reason("You're the best in your industry.", KNOWN)
    assert not is_reason("It is a leading supplier and won a national award.", KNOWN)


def test_false_sentences_pass_nowhere_in_the_advice() -> None:
    false = "The company has been a pioneer in the field of flow meters."
    why = "It is a leading supplier of high precision technology and won a national award."
    report = CompanyReport.model_validate(
        NOTHING
        | {
            "interview_questions": [
                {"kind": "company", "text": false, "why": why},
                {
                    "kind": "behavioral",
                    "text": "What are your strengths as a calibration engineer?",
                    "why": "You're the best in your industry.",
                },
                {"kind": "technical", "text": "How do you calibrate a meter?", "why": why},
            ],
            "preparation_tips": [false, "Read about flow meters.", f"Know this: {why}"],
            "smart_questions": [false, "How did the award change the team?", "Who tests a meter?"],
            "key_topics": ["award-winning meters of the company", "flow meters"],
        }
    )
    text = "<p>We are a small maker of flow meters and calibrate each meter by hand.</p>"
    website = site(home=f"<title>Quayside</title>{text}")
    advice = profile_of(Found(website=website, analysis=Analysis(report=report))).advice
    assert [(one.text, one.why, one.generic) for one in advice.interview_questions] == [
        ("What are your strengths as a calibration engineer?", USUAL_REASON, True),
        ("How do you calibrate a meter?", USUAL_REASON, True),
    ]
    assert advice.preparation_tips == ("Read about flow meters.",)
    assert advice.smart_questions == ("Who tests a meter?",)
    assert advice.key_topics == ("flow meters",)


SITE = "Kedra makes furniture. We hope to move to a larger hall. Ada Pike still voices every pipe."


@pytest.mark.parametrize(
    "text",
    [
        "Ask about the fire at the workshop last winter.",
        "Ask why Ada Pike left.",
        "Vraag naar het ontslag van vorig jaar.",
        "Fråga om konkursen förra året.",
        "Gratulera till priset för årets skida.",
        "Pogratuluj nagrody za najlepszy mebel.",
        "Pergunte pela falência do ano passado.",
        "Chieda dello sciopero di marzo.",
        "Спросите о банкротстве прошлого года.",
        "Поздравьте их с премией за лучшую мебель.",
        "Zeptejte se na loňské propouštění.",
        "Pogratulujte jim k ceně za nejlepší hračku.",
        "Sprich die Kündigungen im Frühjahr an.",
        "Demandez des nouvelles du plan social.",
        "Geçen yılki iflası sorun.",
        "Ödülleri için onları kutlayın.",
    ],
)
def test_an_event_that_nobody_told_of_is_no_advice_in_any_language(text: str) -> None:
    assert not adds_nothing(text, SITE, ["Kedra"])


@pytest.mark.parametrize(
    "text",
    [
        "Tell me about the project you finished last year.",
        "Waarom heb je ontslag genomen?",
        "Какова причина вашего увольнения?",
        "Lies die Anzeige noch einmal in Ruhe.",
        "Bereite drei Beispiele deiner Arbeit vor.",
        "Как вы рассказываете о своих успехах?",
        "Why did you leave your last job?",
        "How would you handle a layoff in your team?",
    ],
)
def test_usual_questions_about_ones_own_past_are_kept(text: str) -> None:
    assert adds_nothing(text, SITE, ["Kedra"])
