"""A request as a server received it, read with distrust: headers, form, query. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias
from urllib.parse import unquote_plus

from twilio_async._signature import SETTINGS, SIGNATURE
from twilio_async.webhooks._addresses import Address, read_address, read_host, read_target
from twilio_async.webhooks.errors import BodyTooLarge, MalformedBody, MalformedRequest

Text: TypeAlias = str | bytes
Headers: TypeAlias = Mapping[str, str] | Mapping[bytes, bytes] | Mapping[str, Text] | Iterable[tuple[Text, Text]]
"""A mapping, or pairs; names in any case."""
Pairs: TypeAlias = tuple[tuple[str, str], ...]

FORM: Final = "application/x-www-form-urlencoded"
IDEMPOTENCY_TOKEN: Final = "I-Twilio-Idempotency-Token"  # noqa: S105 - a header's name

_READ = frozenset(
    {SIGNATURE.lower(), SETTINGS.lower(), IDEMPOTENCY_TOKEN.lower(), "content-type", "host"}
    | {"x-forwarded-proto", "x-forwarded-host", "x-forwarded-port"}
)
_SCHEMES = {"http", "https", "ws", "wss"}
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_LONGEST_HEADER = 4_096


# --- headers -------------------------------------------------------------------------------------------------------------


def read_headers(headers: Headers) -> dict[str, str]:
    """The headers that matter here, names in lower case.

    Raises:
        MalformedRequest: one of them came twice with different values, or is too long.
        TypeError: they are no mapping and no pairs, or hold something else than text.
    """
    found: dict[str, str] = {}
    for header, content in _header_pairs(headers):
        name = _header_text(header).lower()
        if name not in _READ:
            continue
        value = _header_text(content).strip()
        if len(value) > _LONGEST_HEADER:
            raise MalformedRequest(f"the header {name} is longer than {_LONGEST_HEADER:,} characters")
        if name.startswith("x-forwarded-"):
            value = found.get(name, value)  # each proxy may add its own; the first is the one nearest to Twilio
        if found.setdefault(name, value) != value:
            raise MalformedRequest(f"the header {name} came twice, with different values")
    return found


def _header_pairs(headers: Any) -> Iterable[tuple[object, object]]:
    # The headers of some frameworks are no Mapping and have its items(), which gives repeated ones, too.
    try:
        yield from ((name, value) for name, value in (headers.items() if hasattr(headers, "items") else headers))
    except (TypeError, ValueError):
        raise TypeError("headers: expected a mapping, or pairs of name and value") from None


def _header_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("latin-1")
    raise TypeError(f"headers: expected names and values of str or bytes, got {type(value).__name__}")


# --- the address ---------------------------------------------------------------------------------------------------------


def read_url(url: Text) -> str:
    """*url* as text.

    Raises:
        MalformedRequest: it is no UTF-8.
        TypeError: it is neither str nor bytes.
    """
    if isinstance(url, str):
        return url
    if isinstance(url, (bytes, bytearray)):
        try:
            return bytes(url).decode()
        except UnicodeDecodeError:
            raise MalformedRequest("the URL is no UTF-8") from None
    raise TypeError(f"url: expected the raw URL or target as str or bytes, got {type(url).__name__}")


def seen_addresses(url: str, headers: Mapping[str, str], *, public_url: Address | None, trust_forwarded: bool) -> list[Address]:
    """Where the request was sent to, as far as can be told: usually one address.

    Args:
        url: an absolute URL, or a path and query.
        headers: as `read_headers` gives them.
        public_url: what stands before path and query in the world outside, if that was told.
        trust_forwarded: whether a proxy's headers say what it changed.

    Raises:
        MalformedRequest: there is no such place.
    """
    if public_url is not None:
        return _published(url, public_url)
    if url.startswith("/"):
        host, port = read_host(headers.get("host", ""))
        # Nothing says which it was; a signature for either is Twilio's, and proves the same.
        found = [Address(scheme, host, port, read_target(url)) for scheme in ("https://", "http://")]
    else:
        found = [read_address(url)]
    return _forwarded(found, headers) if trust_forwarded else found


def _published(url: str, public: Address) -> list[Address]:
    rest = read_target(url) if url.startswith("/") else read_address(url).rest
    prefix = public.rest
    found = [public._replace(rest=prefix + rest)]
    if prefix and rest.startswith((f"{prefix}/", f"{prefix}?")):
        found.append(public._replace(rest=rest))  # the proxy, or the server, keeps the prefix
    return found


def _forwarded(addresses: list[Address], headers: Mapping[str, str]) -> list[Address]:
    scheme, host, port = (_first(headers, f"x-forwarded-{part}") for part in ("proto", "host", "port"))
    if scheme:
        if scheme.lower() not in _SCHEMES:
            raise MalformedRequest("X-Forwarded-Proto is neither http nor https")
        addresses = [addresses[0]._replace(scheme=f"{scheme.lower()}://")]
    if host:
        name, own_port = read_host(host)
        addresses = [address._replace(host=name, port=own_port) for address in addresses]
    if port and not (host and read_host(host)[1]):
        if not (port.isascii() and port.isdigit() and len(port) <= 5):
            raise MalformedRequest("X-Forwarded-Port is no port")
        addresses = [address._replace(port=f":{port}") for address in addresses]
    return addresses


def _first(headers: Mapping[str, str], name: str) -> str:
    return headers.get(name, "").partition(",")[0].strip()


# --- body and query ------------------------------------------------------------------------------------------------------


def read_body(body: object, max_body: int) -> bytes:
    """The raw body.

    Raises:
        BodyTooLarge: it is larger than *max_body* bytes.
        MalformedBody: it is text that UTF-8 cannot carry.
        TypeError: it was already parsed.
    """
    if not isinstance(body, (bytes, str, bytearray)):
        raise TypeError(f"body: expected the raw body as bytes, got {type(body).__name__}; nothing else can be verified")
    if len(body) > max_body:
        raise BodyTooLarge(max_body)
    try:
        raw = body.encode() if isinstance(body, str) else bytes(body)
    except UnicodeEncodeError:
        raise MalformedBody("the body holds half a surrogate pair, which no request can carry") from None
    if len(raw) > max_body:
        raise BodyTooLarge(max_body)
    return raw


def media_type(content_type: str) -> str:
    """A Content-Type without parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def is_form(content_type: str, body: bytes) -> bool:
    """Whether the fields of the body are what is signed; without a Content-Type, whether it looks so."""
    kind = media_type(content_type)
    return kind == FORM or (not kind and b"=" in body and body.lstrip()[:1] not in {b"{", b"[", b'"', b"<"})


def read_form(body: bytes, max_fields: int) -> Pairs:
    """Names and values of a form, in their order.

    Raises:
        MalformedBody: more than *max_fields*, a bad escape, no UTF-8.
    """
    if body.count(b"&") >= max_fields:
        raise MalformedBody(f"the form has more than {max_fields:,} fields")
    try:
        text = body.decode().replace("+", " ")
        if _BAD_ESCAPE.search(text):
            raise MalformedBody("the form holds a percent sign that begins no escape")
        return tuple([(_decoded(name), _decoded(value)) for name, _, value in _parts(text)])
    except UnicodeDecodeError:
        raise MalformedBody("the form is no UTF-8") from None


def read_query(query: str, max_fields: int) -> Pairs:
    """Names and values of a query, in their order, read with indulgence: part of it was typed by people.

    Raises:
        MalformedRequest: more than *max_fields*.
    """
    if not query:
        return ()
    if query.count("&") >= max_fields:
        raise MalformedRequest(f"the URL has more than {max_fields:,} parameters")
    return tuple([(unquote_plus(name), unquote_plus(value)) for name, _, value in _parts(query)])


def _parts(text: str) -> list[tuple[str, str, str]]:
    return [part.partition("=") for part in text.split("&") if part]


def _decoded(text: str) -> str:
    return _ESCAPES.sub(_unescaped, text) if "%" in text else text


def _unescaped(found: re.Match[str]) -> str:
    return bytes.fromhex(found[0].replace("%", "")).decode()
