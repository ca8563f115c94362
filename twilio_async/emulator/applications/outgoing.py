"""How an errand becomes a signed HTTP request, byte by byte. Pure."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple
from urllib.parse import quote, unquote, urlencode

from twilio_async import _signature
from twilio_async.emulator.api.requests import FORM, Pairs
from twilio_async.emulator.applications.errands import Method
from twilio_async.emulator.domain.credentials import Key

TOKEN: Final = "I-Twilio-Idempotency-Token"  # noqa: S105  # a header's name
USER_AGENT: Final = "TwilioProxy/1.1"

_AS_GET: Final = frozenset({301, 302, 303})
_KEPT: Final = string.punctuation
_URL: Final = re.compile(r"(?i)(https?)://([^/?\\]*)((?:/[^?]*)?)(\?.*)?", re.DOTALL)
_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~-]+)(?::(\d{1,5}))?")


@dataclass(frozen=True, slots=True)
class Login:
    """User and password out of a URL."""

    user: str
    password: str = field(repr=False)


class Address(NamedTuple):
    """Where to, and as whom.

    Attributes:
        url: without user and password, with a path, fit for a request line; apart from that as it was configured.
        login: what the application is told if it asks.
    """

    url: str
    login: Login | None


class OutgoingRequest(NamedTuple):
    """What is written to the socket."""

    method: Method
    url: str
    headers: Pairs
    body: bytes

    def with_login(self, authorization: str) -> OutgoingRequest:
        """The same, with credentials."""
        return self._replace(headers=(*self.headers, ("Authorization", authorization)))


@dataclass(frozen=True, slots=True)
class Letter:
    """An errand to one URL, ready to be signed.

    Attributes:
        url: of an `Address`.
        method: how the fields travel.
        fields: names and values in order.
        json: a body instead of the fields.
        token: tells repetitions.
        key: signs.
    """

    url: str
    method: Method
    fields: Pairs
    json: bytes | None
    token: str
    key: Key

    def request(self) -> OutgoingRequest:
        """The request, signed for exactly the URL that is called."""
        if self.json is not None:
            url = _with_query(self.url, f"{_signature.BODY_HASH}={_signature.body_hash(self.json)}")
            return self._dressed("POST", url, (), self.json, "application/json")
        fields = tuple((_encodable(name), _encodable(value)) for name, value in self.fields)
        if self.method == "GET":
            return self._dressed("GET", _with_query(self.url, urlencode(fields)), (), b"", None)
        return self._dressed("POST", self.url, fields, urlencode(fields).encode(), f"{FORM}; charset=utf-8")

    def forwarded(self, url: str, status: int) -> Letter:
        """The letter that a redirect asks for: posted again after a 307 or 308, otherwise fetched without its content."""
        if status in _AS_GET or self.method == "GET":
            return replace(self, url=url, method="GET", fields=(), json=None)
        return replace(self, url=url)

    def _dressed(self, method: Method, url: str, signed: Pairs, body: bytes, content_type: str | None) -> OutgoingRequest:
        signature = _signature.sign(self.key.secret, url, signed, self.key.algorithm)
        headers = [
            ("Host", host_of(url)),
            ("User-Agent", USER_AGENT),
            ("Accept", "*/*"),
            (_signature.SIGNATURE, signature),
            (TOKEN, self.token),
            ("Connection", "close"),
        ]
        if self.key.id is not None:
            headers.append((_signature.SETTINGS, f"key={self.key.id},algorithm={self.key.algorithm}"))
        if content_type is not None:
            headers += [("Content-Type", content_type), ("Content-Length", str(len(body)))]
        return OutgoingRequest(method, url, tuple(headers), body)


def address(url: str) -> Address:
    """A URL without its fragment, taken apart.

    Raises:
        ValueError: nothing can be asked there; with the reason, and without the URL, which may hold a password.
    """
    parts = _URL.fullmatch(url)
    if parts is None:
        raise ValueError("the URL does not begin with http:// or https://")
    scheme, authority, path, query = parts.groups()
    userinfo, _, host = authority.rpartition("@")
    named = _HOST.fullmatch(host)
    if named is None or int(named[2] or 1) not in range(1, 65_536):
        raise ValueError("the URL has no host, or a port that is none")
    # A bare question mark asks for nothing: it gets lost on the way, so it is not signed either.
    query = "" if query in {None, "?"} else query
    return Address(f"{scheme.lower()}://{host}{quote(path or '/', _KEPT)}{quote(query, _KEPT)}", _login(userinfo))


def host_of(url: str) -> str:
    """Host and port of an `Address`'s URL as they stand there."""
    return url.split("/", 3)[2]


def origin_of(url: str) -> str:
    """What must be the same for credentials to be repeated."""
    return "/".join(url.split("/", 3)[:3]).lower()


def target_of(url: str) -> str:
    """Path and query of an `Address`'s URL, as they stand in the request line."""
    return f"/{url.split('/', 3)[3]}"


def _login(userinfo: str) -> Login | None:
    user, _, password = userinfo.partition(":")
    login = Login(unquote(user), unquote(password))
    if not (login.user + login.password).isprintable():
        raise ValueError("the URL's user or password holds characters that no header can")
    return login if userinfo else None


def _with_query(url: str, query: str) -> str:
    if not query:
        return url
    if "?" not in url:
        return f"{url}?{query}"
    return f"{url}{query}" if url.endswith("&") else f"{url}&{query}"


def _encodable(text: str) -> str:
    # Half a surrogate pair can neither be sent nor signed.
    return text.encode("utf-8", "replace").decode()
