"""Removes lines of the page's frame from the Markdown of a description."""

from __future__ import annotations

import re
from typing import TypeAlias

from worker.pages.draft import FieldName, one_line
from worker.pages.vocabulary import employment_type, workplace_type
from worker.positions.cookie_notes import is_cookie_note
from worker.positions.frame_words import is_section
from worker.positions.label_ends import fits
from worker.positions.labels import field_of_label
from worker.positions.prose import width

MAX_AFTER_SHARING = 0.25
"""The largest share of a text that is removed as its end, for example from links for sharing on."""
MAX_FRAME_LINE = 90
"""The most characters of a line that is taken for a part of the page's frame, such as "Share"."""
MAX_FACT = 60
"""The most characters of a line that states a fact, such as "Full-time"."""

# The address of a Markdown link has a limited length, so that many open brackets take little time.
_LINK_TARGET = re.compile(r"\]\([^()\s]{0,500}\)")
_ONLY_LINKS = re.compile(r"(?:!?\[[^\]]{0,60}\]\([^)\s]{1,500}\)[ ,|·•]{0,3})+")
_ACCOUNT = re.compile(
    r"\]\([^()\s]{0,200}/(?:oauth|login|log-in|signin|sign-in|register|signup|sign-up)\b",
    re.IGNORECASE,
)
_CONTACT = re.compile(r"mailto:|@")
_SHARE = re.compile(
    r"^(?:share (?:this|on|via|the (?:job|position|post|role|vacancy|page|link)\b)|share\W*$"
    r"|diese stelle teilen|teilen\W*$|partager\b|compartir\b"
    r"|compartilh\w+|condividi\b|delen\W*$|udostępnij|sdílet|zdieľať|dela\W*$|поделиться|paylaş)",
    re.IGNORECASE,
)
# How short lines around a posting begin ("Share", "Apply").
_FURNITURE_LINE = re.compile(
    r"^(?:share|teilen|partag\w+|compart\w+|condivid\w+|delen|deel deze|udostępnij|sdílet|zdieľa\w+"
    r"|dela\b|del (?:jobb?|stilling)|jaa\b|megoszt\w+|distribui\w+|paylaş|поделиться|поділитися"
    r"|分享|シェア|공유)"
    r"|^(?:apply\b|jetzt bewerben|bewerben|postuler|je postule|solliciteer|aplikuj|candidat[ia]|"
    r"inscrib|ansök|ansøg|søk|hae paikkaa|отклик|відгук|başvur|odpovědět|応募|应聘|지원하기)"
    r"|^(?:save|saved|save job|print\b|drucken|vytisknout|vytlačiť|drukuj|merken|imprimer"
    r"|back to|zurück|report (?:this )?(?:job|ad)|unlock\b|be careful"
    r"|« back|previous|next|show (?:more|less)|read more|see more|view all|sign in|log ?in|register"
    r"|forgot your|help us|email (?:this )?job|follow us|see who|referrals increase|job alert"
    r"|create (?:a )?job alert|get similar|powered by|all rights reserved|©|\(c\) \d{4}|posted on)",
    re.IGNORECASE,
)
_CALLS = re.compile(
    r"\b(?:now|here|today|below|above|button|click\w*|link|online|account|cookies?|website|jetzt|hier|unten"
    r"|klick\w*|knopf|heute|maintenant|ici|cliqu\w*|aujourd'hui|ahora|aquí|hoy|clic|pulsa|agora|aqui|clique"
    r"|hoje|adesso|ora|qui|clicca|oggi|nu|hieronder|klik\w*|vandaag|här|nedan|klicka|her|nedenfor|teraz"
    r"|tutaj|kliknij|zde|nyní|klikn\w*|tu|teď|сейчас|здесь|нажм\w*|зараз|тут|натисн\w*|şimdi|buradan|tıkla\w*"
    r"|rights reserved|(?:log|sign)[ -]?in|register|this (?:job|position|vacancy|ad)|diese "
    r"(?:stelle|anzeige)"
    r"|cette (?:offre|annonce)|esta (?:oferta|vaga)|quest[ao] (?:offerta|annuncio))\b|©",
    re.IGNORECASE,
)
WORDS_OF_A_SENTENCE = 4
MAX_NAME = 25
"""In characters. A longer line that ends with a full stop is no name such as "Tidewell s.r.o."."""
FEWEST_FACTS = 3
MAX_FACTS = 0.3
"""Facts at the start or the end are removed only if they are less than this part of the text."""
FEWEST_BOXES = 3
"""The fewest sections in a row with one heading and different texts that are taken for boxes."""
MAX_WORDS_OF_SECTION = 2
"""A longer heading may be that of boxes, although it begins as a section's: "What people say"."""
_ITEM = ("- ", "* ", "+ ", "|", "1.")
MOST_KEPT = 0.5
"""Repeated parts are removed only if at least this part of the text is left."""

_SENTENCE_ENDS = (".", "!", "?", "。", "！", "？", "।", "։", "።", "؟", "۔")

_Section: TypeAlias = "tuple[int, tuple[str, ...]]"


def trimmed(markdown: str, title: str) -> str:
    """The Markdown of a description without lines of the page's frame.

    For example, the title and what stands above it are left out.
    """
    blocks = _without_notes([block for block in markdown.split("\n\n") if block.strip()])
    blocks = _without_repeated(blocks[_after_title(blocks, title) :])
    blocks = blocks[: _before_account(blocks)]
    blocks = _without_end(blocks)
    start = 0
    while start < len(blocks) and (
        _is_frame_block(blocks[start]) or _heads_nothing(blocks[start : start + 2])
    ):
        start += 1
    start += _facts(blocks[start:])
    blocks = blocks[start:]
    blocks = blocks[: _before_facts(blocks)]
    return "\n\n".join(_without_end(blocks[: _before_sharing(blocks)])).strip()


def _without_end(blocks: list[str]) -> list[str]:
    """The blocks without those of the page's frame at the end, and without a heading at the end."""
    last = len(blocks)
    # A heading at the end heads nothing, for example a list of links that is not in the text.
    while last and (
        _is_frame_block(blocks[last - 1]) or (last > 1 and _heading_of(blocks[last - 1]))
    ):
        last -= 1
    return blocks[:last]


def _heads_nothing(blocks: list[str]) -> bool:
    """Whether the first of two blocks is a heading, and the second one is of its level or higher,
    or of the page's frame: "## Argentina" above a button.
    """
    if len(blocks) < 2 or not _heading_of(blocks[0]):
        return False
    heading, after = blocks
    levels = [len(block) - len(block.lstrip("#")) for block in (heading, after)]
    return _is_frame_block(after) or 0 < levels[1] <= levels[0]


def _without_notes(blocks: list[str]) -> list[str]:
    """The blocks without notes on cookies near the start or the end, or with a link in them."""
    last = len(blocks) - NEAR_THE_EDGE
    return [
        block
        for number, block in enumerate(blocks)
        if block.startswith(("#", *_ITEM))
        or not (number < NEAR_THE_EDGE or number >= last or "](" in block)
        or not is_cookie_note(one_line(block))
    ]


NEAR_THE_EDGE = 3
"""The number of blocks at the start and at the end among which a note of the site may be."""


def _without_repeated(blocks: list[str]) -> list[str]:
    """The blocks without copies under the same headings, and without boxes of one kind in a row.

    Headings may stand more than once in a posting, for example for two roles.
    """
    sections = _sections(blocks)
    boxes = _boxes(sections)
    kept: list[str] = []
    seen: set[tuple[str, ...]] = set()
    above: list[tuple[int, str]] = []
    level = 0
    for depth, section in sections:
        if level and depth > level:
            continue
        while above and above[-1][0] >= depth:
            above.pop()
        path = tuple(name for _, name in above)
        is_copy = bool(depth) and len(section) > 1 and (*path, *section) in seen
        level = depth if is_copy or _name(section) in boxes else 0
        if level:
            continue
        seen.add((*path, *section))
        above.append((depth, _name(section)))
        for block in section:
            place = (*path, _name(section), block)
            if len(block) <= MAX_FACT or place not in seen:
                seen.add(place)
                kept.append(block)
    whole = sum(map(len, blocks))
    return kept if sum(map(len, kept)) >= MOST_KEPT * whole else blocks


def _sections(blocks: list[str]) -> list[_Section]:
    """The blocks from each heading to the next, with the heading's level; 0 before the first."""
    sections: list[tuple[int, list[str]]] = [(0, [])]
    for block in blocks:
        if _heading_of(block):
            sections.append((len(block) - len(block.lstrip("#")), []))
        sections[-1][1].append(block)
    return [(depth, tuple(found)) for depth, found in sections if found]


def _name(section: tuple[str, ...]) -> str:
    return _heading_of(section[0])


def _boxes(sections: list[_Section]) -> set[str]:
    """The headings of boxes: without a list, and repeated with no heading of their level between.

    There are three of them, or two that are equal and ask the same question.
    """
    places: dict[str, list[int]] = {}
    for number, (depth, section) in enumerate(sections):
        if depth:
            places.setdefault(_name(section), []).append(number)
    found = set()
    for name, numbers in places.items():
        texts = {sections[number][1] for number in numbers}
        are_alike = len(texts) == 1 < len(numbers) and name.endswith("?")
        are_many = len(numbers) >= FEWEST_BOXES and not _is_short_section(name)
        if (are_alike or are_many) and _are_boxes(sections, range(numbers[0], numbers[-1] + 1)):
            found.add(name)
    return found


def _is_short_section(name: str) -> bool:
    """Whether a heading is one of a posting's own, such as "Requirements"."""
    return is_section(name) and len(name.split()) <= MAX_WORDS_OF_SECTION


def _are_boxes(sections: list[_Section], numbers: range) -> bool:
    level, first = sections[numbers[0]]
    return all(
        (sections[number][0] > level or _name(sections[number][1]) == _name(first))
        and not any(block.startswith(_ITEM) for block in sections[number][1])
        for number in numbers
    )


def _heading_of(block: str) -> str:
    return block.lstrip("# ").rstrip() if block.startswith("#") and "\n" not in block else ""


def _before_account(blocks: list[str]) -> int:
    """How many blocks stand before the section with a link to sign in near the end; all if there is
    none.
    """
    allowed = MAX_AFTER_SHARING * sum(map(_size, blocks))
    after = 0
    found = False
    for number in range(len(blocks) - 1, -1, -1):
        after += _size(blocks[number])
        if after > allowed:
            break
        found = found or _ACCOUNT.search(blocks[number]) is not None
        if found and _heading_of(blocks[number]):
            return number
    return len(blocks)


def _before_facts(blocks: list[str]) -> int:
    """How many blocks stand before the facts at the end, from a known label on; all if there are
    none.

    A line without a label, such as "Visa sponsorship is not given", ends the facts.
    """
    first = len(blocks)
    for number in range(len(blocks) - 1, -1, -1):
        label = field_of_label(blocks[number].partition("\n")[0])
        before = blocks[number - 1] if number else ""
        is_known = label is not None or _is_value(blocks[number], before)
        if not (_is_fact(blocks[number]) and is_known) and not _is_frame_block(blocks[number]):
            break
        if label is not None:
            if not _is_labelled(blocks[number], blocks[number + 1 :], label):
                break
            first = number
    whole, end = sum(map(_size, blocks)), sum(map(_size, blocks[first:]))
    lines = sum(len(block.strip().splitlines()) for block in blocks[first:])
    return first if lines >= FEWEST_FACTS and end < MAX_FACTS * whole else len(blocks)


def _is_value(block: str, before: str) -> bool:
    """Whether a block is the value of the label before it, or names a type of employment."""
    lines = block.strip().splitlines()
    is_labelled = len(lines) == 1 and field_of_label(before) is not None
    return is_labelled or all(employment_type(line) or workplace_type(line) for line in lines)


def _is_labelled(block: str, after: list[str], field: FieldName) -> bool:
    """Whether a label and its value are all that its block states, and the value fits the label."""
    lines = block.strip().splitlines()
    values = lines[1:] or after[0:1]
    rest = [line for line in lines[2:] if not _is_frame_line(line)]
    return not rest and (not values or fits(field, _LINK_TARGET.sub("]", values[0])))


def _is_fact(block: str) -> bool:
    """Whether all lines are short, and it is no heading, list or longer sentence."""
    lines = [_LINK_TARGET.sub("]", line) for line in block.strip().splitlines()]
    if block.lstrip().startswith(("#", "- ", "|", "* ")):
        return False
    return all(
        width(line) <= (MAX_NAME if line[-1:] in _SENTENCE_ENDS else MAX_FACT) for line in lines
    )


def _before_sharing(blocks: list[str]) -> int:
    """How many blocks stand before links for sharing at the end; all without such links."""
    allowed = MAX_AFTER_SHARING * sum(map(_size, blocks))
    count, after = len(blocks), 0
    for number in range(len(blocks) - 1, -1, -1):
        after += _size(blocks[number])
        if after > allowed:
            break
        if _SHARE.match(blocks[number].strip(" -*#[")):
            count = number
    return count


def _facts(blocks: list[str]) -> int:
    """How many blocks at the start consist of short lines that only state facts, such as the place.
    0 if they are few, or a large part of the text.
    """
    count = lines = 0
    for block in blocks:
        if not (_is_fact(block) or _is_frame_block(block)):
            break
        count += 1
        lines += len(block.strip().splitlines())
    whole = sum(map(_size, blocks))
    return (
        count
        if lines >= FEWEST_FACTS and sum(map(_size, blocks[:count])) < MAX_FACTS * whole
        else 0
    )


def _size(block: str) -> int:
    """The number of characters of a block without the addresses of its links."""
    return len(_LINK_TARGET.sub("]", block))


def _after_title(blocks: list[str], title: str) -> int:
    """The number of the block after the title; 0 if the title is not in the first third of the
    text. A second heading there with the title counts: the first may be that of a card.
    """
    whole, seen, found = sum(map(_size, blocks)), 0, 0
    for number, block in enumerate(blocks):
        text = one_line(_LINK_TARGET.sub("", block)).strip("#*[] ")
        is_first = (block.startswith("#") or not seen) and not found
        is_title = title and (
            (text == title and is_first) or (title in text and block.startswith("# "))
        )
        if is_title and (not found or text == title):
            found = number + 1
        seen += len(text)
        if seen > whole / 3:
            break
    return found


def _is_frame_block(block: str) -> bool:
    return all(_is_frame_line(line) for line in block.splitlines())


def _is_frame_line(line: str) -> bool:
    text = one_line(_LINK_TARGET.sub("]", line)).strip("#*-[]>| ")
    if not text or len(text) > MAX_FRAME_LINE:
        return False
    if _ONLY_LINKS.fullmatch(line.strip(" -*>")):
        return not text.endswith(".") and not _CONTACT.search(line)
    if text[-1] in _SENTENCE_ENDS and "](" not in line and not _CALLS.search(text):
        # "Save lives every day." is a sentence of the posting, and "Save job!" is a button.
        return len(text.split()) < WORDS_OF_A_SENTENCE and bool(_FURNITURE_LINE.match(text))
    # "- Print menus" is a task, and "- Print" may be a button.
    is_task = line.lstrip().startswith(_ITEM) and "](" not in line and " " in text
    return not is_task and bool(_FURNITURE_LINE.match(text))
