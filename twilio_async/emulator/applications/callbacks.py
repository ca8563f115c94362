"""Status callbacks: what the emulator tells an application of a message that has another status.

https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

from twilio_async.emulator.applications.deliveries import Delivery
from twilio_async.emulator.applications.errands import Errand
from twilio_async.emulator.applications.post_office import Parcel, PostOffice
from twilio_async.emulator.clock import Clock
from twilio_async.emulator.domain.accounts import Account
from twilio_async.emulator.domain.records import Message, Status
from twilio_async.emulator.events import Events

FINAL: frozenset[Status] = frozenset({"delivered", "undelivered", "failed", "read", "canceled", "received"})
"""Statuses that a message on SMS never leaves."""

CHANNEL_INSTALL = "XE" + "e" * 32
API_VERSION = "2010-04-01"

_REPORTED: frozenset[Status] = frozenset({"delivered", "undelivered"})
_EVENTS: dict[Status, str] = {
    "delivered": "DELIVERED",
    "read": "READ",
    "sent": "SENT",
    "failed": "FAILED",
    "undelivered": "UNDELIVERED",
}


class Callbacks:
    """Watches messages, and posts a status callback for each step that one takes after its creation.

    Args:
        clock: what time it is.
        unique: makes the digits of idempotency tokens.
        post: carries the callbacks.
        events: is told of the messages.
        nudge: is called when there may be more to do.
    """

    def __init__(
        self, clock: Clock, unique: Callable[[], str], post: PostOffice, events: Events, nudge: Callable[[], None]
    ) -> None:
        self._clock = clock
        self._unique = unique
        self._post = post
        self._events = events
        self._nudge = nudge

    def entered(self, account: Account, message: Message) -> None:  # noqa: ARG002  # one of the two that watch
        """A message is new. Its first status is in the answer to its creation, so that no callback tells of it."""
        self._events.tell("message.created", message)
        self._nudge()

    def moved(self, account: Account, message: Message) -> None:
        """A message has another status."""
        self._events.tell("message.updated", message)
        self._nudge()
        if message.status_callback is None:
            return
        delivery = Delivery(
            kind="status",
            account_sid=account.sid,
            message_sid=message.sid,
            errand=Errand(url=message.status_callback, fields=tuple(_fields(message)), token=token(self._unique())),
            created_at=self._clock(),
        )
        self._post.post(Parcel(delivery=delivery, key=account.signing_key, last=message.status in FINAL))

    def edited(self, message: Message) -> None:
        """A message was redacted, of which no callback tells."""
        self._events.tell("message.updated", message)

    def removed(self, message: Message) -> None:
        """A message was deleted, of which no callback tells."""
        self._events.tell("message.deleted", message)


def token(digits: str) -> str:
    """An idempotency token as Twilio writes it.

    Args:
        digits: 32 hexadecimal ones.
    """
    return str(uuid.UUID(digits, version=4))


def _fields(message: Message) -> Iterator[tuple[str, str]]:
    """In the order in which they were recorded."""
    yield "ApiVersion", API_VERSION
    yield "MessageStatus", message.status
    if message.status in _REPORTED and not _on_channel(message):
        yield "RawDlrDoneDate", message.date_updated.strftime("%y%m%d%H%M")
    yield "SmsSid", message.sid
    yield "SmsStatus", message.status
    if message.error_code is not None:
        yield "ErrorCode", str(message.error_code)
    yield "To", message.to
    if message.from_ is not None:
        yield "From", message.from_
    yield "MessageSid", message.sid
    yield "AccountSid", message.account_sid
    if message.messaging_service_sid is not None:
        yield "MessagingServiceSid", message.messaging_service_sid
    if _on_channel(message):
        yield from _channel_fields(message)


def _channel_fields(message: Message) -> Iterator[tuple[str, str]]:
    prefix, _, address = message.to.partition(":")
    if message.status in _EVENTS:
        yield "EventType", _EVENTS[message.status]
    yield "ChannelPrefix", prefix
    yield "ChannelInstallSid", CHANNEL_INSTALL
    yield "ChannelToAddress", f"{address[:-4]}XXXX"
    if message.error_code is not None:
        yield "ChannelStatusMessage", f"Error {message.error_code}"


def _on_channel(message: Message) -> bool:
    return ":" in message.to
