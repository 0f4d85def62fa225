"""Text has the line breaks that a browser shows, and words of separate elements are not joined."""

from __future__ import annotations

import pytest

from tests.app.steps.pages import page
from worker.pages.markdown import description_to_markdown, to_markdown
from worker.pages.tree import soup_of
from worker.positions.extract import extract_structured


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>You fit oak\n   frames in our\n workshop.</p>", "You fit oak frames in our workshop."),
        ("<ul><li>Measure\n twice</li><li>Cut\r\n  once</li></ul>", "- Measure twice\n- Cut once"),
        ("<div>Wir bauen\n\tMöbel aus\n\tEiche.<p>x</p></div>", "Wir bauen Möbel aus Eiche.\n\nx"),
        ("<p>日本語の\n   文章です。</p>", "日本語の文章です。"),
        ("<p>한국어로\n쓴 글</p>", "한국어로 쓴 글"),
        ("<h2>What you\n will do</h2><p>y</p>", "## What you will do\n\ny"),
        (
            '<p>See <a href="https://x.example/a">the\n list</a>\n of tools</p>',
            "See [the list](https://x.example/a) of tools",
        ),
        ("<p>one<br>\ntwo</p>", "one\ntwo"),
        ("<pre>a\n b</pre>", "```\na\n b\n```"),
        ('<div style="white-space: pre-line">a\nb<p>c</p></div>', "a\nb\n\nc"),
        ('<div class="whitespace-pre-wrap">a\nb<br>c</div>', "a\nb\nc"),
    ],
)
def test_the_sources_line_breaks_are_shown_where_a_browser_shows_them(html: str, text: str) -> None:
    lines = to_markdown(soup_of(html), "https://a.example/").splitlines()
    assert "\n".join(line.rstrip() for line in lines) == text


def test_text_without_elements_that_break_lines_keeps_its_own() -> None:
    given = "<b>About</b>\nWe bake.\nYou bake."
    assert description_to_markdown(given, "") == "**About**\nWe bake.\nYou bake."


@pytest.mark.parametrize(
    ("chips", "text"),
    [
        ("<span>Freiburg</span><span>Teilzeit</span><span>38.000 €</span>",
         "Freiburg\nTeilzeit\n38.000 €"),
        ("<span>Lyon</span><span>Temps plein</span>", "Lyon\nTemps plein"),
        ("<b>Aufgaben</b><span>Du planst Möbel</span>", "**Aufgaben**\nDu planst Möbel"),
        ("<time>12.05.2026</time><span>Remote</span>", "12.05.2026\nRemote"),
        ("<span>H</span><span>ello</span>", "Hello"),
        ("<span>soft</span><span>ware</span>", "software"),
        ("<span>Leeds</span> <span>York</span>", "Leeds York"),
        ("We use <b>Java</b><i>Script</i>", "We use **Java***Script*"),
    ],
)  # fmt: skip
def test_elements_set_apart_by_their_style_are_lines_of_their_own(chips: str, text: str) -> None:
    shown = to_markdown(soup_of(f"<div>{chips}</div>"), "https://a.example/")
    assert "\n".join(line.rstrip() for line in shown.splitlines()) == text


async def test_pay_among_such_elements_is_whole() -> None:
    html = (
        '<h1>Fahrer (m/w/d)</h1><div class="chips"><span class="chip">Freiburg</span><span '
        'class="chip">Teilzeit</span><span class="chip">38.000 € bis 46.000 € brutto im Jahr</span>'
        "</div><h2>Ihre Aufgaben</h2><ul><li>Waren annehmen und mit den Scheinen vergleichen</li>"
        "<li>Rückfragen von Kunden am selben Tag klären</li></ul><h2>Ihr Profil</h2><ul><li>Ein "
        "Jahr Berufserfahrung</li><li>Führerschein der Klasse B</li></ul><p>Jetzt bewerben</p>"
    )
    draft = await extract_structured(page(html))
    assert (draft.value("salary_min"), draft.value("salary_max")) == (38000, 46000)


OTHERS = {
    "ja": ("この求人を見た人はこちらも見ています", "調理スタッフ 月給210,000円"),
    "de": ("Das könnte Sie auch interessieren", "Koch (m/w/d) - 3.400 € im Monat"),
    "el": ("Άλλοι είδαν επίσης", "Μάγειρας - μισθός 1.400 € τον μήνα"),
    "fi": ("Katso myös nämä", "Kokki - palkka 2 400 € kuussa"),
}


@pytest.mark.parametrize("language", OTHERS)
async def test_neither_the_pay_nor_the_heading_of_other_postings_is_this_ones(
    language: str,
) -> None:
    heading, link = OTHERS[language]
    html = (
        "<h1>Pump Tester</h1><div><h2>Your tasks</h2><ul><li>Run the test bench for small "
        "pumps</li>"
        "<li>Write down what you see and hear</li></ul><h2>Requirements</h2><ul><li>Two years of "
        "experience with machines</li><li>A steady hand</li></ul><p>We are looking for somebody "
        f'patient. Send us your CV.</p></div><div class="x"><h3>{heading}</h3><a href="/j/77">'
        f"{link}</a></div>"
    )
    draft = await extract_structured(page(html))
    assert draft.value("salary_range") is None
    assert heading not in str(draft.value("job_description"))
