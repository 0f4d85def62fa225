"""Log lines: an event word and key=value pairs, with secrets masked.

    log = structlog.get_logger(__name__)
    log.warning("doorbell_deaf", doorbell="realtime", silent_seconds=41)

`name_row` and the engine set `table`, `row`, `run` and `step` once; every later line of that
task then contains them. Log records of other libraries are formatted and masked the same way.
"""

from __future__ import annotations

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

from liverows.base.logger import names_of_line
from liverows.base.settings import Settings

MASK = "***"

# These libraries log whole URLs, which contain keys, at INFO or DEBUG.
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

_SHORTEST_SECRET = 8  # masking a shorter one would mask ordinary words
_DEEPEST = 6


def _without_query(address: re.Match[str]) -> str:
    before, *query = re.split(r"[?#]", address[0], maxsplit=1)
    return f"{before}?{MASK}" if query else before


# Each pattern runs in linear time: it never searches for the same end from several starts.
_PATTERNS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    # The query of a URL, because signed links and the Realtime socket carry keys in it.
    (re.compile(r"(?i)\b(?:https?|wss?)://[^\s\"'<>]*"), _without_query),
    # user:password@ of any URL, even if the password contains an @ or a colon.
    (re.compile(r"(?i)(?<=[a-z0-9+.-])://[^\s/]+@"), f"://{MASK}@"),
    # password=… in a libpq connection string.
    (re.compile(r"(?i)\b(password\s*=\s*)('[^']*'|[^\s,;]+)"), rf"\1{MASK}"),
    (re.compile(r"\bsb_secret_[\w-]+"), f"sb_secret_{MASK}"),
    (
        re.compile(r"\beyJ[\w-]{5,}(\.[\w-]{5,}(?:\.[\w-]*)?)?"),
        lambda token: MASK if token[1] else token[0],
    ),
    (re.compile(r"\b(?:sk|pk)-[\w-]{12,}"), f"sk-{MASK}"),
    (re.compile(r"\b(?:gh[pousr]_|github_pat_)\w{12,}"), MASK),
    (re.compile(r"(?i)\b(bearer)\s+[\w.~+/=-]{6,}"), rf"\1 {MASK}"),
    (
        re.compile(
            r"(?i)\b((?:authorization|x-api-key|api[-_]?key)[\"']?\s*[:=]\s*[\"']?)"
            r"(?:(?:basic|token|bearer)\s+)?[^\s\"',}]+"
        ),
        rf"\1{MASK}",
    ),
)

_SECRET_KEY = re.compile(
    r"(?i)(?:^|[_-])(?:authorization|password|secret|token|dsn|(?:api|secret|service_role)[_-]?key)$"
)
_URL_KEY = re.compile(r"(?i)(?:^|_)(?:url|uri|href)$")

# One variable instead of three: every row sets it, but few rows log a line.


_redactors: WeakSet[Redactor] = WeakSet()


class Redactor:
    """A structlog processor that masks secrets in every value of a line.

    The given `secrets` are masked wherever they appear. Text that looks like a secret (keys,
    tokens, passwords in URLs, the query of a URL) is masked too.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        # Longest first: if one secret contains another, no part of it remains visible.
        known = {secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}
        self._secrets = sorted(known, key=len, reverse=True)
        _redactors.add(self)

    def learn(self, secrets: Iterable[str]) -> None:
        """Mask these secrets too from now on."""
        known = {*self._secrets, *(one for one in secrets if len(one) >= _SHORTEST_SECRET)}
        self._secrets = sorted(known, key=len, reverse=True)

    def __call__(
        self, _logger: Any, _method: str, event_dict: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        for key, value in event_dict.items():
            event_dict[key] = self._value(key, value, _DEEPEST)
        return event_dict

    def text(self, text: str) -> str:
        """The text with its secrets masked."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        for pattern, replacement in _PATTERNS:
            text = pattern.sub(replacement, text)
        return text

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
    """Set up structlog and Python's own logging; called once per process.

    With `log_format` `auto`, lines are coloured on a terminal and JSON elsewhere. `stream` is
    stderr by default.
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
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=first,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                # Format tracebacks before masking, because they can quote secrets.
                structlog.processors.format_exc_info,
                Redactor(secrets_of(settings)),
                _renderer(settings, out),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in TALKATIVE_LIBRARIES:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


def mask_secrets(settings: BaseSettings) -> None:
    """Mask every secret in these settings in all later log lines.

    The library's own secrets are already masked; an application calls this for its own settings.
    """
    secrets = secrets_of(settings)
    for redactor in _redactors:
        redactor.learn(secrets)


def secrets_of(settings: BaseSettings) -> list[str]:
    """All secret values in the settings, and the password in each of them that is a URL."""
    values = [
        value.get_secret_value()
        for name in type(settings).model_fields
        if isinstance(value := getattr(settings, name), SecretStr)
    ]
    return values + [password for value in values for password in _passwords(value)]


def _add_row(
    _logger: Any, _method: str, event_dict: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    # The line's own words come last: it may be about another row.
    return {**names_of_line(), **event_dict}


def _passwords(value: str) -> list[str]:
    if "://" not in value:
        return []
    try:
        password = urlsplit(value).password
    except ValueError:
        return []
    return [password, unquote(password)] if password else []


def _renderer(settings: Settings, out: TextIO) -> Processor:
    wants_console = settings.log_format == "console" or (
        settings.log_format == "auto" and out.isatty()
    )
    if wants_console:
        return structlog.dev.ConsoleRenderer(
            colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    return structlog.processors.JSONRenderer(default=str)
