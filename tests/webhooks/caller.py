"""Twilio's part in a test: requests signed by its official Python client, sent byte by byte as they are given."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Iterable, Mapping, Sequence
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
    body: bytes | None = None,
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


async def call_in_chunks(url: str, fields: Fields, chunks: Iterable[bytes]) -> int:
    """The status of what is answered to a body whose length is not told.

    All of it is on its way before the answer is looked at: whoever still writes while a server refuses finds the connection
    closed, and may never see why.

    Args:
        url: where to, as it goes over the wire.
        fields: that are signed.
        chunks: of the body.
    """
    target = URL(url, encoded=True)
    head = (
        f"POST {target.raw_path_qs} HTTP/1.1\r\nHost: {target.authority}\r\nConnection: close\r\n"
        f"X-Twilio-Signature: {signature(url, fields)}\r\n"
        "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    framed = [b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in (*chunks, b"")]
    reader, writer = await asyncio.open_connection(target.host, target.port)
    with contextlib.closing(writer):
        writer.write(head.encode() + b"".join(framed))
        answer = await reader.read()
    return int(answer.split()[1])
