"""Sends one message to a receiver of the operator's, signed as Standard Webhooks specifies.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import re
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from liverows.base.errors import SetupError
from liverows.base.version import VERSION
from liverows.running.lifecycle import Message

if TYPE_CHECKING:
    import httpx

_PREFIX = "whsec_"
_KEY_BYTES = (24, 64)
_PASSING = frozenset({408, 425, 429})
_NO_ADDRESS = re.compile(r"[\s\x00-\x1f\x7f]")


class NotDelivered(Exception):
    """The receiver did not take a message, but may take it later, if it says so after a time."""

    def __init__(self, reason: str, seconds: float = 0.0) -> None:
        super().__init__(reason)
        self.seconds = seconds


def keys_of(secret: str, setting: str = "LIVEROWS_WEBHOOK_SECRET") -> list[bytes]:
    """Return the keys of a secret: `whsec_` and base64, or several of them with blanks between.

    Raises `SetupError` if it is something else; `setting` names the secret there.
    """
    cure = (
        f"set {setting} to whsec_ and 24 to 64 random bytes in base64, as of: "
        "echo whsec_$(openssl rand -base64 32)"
    )
    keys = []
    for one in secret.split():
        try:
            key = base64.b64decode(one.removeprefix(_PREFIX), validate=True)
        except ValueError:  # of base64, and of letters that are not ASCII
            raise SetupError(f"{setting} is not base64", cure=cure) from None
        if not _KEY_BYTES[0] <= len(key) <= _KEY_BYTES[1]:
            raise SetupError(f"{setting} is too short or too long", cure=cure)
        keys.append(key)
    if not keys:
        raise SetupError(f"{setting} is missing", cure=cure)
    return keys


def host_of(url: str, setting: str = "LIVEROWS_WEBHOOK_URL") -> str:
    """Return the host of a receiver's address.

    Raises `SetupError` if it cannot be called; `setting` names the address there.
    """
    try:
        address = urlsplit(url)
        is_whole = address.scheme in ("http", "https") and address.port != 0
    except ValueError:  # a port or an IPv6 address that is malformed
        is_whole = False
    if not is_whole or not address.hostname or _NO_ADDRESS.search(url):
        raise SetupError(f"{setting} is no address", cure="write it as https://host/path")
    return address.hostname


def signed(message: Message, at: int, keys: Sequence[bytes]) -> dict[str, str]:
    """Return the headers that prove who sends this message, at this Unix time."""
    content = f"{message.id}.{at}.".encode() + message.body
    signatures = [
        "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode() for key in keys
    ]
    return {
        "webhook-id": message.id,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(signatures),
    }


def opened(timeout: float) -> httpx.AsyncClient:
    """Make a client for messages. `timeout` is in seconds."""
    import httpx

    # The receiver is the operator's, so its address may be private. A redirect would lead the
    # message elsewhere, so none is followed.
    return httpx.AsyncClient(
        timeout=timeout,
        follow_redirects=False,
        headers={"user-agent": f"liverows/{VERSION}", "content-type": "application/json"},
    )


async def post(
    client: httpx.AsyncClient, url: str, message: Message, keys: Sequence[bytes], timeout: float
) -> int:
    """Send a message once, signed if there are keys, and return the status.

    Raises `NotDelivered` if another try may succeed.
    """
    import httpx

    headers = signed(message, int(time.time()), keys) if keys else {}
    try:
        # httpx limits each part of an answer, and this all of it.
        async with (
            asyncio.timeout(timeout),
            client.stream("POST", url, content=message.body, headers=headers) as answer,
        ):
            status = answer.status_code
            asked = _seconds(answer.headers.get("retry-after", ""))
    except (httpx.TransportError, httpx.InvalidURL, UnicodeError, TimeoutError) as error:
        raise NotDelivered(type(error).__name__) from None
    if status >= 500 or status in _PASSING:
        raise NotDelivered(f"status_{status}", asked)
    return status


def _seconds(retry_after: str) -> float:
    """The seconds of a Retry-After header; 0 if it has none, or a date."""
    return float(retry_after) if re.fullmatch(r"[0-9]{1,9}", retry_after.strip()) else 0.0
