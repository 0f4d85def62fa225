"""Errors for refused tokens, in the real server's words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

Claims: TypeAlias = dict[str, Any]


class InvalidToken(Exception):
    """A token is refused; `code` and message are those of the real server for a refused join."""

    def __init__(
        self,
        message: str = "Failed to validate JWT signature",
        code: str = "JwtSignatureError",
    ) -> None:
        super().__init__(message)
        self.code = code

    @classmethod
    def expired(cls, seconds: float) -> InvalidToken:
        """The error for a token that expired so many seconds ago."""
        return cls(f"Token has expired {int(seconds)} seconds ago", "InvalidJWTToken")

    @classmethod
    def malformed(cls) -> InvalidToken:
        """The error for a text that is not a JWT."""
        return cls("The token provided is not a valid JWT", "MalformedJWT")

    @classmethod
    def without_claims(cls) -> InvalidToken:
        """The error for a token without a role or an expiry time."""
        return cls("Fields `role` and `exp` are required in JWT", "InvalidJWTToken")


Verify: TypeAlias = Callable[[str], Claims]
"""Returns the claims of a token or of an API key. Those of an API key need no `exp`."""


def checked(verify: Verify, token: str, now: float) -> Claims:
    """The claims of a user's token; raises `InvalidToken` as the real server does.

    `now` is in seconds since 1970.
    """
    claims = verify(token)
    if "role" not in claims or not isinstance(claims.get("exp"), int | float):
        raise InvalidToken.without_claims()
    late = now - claims["exp"]
    if late >= 0:
        raise InvalidToken.expired(late)
    return claims
