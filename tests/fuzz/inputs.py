"""Hypothesis strategies for what a stranger may write: texts, JSON, markup and bytes.

Most of them change a good input in a few places, because a parser refuses pure noise at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TypeAlias

from hypothesis import strategies as st

Path: TypeAlias = tuple[str | int, ...]


class Raw(str):
    """A JSON value that is written as it stands, such as a number that Python cannot hold."""

    __slots__ = ()


PIECES = (
    "\x00", "\ud800", "\udfff\ud800", "\u202e\u2066", "\u200f", "\ufeff", "\u0301" * 40, "İ", "ß",
    "²", "٣", "½", "Ⅷ", "👩\u200d💻", "\x85", "\u2028", "\x1b[0m", "1e5000", "-1e5000", "NaN",
    "Infinity", "9" * 4_400, "0." * 60, "0,0" * 60, "oh yeah " * 30, "so and ", "a" * 3_000,
    " " * 900,
    "\n" * 300, "1 " * 300, "$1,000 - ", "https://[", "http://[::1", "//a:b@c:99999999999/", "%",
    "%00",
    "http://\ud800/", "javascript:0", "mailto:x", "../" * 40, "..", "2026-99-99", "0000-00-00",
    "2026-11-30T25:61:61+99:99", "Mon, 99 Foo 99999 99:99:99 +9999", "<", "</", "<!--", "]]>",
    "&#x110000;",
    "&#99999999999;", "&lt;" * 40, "{" * 300, "[" * 3_000, "}" * 20, '"',
    "\\", "\\u0000", "'", "`" * 50,
    "*" * 80, "**a" * 50, "#" * 90, "| a " * 60, "<think>", "</think>", "```json", "None", "null",
    "true",
    "-", "--", "+", ".", ",", ";", ":", "=", "&", "?", "(", ")", "@", "a@", "",
)  # fmt: skip
"""Pieces that have broken parsers: of numbers, dates, addresses, markup, JSON and Unicode."""

LEAVES: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**31, 2**63, -(2**63) - 1, 10**400, 1.5, -0.0, 1e308, "", "a", [],
    {},
    [[]], [None], {"": None}, {"a": {"a": 1}}, Raw("1e5000"), Raw("-1e5000"), Raw("1e-5000"),
    Raw("NaN"),
    Raw("Infinity"), Raw("-Infinity"), Raw("9" * 400), Raw("9" * 5_000), Raw("0." + "9" * 5_000),
    Raw('"\\ud800"'), Raw('"\\u0000"'), Raw('{"a":1,"a":2}'), Raw("[" * 180 + "]" * 180),
    Raw("[" * 3_000 + "]" * 3_000), Raw('{"a":' * 3_000 + "1" + "}" * 3_000),
)  # fmt: skip
"""Values of every type, and those at and beyond the ends of each type."""

texts = st.lists(
    st.sampled_from(PIECES) | st.text(max_size=8) | st.text("aA0. ,-\n<>", max_size=12), max_size=6
).map("".join)
leaves = st.sampled_from(LEAVES) | texts | st.integers() | st.floats()


@st.composite
def texts_like(draw: st.DrawFn, *samples: str) -> str:
    """A good text with pieces put in, taken out, repeated, or put in the place of others."""
    text = draw(st.sampled_from(samples))
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.sampled_from((0, 0, 1, 5, 40, 10**9))))
        put = draw(st.sampled_from(PIECES) | texts | st.just(text[start:end] * 3))
        text = text[:start] + put + text[end:]
    return text


@st.composite
def values_like(draw: st.DrawFn, *samples: Any) -> Any:
    """A good value of JSON with other values in some of its places; may hold `Raw`."""
    value = draw(st.sampled_from(samples))
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.sampled_from(list(_places(value))))
        value = _put(value, place, draw(leaves), remove=draw(st.integers(0, 5)) == 0)
    return value


def json_like(*samples: Any) -> st.SearchStrategy[str]:
    """JSON text of such values, now and then damaged as a text."""
    whole = values_like(*samples).map(written)
    return whole | whole | st.one_of([texts_like(written(sample)) for sample in samples])


def plain_values_like(*samples: Any) -> st.SearchStrategy[Any]:
    """Such values as `json.loads` gives them, for parsers of values that were decoded before."""
    return values_like(*samples).map(written).map(_decoded)


def bytes_like(*samples: bytes) -> st.SearchStrategy[bytes]:
    """Good bytes with some of them changed, or cut short."""
    as_text = [sample.decode("latin-1") for sample in samples]
    changed = texts_like(*as_text).map(lambda text: text.encode("latin-1", "ignore"))
    return changed | st.binary(max_size=60)


TAGS = (
    "p", "div", "table", "tr", "td", "ul", "li", "dl", "dt", "dd", "h1", "h2", "a", "script",
    "style",
    "template", "svg", "math", "select", "option", "form", "button", "iframe", "pre", "br", "time",
    "meta", "link", "title", "base", "noscript", "textarea", "plaintext", "blockquote", "ol", "img",
)  # fmt: skip
ATTRIBUTES = (
    "href", "src", "content", "itemprop", "itemscope", "itemtype", "itemref", "itemid", "property",
    "typeof", "vocab", "resource", "prefix", "rel", "datetime", "start", "colspan", "type", "id",
    "class",
    "style", "hidden", "aria-hidden", "role", "name", "http-equiv", "charset", "lang", "about",
    "datatype",
)  # fmt: skip
KNOWN = (
    "https://schema.org/JobPosting", "JobPosting", "https://schema.org/", "title", "baseSalary",
    "hiringOrganization", "jobLocation", "datePosted", "og:title", "og:site_name", "og:image",
    "application/ld+json", "application/json", "refresh", "0;url=/a", "canonical", "manifest",
    "icon",
    "description", "display:none", "true", "#a", "a a a", "schema: http://schema.org/", "rdf:HTML",
)  # fmt: skip


@st.composite
def markup(draw: st.DrawFn) -> str:
    """Elements inside and beside each other, some without an end, with hostile attributes."""
    tag = draw(st.sampled_from(TAGS))
    names = draw(st.lists(st.sampled_from(ATTRIBUTES), max_size=3))
    values = [draw(st.sampled_from(KNOWN) | st.sampled_from(PIECES)) for _ in names]
    written_out = "".join(
        f' {name}="{value.replace(chr(34), "")}"' for name, value in zip(names, values, strict=True)
    )
    inner = "".join(draw(st.lists(st.deferred(markup) | texts, max_size=2)))
    end = "" if draw(st.integers(0, 4)) == 0 else f"</{tag}>"
    return f"<{tag}{written_out}>" * draw(st.sampled_from((1, 1, 1, 2, 30))) + inner + end


def pages_like(*samples: str) -> st.SearchStrategy[str]:
    """Good pages with foreign elements and pieces in any place."""
    return st.one_of(
        texts_like(*samples),
        st.builds(_within, st.sampled_from(samples), markup(), st.floats(0, 1)),
        st.builds("".join, st.lists(markup() | st.sampled_from(samples), max_size=3)),
    )


def written(value: Any) -> str:
    """The value as JSON, with each `Raw` as it stands."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(k)}:{written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(written, value)) + "]"
    return json.dumps(value)


def places(value: Any) -> list[Path]:
    """The way to each value inside a value, the outermost first."""
    return list(_places(value))


def put(value: Any, place: Path, new: Any) -> Any:
    """The value with another one in one of its places."""
    return _put(value, place, new, remove=False)


def found(value: Any, place: Path) -> Any:
    """What a value has in one of its places."""
    for step in place:
        value = value[step]
    return value


def _places(value: Any, here: Path = ()) -> Iterator[Path]:
    yield here
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _places(inner, (*here, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _places(inner, (*here, number))


def _put(value: Any, place: Path, new: Any, *, remove: bool) -> Any:
    if not place:
        return new
    step, rest = place[0], place[1:]
    copy = dict(value) if isinstance(value, dict) else list(value)
    if remove and not rest:
        del copy[step]  # type: ignore[arg-type]  # a name in a dict, a number in a list
    else:
        copy[step] = _put(copy[step], rest, new, remove=remove)  # type: ignore[index]  # as above
    return copy


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # a number or a nesting that no decoded value has
        return None


def _within(sample: str, inner: str, where: float) -> str:
    place = int(len(sample) * where)
    return sample[:place] + inner + sample[place:]
