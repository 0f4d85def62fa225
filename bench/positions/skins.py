"""A posting on plain pages without structured data, in six ways of building a page."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from bench.positions.posting import Posting
from bench.positions.prose import as_html

# Phrases that must not get into a description. Each is on every page and in no posting.
LEAKS = (
    "We use cookies to make this site better",
    "Subscribe to our newsletter",
    "Other openings at the moment",
    "Imprint and privacy notice",
    "Back to all departments",
)

_NAV = '<nav><a href="/">Home</a> <a href="/d">Back to all departments</a></nav>'
_COOKIES = (
    '<div id="cookie-banner"><p>We use cookies to make this site better.</p>'
    "<button>OK</button></div>"
)
_RELATED = (
    '<section class="related-jobs"><h2>Other openings at the moment</h2><ul><li><a href="/jobs/1">'
    "Other openings at the moment: Welder, £99,000 per year</a></li></ul></section>"
)
_FOOTER = (
    "<footer><p>Imprint and privacy notice</p>"
    "<form><label>Subscribe to our newsletter</label></form></footer>"
)
_ROWS = ("top", "content", "bottom")
_END = f"{_RELATED}{_FOOTER}{_COOKIES}"


def _page(posting: Posting, body: str, head: str = "") -> str:
    title = f"<title>{escape(posting.title)} | {escape(posting.company)}</title>"
    return f"<!doctype html><html><head>{title}{head}</head><body>{body}</body></html>"


def _named(posting: Posting) -> str:
    return f"<h1>{escape(posting.title)}</h1><p>{escape(posting.company)}</p>"


def _semantic(posting: Posting) -> str:
    article = f"<article>{_named(posting)}{as_html(posting)}</article>"
    return _page(posting, f"<header>{_NAV}</header><main>{article}</main>{_END}")


def _divs(posting: Posting) -> str:
    content = f'<div class="job-description">{as_html(posting, "h3")}</div>'
    hero = f'<div class="hero">{_named(posting)}</div>'
    nav = f'<div class="navbar">{_NAV}</div>'
    return _page(posting, f'{nav}<div class="wrap">{hero}{content}</div>{_END}')


def _tables(posting: Posting) -> str:
    cells = (_NAV, f"{_named(posting)}{as_html(posting)}", _FOOTER)
    rows = "".join(
        f'<tr><td id="{name}">{cell}</td></tr>' for name, cell in zip(_ROWS, cells, strict=True)
    )
    return _page(posting, f"{_COOKIES}<table>{rows}</table>")


def _sidebar(posting: Posting) -> str:
    main = f"<div role='main'>{_named(posting)}{as_html(posting, 'h4')}</div>"
    layout = f"<div class='layout'>{main}<aside>{_RELATED}</aside></div>"
    return _page(posting, f"{_NAV}{layout}{_FOOTER}{_COOKIES}")


def _social(posting: Posting) -> str:
    head = (
        f'<meta property="og:title" content="{escape(posting.title)}">'
        f'<meta property="og:site_name" content="{escape(posting.company)}">'
    )
    body = f"<section>{_named(posting)}{as_html(posting, 'h2')}</section>"
    return _page(posting, f"{_COOKIES}{_NAV}{body}{_RELATED}{_FOOTER}", head)


def _builder(posting: Posting) -> str:
    single = [posting.model_copy(update={"sections": (section,)}) for section in posting.sections]
    parts = [_named(posting), *(as_html(each) for each in single)]
    widgets = "".join(
        f'<div class="widget"><div class="inner">{part}</div></div>' for part in parts
    )
    header = f'<div class="site-header">{_NAV}</div>'
    related = f'<div class="similar-jobs">{_RELATED}</div>'
    footer = f'<div class="site-footer">{_FOOTER}</div>{_COOKIES}'
    return _page(posting, f'{header}<div id="page">{widgets}</div>{related}{footer}')


SKINS: dict[str, Callable[[Posting], str]] = {
    "semantic": _semantic,
    "divs": _divs,
    "tables": _tables,
    "sidebar": _sidebar,
    "social": _social,
    "builder": _builder,
}
