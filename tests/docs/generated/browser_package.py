"""The page of the npm package: its README, as it reads from the folder of the documentation."""

from __future__ import annotations

from tests.docs.pages import ROOT

README = ROOT / "packages" / "js" / "README.md"
_PLACES = {
    "](../../docs/": "](",
    "](../../": "](../",
    "# liverows for the browser": "# Browser package",
}


def browser_package() -> str:
    """The text of docs/browser-package.md."""
    text = README.read_text(encoding="utf-8")
    for written, here in _PLACES.items():
        text = text.replace(written, here)
    return text.replace("in this folder", "in `packages/js`", 1)
