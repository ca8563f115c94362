"""Messages: send, read, cancel, redact and delete texts.

See https://www.twilio.com/docs/messaging/api/message-resource.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncGenerator, AsyncIterable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias, Unpack

import msgspec

from twilio_async._operation import CORE, Options, Paging, Resource, Wire, delete, get, pages, post
from twilio_async._poll import poll
from twilio_async._segments import segment_count
from twilio_async._wire import Timestamp
from twilio_async.bulk import SendMany, StopReason
from twilio_async.errors import AuthenticationError, NotCancelable
from twilio_async.history import newest_first
from twilio_async.limits import RateLimit
from twilio_async.pages import Pages

MessageStatus: TypeAlias = (
    Literal[
        "accepted", "scheduled", "canceled", "queued", "sending", "sent", "failed", "delivered", "undelivered",
        "receiving", "received", "read", "partially_delivered",
    ]
    | str
)  # fmt: skip
"""Where a message is on its way. A status that Twilio adds later is kept as it is."""

MessageDirection: TypeAlias = Literal["inbound", "outbound-api", "outbound-call", "outbound-reply"] | str

FINAL_STATUSES = frozenset({"delivered", "undelivered", "failed", "read", "canceled", "received"})
"""Statuses that do not change any more, but for ``delivered``, which becomes ``read`` in some channels."""


class Message(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename={"from_": "from"}):
    """One message, sent or received."""

    sid: str
    account_sid: str
    status: MessageStatus
    direction: MessageDirection
    to: str | None = None
    from_: str | None = None
    """``None`` until a Messaging Service has chosen the sender."""
    body: str | None = None
    """``""`` after redaction."""
    messaging_service_sid: str | None = None
    num_segments: int | None = None
    """0 while no sender is chosen."""
    num_media: int | None = None
    price: Decimal | None = None
    """Negative, in `price_unit`; ``None`` until it is known, which no callback tells."""
    price_unit: Literal["USD", "usd", "EUR"] | str | None = None
    error_code: int | None = None
    error_message: str | None = None
    date_created: Timestamp | None = None
    date_updated: Timestamp | None = None
    date_sent: Timestamp | None = None
    """When it left Twilio's queue; ``None`` before that."""
    api_version: Literal["2010-04-01"] | str | None = None

    @property
    def uri(self) -> str:
        """The resource's path. Derived, because a million kept copies of it would be half of the memory."""
        return f"/2010-04-01/Accounts/{self.account_sid}/Messages/{self.sid}.json"

    @property
    def subresource_uris(self) -> dict[str, str]:
        """Paths of what belongs to the message."""
        root = self.uri.removesuffix(".json")
        return {"media": f"{root}/Media.json", "feedback": f"{root}/Feedback.json"}

    @property
    def is_final(self) -> bool:
        """Whether the status is one that `Messages.wait` waits for."""
        return self.status in FINAL_STATUSES

    def __repr__(self) -> str:
        """Without the body, and without numbers: it ends in logs."""
        return f"<Message {self.sid} {self.direction} {self.status}>"


class Feedback(msgspec.Struct, frozen=True, kw_only=True):
    """What you told Twilio about a message's effect."""

    message_sid: str
    account_sid: str | None = None
    outcome: Literal["confirmed", "unconfirmed"] | str | None = None
    date_created: Timestamp | None = None
    date_updated: Timestamp | None = None
    uri: str | None = None


def _segments_to_send(arguments: Mapping[str, Any]) -> float:
    """What a message takes of a rate; one that cannot be sent takes a turn, too, to be told why."""
    body = arguments.get("body")
    try:
        return segment_count(body, smart_encoding=bool(arguments.get("smart_encoded"))) if isinstance(body, str) else 1
    except ValueError:
        return 1


class Messages(Resource, at=CORE):
    """Text and media messages (``session.messages``); what is not there is `NotFound` (20404).

    Args of its operations:
        sid: the message's sid (``SM…`` or ``MM…``).
    """

    @post(
        "Messages.json",
        cost=_segments_to_send,
        one_of=(("from_", "messaging_service_sid"), ("body", "media_url", "content_sid")),
        implies={"send_at": ("schedule_type", "fixed")},
    )
    async def create(
        self, *, to: str, from_: str | None = None, messaging_service_sid: str | None = None, body: str | None = None,
        media_url: str | Sequence[str] | None = None, content_sid: str | None = None,
        content_variables: Mapping[str, str] | str | None = None, send_at: datetime | None = None,
        schedule_type: Literal["fixed"] | str | None = None, status_callback: str | None = None,
        application_sid: str | None = None, validity_period: int | None = None, smart_encoded: bool | None = None,
        shorten_urls: bool | None = None, send_as_mms: bool | None = None, fallback_from: str | None = None,
        persistent_action: str | Sequence[str] | None = None,
        content_retention: Literal["retain", "discard"] | str | None = None,
        address_retention: Literal["retain", "obfuscate"] | str | None = None,
        risk_check: Literal["enable", "disable"] | str | None = None, traffic_type: Literal["free"] | str | None = None,
        message_intent: str | None = None, provide_feedback: bool | None = None, attempt: int | None = None,
        max_price: Decimal | float | None = None, force_delivery: bool | None = None, **options: Unpack[Options],
    ) -> Message:  # fmt: skip
        """Send one message.

        Not safe to repeat: Twilio has no idempotency key for messages. It is repeated only when it certainly was not processed.

        Args:
            to: the recipient: E.164 (``+14155552671``) or a channel's address (``whatsapp:+14155552671``).
            from_: the sender: a number or short code of the account, an alphanumeric id, or a channel's address.
            messaging_service_sid: a Messaging Service (``MG…``) that chooses the sender, or whose settings are to be used.
            body: the text, at most 1,600 characters.
            media_url: up to 10 public URLs of pictures (5 MB) or other files (500 KB).
            content_sid: a content template (``HX…``), instead of *body*.
            content_variables: the template's variables by name; a mapping is sent as JSON.
            send_at: when to send it: an aware datetime, 5 minutes to 35 days ahead; needs *messaging_service_sid*.
            schedule_type: ``"fixed"``; implied by *send_at*, without which Twilio would send at once.
            status_callback: public URL that is told each later status; instead of the service's.
            application_sid: a TwiML application (``AP…``) whose callback is told, unless *status_callback* is given.
            validity_period: seconds that it may wait in Twilio's queue, 1 to 36000. Default 36000.
            smart_encoded: replace look-alike characters so that GSM-7 suffices. Default: the service's setting.
            shorten_urls: shorten the links in *body*; needs a service with a link-shortening domain. Default false.
            send_as_mms: send as one MMS, media or not. Default false.
            fallback_from: a sender for recipients that RCS does not reach; needs a service with an RCS sender.
            persistent_action: actions of rich channels, such as ``geo:37.78,-122.39|Home``.
            content_retention: whether Twilio keeps the body. Default ``"retain"``.
            address_retention: whether Twilio keeps the recipient's address. Default ``"retain"``.
            risk_check: whether to check for SMS pumping. Default ``"enable"``.
            traffic_type: ``"free"`` where Twilio grants it.
            message_intent: what the message is for, where a country's rules ask for it.
            provide_feedback: whether you will call `feedback` later. Default false.
            attempt: how often you have tried to send this, this time included; for your records only.
            max_price: obsolete since June 2024: accepted and ignored.
            force_delivery: reserved by Twilio.
            **options: `Options`: ``timeout``, ``retry``, ``extra``.

        Returns:
            The message as Twilio took it: ``queued``, ``accepted`` or ``scheduled``.

        Raises:
            InvalidArgument: an argument cannot be sent.
            InvalidNumber: *to* cannot be texted (21211, 21265, 21612, 21614, 21635).
            InvalidSender: *from_* cannot send (21212, 21606, 21659, 21660, 21661).
            OptedOut: the recipient answered STOP (21610).
            RegionNotEnabled: the account may not text that country (21408).
            QueueFull: the sender's queue holds ten hours of messages (21611).
            AmbiguousOutcome: the answer was lost, so it may have been sent. Never repeated for you.
        """
        ...

    @get("Messages/{sid}.json")
    async def fetch(self, sid: str, **options: Unpack[Options]) -> Message:
        """Read one message."""
        ...

    @post("Messages/{sid}.json", repeatable=True)
    async def update(
        self, sid: str, *, body: str | None = None, status: Literal["canceled"] | str | None = None, **options: Unpack[Options]
    ) -> Message:
        """Redact or cancel a message; `redact` and `cancel` say it plainer. Safe to repeat.

        Args:
            body: ``""`` erases the text; nothing else is accepted.
            status: ``"canceled"`` for a scheduled message.

        Raises:
            Conflict: it is still on its way, so it cannot be redacted (20009).
            NotCancelable: it is no longer scheduled (30409).
        """
        ...

    @delete("Messages/{sid}.json")
    async def delete(self, sid: str, **options: Unpack[Options]) -> None:
        """Delete the record of a message and its media. Safe to repeat.

        Raises:
            Conflict: it is still on its way (20009).
        """
        ...

    @post("Messages/{message_sid}/Feedback.json")
    async def feedback(
        self, message_sid: str, *, outcome: Literal["confirmed", "unconfirmed"] | str | None = None, **options: Unpack[Options]
    ) -> Feedback:
        """Tell Twilio whether a message had its effect, for one sent with ``provide_feedback=True``. Not safe to repeat.

        Args:
            message_sid: the message's sid.
            outcome: ``"confirmed"`` or ``"unconfirmed"``. Default: confirmed.
        """
        ...

    async def cancel(self, sid: str, **options: Unpack[Options]) -> Message:
        """Cancel a scheduled message. Safe to repeat: canceled already is canceled.

        Raises:
            NotCancelable: it was sent, or never scheduled (30409).
        """
        try:
            return await self.update(sid, status="canceled", **options)
        except NotCancelable:
            # It may be this very call's first try, its answer lost, that canceled it.
            message = await self.fetch(sid, **options)
            if message.status == "canceled":
                return message
            raise

    async def redact(self, sid: str, **options: Unpack[Options]) -> Message:
        """Erase the text of a message and keep its record. Safe to repeat.

        Raises:
            Conflict: it is still on its way (20009).
        """
        return await self.update(sid, body="", **options)

    async def wait(
        self, sid: str, *, until: Collection[str] = FINAL_STATUSES, timeout: float = 60.0, interval: float = 0.5
    ) -> Message:
        """Read a message again and again until its status is final. A status callback tells the same sooner and cheaper.

        Args:
            until: statuses to wait for. Default: the final ones.
            timeout: seconds to wait in all. Default 60.
            interval: seconds between the first two reads, growing by half up to 10. Default 0.5.

        Raises:
            TimedOut: it did not come in time.
            NotFound: the account has no such message (20404), also a few seconds after its creation.
        """
        return await poll(
            lambda: self.fetch(sid), lambda message: message.status, until,
            name=sid, timeout=timeout, interval=interval, operation="messages.wait",
        )  # fmt: skip

    def send_many(
        self, rows: Iterable[Mapping[str, Any]] | AsyncIterable[Mapping[str, Any]], *, concurrency: int | None = None,
        rate: float | RateLimit | None = None, per_sender_rate: float | Mapping[str, float] | None = None,
        stop_on: Collection[StopReason] = (AuthenticationError,),
    ) -> SendMany:  # fmt: skip
        """Send many messages, as fast as the limits allow, each at most once. Not safe to repeat as a whole.

        ::

            async for result in twilio.messages.send_many(rows, rate=100):
                print(result.index, result.message or result.error)

        The rows are read as they are needed, so there may be millions. A row that cannot be sent becomes a result with its
        error, and the others go on. Leaving the loop starts no further row; those in flight are finished and kept in
        `SendMany.leftover`, which is complete after `SendMany.aclose`. What survives a crash is the outbox, not this.

        Args:
            rows: mappings of `create`'s arguments, from an iterable or an async iterable.
            concurrency: rows in flight at most. Default: the session's limit.
            rate: segments per second, all senders together. Default: no limit but the session's.
            per_sender_rate: segments per second of each sender, one number for all or a mapping by ``from_`` or
                ``messaging_service_sid``. Default: no limit; Twilio itself queues what a sender cannot send at once.
            stop_on: Twilio's codes and error classes after which no further row is begun. Default: refused credentials.

        Returns:
            An async iterator of `SendResult`, in the order in which they end.

        Raises:
            InvalidArgument: an argument cannot be right.
        """
        return SendMany(
            self.create,
            rows,
            concurrency=self._session.concurrency.limit if concurrency is None else concurrency,
            rate=rate,
            per_sender_rate=per_sender_rate,
            stop_on=stop_on,
            cost=_segments_to_send,
            fields=self.operations["create"].arguments,
            on_wire=self._session._caller.on_wire,
        )

    def history(
        self, since: date | datetime, until: date | datetime | None = None, *, to: str | None = None, from_: str | None = None,
        concurrency: int = 8,
    ) -> AsyncGenerator[Message, None]:  # fmt: skip
        """Read a long range of messages the fast way: several days at once, newest first, each exactly once.

        Twilio promises what a day is (``DateSent=2026-01-31``), so the range is cut into UTC days; those at its ends are
        trimmed here. Messages without a ``date_sent``, scheduled or not yet out of the queue, are not in it.

        Args:
            since: the earliest moment, inclusive; a date means its midnight in UTC.
            until: the latest moment, exclusive; a date means its midnight in UTC. Default: now.
            to: only messages to this address.
            from_: only messages from this address.
            concurrency: days read at once, at least 1; two pages of each may be in memory. Default 8.

        Raises:
            InvalidArgument: a naive datetime, or an argument out of range.
        """
        return newest_first(
            lambda day: self.list(date_sent=day, to=to, from_=from_), since, until or dt.datetime.now(dt.UTC), concurrency
        )

    @pages("Messages.json", key="messages")
    def list(
        self, *, to: str | None = None, from_: str | None = None, date_sent: date | datetime | None = None,
        date_sent_before: Annotated[date | datetime | None, Wire("DateSent<")] = None,
        date_sent_after: Annotated[date | datetime | None, Wire("DateSent>")] = None, **paging: Unpack[Paging],
    ) -> Pages[Message]:  # fmt: skip
        """The account's messages, newest first. No request is made until it is read.

        Args:
            to: only messages to this address.
            from_: only messages from this address.
            date_sent: only messages sent on this UTC day.
            date_sent_before: only messages sent at or before this time; a date means its midnight in UTC.
            date_sent_after: only messages sent at or after this time; a date means its midnight in UTC.
        """
        ...
