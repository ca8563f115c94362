"""Who may act for an account: its tokens, its API keys, its OAuth apps, and its test credentials."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from hmac import compare_digest
from threading import RLock
from typing import Literal, NamedTuple, TypeAlias

from twilio_async._signature import Algorithm

Standing: TypeAlias = Literal["token", "main key", "standard key", "test"]
"""By what somebody came in. Standard keys do not manage accounts, test credentials change nothing at all.

An access token of an OAuth app is worth what a standard key is: Twilio opens the app's own account by it, no subaccount's.
"""


@dataclass(frozen=True, slots=True)
class Key:
    """What webhooks are signed with.

    Attributes:
        secret: the account's auth token, or the secret of a shared key.
        id: of the shared key; `None` for an auth token.
    """

    secret: str = field(repr=False)
    id: str | None = None

    @property
    def algorithm(self) -> Algorithm:
        """SHA1 for an auth token, SHA256 for a shared key."""
        return "HMAC_SHA1" if self.id is None else "HMAC_SHA256"


class ApiKey(NamedTuple):
    """An API key: what stands in place of the account's sid and its token."""

    sid: str
    secret: str

    def __repr__(self) -> str:
        return f"<ApiKey {self.sid}>"


class OAuthApp(NamedTuple):
    """An OAuth app: what access tokens are given for."""

    client_id: str
    client_secret: str

    def __repr__(self) -> str:
        return f"<OAuthApp {self.client_id}>"


@dataclass(frozen=True, slots=True)
class _Key:
    secret: str = field(repr=False)
    main: bool = False


class Credentials:
    """The tokens, keys and apps of one account.

    An account has a primary token, by which webhooks are signed, and while it is being changed a secondary one, which
    opens the account as well.

    Args:
        sid: of the account.
        auth_token: the primary token.
        api_keys: secrets of standard keys by their sids.
        test: sid and token of the test credentials. Default: new ones.

    Attributes:
        lock: held by whoever reads or changes anything.
        unique: makes 32 hexadecimal digits.
        oauth_apps: the secrets of its OAuth apps by their client ids.
        shared_key: signs webhooks instead of the primary token, as Twilio's public beta does. Default `None`.
    """

    def __init__(self, sid: str, auth_token: str, api_keys: Mapping[str, str], test: tuple[str, str] | None = None) -> None:
        self.lock: RLock = RLock()
        self.unique: Callable[[], str] = lambda: secrets.token_hex(16)
        self.sid = sid
        self.auth_token: str = auth_token
        self.secondary_token: str | None = None
        self.shared_key: Key | None = None
        self.test_sid: str
        self.test_token: str
        self.test_sid, self.test_token = test or (f"AC{self.unique()}", self.unique())
        self._keys = {key: _Key(secret) for key, secret in api_keys.items()}
        self.oauth_apps: dict[str, str] = {}

    @property
    def api_keys(self) -> Mapping[str, str]:
        """The secrets of the API keys by their sids."""
        with self.lock:
            return {sid: key.secret for sid, key in self._keys.items()}

    @property
    def main_keys(self) -> frozenset[str]:
        """The sids of those API keys that may manage the account."""
        with self.lock:
            return frozenset(sid for sid, key in self._keys.items() if key.main)

    def set_api_keys(self, secrets: Mapping[str, str], main: Collection[str] = ()) -> None:
        """Let these be the API keys, and no others.

        Args:
            secrets: by the keys' sids.
            main: the sids of those that may manage the account. Default: none.
        """
        with self.lock:
            self._keys = {sid: _Key(secret, sid in main) for sid, secret in secrets.items()}

    @property
    def signing_key(self) -> Key:
        """What webhooks are signed with."""
        return self.shared_key or Key(self.auth_token)

    def standing_of(self, user: str, password: str) -> Standing | None:
        """By what these credentials open the account; `None` if they do not."""
        if user == self.sid:
            return "token" if _same(password, self.auth_token) or _same(password, self.secondary_token) else None
        if user == self.test_sid:
            return "test" if _same(password, self.test_token) else None
        key = self._keys.get(user)
        if key is None or not _same(password, key.secret):
            return None
        return "main key" if key.main else "standard key"

    def add_api_key(self, *, main: bool = False) -> ApiKey:
        """Make an API key.

        Args:
            main: whether it may manage the account and its subaccounts, as the token may. Default: a standard key.

        Returns:
            The sid (``SK…``) and the secret.
        """
        with self.lock:
            key = ApiKey(f"SK{self.unique()}", self.unique())
            self._keys[key.sid] = _Key(key.secret, main)
            return key

    def revoke_api_key(self, sid: str) -> None:
        """Let a key open nothing any more.

        Raises:
            KeyError: the account has no such key.
        """
        with self.lock:
            del self._keys[sid]

    def add_oauth_app(self) -> OAuthApp:
        """Make an OAuth app.

        Returns:
            The client id (``OQ…``) and the secret.
        """
        with self.lock:
            app = OAuthApp(f"OQ{self.unique()}", self.unique())
            self.oauth_apps[app.client_id] = app.client_secret
            return app

    def remove_oauth_app(self, client_id: str) -> None:
        """Let an app get no more tokens, and those that it has open nothing any more.

        Raises:
            KeyError: the account has no such app.
        """
        with self.lock:
            del self.oauth_apps[client_id]

    def has_oauth_app(self, client_id: str, client_secret: str) -> bool:
        """Whether these are the credentials of one of its apps."""
        return _same(client_secret, self.oauth_apps.get(client_id))

    def rotate_token(self) -> str:
        """Replace the primary token; the one before opens nothing from now on.

        Returns:
            The new token.
        """
        with self.lock:
            self.auth_token = self.unique()
            return self.auth_token

    def add_secondary_token(self) -> str:
        """Make a second token, which opens the account beside the first; one that there was is replaced.

        Returns:
            The new token.
        """
        with self.lock:
            self.secondary_token = self.unique()
            return self.secondary_token

    def promote_secondary_token(self) -> str:
        """Make the second token the primary one; the one before opens nothing from now on.

        Returns:
            The primary token.

        Raises:
            ValueError: there is no second token.
        """
        with self.lock:
            if self.secondary_token is None:
                raise ValueError("the account has no secondary token to promote")
            self.auth_token, self.secondary_token = self.secondary_token, None
            return self.auth_token

    def drop_secondary_token(self) -> None:
        """Let the second token open nothing any more; nothing happens if there is none."""
        with self.lock:
            self.secondary_token = None


def _same(given: str, secret: str | None) -> bool:
    return secret is not None and compare_digest(given.encode(), secret.encode())
