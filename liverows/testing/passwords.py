"""Makes the form in which Postgres stores a password, so that a login costs almost no time."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

ITERATIONS = 1
"""The usual 4096 iterations take some milliseconds at both ends of each new connection.

Many iterations make it slow to guess passwords that people invented. Ours are random.
"""


def verifier(password: str) -> str:
    """The SCRAM verifier, which `alter role … password` and `initdb --pwfile` accept instead of
    the password."""
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    parts = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return "SCRAM-SHA-256${}:{}${}:{}".format(ITERATIONS, *parts)
