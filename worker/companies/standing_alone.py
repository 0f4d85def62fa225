"""Finds the whole sentence around a quote, if it means alone what it means on its page.

A sentence shown without its page misleads if a customer says it, if the line before it denies it,
or if it is only a part of one: "It employs 4,000 people" may be about a rival.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from worker.companies.clauses import is_denied
from worker.companies.own_words import paragraphs_of, spans_of_sentences
from worker.pages.quotes import flat, standing

LEAST_BROKEN = 4
"""A line without an end mark and at least so many words goes on in the next line."""
_ABBREVIATED = re.compile(
    r"(?<!\w)(?:drs?|mrs?|ms|prof|ste?|sr|jr|inc|ltd|co|corp|bros|nr|no|núm|str|tel|jud|bldg|čís|avda"
    r"|vs|mt|ft|gen|hr|fr|ing|dipl|mag|sra|srta|mme|abb|ca|bzw|inkl|usw|etc|art|approx|dept|est"
    r"|e\.g|i\.e|z\.\s?b|d\.\s?h|p\.\s?ej|u\.s|u\.k|a\.s|s\.a|s\.r\.o|sp\.\s?z\so\.\s?o)\.$",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[.!。！।։።۔][\"'”’»“)\]]{0,3}$|[\u0e00-\u0e7f]$")
"""The end of a sentence. Thai has no mark for it."""
_EMPHASIS = re.compile(r"(?<!\w)[*_]{1,3}|[*_]{1,3}(?!\w)|`+")
_ESCAPED = re.compile(r"\\([^\w\s])")
_ITEM = re.compile(r"^(?:[-+*]|\d{1,3}[.)])\s+")
_NO_PARAGRAPH = re.compile(r"[#>|]")
_NO_TEXT = re.compile(r"[<>|\u200b]|\bhttps?://|\bwww\.", re.IGNORECASE)
_SIGNED = re.compile(r"\s{0,4}[\u2014\u2013\u2015]\s{0,4}\w")
"""Who said what stands before: "— Ann Finch, Kiln Ltd"."""
_OF_OTHERS = re.compile(
    r"\b(?:testimonials?|reviews?|myths?|mythen|mythes|mitos|miti"
    r"|(?:customers?|clients?|people|users|partners|others|press) (?:say|think|write|about)"
    r"|kundenstimmen|(?:kunden)?bewertungen|kunden(?:meinungen)?|referenzen|témoignages|avis"
    r"|testimonios|opiniones|reseñas|testimonianze|recensioni|depoimentos|testemunhos|avaliações"
    r"|ervaringen|omdömen|recensioner|anmeldelser|omtaler|arvostelut|opinie|reference|recenz\w+"
    r"|отзывы|відгуки|yorumlar\w*|vélemény\w*|κριτικές)\b|お客様の声|口コミ|客户评价|客戶評價|고객\s?후기",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"^(?:(?:it|its|they|their|he|his|she|her|this|that|these|those|such|er|es|sie|dies\w{0,2}|jene\w?"
    r"|elles?|ils|ce|cet|cette|ces|cela|él|ellos?|ellas?|est[aeo]s?|es[aeo]s?"
    r"|quest[aeio]|ess[aeio]|eles?|elas?|isto|isso|hij|zij|ze|dit|dat|deze|han|hon|hun|dessa|dette"
    r"|disse|hän|tämä|nämä|ona|oni|ono|tento|tato|toto|он|она|оно|они|это|этот|эта|эти|він|вона|вони"
    r"|bu|şu|onlar|acesta|aceasta|ea|αυτό|αυτή|αυτοί)\b(?!['’]s\swhy)"
    r"|il\b(?=.*\b(?:les|des|est|et|du|une|dans|emploie)\b)"
    r"|同社|それ|これ|その|この|彼|它|他们|她|他|该|该公司|这|這|그는|그들|이는)",
    re.IGNORECASE,
)
"""Words at the beginning that mean something named before."""
_OF_A_PERSON = re.compile(
    r"^(?:i(?:['’](?:m|ve|d|ll)|\s(?:am|have|had|was|love|like|work|worked|use|used|joined|think|really"
    r"|highly|recommend|would|can))|my|you (?:have|bring|are|know|speak|hold)|ich|meine?|du|yo)\b",
    re.IGNORECASE,
)
"""Words of a customer or an employee, or about whom the company looks for."""
_TO_A_PROGRAM = re.compile(
    r"\b(?:ignor\w+|disregard\w*|forget|override|vergiss|vergessen|oublie\w*|olvid\w+|dimentica\w*"
    r"|esque[cç]\w+|negeer|vergeet|zignoruj|игнорир\w+)\b.{0,60}?\b(?:instruct\w+|prompts?|rules"
    r"|anweisung\w*|instru[ckçz]\w+|istruzion\w+|polece\w+|инструкц\w+)"
    r"|\b(?:system prompt|language model|chatgpt|as an ai)\b",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"\b(?:not (?:be )?(?:liable|responsible)|no liability|without (?:any )?warrant\w+|hereby"
    r"|hereunder|terms (?:and|&) conditions|terms of (?:use|service|sale)|these terms|haftung"
    r"|haften|geschäftsbedingungen|agb|conditions générales|condiciones generales"
    r"|termini e condizioni|termos e condições|algemene voorwaarden|aansprakelijk\w*"
    r"|regulamin\w*)\b",
    re.IGNORECASE,
)


def sentence_alone(quote: str, text: str) -> str | None:
    """The whole sentence of a Markdown text around a quote, without emphasis; None if there is none
    that can stand alone."""
    wanted = flat(quote)
    heading = lead = before = ""
    paragraphs = paragraphs_of(text)
    for place, line in enumerate(paragraphs):
        if wanted in flat(line) and not _is_led(line, heading, lead, before):
            after = next((one for one in paragraphs[place + 1 : place + 3] if one), "")
            found = _sentence_in(wanted, _plain(line), after)
            if found is not None:
                return found
        if line.startswith("#"):
            heading = lead = line
        elif line and not _ITEM.match(line):
            lead = line
        before = line
    return None


def _is_led(line: str, heading: str, lead: str, before: str) -> bool:
    """Whether a line is no paragraph, or what stands before it decides what it means."""
    if _NO_PARAGRAPH.match(line) or _OF_OTHERS.search(heading) or is_denied(flat(heading)):
        return True
    if _ITEM.match(line):
        return flat(lead).endswith((":", "：")) or is_denied(flat(lead))
    is_open = bool(before) and not _NO_PARAGRAPH.match(before) and not _ENDS.search(before)
    words = before.split()
    return is_open and len(words) >= LEAST_BROKEN and words[-1].islower()


def _plain(line: str) -> str:
    """The line without the mark of a list item, emphasis and escapes. "C#" stays "C#"."""
    return " ".join(_EMPHASIS.sub("", _ESCAPED.sub(r"\1", _ITEM.sub("", line))).split())


def _sentence_in(wanted: str, line: str, after: str) -> str | None:
    for start, end in _whole(line):
        said = line[start:end].strip()
        if next(standing(wanted, flat(said)), None) is None:
            continue
        signed = _SIGNED.match(line[end:] or after) is not None
        if not (signed or _is_in_quotation(line[:start]) or _is_no_statement(said)):
            return said
    return None


def _whole(line: str) -> Iterator[tuple[int, int]]:
    """Where sentences begin and end; an abbreviation ends none."""
    begin: int | None = None
    for start, end in spans_of_sentences(line):
        begin = start if begin is None else begin
        if not _ABBREVIATED.search(line[max(begin, end - 12) : end]):
            yield begin, end
            begin = None
    if begin is not None:
        yield begin, len(line)


def _is_in_quotation(before: str) -> bool:
    """Whether a quotation mark before a sentence is still open."""
    plain = flat(before)
    return (
        (plain.count('"') + plain.count("„")) % 2 == 1
        or (plain.count("«") + plain.count("»")) % 2 == 1
        or sum(map(plain.count, "「『")) > sum(map(plain.count, "」』"))
    )


def _is_no_statement(said: str) -> bool:
    return (
        not _ENDS.search(said)
        or _is_in_quotation(said)
        or any(
            pattern.search(said)
            for pattern in (_NO_TEXT, _POINTS_BACK, _OF_A_PERSON, _TO_A_PROGRAM, _LEGAL)
        )
    )
