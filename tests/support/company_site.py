"""The example company's website, served as if it were on the internet under its own name."""

from __future__ import annotations

from pathlib import Path

from tests.support.local_web import LocalWeb, answer

HOST = "brightwater.example"
HOME = f"http://{HOST}/"
NAME = "Brightwater Instruments"
PAGES = Path(__file__).parents[2] / "examples" / "site" / "pages"


def company_pages() -> dict[str, str]:
    """Paths and HTML of the pages about the company."""
    pages = {
        f"/company/{file.stem}": file.read_text() for file in sorted((PAGES / "company").iterdir())
    }
    return {"/": (PAGES / "index.html").read_text(), **pages}


def put_company_online(web: LocalWeb, host: str = HOST) -> None:
    """Serve the company's pages and its robots.txt at `host`."""
    robots = (PAGES / "robots.txt").read_text()
    web.routes[f"{host}/robots.txt"] = answer(robots, content_type="text/plain")
    for path, html in company_pages().items():
        web.routes[f"{host}{path}"] = answer(html)
