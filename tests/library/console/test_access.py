"""Nobody uses the console who may not, and no other site uses it through an operator's browser."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from liverows.base.errors import SetupError
from liverows.base.settings import Settings
from liverows.console.access import access_of
from liverows.console.app import routes
from liverows.console.guard import CONTENT_SECURITY_POLICY, SIGN_IN
from liverows.console.sessions import LIFETIME_SECONDS, MOST_SESSIONS
from liverows.console.sign_in import Attempts
from liverows.running.health import serving
from tests.library.cli.command import Shell
from tests.library.console.browsing import Browser, fields_of, tag, told_address
from tests.library.console.conftest import NewConsole
from tests.library.console.one_day import Day
from tests.support.clock import ManualClock

PASSWORD = "a long password of the console"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - the console must refuse it
PUBLIC = "https://console.example.com"
PATHS = [route.path.replace("{key}", "x") for route in routes() if isinstance(route, Route)]
FORMS = [
    route.path.replace("{key}", "x")
    for route in routes()
    if isinstance(route, Route) and "POST" in (route.methods or ()) and route.path != SIGN_IN
]


@pytest.fixture(scope="module")
def day(quiet_day: Day) -> Day:
    """These tests need no rows."""
    return quiet_day


def settings(**more: Any) -> Settings:
    return Settings(_env_file=None, **more)


@pytest.mark.parametrize(
    ("host", "more"),
    [
        (EVERYWHERE, {}),
        ("::", {}),
        ("192.168.1.7", {}),
        ("127.0.0.1", {"console_url": PUBLIC}),
        (EVERYWHERE, {"console_password": SecretStr("too short")}),
        (EVERYWHERE, {"console_roles": ("operator",)}),
        *(
            (EVERYWHERE, {"console_url": url, "console_password": SecretStr(PASSWORD)})
            for url in (
                "example.com",
                "https://",
                "https://a.example/x",
                "https://a.example?x",
                f"https://me:{PASSWORD}@a.example",
                "https://a.example:x",
                "https://[a",
            )
        ),
    ],
)
def test_a_console_that_others_reach_does_not_start_open(host: str, more: dict[str, Any]) -> None:
    with pytest.raises(SetupError) as caught:
        access_of(settings(**more), host, 8081)
    assert caught.value.cure
    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_on_its_own_machine_it_asks_nobody_to_sign_in(host: str) -> None:
    assert access_of(settings(), host, 8081).operator


@pytest.mark.parametrize(
    ("host", "port", "url", "header"),
    [
        ("127.0.0.1", 8081, None, "localhost:8081"),
        ("127.0.0.2", 8081, None, "127.0.0.2:8081"),
        ("::1", 8081, None, "[::1]:8081"),
        ("127.0.0.1", 80, None, "localhost"),
        (EVERYWHERE, 8081, "https://Console.example.com:443/", "console.example.com"),
        (EVERYWHERE, 8081, "http://console.example.com:8081", "console.example.com:8081"),
        (EVERYWHERE, 8081, "http://[fd00::1]:80", "[fd00::1]"),
    ],
)
def test_it_answers_to_what_browsers_call_its_address(
    host: str, port: int, url: str | None, header: str
) -> None:
    chosen = settings(console_url=url, console_password=SecretStr(PASSWORD))
    assert access_of(chosen, host, port).knows_host(header)


async def test_without_a_session_no_page_and_no_form_answers(console: NewConsole) -> None:
    browser = await console(console_password=PASSWORD)
    for path in PATHS:
        if path == SIGN_IN:
            continue
        read = await browser.http.get(path, follow_redirects=False)
        assert (read.status_code, read.headers["location"][:8]) == (303, SIGN_IN), path
    stream = await browser.http.get("/live/overview", headers={"accept": "text/event-stream"})
    assert stream.status_code == 401
    for path in FORMS:
        assert (await browser.post(path)).status_code == 401, path
    assert not browser.http.cookies


@pytest.mark.parametrize("host", ["x/static/", "x/static/?", "x#", "[", "a b", "me@x", "x:y", ""])
async def test_no_host_header_opens_a_page(console: NewConsole, host: str) -> None:
    browser = await console(console_host=EVERYWHERE, console_password=PASSWORD)
    assert (await browser.http.get("/rows", headers={"host": host})).status_code == 421
    for named in ("console.local", "10.0.0.7:8081", "[fd00::1]:8081"):
        answer = await browser.http.get("/rows", headers={"host": named}, follow_redirects=False)
        assert answer.headers["location"].startswith(SIGN_IN)


async def test_after_the_sign_in_comes_the_page_that_was_asked_for(console: NewConsole) -> None:
    browser = await console(console_password=PASSWORD)
    asked = "/rows?text=50%25+of+a%26b&owner=%C3%A9"
    form = await browser.read(asked)
    answer = await browser.press(form, "Sign in", name="Ada", password=PASSWORD)
    fields = fields_of(tag(answer, "form[role=search]"))
    assert (fields["text"], fields["owner"]) == ("50% of a&b", "é")


async def test_the_password_opens_a_session_with_a_cookie_for_this_site_alone(
    console: NewConsole,
) -> None:
    browser = await console(console_password=PASSWORD)
    refused = await browser.sign_in("Ada", "not the password")
    assert refused.status_code == 403
    assert "set-cookie" not in refused.headers
    answer = await browser.sign_in("Ada", PASSWORD)
    assert answer.url.path == "/rows"
    assert "Ada" in answer.text
    cookie = answer.history[0].headers["set-cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


async def test_behind_https_the_cookie_is_secure_and_bound_to_the_host(console: NewConsole) -> None:
    browser = await console(console_password=PASSWORD, console_url=PUBLIC)
    answer = await browser.sign_in("Ada", PASSWORD)
    cookie = answer.history[0].headers["set-cookie"]
    assert cookie.startswith("__Host-")
    assert "Secure" in cookie.split("; ")
    assert "domain" not in cookie.lower()
    elsewhere = await browser.http.get("/", headers={"host": "127.0.0.1:8081"})
    assert elsewhere.status_code == 421


async def test_guessing_is_slowed_down(console: NewConsole, clock: ManualClock) -> None:
    browser = await console(console_password=PASSWORD)
    tries = [browser.sign_in("Ada", f"guess {number}") for number in range(12)]
    codes = [answer.status_code for answer in await asyncio.gather(*tries)]
    assert codes.count(403) == Attempts.PER_ADDRESS
    late = await browser.sign_in("Ada", PASSWORD)
    assert late.status_code == 429
    assert int(late.headers["retry-after"]) > 0
    await clock.advance(Attempts.SECONDS)
    assert (await browser.sign_in("Ada", PASSWORD)).status_code == 200


async def test_the_log_of_the_console_tells_who_was_refused_and_who_came_in(
    day: Day, tmp_path: Path
) -> None:
    shell = Shell(tmp_path).having(
        SUPABASE_DB_URL=day.database.dsn, LIVEROWS_CONSOLE_PASSWORD=PASSWORD
    )
    with shell.start("console", "--port", "0", program="liverows") as process:
        async with Browser(None, told_address(process)) as browser:
            await browser.sign_in("Ada", "a wrong password")
            await browser.sign_in("Ada", PASSWORD)
        process.terminate()
        _, log = process.communicate(timeout=60)
    told = [json.loads(line) for line in log.splitlines()]
    (refused,) = (line for line in told if line["event"] == "console_sign_in_refused")
    assert refused["address"] == "127.0.0.1"
    (came,) = (line for line in told if line["event"] == "console_sign_in")
    assert came["operator"] == "Ada"
    assert "password" not in log.lower()


def test_many_addresses_together_are_limited_too(clock: ManualClock) -> None:
    attempts = Attempts(clock.monotonic)
    early = [attempts.begin(f"10.0.0.{number}") for number in range(2 * Attempts.ALTOGETHER)]
    assert early.count(0) == Attempts.ALTOGETHER


async def test_a_session_ends_by_itself_and_by_signing_out(
    console: NewConsole, clock: ManualClock
) -> None:
    browser = await console(console_password=PASSWORD)
    await browser.sign_in("Ada", PASSWORD)
    await clock.advance(LIFETIME_SECONDS)
    assert (await browser.http.get("/log")).url.path == SIGN_IN
    await browser.sign_in("Ada", PASSWORD)
    kept = dict(browser.http.cookies)
    await browser.press(await browser.read("/log"), "Sign out")
    browser.http.cookies.update(kept)
    assert (await browser.http.get("/log")).url.path == SIGN_IN


async def test_others_do_not_end_a_session_that_is_in_use(browser: Browser) -> None:
    page = await browser.read("/pipeline?name=send-letter")
    sessions = browser.app.state.console.sessions
    for _ in range(2):
        for _ in range(MOST_SESSIONS - 1):
            sessions.open("Eve")
        page = await browser.press(page, "Pause")
        page = await browser.press(page, "Resume")


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/%2Fevil.example",
        "/a\nb",
        "%2Frows",
    ],
)
async def test_a_link_to_the_sign_in_leads_nowhere_else(console: NewConsole, back: str) -> None:
    browser = await console(console_password=PASSWORD)
    answer = await browser.http.post(
        SIGN_IN,
        data={"name": "Ada", "password": PASSWORD, "back": back},
        headers={"origin": browser.address},
        follow_redirects=False,
    )
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("path", FORMS)
async def test_each_form_proves_that_it_is_ours(browser: Browser, path: str) -> None:
    await browser.read("/")
    cross = [
        {},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
    ]
    for headers in cross:
        answer = await browser.http.post(path, data={"csrf": "x"}, headers=headers)
        assert answer.status_code == 403, headers
    for fields in ({}, {"csrf": ""}, {"csrf": "x" * 43}):
        assert (await browser.post(path, **fields)).status_code == 403, fields


async def test_a_name_that_leads_to_this_machine_is_not_answered(browser: Browser) -> None:
    for host in ("evil.example", "evil.example:8081", "127.0.0.1:9", ""):
        answer = await browser.http.get("/", headers={"host": host})
        assert answer.status_code == 421, host
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_pages_of_others_can_link_to_it_and_no_more(browser: Browser, site: str) -> None:
    link = {"sec-fetch-site": site, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert (await browser.http.get("/rows", headers=link)).status_code == 200
    before = dict(browser.http.cookies)
    for mode, dest in [("no-cors", "image"), ("cors", "empty"), ("navigate", "iframe")]:
        headers = {"sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": dest}
        for path in ("/", "/live/overview", "/static/console.js"):
            assert (await browser.http.get(path, headers=headers)).status_code == 403, (mode, path)
    assert dict(browser.http.cookies) == before


async def test_no_page_lets_a_browser_run_or_load_anything_else(browser: Browser) -> None:
    for path in ["/", "/rows", "/nothing", "/static/console.css", SIGN_IN]:
        headers = (await browser.http.get(path)).headers
        assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY, path
        assert headers["x-content-type-options"] == "nosniff"
    assert "unsafe" not in CONTENT_SECURITY_POLICY


async def test_a_mistake_of_the_console_tells_nobody_its_insides(browser: Browser) -> None:
    async def fail(*_arguments: Any, **_named: Any) -> None:
        raise RuntimeError(PASSWORD)

    browser.app.state.console.desk.client.call = fail
    transport = httpx.ASGITransport(app=browser.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=browser.address) as http:
        answer = await http.get("/rows")
    assert answer.status_code == 500
    assert PASSWORD not in answer.text and "its log" in answer.text.lower()
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY


USERS = {
    "one@example.com": {"role": "operator"},
    "many@example.com": {"roles": ["viewer", "operator"]},
    "none@example.com": {"role": "viewer"},
    "odd@example.com": {"roles": "operator", "role": ["operator"]},
    "factor@example.com": {"role": "operator"},
    "begun@example.com": {"role": "operator"},
}
FACTORS = {
    "factor@example.com": [{"factor_type": "totp", "status": "verified"}],
    "begun@example.com": [{"factor_type": "totp", "status": "unverified"}],
}


@pytest.fixture
async def auth() -> AsyncIterator[str]:
    """A server that answers a sign-in as Supabase Auth does; yields its address."""

    async def token(request: Request) -> Response:
        sent = await request.json()
        known = USERS.get(sent["email"])
        if request.headers["apikey"] != "sb_secret_of_tests" or sent["password"] != PASSWORD:
            return JSONResponse({"code": 400, "error_code": "invalid_credentials"}, 400)
        if known is None:
            return JSONResponse({"code": 500, "msg": "Database error"}, 500)
        claims = {
            "email": sent["email"],
            "app_metadata": known,
            "user_metadata": {"role": "operator"},
        }
        if sent["email"] in FACTORS:
            claims["factors"] = FACTORS[sent["email"]]
        return JSONResponse({"access_token": "token", "user": claims})

    async def logout(_request: Request) -> Response:
        return Response(status_code=204)

    ways = [Route("/token", token, methods=["POST"]), Route("/logout", logout, methods=["POST"])]
    app = Starlette(routes=[Mount("/auth/v1", routes=ways)])
    async with serving(app, "127.0.0.1", 0) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.mark.parametrize(
    ("email", "password", "code"),
    [
        ("one@example.com", PASSWORD, 200),
        ("many@example.com", PASSWORD, 200),
        ("begun@example.com", PASSWORD, 200),
        ("factor@example.com", PASSWORD, 403),
        ("none@example.com", PASSWORD, 403),
        ("odd@example.com", PASSWORD, 403),
        ("one@example.com", "not the password", 403),
        ("broken@example.com", PASSWORD, 503),
    ],
)
async def test_users_of_the_project_need_a_role_that_the_operator_named(
    console: NewConsole, auth: str, email: str, password: str, code: int
) -> None:
    browser = await console(
        supabase_url=auth, supabase_secret_key="sb_secret_of_tests", console_roles=("operator",)
    )
    assert (await browser.sign_in(email, password)).status_code == code


async def test_the_common_password_does_not_open_the_name_of_a_user(
    console: NewConsole, auth: str
) -> None:
    browser = await console(
        supabase_url=auth,
        supabase_secret_key="sb_secret_of_tests",
        console_roles=("operator",),
        console_password="another long password",
    )
    refused = await browser.sign_in("one@example.com", "another long password")
    assert refused.status_code == 403
    assert (await browser.sign_in("Ada", "another long password")).status_code == 200
