"""`sign`: the requests that Twilio would make, for the tests of applications."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal, NamedTuple, TypeAlias
from urllib.parse import urlencode

import msgspec

from twilio_async import _signature
from twilio_async._signature import BODY_HASH, SETTINGS, SIGNATURE
from twilio_async.webhooks._addresses import read_address
from twilio_async.webhooks._requests import FORM, IDEMPOTENCY_TOKEN

Fields: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str]]

_NOTHING: Final = object()


class SignedRequest(NamedTuple):
    """A request that is ready to be made."""

    url: str
    headers: dict[str, str]
    body: bytes
    method: str


def sign(
    url: str,
    fields: Fields = (),
    *,
    auth_token: str | None = None,
    shared_key: tuple[str, str] | None = None,
    method: Literal["POST", "GET"] = "POST",
    json: Any = _NOTHING,
    idempotency_token: str | None = None,
) -> SignedRequest:
    """Sign a request as Twilio does: a form, a GET with its fields in the query, or JSON.

    ::

        url, headers, body, _ = sign("http://127.0.0.1:8000/sms", fields, auth_token="token")
        await client.post(url, headers=headers, data=body)

    Args:
        url: where to; the configured one, to which a GET and JSON append parameters.
        fields: what Twilio tells, by its names.
        auth_token: the account's, to sign as usual.
        shared_key: id and secret, to sign with a shared key instead.
        method: Default ``POST``.
        json: a value to send as JSON, instead of *fields*; bytes are taken as already encoded.
        idempotency_token: names the event; a repetition has the same.

    Raises:
        ValueError: none or both of the secrets are given, or *json* with *fields* or for a GET; or *url* is no URL.
    """
    if (auth_token is None) is (shared_key is None):
        raise ValueError("give either auth_token or shared_key")
    pairs = _pairs(fields)
    if json is not _NOTHING and (pairs or method == "GET"):
        raise ValueError("json is the body of a POST that has no fields")
    address = str(read_address(url))
    headers = {} if idempotency_token is None else {IDEMPOTENCY_TOKEN: idempotency_token}
    body = b""
    if json is not _NOTHING:
        body = json if isinstance(json, bytes) else msgspec.json.encode(json)
        address = _appended(address, [(BODY_HASH, _signature.body_hash(body))])
        headers["Content-Type"] = "application/json"
    elif method == "GET":
        address, pairs = _appended(address, pairs), []
    else:
        body = urlencode(pairs).encode()
        headers["Content-Type"] = f"{FORM}; charset=utf-8"
    if shared_key is not None:
        headers[SETTINGS] = f"key={shared_key[0]},algorithm=HMAC_SHA256"
        headers[SIGNATURE] = _signature.sign(shared_key[1], address, pairs, "HMAC_SHA256")
    else:
        headers[SIGNATURE] = _signature.sign(auth_token or "", address, pairs)
    return SignedRequest(address, headers, body, method)


def _pairs(fields: Any) -> list[tuple[str, str]]:
    return [(name, value) for name, value in (fields.items() if hasattr(fields, "items") else fields)]


def _appended(url: str, pairs: Iterable[tuple[str, str]]) -> str:
    query = urlencode(list(pairs))
    if not query:
        return url
    return f"{url}{'' if url.endswith(('?', '&')) else '&' if '?' in url else '?'}{query}"
