"""Makes pages from the templates. Every value is escaped, and secrets in texts are masked, as are
characters that would turn round how the text beside them is read.

What the browser sends back, such as addresses and hidden fields, is not masked: a masked filter
would mean other rows, and a masked secret of a session would be refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, Undefined
from markupsafe import Markup, escape

from liverows.base.log import Redactor
from liverows.base.printable import visible
from liverows.base.version import VERSION
from liverows.console.filters import OLDER, SINCE, STATUSES
from liverows.console.words import FILTERS


class Pages:
    """The templates of the console. `secrets` never appear on a page."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._mask = Redactor(secrets)
        self._templates = Environment(
            loader=PackageLoader("liverows.console"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=self._masked,
            # The templates of a wheel do not change, so no page looks whether they did.
            auto_reload=False,
        )
        self._templates.filters |= {**FILTERS, "exact": escape, "urlencode": _encoded}
        self._templates.globals |= {
            "version": VERSION,
            "statuses": STATUSES,
            "since_choices": SINCE,
            "older_choices": OLDER,
        }

    def hide(self, secrets: Iterable[str]) -> None:
        """Mask these secrets too from now on."""
        self._mask.learn(secrets)

    def render(self, template: str, context: Mapping[str, Any]) -> str:
        """Return the HTML of a template."""
        return self._templates.get_template(template).render(context)

    def _masked(self, value: Any) -> Any:
        # What a macro or a filter has made is HTML, and its values were masked before.
        if value is None or isinstance(value, Markup | Undefined | bool | int | float):
            return value
        return visible(self._mask.text(str(value)))


def _encoded(query: Mapping[str, str]) -> Markup:
    return escape(urlencode(query))
