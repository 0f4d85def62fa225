"""A site's note on cookies is told from a posting's own words about them."""

from __future__ import annotations

import pytest

from worker.positions.cookie_notes import is_cookie_note
from worker.positions.trimming import trimmed

NOTES = [
    "We use cookies to improve your experience on our site.",
    "By continuing to browse you agree to our use of cookies.",
    "This website uses its own and third-party cookies for analytics.",
    "Diese Website verwendet Cookies. Alle akzeptieren",
    "Ce site utilise des cookies.",
    "Utilizamos cookies propias y de terceros para mejorar la navegación",
    "Este site usa cookies e tecnologias semelhantes",
    "Questo sito usa cookie tecnici.",
    "Wij gebruiken cookies op onze website",
    "Vi använder cookies för att förbättra webbplatsen",
    "Käytämme evästeitä",
    "Strona używa ciasteczek",
    "Používáme cookies",
    "Мы используем файлы cookie на нашем сайте",
    "Bu site çerezleri kullanır",
    "当サイトはCookieを使用しています。同意する",
    "Accept cookies",
    "Cookie policy",
]
TASKS = [
    "Our site in Leeds bakes 4,000 cookies an hour.",
    "You bake cookies and use our site in Leeds",
    "Pack cookies for visitors and accept deliveries",
    "You know cookies, sessions and browser storage well.",
    "Our cookies are sold in forty shops, and visitors love them.",
    "Wir backen Cookies und verwenden nur Butter von der Alm.",
    "Du kennst dich mit Cookies, Tracking und Webseiten aus.",
    "Vous préparez des cookies pour nos visiteurs",
    "Horneas cookies para las visitas de nuestro obrador",
]
POSTING = "## Tasks\n\n{}\n\n## Requirements\n\n- A steady hand\n- Two years at a bench or an oven"


@pytest.mark.parametrize("text", NOTES)
def test_a_note_on_cookies_is_not_in_the_description(text: str) -> None:
    assert is_cookie_note(text)
    assert text not in trimmed(f"{POSTING.format('You work at the bench.')}\n\n{text}", "")


@pytest.mark.parametrize("text", TASKS)
def test_what_a_posting_says_of_cookies_stays(text: str) -> None:
    assert not is_cookie_note(text)
    assert text in trimmed(POSTING.format(text), "")
    assert f"- {text}" in trimmed(POSTING.format(f"- {text}\n- Keep the oven clean"), "")


SENTENCES = [
    "Apply your knowledge of steel to real buildings.",
    "Save lives every day.",
    "Share your ideas with a team that listens.",
    "Next to the river our workshop has stood since 1920.",
    "Teilen Sie Ihre Ideen mit uns im Labor.",
    "Partagez vos idées avec une équipe curieuse.",
    "Delen doen we graag, ook kennis.",
]
BUTTONS = [
    "Apply now!",
    "Share this job",
    "Read more",
    "Sign in to save this job.",
    "Print",
    "Teilen",
]


@pytest.mark.parametrize("text", SENTENCES)
def test_a_sentence_that_begins_like_a_button_stays(text: str) -> None:
    posting = POSTING.format("You work at the bench.")
    assert text in trimmed(f"{text}\n\n{posting}", "")
    assert text in trimmed(f"{posting}\n\n{text}", "")


@pytest.mark.parametrize("text", BUTTONS)
def test_a_button_around_the_description_is_left_out(text: str) -> None:
    posting = POSTING.format("You work at the bench.")
    assert trimmed(f"{posting}\n\n{text}", "") == posting
