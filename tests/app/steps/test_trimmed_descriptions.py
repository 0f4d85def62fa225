"""A description keeps the posting and loses what a site repeats, asks for or lists around it."""

from __future__ import annotations

import pytest

from tests.app.steps.pages import page
from worker.positions.extract import extract_structured
from worker.positions.trimming import trimmed

POSTING = (
    "We fit oak frames in a workshop by the river, and we are looking for one more pair of hands."
    "\n\n## Requirements\n\n- Two years of experience at a bench\n- A driving licence"
    "\n\n## Benefits"
    "\n\nThirty days of holiday, a canteen that the whole town likes, and a bench of your own."
)
VOICE = "I like it here because nobody shouts."
MAP = "https://maps.example/" + "q" * 200


@pytest.mark.parametrize(
    "around",
    [
        "Tidewell s.r.o.\n\nLancaster\n\n50 000 - 80 000 CZK\n\n{}",
        f"Company\n\nTidewell s.r.o.\n\n[Lancaster]({MAP})"
        f"\n\n[Odpovědět](/a)[Odpovědět](/a)\n\n{{}}",
        "Bench Joiner\n\nLancaster"
        "\n\n**Category:** Wood\n**Job ID:** R_1\n**Job type:** Regular\n\n{}",
        "{}\n\n[Reply](/reply/1) [Reply](/reply/1)\n\nPrint",
        f"{{}}\n\n## What our people say\n\n### Ada\n\n{VOICE}\n\n## What our people say\n\n### Bob"
        f"\n\n{VOICE} And more.\n\n## What our people say\n\n{VOICE[::-1]}",
        f"{{}}\n\n#### How does your shop build?\n\n{VOICE}"
        f"\n\n#### How does your shop build?\n\n{VOICE}",
        "{}\n\n## Unlock insights\n\nNumber of applicants"
        "\n\n[Sign in](https://x.example/oauth/login)",
        "{}\n\nMore about the position\n\nCompany\n\nTidewell s.r.o.\n\nEmployment type"
        "\n\nFull-time",
    ],
)  # fmt: skip
def test_what_stands_around_a_posting_is_left_out(around: str) -> None:
    found = trimmed(around.format(POSTING), "Bench Joiner")
    assert found.removesuffix("\n\nMore about the position") == POSTING


@pytest.mark.parametrize(
    "kept",
    [
        "{}\n\n## Requirements\n\nFor the second role: a steady hand and a good eye for colours.",
        "{}\n\nHoliday\n\nCanteen\n\nA bench of your own",
        "We build.\n\n{}",
        "{}\n\n## How to apply\n\nSend a letter to [us](mailto:jobs@tidewell.example) by May.",
        "{}\n\n## Your account\n\nYou will look after three customers from the first day on.",
    ],
)
def test_what_belongs_to_a_posting_stays(kept: str) -> None:
    text = kept.format(POSTING)
    assert trimmed(text, "Bench Joiner") == text


def test_a_text_of_repeated_parts_is_kept() -> None:
    text = "\n\n".join(f"## Shop\n\nText number {number} about our shop." for number in range(9))
    assert trimmed(text, "Bench Joiner") == text


ROLES = ("Team A", "Team B", "Team C")


@pytest.mark.parametrize(
    "repeated",
    [
        [f"## {role}\n\n### Skills\n\n- {role} tools\n\n### Pay\n\n{role} pay" for role in ROLES],
        [f"## {role}\n\n### Pay\n\n£10\n\n### Tools\n\n- {'A plane. ' * 9}Oak." for role in ROLES],
        [f"## {role}\n\nWe fit.\n\n## Requirements\n\n- {role} tools" for role in ROLES],
        [f"### Bench Joiner\n\n- In {role}" for role in ROLES],
        [f"## Requirements\n\nFor {role} you need a licence." for role in ROLES],
        [f"### Bench Joiner\n\nIn {role} you fit oak frames." for role in ROLES[:2]],
    ],
)  # fmt: skip
def test_lists_under_headings_that_repeat_stay(repeated: list[str]) -> None:
    text = "\n\n".join((POSTING, *repeated))
    assert trimmed(text, "Bench Joiner") == text


def test_of_a_section_shown_twice_one_stays() -> None:
    once = "## Tools\n\n- A plane of your own\n- A bench"
    text = f"{POSTING}\n\n{once}\n\n## Skills\n\nA steady hand.\n\n{once}"
    assert trimmed(text, "Bench Joiner") == text.removesuffix(f"\n\n{once}")


@pytest.mark.parametrize(
    "around",
    [
        "{}\n\nCompany:\n\nTidewell s.r.o.\n\nEmployment type:\n\nFull-time",
        "{}\n\nLocation:\nLeeds\n\nFull-time",
        f"{{}}\n\nTeilen\n\n[Facebook]({MAP})\n\n[Reddit]({MAP})",
        f"[Home]({MAP})\n\n[Jobs]({MAP})\n\n# Bench Joiner\n\n{{}}\n\n[Map]({MAP}) of the shop",
    ],
)
def test_colons_and_long_addresses_do_not_hide_what_stands_around(around: str) -> None:
    found = trimmed(around.format(POSTING), "Bench Joiner")
    assert found.removesuffix(f"\n\n[Map]({MAP}) of the shop") == POSTING


@pytest.mark.parametrize(
    "end",
    [
        "Salary:\n\n£30,000 plus overtime\n\nApply by 3 May\n\nVisa sponsorship is not given",
        "Location:\n\nLeeds\n\nContact:\n\nAnna Smith\n\n0113 496 0000",
        "Standort:\n\nKöln\n\nAnsprechpartner:\n\nAnna Schmidt\n\n0221 4960000",
        "Lieu de travail :\n\nLyon\n\nPas de télétravail le lundi\n\nPermis B exigé",
        "Salary:\n\nCompetitive\n\nLocation:\n\nLeeds\n\nA van is given",
        "## Your tasks\n\n- Apply hygiene rules\n- Print menus\n- Register stock",
        "Share the load with a team of ten.\n\nWrite to us by May.",
    ],
)
def test_lines_at_the_end_that_no_label_explains_stay(end: str) -> None:
    text = f"{POSTING}\n\n{end}"
    assert trimmed(text, "Bench Joiner") == text


SECTIONS = (
    "## Tasks\n\nYou fit oak frames all day.\n\n## Requirements\n\n- A steady hand\n- Two years"
)
BUTTON = "[Apply here](https://tidewell.example/apply)"
OWN_CARD = "# [Joiner](https://tidewell.example/jobs/1)\n\n- [Posted\n  June 1](https://tidewell.example/2026)"


@pytest.mark.parametrize(
    "around",
    [
        f"## Argentina\n\n{BUTTON}\n\n{{}}",
        f"# Joiner\n\n## Leeds, York\n\n{BUTTON}\n\n{{}}",
        f"{OWN_CARD}\n\n# Joiner\n\n{{}}",
        f"{{}}\n\n## Stay up to date\n\n{BUTTON}",
        f"{{}}\n\n## \u00bfNo encontraste nada?\n\n## Env\u00edanos tu hoja\n\n{BUTTON}",
        "{}\n\n### \u3053\u306e\u6c42\u4eba\u3092\u898b\u305f\u4eba",
    ],
)
def test_headings_that_head_nothing_around_a_description_are_left_out(around: str) -> None:
    assert trimmed(around.format(SECTIONS), "Joiner") == SECTIONS


BODY = (
    "<h1>Bench Joiner</h1><p>We fit oak frames in a workshop by the river, and we are looking for "
    "one more pair of hands. You measure old windows, cut and fit new frames, and plan a week with "
    "two colleagues.</p><h2>Requirements</h2><ul><li>Two years of experience at a bench"
    "</li><li>A driving licence</li></ul>"
)
SENT = '<div class="w-form-done">We have it!</div><div class="w-form-fail">It went wrong.</div>'


@pytest.mark.parametrize(
    ("behind", "words"),
    [
        (f'<div class="w-form"><form><input name="n"></form>{SENT}</div>', "We have it"),
        ('<div class="success-message"><p>We have it!</p></div>', "We have it"),
        ('<p class="wpcf7-response-output">We have it!</p>', "We have it"),
        ("<div><h3>Read next</h3><p>How we sharpen a plane.</p></div>", "sharpen"),
        ("<div><h3>Lire aussi</h3><p>How we sharpen a plane.</p></div>", "sharpen"),
        ("<section><h2>Recent posts</h2><p>How we sharpen a plane.</p></section>", "sharpen"),
    ],
)
async def test_messages_of_a_form_and_other_reading_are_no_part_of_it(
    behind: str, words: str
) -> None:
    draft = await extract_structured(
        page(f"<main>{BODY}{behind}</main>", "https://www.tidewell.example/jobs/bench-joiner")
    )
    description = str(draft.value("job_description"))
    assert "driving licence" in description
    assert words not in description
