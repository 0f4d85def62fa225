"""Makes texts that users wrote safe to show: on a terminal, in a message, on a page."""

from __future__ import annotations

import re

# Characters that end a line, steer a terminal, or turn round how other text is read. Marks such as
# U+200F stay, because they turn nothing but themselves.
_DIRECTIONS = "\u202a-\u202e\u2066-\u2069"
_STEERING = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029{_DIRECTIONS}]")
_OUTSIDE_ASCII = re.compile(f"[\x7f-\x9f\u2028\u2029{_DIRECTIONS}]")


def on_one_line(message: str) -> str:
    """Return the text with blanks for line breaks and characters that change the terminal."""
    return "".join(each if each.isprintable() else " " for each in message)


def visible(text: str) -> str:
    """Return the text with U+FFFD for each character that a page would obey and not show."""
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", text)


def escaped_json(text: str) -> str:
    r"""Return a JSON text in which what steers a terminal or ends a line is written as `\uXXXX`.

    It means the same. JSON itself demands this only of the first 32 characters.
    """
    return _OUTSIDE_ASCII.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
