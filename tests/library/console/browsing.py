"""A browser without scripts: it follows links, and sends the forms that it finds in pages."""

from __future__ import annotations

import asyncio
import re
import subprocess
from types import TracebackType
from typing import Any

import httpx
from bs4 import BeautifulSoup, Tag
from starlette.applications import Starlette


class Browser:
    """One window before the console: an application, or with `app` None one that is served."""

    def __init__(self, app: Starlette | None, address: str) -> None:
        self._app = app
        self.address = address
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app) if app else None,
            base_url=address,
            follow_redirects=True,
            trust_env=False,
            timeout=60,
        )

    @property
    def app(self) -> Starlette:
        """The application, if it is one of this process."""
        assert self._app is not None
        return self._app

    async def __aenter__(self) -> Browser:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.http.aclose()

    async def read(self, path: str, **query: str) -> BeautifulSoup:
        """Open a page that must exist."""
        answer = await self.http.get(path, params=query or None)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return soup(answer)

    async def sign_in(self, name: str, password: str) -> httpx.Response:
        """Send the form of the sign-in."""
        return await self.post("/sign-in", name=name, password=password, back="/rows")

    async def press(self, page: BeautifulSoup, button: str, **typed: Any) -> BeautifulSoup:
        """Send the form with this button; `typed` replaces what its fields have."""
        found = next(
            each for each in page.find_all("button") if each.get_text(strip=True) == button
        )
        form = found.find_parent("form")
        assert isinstance(form, Tag)
        fields = fields_of(form) | typed
        if found.get("name"):
            fields[str(found["name"])] = str(found["value"])
        answer = await self.post(str(form["action"]), **fields)
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return soup(answer)

    async def post(self, path: str, **fields: Any) -> httpx.Response:
        """Send a form as a browser does."""
        return await self.http.post(path, data=fields, headers={"origin": self.address})


def soup(answer: httpx.Response) -> BeautifulSoup:
    """The page of an answer."""
    return BeautifulSoup(answer.text, "html.parser")


def fields_of(form: Tag) -> dict[str, Any]:
    """The fields of a form as they stand."""
    fields: dict[str, Any] = {}
    for field in form.find_all("input"):
        if field.get("type") in {"checkbox", "radio"} and not field.has_attr("checked"):
            continue
        if field.get("name"):
            fields[str(field["name"])] = str(field.get("value", ""))
    for choice in form.find_all("select"):
        chosen = choice.find("option", selected=True) or choice.find("option")
        assert isinstance(chosen, Tag)
        fields[str(choice["name"])] = str(chosen.get("value", chosen.get_text()))
    return fields


def tag(page: BeautifulSoup | Tag, selector: str) -> Tag:
    """The first element that a CSS selector finds; there must be one."""
    found = page.select_one(selector)
    assert found is not None, selector
    return found


def csrf_of(page: BeautifulSoup) -> str:
    """The secret of the session, which each form carries."""
    return str(tag(page, "input[name=csrf]")["value"])


def notices(page: BeautifulSoup) -> list[str]:
    """The sentences that a page says to the operator."""
    return [each.get_text(" ", strip=True) for each in page.select("main > .notice")]


def words(page: BeautifulSoup) -> str:
    """The text of the page's main part, with single blanks."""
    main = page.find("main")
    assert main is not None
    return re.sub(r"\s+", " ", main.get_text(" ", strip=True))


async def ended(browser: Browser, path: str) -> BeautifulSoup:
    """Wait until an action on many rows has ended; returns its page."""
    async with asyncio.timeout(60):
        while True:
            page = await browser.read(path)
            if page.find("button", string="Stop here") is None:
                return page
            await asyncio.sleep(0)


def told_address(process: subprocess.Popen[str]) -> str:
    """The address that `liverows console` has told."""
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r"http://[\d.:]+", line)
    assert found is not None, (line, process.stderr and process.stderr.read())
    return found[0]
