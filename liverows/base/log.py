"""Log lines: an event word and key=value pairs, with secrets masked.

    log = get_logger(__name__)
    log.warning("doorbell_deaf", doorbell="realtime", silent_seconds=41)

Lines of a row's task also contain `table`, `row` and `run`, and inside a step `step`.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from typing import Any, TextIO
from urllib.parse import unquote, urlsplit
from weakref import WeakSet

import structlog
from pydantic import SecretStr
from pydantic_settings import BaseSettings
from structlog.typing import Processor

from liverows.base.log_handler import LogHandler
from liverows.base.logger import names_of_line
from liverows.base.printable import on_one_line, visible
from liverows.base.settings import Settings

MASK = "***"

# Below WARNING, some of these libraries log whole URLs with keys in them.
TALKATIVE_LIBRARIES = (
    "asyncio",
    "deepgram",
    "hpack",
    "httpcore",
    "httpx",
    "httpx2",
    "openai",
    "realtime",
    "supabase",
    "trafilatura",
    "uvicorn",
    "websockets",
)

_SHORTEST_SECRET = 8  # a shorter secret is not masked, because ordinary words would be masked too
# The password of a local stack, which everybody knows. It is also the name of a role, and a masked
# one would make a cure such as "connect as postgres" useless.
_KNOWN_TO_ALL = frozenset({"postgres"})
_DEEPEST = 6


def _without_query(address: re.Match[str]) -> str:
    before, *query = re.split(r"[?#]", address[0], maxsplit=1)
    return f"{before}?{MASK}" if query else before


# What is masked in a text: letters that each match has, the pattern, and what replaces its match.
_PATTERNS: tuple[tuple[str, re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    # What follows ? or # in a URL; signed links have keys there.
    ("://", re.compile(r"(?i)\b(?:https?|wss?)://[^\s\"'<>]*"), _without_query),
    # The user:password@ of a URL, also if the password contains an @ or a colon.
    ("://", re.compile(r"(?i)(?<=[a-z0-9+.-])://[^\s/]+@"), f"://{MASK}@"),
    # The password=… of a libpq connection string.
    ("password", re.compile(r"(?i)\b(password\s*=\s*)('[^']*'|[^\s,;]+)"), rf"\1{MASK}"),
    ("sb_secret_", re.compile(r"\bsb_secret_[\w-]+"), f"sb_secret_{MASK}"),
    (
        "eyJ",
        re.compile(r"\beyJ[\w-]{5,}(\.[\w-]{5,}(?:\.[\w-]*)?)?"),
        lambda token: MASK if token[1] else token[0],
    ),
    ("[sp]k-", re.compile(r"\b(?:sk|pk)-[\w-]{12,}"), f"sk-{MASK}"),
    ("gh[pousr]_|github_pat_", re.compile(r"\b(?:gh[pousr]_|github_pat_)\w{12,}"), MASK),
    ("bearer", re.compile(r"(?i)\b(bearer)\s+[\w.~+/=-]{6,}"), rf"\1 {MASK}"),
    (
        "authorization|api[-_]?key",
        re.compile(
            r"(?i)\b((?:authorization|x-api-key|api[-_]?key)[\"']?\s*[:=]\s*[\"']?)"
            r"(?:(?:basic|token|bearer)\s+)?[^\s\"',}]+"
        ),
        rf"\1{MASK}",
    ),
)

# Most texts have none of these letters, and are then searched once and not nine times.
_HINT = re.compile("(?i)" + "|".join(dict.fromkeys(hint for hint, *_ in _PATTERNS)))

_SECRET_KEY = re.compile(
    r"(?i)(?:^|[_-])(?:authorization|password|secret|token|dsn|(?:api|secret|service_role)[_-]?key)$"
)
_URL_KEY = re.compile(r"(?i)(?:^|_)(?:url|uri|href)$")

_redactors: WeakSet[Redactor] = WeakSet()


class Redactor:
    """A structlog processor that masks secrets in the values of a line."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        self._spelled: list[re.Pattern[str]] = []
        self.learn(secrets)
        _redactors.add(self)

    def learn(self, secrets: Iterable[str]) -> None:
        """Mask these secrets too from now on, except those shorter than 8 characters.

        `postgres` is none, as it is the password of a local stack and the name of a role.
        They are also masked as they are written in an address, in JSON or in Python's `repr`.
        """
        self._secrets.update(
            one for one in secrets if len(one) >= _SHORTEST_SECRET and one not in _KNOWN_TO_ALL
        )
        # The longest first: a shorter secret may be part of a longer one.
        longest_first = sorted(self._secrets, key=len, reverse=True)
        self._spelled = [re.compile("".join(map(_spellings, one))) for one in longest_first]

    def __call__(
        self, _logger: Any, _method: str, event_dict: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        for key, value in event_dict.items():
            event_dict[key] = self._value(key, value, _DEEPEST)
        return event_dict

    def known(self, text: str) -> str:
        """Return the text without the secrets that were learnt. What looks like others stays."""
        for secret in self._spelled:
            text = secret.sub(MASK, text)
        return text

    def text(self, text: str) -> str:
        """Return the text with its secrets masked."""
        text = self.known(text)
        if _HINT.search(text):
            for _, pattern, replacement in _PATTERNS:
                text = pattern.sub(replacement, text)
        return text

    def field(self, name: str, text: str) -> str:
        """Return the text of a field of this name masked; all of it if the name tells a secret."""
        return MASK if _SECRET_KEY.search(name) else self._text_of(name, text)

    def _value(self, key: str, value: object, depth: int) -> object:
        if value is None or isinstance(value, bool | int | float):
            return value
        if _SECRET_KEY.search(key):
            return MASK
        if isinstance(value, Mapping) and depth:
            return {
                self.text(str(name)): self._value(str(name), item, depth - 1)
                for name, item in value.items()
            }
        if isinstance(value, list | tuple | set | frozenset) and depth:
            return [self._value(key, item, depth - 1) for item in value]
        return self._text_of(key, value)

    def _text_of(self, key: str, value: object) -> str:
        text = value if isinstance(value, str) else str(value)
        if _URL_KEY.search(key):
            text = re.split(r"[?#]", text, maxsplit=1)[0]
        return self.text(text)


def configure_logging(settings: Settings, stream: TextIO | None = None) -> None:
    """Set up structlog and Python's own logging for this process.

    Lines go to `stream`, or to stderr if it is None.
    """
    out = stream or sys.stderr
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    first: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        _add_row,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*first, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )
    handler = LogHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=first,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                # Format tracebacks before masking, because they can quote secrets.
                structlog.processors.format_exc_info,
                Redactor(secrets_of(settings)),
                *_rendering(settings, out),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in TALKATIVE_LIBRARIES:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


def mask_secrets(settings: BaseSettings) -> None:
    """Mask the `SecretStr` fields of these settings in later log lines.

    An application calls this for its own settings after `configure_logging`, which already masks
    the secrets of the library's settings. Secrets shorter than 8 characters are not masked.
    """
    secrets = secrets_of(settings)
    for redactor in _redactors:
        redactor.learn(secrets)


def masked(text: str) -> str:
    """Return a text without the secrets that log lines of this process do not show."""
    for redactor in (Redactor(), *_redactors):
        text = redactor.text(text)
    return text


def secrets_of(settings: BaseSettings) -> list[str]:
    """Return the values of all `SecretStr` fields; of a URL also its password, raw and decoded."""
    values = [
        value.get_secret_value()
        for name in type(settings).model_fields
        if isinstance(value := getattr(settings, name), SecretStr)
    ]
    return values + [password for value in values for password in _passwords(value)]


def _spellings(character: str) -> str:
    """Return a pattern for the character as it is, percent-encoded, or with an escape.

    JSON in JSON doubles the backslashes of an escape, and an address in an address the %.
    """
    if character.isascii() and character.isalnum():
        return character
    in_bytes = "".join(
        rf"(?:%(?:25)?|\\{{1,3}}x){byte:02x}" for byte in character.encode(errors="replace")
    )
    in_json = re.escape(json.dumps(character)[1:-1]).replace(r"\\", r"\\{1,3}")
    space = r"|\+" if character == " " else ""
    return rf"(?:\\{{0,3}}{re.escape(character)}|(?i:{in_bytes}|{in_json}){space})"


def _add_row(
    _logger: Any, _method: str, event_dict: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    # The fields of the call win, because a line may be about another row.
    return {**names_of_line(), **event_dict}


def _passwords(value: str) -> list[str]:
    if "://" not in value:
        return []
    try:
        password = urlsplit(value).password
    except ValueError:
        return []
    return [password, unquote(password)] if password else []


def _rendering(settings: Settings, out: TextIO) -> list[Processor]:
    wants_console = settings.log_format == "console" or (
        settings.log_format == "auto" and out.isatty()
    )
    if wants_console:
        lines = structlog.dev.ConsoleRenderer(
            colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
        return [_make_visible, lines]
    return [structlog.processors.JSONRenderer(default=str)]


def _make_visible(
    _logger: Any, _method: str, event_dict: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    # A key may be what a user wrote. JSON escapes what would change the terminal by itself. The
    # renderer quotes other values, but not the event, which may be a message of a library with a
    # line break from a page.
    for key, value in event_dict.items():
        if isinstance(value, str):
            event_dict[key] = on_one_line(value) if key == "event" else visible(value)
    return event_dict
