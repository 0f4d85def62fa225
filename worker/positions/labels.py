"""Reads facts that a posting states as label and value, for example in a table or in a line such as
"Location: Leeds"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from bs4 import NavigableString, PageElement, Tag
from bs4.element import PreformattedString

from worker.pages.draft import FieldName, Findings, one_line
from worker.pages.page_index import PageIndex
from worker.pages.salary import note_salary, parse_salary
from worker.pages.search import nodes, shown_strings, whole_text
from worker.pages.vocabulary import day, employment_type, workplace_type
from worker.positions.form_fields import is_remark
from worker.positions.frame_words import is_frame, is_section
from worker.positions.label_ends import COLON, FULLY, WORD, label_of, value_and_rest
from worker.positions.label_words import ADDRESS_PARTS, FIELD_OF, UNSURE
from worker.positions.posting_lists import without_addresses

_LINE = re.compile(
    r"^[\s>*#•·-]*(?:\*\*|__)?([^\W\d][^:*_\n]{1,28}?)\s*"
    r"(?::\s*(?:\*\*|__)?|(?:\*\*|__):?)\s*(\S(?:.{0,198}\S)?)\s*+$"
)
_PARTS = re.compile("[・/\uff0f&]")
_ID = re.compile(r"[\w][\w./-]{1,39}")
CONFIDENCE = 0.8
MAX_LABELLED = 200
MAX_VALUE = 200
MAX_WRAPPERS = 4
"""The most elements around a label that are looked at, if they contain only the label."""
MAX_APART = 20
"""The most nodes beside a label that are looked at. Without this limit, a long list of labels
without values would take too long."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """The field of a known label, its value, and the source text of both."""

    field: FieldName
    value: str
    evidence: str


def labelled_in_tree(page: PageIndex) -> list[Labelled]:
    """The facts with known labels that the layout puts beside or above their values.

    These are definition lists (`dt`, `dd`), rows of tables (`th`, `td`), and elements such as
    `<li><h3>Location</h3><span>Leeds</span></li>`. The search for the last kind ends as soon as 200
    facts of all kinds are found.
    """
    found: list[Labelled] = []
    for name, value_name in (("dt", "dd"), ("th", "td")):
        for label in page.named(name):
            near = islice(label.next_siblings, MAX_APART)
            value = next((one for one in near if getattr(one, "name", "") == value_name), None)
            if isinstance(value, Tag):
                found += _known(whole_text(label, " "), whole_text(value, " "))
    for string in page.strings:
        if len(found) >= MAX_LABELLED:
            break
        if len(string) <= 60 and label_of(str(string)) in FIELD_OF:
            found += _beside(string)
    return found


def _beside(string: NavigableString) -> list[Labelled]:
    """The fact whose label is this text, if its value comes next in the same element.

    Without a colon, the element must contain only label and value, as a row of two cells does, and
    some labels do not count.
    """
    label = _whole(string)
    if getattr(label, "name", "") in ("dt", "th", "a", "option", "button") or not label.parent:
        return []
    behind = list(islice(label.next_siblings, MAX_APART))
    near = [each for each in behind if _shown(each)]
    before = next(
        (each for each in islice(label.previous_siblings, MAX_APART) if _shown(each)), None
    )
    if not near:
        return []
    after = near[1:] if _shown(near[0]) == ":" else near
    has_colon = string.strip().endswith(":") or _shown(near[0]).startswith(":")
    is_pair = before is None and len(near) == 1 and isinstance(near[0], Tag)
    # Words such as "company" may also be the title of a menu.
    is_sure = label_of(string) not in UNSURE and FIELD_OF[label_of(string)] != "company_name"
    if not after or not (has_colon or (is_pair and is_sure)):
        return []
    value = _going_on(behind[behind.index(after[0]) :], getattr(label, "name", None))
    return list(_known(str(string), value.lstrip(": ")))


def _going_on(nodes: list[PageElement], label: str | None) -> str:
    """The text of the first node and of those that go on with it: "<i>3.000</i> EUR <i>a</i> year".

    It ends at a block, a line break or the next label. `label` is the name of the label's element.
    Behind a block, only a comma or the like goes on with it.
    """
    value, is_inline = _shown(nodes[0]), not _is_block(nodes[0])
    for before, node in pairwise(nodes):
        text = _shown(node)
        if not text and not _is_block(node):
            continue
        is_list = text.startswith((",", ";", "/", "|", "&"))
        is_inline = is_inline and not _is_block(node)
        if not is_list and not (is_inline and _goes_on(value, node, label)):
            break
        is_apart = is_list and isinstance(node, Tag) and text[0] not in ",;"
        value += f" {text}" if is_apart or _is_blank_between(before, node) else text
    return value


_BLOCKS = re.compile(
    "br|hr|p|div|ul|ol|li|dl|dt|dd|table|tr|td|th|section|article|header|footer|main|aside|form"
    "|h[1-6]|figure|blockquote|pre"
)


def _is_block(node: PageElement) -> bool:
    inner = islice(nodes(node), MAX_APART) if isinstance(node, Tag) else ()
    return any(isinstance(each, Tag) and _BLOCKS.fullmatch(each.name) for each in (node, *inner))


def _is_blank_between(before: PageElement, node: PageElement) -> bool:
    left, right = (
        whole_text(each) if isinstance(each, Tag) else str(each) for each in (before, node)
    )
    return left[-1:].isspace() or right[:1].isspace()


def _goes_on(value: str, node: PageElement, label: str | None) -> bool:
    """Whether an inline node continues a value, and is no label without a colon.

    A text does. An element does at a sign or a word in small letters, or behind a text if it is
    no link or button and another element than the label's.
    """
    text = _shown(node)
    behind = next((each for each in islice(node.next_siblings, MAX_APART) if _shown(each)), None)
    has_colon = text.endswith(":") or (behind is not None and _shown(behind).startswith(":"))
    if has_colon or label_of(text) in FIELD_OF or not text.strip(".!?"):
        return False
    if not isinstance(node, Tag) or _JOINED.search(value) or _CONTINUES.match(text):
        return True
    may_follow = node.name not in (label, "a", "button")
    return may_follow and bool(_shown_text(node.previous_sibling))


def _shown_text(node: PageElement | None) -> str:
    return _shown(node) if isinstance(node, NavigableString) else ""


_JOINED = re.compile(
    r"(?:[-\u2013\u2014,&/(+]|\d[ \u00a0]?[-\u2013]|(?:^|\s)[a-z\u00df-\u00ff]{1,6})$"
)
_CONTINUES = re.compile(r"[a-z\u00df-\u00ff+()$€£¥\u2013\u2014-]|[A-Z]{3}\b")


def _whole(string: NavigableString) -> NavigableString | Tag:
    """The largest element, up to four levels above the text, that contains only the text; the text
    itself if there is none."""
    whole: NavigableString | Tag = string
    for _ in range(MAX_WRAPPERS):
        parent = whole.parent
        others = islice(parent.children, MAX_APART) if parent else ()
        if parent is None or any(each is not whole and _shown(each) for each in others):
            break
        if len(parent.contents) > MAX_APART or parent.name in ("body", "html", "[document]"):
            break
        whole = parent
    return whole


def _shown(node: PageElement) -> str:
    """The text of a node as one line; a long text is cut, because values are short."""
    if isinstance(node, Tag):
        pieces = islice(shown_strings(node), MAX_APART)
        return one_line(" ".join(str(piece)[:MAX_VALUE] for piece in pieces))
    is_text = isinstance(node, NavigableString) and not isinstance(node, PreformattedString)
    return one_line(str(node)[:MAX_VALUE]) if is_text else ""


def labelled_in_text(text: str) -> list[Labelled]:
    """The facts with known labels in lines such as "Location: Leeds" or "**Salary:** £31,000".

    The search ends as soon as 200 facts are found.
    """
    found: list[Labelled] = []
    for line in without_addresses(text).splitlines():
        rest = line
        while match := _LINE.match(rest):
            value, rest = value_and_rest(match[2], _field_of(label_of(match[1])))
            found += _known(match[1], value, line)
        if len(found) >= MAX_LABELLED:
            break
    return found


def _known(label: str, value: str, line: str | None = None) -> Iterator[Labelled]:
    label, value = one_line(label).rstrip(":").strip(), one_line(value).strip("*_ ")
    field = _field_of(label_of(label))
    # A value that the next label does not end within the limit is too long, whatever follows.
    value, _ = value_and_rest(value[: 2 * MAX_VALUE], field)
    # A label is not taken for the value of another label, as in "Location: City".
    if not value or len(value) > MAX_VALUE or _is_label(value) or is_remark(value):
        return
    if field:
        yield Labelled(field, value, one_line(line) if line else f"{label}: {value}")


def _field_of(label: str) -> FieldName | None:
    """The field of a label; one such as "給与・報酬" has a field if all of its parts mean the same.

    "Location & salary" has none, because its value is not only a place.
    """
    if label in FIELD_OF:
        return FIELD_OF[label]
    parts = [part.strip() for part in _PARTS.split(label)]
    fields = {FIELD_OF.get(part) for part in parts if part not in ADDRESS_PARTS}
    fields |= {FIELD_OF.get(part, "location") for part in parts if part in ADDRESS_PARTS}
    return fields.pop() if len(fields) == 1 else None


def _is_label(value: str) -> bool:
    return label_of(value) in FIELD_OF or label_of(value) in ADDRESS_PARTS or value.endswith(":")


def field_of_label(label: str) -> FieldName | None:
    """The field that a label names, with or without a colon; None if the text is no known label."""
    return FIELD_OF.get(one_line(label).strip("*_#>-•: ").casefold())


def add_labelled(findings: Findings, labelled: list[Labelled]) -> None:
    """Add each fact whose value fits its label.

    Pay that states no amount goes to the dropped values; any other value that does not fit is
    ignored.
    """
    for fact in labelled:
        if fact.field == "salary_range":
            _add_salary(findings, fact)
            continue
        value = _value(fact)
        if value:
            findings.add(fact.field, value, fact.evidence, CONFIDENCE)
            if fact.field == "location":
                findings.add("locations", [{"text": value}], fact.evidence, CONFIDENCE)
                _add_workplace(findings, fact)


def _value(fact: Labelled) -> str | None:
    if fact.field == "workplace_type":
        return workplace_type(fact.value)
    if fact.field == "employment_type":
        return employment_type(fact.value)
    if fact.field in ("posted_at", "valid_through"):
        stated = day(fact.value)
        return stated.isoformat() if stated else None
    if fact.field == "source_job_id":
        return fact.value if _ID.fullmatch(fact.value) and re.search(r"\d", fact.value) else None
    if fact.field in ("company_name", "job_title", "location") and _is_other(fact):
        return None
    value = fact.value.strip(" -,;/|·•\u2013\u2014") if fact.field == "location" else fact.value
    return value if len(value) <= 120 else None


def _is_other(fact: Labelled) -> bool:
    """Whether a value looks like a menu word, a section's heading, a sentence or a longer text."""
    value = fact.value
    if fact.field == "location":
        return any(not _is_part_of_place(value, colon) for colon in COLON.finditer(value))
    has_label = fact.field == "company_name" and COLON.search(value) is not None
    is_sentence = len(value) > 40 and value.endswith(".")
    return is_frame(value) or is_section(value) or is_sentence or has_label


def _is_part_of_place(value: str, colon: re.Match[str]) -> bool:
    """Whether a colon only stands behind a country or a workplace type, as in "Remote: US".

    Two words may be a place and an unknown label: "Leeds Parking: yes".
    """
    words = WORD.findall(re.split(r"[,;|/:]", value[: colon.start()])[-1])
    if workplace_type(value) and words and workplace_type(" ".join(words[:2])):
        return len(words) == 1 or bool(FULLY.fullmatch(words[0])) or bool(workplace_type(words[0]))
    after = value[colon.end() :].lstrip(" *")[:1]
    is_name = after.isupper() or (after.isalpha() and after.lower() == after.upper())
    return is_name and (len(words) == 1 or all(map(str.isupper, words)))


def _add_workplace(findings: Findings, fact: Labelled) -> None:
    """Add the workplace type if the text for a place names one, as "Leeds (hybrid)" does."""
    findings.add("workplace_type", workplace_type(fact.value), fact.evidence, CONFIDENCE)


def _add_salary(findings: Findings, fact: Labelled) -> None:
    salary = parse_salary(fact.value)
    if salary is None:
        findings.drop("salary_range", fact.value, fact.evidence, "states no amount")
        return
    note_salary(findings, replace(salary, text=fact.value), fact.evidence, CONFIDENCE)
