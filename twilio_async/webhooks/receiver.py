"""`Webhooks`: what an application asks whether a request is Twilio's, and what it says."""

from __future__ import annotations

from collections.abc import Mapping

from twilio_async.webhooks._addresses import Address, masked, read_address
from twilio_async.webhooks._requests import Headers, read_body, read_headers, read_url, seen_addresses
from twilio_async.webhooks._verification import Secrets, Verified, verified
from twilio_async.webhooks.errors import MalformedRequest
from twilio_async.webhooks.events import Event, read_event


class Webhooks:
    """Verifies and reads the requests that Twilio makes to an application. Does no I/O; one serves all threads and tasks.

    Args:
        auth_tokens: the account's auth token; two while it is being rotated, in any order.
        shared_keys: secrets of shared keys by their ids.
        public_url: what Twilio was told, where a proxy changes it: scheme and host, with a port if it is not the usual one, and
            with the path that the proxy takes away, if it does (``https://example.com/twilio``). It replaces what the server
            saw, so nothing that a request says of its host is believed.
        trust_forwarded: believe ``X-Forwarded-Proto``, ``-Host`` and ``-Port``, where there is no *public_url*. Only behind a
            proxy that sets them.
        max_body: bytes that a body may have. Default 256 KiB; a text message has about two.
        max_fields: fields that a form, and parameters that a URL may have. Default 1,000.

    Raises:
        ValueError: no secret was given, one is empty, or *public_url* is no such URL.
        TypeError: a secret is no str.
    """

    __slots__ = ("_max_body", "_max_fields", "_public_url", "_secrets", "_trust_forwarded")

    def __init__(
        self,
        *auth_tokens: str,
        shared_keys: Mapping[str, str] | None = None,
        public_url: str | None = None,
        trust_forwarded: bool = False,
        max_body: int = 262_144,
        max_fields: int = 1_000,
    ) -> None:
        shared = dict(shared_keys or {})
        for name, secret in (*((f"auth token {place}", token) for place, token in enumerate(auth_tokens, 1)), *shared.items()):
            _check_secret(name, secret)
        if not auth_tokens and not shared:
            raise ValueError("give the account's auth token, or the secret of a shared key: nothing can be verified without")
        self._secrets = Secrets(auth_tokens, shared)
        self._public_url = None if public_url is None else _read_public_url(public_url)
        self._trust_forwarded = trust_forwarded
        self._max_body = max_body
        self._max_fields = max_fields

    @property
    def public_url(self) -> str | None:
        """What stands before path and query in the world outside, if it was told."""
        return None if self._public_url is None else str(self._public_url)

    @property
    def max_body(self) -> int:
        """Bytes that a body may have. Whoever reads one from a connection should read no more."""
        return self._max_body

    @property
    def max_fields(self) -> int:
        """Fields that a form, and parameters that a URL may have."""
        return self._max_fields

    def parse(self, method: str, url: str | bytes, headers: Headers, body: bytes | str = b"") -> Event:
        """Verify a request and read it.

        Args:
            method: of HTTP.
            url: the absolute URL as the server saw it, or the request's raw target (``/sms?ref=42``), whose host is then the
                header's and whose scheme may be either. As it came: not decoded, not encoded again, not sorted.
            headers: all of them, as a mapping or as pairs; str or bytes, names in any case.
            body: as it came, not parsed.

        Raises:
            SignatureError: it is not proved to be Twilio's. Answer 403.
            BodyTooLarge: it is larger than *max_body*. Answer 413.
            MalformedRequest: it cannot be read; `MalformedBody` if that is its body. Answer 400.
            TypeError: the program's own mistake: *body* or another argument is not of the types above.
        """
        return read_event(self.verify(method, url, headers, body))

    def verify(self, method: str, url: str | bytes, headers: Headers, body: bytes | str = b"") -> Verified:
        """Verify a request without reading what it says: for those of Twilio's products that have no events here.

        Args:
            method: see `parse`.
            url: see `parse`.
            headers: see `parse`.
            body: see `parse`.

        Raises:
            WebhookError: see `parse`. Never returns without proof.
        """
        if not isinstance(method, str):
            raise TypeError(f"method: expected str, got {type(method).__name__}")
        raw = read_body(body, self._max_body)
        found = read_headers(headers)
        addresses = seen_addresses(read_url(url), found, public_url=self._public_url, trust_forwarded=self._trust_forwarded)
        return verified(method.upper(), addresses, found, raw, self._secrets, self._max_fields)

    def __repr__(self) -> str:
        return f"<Webhooks {self._secrets!r} public_url={masked(self.public_url or 'as seen')}>"


def _check_secret(name: str, secret: object) -> None:
    if not isinstance(secret, str):
        raise TypeError(f"{name}: expected the secret as str, got {type(secret).__name__}")
    if not secret or secret != secret.strip():
        raise ValueError(f"{name}: is empty, or has white space at an end; strip it where it is read")


def _read_public_url(public_url: str) -> Address:
    if not isinstance(public_url, str):
        raise TypeError(f"public_url: expected str, got {type(public_url).__name__}")
    try:
        address = read_address(public_url)
    except MalformedRequest as error:
        raise ValueError(f"public_url: {error.reason}; give it as in 'https://example.com'") from None
    if "?" in public_url or "#" in public_url or "@" in public_url:
        raise ValueError("public_url: has a query, a fragment or a user; give scheme, host and perhaps a path")
    return address._replace(rest=address.rest.rstrip("/"))
