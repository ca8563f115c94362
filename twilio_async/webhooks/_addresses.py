"""The URL that Twilio was given, and the ways in which it may have been written when it was signed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple
from urllib.parse import quote, unquote, unquote_plus

from twilio_async.webhooks.errors import MalformedRequest

LONGEST: Final = 16_384
"""Characters that a URL may have."""

_URL = re.compile(r"(?P<scheme>[a-z]+://)(?P<authority>[^/?#]*)(?P<rest>[^#]*)", re.IGNORECASE | re.DOTALL)
_HOST = re.compile(r"(?P<host>\[[0-9a-f:.]+(?:%25[\w.~-]+)?\]|[^\s/?#@\\:\[\]]+)(?P<port>:[0-9]{0,5})?", re.IGNORECASE)
_UNSPEAKABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_PORTS = {"https://": ":443", "http://": ":80", "wss://": ":443", "ws://": ":80"}

# What the URL standard escapes in a path and in a query, beside what is not ASCII.
_PATH_KEPT = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"#<>?^`{}')
_QUERY_KEPT = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in "\"#<>'")
# What JavaScript's oldest encoder leaves as it is, beside letters and digits.
_QUERYSTRING_KEPT = "-_.!~*'()"
_QUERYSTRING_KEYS = 1_000

# Escapes that may be undone without changing what a URL means: of characters that separate nothing in it.
_NEEDLESS = re.compile(
    "|".join(f"%{ord(character):02x}" for character in " \"'<>`{}|^!()*,:@$~-_.") + "|(?:%[89a-f][0-9a-f])+", re.IGNORECASE
)
_NUMBER = re.compile(r"(%2[Bb]|(?<![0-9A-Za-z]))(\d(?:(?:[-.() ]|%20)*\d){6,})(?![0-9A-Za-z])")


class Address(NamedTuple):
    """A URL without user, password and fragment, its parts as they were written."""

    scheme: str
    """With ``://``."""
    host: str
    port: str
    """With ``:``; empty if it has none."""
    rest: str
    """Path and query."""

    def __str__(self) -> str:
        return self.scheme + self.host + self.port + self.rest

    @property
    def query(self) -> str:
        """What stands behind the first ``?``."""
        return self.rest.partition("?")[2]


def read_address(url: str) -> Address:
    """The parts of an absolute URL.

    Raises:
        MalformedRequest: it is none, or none of HTTP.
    """
    found = _URL.fullmatch(_without_fragment(checked(url)))
    if found is None or found["scheme"].lower() not in _PORTS:
        raise MalformedRequest("the URL is no absolute URL of http or https")
    host, port = read_host(found["authority"].rpartition("@")[2])
    return Address(found["scheme"], host, port, found["rest"])


def read_host(authority: str) -> tuple[str, str]:
    """Host and port, the latter with its colon or empty.

    Raises:
        MalformedRequest: it is no host.
    """
    found = _HOST.fullmatch(authority)
    if found is None or _UNSPEAKABLE.search(authority):
        raise MalformedRequest("the request names no host that can be read")
    return found["host"], (found["port"] or "").rstrip(":")


def checked(url: str) -> str:
    """*url*, if it can be one.

    Raises:
        MalformedRequest: it is too long, or holds a control character or half a surrogate pair.
    """
    if len(url) > LONGEST:
        raise MalformedRequest(f"the URL is longer than {LONGEST:,} characters")
    if _UNSPEAKABLE.search(url):
        raise MalformedRequest("the URL holds a control character, or is no Unicode")
    return url


def read_target(target: str) -> str:
    """Path and query of a request's target, as they are.

    Raises:
        MalformedRequest: it does not begin with a slash.
    """
    if not checked(target).startswith("/"):
        raise MalformedRequest("the request's target is neither a path nor an absolute URL")
    return _without_fragment(target)


def as_received(address: Address) -> list[str]:
    """With a port and without, since Twilio's products do not agree on it."""
    port = address.port or _PORTS[address.scheme.lower()]
    return [f"{address.scheme}{address.host}{shown}{address.rest}" for shown in ("", port)]


def respelled(address: Address) -> Iterator[str]:
    """The other ways to write the same: escaped and not, with and without a slash or ``?`` that stands for nothing."""
    escaped = _escaped(address.rest)
    spellings = [address.rest, escaped, _encoded_again(escaped), _unescaped(address.rest)]
    hosts = dict.fromkeys((address.host, address.host.lower()))
    for rest in dict.fromkeys(other for spelling in spellings for other in (spelling, _other_end(spelling))):
        for host in hosts:
            yield from as_received(Address(address.scheme.lower(), host, address.port, rest))


def masked(url: str) -> str:
    """*url* for a log: on one line, of every phone number in it the last four digits, and no more than 300 characters."""
    shown = _NUMBER.sub(lambda found: f"{found[1]}…{''.join(filter(str.isdecimal, found[2]))[-4:]}", url)
    if not shown.isprintable():
        shown = repr(shown)[1:-1]
    return shown if len(shown) <= 300 else f"{shown[:300]}…"


def _without_fragment(url: str) -> str:
    return url.partition("#")[0]


def _escaped(rest: str) -> str:
    """As the URL standard writes it."""
    path, mark, query = rest.partition("?")
    return quote(path.replace("\\", "/"), safe=_PATH_KEPT) + mark + quote(query, safe=_QUERY_KEPT)


def _encoded_again(rest: str) -> str:
    """With the query decoded and encoded as JavaScript's ``querystring`` does."""
    path, mark, query = rest.partition("?")
    values: dict[str, list[str]] = {}
    for part in [part for part in query.split("&") if part][:_QUERYSTRING_KEYS]:
        name, _, value = part.partition("=")
        values.setdefault(unquote_plus(name), []).append(unquote_plus(value))
    # A JavaScript object gives its integer keys first, in ascending order.
    names = sorted(values, key=lambda name: (0, int(name)) if _is_index(name) else (1, 0))
    return path + mark + "&".join(f"{_encoded(name)}={_encoded(value)}" for name in names for value in values[name])


def _is_index(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) <= 10 and str(int(name)) == name and int(name) < 2**32 - 1


def _encoded(text: str) -> str:
    return quote(text, safe=_QUERYSTRING_KEPT)


def _unescaped(rest: str) -> str:
    """With needless escapes undone: some clients escape what Twilio signed as it was typed."""
    return _NEEDLESS.sub(_plain, rest)


def _plain(found: re.Match[str]) -> str:
    try:
        return unquote(found[0], errors="strict")
    except UnicodeDecodeError:
        return found[0]


def _other_end(rest: str) -> str:
    """With or without what servers and clients drop or add: a lone ``/``, a ``?`` that nothing follows."""
    if rest.endswith("?"):
        return rest[:-1]
    if rest in {"", "/"}:
        return "/" if not rest else ""
    if rest.startswith("/?"):
        return rest[1:]
    if rest.startswith("?"):
        return f"/{rest}"
    return rest if "?" in rest else f"{rest}?"
