"""Twilio's part in a test: requests signed by its official Python client, sent byte by byte as they are given."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

import aiohttp
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict
from yarl import URL

TOKEN = "12345"
INBOUND = [
    ("MessageSid", "SM" + "0" * 32),
    ("AccountSid", "AC" + "0" * 32),
    ("From", "+15558675310"),
    ("To", "+15017122661"),
    ("Body", "Olé & <hello> 👋"),
    ("NumMedia", "0"),
    ("SmsStatus", "received"),
]
"""The fields of a message that came in."""
DELIVERED = [
    ("MessageSid", "SM" + "1" * 32),
    ("AccountSid", "AC" + "0" * 32),
    ("From", "+15017122661"),
    ("To", "+15558675310"),
    ("MessageStatus", "delivered"),
    ("SmsStatus", "delivered"),
]
"""The fields of a status callback."""

Fields = Sequence[tuple[str, str]]


class Answer(NamedTuple):
    """What an application answered."""

    status: int
    content_type: str
    body: bytes


def signature(url: str, fields: Fields = (), token: str = TOKEN) -> str:
    """What the official client signs with."""
    signed: str = RequestValidator(token).compute_signature(url, MultiDict(fields))
    return signed


async def call(
    url: str,
    fields: Fields = (),
    *,
    signed: str | None = None,
    body: bytes | AsyncIterable[bytes] | None = None,
    method: str = "POST",
    headers: Mapping[str, str | None] | None = None,
    tls: ssl.SSLContext | None = None,
) -> Answer:
    """Make a request as Twilio would.

    Args:
        url: where to, as it goes over the wire.
        fields: of the form.
        signed: the URL that is signed, if it is another.
        body: what is sent instead of the *fields* that were signed.
        method: of HTTP.
        headers: more of them, or others; ``None`` leaves one out.
        tls: trusts the server's certificate.
    """
    sent: Any = (urlencode(fields).encode() if fields else None) if body is None else body
    told = {"X-Twilio-Signature": signature(signed or url, fields), "Connection": "close"}
    if sent is not None:
        told["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
    chosen = {name: value for name, value in {**told, **(headers or {})}.items() if value is not None}
    async with (
        aiohttp.ClientSession() as client,
        client.request(method, URL(url, encoded=True), data=sent, headers=chosen, ssl=tls or True) as answer,
    ):
        return Answer(answer.status, answer.headers.get("Content-Type", ""), await answer.read())
