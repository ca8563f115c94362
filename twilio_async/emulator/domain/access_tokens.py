"""Access tokens of OAuth apps: JSON Web Tokens, signed with a key that only their issuer knows."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Final

import msgspec

LIFETIME: Final = 3600
"""Seconds; an hour, unless somebody sets something else in Twilio's console."""
_HEADER: Final = {"alg": "HS256", "typ": "JWT"}
_ISSUER: Final = "https://oauth.twilio.com"


class _Claims(msgspec.Struct):
    """What is read of a token again."""

    sub: str
    exp: int


class AccessTokens:
    """Issues tokens and knows its own again. None is kept: what a token says and its signature are all there is to it."""

    def __init__(self) -> None:
        self.revoke()

    def revoke(self) -> None:
        """Let no token that was issued open anything any more."""
        self._key = secrets.token_bytes(32)

    def issue(self, client_id: str, now: datetime) -> str:
        """A new token.

        Args:
            client_id: of the app that asks for it.
            now: when it begins to count.
        """
        issued = int(now.timestamp())
        claims = {
            "iss": _ISSUER, "sub": client_id, "iat": issued, "exp": issued + LIFETIME, "jti": secrets.token_hex(16),
        }  # fmt: skip
        said = f"{_part(_HEADER)}.{_part(claims)}"
        return f"{said}.{self._signature(said)}"

    def app_of(self, token: str, now: datetime) -> str | None:
        """The client id of the app that has this token; `None` if it was not issued here, has expired or is revoked.

        Args:
            token: whatever somebody says is one.
            now: the moment.
        """
        said, _, signature = token.rpartition(".")
        if not token.isascii() or not hmac.compare_digest(signature, self._signature(said)):
            return None
        claims = msgspec.json.decode(base64.urlsafe_b64decode(said.partition(".")[2] + "=="), type=_Claims)
        return claims.sub if now.timestamp() < claims.exp else None

    def _signature(self, said: str) -> str:
        return _encoded(hmac.digest(self._key, said.encode(), hashlib.sha256))


def _part(content: object) -> str:
    return _encoded(msgspec.json.encode(content))


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
