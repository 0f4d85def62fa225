"""The two API keys, and the tokens of signed-in users.

`supabase start` prints the same keys on every machine, so that one `.env` fits both stacks. The
keys give access only to a database on this machine.
"""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

PUBLISHABLE_KEY = "sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH"
SECRET_KEY = "sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz"  # noqa: S105 (the same for everyone)

ROLES = {PUBLISHABLE_KEY: "anon", SECRET_KEY: "service_role"}
"""The role of the database that each API key gives."""

ALGORITHM = "ES256"
ROLE_TOKEN_SECONDS = 60

Claims = dict[str, Any]


class InvalidToken(Exception):
    """A token is malformed or not signed by this stack; the message says which."""


class ExpiredToken(InvalidToken):
    """A token of this stack expired so many seconds ago."""

    def __init__(self, seconds: float) -> None:
        super().__init__("token is expired")
        self.seconds = seconds


class Keys:
    """The signing key of one stack; signs tokens and checks them."""

    def __init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())
        self._kid = str(uuid4())

    def jwks(self) -> dict[str, list[Claims]]:
        """The public key, as `/auth/v1/.well-known/jwks.json` shows it."""
        public = ECAlgorithm.to_jwk(self._private.public_key(), as_dict=True)
        extras = {"kid": self._kid, "alg": ALGORITHM, "use": "sig", "key_ops": ["verify"]}
        return {"keys": [{**public, **extras}]}

    def sign(self, claims: Claims) -> str:
        """A token with these claims."""
        return jwt.encode(claims, self._private, ALGORITHM, headers={"kid": self._kid})

    def role_token(self, role: str) -> str:
        """The short-lived token that the gateway sends in place of an API key."""
        now = int(time.time())
        return self.sign(
            {"iss": "devstack", "role": role, "iat": now, "exp": now + ROLE_TOKEN_SECONDS}
        )

    def verify(self, token: str) -> Claims:
        """The claims of a token that this stack signed; raises `InvalidToken`."""
        try:
            claims: Claims = jwt.decode(
                token,
                self._private.public_key(),
                [ALGORITHM],
                options={"require": ["exp"], "verify_aud": False, "verify_exp": False},
            )
        except jwt.InvalidTokenError as error:
            raise InvalidToken(str(error)) from error
        if (ago := time.time() - claims["exp"]) >= 0:
            raise ExpiredToken(ago)
        return claims
