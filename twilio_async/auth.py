"""Credentials: who sends, and what goes into the ``Authorization`` header. None of them shows its secret."""

from __future__ import annotations

import base64
import re
from typing import Any, NoReturn, Protocol

from twilio_async.errors import ConfigError


class Auth(Protocol):
    """What a session needs of credentials."""

    @property
    def account_sid(self) -> str:
        """The account whose resources the session works on."""
        ...

    async def authorization(self) -> str:
        """The value of the ``Authorization`` header for a request that goes out now."""
        ...


class Unseen(str):
    """Text that is used as it is and shows nothing of itself where local variables are printed, as in reports of errors.

    No error of ours holds credentials, but its traceback leads through frames that do. What holds such text is not pickled.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "'…'"

    def __reduce__(self) -> NoReturn:
        raise TypeError("credentials are not pickled: make them where they are used")


class UnseenBytes(bytes):
    """The same for bytes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "b'…'"


def unseen(value: Any) -> Any:
    """*value* as it is, only that it shows nothing of itself if it is text or bytes."""
    return Unseen(value) if isinstance(value, str) else UnseenBytes(value) if isinstance(value, bytes) else value


class AccountToken:
    """An account's sid and its auth token.

    Args:
        account_sid: ``AC`` and 32 hexadecimal digits.
        token: the auth token.

    Raises:
        ConfigError: one of them is malformed.
    """

    __slots__ = ("_authorization", "account_sid")

    account_sid: str

    def __init__(self, account_sid: str, token: str) -> None:
        token = unseen(token)
        self.account_sid = checked_sid("account_sid", account_sid, "AC")
        self._authorization = _basic(account_sid, _checked_secret("token", token))

    async def authorization(self) -> str:
        """``Basic …``."""
        return self._authorization

    def __repr__(self) -> str:
        return f"<AccountToken {getattr(self, 'account_sid', 'unfinished')}>"


class ApiKey:
    """An API key and its secret: like a token, and it can be revoked alone.

    Args:
        key: ``SK`` and 32 hexadecimal digits.
        secret: the key's secret.
        account_sid: the account that the key belongs to; a key does not name it.

    Raises:
        ConfigError: one of them is missing or malformed.
    """

    __slots__ = ("_authorization", "account_sid", "key")

    account_sid: str
    key: str

    def __init__(self, key: str, secret: str, *, account_sid: str) -> None:
        secret = unseen(secret)
        self.key = checked_sid("key", key, "SK")
        self.account_sid = checked_sid("account_sid", account_sid, "AC")
        self._authorization = _basic(key, _checked_secret("secret", secret))

    async def authorization(self) -> str:
        """``Basic …``."""
        return self._authorization

    def __repr__(self) -> str:
        return f"<ApiKey {getattr(self, 'key', 'unfinished')} of {getattr(self, 'account_sid', 'no account')}>"


class OAuthAuth:
    """The client credentials of an OAuth app: a session asks for access tokens with them, and for the next one in time.

    It asks at `AsyncSession`'s ``base_url``, or at ``oauth.twilio.com``, which serves the region ``us1`` alone. A token opens
    what the app's scopes say, of the app's own account: a subaccount has apps of its own.

    Args:
        client_id: ``OQ`` and 32 hexadecimal digits.
        client_secret: the app's secret.
        account_sid: the account that the app belongs to; an app does not name it.

    Raises:
        ConfigError: one of them is missing or malformed.
    """

    __slots__ = ("_client_secret", "account_sid", "client_id")

    account_sid: str
    client_id: str

    def __init__(self, *, client_id: str, client_secret: str, account_sid: str) -> None:
        client_secret = Unseen(client_secret) if isinstance(client_secret, str) else client_secret
        self.client_id = checked_sid("client_id", client_id, "OQ")
        self.account_sid = checked_sid("account_sid", account_sid, "AC")
        self._client_secret = _checked_secret("client_secret", client_secret)

    def form(self) -> list[tuple[str, str]]:
        """What is sent to get a token."""
        credentials = [("client_id", self.client_id), ("client_secret", self._client_secret)]
        return [("grant_type", "client_credentials"), *credentials]

    def __repr__(self) -> str:
        return f"<OAuthAuth {getattr(self, 'client_id', 'unfinished')} of {getattr(self, 'account_sid', 'no account')}>"


def checked_sid(name: str, value: str, prefix: str) -> str:
    """*value*, if it is a sid that begins with *prefix*.

    Raises:
        ConfigError: it is not; the message names the argument.
    """
    if not isinstance(value, str) or not re.fullmatch(prefix + "[0-9a-fA-F]{32}", value):
        shown = f"{value[:2]!r}…" if isinstance(value, str) else type(value).__name__
        raise ConfigError(f"{name}: expected {prefix!r} and 32 hexadecimal digits, got {shown}")
    return value


def _checked_secret(name: str, value: str) -> str:
    if not isinstance(value, str) or not value:
        raise ConfigError(f"{name}: expected the secret as a str that is not empty")
    if value != value.strip() or not value.isprintable():
        raise ConfigError(f"{name}: holds a control character, or white space at an end; strip it where it is read")
    return value


def _basic(username: str, password: str) -> str:
    return Unseen("Basic " + base64.b64encode(f"{username}:{password}".encode()).decode())
