"""The interviews tab shows a recording and a transcript, with and without keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import FilePayload, Locator, expect

from devstack.stack import LocalStack
from tests.app.browser.conftest import NewWindow, StartWorker
from tests.app.browser.table_rows import opened
from tests.app.browser.window import Window, address
from tests.app.pipelines.case_analyse_interview import ANSWERS, LINES
from tests.support.fake_deepgram import FakeDeepgram, SpeechReply
from tests.support.fake_openai import Answer, FakeOpenAI, Request
from tests.support.sounds import wav

pytestmark = [pytest.mark.needs("chromium", "stack"), pytest.mark.timeout(600)]

SAID = "I replaced the seal within 40 minutes."


@pytest.fixture
def deepgram() -> Iterator[FakeDeepgram]:
    fake = FakeDeepgram(SpeechReply.of(LINES))
    fake.start()
    yield fake
    fake.stop()


@pytest.fixture
def openai() -> Iterator[FakeOpenAI]:
    def answer(request: Request) -> Answer:
        form = request.body["response_format"]["json_schema"]["name"]
        return Answer.of(ANSWERS[form][1])

    fake = FakeOpenAI(answer)
    fake.start()
    yield fake
    fake.stop()


def open_interviews(new_window: NewWindow) -> Window:
    window = new_window()
    window.sign_up(address("ida"))
    window.open_tab("Interviews")
    window.wait_until_live()
    return window


def choose(window: Window, content: bytes, name: str = "talk.wav") -> None:
    file = FilePayload(name=name, mimeType="audio/wav", buffer=content)
    send = window.page.get_by_role("button", name="Upload and analyse")
    expect(send).to_be_enabled()
    window.page.get_by_label("Audio, up to 50 MB").set_input_files(file)
    send.click()


def expect_end(card: Locator, status: str) -> None:
    expect(card.locator("[data-status]").first).to_have_attribute("data-status", status)


def test_a_recording_becomes_questions_with_scores_and_quotes_that_play(
    new_window: NewWindow, worker: StartWorker, deepgram: FakeDeepgram, openai: FakeOpenAI
) -> None:
    window = open_interviews(new_window)
    card = window.page.get_by_role("article")
    keys = {
        "DEEPGRAM_API_KEY": "dg",
        "DEEPGRAM_BASE_URL": deepgram.base_url,
        "OPENAI_API_KEY": "sk-test",
        "OPENAI_BASE_URL": openai.base_url,
    }
    with worker(**keys):
        window.forget_requests()
        choose(window, wav(24))
        expect_end(card, "completed")
        requests = window.requests
        assert requests[0].startswith("POST /storage/v1/object/interviews/")
        assert requests[1:] == ["POST /functions/v1/api/timeline-items/analyse-interview"]
        expect(window.card("Talk")).to_be_visible()
        card.get_by_text("Analysis").click()
        expect(card.get_by_role("img", name="Structure 7")).to_be_visible()
        expect(card).to_contain_text("You answer with one concrete case.")
        question = card.locator("details.question").nth(1)
        question.locator("summary").click()
        quote = question.locator("blockquote", has_text=SAID).first
        quote.get_by_role("button").click()
        window.page.wait_for_function("document.querySelector('audio').currentTime >= 8")
        expect(card.locator(".turns [data-now]")).to_contain_text(SAID)
        assert_roles_can_be_corrected(window, card)
    assert len(deepgram.requests) == 1


def assert_roles_can_be_corrected(window: Window, card: Locator) -> None:
    """Correct the roles: the analysis then runs again, but the recording is not transcribed
    again."""
    card.get_by_text("The roles are wrong?").click()
    card.get_by_label("Hello, can you hear me well?").check()
    window.watch_statuses()
    card.get_by_role("button", name="Analyse again").click()
    window.expect_run("completed")
    expect(card.locator(".turns .candidate").first).to_contain_text("Hello, can you hear me well?")


def test_a_pasted_transcript_is_analysed_without_any_key(
    new_window: NewWindow, worker: StartWorker
) -> None:
    window = open_interviews(new_window)
    window.page.get_by_role("button", name="Fill in an example").click()
    window.forget_requests()
    window.page.get_by_role("button", name="Analyse", exact=True).click()
    card = window.page.get_by_role("article")
    expect_end(card, "pending")
    with worker():
        expect_end(card, "completed")
    assert window.requests == ["POST /functions/v1/api/mock-interview/analyse"]
    expect(card).to_contain_text("no language model is set up here")
    card.get_by_text("Analysis").click()
    expect(card.locator("details.question")).to_have_count(5)
    expect(card.locator("details.question").first).to_contain_text("not scored")
    expect(card.locator(".turns > li")).to_have_count(11)
    expect(card.locator(".radar")).to_have_count(0)


def test_a_recording_without_a_speech_service_says_what_is_missing(
    new_window: NewWindow, worker: StartWorker
) -> None:
    window = open_interviews(new_window)
    card = window.page.get_by_role("article")
    choose(window, wav(2))
    expect_end(card, "pending")
    with worker():
        expect_end(card, "failed")
    expect(card.get_by_role("alert")).to_contain_text("Recordings cannot be turned into text here")
    expect(card).not_to_contain_text("DEEPGRAM_API_KEY")
    expect(card.get_by_role("button", name="Try again")).to_have_count(0)


@pytest.mark.thorough
def test_what_is_sent_waits_where_no_worker_runs_and_that_is_said(
    new_window: NewWindow, worker: StartWorker
) -> None:
    window = open_interviews(new_window)
    note = window.page.locator("[role=tabpanel]:not([hidden]) [data-note=waits]")
    expect(note).to_contain_text("Nothing is being worked on at the moment")
    expect(window.page.get_by_role("button", name="Upload and analyse")).to_be_visible()
    with worker():
        window.page.get_by_role("button", name="Fill in an example").click()
        window.page.get_by_role("button", name="Analyse", exact=True).click()
        expect(note).to_have_count(0)


def test_services_that_are_set_up_are_not_spoken_of(
    new_window: NewWindow, worker: StartWorker, openai: FakeOpenAI
) -> None:
    keys = {"DEEPGRAM_API_KEY": "dg", "OPENAI_API_KEY": "sk", "OPENAI_BASE_URL": openai.base_url}
    with worker(**keys):
        with_answer = "**/functions/v1/api/capabilities"
        window = new_window()
        with window.page.expect_response(with_answer):
            window.sign_up(address("ida"))
        window.open_tab("Interviews")
        expect(window.page.get_by_label("Audio, up to 50 MB")).to_be_visible()
        expect(window.page.locator("[data-note]")).to_have_count(0)


def test_the_chosen_position_stays_when_a_new_one_is_added(
    new_window: NewWindow, web: LocalStack
) -> None:
    window, rows = opened(new_window, web, "ida")
    _, second = rows.add(2, title="Baker")
    window.open_tab("Interviews")
    choice = window.page.get_by_label("For the position").first
    choice.select_option("Baker 2")
    rows.add(3, title="Potter")
    expect(choice.locator("option")).to_have_count(6)
    expect(choice).to_have_value(second)


@pytest.mark.thorough
def test_a_recording_has_the_name_of_its_file(new_window: NewWindow) -> None:
    window = open_interviews(new_window)
    choose(window, wav(2), name="acme_second round (1).wav")
    expect(window.card("Acme second round")).to_be_visible()
    choose(window, wav(2), name="REC0001.wav")
    expect(window.page.get_by_role("article", name="Interview, ")).to_be_visible()


def test_a_large_recording_goes_up_in_parts(new_window: NewWindow) -> None:
    window = open_interviews(new_window)
    window.forget_requests()
    choose(window, b"RIFF" + bytes(7 * 1024 * 1024))
    expect_end(window.page.get_by_role("article"), "pending")
    parts = [request for request in window.requests if "/upload/resumable" in request]
    assert [request.split()[0] for request in parts] == ["POST", "PATCH", "PATCH"]


def test_what_is_no_recording_is_refused_before_it_is_sent(new_window: NewWindow) -> None:
    window = open_interviews(new_window)
    window.forget_requests()
    choose(window, b"%PDF", name="cv.pdf")
    expect(window.page.get_by_role("alert")).to_contain_text("mp3")
    assert window.requests == []
