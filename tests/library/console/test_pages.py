"""What the pages show, and what they never show."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup

from liverows.console.rendering import Pages
from tests.library.console.browsing import Browser, ended, fields_of, notices, soup, tag, words
from tests.library.console.conftest import NewConsole
from tests.library.console.one_day import HOSTILE, SECRET, Day
from tests.support.queue import Queue

PASSWORD = "a long password of the console"
PAGES = [
    "/",
    "/rows",
    "/rows?status=failed&since=7d&older=1m&text=model",
    "/rows?status=set_aside",
    "/failures",
    "/failures?pipeline=summarise",
    "/pipelines",
    "/pipeline?name=summarise",
    "/pipeline?name=shrink-picture",
    "/bulk?status=failed",
    "/budgets?pipeline=summarise",
    "/log",
    "/system",
]


def row_of(day: Day, status: str, column: str = "true") -> str:
    """The newest document in this state."""
    found = day.connection.execute(
        "select max(id)::text from public.documents"
        f" where processing_status = '{status}' and {column}"
    ).fetchone()
    assert found is not None
    return f"/row?table=public.documents&id={found[0]}"


@pytest.fixture
def pages(day: Day) -> list[str]:
    """Every kind of page, with rows in every state, the hostile one among them."""
    hostile = row_of(day, "failed", "note is not null")
    states = [row_of(day, status) for status in ("completed", "failed", "processing", "cancelled")]
    edited = row_of(day, "completed", "processing_edited <> '{}'")
    return [*PAGES, *states, edited, hostile, f"{hostile}&contents=1"]


async def test_hostile_texts_stay_texts(browser: Browser, pages: list[str]) -> None:
    seen = 0
    for path in pages:
        page = await browser.read(path)
        assert page.find("img", src="x") is None, path
        assert [each for each in page.find_all("script") if each.get_text()] == [], path
        assert page.find("style") is None, path
        for each in page.find_all(True):
            wrong = [name for name in each.attrs if name == "style" or name.startswith("on")]
            assert wrong == [], (path, each)
        seen += HOSTILE in page.get_text()
    assert seen >= 3


async def test_no_text_turns_round_how_the_texts_beside_it_are_read(
    browser: Browser, day: Day
) -> None:
    (key,) = day.add(1, note="n\N{RIGHT-TO-LEFT OVERRIDE}m")
    day.fail([key], code="turned", message="x\N{RIGHT-TO-LEFT OVERRIDE}y\x9bz", exception=True)
    row = f"/row?table=public.documents&id={key}&contents=1"
    for path in ("/rows?code=turned", "/failures?code=turned", row):
        text = (await browser.read(path)).get_text()
        assert "x\N{REPLACEMENT CHARACTER}y\N{REPLACEMENT CHARACTER}z" in text, path
        assert not {"\N{RIGHT-TO-LEFT OVERRIDE}", "\x9b"} & set(text), path
    # The other tests count what has failed.
    day.connection.execute("delete from public.documents where id = %s", [int(key)])


async def test_a_list_says_where_the_message_of_a_row_set_aside_is(browser: Browser) -> None:
    for path in ("/rows?status=set_aside", "/pipeline?name=shrink-picture"):
        page = await browser.read(path)
        assert "P0001 the row's page has the message" in words(page)
    row = await browser.read(str(tag(page, "a.key")["href"]))
    assert "the picture is in the archive" in words(row)


def test_a_row_with_a_blank_key_has_a_link_that_can_be_seen() -> None:
    for key in ("", " "):
        row = {"table": "public.notes", "id": key, "status": "failed"}
        shown = Pages(()).render("rows_live.html", {"rows": [row], "unread": []})
        assert tag(BeautifulSoup(shown, "html.parser"), "a.key").get_text() == "(blank)"


async def test_scripts_and_styles_are_files_of_the_console(browser: Browser) -> None:
    page = await browser.read("/")
    sources = [str(tag["src"]) for tag in page.find_all("script")]
    sources += [str(tag["href"]) for tag in page.find_all("link")]
    assert len(sources) >= 5
    for source in sources:
        assert source.startswith("/static/")
        assert (await browser.http.get(source)).status_code == 200


async def test_no_page_shows_a_secret(console: NewConsole, day: Day, pages: list[str]) -> None:
    browser = await console(
        console_password=PASSWORD, webhook_secret="whsec_AAAABBBBCCCCDDDDEEEEFFFF"
    )
    await browser.sign_in("Ada", PASSWORD)
    url = urlsplit(day.database.dsn)
    for path in [*pages, "/nothing", "/rows?status=wrong"]:
        text = (await browser.http.get(path)).text
        for secret in (SECRET, PASSWORD, "whsec_AAAA", url.password, url.netloc):
            assert secret is not None and secret not in text, path


async def test_masking_leaves_addresses_and_forms_as_they_are(
    console: NewConsole, day: Day
) -> None:
    # A password that is also the name of a table and a pipeline's is masked in texts alone.
    browser = await console(console_password="public.documents", webhook_secret="summarise")
    await browser.sign_in("Ada", "public.documents")
    rows = await browser.read("/rows?pipeline=summarise&status=failed&text=no+text")
    assert "public.documents" not in words(rows) and "summarise" not in words(rows)
    assert fields_of(tag(rows, "form[role=search]"))["pipeline"] == "summarise"
    change = str(tag(rows, "a.button[href^='/bulk']")["href"])
    form = tag(await browser.read(change), "form.card")
    assert parse_qs(fields_of(form)["query"]) == {
        "status": ["failed"], "pipeline": ["summarise"], "text": ["no text"],
    }  # fmt: skip
    (key,) = day.add(1)
    row = await browser.read(f"/row?table=public.documents&id={key}")
    assert notices(await browser.press(row, "Cancel"))[0] == "The row is cancelled."
    day.connection.execute("delete from public.documents where id = %s", [int(key)])


async def test_the_secret_of_a_session_is_never_masked(browser: Browser, day: Day) -> None:
    await browser.read("/")
    (session,) = browser.app.state.console.sessions.all()
    session.csrf = "sk-" + session.csrf
    page = await browser.press(await browser.read("/pipeline?name=send-letter"), "Pause")
    await browser.press(page, "Resume")


async def test_the_log_masks_secrets_in_a_filter(browser: Browser, day: Day) -> None:
    keys = day.add(1)
    day.fail(keys, code="masked", message=SECRET)
    choice = await browser.read(f"/bulk?status=failed&code=masked&text={SECRET}")
    confirm = await browser.press(choice, "Continue…", action="retry")
    assert SECRET not in words(confirm)
    start = str(tag(confirm, "form[action$='/start']")["action"])
    await browser.press(confirm, "Yes, retry")
    await ended(browser, start.removesuffix("/start"))
    log = words(await browser.read("/log"))
    assert "sk-***" in log and SECRET not in log
    day.connection.execute("delete from public.documents where id::text = any(%s)", [keys])


async def test_contents_of_a_row_are_hidden_unless_asked_for(browser: Browser, day: Day) -> None:
    done = row_of(day, "completed", "summary = 'A page about tides.'")
    assert "A page about tides." not in (await browser.http.get(done)).text
    page = await browser.read(done)
    link = str(tag(page, "a.button[href*=contents]")["href"])
    assert "A page about tides." in words(await browser.read(link))


async def test_the_overview_tells_what_waits_failed_and_costs(browser: Browser, day: Day) -> None:
    page = await browser.read("/")
    line = tag(page, "#line-summarise")
    told = {cell.get("data-label"): cell.get_text(" ", strip=True) for cell in line.find_all("td")}
    failed = day.connection.execute(
        "select count(*) from public.documents where processing_status = 'failed'"
    ).fetchone()
    assert failed is not None
    assert told["Failed 24 h"] == str(failed[0])
    assert told["Running"] == "1"
    assert told["Today"].startswith("$")
    charts = line.find_all("svg")
    assert len(charts) == 3
    assert all(chart["aria-label"] for chart in charts)
    assert "notify works" in words(page)
    assert "heard 3.0 s ago, 4 ms late" in words(page)
    assert "realtime is deaf" in words(page)
    assert "1 of 10" in words(page)


async def test_pages_of_rows_show_each_row_once(browser: Browser, day: Day) -> None:
    address, seen = "/rows?status=failed&status=completed&pipeline=summarise", list[str]()
    for _ in range(40):
        page = await browser.read(address)
        seen += [str(link["href"]) for link in page.select("tbody th a")]
        older = page.select_one('.pager a:-soup-contains("Older")')
        if older is None:
            break
        address = str(older["href"])
    count = day.connection.execute(
        "select count(*) from public.documents where processing_status in ('failed', 'completed')"
    ).fetchone()
    assert count is not None
    assert len(seen) == len(set(seen)) == count[0]


async def test_the_filter_stands_in_the_address_and_in_the_form(browser: Browser) -> None:
    page = await browser.read("/rows?status=failed&code=bad_output&since=90m&older=5m&id=7&text=a")
    fields = fields_of(tag(page, "form[role=search]"))
    assert (fields["since"], fields["older"]) == ("90m", "5m")
    assert (fields["code"], fields["status"], fields["id"]) == ("bad_output", "failed", "7")


async def test_a_table_is_in_the_schema_public_if_none_is_named(browser: Browser) -> None:
    page = await browser.read("/rows?table=pictures")
    assert fields_of(tag(page, "form[role=search]"))["table"] == "public.pictures"
    assert {str(each["data-state"]) for each in page.select("tbody tr")} >= {"completed"}


async def test_failures_are_one_line_for_one_cause(browser: Browser, day: Day) -> None:
    page = await browser.read("/failures")
    lines = page.select("tbody tr")
    codes = [tag(line, "code").get_text() for line in lines]
    assert sorted(codes) == ["bad_output", "internal", "invalid_input", "provider_error"]
    line = lines[codes.index("bad_output")]
    count = tag(line, '[data-label="Rows"] a')
    rows = await browser.read(str(count["href"]))
    assert len(rows.select("tbody tr")) == int(count.get_text()) > 1


async def test_a_row_tells_its_runs_steps_and_exception(browser: Browser, day: Day) -> None:
    done = await browser.read(row_of(day, "completed", "summary = 'A page about tides.'"))
    steps = [head.get_text(strip=True) for head in done.select("table.gantt tbody th")]
    assert steps == ["read_page", "summarise", "find_language"]
    assert len(done.select("table.gantt svg rect")) == 3
    assert re.search(r"claimed .+, woken by sweep .+ after it was due", words(done))
    broken = await browser.read(row_of(day, "failed", "note is not null"))
    assert "pipelines/model.py:12 in ask" in words(broken)
    assert "sk-***" in words(broken)


async def test_a_mistake_in_an_address_is_said_in_plain_words(browser: Browser) -> None:
    for path, code, said in [
        ("/rows?status=wrong", 400, "there is no status wrong"),
        ("/rows?since=yesterday", 400, "write a span such as 90m"),
        ("/rows?since=999999d", 400, "write a span such as 90m"),
        ("/rows?after=nothing", 409, "after is no `next` of an earlier answer"),
        ("/rows?pipeline=nothing", 409, "nothing"),
        ("/row?table=%22;&id=1", 409, "is not attached"),
        ("/row?table=public.documents&id=99999999", 404, "there is no row"),
        ("/row", 404, "There is no such page."),
        ("/pipeline?name=nothing", 404, "There is no such page."),
        ("/bulk/nothing", 404, "There is no such page."),
    ]:
        answer = await browser.http.get(path)
        assert answer.status_code == code, (path, answer.text)
        assert said in words(soup(answer)), path


async def test_times_and_doorbells_that_nobody_expects_do_not_end_a_page(
    browser: Browser, day: Day
) -> None:
    (key,) = day.add(1)
    day.connection.execute(
        "update public.documents set processing_not_before = '20000-01-01Z' where id = %s",
        [int(key)],
    )
    assert "waits until 20000-01-01" in words(await browser.read("/rows?status=pending"))
    await browser.read(f"/row?table=public.documents&id={key}")
    day.connection.execute("delete from public.documents where id = %s", [int(key)])
    worker = Queue(day.connection)
    worker.heartbeat(
        name="worker-2", version="0.1.0", pipelines=["summarise"], listens=["notify"],
        hears=["notify"], slots=10, bells={"notify": {"heard_seconds_ago": None, "delay_ms": None}},
    )  # fmt: skip
    assert "worker-2" in words(await browser.read("/"))
    worker.call("sign_off", worker=worker.worker)


async def test_a_filter_that_names_nothing_changes_nothing(browser: Browser) -> None:
    page = await browser.read("/bulk")
    assert notices(page) == ["Choose first which rows are meant."]
