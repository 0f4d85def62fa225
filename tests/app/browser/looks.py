"""What may keep a person from using what the page shows: axe's rules, and some of our own."""

from __future__ import annotations

from typing import Protocol

from playwright.sync_api import Page

from devstack.page import WEB
from tests.app.browser.window import Window

AXE = (WEB / "node_modules" / "axe-core" / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

COLOURS = ["color-contrast", "link-in-text-block"]
"""axe's rules whose answer the colours decide."""

RULES = """async ([type, values]) => {
    const ran = await axe.run({
        runOnly: {type, values},
        rules: type === 'tag' ? {'target-size': {enabled: true}} : {},
        resultTypes: ['violations'],
    });
    return ran.violations.flatMap(rule => rule.nodes.map(
        node => `${rule.id}: ${node.html} ${node.failureSummary}`));
}"""

OWN_RULES = """() => {
    const found = [];
    const shown = selector => [...document.querySelectorAll(selector)].filter(
        element => element.checkVisibility({visibilityProperty: true}));
    const tell = (rule, element, detail = '') =>
        found.push(`${rule}: ${element.outerHTML.slice(0, 200)} ${detail}`);
    const within = shown('dialog[open]')[0] ? 'dialog[open] ' : '';

    for (const element of shown('summary :is(a, button, input, select, textarea, [tabindex])')) {
        tell('a control inside a summary', element);
    }
    const controls = 'button, summary, input, select, textarea, [role=tab]';
    for (const element of shown(controls).filter(one => !within || one.closest(within))) {
        const label = element.matches('[type=checkbox], [type=radio]') && element.closest('label');
        const {width, height} = (label || element).getBoundingClientRect();
        if (width < 24 || height < 24) tell('a target under 24 px', element, `${width}x${height}`);
    }
    const fields = 'input:not([type=checkbox], [type=radio]), textarea';
    for (const element of shown(fields)) {
        const {width} = element.getBoundingClientRect();
        if (width < 120) tell('a field too narrow to read what one types', element, `${width}`);
    }
    const {scrollWidth, clientWidth} = document.documentElement;
    if (scrollWidth > clientWidth) found.push(`${scrollWidth - clientWidth} px sideways`);
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
        document.getAnimations().forEach(moving => tell('it moves', moving.effect.target));
    }
    if (matchMedia('(forced-colors: active)').matches) {
        for (const element of shown('button, [role=tab]')) {
            const {borderTopStyle, borderTopWidth, textDecorationLine} = getComputedStyle(element);
            const edge = borderTopStyle !== 'none' && borderTopWidth !== '0px';
            if (!edge && textDecorationLine === 'none') tell('no edge in forced colours', element);
        }
    }
    return found;
}"""


TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
MOST_DEPTH = 20


class HasPage(Protocol):
    """A window of any site."""

    @property
    def page(self) -> Page: ...


def faults(window: HasPage, *, only_colours: bool = False) -> list[str]:
    """Each fault of what the window shows, with the element; a rule may be broken many times.

    With `only_colours` axe judges only the colours: for a view that it has judged in others.
    """
    page = window.page
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    broken: list[str] = page.evaluate(RULES, ["rule", COLOURS] if only_colours else ["tag", TAGS])
    own: list[str] = page.evaluate(OWN_RULES)
    return broken + own


def open_everything(window: Window) -> None:
    """Open all details of the shown tab, also those inside others."""
    closed = window.page.locator("details:not([open]):visible")
    for _ in range(MOST_DEPTH):
        if not closed.count():
            return
        closed.evaluate_all("all => all.forEach(one => { one.open = true; })")
        window.page.evaluate(TWO_FRAMES)
    raise AssertionError("details close by themselves")
