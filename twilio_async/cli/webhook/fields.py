"""What a webhook says that a test makes up: the fields, as Twilio sends them. Pure."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from twilio_async._segments import segments
from twilio_async.emulator.applications.callbacks import API_VERSION
from twilio_async.emulator.applications.inbound import inbound_fields
from twilio_async.emulator.applications.keywords import keyword_of
from twilio_async.emulator.domain.records import Message

_REPORTED = frozenset({"delivered", "undelivered"})
_REASONS = {"undelivered": "30003", "failed": "30008"}
"""The usual error codes of messages that did not arrive."""


def inbound(
    body: str, media: Sequence[str], *, sender: str, to: str, message: str, account: str, now: datetime
) -> list[tuple[str, str]]:
    """Of a message that came in.

    Args:
        body: its text.
        media: the URLs of its files.
        sender: who wrote.
        to: to which number.
        message: its sid.
        account: the account's sid.
        now: when.
    """
    arrived = Message(
        sid=message,
        account_sid=account,
        to=to,
        from_=sender,
        body=body,
        status="received",
        date_created=now,
        date_updated=now,
        num_segments=segments(body).count,
        num_media=len(media),
    )
    return [*inbound_fields(arrived, keyword_of(body), (), ""), *_media(media)]


def _media(urls: Sequence[str]) -> Iterator[tuple[str, str]]:
    for index, url in enumerate(urls):
        yield f"MediaContentType{index}", mimetypes.guess_type(urlsplit(url).path)[0] or "application/octet-stream"
        yield f"MediaUrl{index}", url


def status(name: str, *, sender: str, to: str, message: str, account: str, now: datetime) -> list[tuple[str, str]]:
    """Of a message that has another status.

    Args:
        name: the status.
        sender: whose number sent it.
        to: whom to.
        message: its sid.
        account: the account's sid.
        now: when.
    """
    fields = {
        "ApiVersion": API_VERSION,
        "MessageStatus": name,
        "RawDlrDoneDate": now.strftime("%y%m%d%H%M") if name in _REPORTED else None,
        "SmsSid": message,
        "SmsStatus": name,
        "ErrorCode": _REASONS.get(name),
        "To": to,
        "From": sender,
        "MessageSid": message,
        "AccountSid": account,
    }
    return [(field, value) for field, value in fields.items() if value is not None]
